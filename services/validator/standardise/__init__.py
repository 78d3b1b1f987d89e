"""What vendors wrote → what the schema names, every change listed as a correction."""

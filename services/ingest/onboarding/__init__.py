"""Organisations on their way to publishing: what the law asks of them, how far they have come, who recorded it."""

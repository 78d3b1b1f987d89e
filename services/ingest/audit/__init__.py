"""The audit trail: sealed into a chain, verified, read."""

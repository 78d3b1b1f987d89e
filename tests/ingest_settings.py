"""Small limits of the ingest app under test."""

MAX_BYTES = 1_000_000

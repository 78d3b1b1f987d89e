"""Telling vendors and reusers what happened, after Standard Webhooks 1.0."""

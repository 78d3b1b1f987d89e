"""The routes of validator, a file per thing."""

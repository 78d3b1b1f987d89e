"""The expected "no" of `socle schemas`."""


class SchemasRefused(Exception):
    """What was asked cannot be done; the message says why, in French."""

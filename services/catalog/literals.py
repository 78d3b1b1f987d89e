"""Texts that stand in SQL itself: declared names and declared values of the registry, nothing from a request."""


def literal(text: str) -> str:
    """A text constant (`standard_conforming_strings` is on: only the quote is special)."""
    return "'" + text.replace("'", "''") + "'"

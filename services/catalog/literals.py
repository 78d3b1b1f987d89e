"""Texts that stand in SQL itself: declared names and declared values of the registry, nothing from a request."""


def literal(text: str) -> str:
    """A text constant (`standard_conforming_strings` is on: only the quote is special).

    A dollar is written as an escape: the driver writes the parameters of a COPY in the place of every `$1`, even
    inside a constant.
    """
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\").replace("$", "\\x24") if "$" in text else quoted

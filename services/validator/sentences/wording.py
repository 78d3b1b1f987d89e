"""What a wording is: templates that take `{column}`, `{value}`, `{row}`, `{suggestion}` and each room's own details."""

import re
from dataclasses import dataclass


def typeset(text: str) -> str:
    """French spacing: a non-breaking space inside « » and before `: ; ! ? %`."""
    return re.sub(r" (?=[:;!?»%])|(?<=«) ", "\N{NO-BREAK SPACE}", text)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one code."""

    message: str
    mend: str
    expected: str | None = None
    mend_with: str | None = None
    """Replaces `mend` when a replacement is known (`{suggestion}`)."""
    validata: str | None = None
    """Validata's error type for the same fault; None when Validata has none."""

    def __post_init__(self) -> None:
        for name in ("message", "mend", "expected", "mend_with"):
            template = getattr(self, name)
            if template is not None:
                object.__setattr__(self, name, typeset(template))


REPLACE = "Remplacez « {value} » par « {suggestion} »."

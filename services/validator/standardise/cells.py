"""The verdict on a text once standardised: corrected when that mends it, else told why it was not.

    `31/12/2020` in a date column → the verdict on `2020-12-31`, and the correction to list
    `03/04/05` → the verdict on itself, its error now saying that it can be read in several ways
    `45 500 €` below a minimum → the verdict on `45500`: still an error, but the right one

A correction is kept only if the column then finds less to say; a text that is right is never touched.
"""

from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from services.validator.checks.explain import CellReader, CellVerdict
from services.validator.findings import CorrectionCode, FindingCode
from services.validator.standardise.identifiers import LENGTHS, Checked
from services.validator.standardise.values import EDGES, Ambiguous, correct

Corrections = Literal["all", "none"]

REPLACED = ("type", "pattern", "enum", "minLength", "maxLength")
"""Rules whose error gives way to the reason why the text was not corrected."""


@dataclass(frozen=True, slots=True)
class Standardised:
    """What a text of a column is worth."""

    verdict: CellVerdict
    code: CorrectionCode | None = None
    """The correction to list for each cell that holds the text; None: it was read as it is."""
    after: str | None = None
    """What the vendor should have written."""


def standardised(reader: CellReader, text: str | None, *, checked: Checked | None = None) -> Standardised:
    """The verdict on a text, corrected if it can be. `checked`: see `identifiers.checked_columns`."""
    verdict = reader.explain(text)
    if text is None or not is_suspect(text, verdict, checked):
        return Standardised(verdict)
    found = correct(reader.field, text, checked=checked)
    if isinstance(found, Ambiguous):
        return Standardised(_told(verdict, found.code))
    if found is None:
        return Standardised(verdict)
    again = reader.explain(found.text)
    is_plain = checked == "decimal" and found.code is CorrectionCode.NUMBER_PLAIN  # its pattern may bind its length too
    is_wanted = is_plain or _is_better(verdict, again)
    return Standardised(again, found.code, found.text) if is_wanted else Standardised(verdict)


def is_suspect(text: str, verdict: CellVerdict, checked: Checked | None) -> bool:
    """Whether a text is worth correcting: faulty, untrimmed, an identifier with more than digits, a decimal comma."""
    if verdict.errors or text != text.strip(EDGES):
        return True
    if checked == "decimal":
        return "," in text
    return checked is not None and bool(text) and not (text.isascii() and text.isdigit())


@dataclass(frozen=True, slots=True)
class Correcting:
    """How the cells of one column are corrected."""

    checked: Checked | None = None
    """See `identifiers.checked_columns`."""

    def read(self, reader: CellReader, text: str) -> Standardised:
        """The verdict on a text, corrected if it can be."""
        return standardised(reader, text, checked=self.checked)

    def leaves_alone(self, texts: pl.Expr, *, is_trimmed: bool) -> pl.Expr | None:
        """Which texts are taken as they are if the column finds no error in them; None: all of them.

        `is_trimmed`: it is known of them that they have no spaces around, or follow a pattern that has none.
        """
        if is_trimmed:
            return None
        if self.checked in LENGTHS:
            return texts.str.contains(r"^[0-9]*$")
        return texts.str.strip_chars(EDGES).str.len_bytes() == texts.str.len_bytes()


def _is_better(before: CellVerdict, after: CellVerdict) -> bool:
    """Nothing to say before nor after, or less than before, or a value where there was none."""
    if not after.errors or len(after.errors) < len(before.errors):
        return True
    rules = {error.rule for error in before.errors}
    return "type" in rules and all(error.rule != "type" for error in after.errors)


def _told(verdict: CellVerdict, code: FindingCode) -> CellVerdict:
    at = next((at for at, error in enumerate(verdict.errors) if error.rule in REPLACED), None)
    if at is None:
        return verdict
    told = replace(verdict.errors[at], code=code)
    return replace(verdict, errors=(*verdict.errors[:at], told, *verdict.errors[at + 1 :]))

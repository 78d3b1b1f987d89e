"""Which line of a table is its header, and which columns it has.

Liste des délibérations,,           a title                          -> above the header
COLL_NOM,COLL_SIRET,DELIB_ID,,      knows most names of the schema   -> the header
Muret,21310395500018,2024-01,,      two empty columns at the right   -> dropped when no row fills them
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.validator.detect import Refused, refused
from services.validator.findings import CorrectionCode, FindingCode
from services.validator.readers.table import Rendering
from services.validator.standardise.candidates import SYNONYM, claims
from shared.registry import SchemaField, SchemaVersion

COLUMNS_LIMIT = 500
"""Columns of a header: beyond it, checking costs time that grows faster than the file."""

KNOWN_ENOUGH = 2
"""Names of the schema that make a header of a line that is not the first: one alone may be a word in a title."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header found."""

    at: int
    """0-based rank among the records looked at."""
    line: int
    labels: tuple[str, ...]
    above: tuple[Rendering, ...] = ()
    """The lines above it that hold text, as one rendering."""


def known_count(labels: Sequence[str], schema: SchemaVersion) -> int:
    """How many fields of the schema a line names, case, accents and synonyms aside."""
    found = claims(labels, schema, correcting=True).values()
    return sum(bool(claim.columns) and claim.confidence >= SYNONYM for claim in found)


def fields_of(labels: Sequence[str], schema: SchemaVersion) -> tuple[SchemaField | None, ...]:
    """The field that each label names; None outside the schema, or when several labels claim it."""
    fields: list[SchemaField | None] = [None] * len(labels)
    found = claims(labels, schema, correcting=True)
    for field in schema.fields:
        if len(found[field.name].columns) == 1:
            fields[found[field.name].columns[0]] = field
    return tuple(fields)


def find_header(
    records: Sequence[tuple[int, Sequence[str]]], schema: SchemaVersion, *, pass_titles: bool
) -> Header | Refused:
    """The first line that is not blank or, with `pass_titles`, a later one that knows more names of the schema."""
    written = [at for at, (_, cells) in enumerate(records) if any(cell.strip() for cell in cells)]
    if not written:
        return refused(FindingCode.EMPTY_FILE)
    at = written[0]
    if pass_titles:
        most = known_count(records[at][1], schema)
        for place in written[1:]:
            labels = records[place][1]
            if sum(map(bool, labels)) > max(most, KNOWN_ENOUGH - 1):  # else it cannot name more fields
                named = known_count(labels, schema)
                if named > max(most, KNOWN_ENOUGH - 1):
                    at, most = place, named
    line, labels = records[at]
    if len(labels) > COLUMNS_LIMIT:
        return refused(FindingCode.TOO_MANY_COLUMNS, row=line, count=len(labels), limit=COLUMNS_LIMIT)
    above = [records[place] for place in written if place < at]
    return Header(at=at, line=line, labels=tuple(labels), above=_said(above))


def _said(above: Sequence[tuple[int, Sequence[str]]]) -> tuple[Rendering, ...]:
    if not above:
        return ()
    texts = (" ".join(cell.strip() for cell in cells if cell.strip()) for _, cells in above)
    return (Rendering(above[0][0], None, CorrectionCode.LINES_ABOVE_HEADER, " / ".join(texts), None),)


def named_width(labels: Sequence[str]) -> int:
    """How many columns there are up to the last one that has a name."""
    return max((at + 1 for at, label in enumerate(labels) if label.strip()), default=0)


def dropped_columns(line: int, count: int) -> Rendering:
    """What is said of `count` empty columns at the right end of the header at `line`."""
    return Rendering(line, None, CorrectionCode.TRAILING_COLUMNS_DROPPED, str(count), None)

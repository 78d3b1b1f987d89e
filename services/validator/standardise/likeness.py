"""Which other schema a file seems to have been made for, when its header is not that of the schema asked for.

nomAttribuant, idAttribuant, dateConvention, … sent as scdl/deliberations → scdl/subventions
date, montant                                  sent as scdl/deliberations → none: too few names to tell
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.validator.findings import FindingCode, Severity
from services.validator.standardise.candidates import folded
from services.validator.standardise.headers import HeaderMatch
from services.validator.tally import Tally
from shared.registry import SchemaVersion

ENOUGH = 0.8
"""Share of the names of the header that are the other schema's, and of the columns it requires that are there."""

FEWEST = 3
"""Names that tell a schema: two may be those of any table."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A schema that a header resembles."""

    schema: SchemaVersion
    known: int
    """Names of the header that are its own, case, accents and punctuation aside."""
    named: int
    """Different names of the header."""


def likeness(labels: Sequence[str], schema: SchemaVersion, others: Iterable[SchemaVersion]) -> Likeness | None:
    """The schema open to all, other than the one asked for, that knows most of the labels, and more of them."""
    names = {folded(label) for label in labels} - {""}
    newest = {each.name: each for each in others if each.takes_deposits and not each.owner_siren}
    newest.pop(schema.name, None)
    least = max(FEWEST, ENOUGH * len(names), len(names & _names(schema.field_names)) + 1)
    found = [
        Likeness(other, known, len(names))
        for other in newest.values()
        if (known := len(names & _names(other.field_names))) >= least and _has_required(names, other)
    ]
    return max(found, key=lambda each: (each.known, -len(each.schema.fields)), default=None)


def tell_likeness(
    labels: Sequence[str],
    line: int,
    match: HeaderMatch,
    *,
    schema: SchemaVersion,
    others: Iterable[SchemaVersion],
    tally: Tally,
) -> None:
    """Say which schema the header at `line` (1-based) resembles, if it lacks what the one asked for requires."""
    if match.matched and not set(match.missing).intersection(schema.required_columns):
        return
    found = likeness(labels, schema, others)
    if found is not None:
        details = {
            "schema": found.schema.name,
            "title": found.schema.title,
            "known": found.known,
            "named": found.named,
        }
        tally.add(FindingCode.OTHER_SCHEMA, Severity.WARNING, row=line, details=details)


def _names(names: Iterable[str]) -> set[str]:
    return {folded(name) for name in names}


def _has_required(names: set[str], schema: SchemaVersion) -> bool:
    required = _names(schema.required_columns)
    return len(names & required) >= ENOUGH * len(required)

"""Column names: matched to declared ones without regard to case, accents, spaces and underscores.

folded("Coll Siret") == folded("COLL_SIRET")        folded("Délib_Date") == folded("DELIB_DATE")
folded("соll_nom") != folded("COLL_NOM")             (Cyrillic letters: a homoglyph is another column)
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.validator.findings import CorrectionCode, FindingCode, Severity
from services.validator.tally import Tally
from shared.registry import SchemaField, SchemaVersion

EXACT, FOLDED = 1.0, 0.9
"""Confidence of a match: the declared name itself (spaces around it aside), or but for case, accents and spaces."""


@dataclass(frozen=True, slots=True)
class Match:
    """A column of the file and the field it is."""

    source: str
    field: str
    confidence: float


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """Which column of the file is which field of the schema."""

    positions: tuple[int | None, ...]
    """For each field of the schema, in its order: 0-based column of the file, None when absent or disputed."""
    matched: tuple[Match, ...]
    missing: tuple[str, ...]
    extra: tuple[tuple[int, str], ...]
    """Columns outside the schema: 0-based position and label, in file order."""
    disputed: frozenset[str]
    """Fields that several columns claim: none is chosen, and they are not missing either."""


def folded(label: str) -> str:
    """What two names must share to be the same column. Canonical decomposition only: look-alikes stay apart."""
    letters = (c for c in unicodedata.normalize("NFD", label) if not unicodedata.combining(c))
    return re.sub(r"[\s_\ufeff]+", "", "".join(letters)).casefold()


def match_header(labels: Sequence[str], line: int, *, schema: SchemaVersion, tally: Tally) -> HeaderMatch:
    """Match the header at `line` (1-based); what is missing, extra, doubled or renamed goes to the tally."""
    candidates = _candidates(labels, schema)
    disputed = frozenset(name for name, columns in candidates.items() if len(columns) > 1)
    _add_doubles(labels, line, candidates, tally)
    positions = tuple(
        candidates[field.name][0] if len(candidates[field.name]) == 1 else None for field in schema.fields
    )
    taken = {position for columns in candidates.values() for position in columns}
    extra = tuple((at, label.strip()) for at, label in enumerate(labels) if label.strip() and at not in taken)
    matched = tuple(_match(labels, schema, candidates, line, tally))
    missing = [field for field in schema.fields if not candidates[field.name]]
    if not taken:
        names = ", ".join(schema.field_names[:8]) + (", …" if len(schema.fields) > 8 else "")
        details = {"schema": schema.name, "expected_columns": names}
        tally.add(FindingCode.NO_KNOWN_COLUMN, Severity.ERROR, row=line, details=details)
    else:
        _add_absent(missing, line, schema, tally)
        _add_outsiders(labels, extra, line, tally)
    return HeaderMatch(
        positions=positions,
        matched=matched,
        missing=tuple(field.name for field in missing),
        extra=extra,
        disputed=disputed,
    )


def _candidates(labels: Sequence[str], schema: SchemaVersion) -> dict[str, list[int]]:
    """Field name → 0-based columns that could be it."""
    by_folded: dict[str, list[str]] = defaultdict(list)
    for field in schema.fields:
        by_folded[folded(field.name)].append(field.name)
    candidates: dict[str, list[int]] = {field.name: [] for field in schema.fields}
    for at, label in enumerate(labels):
        named = by_folded.get(folded(label), [])
        if len(named) > 1:  # names that differ only by case: nothing but the very name tells them apart
            named = [name for name in named if name == label.strip()]
        for name in named:
            candidates[name].append(at)
    return candidates


def _match(
    labels: Sequence[str], schema: SchemaVersion, candidates: dict[str, list[int]], line: int, tally: Tally
) -> list[Match]:
    matched = []
    for at, name in sorted((columns[0], name) for name, columns in candidates.items() if len(columns) == 1):
        label = labels[at]
        matched.append(Match(source=label, field=name, confidence=EXACT if label.strip() == name else FOLDED))
        if label != name:
            tally.correct(CorrectionCode.HEADER_NAME, row=line, column=name, before=label, after=name)
    return matched


def _add_doubles(labels: Sequence[str], line: int, candidates: dict[str, list[int]], tally: Tally) -> None:
    counted = Counter(label.strip() for label in labels if label.strip())
    for label, count in counted.items():
        if count > 1:
            tally.add(FindingCode.DUPLICATE_COLUMN, Severity.ERROR, row=line, column=label, details={"count": count})
    for name, columns in candidates.items():
        claims = list(dict.fromkeys(labels[at].strip() for at in columns))
        if len(claims) > 1:
            listed = ", ".join(f"« {claim} »" for claim in claims)
            tally.add(FindingCode.AMBIGUOUS_COLUMN, Severity.ERROR, row=line, column=name, details={"labels": listed})


def _add_absent(missing: Sequence[SchemaField], line: int, schema: SchemaVersion, tally: Tally) -> None:
    for field in missing:
        details = {"title": field.title}
        if field.name in schema.required_columns:
            tally.add(FindingCode.MISSING_COLUMN, Severity.ERROR, row=line, column=field.name, details=details)
        else:
            severity = Severity.WARNING if field.required else Severity.INFO
            tally.add(FindingCode.MISSING_OPTIONAL_COLUMN, severity, row=line, column=field.name, details=details)


def _add_outsiders(labels: Sequence[str], extra: Sequence[tuple[int, str]], line: int, tally: Tally) -> None:
    for _, label in extra:
        tally.add(FindingCode.EXTRA_COLUMN, Severity.INFO, row=line, column=label)
    for at, label in enumerate(labels):
        if not label.strip():
            tally.add(FindingCode.BLANK_HEADER, Severity.WARNING, row=line, details={"position": at + 1})

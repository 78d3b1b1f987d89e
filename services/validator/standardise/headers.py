"""Names of columns: matched to declared ones, every name that is not the schema's own listed as a correction."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.validator.findings import CorrectionCode, FindingCode, Severity
from services.validator.standardise.candidates import EXACT, FOLDED, SYNONYM, TYPO, Claim, claims, folded
from services.validator.tally import Tally
from shared.registry import SchemaField, SchemaVersion
from shared.reports.words import said

__all__ = ["EXACT", "FOLDED", "SYNONYM", "TYPO", "HeaderMatch", "Match", "folded", "match_header"]

CORRECTIONS: Mapping[float, CorrectionCode] = {
    SYNONYM: CorrectionCode.HEADER_SYNONYM,
    TYPO: CorrectionCode.HEADER_TYPO,
}
"""Confidence → the correction listed, when it is not the plain one."""

LABEL_SHOWN = 60
"""Characters of a label that nobody knows."""


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
    """Columns outside the schema that are kept: 0-based position and label, in file order."""
    disputed: frozenset[str]
    """Fields that several columns claim: none is chosen, and they are not missing either."""


def match_header(
    labels: Sequence[str],
    line: int,
    *,
    schema: SchemaVersion,
    tally: Tally,
    correcting: bool = True,
    only: Collection[str] | None = None,
) -> HeaderMatch:
    """Match the header at `line` (1-based); what is missing, extra, doubled or renamed goes to the tally.

    Without `correcting`, only the very names of the schema are known, as Frictionless does. `only`: the fields that are
    read; None: all, and other columns are kept.
    """
    every = claims(labels, schema, correcting=correcting)
    claimed = {name: claim for name, claim in every.items() if only is None or name in only}
    _add_doubles(labels, line, claimed, schema, tally)
    taken = {at for claim in claimed.values() for at in claim.columns if claim.is_sure or len(claim.columns) == 1}
    extra = tuple((at, label.strip()) for at, label in enumerate(labels) if label.strip() and at not in taken)
    matched = tuple(_matches(labels, claimed, line, tally))
    missing = [field for field in schema.fields if field.name in claimed and not claimed[field.name].columns]
    if not any(claim.columns for claim in every.values()):
        names = ", ".join(schema.field_names[:8]) + (", …" if len(schema.fields) > 8 else "")
        details = {"schema": schema.name, "expected_columns": names, "labels": _shown(labels)}
        tally.add(FindingCode.NO_KNOWN_COLUMN, Severity.ERROR, row=line, details=details)
    else:
        _add_absent(missing, line, schema, tally)
        _add_outsiders(labels, extra, line, tally, only=[name for name in claimed if only is not None])
    return HeaderMatch(
        positions=tuple(_only(claimed.get(field.name)) for field in schema.fields),
        matched=matched,
        missing=tuple(field.name for field in missing),
        extra=extra if only is None else (),
        disputed=frozenset(name for name, claim in claimed.items() if len(claim.columns) > 1),
    )


def _only(claim: Claim | None) -> int | None:
    return claim.columns[0] if claim is not None and len(claim.columns) == 1 else None


def _matches(labels: Sequence[str], claimed: Mapping[str, Claim], line: int, tally: Tally) -> list[Match]:
    matched = []
    alone = [(claim.columns[0], name, claim.confidence) for name, claim in claimed.items() if len(claim.columns) == 1]
    for at, name, confidence in sorted(alone):
        label = labels[at]
        matched.append(Match(source=label, field=name, confidence=confidence))
        if label != name:
            code = CORRECTIONS.get(confidence, CorrectionCode.HEADER_NAME)
            tally.correct(code, row=line, column=name, before=label, after=name)
    return matched


def _shown(labels: Sequence[str]) -> dict[str, str]:
    """The first labels, as a person would recognise them."""
    named = [label.strip()[:LABEL_SHOWN] for label in labels if label.strip()]
    french, english = (", ".join(map(quoted.format, named[:8])) for quoted in ("« {} »", "“{}”"))
    return said(f"{french} et d’autres", f"{english} and others") if len(named) > 8 else said(french, english)


def _add_doubles(
    labels: Sequence[str], line: int, claimed: Mapping[str, Claim], schema: SchemaVersion, tally: Tally
) -> None:
    counted = Counter(label.strip() for label in labels if label.strip())
    for label, count in counted.items():
        if count > 1:
            tally.add(FindingCode.DUPLICATE_COLUMN, Severity.ERROR, row=line, column=label, details={"count": count})
    for name, claim in claimed.items():
        names = list(dict.fromkeys(labels[at].strip() for at in claim.columns))
        if len(names) > 1:
            listed = ", ".join(f"« {each} »" for each in names)
            is_error = claim.is_sure or name in schema.required_columns
            severity = Severity.ERROR if is_error else Severity.WARNING
            tally.add(FindingCode.AMBIGUOUS_COLUMN, severity, row=line, column=name, details={"labels": listed})


def _add_absent(missing: Sequence[SchemaField], line: int, schema: SchemaVersion, tally: Tally) -> None:
    for field in missing:
        details = {"title": field.title}
        if field.name in schema.required_columns:
            tally.add(FindingCode.MISSING_COLUMN, Severity.ERROR, row=line, column=field.name, details=details)
        else:
            severity = Severity.WARNING if field.required else Severity.INFO
            tally.add(FindingCode.MISSING_OPTIONAL_COLUMN, severity, row=line, column=field.name, details=details)


def _add_outsiders(
    labels: Sequence[str], extra: Sequence[tuple[int, str]], line: int, tally: Tally, *, only: Sequence[str]
) -> None:
    if only and extra:
        tally.add(FindingCode.COLUMNS_NOT_READ, Severity.INFO, row=line, details={"columns": ", ".join(only)})
    for _, label in () if only else extra:
        tally.add(FindingCode.EXTRA_COLUMN, Severity.INFO, row=line, column=label)
    for at, label in enumerate(labels):
        if not label.strip():
            tally.add(FindingCode.BLANK_HEADER, Severity.WARNING, row=line, details={"position": at + 1})

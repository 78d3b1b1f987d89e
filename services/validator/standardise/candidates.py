"""Which column of a file may be which field, and how surely.

    COLL_NOM → 1.0 (the name)              coll nom, Coll-Nom → 0.9 (but for case, accents, spaces, punctuation)
    VOTE_ABST → 0.8 (a curated synonym)    VOTE_EFFFECTIF → 0.6 (one letter apart, both names long, no other field)

A surer name takes the field: a synonym beside the exact name stays a column of the vendor's own. Two names equally
sure dispute the field, and neither gets it.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.validator.standardise.synonyms import synonyms_of
from shared.registry import SchemaField, SchemaVersion

EXACT, FOLDED, SYNONYM, TYPO = 1.0, 0.9, 0.8, 0.6
"""Confidence of a match: the declared name (spaces around it aside), folded, a synonym, one letter apart."""

TYPO_LENGTH = 8
"""Letters that both names must have: shorter ones are one letter apart by chance."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The columns that claim a field, all equally sure."""

    columns: tuple[int, ...]
    """0-based, in file order; empty when the field is absent."""
    is_sure: bool
    """By the field's own name, however spelled; a synonym or a slip of the keyboard is less."""
    confidence: float


@lru_cache(maxsize=8192)
def folded(label: str) -> str:
    """What two names must share to be the same column. Canonical decomposition only: look-alikes stay apart."""
    decomposed = unicodedata.normalize("NFD", label)
    return "".join(c for c in decomposed if unicodedata.category(c)[0] in "LN").casefold()


def claims(labels: Sequence[str], schema: SchemaVersion, *, correcting: bool) -> dict[str, Claim]:
    """Field name → who claims it. Without `correcting`, only the very names."""
    columns = _by_name(labels, schema, folded if correcting else str.strip)
    found = {name: Claim(tuple(at), True, _sureness(labels, name, at)) for name, at in columns.items()}
    if not correcting:
        return found
    taken = {at for claim in found.values() for at in claim.columns}
    for confidence, search in ((SYNONYM, _by_synonym), (TYPO, _by_typo)):
        free = [(at, folded(label)) for at, label in enumerate(labels) if at not in taken and folded(label)]
        for name, at in search(free, schema).items():
            if not found[name].columns:
                found[name] = Claim(tuple(at), False, confidence)
                taken.update(at)
    return found


def _sureness(labels: Sequence[str], name: str, columns: Sequence[int]) -> float:
    return EXACT if all(labels[at].strip() == name for at in columns) else FOLDED


def _by_name(labels: Sequence[str], schema: SchemaVersion, fold: Callable[[str], str]) -> dict[str, list[int]]:
    by_folded: dict[str, list[str]] = defaultdict(list)
    for field in schema.fields:
        by_folded[fold(field.name)].append(field.name)
    columns: dict[str, list[int]] = {field.name: [] for field in schema.fields}
    for at, label in enumerate(labels):
        named = by_folded.get(fold(label), []) if label.strip() else []
        if len(named) > 1:  # names that differ only by case: nothing but the very name tells them apart
            named = [name for name in named if name == label.strip()]
        for name in named:
            columns[name].append(at)
    return columns


def _by_synonym(free: Sequence[tuple[int, str]], schema: SchemaVersion) -> Mapping[str, list[int]]:
    declared = set(schema.field_names)
    fields = {folded(other): name for name, others in synonyms_of(schema.name).items() for other in others}
    columns: dict[str, list[int]] = defaultdict(list)
    for at, label in free:
        name = fields.get(label)
        if name in declared:
            columns[name].append(at)
    return columns


def _by_typo(free: Sequence[tuple[int, str]], schema: SchemaVersion) -> Mapping[str, list[int]]:
    columns: dict[str, list[int]] = defaultdict(list)
    for at, label in free:
        close = [field for field in schema.fields if _is_slip(label, field)]
        if len(close) == 1:
            columns[close[0].name].append(at)
    return columns


def _is_slip(label: str, field: SchemaField) -> bool:
    """Whether a folded label is the field's name but for one letter added, dropped, changed, or two swapped."""
    name = folded(field.name)
    if min(len(label), len(name)) < TYPO_LENGTH or abs(len(label) - len(name)) > 1 or field.type == "array":
        return False
    start = next((at for at, (a, b) in enumerate(zip(label, name, strict=False)) if a != b), min(len(label), len(name)))
    ours, theirs = label[start:], name[start:]
    edits = ((ours[1:], theirs), (ours, theirs[1:]), (ours[1:], theirs[1:]), (ours[1:2] + ours[:1] + ours[2:], theirs))
    letters = re.sub(r"\d", "", ours[:1] + theirs[:1])
    return label != name and len(letters) == len(ours[:1] + theirs[:1]) and any(a == b for a, b in edits)

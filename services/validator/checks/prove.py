r"""Which texts of a column are certainly valid, told by column expressions without asking Frictionless.

An expression is true only for a text that Frictionless accepts for the field's type, format and constraints, and whose
canonical text is the text itself (for a boolean: the one word of its value). What is not proven is explained.

    integer: `12` proven, `012`, `+5` explained      date: `2024-02-28` proven, `2024-02-29` explained
    pattern `^\d{5}$`: `01001` proven, anything that is not ASCII explained
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import polars as pl

from services.validator.standardise.numbers import with_point
from services.validator.standardise.values import EDGES
from shared.registry.translation import ASCII, Translated, spelled, translate

if TYPE_CHECKING:
    from services.validator.checks.explain import CellReader

Told = Callable[[pl.Expr], pl.Expr]
"""Texts → Boolean; null for null."""

DIGITS = r"(?:0|-?[1-9][0-9]{0,17})"
"""Whole numbers of one spelling, within bigint."""

DAY = r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
OFFSET = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])"
SMALL = r"-?(?:0|[1-8]?[0-9])(?:\.[0-9]{1,17})?"
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?"

TEXTS: dict[tuple[str, str], str] = {
    ("string", "uri"): r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/%=&+,;:@!?-]*)?",
    ("string", "uuid"): r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    ("string", "email"): rf"[a-z0-9]{{1,20}}(?:[._-][a-z0-9]{{1,20}}){{0,2}}@(?:{LABEL}\.){{1,3}}[a-z]{{2,6}}",
    ("integer", "default"): DIGITS,
    ("number", "default"): r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?",
    ("year", "default"): r"[1-9][0-9]{3}",
    ("date", "default"): DAY,
    ("date", "%Y-%m-%d"): DAY,
    ("datetime", "default"): rf"{DAY}T{CLOCK}(?:\.[0-9]{{1,6}})?{OFFSET}?",
    ("time", "default"): CLOCK,
    ("yearmonth", "default"): r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])",
    ("geopoint", "default"): rf"{SMALL}, ?{SMALL}",
    ("geopoint", "array"): rf"\[{SMALL}, ?{SMALL}\]",
}
"""Type and format → texts that are certainly of it."""

ANY_TEXT = (("string", "default"), ("any", "default"))

BOUNDED = ("integer", "number", "year", "date")

CONTROL_CHARACTERS = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
"""C0 but tab and line ends: no cell may hold one."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How to prove texts of a column that are not missing values."""

    told: Told
    is_trimmed: bool = True
    """Whether proven texts have no spaces around them."""
    takes_missing: bool = False
    """Whether a missing value would pass for a text."""
    is_costly: bool = False
    """Whether looking a text up among known ones is cheaper."""


def prove(reader: "CellReader") -> Proof | None:
    """The proof for a column; None when its texts have to be explained."""
    field = reader.field
    if field.constraints.get("enum") is not None or field.type == "boolean":
        return _finished(_listed(reader), reader)
    proofs = [_typed(reader), *(_constraint(reader, name) for name in field.constraints)]
    known = [proof for proof in proofs if proof is not None]
    if len(known) < len(proofs):
        return None
    told = reduce(_both, [proof.told for proof in known])
    is_trimmed, is_costly = any(proof.is_trimmed for proof in known), any(proof.is_costly for proof in known)
    return _finished(Proof(told, is_trimmed, is_costly=is_costly), reader)


def _both(one: Told, other: Told) -> Told:
    return lambda texts: one(texts) & other(texts)


def _finished(proof: Proof, reader: "CellReader") -> Proof:
    missing = pl.DataFrame({"text": pl.Series(reader.missing, dtype=pl.String)})
    takes = missing.select(proof.told(pl.col("text")).any()).item()
    return replace(proof, takes_missing=bool(takes))


def _typed(reader: "CellReader") -> Proof | None:
    field = reader.field
    kind = (field.type, field.format)
    if kind in ANY_TEXT:
        return Proof(lambda texts: texts.str.len_bytes() >= 0, is_trimmed=False, is_costly=True)  # null for null
    if kind not in TEXTS or reader.has_own_signs:
        return None
    anchored = rf"\A(?:{TEXTS[kind]})\z"
    return Proof(lambda texts: texts.str.contains(anchored), is_costly=True)


def _listed(reader: "CellReader") -> Proof:
    """The texts of an enumeration or of the two values of a boolean that are accepted as they are."""
    accepted = []
    for text in reader.listed_texts():
        verdict = reader.explain(text)
        if not verdict.errors and (verdict.canonical == text or reader.field.type == "boolean"):
            accepted.append(text)
    values = pl.Series(accepted, dtype=pl.String).implode()
    return Proof(lambda texts: texts.is_in(values))


def _constraint(reader: "CellReader", name: str) -> Proof | None:
    limit = reader.field.constraints[name]
    told: Told | None = None
    if name in ("required", "unique"):  # no text breaks the first; the second is between rows
        told = lambda texts: pl.lit(value=True)  # noqa: E731
    elif name == "pattern" and reader.field.type == "string":
        return _pattern(limit)
    elif name == "minLength" and reader.field.type == "string":
        told = lambda texts: texts.str.len_chars() >= limit  # noqa: E731
    elif name == "maxLength" and reader.field.type == "string":
        told = lambda texts: texts.str.len_chars() <= limit  # noqa: E731
    elif name in BOUNDS and reader.field.type in BOUNDED:
        told = _bound(reader, name)
    return None if told is None else Proof(told, is_trimmed=False)


def _pattern(pattern: str) -> Proof | None:
    """Texts that match for sure, hold no digits of other scripts, and have no final line end, which `$` allows."""
    translated = translate(with_point(pattern), ASCII)
    if translated is None or not _compiles(translated.pattern):
        return None
    searched = translated.pattern
    is_trimmed = not spelled(EDGES, translated.borders)
    if not spelled("\n", translated.borders) and not _spells_exotic_digits(translated):
        return Proof(lambda texts: texts.str.contains(searched), is_trimmed, is_costly=True)
    return Proof(
        lambda texts: (
            texts.str.contains(searched) & (texts.str.len_bytes() == texts.str.len_chars()) & ~texts.str.ends_with("\n")
        ),
        is_trimmed,
        is_costly=True,
    )


def _compiles(pattern: str) -> bool:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError:
        return False
    return True


def _spells_exotic_digits(translated: Translated) -> bool:
    ranges = translated.alphabet
    if ranges is None or sum(last - first for first, last in ranges) > SEARCHED_CHARACTERS:
        return True
    points = (point for first, last in ranges for point in range(max(first, 0x80), last + 1))
    return any(unicodedata.category(chr(point)) == "Nd" for point in points)


SEARCHED_CHARACTERS = 10_000

BOUNDS: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "minimum": lambda values, bound: values >= bound,
    "maximum": lambda values, bound: values <= bound,
    "exclusiveMinimum": lambda values, bound: values > bound,
    "exclusiveMaximum": lambda values, bound: values < bound,
}


def _bound(reader: "CellReader", name: str) -> Told | None:
    """Comparison with a bound. Floating point keeps the order of decimal numbers but may make two of them equal."""
    bound, kind = reader.bound(name), reader.field.type
    if bound is None:
        return None
    if kind == "number":
        strict = BOUNDS["exclusiveMinimum" if "inimum" in name else "exclusiveMaximum"]
        return lambda texts: strict(texts.cast(pl.Float64, strict=False), float(bound))
    if kind == "date":
        return lambda texts: BOUNDS[name](texts, pl.lit(bound.isoformat()))
    return lambda texts: BOUNDS[name](texts.cast(pl.Int64, strict=False), bound)


def missing_as_null(texts: pl.Expr, missing: Sequence[str]) -> pl.Expr:
    """Texts with the schema's missing values as null."""
    if list(missing) == [""]:
        return pl.when(texts != "").then(texts)
    return pl.when(~texts.is_in(list(missing))).then(texts) if missing else texts

"""Columns outside the schema: kept as one JSON object per row, keys in the order of the file."""

import json

import polars as pl

from services.validator.checks.chunk import Described, FaultRun, places, run_of
from services.validator.checks.prove import CONTROL_CHARACTERS
from services.validator.findings import FindingCode, Severity

ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
"""All that JSON asks to escape in texts without other control characters."""


def extra_texts(frame: pl.DataFrame, extra: tuple[tuple[int, str], ...]) -> pl.Series:
    """The JSON objects of the cells outside the schema. `extra`: 0-based position and label; of doubled labels, the
    last one counts."""
    by_label = {label: position for position, label in extra}
    pieces: list[pl.Expr] = []
    for label, position in by_label.items():
        mark = "," if pieces else "{"
        pieces += [pl.lit(f"{mark}{json.dumps(label, ensure_ascii=False)}:"), _json(pl.col(str(position)))]
    return frame.select(pl.concat_str([*pieces, pl.lit("}")]).alias("_extra")).to_series()


def _json(texts: pl.Expr) -> pl.Expr:
    for sign, escaped in ESCAPES.items():
        texts = texts.str.replace_all(sign, escaped, literal=True)
    return pl.concat_str([pl.lit('"'), texts, pl.lit('"')]).fill_null("null")


def controls_in(frame: pl.DataFrame, extra: tuple[tuple[int, str], ...]) -> list[FaultRun]:
    """The cells outside the schema that hold control characters."""
    runs = []
    for position, label in extra:
        texts = frame.get_column(str(position))
        rows = places(texts.str.contains(CONTROL_CHARACTERS))
        runs += run_of(
            FindingCode.CONTROL_CHARACTER,
            Severity.ERROR,
            label,
            rows,
            lambda rank, rows=rows, texts=texts: Described(texts[int(rows[rank])]),  # type: ignore[misc]
        )
    return runs

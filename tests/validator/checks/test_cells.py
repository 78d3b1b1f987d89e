"""Columns judged by their distinct texts: what is said of a text does not depend on how often it comes."""

import json
from collections import Counter
from functools import partial

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.validator.checks.cells import LEARNT_ROWS, Alerts
from services.validator.checks.chunk import Chunk, Found
from services.validator.findings import FindingCode, Severity
from services.validator.pipeline import Checking, check_table
from services.validator.readers.table import Batch, RawTable, frame_of
from services.validator.report import InputOut, Measured
from services.validator.tally import Lines, Tally
from shared.registry import ImportedSchema
from shared.registry.table_schema import read_imported

FIELDS = [
    {"name": "0", "type": "string", "constraints": {"pattern": r"^\d{5}$"}},
    {"name": "jour", "type": "date", "constraints": {"required": True}},
    {"name": "nombre", "type": "integer"},
    {"name": "montant", "type": "number", "constraints": {"minimum": 1}},
    {"name": "choix", "type": "string", "constraints": {"enum": ["entrée", "segment"]}},
    {"name": "vrai", "type": "boolean"},
    {"name": "texte", "type": "string"},
]

SCHEMA = read_imported(
    ImportedSchema(
        name="essai/colonnes",
        version="1.0.0",
        revision=1,
        sha256="0" * 64,
        dataset_id="colonnes",
        title="Colonnes",
        description="",
        theme="GOVE",
        document=json.dumps({"name": "colonnes", "fields": FIELDS, "missingValues": ["", "ND"]}),
    )
)

CELLS = st.sampled_from(
    [
        *("", None, "ND", "1", "007", " 31395", "31395", "2024-01-31", "2024-02-29", "31/01/2024", "1,5", "0.5"),
        *("oui", "Entrée", "entrée", "a\N{REPLACEMENT CHARACTER}b", "a\x01b", "texte"),
    ]
)

TIMES = LEARNT_ROWS // 5
"""How often rows come for a table to be large enough."""


def judged(rows: list[list[str | None]], *, times: int, corrections: bool) -> tuple[Counter, Counter, list[tuple]]:
    """Counts of findings and corrections, and the canonical rows, of a table whose rows come several times."""
    frame = pl.concat([frame_of(rows, len(FIELDS))] * times, rechunk=True)
    lines = pl.Series(range(2, 2 + frame.height), dtype=pl.Int64)
    tally, seen = Tally(kept_limit=0), []
    source = InputOut(sha256="", size_bytes=0, format="csv", encoding=None, delimiter=None, header_row=1)
    header = tuple(field["name"] for field in FIELDS)
    checking = Checking(SCHEMA, Alerts(), corrections=corrections, further=lambda *_: [Reading(seen)])
    table = RawTable(header, 1, iter([Batch(lines, frame)]))
    check_table(table, checking, tally=tally, table_path=None, measured=partial(Measured, input=source))
    del tally.counts[FindingCode.NO_ROWS, Severity.ERROR, None]  # said once of a table of blank rows
    return tally.counts, tally.correction_counts, seen


class Reading:
    """A check that keeps the canonical rows."""

    def __init__(self, seen: list[tuple]) -> None:
        self._seen = seen

    def check(self, chunk: Chunk, frame: pl.DataFrame) -> list[Found]:
        self._seen += chunk.canonical.rows()
        return []

    def finish(self) -> tuple[tuple[()], tuple[()], Lines]:
        return (), (), np.zeros(0, dtype=np.int64)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    rows=st.lists(st.lists(CELLS, min_size=len(FIELDS), max_size=len(FIELDS)), min_size=5, max_size=12),
    corrections=st.booleans(),
)
def test_what_is_said_of_a_text_does_not_depend_on_how_often_it_comes(
    rows: list[list[str | None]], corrections: bool
) -> None:
    counts, corrected, canonical = judged(rows, times=1, corrections=corrections)
    many_counts, many_corrected, many_canonical = judged(rows, times=TIMES, corrections=corrections)
    assert many_counts == {key: count * TIMES for key, count in counts.items()}
    assert many_corrected == {key: count * TIMES for key, count in corrected.items()}
    assert many_canonical == canonical * TIMES

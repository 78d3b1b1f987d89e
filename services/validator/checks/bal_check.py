"""The rules of addresses as a further check of a table: which text of each cell they judge, and whose word counts.

What Socle corrects is judged as corrected, since that is what is published (and every correction is listed); with
corrections off the vendor's own text is judged, to the letter, as the national judge does. Where that judge speaks of a
cell, the schema's own finding on the same cell, a warning that says the same in other words, is left out.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import polars as pl

from services.validator.checks.bal import AddressFile, AddressRules, address_columns
from services.validator.checks.chunk import Chunk, Fault, FaultRun, Found, Rows
from services.validator.findings import Severity
from services.validator.standardise.headers import HeaderMatch
from services.validator.tally import Lines
from shared.registry import SchemaVersion


class AddressCheck:
    """Made for one file."""

    def __init__(
        self, schema: SchemaVersion, match: HeaderMatch, *, header_line: int, received_on: str | None, corrected: bool
    ) -> None:
        """`corrected`: judge what is published, not the letter of the file.

        `received_on`: ISO date, after which a date of update is in the future; None: none is.
        """
        fields = zip(schema.fields, match.positions, strict=True)
        matched = {field.name: at for field, at in fields if at is not None}
        columns = address_columns(matched, match.extra, exact=not corrected)
        self._kinds = {field.name: field.type for field in schema.fields}
        self._published = {str(at): name for name, at in matched.items()} if corrected else {}
        today = date.fromisoformat(received_on) if received_on else date.max
        self._rules = AddressRules(AddressFile(columns, header_line, schema.version, today))

    def check(self, chunk: Chunk, frame: pl.DataFrame) -> list[FaultRun]:
        """Faults of the cells and rows of a chunk."""
        texts = [self._judged(chunk, column) for column in frame.get_columns()]
        return self._rules.check(texts, chunk.lines)

    def finish(self) -> tuple[Iterable[Fault], Sequence[FaultRun], Lines]:
        """Faults of the file."""
        return self._rules.finish()

    def _judged(self, chunk: Chunk, written: pl.Series) -> pl.Series:
        """Texts of a column. A boolean keeps the vendor's word: its canonical one is ours."""
        name = self._published.get(written.name)
        if name is None or self._kinds[name] == "boolean":
            return written
        published = chunk.canonical.get_column(name)
        if not published.null_count():
            return published
        return published.zip_with(published.is_not_null(), written)


def left_unsaid(runs: Sequence[FaultRun], own: Iterable[Found]) -> list[FaultRun]:
    """The judge's `own` runs, after those of the schema without its warnings on the cells that they are about."""
    judged = [each for each in own if isinstance(each, FaultRun)]
    told: dict[str | None, list[Rows]] = {}
    for run in judged:
        told.setdefault(run.column, []).append(run.rows)
    kept = []
    for run in runs:
        if run.severity is Severity.ERROR or run.column not in told:
            kept.append(run)
            continue
        places = np.flatnonzero(~np.isin(run.rows, np.concatenate(told[run.column])))
        if len(places):
            kept.append(run.only(places))
    return [*kept, *judged]

"""A whole table against its schema, batch by batch: cells, rows, then what only the whole file tells."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from services.validator.canonical import CanonicalTable
from services.validator.checks.bal import blank_row_severity
from services.validator.checks.bal_check import left_unsaid
from services.validator.checks.cells import Alerts, Column, judge_column
from services.validator.checks.chunk import Chunk, CorrectionRun, Fault, FaultRun, Found, nothing, places
from services.validator.checks.concessions import without_what_concessions_lack
from services.validator.checks.duplicates import Uniqueness, identity_doubles, repeated_identities
from services.validator.checks.explain import CellReader
from services.validator.checks.extra import controls_in, extra_texts
from services.validator.checks.french import RowCheck
from services.validator.findings import FindingCode, Severity
from services.validator.readers.decp import SCHEMA_NAME as DECP
from services.validator.readers.table import Batch, RawTable
from services.validator.standardise.as_sent import as_sent, holds_all
from services.validator.standardise.cells import Correcting
from services.validator.standardise.coordinates import inverted_coordinates
from services.validator.standardise.headers import HeaderMatch
from services.validator.tally import Lines, Tally
from shared.registry import SchemaVersion


class FurtherCheck(Protocol):
    """A check beyond the schema's own, made for one file."""

    def check(self, chunk: Chunk, frame: pl.DataFrame) -> Iterable[Found]:
        """What a chunk tells. `frame`: its cells as the vendor wrote them, columns named by position."""

    def finish(self) -> tuple[Iterable[Fault], Sequence[FaultRun], Lines]:
        """What only the whole file tells: faults, runs, and the lines of their rows."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table is checked with."""

    schema: SchemaVersion
    readers: Sequence[CellReader]
    checks: Sequence[RowCheck] = ()
    further: Sequence[FurtherCheck] = ()
    judge: FurtherCheck | None = None
    """Its faults stand in place of the schema's warnings on the same cells."""
    correcting: Callable[[CellReader], Correcting] | None = None
    """How to rewrite the faulty texts of a column; None: nothing is rewritten."""
    alerts: Alerts = field(default_factory=Alerts)
    wants_table: bool = True
    """Whether the canonical table, or the corrected one, is to be made."""
    names_once: bool = False
    """Whether an identity may come once only."""


class TableCheck:
    """One examination of one table."""

    def __init__(self, raw: RawTable, plan: Plan, *, match: HeaderMatch, tally: Tally) -> None:
        self._raw, self._plan, self._match, self._tally = raw, plan, match, tally
        present = [found.field for found in match.matched]
        self._columns = {
            reader.field.name: self._column(reader, str(position))
            for reader, position in zip(plan.readers, match.positions, strict=True)
            if position is not None
        }
        self._kinds = {each.name: each.type for each in plan.schema.fields}
        self._labels = {found.source.strip(): found.field for found in match.matched}
        self._uniqueness = Uniqueness(plan.schema, plan.readers, present)
        self._blanks = _blank_texts(raw, plan, match)
        self.table = CanonicalTable(plan.schema, present=present, names_once=plan.names_once)
        self._places = {name: column.at for name, column in self._columns.items()}
        self.is_whole = holds_all(raw.header, match)
        """Whether all columns of the file have their place in the table."""
        self.rows = 0
        """Data rows so far, blank ones aside."""
        self._wrong: list[npt.NDArray[np.bool_]] = []
        self._lines: list[Lines] = []

    @property
    def error_rows(self) -> int:
        """Rows with at least one error."""
        return sum(int(wrong.sum()) for wrong in self._wrong)

    def frames(self) -> Iterator[pl.DataFrame]:
        """Check every batch; give the rows of the canonical table as long as the file has no error, then those of the
        corrected one."""
        for batch in self._raw.batches:
            if not self._columns:
                self._count(batch)
            elif (frame := self._check(batch)) is not None:
                yield frame
        self._end()

    def run(self) -> bool:
        """Check every batch, for the report alone: no table is made."""
        for _ in self.frames():
            pass
        return False

    def _column(self, reader: CellReader, at: str) -> Column:
        correcting = self._plan.correcting(reader) if self._plan.correcting else None
        return Column(reader, self._plan.schema, at=at, correcting=correcting, alerts=self._plan.alerts)

    def _count(self, batch: Batch) -> None:
        self.rows += len(batch.lines)
        self._tally.add_found(batch.faults, (), batch.lines.to_numpy())

    def _check(self, batch: Batch) -> pl.DataFrame | None:
        """Check some rows; their part of the canonical table, or of the corrected one."""
        faults = self._leave_blanks_out(batch)
        lines = batch.lines.to_numpy()
        runs: list[FaultRun] = []
        chunk = None
        if len(lines):
            chunk, corrections = self._judge(batch, runs)
            if self._plan.schema.name == DECP:
                runs = without_what_concessions_lack(runs, chunk)
            if self._plan.judge is not None:
                runs = left_unsaid(runs, self._plan.judge.check(chunk, batch.frame))
            self._tally.add_corrections(corrections, lines)
            for found in self._row_faults(chunk, batch.frame):
                (runs if isinstance(found, FaultRun) else faults).append(found)  # type: ignore[arg-type]
        self._render(batch)
        self._note_wrong(faults, runs, lines)
        self._tally.add_found(faults, runs, lines)
        first_row, self.rows = self.rows, self.rows + len(lines)
        if chunk is None:
            return None
        wants = self._plan.wants_table
        frame = self.table.take(chunk, first_row, wanted=wants and not self._tally.has_errors)
        if not wants:
            return None
        return as_sent(chunk, batch.frame, self._places) if frame is None and self.is_whole else frame

    def _judge(self, batch: Batch, runs: list[FaultRun]) -> tuple[Chunk, list[CorrectionRun]]:
        """The cells of a batch; faults are added to `runs`."""
        frame = batch.frame
        apart = [column for column in self._columns.values() if not column.repeats(frame)]
        proofs = frame.select(column.proof for column in apart)
        canonicals = frame.select(column.canonical for column in apart)
        canonical, corrections = [], []
        for each in self._plan.schema.fields:
            if each.name not in self._columns:
                canonical.append(nothing(each.name, frame.height))
                continue
            column = self._columns[each.name]
            texts = frame.get_column(column.at)
            if column.repeats(frame):
                rows, plain = column.look_up(texts)
            else:
                rows, plain = places(~proofs.get_column(column.at)), canonicals.get_column(each.name)
            judged = judge_column(column, texts, rows, plain)
            canonical.append(judged.canonical)
            runs += judged.faults
            corrections += judged.corrections
        extra = extra_texts(frame, self._match.extra) if self._match.extra else None
        return Chunk(batch.lines, pl.DataFrame(canonical), self._kinds, extra), corrections

    def _row_faults(self, chunk: Chunk, frame: pl.DataFrame) -> Iterator[Found]:
        if self._plan.alerts.controls:
            yield from controls_in(frame, self._match.extra)
        if self._uniqueness:
            yield from self._uniqueness.look(chunk, self.rows)
        yield from inverted_coordinates(chunk, self._plan.schema)
        for check in self._plan.checks:
            yield from check.run(chunk)
        for further in self._plan.further:
            yield from further.check(chunk, frame)

    def _leave_blanks_out(self, batch: Batch) -> list[Fault]:
        """The faults of the reader, under the names of the schema; rows of nothing but missing values are blank too."""
        faults = [each._replace(column=self._labels.get(each.column or "", each.column)) for each in batch.faults]
        if self._blanks is not None:
            blank = batch.frame.select(self._blanks).to_series()
            severity = blank_row_severity(self._plan.schema.name, corrections=self._plan.correcting is not None)
            lines = batch.lines.filter(blank)
            out = set(lines)
            faults = [each for each in faults if each.line not in out]
            faults += [Fault(line, FindingCode.BLANK_ROW, severity, None, None) for line in lines]
            batch.frame, batch.lines = batch.frame.filter(~blank), batch.lines.filter(~blank)
        if self._uniqueness.has_key and self._plan.correcting is None:
            faults += [
                Fault(each.line, FindingCode.PRIMARY_KEY, Severity.ERROR, None, None, None, self._uniqueness.no_key)
                for each in faults
                if each.code is FindingCode.BLANK_ROW
            ]
        return faults

    def _render(self, batch: Batch) -> None:
        for line, position, code, before, after in batch.renderings:
            self._tally.correct(code, row=line, column=self._named(position), before=before, after=after)
        for code, count in batch.unlisted.items():
            self._tally.correction_counts[code, None] += count

    def _named(self, position: int | None) -> str | None:
        if position is None:
            return None
        label = self._raw.header[position].strip()
        return self._labels.get(label, label)

    def _note_wrong(self, faults: Sequence[Fault], runs: Sequence[FaultRun], lines: Lines) -> None:
        wrong = np.zeros(len(lines), dtype=np.bool_)
        for run in runs:
            if run.severity is Severity.ERROR:
                wrong[run.rows] = True
        if faults:
            told = [each.line for each in faults if each.severity is Severity.ERROR]
            wrong |= np.isin(lines, np.array(told, dtype=np.int64))
        self._wrong.append(wrong)
        self._lines.append(lines)

    def _end(self) -> None:
        """What only the whole file tells."""
        lines = np.concatenate(self._lines) if self._lines else np.zeros(0, dtype=np.int64)
        runs = list(self._uniqueness.doubles(lines)) if self._uniqueness else []
        if self.table.named is not None:
            rows, first, _ = self.table.named.again()
            runs += repeated_identities(rows, first, self._plan.schema.identity, lines)
        if runs:
            wrong = np.concatenate(self._wrong)
            for run in runs:
                wrong[run.rows] = True
            self._wrong = [wrong]
        self.doubled, first, self.occurrences = self.table.keys.again()
        if self.table.says_doubles and self.table.named is None:
            runs += identity_doubles(self.doubled, first, self._plan.schema.identity, lines)
        self._tally.add_late(runs, lines)
        judges = () if self._plan.judge is None else (self._plan.judge,)
        for further in (*judges, *self._plan.further):
            faults, later, places = further.finish()
            self._tally.add_found([*faults], (), lines)
            self._tally.add_late(later, places)
            self._note_late(later, places)

    def _note_late(self, runs: Sequence[FaultRun], lines: Lines) -> None:
        at = [lines[run.rows] for run in runs if run.severity is Severity.ERROR]
        if at:
            self._wrong = [np.concatenate(self._wrong) | np.isin(np.concatenate(self._lines), np.concatenate(at))]


def _blank_texts(raw: RawTable, plan: Plan, match: HeaderMatch) -> pl.Expr | None:
    """Which rows hold nothing but missing values; None when only empty cells, which readers leave out, are missing."""
    if all(set(reader.missing) <= {""} for reader in plan.readers):
        return None
    missing: dict[int, tuple[str, ...]] = dict.fromkeys(range(len(raw.header)), ("",))
    for reader, position in zip(plan.readers, match.positions, strict=True):
        if position is not None:
            missing[position] = reader.missing
    texts = {position: pl.col(str(position)) for position in missing}
    return pl.all_horizontal(
        texts[position].is_null() | texts[position].is_in(list(values)) for position, values in missing.items()
    )

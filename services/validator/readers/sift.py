"""What every table goes through once it is text: blank rows, repeated headers, mojibake.

["COLL_NOM", "COLL_SIRET"] again among the rows -> left out, listed      ["", ""] -> left out, said
"DÃ©libÃ©ration", "lâ€™Ã©cole" -> warned of, not repaired                "SÃO TOMÉ" -> nothing
"""

from collections.abc import Iterable, Sequence

import polars as pl

from services.validator.checks.chunk import Fault
from services.validator.findings import CorrectionCode, FindingCode, Severity
from services.validator.readers.mojibake import MOJIBAKE, is_mojibake
from services.validator.readers.table import Batch


def sifted(
    batch: Batch, header: Sequence[str], *, blank_severity: Severity, drop_headers: bool, search_mojibake: bool
) -> Batch:
    """The batch without blank rows and (with `drop_headers`) repeated headers; what was found is added to it."""
    out = _rows_like(batch.frame, [""] * len(header))
    if out is not None:
        for line in batch.lines.filter(out):
            batch.faults.append(Fault(line, FindingCode.BLANK_ROW, blank_severity, None, None))
        _leave_out(batch, out)
    labels = [label.strip() for label in header]
    repeated = _rows_like(batch.frame, labels) if drop_headers and any(labels) else None
    if repeated is not None:
        for line in batch.lines.filter(repeated):
            batch.render(line, None, CorrectionCode.REPEATED_HEADER, " / ".join(labels), None)
        _leave_out(batch, repeated)
    if search_mojibake:
        batch.faults.extend(sorted(_mojibake_of(batch, labels), key=lambda fault: fault.line))
    return batch


def mojibake_of_header(header: Sequence[str], line: int) -> list[Fault]:
    """The labels that are mojibake."""
    return [_fault(line, label.strip(), label) for label in header if is_mojibake(label)]


def _rows_like(frame: pl.DataFrame, cells: Sequence[str]) -> pl.Series | None:
    """Which rows hold just these cells, spaces around them aside; None when there are none. "" is also null."""
    found: pl.Series | None = None
    for at, cell in enumerate(cells):
        column = frame.get_column(str(at))
        same = ((column == "") | column.is_null()) if not cell else (column.str.strip_chars() == cell).fill_null(False)
        found = same if found is None else found & same
        if not found.any():
            return None
    return found


def _leave_out(batch: Batch, rows: pl.Series) -> None:
    batch.frame, batch.lines = batch.frame.filter(~rows), batch.lines.filter(~rows)


def _mojibake_of(batch: Batch, labels: Sequence[str]) -> Iterable[Fault]:
    matches = batch.frame.select(pl.all().str.contains(MOJIBAKE).fill_null(False))
    for at, label in enumerate(labels):
        found = matches.get_column(str(at))
        if found.any():
            rows = zip(batch.lines.filter(found), batch.frame.get_column(str(at)).filter(found), strict=True)
            yield from (_fault(line, label, text) for line, text in rows)


def _fault(line: int, label: str, text: str) -> Fault:
    return Fault(line, FindingCode.MOJIBAKE, Severity.WARNING, label, text)

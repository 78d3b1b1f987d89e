"""The findings as CSV, one per line. No cell begins as a formula would."""

import csv
import io
import re
from collections.abc import Iterable

from shared.reports.labels import LABELS
from shared.reports.shape import FindingOut, ReportOut

MEMBERS = ("severity", "code", "row", "column", "value", "expected", "message", "how_to_mend", "suggestion")

_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?", re.ASCII)


def csv_report(report: ReportOut, *, spreadsheet: bool = False) -> bytes:
    """UTF-8, commas and the member names of the JSON; for a spreadsheet, a BOM, semicolons and names for people.

    What is counted without being listed is said on a last line.
    """
    labels = LABELS[report.language]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if spreadsheet else ",", lineterminator="\r\n")
    writer.writerow([labels[name] for name in MEMBERS] if spreadsheet else MEMBERS)
    writer.writerows(_cells(one) for one in report.findings)
    missing = sum(rule.count for rule in report.by_rule) - len(report.findings)
    if missing > 0:
        note = {"severity": "info", "code": "truncated", "message": labels["unlisted"].format(missing)}
        writer.writerow([note.get(name, "") for name in MEMBERS])
    return (b"\xef\xbb\xbf" if spreadsheet else b"") + text.getvalue().encode()


def harmless(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run as a formula; plain numbers stay."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _cells(finding: FindingOut) -> Iterable[str]:
    values = (getattr(finding, name) for name in MEMBERS)
    return ["" if value is None else harmless(str(value)) for value in values]

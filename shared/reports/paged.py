"""A long report in pages: its findings filtered, a slice of them, and where the next slice is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.paging import decode_cursor, encode_cursor, unreadable_cursor
from shared.reports.shape import FindingOut, LinksOut, ReportOut

PAGE_LIMIT = 1000
"""Findings of a page when nothing is said, and corrections that a report lists at once."""

MAX_PAGE_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings are asked for; None means any."""

    severity: str | None = None
    code: str | None = None
    column: str | None = None

    def keeps(self, finding: FindingOut) -> bool:
        """Whether a finding is asked for."""
        wanted = (self.severity, self.code, self.column)
        given = (finding.severity, finding.code, finding.column)
        return all(one is None or one == other for one, other in zip(wanted, given, strict=True))

    def counted(self, report: ReportOut) -> int:
        """How many there are in all, listed or not."""
        return sum(
            rule.count
            for rule in report.by_rule
            if all(
                one is None or one == other
                for one, other in (
                    (self.severity, rule.severity),
                    (self.code, rule.code),
                    (self.column, rule.field),
                )
            )
        )


@dataclass(frozen=True, slots=True)
class FindingPage:
    """Some findings in file order."""

    findings: Sequence[FindingOut]
    start: int
    listed: int
    """Of those asked for, in the report."""
    counted: int
    """Of those asked for, in the file."""

    @property
    def following(self) -> int | None:
        """Where the next page begins; None on the last."""
        end = self.start + len(self.findings)
        return end if end < self.listed else None


def page_of(report: ReportOut, wanted: FindingFilter, *, start: int = 0, limit: int = PAGE_LIMIT) -> FindingPage:
    """The findings asked for, from the 0-based rank `start` on, at most `limit`."""
    kept = [one for one in report.findings if wanted.keeps(one)]
    return FindingPage(kept[start : start + limit], start, len(kept), wanted.counted(report))


def encode_position(start: int, report_sha256: str, *, secret: bytes) -> str:
    """A cursor in the findings of this very report."""
    return encode_cursor({"start": start, "report": report_sha256[:16]}, secret=secret)


def decode_position(cursor: str | None, report_sha256: str, *, secret: bytes) -> int:
    """0-based rank. Raises InvalidParameter("cursor"), for a cursor of another report too."""
    if cursor is None:
        return 0
    values: dict[str, Any] = decode_cursor(cursor, secret=secret)
    if values.get("report") != report_sha256[:16]:
        raise unreadable_cursor()
    start: int = values["start"]
    return start


def first_page(report: ReportOut, *, links: LinksOut, limit: int = PAGE_LIMIT) -> ReportOut:
    """The report with at most `limit` findings and `PAGE_LIMIT` corrections; `truncated` says whether that cuts it."""
    findings, corrections = report.findings[:limit], report.corrections[:PAGE_LIMIT]
    is_cut = len(findings) < len(report.findings) or len(corrections) < len(report.corrections)
    return report.model_copy(
        update={
            "findings": findings,
            "corrections": corrections,
            "truncated": report.truncated or is_cut,
            "links": links,
        }
    )

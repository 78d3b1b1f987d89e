"""What a reader wants, from the headers that browsers and programs send."""

import pytest

from shared.reports.wish import NotAcceptable, ReportFormat, format_of, language_of


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, None),
        ("", None),
        ("*/*", None),
        ("application/*", None),
        ("application/json", ReportFormat.JSON),
        ("APPLICATION/JSON; charset=utf-8", ReportFormat.JSON),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", ReportFormat.HTML),
        ("text/csv;q=0.5, application/json;q=0.4", ReportFormat.CSV),
        ("text/*", ReportFormat.HTML),
        ("image/png, */*;q=0.1", None),
        ("text/html;q=0, application/json", ReportFormat.JSON),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ReportFormat.XLSX),
    ],
)
def test_the_best_format_is_given(accept: str | None, expected: ReportFormat | None) -> None:
    assert format_of(accept) is expected


def test_nothing_of_ours_is_refused() -> None:
    with pytest.raises(NotAcceptable):
        format_of("image/png, application/xml;q=0.2")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "fr"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("en", "en"),
        ("de,en;q=0.5", "en"),
        ("de", "fr"),
        ("*", "fr"),
        ("en;q=0.3,fr;q=0.2", "en"),
        ("en;q=0", "fr"),
        ("en;q=oops", "fr"),
    ],
)
def test_french_unless_english_is_preferred(header: str | None, expected: str) -> None:
    assert language_of(header) == expected

"""Which format a request prefers."""

import pytest

from services.catalog.exports.formats import Format, preferred_format


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, None),
        ("", None),
        ("*/*", None),
        ("application/json", None),
        ("application/*", None),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", None),
        ("application/xml", None),
        ("text/csv", Format.CSV),
        ("TEXT/CSV; charset=utf-8", Format.CSV),
        ("text/*", Format.CSV),
        ("text/csv, */*", Format.CSV),
        ("text/csv;q=0", None),
        ("text/csv;q=0.5, application/json", None),
        ("text/csv;q=0.5, application/x-ndjson;q=0.9", Format.NDJSON),
        ("application/geo+json, application/json;q=0.9", Format.GEOJSON),
        ("application/vnd.apache.parquet", Format.PARQUET),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Format.XLSX),
        ("text/csv;q=beaucoup", Format.CSV),
        (",;,", None),
    ],
)
def test_the_closest_name_with_the_greatest_weight_wins(accept: str | None, expected: Format | None) -> None:
    assert preferred_format(accept) is expected

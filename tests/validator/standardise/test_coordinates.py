"""Longitude and latitude exchanged."""

import polars as pl
import pytest

from services.validator.checks.chunk import Chunk
from services.validator.standardise.coordinates import inverted_coordinates
from shared.registry import Registry


@pytest.mark.parametrize(
    ("longitude", "latitude", "is_told"),
    [
        ("1.33", "43.46", False),
        ("43.46", "1.33", True),
        ("48.85", "2.35", True),
        ("-20.9", "55.4", True),
        ("55.4", "-20.9", False),
        ("2.0", "2.5", False),
        ("0", "0", False),
        ("x", "43.46", False),
        (None, "43.46", False),
    ],
)
def test_a_position_in_france_only_when_exchanged_is_told(
    registry: Registry, longitude: str | None, latitude: str, *, is_told: bool
) -> None:
    schema = registry.get("bal")
    canonical = pl.DataFrame({"long": [longitude], "lat": [latitude]}, schema={"long": pl.String, "lat": pl.String})
    chunk = Chunk(lines=pl.Series([2]), canonical=canonical, kinds={"long": "string", "lat": "string"})
    found = inverted_coordinates(chunk, schema)
    assert [run.describe(0).value for run in found] == ([f"{longitude}, {latitude}"] if is_told else [])


def test_a_schema_without_positions_has_none_to_exchange(registry: Registry) -> None:
    chunk = Chunk(lines=pl.Series([], dtype=pl.Int64), canonical=pl.DataFrame(), kinds={})
    assert inverted_coordinates(chunk, registry.get("scdl/deliberations")) == []

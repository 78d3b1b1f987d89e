"""Longitude and latitude exchanged: a position outside France that would be in France the other way round.

    long 43.46, lat 1.33 → warning (Muret is at 1.33, 43.46)        long 1.33, lat 43.46 → nothing
    long 2.0, lat 2.5 → nothing: neither way is in France, so nothing says that they are exchanged

Never corrected: the two cells may hold another mistake. Boxes in WGS 84 degrees, wide by a tenth of a degree.
"""

from functools import reduce
from operator import or_

import polars as pl

from services.validator.checks.chunk import Chunk, Described, FaultRun, places, run_of
from services.validator.findings import FindingCode, Severity
from shared.registry import SchemaVersion

FRANCE = (
    (-5.3, 9.7, 41.2, 51.2),  # metropolitan France, Corsica
    (-61.9, -60.9, 15.7, 16.7),  # Guadeloupe
    (-61.4, -60.7, 14.3, 15.0),  # Martinique
    (-54.8, -51.5, 2.0, 5.9),  # Guyane
    (55.1, 56.0, -21.5, -20.8),  # La Réunion
    (44.9, 45.4, -13.1, -12.5),  # Mayotte
    (-56.5, -56.1, 46.7, 47.2),  # Saint-Pierre-et-Miquelon
    (-63.2, -62.7, 17.8, 18.2),  # Saint-Martin, Saint-Barthélemy
)
"""West, east, south, north."""


def inverted_coordinates(chunk: Chunk, schema: SchemaVersion) -> list[FaultRun]:
    """A warning for each row whose position is in France only when exchanged; on the longitude."""
    place = schema.geography
    if place is None or place.longitude is None or place.latitude is None:
        return []
    longitude, latitude = place.longitude, place.latitude
    degrees = [chunk.canonical.get_column(name).cast(pl.Float64, strict=False) for name in (longitude, latitude)]
    frame = pl.DataFrame({"x": degrees[0], "y": degrees[1]})
    exchanged = ~_in_france("x", "y") & _in_france("y", "x")
    rows = places(frame.select(exchanged.alias("exchanged")).to_series())
    texts = chunk.canonical

    def describe(rank: int) -> Described:
        row = int(rows[rank])
        value = f"{texts.get_column(longitude)[row]}, {texts.get_column(latitude)[row]}"
        return Described(value, None, {"longitude": longitude, "latitude": latitude})

    return run_of(FindingCode.INVERTED_COORDINATES, Severity.WARNING, longitude, rows, describe)


def _in_france(longitude: str, latitude: str) -> pl.Expr:
    boxes = (
        pl.col(longitude).is_between(west, east) & pl.col(latitude).is_between(south, north)
        for west, east, south, north in FRANCE
    )
    return reduce(or_, boxes)

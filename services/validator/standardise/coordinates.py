"""Longitude and latitude exchanged: a position outside France that would be in France the other way round.

    long 43.46, lat 1.33 → warning (Muret is at 1.33, 43.46)        long 1.33, lat 43.46 → nothing
    long 2.0, lat 2.5 → nothing: neither way is in France, so nothing says that they are exchanged

Never corrected: the two cells may hold another mistake. Boxes in WGS 84 degrees, wide by a tenth of a degree.
"""

import numpy as np
import polars as pl

from services.validator.checks.bal_projection import Floats
from services.validator.checks.chunk import Chunk, Described, FaultRun, Rows, run_of
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
    x, y = (
        chunk.canonical.get_column(name).cast(pl.Float64, strict=False).to_numpy() for name in (longitude, latitude)
    )
    abroad = _abroad(x, y)
    rows: Rows = np.delete(abroad, _abroad(y[abroad], x[abroad]))
    texts = chunk.canonical

    def describe(rank: int) -> Described:
        row = int(rows[rank])
        value = f"{texts.get_column(longitude)[row]}, {texts.get_column(latitude)[row]}"
        return Described(value, None, {"longitude": longitude, "latitude": latitude})

    return run_of(FindingCode.INVERTED_COORDINATES, Severity.WARNING, longitude, rows, describe)


def _abroad(longitudes: Floats, latitudes: Floats) -> Rows:
    """The rows outside France; NaN is nowhere."""
    rows = np.arange(len(longitudes))
    for west, east, south, north in FRANCE:
        x, y = longitudes[rows], latitudes[rows]
        rows = rows[~((x >= west) & (x <= east) & (y >= south) & (y <= north))]
    return rows

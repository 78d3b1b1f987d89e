"""Where rows are on the map, as SQL. What is no position of the Earth is nowhere."""

from services.catalog.query.statement import Parameters, column_of
from services.catalog.query.tree import InBox, Near
from services.catalog.view import DatasetView
from shared.rows import RowColumn

EARTH_RADIUS_METRES = 6_371_008.8
"""Mean radius of the IUGG."""

_DEGREES = r"[+-]?\d{1,3}(?:\.\d{1,30})?"
DEGREES_ALONE = rf"^\s*({_DEGREES})\s*$"
_SEPARATORS = r'[\s"]*'
LONGITUDE_OF_POINT = rf'(?:^[\s\["]*|"lon"\s*:{_SEPARATORS})({_DEGREES}){_SEPARATORS}(?:,|\}})'
LATITUDE_OF_POINT = rf'(?:^[^,:]*,{_SEPARATORS}|"lat"\s*:{_SEPARATORS})({_DEGREES})[\s"\]]*(?:,|\}}|$)'
"""Of the three formats of a Table Schema geopoint: `lon, lat`, `[lon, lat]` and `{"lon": …, "lat": …}`."""


def has_places(view: DatasetView) -> bool:
    """Whether the rows have positions at all."""
    return view.table.geography is not None


def in_box(box: InBox, view: DatasetView, parameters: Parameters) -> str:
    """Whether the row's position lies in the box, compared as exact numbers."""
    longitude, latitude = position(view)
    west, east = parameters.add(box.west, "numeric"), parameters.add(box.east, "numeric")
    south, north = parameters.add(box.south, "numeric"), parameters.add(box.north, "numeric")
    across = "OR" if box.west > box.east else "AND"
    return (
        f"({latitude} >= {south} AND {latitude} <= {north} AND ({longitude} >= {west} {across} {longitude} <= {east}))"
    )


def near(place: Near, view: DatasetView, parameters: Parameters) -> str:
    """Whether the row's position lies in the circle (haversine)."""
    longitude, latitude = (f"({one})::double precision" for one in position(view))
    lon, lat = (parameters.add(float(one), "double precision") for one in (place.longitude, place.latitude))
    metres = parameters.add(float(place.metres), "double precision")
    haversine = (
        f"sin(radians({latitude} - {lat}) / 2) ^ 2 + cos(radians({latitude})) * cos(radians({lat})) "
        f"* sin(radians({longitude} - {lon}) / 2) ^ 2"
    )
    return f"(2 * {EARTH_RADIUS_METRES} * asin(least(1, sqrt({haversine}))) <= {metres})"


def position(view: DatasetView) -> tuple[str, str]:
    """SQL of longitude and latitude, as numerics; null where they cannot be read."""
    geography = view.table.geography
    if geography is None:
        raise LookupError(f"{view.table.name} has no positions: the dialect let the question through")
    if geography.point is not None:
        column = column_of(geography.point, view).column
        return _extracted(column, LONGITUDE_OF_POINT), _extracted(column, LATITUDE_OF_POINT)
    return _number(column_of(str(geography.longitude), view)), _number(column_of(str(geography.latitude), view))


def _number(column: RowColumn) -> str:
    return _extracted(column.column, DEGREES_ALONE) if column.is_text else column.column


def _extracted(column: str, pattern: str) -> str:
    return f"substring({column} FROM '{pattern}')::numeric"

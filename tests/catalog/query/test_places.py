"""Rows on the map: the three ways of writing a point, boxes and circles."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest

from services.catalog.query.counting import compile_scope
from services.catalog.query.native import read_query_string
from services.catalog.query.places import EARTH_RADIUS_METRES
from services.catalog.query.statement import Parameters
from services.catalog.view import DatasetView
from shared.errors import InvalidParameter
from shared.models import Deposit
from shared.registry import Registry
from shared.rows import row_table

Publish = Callable[..., Awaitable[Deposit]]

HERE = (1.4442, 43.6043)
POINTS = {
    "[1.4442, 43.6043]": HERE,
    "[1.4442,43.6043]": HERE,
    "1.4442, 43.6043": HERE,
    '{"lon": 1.4442, "lat": 43.6043}': HERE,
    '{"lat":43.6043,"lon":1.4442}': HERE,
    '{"lon": "1.4442", "lat": "43.6043"}': HERE,
    '["1.4442", "43.6043"]': HERE,
    "[-1.5, 47]": (-1.5, 47.0),
    "[179.9, -17]": (179.9, -17.0),
    "[-179.9, -17]": (-179.9, -17.0),
    "[1.45, 43.60]": (1.45, 43.60),
    "[12345.5, 43.6043]": None,
    "à côté de la mairie": None,
    "": None,
    "[1.4442]": None,
    "NaN, NaN": None,
}


@pytest.fixture
async def connection(database: str, publish: Publish) -> AsyncIterator[asyncpg.Connection]:
    rows = [{"id_pdc_itinerance": f"{rank}", "coordonneesXY": point} for rank, point in enumerate(POINTS)]
    await publish(rows, schema_name="etalab/schema-irve-statique")
    opened = await asyncpg.connect(database, server_settings={"role": "socle_reader"})
    yield opened
    await opened.close()


@pytest.fixture
def view(registry: Registry) -> DatasetView:
    return DatasetView("irve", None, row_table(registry, "etalab/schema-irve-statique"), 1, 0, 1)


async def ask(connection: asyncpg.Connection, view: DatasetView, name: str, value: str) -> set[str]:
    values = Parameters()
    scope = compile_scope(view, read_query_string([(name, value)], view).query.where, values)
    sql = f"SELECT c_coordonnees_xy AS point FROM {view.table.qualified} WHERE {scope}"
    return {row["point"] for row in await connection.fetch(sql, *values.values)}


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    (x, y), (u, v) = (tuple(map(math.radians, point)) for point in (one, other))
    across = math.sin((v - y) / 2) ** 2 + math.cos(y) * math.cos(v) * math.sin((u - x) / 2) ** 2
    return 2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(across))


async def test_every_way_of_writing_a_point_is_read(connection: asyncpg.Connection, view: DatasetView) -> None:
    at_all = {text for text, point in POINTS.items() if point is not None}
    assert await ask(connection, view, "bbox", "-180,-90,180,90") == at_all
    assert await ask(connection, view, "bbox", "1.4442,43.6043,1.4442,43.6043") == {
        text for text, point in POINTS.items() if point == HERE
    }


async def test_a_box_may_cross_the_180th_meridian(connection: asyncpg.Connection, view: DatasetView) -> None:
    assert await ask(connection, view, "bbox", "179,-20,-179,-10") == {"[179.9, -17]", "[-179.9, -17]"}


@pytest.mark.parametrize("reach", ["0", "600", "700", "1000000"])
async def test_a_circle_holds_what_is_near(connection: asyncpg.Connection, view: DatasetView, reach: str) -> None:
    near = {text for text, point in POINTS.items() if point is not None and metres(point, HERE) <= float(reach)}
    assert await ask(connection, view, "near", f"1.4442,43.6043,{reach}") == near


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bbox", "1,2,3"),
        ("bbox", "1,2,3,x"),
        ("bbox", "-181,0,1,1"),
        ("bbox", "0,10,1,5"),
        ("bbox", "NaN,0,1,1"),
        ("near", "1,2"),
        ("near", "1,2,-1"),
        ("near", "1,91,10"),
        ("near", "1,2,1000001"),
        ("near", "1,2,1e3"),
    ],
)
def test_what_is_no_place_is_refused(view: DatasetView, name: str, value: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        read_query_string([(name, value)], view)
    assert f"{name}=" in refused.value.action


def test_rows_without_positions_have_no_places(view: DatasetView) -> None:
    nowhere = replace(view, table=replace(view.table, geography=None))
    with pytest.raises(InvalidParameter, match="coordonnées"):
        read_query_string([("near", "1,2,3")], nowhere)

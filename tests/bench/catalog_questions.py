"""What is asked of catalog and of the references: the same rows, at random by a seed."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
from stack import PEPPER, Stack

from services.catalog.query.aggregate import compile_aggregate
from services.catalog.query.compile import as_of, compile_pages, compile_rows
from services.catalog.query.native import read_query_string
from services.catalog.query.native_aggregate import read_aggregate_query_string
from services.catalog.query.statement import Statement
from services.catalog.view import DatasetView
from shared.paging import cursor_secret, encode_cursor
from shared.registry import load_registry
from shared.rows import row_table

SCHEMA = "etalab/schema-bal"
FILTER, GROUP, SORT = "commune_insee", "toponyme", "toponyme"
MARK = "31001"
SORTED = [("sort", SORT)]


@dataclass(frozen=True, slots=True)
class Questions:
    """Paths by the name of a figure."""

    ours: Mapping[str, list[str]]
    references: Mapping[str, list[str]]
    statements: Mapping[str, Any]
    first_page: str
    deep_page: str
    dataset_path: str
    extract: str
    extract_sql: str
    dsn: str
    snapshot_path: Path


async def make_questions(stack: Stack) -> Questions:
    """Questions about the one data set that is published."""
    connection = await asyncpg.connect(stack.postgres.dsn)
    try:
        return await _make(stack, connection)
    finally:
        await connection.close()


async def _make(stack: Stack, connection: asyncpg.Connection) -> Questions:
    found = await connection.fetchrow(
        "SELECT d.id, d.number, v.publication, v.snapshot_sha256 FROM catalog.dataset AS d "
        "JOIN catalog.version AS v ON v.dataset_id = d.id AND v.number = d.current_version"
    )
    view = DatasetView(found["id"], found["number"], row_table(load_registry(), SCHEMA), found["publication"], 0, 1)
    chance, base = random.Random(31), f"/v1/datasets/{quote(view.dataset_id)}"
    codes = [
        row[0] for row in await connection.fetch(f"SELECT DISTINCT c_{FILTER} FROM {view.table.qualified} ORDER BY 1")
    ]
    rows = await connection.fetchrow(f"SELECT min(row_id), max(row_id) FROM {view.table.qualified}")
    ids = [chance.randint(*rows) for _ in range(5000)]
    return Questions(
        ours={
            "record by id": [f"{base}/records/{one}" for one in ids],
            "page of 20": [f"{base}/records?{FILTER}={one}" for one in codes],
            "page of 100": [f"{base}/records?{FILTER}={one}&limit=100" for one in codes],
            "groups": [f"{base}/aggregate?{FILTER}={one}&group_by={GROUP}&limit=1000" for one in codes],
        },
        references={
            "record by id": [f"/record?v={one}" for one in ids],
            "page of 20": [f"/page20?v={one}" for one in codes],
            "page of 100": [f"/page100?v={one}" for one in codes],
            "groups": [f"/groups?v={one}" for one in codes],
        },
        statements=_statements(view),
        first_page=f"{base}/records?sort={SORT}",
        deep_page=f"{base}/records?sort={SORT}&cursor={await _deep_cursor(connection, view)}",
        dataset_path=base,
        extract=f"{FILTER}__greater=31300",
        extract_sql=_extract(view),
        dsn=stack.postgres.dsn,
        snapshot_path=stack.folder / "blobs" / f"snapshots/{view.dataset_id}/{found['snapshot_sha256']}.csv",
    )


def _statements(view: DatasetView) -> dict[str, Any]:
    columns = ", ".join(f'{one.column} AS "{one.field_name}"' for one in view.table.columns)
    scope = f"FROM {view.table.qualified} WHERE dataset_id = $1 AND {as_of('$2::bigint')}"
    by_code = f"{scope} AND left(c_{FILTER}, 200) = $3"
    grouped = read_aggregate_query_string([(FILTER, MARK), ("group_by", GROUP), ("limit", "1000")], view).query
    return {
        "record": _both(f"SELECT {columns} {scope} AND row_id = $3", _record(view), view, -1),
        "page20": _both(f"SELECT {columns} {by_code} ORDER BY row_id LIMIT 20", _page(view, 20), view, MARK),
        "page100": _both(f"SELECT {columns} {by_code} ORDER BY row_id LIMIT 100", _page(view, 100), view, MARK),
        "groups": _both(
            f"SELECT c_{GROUP} AS {GROUP}, count(*) {by_code} GROUP BY 1 ORDER BY 2 DESC LIMIT 1000",
            compile_aggregate(view, grouped),
            view,
            MARK,
        ),
    }


def _extract(view: DatasetView) -> str:
    columns = ", ".join(one.column for one in view.table.columns)
    scope = as_of(str(view.publication))
    return f"SELECT {columns} FROM {view.table.qualified} WHERE {scope} AND c_{FILTER} >= '31300' ORDER BY row_id"


def _record(view: DatasetView) -> Statement:
    """One row a statement: what one would write by hand gathers nothing."""
    compiled = compile_rows(view, [-1])
    sql = compiled.sql.replace("= ANY($3::bigint[])", "= $3::bigint")
    assert sql != compiled.sql
    return Statement(sql, tuple(-1 if one == [-1] else one for one in compiled.args))


def _page(view: DatasetView, limit: int) -> Statement:
    return compile_pages(view, read_query_string([(FILTER, MARK), ("limit", str(limit))], view).query, None)[0]


def _both(columns: str, compiled: Statement, view: DatasetView, mark: object) -> dict[str, Any]:
    args = list(compiled.args)
    return {
        "columns": columns,
        "columns_args": [view.number, view.publication, mark],
        "json": compiled.sql,
        "args": args,
        "at": args.index(mark),
    }


async def _deep_cursor(connection: asyncpg.Connection, view: DatasetView) -> str:
    total = await connection.fetchval(f"SELECT count(*) FROM {view.table.qualified}")
    row_id = await connection.fetchval(
        f"SELECT row_id FROM {view.table.qualified} ORDER BY left(c_{SORT}, 200), row_id OFFSET $1 LIMIT 1",
        total * 9 // 10,
    )
    asked = read_query_string(SORTED, view)
    said = {"d": view.dataset_id, "p": view.publication, "v": view.version, "r": row_id, "q": asked.query.fingerprint}
    return encode_cursor(said, secret=cursor_secret(PEPPER))

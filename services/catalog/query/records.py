"""A page of records: reads the cursor, asks the database, links to the next page."""

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.query.ask import fetch_rows
from services.catalog.query.compile import Position, compile_page, compile_position
from services.catalog.query.counting import compile_count, read_count
from services.catalog.query.native import NativeRequest
from services.catalog.query.tree import Count, RecordsQuery
from services.catalog.view import DatasetView, view_as_of
from shared.paging import decode_cursor, encode_cursor, unreadable_cursor

REPRESENTATION = 1
"""Counts up when the same rows are written another way, so that nobody's cache keeps the old way."""


@dataclass(frozen=True, slots=True)
class RecordsPlace:
    """Where a page begins: the view is that of the first page's publication."""

    view: DatasetView
    after_row_id: int | None


async def find_place(
    session: AsyncSession, view: DatasetView, request: NativeRequest, *, secret: bytes
) -> RecordsPlace:
    """The place that the request's cursor tells, or the beginning. Raises InvalidParameter("cursor")."""
    if request.cursor is None:
        return RecordsPlace(view, None)
    said = decode_cursor(request.cursor, secret=secret)
    if said.get("d") != view.dataset_id or said.get("q") != request.query.fingerprint:
        raise unreadable_cursor()
    return RecordsPlace(await view_as_of(session, view, said["p"]), said["r"])


def entity_tag(place: RecordsPlace, request: NativeRequest) -> str:
    """Strong: made of the publication that is read and of all that is asked."""
    asked = repr(
        (REPRESENTATION, place.view.dataset_id, place.view.publication, place.after_row_id, request.parameters)
    )
    return f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"'


async def read_page(
    session: AsyncSession, place: RecordsPlace, request: NativeRequest, *, path: str, secret: bytes
) -> bytes:
    """The page as JSON: `data`, `links`, `meta`. `path` is that of the list, for the link to the next page.

    The session's transaction must have begun (`shared.db.reading`, then any query).
    """
    query, view = request.query, place.view
    after = None if place.after_row_id is None else await _position(session, place, request)
    rows = await fetch_rows(session, compile_page(view, query, after))
    page = rows[: query.limit]
    following = None
    if len(rows) > query.limit:
        position = {"d": view.dataset_id, "p": view.publication, "r": page[-1]["row_id"], "q": query.fingerprint}
        cursor = encode_cursor(position, secret=secret)
        following = f"{path}?{urlencode([*request.parameters, ('cursor', cursor)])}"
    meta = {
        "dataset": view.dataset_id,
        "version": view.version,
        "publication": view.publication or None,
        "limit": query.limit,
        **await _total(session, view, query),
    }
    data = ",".join(row["record"] for row in page)
    return b'{"data":[%b],"links":%b,"meta":%b}' % (
        data.encode(),
        orjson.dumps({"next": following}),
        orjson.dumps(meta),
    )


async def _position(session: AsyncSession, place: RecordsPlace, request: NativeRequest) -> Position:
    row_id = place.after_row_id or 0
    if not request.query.sort:
        return Position(row_id, ())
    rows = await fetch_rows(session, compile_position(place.view, request.query, row_id))
    if not rows:
        raise unreadable_cursor()
    return Position(row_id, tuple(rows[0].values()))


async def _total(session: AsyncSession, view: DatasetView, query: RecordsQuery) -> dict[str, Any]:
    statement = compile_count(view, query)
    if statement is None:
        return {}
    (row,) = await fetch_rows(session, statement)
    return {"total": read_count(query, *row.values()), "total_is_estimate": query.count is Count.ESTIMATE}

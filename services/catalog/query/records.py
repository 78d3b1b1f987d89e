"""A page of records: reads the cursor, asks the database, links to the next page."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from services.catalog.query.ask import Asks
from services.catalog.query.compile import compile_pages, compile_position, compile_rows
from services.catalog.query.counting import compile_count, read_count
from services.catalog.query.native import NativeRequest
from services.catalog.query.order import Position
from services.catalog.query.tree import Count, RecordsQuery
from services.catalog.view import DatasetView, check_kept
from shared.errors import NotFound
from shared.paging import decode_cursor, encode_cursor, unreadable_cursor

REPRESENTATION = 2
"""Counts up when the same rows are written another way, so that nobody's cache keeps the old way."""

MAX_ROW_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class RecordsPlace:
    """Where a page begins: the view is that of the first page's publication."""

    view: DatasetView
    after_row_id: int | None = None


def find_place(view: DatasetView, request: NativeRequest, *, secret: bytes) -> RecordsPlace:
    """The place that the request's cursor tells, or the beginning. Raises InvalidParameter("cursor"), VersionPurged."""
    if request.cursor is None:
        return RecordsPlace(view)
    said = decode_cursor(request.cursor, secret=secret)
    if said.get("d") != view.dataset_id or said.get("q") != request.query.fingerprint or "v" not in said:
        raise unreadable_cursor()
    return RecordsPlace(check_kept(view.at(said["p"], said["v"])), said["r"])


def entity_tag(place: RecordsPlace, request: NativeRequest) -> str:
    """Strong: made of the publication that is read and of all that is asked."""
    asked = repr(
        (REPRESENTATION, place.view.dataset_id, place.view.publication, place.after_row_id, request.parameters)
    )
    return f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"'


async def read_page(
    asks: Asks, place: RecordsPlace, request: NativeRequest, *, path: str, secret: bytes
) -> tuple[bytes, str | None]:
    """The page as JSON (`data`, `ids`, `links`, `meta`), and the address of the next one, if there is one.

    `path` is that of the list. Rows that a purge takes away meanwhile are missing: see `check_still_kept`.
    """
    query, view = request.query, place.view
    after = None if place.after_row_id is None else await _position(asks, place, request)
    rows: list[Mapping[str, Any]] = []
    for statement in compile_pages(view, query, after):
        rows += await asks.fetch(statement)
        if len(rows) > query.limit:
            break
    page = rows[: query.limit]
    following = None
    if len(rows) > query.limit:
        position = {"d": view.dataset_id, "p": view.publication, "v": view.version, "r": page[-1]["row_id"]}
        cursor = encode_cursor(position | {"q": query.fingerprint}, secret=secret)
        # Letters, digits, "-" and "_": a cursor is written in an address as it is.
        following = f"{path}?{urlencode([*request.parameters, ('cursor', '')])}{cursor}"
    meta = {**_meta(view), "limit": query.limit, **await _total(asks, view, query)}
    return _document(page, {"next": following}, meta), following


def read_row_id(text: str) -> int | None:
    """The number of a row as pages tell it under `ids`; None for what can be none."""
    digits = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_ROW_ID))
    return int(text) if digits and int(text) <= MAX_ROW_ID else None


async def read_rows(asks: Asks, view: DatasetView, row_ids: Sequence[int]) -> Mapping[int, str]:
    """The JSON texts of rows, by their numbers; those that the view does not have are missing."""
    return {row["row_id"]: row["record"] for row in await asks.fetch(compile_rows(view, row_ids))}


def write_record(view: DatasetView, row_id: str, record: str | None) -> bytes:
    """One row as JSON (`data`, `meta`). Raises NotFound if there is none."""
    if record is None:
        raise NotFound(
            f"« {view.dataset_id} » n'a pas de ligne « {row_id[:20]} » dans sa version actuelle.",
            action=f"Les numéros sont donnés par `ids` dans GET /v1/datasets/{view.dataset_id}/records ; une ligne "
            "modifiée en change.",
        )
    return b'{"data":%b,"meta":%b}' % (record.encode(), orjson.dumps(_meta(view)))


def _meta(view: DatasetView) -> dict[str, Any]:
    return {"dataset": view.dataset_id, "version": view.version, "publication": view.publication or None}


def _document(page: Sequence[Mapping[str, Any]], links: Mapping[str, Any], meta: Mapping[str, Any]) -> bytes:
    return b'{"data":[%b],"ids":%b,"links":%b,"meta":%b}' % (
        ",".join([row["record"] for row in page]).encode(),
        orjson.dumps([row["row_id"] for row in page]),
        orjson.dumps(links),
        orjson.dumps(meta),
    )


async def _position(asks: Asks, place: RecordsPlace, request: NativeRequest) -> Position:
    row_id = place.after_row_id or 0
    if not request.query.sort:
        return Position(row_id, ())
    rows = await asks.fetch(compile_position(place.view, request.query, row_id))
    if not rows:
        raise unreadable_cursor()
    return Position(row_id, tuple(rows[0].values()))


async def _total(asks: Asks, view: DatasetView, query: RecordsQuery) -> dict[str, Any]:
    statement = compile_count(view, query)
    if statement is None:
        return {}
    (row,) = await asks.fetch(statement)
    return {"total": read_count(query, *row.values()), "total_is_estimate": query.count is Count.ESTIMATE}

"""Groups of rows, as an answer: asks the database and writes the document."""

import hashlib
from collections.abc import Sequence

import orjson

from services.catalog.query.aggregate import compile_aggregate
from services.catalog.query.aggregate_tree import AggregateQuery
from services.catalog.query.ask import Asks
from services.catalog.query.ceiling import GroupCeiling
from services.catalog.query.native_aggregate import AggregateRequest
from services.catalog.view import DatasetView

REPRESENTATION = 1
"""Counts up when the same groups are written another way, so that nobody's cache keeps the old way."""


def entity_tag(view: DatasetView, parameters: Sequence[tuple[str, str]]) -> str:
    """Strong: made of the publication that is read and of all that is asked."""
    asked = repr((REPRESENTATION, view.dataset_id, view.publication, list(parameters)))
    return f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"'


async def read_groups(asks: Asks, view: DatasetView, request: AggregateRequest, *, ceiling: GroupCeiling) -> bytes:
    """The answer as JSON: `data` and `meta`; for facets, `facets` and `meta`. Raises QueryTooCostly."""
    meta = {"dataset": view.dataset_id, "version": view.version, "publication": view.publication or None}
    for query in request.facets or (request.query,):
        await ceiling.check(asks, view, query)
    if request.facets:
        facets = b",".join([await _facet(asks, view, facet) for facet in request.facets])
        return b'{"facets":[%b],"meta":%b}' % (facets, orjson.dumps(meta))
    data, is_whole = await _groups(asks, view, request.query)
    return b'{"data":[%b],"meta":%b}' % (
        data,
        orjson.dumps(meta | {"limit": request.query.limit, "complete": is_whole}),
    )


async def _facet(asks: Asks, view: DatasetView, facet: AggregateQuery) -> bytes:
    values, is_whole = await _groups(asks, view, facet)
    return b'{"name":%b,"values":[%b],"complete":%b}' % (
        orjson.dumps(facet.keys[0].asked),
        values,
        orjson.dumps(is_whole),
    )


async def _groups(asks: Asks, view: DatasetView, query: AggregateQuery) -> tuple[bytes, bool]:
    rows = await asks.fetch(compile_aggregate(view, query))
    return ",".join(row["record"] for row in rows[: query.limit]).encode(), len(rows) <= query.limit

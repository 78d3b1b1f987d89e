"""The CSV file of a whole schema, built when somebody asks for it, once per publication.

It is kept as `snapshots/<data set>/<publication>/<sha256>.csv`: the folder says which publication it is, the name
says its hash, so no table has to remember it, and two processes that build it at once keep the same bytes.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import PurePosixPath

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.catalog.copy_out import copy_out, driver_connection
from services.catalog.exports.csv_columns import csv_expression, csv_header
from services.catalog.query.compile import ORIGIN_COLUMNS, ORIGIN_JOINS, as_of
from services.catalog.view import DatasetView
from shared.blobs import Blob, Blobs
from shared.rows import RowTable

BUILD_TIMEOUT = "10min"
"""Longer than a reader's question may take: the file is built once, and written to the store, not to a client."""


class ConsolidatedFiles:
    """Finds or builds the files; one build at a time for each data set in a process."""

    def __init__(self, *, engine: AsyncEngine, blobs: Blobs) -> None:
        self._engine = engine
        self._blobs = blobs
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._known: dict[str, tuple[int, Blob]] = {}
        """Data set → its last publication asked for and the file of it."""

    async def csv(self, view: DatasetView) -> Blob:
        """The file of a consolidated view, durable."""
        async with self._turns[view.dataset_id]:
            known = self._known.get(view.dataset_id)
            if known is not None and known[0] == view.publication:
                return known[1]
            folder = f"snapshots/{view.dataset_id}/{view.publication}"
            blob = await self._find(folder) or await self._blobs.put(self._lines(view), folder=folder, suffix=".csv")
            self._known[view.dataset_id] = (view.publication, blob)
            return blob

    async def _find(self, folder: str) -> Blob | None:
        names = await self._blobs.names(folder)
        if not names:
            return None
        return Blob(
            name=names[0], sha256=PurePosixPath(names[0]).stem, size_bytes=await self._blobs.size_bytes(names[0])
        )

    async def _lines(self, view: DatasetView) -> AsyncIterator[bytes]:
        yield csv_header(view.field_names)
        async with self._engine.connect() as connection, connection.begin():
            await connection.execute(text(f"SET LOCAL statement_timeout = '{BUILD_TIMEOUT}'"))
            driver = await driver_connection(connection)
            async for chunk in copy_out(driver, _query(view.table), view.publication):
                yield chunk


def _query(table: RowTable) -> str:
    values = [*ORIGIN_COLUMNS.values(), *(csv_expression(column) for column in table.columns)]
    order = ["d.organisation_siren", *(column.column for column in table.identity), "slice", "key_hash", "occurrence"]
    page = f"SELECT * FROM {table.qualified} WHERE {as_of('$1::bigint')}"  # noqa: S608 - names of ours
    return f"SELECT {', '.join(values)} FROM ({page}) AS page {ORIGIN_JOINS}ORDER BY {', '.join(order)}"  # noqa: S608

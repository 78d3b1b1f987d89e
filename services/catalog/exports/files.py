"""The files of whole data sets: the CSV file of a version, other forms of it, and both compressed.

An organisation's CSV file is written when its version is published (`snapshots/<data set>/<sha256>.csv`). All others
are made when somebody first asks, once, and kept under a folder that says what they are made from, and how:
`snapshots/<data set>/<sha256 of the CSV file, or publication>/<form>/<sha256>.<suffix>`. No table has to remember
them, and two processes that make one at once keep the same bytes.
"""

import asyncio
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from pathlib import Path, PurePosixPath
from weakref import WeakValueDictionary

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.catalog.copy_out import copy_out, driver_connection
from services.catalog.exports.apart import derive_apart
from services.catalog.exports.csv_columns import csv_expression, csv_header
from services.catalog.exports.derive import Coding, encode
from services.catalog.exports.extracts import CONVERSIONS
from services.catalog.exports.formats import REPRESENTATION, Format, columns_of
from services.catalog.query.compile import ORIGIN_COLUMNS, ORIGIN_JOINS, as_of
from services.catalog.view import DatasetView
from shared.blobs import CHUNK_BYTES, Blob, Blobs
from shared.rows import RowTable

BUILD_TIMEOUT = "10min"
"""Longer than a reader's question may take: the file is built once, and written to the store, not to a client."""

KNOWN_FILES = 2_000
"""Remembered by a process, so that the store is not asked again."""


class ExportFiles:
    """Finds or makes the files; each is made once at a time in a process."""

    def __init__(self, *, engine: AsyncEngine, blobs: Blobs) -> None:
        self._engine = engine
        self._blobs = blobs
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._known: OrderedDict[str, Blob] = OrderedDict()
        self._conversions = asyncio.Semaphore(CONVERSIONS)

    async def find(self, view: DatasetView, format_: Format, *, snapshot: Blob | None) -> Blob:
        """A file of the data set as of the view's publication, durable. `snapshot`: the CSV file of the version;
        None for a consolidated data set, whose file is made here. Raises FormatNotAvailable, XlsxTooLarge."""
        columns = columns_of(view, format_)
        csv = snapshot or await self._once(_folder_of(view, None), ".csv", self._lines(view), form="csv")
        if format_ is Format.CSV:
            return csv

        async def make(source: Path, target: Path) -> None:
            await derive_apart(format_, source, target, columns)

        chunks = self._made_from(csv, make)
        return await self._once(_folder_of(view, snapshot), f".{format_}", chunks, form=f"{format_}-{REPRESENTATION}")

    async def encoded(self, view: DatasetView, blob: Blob, coding: Coding, *, snapshot: Blob | None) -> Blob:
        """The same file under a content coding."""

        async def make(source: Path, target: Path) -> None:
            await asyncio.to_thread(encode, coding, source, target)

        form = f"{PurePosixPath(blob.name).suffix[1:]}-{REPRESENTATION}.{coding}"
        return await self._once(_folder_of(view, snapshot), f".{coding}", self._made_from(blob, make), form=form)

    async def _once(self, folder: str, suffix: str, chunks: AsyncIterable[bytes], *, form: str) -> Blob:
        place = f"{folder}/{form}"
        turn = self._turns.setdefault(place, asyncio.Lock())
        async with turn:
            blob = self._known.get(place) or await self._stored(place)
            if blob is None:
                blob = await self._blobs.put(chunks, folder=place, suffix=suffix)
            self._known[place] = blob
            self._known.move_to_end(place)
            if len(self._known) > KNOWN_FILES:
                self._known.popitem(last=False)
            return blob

    async def _stored(self, place: str) -> Blob | None:
        names = await self._blobs.names(place)
        if not names:
            return None
        sha256 = PurePosixPath(names[0]).name.partition(".")[0]
        return Blob(name=names[0], sha256=sha256, size_bytes=await self._blobs.size_bytes(names[0]))

    async def _made_from(self, source: Blob, make: Callable[[Path, Path], Awaitable[None]]) -> AsyncIterator[bytes]:
        async with self._conversions:
            with tempfile.TemporaryDirectory(prefix="socle-export-") as folder:
                source_path, target_path = Path(folder, "source"), Path(folder, "target")
                file = await asyncio.to_thread(source_path.open, "wb")
                with file:
                    async for chunk in self._blobs.read(source.name):
                        await asyncio.to_thread(file.write, chunk)
                await make(source_path, target_path)
                made = await asyncio.to_thread(target_path.open, "rb")
                with made:
                    while chunk := await asyncio.to_thread(made.read, CHUNK_BYTES):
                        yield chunk

    async def _lines(self, view: DatasetView) -> AsyncIterator[bytes]:
        yield csv_header(view.field_names)
        async with self._engine.connect() as connection, connection.begin():
            await connection.execute(text(f"SET LOCAL statement_timeout = '{BUILD_TIMEOUT}'"))
            driver = await driver_connection(connection)
            async for chunk in copy_out(driver, _query(view.table), view.publication):
                yield chunk


def _folder_of(view: DatasetView, snapshot: Blob | None) -> str:
    return f"snapshots/{view.dataset_id}/{snapshot.sha256 if snapshot else view.publication}"


def _query(table: RowTable) -> str:
    values = [*ORIGIN_COLUMNS.values(), *(csv_expression(column) for column in table.columns)]
    order = ["d.organisation_siren", *(column.column for column in table.identity), "slice", "key_hash", "occurrence"]
    page = f"SELECT * FROM {table.qualified} WHERE {as_of('$1::bigint')}"  # noqa: S608 - names of ours
    return f"SELECT {', '.join(values)} FROM ({page}) AS page {ORIGIN_JOINS}ORDER BY {', '.join(order)}"  # noqa: S608

"""Answers with all the rows of a question: sent while the database reads them, or made as a file first.

Readers may be slow, and each holds a connection: they have a pool of their own, and a time.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from fastapi import Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.catalog.copy_out import driver_connection
from services.catalog.exports.apart import derive_apart
from services.catalog.exports.csv_options import CsvOptions
from services.catalog.exports.extract import extracted
from services.catalog.exports.formats import COMPRESSED_WITHIN, MEDIA_TYPES, REPRESENTATION, Columns
from services.catalog.exports.rows import Extract
from services.catalog.exports.streamed import StreamedAnswer, while_connected
from services.catalog.headers import attachment, read_headers
from services.catalog.query.ask import QueryTooCostly
from shared.blobs import CHUNK_BYTES
from shared.db import make_sessions, reading

CONVERSIONS = 2
"""Files made at once by a process: each takes a core for a moment; the others wait."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An extract, and how it is to be written."""

    extract: Extract
    columns: Columns
    options: CsvOptions

    @property
    def headers(self) -> Mapping[str, str]:
        """Of the answer. The entity tag is strong: the same question about the same version gives the same bytes."""
        view, format_ = self.extract.view, self.extract.format
        said = repr((REPRESENTATION, self.extract.query, self.extract.limit, self.options, format_))
        asked = f"{view.dataset_id} {view.publication} {said}"
        return {
            **read_headers(view, entity_tag=f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"'),
            "Content-Type": MEDIA_TYPES[format_],
            "Content-Disposition": attachment(f"{view.dataset_id}-v{view.version or 0}-extrait.{format_}"),
            "X-Content-Type-Options": "nosniff",
            "Accept-Ranges": "none",
        }


class Extracts:
    """Makes the answers. `seconds`: how long the database may read, and how long a reader may take."""

    def __init__(self, *, engine: AsyncEngine, seconds: float) -> None:
        self._sessions = make_sessions(engine)
        self._seconds = seconds
        self._conversions = asyncio.Semaphore(CONVERSIONS)

    async def answer(self, request: Request, ask: Callable[[AsyncSession], Awaitable[Asked]]) -> Response:
        """All rows of what `ask` finds, in its transaction: they are those of one version.

        Raises what `ask` raises, QueryTooCostly, XlsxTooLarge, ClientDisconnect.
        """
        async with AsyncExitStack() as closing:
            session = await closing.enter_async_context(self._reading())
            asked = await ask(session)
            driver = await driver_connection(await session.connection())
            chunks = extracted(driver, asked.extract, asked.options)
            closing.push_async_callback(chunks.aclose)
            if asked.extract.format in COMPRESSED_WITHIN:
                return await while_connected(request, self._made(asked, chunks, closing))
            begun = await while_connected(request, _begun(chunks))
            closing.push_async_callback(begun.aclose)
            return StreamedAnswer(begun, headers=asked.headers, closing=closing.pop_all(), seconds=self._seconds)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncSession]:
        async with reading(self._sessions) as session:
            # A slow reader leaves the last rows waiting here, in a transaction that has nothing more to do.
            for timeout in ("statement_timeout", "idle_in_transaction_session_timeout"):
                await session.execute(text(f"SET LOCAL {timeout} = {int(self._seconds * 1000)}"))
            yield session

    async def _made(self, asked: Asked, chunks: AsyncIterator[bytes], reading: AsyncExitStack) -> Response:
        """The file, sent once it is whole; the database is left as soon as it has been read."""
        async with AsyncExitStack() as closing:
            folder = tempfile.TemporaryDirectory(prefix="socle-extract-", ignore_cleanup_errors=True)
            source, target = Path(closing.enter_context(folder), "source"), Path(folder.name, "target")
            await _write(chunks, source)
            await reading.aclose()
            async with self._conversions:
                await derive_apart(asked.extract.format, source, target, asked.columns)
            size_bytes = (await asyncio.to_thread(target.stat)).st_size
            headers = {**asked.headers, "Content-Length": str(size_bytes)}
            return StreamedAnswer(_read(target), headers=headers, closing=closing.pop_all(), seconds=self._seconds)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except asyncpg.QueryCanceledError as error:
        raise QueryTooCostly(
            "La base de données n'a pas lu ces lignes dans le temps imparti.",
            action="Filtrez davantage, ou téléchargez le fichier entier (exports/csv).",
        ) from error


async def _begun(chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The same chunks once the first one is there: what the database refuses, it refuses before."""
    with _refusing():
        first = await anext(chunks)

    async def all_chunks() -> AsyncGenerator[bytes]:
        yield first
        async for chunk in chunks:
            yield chunk

    return all_chunks()


async def _write(chunks: AsyncIterator[bytes], path: Path) -> None:
    file = await asyncio.to_thread(path.open, "wb")
    with file, _refusing():
        async for chunk in chunks:
            await asyncio.to_thread(file.write, chunk)


async def _read(path: Path) -> AsyncGenerator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk

"""Bytes, stored by content. When a `put` returns, the bytes are durable under the name it gives.

Folders: `raw/<sha256>` what vendors sent, `tables/<sha256>.parquet` canonical tables,
`corrected/<sha256>.parquet` those of invalid files, `reports/<sha256>.json`, `snapshots/<data set>/<sha256>.csv`.
Those of trials are apart (`shared.places`). Content names make a half-done or repeated upload harmless.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlparse
from uuid import uuid4

import obstore
from obstore.store import from_url

CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that are kept: `name` in the store, hexadecimal SHA-256, size in bytes."""

    name: str
    sha256: str
    size_bytes: int


class BlobMissing(OSError):
    """The store has no blob of that name."""


class Blobs(Protocol):
    """What the services need of a store; one on a local disk, one on an object store."""

    async def put(self, chunks: AsyncIterable[bytes], *, folder: str, suffix: str = "") -> Blob:
        """Keep a stream; durable on return. Whatever `chunks` raises, nothing is kept."""

    def read(self, name: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` (0-based), in chunks. Raises BlobMissing."""

    async def size_bytes(self, name: str) -> int:
        """Size of a blob. Raises BlobMissing."""

    async def delete(self, name: str) -> None:
        """Forget a blob; nothing happens when it is not there. Durable soon: a blob may come back after a crash."""

    async def names(self, folder: str) -> list[str]:
        """Names of all blobs in a folder, sorted (for verification, not for requests)."""

    async def is_up(self) -> bool:
        """Whether the store can be reached and written to."""


def open_blobs(url: str) -> Blobs:
    """`file:///path` or any URL that obstore understands (`s3://bucket/prefix`…)."""
    parts = urlparse(url)
    return LocalBlobs(Path(unquote(parts.path))) if parts.scheme == "file" else ObjectBlobs(url)


async def put_bytes(blobs: Blobs, data: bytes, *, folder: str, suffix: str = "") -> Blob:
    """Keep bytes already in memory."""

    async def chunks() -> AsyncIterator[bytes]:
        yield data

    return await blobs.put(chunks(), folder=folder, suffix=suffix)


async def read_bytes(blobs: Blobs, name: str) -> bytes:
    """A whole blob in memory: reports, not raw files."""
    return b"".join([chunk async for chunk in blobs.read(name)])


class LocalBlobs:
    """A folder of a local disk. Writes loop, fsync, are read back and compared, then renamed into place."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, chunks: AsyncIterable[bytes], *, folder: str, suffix: str = "") -> Blob:
        incoming_path = self.root / "incoming" / uuid4().hex
        incoming_path.parent.mkdir(parents=True, exist_ok=True)
        digest, size_bytes = hashlib.sha256(), 0
        descriptor = os.open(incoming_path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640)
        try:
            async for chunk in chunks:
                digest.update(chunk)
                size_bytes += len(chunk)
                _write_all(descriptor, chunk)
            name = f"{folder}/{digest.hexdigest()}{suffix}"
            await asyncio.to_thread(_make_durable, descriptor, incoming_path, self.root / name, digest.hexdigest())
        except BaseException:
            incoming_path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        return Blob(name=name, sha256=digest.hexdigest(), size_bytes=size_bytes)

    async def read(self, name: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(open, self.root / name, "rb")
        except FileNotFoundError as error:
            raise BlobMissing(name) from error
        with file:
            file.seek(start)
            left = length
            while left is None or left > 0:
                wanted = CHUNK_BYTES if left is None else min(left, CHUNK_BYTES)
                chunk = await asyncio.to_thread(file.read, wanted)
                if chunk:
                    yield chunk
                if len(chunk) < wanted:  # the end of the file: most are shorter than one chunk
                    return
                left = None if left is None else left - wanted

    async def size_bytes(self, name: str) -> int:
        try:
            return (self.root / name).stat().st_size
        except FileNotFoundError as error:
            raise BlobMissing(name) from error

    async def delete(self, name: str) -> None:
        await asyncio.to_thread((self.root / name).unlink, missing_ok=True)

    async def names(self, folder: str) -> list[str]:
        paths = [path for path in (self.root / folder).rglob("*") if path.is_file()]
        return sorted(path.relative_to(self.root).as_posix() for path in paths)

    async def is_up(self) -> bool:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self.root, os.W_OK)


def _write_all(descriptor: int, chunk: bytes) -> None:
    # A full disk makes os.write return short before it raises: loop until every byte is taken.
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


def _make_durable(descriptor: int, incoming_path: Path, final_path: Path, sha256: str) -> None:
    os.fsync(descriptor)
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as written:
        if hashlib.file_digest(written, "sha256").hexdigest() != sha256:
            raise OSError(f"the disk gave back other bytes than were written to {incoming_path}")
    if not final_path.parent.is_dir():
        final_path.parent.mkdir(parents=True, exist_ok=True)
        _fsync_folder(final_path.parent.parent)
    incoming_path.rename(final_path)
    _fsync_folder(final_path.parent)


def _fsync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class ObjectBlobs:
    """An S3-compatible (or GCS, Azure) object store, through obstore."""

    def __init__(self, url: str) -> None:
        self._store = from_url(url)

    async def put(self, chunks: AsyncIterable[bytes], *, folder: str, suffix: str = "") -> Blob:
        incoming = f"incoming/{uuid4().hex}"
        digest, size_bytes = hashlib.sha256(), 0
        try:
            async with obstore.open_writer_async(self._store, incoming) as writer:
                async for chunk in chunks:
                    digest.update(chunk)
                    size_bytes += len(chunk)
                    await writer.write(chunk)
        except BaseException:
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._store, incoming)
            raise
        name = f"{folder}/{digest.hexdigest()}{suffix}"
        await obstore.rename_async(self._store, incoming, name)
        return Blob(name=name, sha256=digest.hexdigest(), size_bytes=size_bytes)

    async def read(self, name: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        end = await self.size_bytes(name) if length is None else start + length
        while start < end:
            piece = await obstore.get_range_async(
                self._store, name, start=start, end=min(end, start + (CHUNK_BYTES * 16))
            )
            start += len(piece)
            yield bytes(piece)

    async def size_bytes(self, name: str) -> int:
        try:
            return int((await obstore.head_async(self._store, name))["size"])
        except FileNotFoundError as error:
            raise BlobMissing(name) from error

    async def delete(self, name: str) -> None:
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, name)

    async def names(self, folder: str) -> list[str]:
        found = [meta["path"] async for batch in obstore.list(self._store, folder) for meta in batch]
        return sorted(found)

    async def is_up(self) -> bool:
        try:
            await obstore.list_with_delimiter_async(self._store)
        except (OSError, obstore.exceptions.BaseError):
            return False
        return True


__all__ = ["Blob", "BlobMissing", "Blobs", "LocalBlobs", "ObjectBlobs", "open_blobs", "put_bytes", "read_bytes"]

"""Compressed files: gzip, Zstandard, or a ZIP archive that holds one table. Expanded piece by piece, within limits.

Which compression is told from the bytes; names and `Content-Encoding` never overrule them.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

import zstandard

from services.validator.detect import Refused, refused
from services.validator.findings import FindingCode
from services.validator.readers.archive import CHUNK_BYTES, ArchiveUnsafe, Entry, beyond, expand, unreadable, unsafe
from shared.reports.words import said

EXPANDED_LIMIT_BYTES = 1 << 30
"""Size of a table once expanded."""

RATIO_LIMIT, RATIO_FROM_BYTES = 200, 64 << 20
"""How many times larger a file may become once it exceeds some size: real tables shrink 5 to 50 times."""

WINDOW_LIMIT_BYTES = 128 << 20
"""Memory that a Zstandard frame may ask for."""

ZSTD_PIECE_BYTES = 1 << 10
GZIP_WINDOW = zlib.MAX_WBITS | 16

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"

TABLES = (".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".parquet", ".xlsx", ".xlsm", ".xls", ".ods")
"""How the names of tables end; other files of an archive (notices, licences) are passed over."""

NOTICE = re.compile(r"(?:lisez|read)[ _-]?(?:moi|me)|licen[cs]e|notice", re.IGNORECASE)
"""Names of texts that come beside a table."""

NAMED = 5
"""Tables of an archive that its refusal names."""


def unwrap_stream(path: Path, start: bytes, target: Path) -> Refused | None:
    """Write what a gzip or Zstandard file holds to `target`; a reason when it is not to be read."""
    pieces = _gunzipped(path) if start.startswith(GZIP) else _unzstd(path)
    return _write(pieces, target, packed_bytes=path.stat().st_size)


def unwrap_archive(path: Path, entries: list[Entry], target: Path) -> Refused | None:
    """Write the only table of a ZIP archive to `target`; a reason when there is none, or several."""
    visible = [entry for entry in entries if not _is_hidden(entry.name)]
    tables = [entry for entry in visible if entry.name.lower().endswith(TABLES) and not _is_notice(entry.name)]
    if len(visible) == 1:
        tables = visible
    if len(tables) != 1:
        return _refusal_of_count([entry.name for entry in tables])
    pieces = expand(path, tables[0], limit_bytes=EXPANDED_LIMIT_BYTES)
    return _write(pieces, target, packed_bytes=tables[0].packed_bytes)


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _is_notice(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() == ".txt" and NOTICE.search(path.stem) is not None


def _refusal_of_count(names: list[str]) -> Refused:
    if not names:
        return refused(FindingCode.ARCHIVE_TABLES, held=said("aucun tableau", "no table"))
    shown = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    held = said(f"{len(names)} tableaux ({shown})", f"{len(names)} tables ({shown})")
    return refused(FindingCode.ARCHIVE_TABLES, held=held)


def _write(pieces: Iterator[bytes], target: Path, *, packed_bytes: int) -> Refused | None:
    size = 0
    try:
        with target.open("wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > EXPANDED_LIMIT_BYTES:
                    return beyond(EXPANDED_LIMIT_BYTES)
                if size > RATIO_FROM_BYTES and size > RATIO_LIMIT * packed_bytes:
                    return unsafe(
                        f"elle grandit plus de {RATIO_LIMIT} fois en se décompressant",
                        f"it grows more than {RATIO_LIMIT} times when expanded",
                    )
                file.write(piece)
    except ArchiveUnsafe as stopped:
        return stopped.refusal
    finally:
        if size > EXPANDED_LIMIT_BYTES:
            with suppress(OSError):
                target.unlink()
    return None


def _gunzipped(path: Path) -> Iterator[bytes]:
    """All members, one after the other; zeros may pad the end, anything else is damage."""
    inflate = zlib.decompressobj(GZIP_WINDOW)
    with path.open("rb") as file:
        packed = file.read(CHUNK_BYTES)
        while packed:
            try:
                yield inflate.decompress(packed, CHUNK_BYTES)
            except zlib.error as error:
                raise ArchiveUnsafe(unreadable("gzip")) from error
            packed = inflate.unconsumed_tail
            if inflate.eof:
                packed = (inflate.unused_data or file.read(CHUNK_BYTES)).lstrip(b"\0")
                inflate = zlib.decompressobj(GZIP_WINDOW) if packed else inflate
            packed = packed or file.read(CHUNK_BYTES)
    while not inflate.eof and (rest := inflate.decompress(b"", CHUNK_BYTES)):
        yield rest
    if not inflate.eof:
        raise ArchiveUnsafe(unreadable("gzip"))


def _unzstd(path: Path) -> Iterator[bytes]:
    """All frames. Pieces of one kibibyte: each may become 32 MiB."""
    unzip = zstandard.ZstdDecompressor(max_window_size=WINDOW_LIMIT_BYTES)
    frame = unzip.decompressobj()
    try:
        with path.open("rb") as file:
            while packed := file.read(ZSTD_PIECE_BYTES):
                while packed:
                    frame = unzip.decompressobj() if frame.eof else frame
                    yield frame.decompress(packed)
                    packed = frame.unused_data if frame.eof else b""
    except (zstandard.ZstdError, MemoryError) as error:
        raise ArchiveUnsafe(unreadable("Zstandard")) from error
    if not frame.eof:
        raise ArchiveUnsafe(unreadable("Zstandard"))

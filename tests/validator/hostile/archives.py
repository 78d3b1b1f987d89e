"""Hostile archives: bombs, lies, damage."""

import gzip
import io
import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

import zstandard
from validator.hostile.hostile_file import LINE, TEXT, Hostile, text_file
from validator.hostile.workbooks import zipped


def _zip(parts: dict[str, bytes | str], **options: int) -> Callable[[], bytes]:
    return lambda: zipped(parts, **options)


def deflated_repeats(block: bytes, times: int) -> tuple[bytes, int]:
    """Raw deflate of a block, repeated: quick to make, whatever its size."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    return packed * times + b"\x03\x00", len(block) * times


def _gzip_bomb(mebibytes: int) -> bytes:
    packed, size = deflated_repeats(b"x" * (1 << 20), mebibytes)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + packed + struct.pack("<LL", 0, size & 0xFFFFFFFF)


def _gzip_lines(mebibytes: int) -> bytes:
    """Rows that compress at less than the ratio allowed, without end."""
    rng = random.Random(5)
    block = b"".join(f"{rng.random()},{LINE}\n".encode() for _ in range(8_000))
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + packed * (mebibytes * (1 << 20) // len(block)) + b"\x03\x00" + b"\0" * 8


def _zstd_bomb(mebibytes: int) -> bytes:
    file = io.BytesIO()
    with zstandard.ZstdCompressor(level=1).stream_writer(file, closefd=False) as writer:
        for _ in range(mebibytes):
            writer.write(b"x" * (1 << 20))
    return file.getvalue()


def _patched_zip(content: bytes, *, size: int | None = None, flags: int | None = None) -> bytes:
    """An archive whose list of entries lies."""
    data = bytearray(content)
    at = data.rfind(b"PK\x01\x02")
    if size is not None:
        struct.pack_into("<L", data, at + 24, size)
    if flags is not None:
        struct.pack_into("<H", data, at + 8, flags)
    return bytes(data)


def _overlapping() -> bytes:
    """Two entries of the list that share the same bytes."""
    file = io.BytesIO(zipped({"a.csv": TEXT}))
    data = bytearray(file.getvalue())
    start, end = data.find(b"PK\x01\x02"), data.find(b"PK\x05\x06")
    record = bytes(data[start:end])
    tail = bytearray(data[end:])
    struct.pack_into("<HHL", tail, 8, 2, 2, 2 * len(record))
    return bytes(data[:start]) + record + record.replace(b"a.csv", b"b.csv") + bytes(tail)


def _linked() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("a.csv")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def _twice_named() -> bytes:
    return zipped({"a.csv": TEXT, "b.csv": TEXT}).replace(b"b.csv", b"a.csv")


def with_entry(content: bytes, marker: bytes, packed: bytes, size: int) -> bytes:
    """The archive, the entry that holds `marker` being these packed bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, held in parts.items():
            archive.writestr(zipfile.ZipInfo(name), packed if held == marker else held)
    data = bytearray(file.getvalue())
    for signature, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.find(signature)
        while at >= 0:
            method_at, size_at = at + place, at + place + 14
            if struct.unpack_from("<L", data, size_at - 4)[0] == len(packed):
                struct.pack_into("<H", data, method_at, zipfile.ZIP_DEFLATED)
                struct.pack_into("<L", data, size_at, size)
            at = data.find(signature, at + 4)
    return bytes(data)


ARCHIVES: dict[str, Hostile] = {
    "a gzip bomb of 1 GB": Hostile(lambda: _gzip_bomb(1_100), ("archive-unsafe",)),
    "2 GB of dull rows in gzip": Hostile(lambda: _gzip_lines(1_200), ("expansion-limit",), is_long=True),
    "a zstd bomb of 1 GB": Hostile(lambda: _zstd_bomb(1_100), ("archive-unsafe",)),
    "a zstd window of 2 GB": Hostile(text_file(b"\x28\xb5\x2f\xfd\x00\xa8" + b"\0" * 32), ("archive-unreadable",)),
    "a truncated gzip": Hostile(lambda: gzip.compress(TEXT.encode())[:-12], ("archive-unreadable",)),
    "a gzip with a false checksum": Hostile(
        lambda: gzip.compress(TEXT.encode())[:-8] + b"\1" * 8, ("archive-unreadable",)
    ),
    "a gzip and garbage": Hostile(lambda: gzip.compress(TEXT.encode()) + b"garbage", ("archive-unreadable",)),
    "a gzip and zeros": Hostile(lambda: gzip.compress(TEXT.encode()) + b"\0" * 512, ("valid",)),
    "a gzip of nothing": Hostile(lambda: gzip.compress(b""), ("empty-file",)),
    "a truncated zstd": Hostile(lambda: zstandard.compress(TEXT.encode() * 50)[:-9], ("archive-unreadable",)),
    "a gzip in a gzip": Hostile(lambda: gzip.compress(gzip.compress(TEXT.encode())), ("archive-unsafe",)),
    "a zip in a zip": Hostile(lambda: zipped({"a.csv": zipped({"a.csv": TEXT})}), ("archive-unsafe",)),
    "an empty zip": Hostile(_zip({}), ("archive-tables",)),
    "a zip of two tables": Hostile(_zip({"a.csv": TEXT, "b.csv": TEXT}), ("archive-tables",)),
    "a truncated zip": Hostile(lambda: zipped({"a.csv": TEXT})[:-30], ("archive-unreadable",)),
    "a zip and garbage": Hostile(lambda: zipped({"a.csv": TEXT}) + b"garbage", ("archive-unsafe",)),
    "a zip of one name twice": Hostile(_twice_named, ("archive-unsafe",)),
    "a zip that leads out": Hostile(_zip({"../../a.csv": TEXT}), ("archive-unsafe",)),
    "a zip of a symbolic link": Hostile(_linked, ("archive-unsafe",)),
    "a zip with a password": Hostile(lambda: _patched_zip(zipped({"a.csv": TEXT}), flags=1), ("archive-unsafe",)),
    "a zip that says less than it holds": Hostile(
        lambda: _patched_zip(zipped({"a.csv": TEXT}), size=10), ("archive-unsafe",)
    ),
    "a zip of overlapping files": Hostile(_overlapping, ("archive-unsafe",)),
    "a zip of 5,000 files": Hostile(lambda: zipped({f"{n}.csv": "" for n in range(5_000)}), ("archive-unsafe",)),
    "a zip bomb of 1 GB": Hostile(
        lambda: with_entry(
            zipped({"a.csv": b"@" * 64}, method=0), b"@" * 64, *deflated_repeats(b"x" * (1 << 20), 1_100)
        ),
        ("archive-unsafe",),
    ),
}

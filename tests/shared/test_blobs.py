"""The content store: same promises on a local disk and on an object store."""

import asyncio
import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.blobs import BlobMissing, Blobs, LocalBlobs, ObjectBlobs, open_blobs, put_bytes, read_bytes


@pytest.fixture(params=["local", "object"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Each kind of store in turn; the object store is obstore's own, in memory."""
    return LocalBlobs(tmp_path) if request.param == "local" else ObjectBlobs("memory:///")


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_blob_is_named_by_its_content(blobs: Blobs) -> None:
    blob = await blobs.put(chunks(b"abc", b"", b"def"), folder="raw")
    assert blob.sha256 == hashlib.sha256(b"abcdef").hexdigest()
    assert (blob.name, blob.size_bytes) == (f"raw/{blob.sha256}", 6)
    assert await read_bytes(blobs, blob.name) == b"abcdef"
    assert await blobs.size_bytes(blob.name) == 6


async def test_the_same_content_twice_is_one_blob(blobs: Blobs) -> None:
    first = await put_bytes(blobs, b"same", folder="reports", suffix=".json")
    second = await put_bytes(blobs, b"same", folder="reports", suffix=".json")
    assert first == second
    assert await blobs.names("reports") == [first.name]


async def test_what_fails_while_reading_leaves_nothing(blobs: Blobs) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"x" * 100_000
        raise ConnectionError("cut")

    with pytest.raises(ConnectionError):
        await blobs.put(failing(), folder="raw")
    assert await blobs.names("raw") == []
    assert await blobs.names("incoming") == []


async def test_a_range_is_read_exactly(blobs: Blobs) -> None:
    content = os.urandom(3_000_000)
    blob = await put_bytes(blobs, content, folder="raw")
    for start, length in ((0, 1), (2_999_999, 1), (1_000_000, 1_500_000), (0, None), (17, None)):
        read = b"".join([chunk async for chunk in blobs.read(blob.name, start=start, length=length)])
        assert read == content[start : None if length is None else start + length]


async def test_a_missing_blob_says_so(blobs: Blobs) -> None:
    with pytest.raises(BlobMissing):
        await blobs.size_bytes("raw/nothing")
    with pytest.raises(BlobMissing):
        await read_bytes(blobs, "raw/nothing")


async def test_twins_written_at_once_do_not_disturb_each_other(blobs: Blobs) -> None:
    found = await asyncio.gather(*(put_bytes(blobs, b"z" * 500_000, folder="raw") for _ in range(20)))
    assert len(set(found)) == 1
    assert await read_bytes(blobs, found[0].name) == b"z" * 500_000


async def test_a_store_is_opened_by_its_url(tmp_path: Path) -> None:
    folder = tmp_path / "des données"
    blobs = open_blobs(folder.as_uri())
    assert await blobs.is_up()
    await put_bytes(blobs, b"x", folder="raw")
    assert list((folder / "raw").iterdir())


def test_a_disk_that_fills_up_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    program = (
        "import asyncio, signal, sys\n"
        "from pathlib import Path\n"
        "from shared.blobs import LocalBlobs, put_bytes\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "asyncio.run(put_bytes(LocalBlobs(Path(sys.argv[1])), b'x' * 1_000_000, folder='raw'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"File too large" in done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_bytes_and_their_name_are_on_the_disk_before_put_returns(tmp_path: Path) -> None:
    program = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "real = os.fsync\n"
        "def seen(descriptor):\n"
        "    print('fsync', 'folder' if os.path.isdir(f'/proc/self/fd/{descriptor}') else 'file'); real(descriptor)\n"
        "os.fsync = seen\n"
        "rename = Path.rename\n"
        "Path.rename = lambda self, to: (print('rename'), rename(self, to))[1]\n"
        "from shared.blobs import LocalBlobs, put_bytes\n"
        "asyncio.run(put_bytes(LocalBlobs(Path(sys.argv[1])), b'x', folder='raw'))\n"
        "asyncio.run(put_bytes(LocalBlobs(Path(sys.argv[1])), b'y', folder='raw'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, check=True, text=True)
    first = ["fsync file", "fsync folder", "rename", "fsync folder"]
    assert done.stdout.splitlines() == [*first, "fsync file", "rename", "fsync folder"]

"""Real files, damaged at random: whatever comes out is a table or a refusal, never another exception.

The random numbers are fixed: a find repeats itself, and then becomes an entry of the corpus.
"""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging import DELIBERATION, deliberation_file
from validator.hostile.workbooks import ods, xlsx, zipped

from services.validator.detect import Refused
from services.validator.readers.opening import open_table
from services.validator.readers.table import Asked, RawTable
from shared.registry import load_registry

SCHEMA = load_registry().get("scdl/deliberations")
FILES = Path(__file__).parents[2] / "files"
TEXT = deliberation_file({}, {"DELIB_OBJET": "été"}).encode()


def parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame([DELIBERATION] * 20).write_parquet(file)
    return file.getvalue()


SEEDS: dict[str, Callable[[], bytes]] = {
    "csv": lambda: (FILES / "deliberations_multiline_cell.csv").read_bytes(),
    "cp1252": lambda: (FILES / "deliberations_cp1252_semicolon.csv").read_bytes(),
    "utf-16": lambda: (FILES / "deliberations_utf16.csv").read_bytes(),
    "decp": lambda: (FILES / "decp.json").read_bytes(),
    "json": lambda: json.dumps([DELIBERATION] * 3).encode(),
    "ndjson": lambda: (json.dumps(DELIBERATION) + "\n").encode() * 3,
    "xlsx": lambda: xlsx(tuple(DELIBERATION), tuple(DELIBERATION.values())),
    "ods": lambda: ods(tuple(DELIBERATION), tuple(DELIBERATION.values())),
    "gzip": lambda: gzip.compress(TEXT, mtime=0),
    "zstd": lambda: zstandard.compress(TEXT),
    "zip": lambda: zipped({"a.csv": TEXT}),
    "parquet": parquet,
    "xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
}


def read(content: bytes, folder: Path) -> None:
    path = folder / "raw"
    path.write_bytes(content)
    with open_table(path, schema=SCHEMA, asked=Asked(), folder=folder) as opened:
        if isinstance(opened.table, RawTable):
            for batch in opened.table.batches:
                assert len(batch.lines) == batch.frame.height
                assert batch.frame.width == len(opened.table.header)
            assert len(opened.table.stopped) <= 1
        else:
            assert isinstance(opened.table, Refused)


def damaged(content: bytes, rng: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data)) if data else 0
        match rng.randrange(5):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del data[at : at + rng.randint(1, 40)]
            case 2:
                data[at:at] = data[at : at + rng.randint(1, 40)]
            case 3:
                data[at:at] = rng.choice([b'"', b"\0", b"\r", b"\xff", b"{", b"]", b"<", b"\n", b";", b"9" * 30])
            case _:
                data = data[:at]
    return bytes(data)


@pytest.mark.parametrize("seed", list(SEEDS))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, seed: str) -> None:
    rng = random.Random(seed)
    content = SEEDS[seed]()
    for _ in range(150):
        read(damaged(content, rng), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", list(SEEDS))
def test_a_file_damaged_in_many_ways_is_read_or_refused(tmp_path: Path, seed: str) -> None:
    rng = random.Random(f"long {seed}")
    content = SEEDS[seed]()
    for _ in range(2_500):
        read(damaged(content, rng), tmp_path)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "content.xml"])
def test_a_workbook_damaged_inside_is_read_or_refused(tmp_path: Path, part: str) -> None:
    rng = random.Random(part)
    content = SEEDS["ods" if part == "content.xml" else "xlsx"]()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    sound = parts[part]
    assert isinstance(sound, bytes)
    for _ in range(150):
        read(zipped(parts | {part: damaged(sound, rng)}), tmp_path)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        [
            b"",
            b"PK\x03\x04",
            b"PAR1",
            b"\x1f\x8b",
            b"\x28\xb5\x2f\xfd",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"[{",
            b"\xff\xfe",
        ]
    ),
    content=st.binary(max_size=400),
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, start: bytes, content: bytes) -> None:
    read(start + content, tmp_path)

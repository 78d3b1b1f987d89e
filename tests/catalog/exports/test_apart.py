"""Large files are made in a process of their own, and come out as small ones do."""

from pathlib import Path

import polars as pl
import pytest

from services.catalog.exports import apart
from services.catalog.exports.apart import ConversionFailed, derive_apart
from services.catalog.exports.derive import derive
from services.catalog.exports.formats import Columns, Format
from services.catalog.exports.xlsx import MAX_CHARACTERS, XlsxTooLarge
from shared.registry import Geography
from shared.rows import RowColumn

COLUMNS = Columns(
    {name: RowColumn(name, f"c_{name}", "", kind, indexed=False) for name, kind in (("x", "number"), ("y", "number"))},
    Geography("x", "y"),
)


@pytest.fixture(autouse=True)
def all_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "APART_FROM_BYTES", 0)


@pytest.mark.parametrize("format_", [one for one in Format if one is not Format.CSV])
async def test_a_file_made_apart_is_the_one_made_here(format_: Format, tmp_path: Path) -> None:
    source, here, there = tmp_path / "source", tmp_path / "here", tmp_path / "there"
    source.write_text('nom,x,y\n"a, ""b""",1.50,43.0\n,2,\n')
    derive(format_, source, here, COLUMNS)
    await derive_apart(format_, source, there, COLUMNS)
    assert there.read_bytes() == here.read_bytes()


async def test_a_refusal_comes_back(tmp_path: Path) -> None:
    source = tmp_path / "source"
    pl.DataFrame({"nom": ["a" * (MAX_CHARACTERS + 1)]}).write_csv(source)
    with pytest.raises(XlsxTooLarge, match="nom") as refused:
        await derive_apart(Format.XLSX, source, tmp_path / "target", COLUMNS)
    assert "select" in refused.value.action


async def test_a_process_that_fails_is_told(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("x\nno number\n")
    with pytest.raises(ConversionFailed, match="parquet"):
        await derive_apart(Format.PARQUET, source, tmp_path / "target", COLUMNS)

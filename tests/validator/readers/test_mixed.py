"""Blocks of CSV with odd lines: merged, they are what `csv` reads of the whole."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.validator.detect import Detected
from services.validator.readers import delimited
from services.validator.readers.delimited import read_delimited
from services.validator.readers.mixed import Mixed, read_mixed
from services.validator.readers.simple import LINE_LIMIT, block_of
from services.validator.readers.table import Asked, Batch, RawTable
from shared.registry import load_registry

SCHEMA = load_registry().get("scdl/deliberations")
HEADER = "COLL_NOM,COLL_SIRET,DELIB_ID"

SOUND = ("1,2,3", '"a","b","c"', '"a,""b""",é,', ",,x", "é,è,\ufeff", "\ufeffa,b,c")
ODD = (
    'a,say "b",c',
    'a,say "b","c"',
    '"a\nb",2,3',
    '"a\r\n1,2,3\n",2,3',
    '"a\n"",""\n1,2,3",2,3',
    "a,b",
    "a,b,c,d",
    "a,b,c,",
    "",
    ",,",
    ",,,x",
    HEADER,
)
FATAL = ('"a" x,b,c', '"open,b,c', 'a,"b"c,d', "a\rb,c,d")


def all_of(content: str, *, try_simple: bool, block_bytes: int = 1 << 20) -> tuple[list[object], ...]:
    table = read_delimited(
        io.BytesIO(content.encode()),
        Detected("utf-8", ","),
        schema=SCHEMA,
        asked=Asked(),
        try_simple=try_simple,
        block_bytes=block_bytes,
    )
    assert isinstance(table, RawTable)
    batches = list(table.batches)
    rows = [row for each in batches for row in zip(each.lines, each.frame.rows(), strict=True)]
    faults = sorted((fault for each in batches for fault in each.faults), key=lambda fault: fault.line)
    return rows, list(faults), [one for each in batches for one in each.renderings], list(table.stopped)


@settings(max_examples=600, deadline=None)
@given(
    lines=st.lists(st.one_of(st.sampled_from(SOUND), st.sampled_from(ODD)), max_size=25),
    fatal=st.sampled_from([*FATAL, *[None] * 6]),
    after=st.lists(st.sampled_from(SOUND), max_size=5),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    block_bytes=st.one_of(st.integers(4, 300), st.just(1 << 20)),
)
def test_odd_lines_among_simple_ones_are_read_as_csv_reads_them(
    lines: list[str], fatal: str | None, after: list[str], end: str, last: bool, block_bytes: int
) -> None:
    every = [HEADER, *lines, *([] if fatal is None else [fatal]), *after]
    content = end.join(every) + (end if last else "")
    assert all_of(content, try_simple=True, block_bytes=block_bytes) == all_of(content, try_simple=False)


def mixed_of(text: str, *, ended: bool = True) -> Mixed | None:
    block = block_of(text.encode(), ended=ended, delimiter=",", width=3)
    assert block is not None
    return read_mixed(block, line=1)


def test_only_the_odd_lines_are_left_to_csv() -> None:
    found = mixed_of('1,2,3\nsay "a","b",c\n"x",y,z\n"two\n4,5,6\nlines",y,z\n7,8,9\n')
    assert found is not None
    assert sorted(zip(found.lines.tolist(), found.simple.rows(), strict=True)) == [
        (0, ("1", "2", "3")),
        (2, ("x", "y", "z")),
        (6, ("7", "8", "9")),
    ]
    assert found.odd == [(1, ['say "a"', "b", "c"]), (3, ["two\n4,5,6\nlines", "y", "z"])]


def test_a_record_that_goes_on_in_the_next_block_waits_for_it() -> None:
    found = mixed_of('1,2,3\na,b\n"open,\n', ended=False)
    assert found is not None
    assert (found.line_ends, found.size, len(found.odd), found.stopped) == (2, 10, 1, None)
    assert mixed_of('"open,\n1,2,3\n', ended=False) is None


def test_nothing_is_read_after_a_record_that_cannot_be() -> None:
    found = mixed_of('1,2,3\n"a" x,b,c\n4,5,6\n')
    assert found is not None
    assert found.stopped is not None
    assert (found.lines.tolist(), found.stopped.row) == ([0], 2)


def test_a_long_line_is_odd() -> None:
    found = mixed_of("1,2," + "3" * LINE_LIMIT + "\n4,5,6\n")
    assert found is not None
    assert found.lines.tolist() == [1]


def test_each_batch_has_the_faults_of_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "rows_per_batch", lambda width: 2)
    content = f"{HEADER}\n1,2,3\na,b\n\n4,5,6\n7,8,9\na,b\n7,8,9\n\n"
    table = read_delimited(io.BytesIO(content.encode()), Detected("utf-8", ","), schema=SCHEMA, asked=Asked())
    assert isinstance(table, RawTable)
    batches: list[Batch] = list(table.batches)
    assert [batch.lines.to_list() for batch in batches] == [[2, 3], [5, 6], [7, 8]]
    assert [[fault.line for fault in batch.faults] for batch in batches] == [[3], [4], [7, 9]]

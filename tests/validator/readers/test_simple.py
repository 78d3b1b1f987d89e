"""Blocks of CSV that are simple by proof, not by guess."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.validator.readers.simple import Simple, block_of, read_simple
from services.validator.readers.strict import CELL_LIMIT

SOUP = st.text(alphabet=st.sampled_from(list('a,,,"""\n\n\n\ré ')), max_size=60)


def simple_of(text: str) -> Simple | None:
    block = block_of(text.encode(), ended=True, delimiter=",", width=3)
    return block and read_simple(block)


@settings(max_examples=500, deadline=None)
@given(soup=SOUP)
def test_a_proven_text_is_what_csv_reads(soup: str) -> None:
    simple = simple_of(soup)
    if simple is not None:
        proven = soup.encode()[: simple.size].decode()  # a last record without end is left to the next block
        rows = list(csv.reader(io.StringIO(proven, newline=""), strict=True))
        assert [list(cells) for cells in simple.frame.rows()] == rows
        assert len(rows) == len(simple.lines)


@pytest.mark.parametrize(
    ("block", "proven"),
    [
        ("a,b,c\n", True),
        ('"a","b","c"\r\n', True),
        ('"a,\n""b""",b,c\n', True),
        ("a,b,c", True),
        ("a,b\n", False),
        ("a,b,c,d\na,b\n", False),
        ("a,b,c\n\na,b,c\n", False),
        ("a,b,c\ra,b,c\r", False),
        ('a,b "x",c\n', True),
        ('a,b "x","c"\n', False),
        ('"a" ,b,c\n', False),
        ('"a\r\n",b,c\r\n', False),
        ('"a,b,c\n', False),
        ("\ufeffa,b,c\n", False),
        ("a,b," + "c" * (CELL_LIMIT + 1) + "\n", False),
    ],
)
def test_simple_is_proven_not_guessed(block: str, proven: bool) -> None:
    assert (simple_of(block) is not None) is proven

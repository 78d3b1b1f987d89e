"""Hashes of rows: fixed for ever, and one text per row."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.validator.hashes import hexadecimal, joined, number_of

CELLS = st.none() | st.text(alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=4)


def test_hashes_are_those_that_xxh3_publishes() -> None:
    assert hexadecimal(pl.Series(["", "a"])).to_list() == [
        "99aa06d3014798d86001c324468d497f",
        "a96faf705af16834e6c632b61e964e1f",
    ]


def test_both_forms_are_the_same_hash() -> None:
    texts = pl.Series(["", "a", "é"])
    assert [int(text, 16) for text in hexadecimal(texts)] == number_of(texts).to_list()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_different_rows_are_joined_to_different_texts(rows: list[tuple[str | None, ...]]) -> None:
    columns = [pl.Series(str(at), list(cells), dtype=pl.String) for at, cells in enumerate(zip(*rows, strict=True))]
    texts = joined(columns).to_list()
    assert texts == ["\x1f".join("\x1e" if cell is None else cell for cell in row) for row in rows]
    assert len(set(texts)) == len(set(rows))

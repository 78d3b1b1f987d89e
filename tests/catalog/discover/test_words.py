"""Words as searches see them, in Python and in the database."""

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.discover.words import MAX_WORDS, folded, stem, words_of

TEXTS = [
    "L’Isle-en-Dodon — Délibérations",
    "ŒUVRE, œuvre, Æther",
    "  deux   espaces\n",
    "",
    "…",
    "e\u0301te\u0301 ÉTÉ",
    "Straße ÇÀÙ 100 % A_b",
    "1er arr. n°12",
]


async def test_the_database_folds_as_we_do(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        for text in TEXTS:
            assert await connection.fetchval("SELECT catalog.folded($1)", text) == folded(text), text
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("L’ISLE délibérations", ("l", "isle", "deliberations")),
        ("% _ ' \\", ()),
        ("eau eau EAU", ("eau",)),
        (" ".join(f"mot{n}" for n in range(30)), tuple(f"mot{n}" for n in range(MAX_WORDS))),
    ],
)
def test_a_question_is_its_words(question: str, words: tuple[str, ...]) -> None:
    assert words_of(question) == words


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_a_plural_is_looked_for_as_its_singular() -> None:
    assert [stem(word) for word in ("subventions", "marches", "eaux", "bus", "prix")] == [
        "subvention",
        "marche",
        "eaux",
        "bus",
        "prix",
    ]

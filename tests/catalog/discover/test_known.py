"""The database ranks titles and names as the registry's texts are ranked."""

from itertools import product

import asyncpg

from services.catalog.discover.known import Weight, score_expression, score_in
from services.catalog.discover.words import folded, stem

TEXTS = ("Délibérations — Muret", "Prédélibération", "délibération", "L'Isle-en-Dodon", "murets et haies", "amuret", "")
WORDS = ("deliberations", "deliberation", "muret", "murets", "isle", "bus", "l")


async def test_the_database_and_the_registry_find_a_word_alike(database: str) -> None:
    connection = await asyncpg.connect(database)
    score = score_expression("$1::text", "$2::text", "$3::text", Weight.TITLE)
    for text, word in product(map(folded, TEXTS), WORDS):
        found = await connection.fetchval(f"SELECT {score}", text, word, stem(word))
        assert (text, word, found) == (text, word, score_in(text, word, Weight.TITLE))
    assert await connection.fetchval(f"SELECT {score}", None, "muret", "muret") == 0
    await connection.close()

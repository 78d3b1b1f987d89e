"""Facets, ranks and pages of a whole catalogue: what they say is what is found."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import asyncpg
import pytest

from services.catalog.discover.known import KnownSchemas
from services.catalog.discover.question import DatasetFacet, Place, Question, Sort
from services.catalog.discover.search import Page, find
from services.catalog.discover.words import words_of
from shared.db import Role, Sessions, reading
from shared.freshness import Freshness
from shared.registry import Registry

SAMPLE = 150
QUESTIONS = ("", "commune", "deliberations", "saint", "siret", "budget saint", "introuvable", "les")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Asks about a catalogue that a test filled."""

    sessions: Sessions
    known: KnownSchemas

    async def ask(self, question: Question, after: Place | None = None, limit: int = 1000) -> Page:
        async with reading(self.sessions) as session:
            facts = self.known.facts(question.words)
            return await find(
                session, question, known=facts, licence="etalab-2.0", after=after, facets=DatasetFacet, limit=limit
            )

    async def pages(self, question: Question, limit: int) -> list[str]:
        """Identifiers from the first page to the last."""
        ids: list[str] = []
        place: Place | None = None
        while True:
            page = await self.ask(question, place, limit)
            ids += page.ids
            place = page.following
            if place is None:
                return ids


@pytest.fixture
async def catalogue(database: str, sessions_of: Callable[[Role], Sessions], registry: Registry) -> Catalogue:
    """Many data sets of many organisations; many are equal in what they are sorted by."""
    chance = random.Random(7)
    connection = await asyncpg.connect(database)
    organisations = await connection.fetch("SELECT siren, name, slug FROM ingest.organisation ORDER BY siren LIMIT 60")
    schemas = [registry.get(name) for name in registry.names()]
    pairs = chance.sample([(one, schema) for one in organisations for schema in schemas], SAMPLE)
    rows = [
        (
            f"{schema.dataset.id}-{one['slug']}",
            schema.name,
            one["siren"],
            f"{schema.dataset.title} — {one['name']}",
            chance.choice([0, 1, 500]),
            chance.choice([1, 20, 200, 600]),
        )
        for one, schema in pairs
    ]
    await connection.executemany(
        "INSERT INTO catalog.dataset (id, schema_name, organisation_siren, title, rows, current_version, "
        "current_publication, updated_at) VALUES ($1, $2, $3, $4, $5, 1, 1, now() - $6 * interval '1 day')",
        rows,
    )
    await connection.close()
    return Catalogue(sessions_of("socle_reader"), KnownSchemas(registry))


def chosen(question: Question, facet: DatasetFacet, value: str) -> Question:
    return replace(question, filters={**question.filters, facet: [value]})


async def test_each_value_of_a_facet_gives_as_many_as_it_says(catalogue: Catalogue) -> None:
    filters = {DatasetFacet.THEME: ["GOVE"], DatasetFacet.FRESHNESS: [Freshness.LATE, Freshness.NEVER]}
    for words in map(words_of, QUESTIONS):
        for asked in (Question(words), Question(words, filters)):
            page = await catalogue.ask(asked)
            for facet, values in page.facets.items():
                for one in values[:3]:
                    assert (await catalogue.ask(chosen(asked, facet, one.value))).total == one.count, (facet, one)


async def test_counts_of_a_facet_sum_to_the_list(catalogue: Catalogue) -> None:
    page = await catalogue.ask(Question())
    assert page.total == len(page.ids) > SAMPLE
    for facet in (DatasetFacet.THEME, DatasetFacet.SCHEMA, DatasetFacet.LICENCE, DatasetFacet.FRESHNESS):
        assert sum(one.count for one in page.facets[facet]) == page.total, facet
    assert sum(one.count for one in page.facets[DatasetFacet.ORGANISATION]) == SAMPLE


async def test_values_of_one_filter_are_alternatives_and_filters_hold_together(catalogue: Catalogue) -> None:
    page = await catalogue.ask(Question())
    first, second = (one for one in page.facets[DatasetFacet.THEME][:2])
    both = await catalogue.ask(Question(filters={DatasetFacet.THEME: [first.value, second.value]}))
    assert both.total == first.count + second.count
    narrowed = await catalogue.ask(
        Question(filters={DatasetFacet.THEME: [first.value], DatasetFacet.FRESHNESS: ["never"]})
    )
    assert 0 < narrowed.total < first.count
    assert {one.value for one in narrowed.facets[DatasetFacet.THEME]} >= {first.value, second.value}


@pytest.mark.parametrize("text", ["", "commune saint", "deliberations"])
async def test_every_data_set_is_on_one_page(catalogue: Catalogue, text: str) -> None:
    for sort in Sort:
        question = Question(words_of(text), sort=sort)
        whole = await catalogue.ask(question)
        paged = await catalogue.pages(question, 17)
        assert paged == whole.ids
        assert len(set(paged)) == whole.total


async def test_opposite_orders_are_opposite_but_for_equals(catalogue: Catalogue) -> None:
    ids = (await catalogue.ask(Question(sort=Sort.TITLE))).ids
    assert (await catalogue.ask(Question(sort=Sort.TITLE_DOWN))).ids == ids[::-1]
    never = await catalogue.ask(Question(filters={DatasetFacet.FRESHNESS: ["never"]}))
    for sort in (Sort.UPDATED, Sort.UPDATED_DOWN):
        assert (await catalogue.ask(Question(sort=sort))).ids[-never.total :] == sorted(never.ids)


async def test_a_title_counts_more_than_an_organisation_more_than_a_description(
    catalogue: Catalogue, database: str
) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE catalog.dataset SET title = 'Votes du budget' WHERE id = 'catalogue'")
    siren, owned = await connection.fetchrow(
        "UPDATE ingest.organisation SET name = 'Votes et voisins' WHERE siren = (SELECT organisation_siren "
        "FROM catalog.dataset WHERE schema_name LIKE '%prenoms' AND organisation_siren IS NOT NULL LIMIT 1) "
        "RETURNING siren, (SELECT id FROM catalog.dataset WHERE schema_name LIKE '%prenoms' "
        "AND organisation_siren = siren)"
    )
    await connection.close()
    page = await catalogue.ask(Question(words_of("votes")))
    deliberations = [one for one in page.ids if one.startswith("deliberations")]
    assert page.ids[0] == "catalogue"
    assert page.ids.index(owned) < page.ids.index(deliberations[0])
    assert siren in {one.value for one in page.facets[DatasetFacet.ORGANISATION]}


async def test_a_whole_word_counts_more_than_a_beginning_more_than_an_inside(
    catalogue: Catalogue, database: str
) -> None:
    connection = await asyncpg.connect(database)
    for dataset_id, title in (
        ("catalogue", "Les sourceries"),
        ("bal", "Une source"),
        ("equipements", "Les ressources"),
    ):
        await connection.execute("UPDATE catalog.dataset SET title = $2 WHERE id = $1", dataset_id, title)
    await connection.close()
    ids = (await catalogue.ask(Question(words_of("source")))).ids
    assert ids[:1] == ["bal"]
    assert [one for one in ids if one in {"catalogue", "equipements"}][-1] == "equipements"


async def test_withdrawn_and_unpublished_data_sets_are_not_found(catalogue: Catalogue, database: str) -> None:
    before = await catalogue.ask(Question())
    withdrawn, unpublished = [one for one in before.ids if "-" in one][:2]
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE catalog.dataset SET withdrawn_at = now() WHERE id = $1", withdrawn)
    await connection.execute("UPDATE catalog.dataset SET current_version = NULL WHERE id = $1", unpublished)
    await connection.close()
    after = await catalogue.ask(Question())
    assert set(before.ids) - set(after.ids) >= {withdrawn}
    assert after.total < before.total

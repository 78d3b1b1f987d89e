"""One statement finds a page of data sets, how many there are in all, and how many for each value of each facet.

A facet counts what the words and the filters of the *other* facets leave: choosing one of its values gives exactly
as many data sets as it says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.discover.known import Weight, score_expression
from services.catalog.discover.question import DatasetFacet, Place, Question
from services.catalog.discover.words import stem
from shared.freshness import freshness_expression

FACET_VALUES = 100
"""Of one facet that are counted, the most frequent first."""

NEVER = 2**62
"""In the place of a moment that never was: beyond all microseconds, or below."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, and the data sets that have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """Identifiers of data sets, in order."""

    ids: list[str]
    freshness: Mapping[str, str]
    """Identifier → how fresh it is."""
    total: int
    """Of all pages, now."""
    facets: Mapping[DatasetFacet, list[FacetValue]]
    following: Place | None


async def find(
    session: AsyncSession,
    question: Question,
    *,
    known: Sequence[Mapping[str, Any]],
    licence: str,
    after: Place | None,
    facets: Iterable[DatasetFacet],
    limit: int,
) -> Page:
    """Answer the question. `known`: see `KnownSchemas.facts`; `licence`: that of data sets that name none."""
    counted = list(facets)
    parameters = {"known": orjson.dumps(list(known)).decode(), "licence": licence, "limit": limit + 1}
    parameters |= {f"word_{rank}": word for rank, word in enumerate(question.words)}
    parameters |= {f"root_{rank}": stem(word) for rank, word in enumerate(question.words)}
    parameters |= {f"wanted_{facet}": list(values) for facet, values in question.filters.items() if values}
    if after is not None:
        parameters |= {"after_value": after.value, "after_id": after.id}
    statement = _statement(question, counted, after)
    row = (await session.execute(text(statement), parameters)).one()
    found = row.page[:limit]
    return Page(
        ids=[one["id"] for one in found],
        freshness={one["id"]: one["freshness"] for one in found},
        total=row.total,
        facets={facet: [FacetValue(**one) for one in row.facets[facet]] for facet in counted},
        following=Place(found[-1]["place"], found[-1]["id"]) if len(row.page) > limit else None,
    )


def _statement(question: Question, facets: Sequence[DatasetFacet], after: Place | None) -> str:
    wanted = [facet for facet, values in question.filters.items() if values]
    flags = "".join(f", {_wanted(one)} AS {_flag(one)}" for one in wanted)
    down = question.sort.startswith("-")
    place, kind = _sorted_by(question, down=down)
    matches = " AND ".join(_flag(facet) for facet in wanted) or "true"
    members = ", ".join(f"'{facet}', ({_count(facet, wanted)})" for facet in facets)
    return f"""
        WITH known AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(CAST(:known AS jsonb))
            AS s (name text, theme text, max_age double precision, formats text[], scores integer[])),
        dataset AS ({_datasets(question)}),
        found AS MATERIALIZED (SELECT id, schema, organisation, licence, freshness, {place} AS place {flags}
            FROM dataset WHERE {_has_words(question)}),
        kind AS (SELECT kinds.*, known.theme, known.formats AS format FROM ({_kinds(wanted)}) AS kinds
            JOIN known ON known.name = kinds.schema)
        SELECT (SELECT count(*) FROM found WHERE {matches}) AS total,
            (SELECT coalesce(json_agg(page), '[]') FROM ({_page(kind, matches, after, down=down)}) AS page) AS page,
            json_build_object({members}) AS facets
    """  # noqa: S608 - names of ours, values are parameters


def _datasets(question: Question) -> str:
    """Every data set that is shown, with the scores of each word and the value of each facet."""
    scores = "".join(f", {_score(rank)} AS score_{rank}" for rank in range(len(question.words)))
    return f"""
        SELECT d.id, d.title_folded AS title, d.updated_at, d."rows", d.schema_name AS schema, s.theme,
            s.formats AS format, d.organisation_siren AS organisation,
            coalesce(d.about ->> 'licence', CAST(:licence AS text)) AS licence,
            {freshness_expression("d.updated_at", "s.max_age")} AS freshness {scores}
        FROM catalog.dataset AS d
        JOIN known AS s ON s.name = d.schema_name
        LEFT JOIN ingest.organisation AS o ON o.siren = d.organisation_siren
        WHERE (d.organisation_siren IS NULL OR d.current_version IS NOT NULL OR d.about IS NOT NULL)
            AND d.withdrawn_at IS NULL
    """  # noqa: S608 - names of ours


def _kinds(wanted: Sequence[DatasetFacet]) -> str:
    """Data sets that are the same for all facets but that of organisations, counted once: they are few kinds."""
    alike = ", ".join(["schema", "licence", "freshness", *map(_flag, wanted)])
    return f"SELECT {alike}, count(*) AS n FROM found GROUP BY {alike}"  # noqa: S608 - names of ours


def _score(rank: int) -> str:
    word, root = f"CAST(:word_{rank} AS text)", f"CAST(:root_{rank} AS text)"
    title = score_expression("(d.title_folded || replace(d.id, '-', ' ') || ' ')", word, root, Weight.TITLE)
    name = score_expression("o.name_folded", word, root, Weight.ORGANISATION)
    return f"greatest({title}, {name}, s.scores[{rank + 1}])"


def _has_words(question: Question) -> str:
    return " AND ".join(f"score_{rank} > 0" for rank in range(len(question.words))) or "true"


def _relevance(question: Question) -> str:
    return " + ".join(f"score_{rank}" for rank in range(len(question.words))) or "0"


def _flag(facet: DatasetFacet) -> str:
    return f"has_{facet}"


def _wanted(facet: DatasetFacet) -> str:
    values = f"CAST(:wanted_{facet} AS text[])"
    return f"format && {values}" if facet is DatasetFacet.FORMAT else f"coalesce({facet} = ANY({values}), false)"


def _count(facet: DatasetFacet, wanted: Sequence[DatasetFacet]) -> str:
    others = " AND ".join(_flag(one) for one in wanted if one is not facet) or "true"
    value, counted, source = {
        DatasetFacet.ORGANISATION: ("organisation", "count(*)", "found"),
        DatasetFacet.FORMAT: ("one", "sum(n)::bigint", "kind, unnest(format) AS one"),
    }.get(facet, (str(facet), "sum(n)::bigint", "kind"))
    counts = (
        f"SELECT {value} AS value, {counted} AS count FROM {source} WHERE {others} AND {value} IS NOT NULL "  # noqa: S608
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {FACET_VALUES}"
    )
    return f"SELECT coalesce(json_agg(counts), '[]') FROM ({counts}) AS counts"  # noqa: S608


def _page(kind: str, matches: str, after: Place | None, *, down: bool) -> str:
    beyond = "true"
    if after is not None:
        given = f"CAST(:after_value AS {kind})"
        compared = f"place {'<' if down else '>'} {given}"
        beyond = f"({compared} OR (place = {given} AND id > CAST(:after_id AS text)))"
    return (
        f"SELECT id, freshness, place FROM found WHERE {matches} AND {beyond} "  # noqa: S608
        f"ORDER BY place {'DESC' if down else 'ASC'}, id LIMIT CAST(:limit AS bigint)"
    )


def _sorted_by(question: Question, *, down: bool) -> tuple[str, str]:
    """SQL without null, and its type: a place in the order is one value and one identifier."""
    match question.sort.removeprefix("-"):
        case "title":
            return "coalesce(title, '')", "text"
        case "updated_at":
            never = -NEVER if down else NEVER
            return f"coalesce((extract(epoch FROM updated_at) * 1000000)::bigint, {never})", "bigint"
        case "rows":
            return '"rows"', "bigint"
        case _:
            return f"-({_relevance(question)})::bigint", "bigint"

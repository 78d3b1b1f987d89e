"""JSON that PostgreSQL writes member by member is the JSON of its own functions."""

import json

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.json_rows import MEMBERS_PER_CALL, ending_with, json_object

VALUES = {
    "NULL::text": None,
    "''::text": "",
    "E'\"\\\\\\n\\t\\u001f é 🙂'::text": '"\\\n\t\x1f é 🙂',
    "12.50::numeric": 12.5,
    "9223372036854775807::bigint": 2**63 - 1,
    "true": True,
    "DATE '2024-02-29'": "2024-02-29",
    "ARRAY['a', NULL]::text[]": ["a", None],
}

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=80)


async def test_every_type_of_value_is_written_as_json(postgres_dsn: str) -> None:
    members = [(f"« {sql} »", sql) for sql in VALUES]
    connection = await asyncpg.connect(postgres_dsn)
    written = await connection.fetchval(f"SELECT {json_object(members)}")
    await connection.close()
    assert list(json.loads(written).values()) == list(VALUES.values())
    assert '12.50,"' in written


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(TEXTS, unique=True, max_size=2 * MEMBERS_PER_CALL + 2))
async def test_names_of_any_characters_and_number_stay_themselves(postgres_dsn: str, names: list[str]) -> None:
    connection = await asyncpg.connect(postgres_dsn)
    written = await connection.fetchval(f"SELECT {json_object((name, '1') for name in names)}")
    await connection.close()
    assert json.loads(written) == dict.fromkeys(names, 1)


async def test_members_that_are_not_declared_follow(postgres_dsn: str) -> None:
    end = ending_with("extra", "ARRAY['b']")
    connection = await asyncpg.connect(postgres_dsn)
    rows = await connection.fetch(
        f"""SELECT {json_object([("a", "1")], end=end)} AS record
        FROM (VALUES ('{{"b": 2, "c": "3"}}'::jsonb), ('{{"b": 2}}'), ('{{}}'), (NULL)) AS rows(extra)"""
    )
    await connection.close()
    assert [json.loads(row["record"]) for row in rows] == [{"a": 1, "c": "3"}, {"a": 1}, {"a": 1}, {"a": 1}]

"""JSON that PostgreSQL writes member by member: two thirds of the time of `JSON_OBJECT`, and no spaces."""

import json
from collections.abc import Collection, Iterable
from itertools import islice

from services.catalog.literals import literal

MEMBERS_PER_CALL = 45
"""A function takes a hundred arguments: two for each member, and a few more."""


PLAIN_TYPES = ("integer", "number", "year", "boolean")
"""Table Schema types whose values are JSON as PostgreSQL writes them: `to_json` would look up what they are, each time.
A number is finite, and kept as its decimal digits."""


def json_object(members: Iterable[tuple[str, str]], *, plain: Collection[str] = (), end: str = "'}'") -> str:
    """SQL of a JSON object as text: (name, SQL of its value) of any type, null included; the text is never null.

    `plain`: SQL of the values of `PLAIN_TYPES`; `end`: SQL of what ends the text, where more members follow those
    (see `ending_with`).
    """
    rest, calls, opening = iter(members), list[str](), "{"
    while some := list(islice(rest, MEMBERS_PER_CALL)):
        parts = []
        for name, value in some:
            parts += [
                literal(f"{opening}{json.dumps(name, ensure_ascii=False)}:"),
                f"coalesce({value if value in plain else f'to_json({value})'}::text, 'null')",
            ]
            opening = ","
        calls.append(f"concat({', '.join(parts)})")
    return " || ".join([*(calls or ["'{'"]), end])


def ending_with(extra: str, declared: str) -> str:
    """SQL of the end of an object whose last members are those of the `jsonb` `extra` that are not `declared`."""
    others = f"substr(nullif({extra} - {declared}, '{{}}')::text, 2)"
    return f"CASE WHEN {extra} IS NULL THEN '}}' ELSE coalesce(',' || {others}, '}}') END"

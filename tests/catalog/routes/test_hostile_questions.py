"""Whatever a question holds, it is answered or refused, and changes nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import quote_from_bytes, urlencode

import httpx
import pytest
from catalog_samples import fetch, subvention
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.query import filters, native, native_aggregate
from services.catalog.query.aggregate_tree import Measured, Period
from services.catalog.query.tree import Operator
from shared.models import Deposit

ROUTES = ["/v1/datasets/subventions-muret/records", "/v1/datasets/subventions/aggregate"]
FIELDS = ["nomBeneficiaire", "idBeneficiaire", "montant", "dateConvention", "notificationUE", "organisation_siren"]
CONTROLS = [*native.CONTROLS, *native_aggregate.CONTROLS, *filters.FILTERS]

OF_THE_OTHER = dict(zip(ROUTES, (("group_by", "facets", "measures"), ("select", "count", "cursor")), strict=True))
"""Parameters that a route does not have: refused at once, they would hide what stands beside them."""

FRAGMENTS = [
    *("'", "''", '"', '""', "\\", "\\'", "$1", "$$", "%s", "%", "_", ":x", ";", "--", "/*", "*/", "{}", "\0", "\r\n"),
    *("' OR '1'='1", "'; DROP TABLE data.subventions; --", "1; DELETE FROM data.subventions", "\u2028", "NULL", "é"),
    *("pg_sleep(20)", "(SELECT 1)", "NaN", "Infinity", "-1", "0", "1e999", "9" * 30, "1.5", "2024-02-30", "0001-01-01"),
    *("(", ")", ",", "=", "(a=1)", "((", "or=(", "x" * 300, "\U0001f600", "true", "", " ", "-", ":", "__", "[", "]"),
    *("1,2", "1,2,3", "1,2,3,4", "43.6", "-180", "0:1", "9999-12-31", "10000", "words.fold", "row_id", "c_montant"),
]
SUFFIXES = [*Operator, *Period, *Measured, "ranges:0:1", "ranges:2024-01-01", "ranges:", "", "like", "x'"]

names = st.builds("{}{}{}".format, st.sampled_from(FIELDS), st.sampled_from(["__", "", "_"]), st.sampled_from(SUFFIXES))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.lists(st.sampled_from([*FRAGMENTS, *FIELDS]) | names | texts, max_size=4).flatmap(
    lambda parts: st.sampled_from([",", "", "=", "__"]).map(lambda joined: joined.join(parts))
)
groups = st.recursive(
    st.builds("{}={}".format, names, values),
    lambda inner: st.builds(
        "{}=({})".format, st.sampled_from(["or", "and", "not"]), st.lists(inner, max_size=3).map(",".join)
    ),
    max_leaves=5,
)
parameters = (
    st.tuples(st.sampled_from(CONTROLS), values | names)
    | st.tuples(names, values)
    | st.tuples(texts, texts)
    | groups.map(lambda one: (one.partition("=")[0], one.partition("=")[2]))
)
texts_of_rows = values.filter(lambda text: "\0" not in text)
accepted = (
    st.tuples(
        st.sampled_from(["nomBeneficiaire__", "idBeneficiaire__"]).flatmap(
            lambda field: st.sampled_from(
                [field + one for one in Operator if one not in ("between", "isnull", "isnotnull")]
            )
        ),
        texts_of_rows,
    )
    | st.tuples(
        st.sampled_from(["montant__", "montant__strictly_", "montant__not"]).flatmap(
            lambda field: st.sampled_from([field + one for one in ("exact", "less", "greater", "in")])
        ),
        st.sampled_from(["0", "-1.5", "1e1000", "-1e-1000", "9" * 400, "1e3", "+.5", "0.1"]),
    )
    | st.tuples(
        st.sampled_from(["dateConvention__less", "dateConvention__in"]), st.sampled_from(["0001-01-01", "9999-12-31"])
    )
    | st.tuples(st.just("q"), texts_of_rows)
    | st.tuples(
        st.just("or"), texts_of_rows.map(lambda text: f'(objet="{text.replace(chr(34), chr(34) * 2)}",objet=x)')
    )
    | st.tuples(st.just("as_of"), st.sampled_from(["1", "2099-01-01", "2099-01-01T00:00:00", "9999-12-31T23:59:59Z"]))
    | st.tuples(
        st.just("as_of"), st.sampled_from(["0", "9" * 18, "9999-12-31", "0001-01-01", "0001-01-01T00:00+14:00"])
    )
    | st.tuples(st.just("sort"), st.sampled_from(["-montant", "nomBeneficiaire,-dateConvention", "count", "-count"]))
    | st.tuples(st.just("count"), st.sampled_from(["estimate", "exact"]))
    | st.tuples(st.just("select"), st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3, unique=True).map(",".join))
    | st.tuples(
        st.sampled_from(["group_by", "facets"]),
        st.sampled_from(
            ["nomBeneficiaire", "dateConvention__quarter", "montant__ranges:-1e1000:0:1e1000", "notificationUE,objet"]
        ),
    )
    | st.tuples(
        st.just("measures"), st.sampled_from(["count,montant__median", "montant__sum", "objet__max,objet__min"])
    )
)
questions = st.lists(accepted, min_size=1, max_size=2, unique_by=lambda one: one[0]) | st.lists(
    parameters, min_size=1, max_size=3
)
many = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

STATE = """
SELECT (SELECT count(*) FROM pg_class) AS relations, (SELECT count(*) FROM pg_proc) AS functions,
    (SELECT md5(string_agg(one::text, '' ORDER BY row_id)) FROM data.subventions AS one) AS rows,
    (SELECT md5(string_agg(one::text, '' ORDER BY id)) FROM catalog.dataset AS one) AS datasets
"""


@pytest.fixture
async def asked(
    client: httpx.AsyncClient, publish: Callable[..., Awaitable[Deposit]], database: str
) -> AsyncIterator[httpx.AsyncClient]:
    await publish([subvention(f"{rank}", f"{rank}.50") for rank in range(5)], schema_name="scdl/subventions")
    assert [(await client.get(route)).status_code for route in ROUTES] == [200, 200]
    before = await fetch(database, STATE)
    yield client
    assert await fetch(database, STATE) == before


def check(answer: httpx.Response) -> None:
    assert answer.status_code == 200 or 400 <= answer.status_code < 500, (answer.url, answer.text)
    if answer.status_code != 200:
        problem = answer.json()
        assert problem["code"]
        assert problem["action"]


@many
@given(route=st.sampled_from(ROUTES), question=questions)
async def test_any_parameter_is_answered_or_refused(
    asked: httpx.AsyncClient, route: str, question: list[tuple[str, str]]
) -> None:
    fitting = [one for one in question if one[0] not in OF_THE_OTHER[route]]
    check(await asked.get(f"{route}?{urlencode(fitting)}"))


@settings(many, max_examples=100)
@given(route=st.sampled_from(ROUTES), question=st.binary(max_size=30))
async def test_any_bytes_are_answered_or_refused(asked: httpx.AsyncClient, route: str, question: bytes) -> None:
    check(await asked.get(f"{route}?q={quote_from_bytes(question)}"))
    check(await asked.get(f"{route}?{quote_from_bytes(question, safe='=&')}"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("or", "(" * 6 + "a"),
        ("or", "or=".join("(" for _ in range(7)) + "montant=1" + ")" * 7),
        ("or", f"({','.join(['montant=1'] * 60)})"),
        ("q", "a " * 60),
        ("nomBeneficiaire__in", ",".join("x" for _ in range(501))),
        ("nomBeneficiaire__contains", "x" * 16_001),
    ],
)
async def test_what_is_over_a_ceiling_is_refused_with_what_to_narrow(
    asked: httpx.AsyncClient, name: str, value: str
) -> None:
    for route in ROUTES:
        answer = await asked.get(route, params={name: value})
        assert answer.status_code in (400, 414), answer.text
        assert answer.json()["action"]

"""Counting, summing and grouping rows over HTTP."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from catalog_samples import deliberation, subvention

from shared.models import Deposit

Publish = Callable[..., Awaitable[Deposit]]

SUBVENTIONS = "/v1/datasets/subventions-muret/aggregate"
DELIBERATIONS = "/v1/datasets/deliberations-muret/aggregate"
COLOMIERS = "213101496"


async def ask(client: httpx.AsyncClient, path: str, status: int = 200, **parameters: Any) -> dict[str, Any]:
    answer = await client.get(path, params=parameters or None)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = json.loads(answer.text, parse_float=str)
    return body


@pytest.fixture
async def subventions(publish: Publish) -> None:
    rows = [
        subvention("a", "100.10", nomBeneficiaire="Amicale", dateConvention="2023-12-31"),
        subvention("b", "200.20", nomBeneficiaire="Amicale", dateConvention="2024-01-01"),
        subvention("c", "0.1", nomBeneficiaire="Club", dateConvention="2024-05-01"),
        subvention("d", "0.2", nomBeneficiaire="Club", dateConvention="2024-05-31"),
        subvention("e", "12345678901234567890.5", nomBeneficiaire=None, dateConvention="2025-01-01"),
    ]
    await publish(rows, schema_name="scdl/subventions", scope="all")


@pytest.mark.usefixtures("subventions")
async def test_without_parameters_rows_are_counted(client: httpx.AsyncClient) -> None:
    body = await ask(client, SUBVENTIONS)
    assert body["data"] == [{"count": 5}]
    assert body["meta"]["complete"] is True


@pytest.mark.usefixtures("subventions")
async def test_measures_are_exact(client: httpx.AsyncClient) -> None:
    asked = "count,montant__sum,montant__avg,montant__min,montant__max,montant__median,nomBeneficiaire__distinct"
    body = await ask(client, SUBVENTIONS, measures=asked, dateConvention__less="2024-12-31")
    assert body["data"] == [
        {
            "count": 4,
            "montant__sum": "300.60",
            "montant__avg": "75.15",
            "montant__min": "0.1",
            "montant__max": "200.20",
            "montant__median": "50.15",
            "nomBeneficiaire__distinct": 2,
        }
    ]
    (whole,) = (await ask(client, SUBVENTIONS, measures="montant__sum,montant__median"))["data"]
    assert whole == {"montant__sum": "12345678901234568191.10", "montant__median": "100.1"}


@pytest.mark.usefixtures("subventions")
async def test_groups_keep_their_order_and_rows_without_a_value_are_the_last_group(client: httpx.AsyncClient) -> None:
    asked = {"group_by": "nomBeneficiaire", "measures": "count,montant__sum"}
    body = await ask(client, SUBVENTIONS, **asked)
    assert [tuple(group.values()) for group in body["data"]] == [
        ("Amicale", 2, "300.30"),
        ("Club", 2, "0.3"),
        (None, 1, "12345678901234567890.5"),
    ]
    body = await ask(client, SUBVENTIONS, **asked, sort="-montant__sum", limit=1)
    assert [group["nomBeneficiaire"] for group in body["data"]] == [None]
    assert body["meta"]["complete"] is False


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [
        ("dateConvention__year", [("2023", 1), ("2024", 3), ("2025", 1)]),
        ("dateConvention__quarter", [("2023-Q4", 1), ("2024-Q1", 1), ("2024-Q2", 2), ("2025-Q1", 1)]),
        ("dateConvention__month", [("2023-12", 1), ("2024-01", 1), ("2024-05", 2), ("2025-01", 1)]),
        ("montant__ranges:0.2:200.20", [("[*, 0.2[", 1), ("[0.2, 200.20[", 2), ("[200.20, *[", 2)]),
        ("dateConvention__ranges:2024-01-01", [("[*, 2024-01-01[", 1), ("[2024-01-01, *[", 4)]),
    ],
)
@pytest.mark.usefixtures("subventions")
async def test_rows_are_grouped_by_period_and_by_range(
    client: httpx.AsyncClient, group_by: str, expected: list[tuple[str, int]]
) -> None:
    body = await ask(client, SUBVENTIONS, group_by=group_by)
    assert [tuple(group.values()) for group in body["data"]] == expected


@pytest.mark.usefixtures("subventions")
async def test_groups_are_kept_by_their_measures(client: httpx.AsyncClient) -> None:
    body = await ask(
        client,
        SUBVENTIONS,
        group_by="nomBeneficiaire",
        measures="count,montant__sum,dateConvention__max",
        having="count__greater=2,montant__sum__strictly_greater=0.3,dateConvention__max__less=2024-01-01",
    )
    assert [group["nomBeneficiaire"] for group in body["data"]] == ["Amicale"]


@pytest.mark.usefixtures("subventions")
async def test_facets_tell_the_most_frequent_values_of_each_column(client: httpx.AsyncClient) -> None:
    body = await ask(
        client, SUBVENTIONS, facets="nomBeneficiaire,dateConvention__year,nature", limit=2, montant__less="1000"
    )
    assert body["facets"] == [
        {
            "name": "nomBeneficiaire",
            "values": [{"value": "Amicale", "count": 2}, {"value": "Club", "count": 2}],
            "complete": True,
        },
        {
            "name": "dateConvention__year",
            "values": [{"value": "2024", "count": 3}, {"value": "2023", "count": 1}],
            "complete": True,
        },
        {"name": "nature", "values": [{"value": "aide en numéraire", "count": 4}], "complete": True},
    ]


async def test_a_consolidated_data_set_is_grouped_by_organisation(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish([deliberation("1"), deliberation("2", "2024-05-05")])
    await publish([deliberation("1")], siren=COLOMIERS)
    body = await ask(
        client, "/v1/datasets/deliberations/aggregate", group_by="organisation_nom,DELIB_DATE__month", sort="-count"
    )
    assert [tuple(group.values()) for group in body["data"]] == [
        ("Colomiers", "2024-03", 1),
        ("Muret", "2024-03", 1),
        ("Muret", "2024-05", 1),
    ]
    body = await ask(client, "/v1/datasets/deliberations/aggregate", organisation_siren__differs=COLOMIERS)
    assert body["data"] == [{"count": 2}]


async def test_groups_are_of_the_version_asked_and_cost_a_304_until_the_next(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish([deliberation("1")])
    first = await client.get(DELIBERATIONS)
    again = {"If-None-Match": first.headers["etag"]}
    assert (await client.get(DELIBERATIONS, headers=again)).status_code == 304
    await publish([deliberation("1"), deliberation("2")])
    assert (await client.get(DELIBERATIONS, headers=again)).status_code == 200
    assert (await ask(client, DELIBERATIONS))["data"] == [{"count": 2}]
    assert (await ask(client, DELIBERATIONS, as_of="1"))["data"] == [{"count": 1}]


@pytest.mark.parametrize(
    ("question", "parameter", "hint"),
    [
        ({"group_by": "montan"}, "group_by", "« montant »"),
        ({"group_by": "montant__year"}, "group_by", "COLONNE__month"),
        ({"group_by": "montant__ranges:10:1"}, "group_by", "plus petite"),
        ({"group_by": "montant__ranges:x"}, "group_by", "un nombre"),
        ({"group_by": "nature__ranges:1"}, "group_by", "nombres"),
        ({"group_by": "nature,nature"}, "group_by", "5 au plus"),
        ({"group_by": '"nature'}, "group_by", "guillemets"),
        ({"measures": "montant__total"}, "measures", "median"),
        ({"measures": "nature__sum"}, "measures", "distinct"),
        ({"measures": "count", "sort": "montant__sum"}, "sort", "count"),
        ({"having": "montant__sum__greater=3"}, "having", "count__greater"),
        ({"having": "count__greater=many"}, "having", "un nombre"),
        ({"facets": "nature", "group_by": "nature"}, "group_by", "deux questions"),
        ({"limit": "10001"}, "limit", "10000"),
        ({"select": "nature"}, "select", "Colonnes"),
        ({"group_by": "organisation_siren"}, "group_by", "Colonnes"),
    ],
)
@pytest.mark.usefixtures("subventions")
async def test_what_cannot_be_understood_is_refused_by_name(
    client: httpx.AsyncClient, question: dict[str, str], parameter: str, hint: str
) -> None:
    problem = await ask(client, SUBVENTIONS, 400, **question)
    assert (problem["code"], problem["parameter"]) == ("invalid-parameter", parameter)
    assert hint in problem["action"]

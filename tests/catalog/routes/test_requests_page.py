"""The examples of the page about questions, executed on the rows that the page shows."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import httpx
from catalog_samples import subvention

from services.catalog.query import filters, native, native_aggregate, written
from services.catalog.query.tree import Operator
from shared.models import Deposit
from shared.web import addresses

PAGE = Path(__file__).parents[3] / "docs" / "requetes.md"
Publish = Callable[..., Awaitable[Deposit]]


def tables(*first: str) -> list[list[str]]:
    """Rows of the tables whose head begins so."""
    found: list[list[str]] = []
    inside = False
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[: len(first)] == [*first]:
            inside = True
        elif inside and not cells[0].startswith("---"):
            found.append(cells)
    return found


def parameters(cell: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in cell.strip("`").split("&")]
    return [(name, value) for name, _, value in parts]


async def found(client: httpx.AsyncClient, path: str, question: str, column: str) -> list[str]:
    answer = await client.get(f"/v1/datasets/{path}/records", params=parameters(question))
    assert answer.status_code == 200, (question, answer.text)
    return [row[column] for row in answer.json()["data"]]


async def publish_subventions(publish: Publish) -> None:
    head = ("referenceDecision", "nomBeneficiaire", "objet", "montant", "dateConvention", "notificationUE")
    rows = [dict(zip(head, (cell or None for cell in cells), strict=True)) for cells in tables(*head)]
    await publish(
        [subvention("", "") | {"nomAttribuant": "Muret"} | row for row in rows],
        schema_name="scdl/subventions",
        scope="all",
    )


async def test_each_operator_keeps_the_rows_that_the_page_says(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish_subventions(publish)
    examples = tables("Opérateur")
    assert [cells[0].strip("`") for cells in examples] == [*Operator]
    for _, _, question, rows in examples:
        assert ", ".join(await found(client, "subventions-muret", question, "referenceDecision")) == rows, question


async def test_each_question_finds_the_rows_that_the_page_says(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish_subventions(publish)
    for question, rows, _ in [*tables("Question", "Lignes"), *tables("Question", "Lignes, dans l'ordre")]:
        assert ", ".join(await found(client, "subventions-muret", question, "referenceDecision")) == rows, question


async def test_each_place_finds_the_rows_that_the_page_says(client: httpx.AsyncClient, publish: Publish) -> None:
    head = ("EQUIP_UID", "EQUIP_NOM", "EQUIP_LONG", "EQUIP_LAT")
    rows = [dict(zip(head, (cell or None for cell in cells), strict=True)) for cells in tables(*head)]
    await publish(rows, schema_name="scdl/equipements")
    for question, expected, _ in tables("Lieu"):
        assert ", ".join(await found(client, "equipements-muret", question, "EQUIP_UID")) == expected, question


async def test_groups_and_facets_are_those_that_the_page_says(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish_subventions(publish)
    for member, head in (("data", "Groupes"), ("facets", "Facettes")):
        for question, expected in tables(head):
            answer = await client.get("/v1/datasets/subventions-muret/aggregate", params=parameters(question))
            assert answer.status_code == 200, (question, answer.text)
            told = json.loads(answer.text, parse_float=Decimal)[member]
            assert told == json.loads(expected.strip("`"), parse_float=Decimal), question


def test_the_limits_are_those_that_the_page_says() -> None:
    text = " ".join(PAGE.read_text().split())
    assert f"au plus {filters.MAX_CONDITIONS} conditions" in text
    characters, address_bytes = addresses.LONGEST_VALUE_CHARACTERS, addresses.LONGEST_ADDRESS_BYTES
    longest = f"{characters:_} caractères par paramètre, {address_bytes:_} octets".replace("_", " ")
    assert f"{filters.MAX_LISTED} valeurs par liste, {longest} pour l'adresse entière" in text
    assert (
        f"{native.MAX_SORT_KEYS} colonnes de tri, {native_aggregate.MAX_KEYS} de groupe, "
        f"{native_aggregate.MAX_MEASURES} mesures, {native_aggregate.MAX_FACETS} facettes"
    ) in text
    assert f"de 1 à {native.MAX_LIMIT}, {native.DEFAULT_LIMIT} sans" in text
    assert f"({native_aggregate.DEFAULT_LIMIT}, {native_aggregate.MAX_LIMIT:_} au plus)".replace("_", " ") in text
    assert written.MAX_DEPTH == 5
    assert "sur cinq niveaux" in text

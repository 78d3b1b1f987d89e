"""Whole files read by the tools of reusers: what was published is what they find, and its hash is the version's."""

import base64
import hashlib
import io
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import frictionless
import httpx
import openpyxl
import polars as pl
from catalog_samples import subvention

from shared.models import Deposit
from shared.registry import Registry

Publish = Callable[..., Awaitable[Deposit]]

SUBVENTIONS = "/v1/datasets/subventions-muret"

AMOUNTS = ["12.50", "0.1", "-3.000", "100", "12345678901234567890.123456789", "7.00"]
OBJECTS = ["007", "a;b,c", 'dit "oui"', "deux\nlignes", "=1+1", "é 😀"]


async def publish_hard_rows(publish: Publish) -> None:
    rows = [
        subvention(f"{rank:03}", amount, objet=said)
        for rank, (amount, said) in enumerate(zip(AMOUNTS, OBJECTS, strict=True))
    ]
    await publish(rows, schema_name="scdl/subventions", extras=[{"note": f"{rank}"} for rank in range(len(rows))])


async def test_frictionless_describes_and_validates_the_file(
    client: httpx.AsyncClient, publish: Publish, registry: Registry, tmp_path: Path
) -> None:
    await publish_hard_rows(publish)
    path = tmp_path / "subventions.csv"
    path.write_bytes((await client.get(f"{SUBVENTIONS}/exports/csv")).content)
    schema = registry.get("scdl/subventions")
    described = frictionless.describe(path.name, basepath=str(tmp_path))
    assert [field.name for field in described.schema.fields] == [*schema.field_names, "note"]
    # Every value as a text: nothing is guessed from it.
    texts = frictionless.Schema.from_descriptor(
        {"fields": [{"name": name, "type": "string"} for name in (*schema.field_names, "note")]}
    )
    resource = frictionless.Resource(path=path.name, basepath=str(tmp_path), schema=texts)
    assert frictionless.validate(resource).valid
    rows = resource.read_rows()
    assert [row["montant"] for row in rows] == AMOUNTS
    assert [row["objet"] for row in rows] == OBJECTS
    typed = frictionless.Schema.from_descriptor(
        {"fields": [{"name": field.name, "type": field.type} for field in schema.fields], "fieldsMatch": "superset"}
    )
    by_type = frictionless.Resource(path=path.name, basepath=str(tmp_path), schema=typed)
    amounts = [row["montant"] for row in by_type.read_rows()]
    assert amounts == [Decimal(one) for one in AMOUNTS]


async def test_polars_reads_the_same_values_from_the_file_and_from_the_question(
    client: httpx.AsyncClient, publish: Publish, tmp_path: Path
) -> None:
    await publish_hard_rows(publish)
    tables = []
    for name, path in (("whole", f"{SUBVENTIONS}/exports/csv"), ("asked", f"{SUBVENTIONS}/records.csv?delimiter=,")):
        (tmp_path / name).write_bytes((await client.get(path)).content)
        tables.append(pl.read_csv(tmp_path / name, infer_schema=False))
    whole, asked = tables
    assert whole.columns == asked.columns
    assert whole.sort("referenceDecision").equals(asked.sort("referenceDecision"))
    assert asked.sort("referenceDecision")["montant"].to_list() == AMOUNTS


async def test_parquet_and_a_spreadsheet_hold_what_the_file_holds(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish_hard_rows(publish)
    contents = {one: (await client.get(f"{SUBVENTIONS}/exports/{one}")).content for one in ("csv", "parquet", "xlsx")}
    written = pl.read_csv(io.BytesIO(contents["csv"]), infer_schema=False)
    typed = pl.read_parquet(io.BytesIO(contents["parquet"]))
    header, *cells = openpyxl.load_workbook(io.BytesIO(contents["xlsx"])).worksheets[0].iter_rows(values_only=True)
    assert written.columns == typed.columns == list(header)
    by_name = dict(zip(header, zip(*cells, strict=True), strict=True))
    for name in ("referenceDecision", "objet", "nomBeneficiaire", "idAttribuant", "note"):
        assert written[name].to_list() == typed[name].to_list() == list(by_name[name])
    assert sorted(written["montant"]) == sorted(AMOUNTS)
    amounts = [Decimal(one) for one in written["montant"]]
    assert typed["montant"].to_list() == amounts == [Decimal(str(one)) for one in by_name["montant"]]
    days = [str(one) for one in typed["dateConvention"]]
    assert written["dateConvention"].to_list() == days == [str(one.date()) for one in by_name["dateConvention"]]


async def test_the_hash_of_the_file_is_that_of_the_version(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish_hard_rows(publish)
    version = (await client.get(f"{SUBVENTIONS}/versions/1")).json()
    for path in (f"{SUBVENTIONS}/exports/csv", f"{SUBVENTIONS}/versions/1/exports/csv"):
        answer = await client.get(path)
        digest = hashlib.sha256(answer.content)
        assert digest.hexdigest() == version["snapshot"]["sha256"]
        assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
        assert len(answer.content) == version["snapshot"]["size_bytes"]
        assert answer.headers["link"].startswith('</v1/datasets/subventions-muret/schema>; rel="describedby"')

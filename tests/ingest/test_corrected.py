"""Asking for no correction with a deposit, and getting the corrected file of one."""

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import polars as pl
import pytest
from journal import HabilitatedVendor, SessionsOf
from pushes import PUSH, push, refused
from sqlalchemy import insert

from shared.blobs import open_blobs, put_bytes
from shared.models import ValidationReport
from shared.registry import load_registry

KEY = {"Idempotency-Key": "corrections"}


async def judged(deposit_id: str, sessions_of: SessionsOf, tmp_blobs: str, **tables: str) -> None:
    """Give a deposit the verdict that its tables say, and a report without the column BUDGET_ANNEE."""
    report = await put_bytes(
        open_blobs(tmp_blobs), b'{"header": {"missing": ["BUDGET_ANNEE"]}}', folder="reports", suffix=".json"
    )
    values: dict[str, Any] = {
        "deposit_id": UUID(deposit_id),
        "verdict": "valid" if "table_sha256" in tables else "invalid",
        "schema_name": "scdl/deliberations",
        "schema_version": "2.1.5",
        "schema_sha256": "0" * 64,
        "engine_version": "1.0.0",
        "rows": 1,
        "errors": 0,
        "warnings": 0,
        "corrections": 1,
        "report_sha256": report.sha256,
        **tables,
    }
    async with sessions_of("socle_validator").begin() as session:
        await session.execute(insert(ValidationReport).values(**values))


async def table_kept(tmp_blobs: str, tmp_path: Path, *, folder: str) -> str:
    """A table of one délibération, as a blob; its SHA-256."""
    schema = load_registry().get("scdl/deliberations")
    row = {"COLL_NOM": "Commune de Muret", "DELIB_DATE": "2024-03-28", "_extra": '{"NATURE":"acte; simple"}'}
    names = ("_line", "_extra", *schema.field_names)
    pl.DataFrame({name: pl.Series([row.get(name)], dtype=pl.String) for name in names}).write_parquet(tmp_path / "t")
    kept = await put_bytes(open_blobs(tmp_blobs), (tmp_path / "t").read_bytes(), folder=folder, suffix=".parquet")
    return kept.sha256


async def test_a_deposit_says_whether_it_is_to_be_corrected(client: httpx.AsyncClient) -> None:
    assert (await push(client)).json()["corrections"] == "all"
    deposit = (await push(client, params=PUSH | {"corrections": "none"})).json()
    assert deposit["corrections"] == "none"
    assert (await client.get(f"/v1/deposits/{deposit['id']}")).json()["corrections"] == "none"
    refused(await push(client, params=PUSH | {"corrections": "some"}), 422, "invalid-request")


async def test_the_choice_is_part_of_what_makes_two_requests_the_same(client: httpx.AsyncClient) -> None:
    first = await push(client, headers=KEY)
    assert (await push(client, headers=KEY, params=PUSH | {"corrections": "all"})).json() == first.json()
    refused(await push(client, headers=KEY, params=PUSH | {"corrections": "none"}), 422, "idempotency-key-reused")


@pytest.mark.parametrize(("column", "folder"), [("table_sha256", "tables"), ("corrected_sha256", "corrected")])
async def test_the_corrected_file_is_the_table_as_csv(
    client: httpx.AsyncClient, sessions_of: SessionsOf, tmp_blobs: str, tmp_path: Path, column: str, folder: str
) -> None:
    deposit_id = (await push(client)).json()["id"]
    sha256 = await table_kept(tmp_blobs, tmp_path, folder=folder)
    await judged(deposit_id, sessions_of, tmp_blobs, **{column: sha256})
    found = await client.get(f"/v1/deposits/{deposit_id}/corrected")
    assert found.status_code == 200
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert found.headers["content-disposition"] == f'attachment; filename="{deposit_id}.csv"'
    header, row = found.text.splitlines()
    assert header.startswith("COLL_NOM,COLL_SIRET,DELIB_ID,DELIB_DATE")
    assert header.endswith("DELIB_URL,NATURE")
    assert row == "Commune de Muret,,,2024-03-28,,,,,,,,,,,,,acte; simple"


async def test_a_file_that_could_not_be_read_has_no_corrected_file(
    client: httpx.AsyncClient, sessions_of: SessionsOf, tmp_blobs: str
) -> None:
    deposit_id = (await push(client)).json()["id"]
    refused(await client.get(f"/v1/deposits/{deposit_id}/corrected"), 404, "report-not-ready")
    await judged(deposit_id, sessions_of, tmp_blobs)
    refused(await client.get(f"/v1/deposits/{deposit_id}/corrected"), 404, "no-corrected-file")


async def test_another_vendor_gets_no_corrected_file(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, other_vendor: HabilitatedVendor
) -> None:
    path = f"/v1/deposits/{(await push(client)).json()['id']}/corrected"
    refused(await stranger.get(path, headers={"X-API-Key": other_vendor.key}), 404, "not-found")
    refused(await stranger.get(path), 401, "key-invalid")

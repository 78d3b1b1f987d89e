"""Deposits judged and published as the records of the other services say it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from shared.db import Sessions

Judge = Callable[..., Awaitable[None]]

DEPOSIT = """
    INSERT INTO ingest.deposit (id, vendor_id, organisation_siren, schema_name, sha256, size_bytes, content_type,
        request_id, state, attempt, stage_attempts, received_at, dry_run)
    VALUES (:id, :vendor, :siren, :schema, repeat('0', 64), 1, 'text/csv', 'r', :state, 1, 1, :at, :dry_run)
"""
REPORT = """
    INSERT INTO validator.validation_report (deposit_id, verdict, schema_name, schema_version, schema_sha256,
        engine_version, rows, errors, warnings, corrections, report_sha256)
    VALUES (:id, :verdict, :schema, '1', repeat('0', 64), '1', 10, :errors, :warnings, 0, repeat('0', 64))
"""
DATASET = """
    INSERT INTO catalog.dataset (id, schema_name, organisation_siren, title, rows, current_version,
        current_publication, updated_at)
    VALUES (:dataset, :schema, :siren, 'Essai', 10, 1, 1, :at)
    ON CONFLICT (id) DO UPDATE SET current_version = catalog.dataset.current_version + 1, updated_at = :at
    RETURNING current_version
"""
VERSION = """
    INSERT INTO catalog.version (dataset_id, number, publication, deposit_id, schema_name, schema_version, slices,
        rows_inserted, rows_closed, rows, snapshot_sha256, snapshot_bytes, published_at)
    VALUES (:dataset, :number, nextval('catalog.publication_number'), :id, :schema, '1', '{}', 10, 0, 10,
        repeat('0', 64), 1, :at)
"""


@pytest.fixture
def judged(owner_sessions: Sessions, vendor: Any) -> Judge:
    """Return an async function that puts a judged deposit, published if it is valid, at a moment."""
    from shared.ids import uuid7

    async def judge(
        siren: str, schema: str, at: Any, *, errors: int = 0, warnings: int = 0, dry_run: bool = False
    ) -> None:
        values = {"id": uuid7(), "vendor": vendor.vendor.id, "siren": siren, "schema": schema, "at": at}
        verdict = "invalid" if errors else "valid"
        dataset = f"{schema.replace('/', '-')}-{siren}"
        async with owner_sessions.begin() as session:
            state = "rejected" if errors else "published"
            await session.execute(text(DEPOSIT), {**values, "state": state, "dry_run": dry_run})
            await session.execute(text(REPORT), {**values, "verdict": verdict, "errors": errors, "warnings": warnings})
            if not errors and not dry_run:
                number = (await session.execute(text(DATASET), {**values, "dataset": dataset})).scalar_one()
                await session.execute(text(VERSION), {**values, "dataset": dataset, "number": number})

    return judge

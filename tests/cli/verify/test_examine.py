"""Whole installations, whole and broken: nothing is said of the former, each fault of the latter is named."""

import hashlib

import pytest
from breaks import BREAKS

from services.cli.verify import INVARIANTS, examine


async def test_a_whole_installation_breaks_nothing(installation):
    found = await examine(installation.dsn, installation.blobs_path.as_uri())
    assert found.violations == []
    assert (found.deposits, found.versions) == (13, 8)
    (of_superseded,) = found.orphans
    assert of_superseded.startswith("snapshots/deliberations-colomiers/")


async def test_the_past_has_every_journey_that_people_decide(installation):
    journeys = await installation.rows("""
        SELECT string_agg(e.state, ' ' ORDER BY e.id) AS journey FROM ingest.deposit AS d
        JOIN ingest.deposit_event AS e ON e.deposit_id = d.id WHERE d.organisation_siren = '213101496'
        GROUP BY d.id ORDER BY d.sequence
    """)
    assert [row["journey"] for row in journeys] == [
        "received validating held validated publishing superseded",
        "received validating validated publishing published",
        "received validating held validated publishing published",
        "received validating held",
        "received cancelled",
        "received failed received validating validated publishing published",
    ]


async def test_an_empty_installation_breaks_nothing(database, tmp_blobs):
    found = await examine(database, tmp_blobs)
    assert (found.violations, found.deposits) == ([], 0)


async def test_a_blob_that_no_record_names_is_told_and_is_no_fault(installation):
    (installation.blobs_path / "raw" / "ab").write_bytes(b"left over")
    found = await examine(installation.dsn, installation.blobs_path.as_uri())
    assert (found.violations, found.orphans[0]) == ([], "raw/ab")


@pytest.mark.parametrize(("invariant", "statements"), [pytest.param(i, s, id=what) for i, what, s in BREAKS])
async def test_what_is_broken_is_named(installation, invariant: str, statements: str):
    await installation.sql(statements)
    assert invariant in await installation.broken()


def test_every_invariant_is_broken_by_a_test():
    assert {invariant for invariant, _, _ in BREAKS} == set(INVARIANTS)


@pytest.mark.parametrize(
    ("folder", "invariant"),
    [("raw", "raw-kept"), ("snapshots", "versions-kept"), ("reports", "verdicts"), ("tables", "verdicts")],
)
async def test_a_blob_that_was_lost_or_spoilt_is_named(installation, folder: str, invariant: str):
    installation.blob(folder).unlink()
    assert await installation.broken() == {invariant}
    spoilt = installation.blob(folder)
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"!")
    assert await installation.broken() == {invariant}
    assert len(await installation.verify()) >= 2


async def test_a_snapshot_with_a_record_too_many_is_named(installation):
    path = installation.blob("snapshots")
    content = path.read_bytes() + path.read_bytes().splitlines(keepends=True)[-1]
    sha256 = hashlib.sha256(content).hexdigest()
    path.with_name(f"{sha256}.csv").write_bytes(content)
    await installation.sql(
        f"UPDATE catalog.version SET snapshot_sha256 = '{sha256}', snapshot_bytes = {len(content)} "
        f"WHERE snapshot_sha256 = '{path.stem}'"
    )
    (violation,) = await installation.verify()
    assert violation.invariant == "versions-kept"
    assert "enregistrements" in violation.detail


async def test_a_deposit_that_has_just_arrived_is_no_fault(installation):
    await installation.sql(
        "UPDATE ingest.deposit SET state = 'received', ended_at = NULL WHERE state = 'rejected';"
        "DELETE FROM validator.validation_report WHERE verdict = 'invalid'"
    )
    assert await installation.broken() == {"deposits-end"}
    found = await examine(installation.dsn, installation.blobs_path.as_uri(), young_seconds=3600)
    assert found.violations == []

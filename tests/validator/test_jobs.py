"""From a received deposit to its verdict: saved once, by whoever holds the claim."""

import asyncio
import io
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from uuid import UUID

import polars as pl
import pytest
from journal import MURET, MakeDeposit, SessionsOf
from judging import deliberation_file
from sqlalchemy import select, update
from sqlmodel import col

from services.ingest.follow import describe
from services.validator.jobs import ValidateTools, validate_deposit
from services.validator.sandbox import Limits, Sandbox
from shared.blobs import Blobs, open_blobs, put_bytes, read_bytes
from shared.db import Sessions
from shared.deposits import VALIDATE, claim, next_in_line
from shared.models import Corrections, Deposit, DepositEvent, DepositState, ValidationReport
from shared.queue import Queue
from shared.registry import Registry
from shared.reports.as_csv import csv_report
from shared.reports.as_html import html_report
from shared.reports.reword import worded
from shared.reports.shape import StoredReport

Receive = Callable[..., Awaitable[Deposit]]


@pytest.fixture(scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One child for the tests of this file."""
    async with Sandbox(size=1) as found:
        yield found


@pytest.fixture
async def tools(
    sessions_of: SessionsOf, tmp_blobs: str, queue_url: str, sandbox: Sandbox, registry: Registry
) -> AsyncIterator[ValidateTools]:
    """What a worker of validator has."""
    queue = Queue(queue_url)
    yield ValidateTools(
        sessions=sessions_of("socle_validator"),
        blobs=open_blobs(tmp_blobs),
        queue=queue,
        sandbox=sandbox,
        registry=registry,
    )
    await queue.close()


@pytest.fixture
def receive(tools: ValidateTools, make_deposit: MakeDeposit) -> Receive:
    """Record a deposit of some text, as ingest does."""

    async def run(text: str, **more: bool) -> Deposit:
        raw = await put_bytes(tools.blobs, text.encode(), folder="raw")
        return await make_deposit(sha256=raw.sha256, size_bytes=raw.size_bytes, **more)

    return run


async def found(sessions: Sessions, deposit_id: UUID) -> Deposit:
    async with sessions() as session:
        return (await session.execute(select(Deposit).where(col(Deposit.id) == deposit_id))).scalar_one()


async def report_row(sessions: Sessions, deposit_id: UUID) -> ValidationReport | None:
    async with sessions() as session:
        return await session.get(ValidationReport, deposit_id)


async def names(blobs: Blobs) -> list[str]:
    return [*await blobs.names("tables"), *await blobs.names("reports")]


async def test_a_valid_file_is_validated(tools: ValidateTools, receive: Receive) -> None:
    deposit = await receive(deliberation_file({}, {"DELIB_ID": "b", "DELIB_DATE": "2023-05-06"}))
    await validate_deposit(deposit.id, tools)
    after, report = await found(tools.sessions, deposit.id), await report_row(tools.sessions, deposit.id)
    assert (after.state, after.lease_until) == (DepositState.VALIDATED, None)
    assert report is not None
    assert (report.verdict, report.rows, report.errors) == ("valid", 2, 0)
    assert (report.schema_version, report.slices) == ("2.1.5", ["2023", "2024"])
    assert await names(tools.blobs) == [
        f"tables/{report.table_sha256}.parquet",
        f"reports/{report.report_sha256}.json",
    ]
    stored = json.loads(await read_bytes(tools.blobs, f"reports/{report.report_sha256}.json"))
    assert stored["input"]["sha256"] == deposit.sha256


async def test_an_invalid_file_is_rejected_with_its_report(tools: ValidateTools, receive: Receive) -> None:
    deposit = await receive(deliberation_file({"DELIB_DATE": "31/13/2024"}))
    await validate_deposit(deposit.id, tools)
    after, report = await found(tools.sessions, deposit.id), await report_row(tools.sessions, deposit.id)
    assert after.state == DepositState.REJECTED
    assert after.ended_at is not None
    assert report is not None
    assert (report.verdict, report.errors, report.table_sha256, report.slices) == ("invalid", 1, None, None)


async def test_the_corrected_table_of_a_refused_file_is_kept(tools: ValidateTools, receive: Receive) -> None:
    deposit = await receive(deliberation_file({"DELIB_DATE": "31/13/2024"}, {"DELIB_DATE": "31/12/2024"}))
    await validate_deposit(deposit.id, tools)
    report = await report_row(tools.sessions, deposit.id)
    assert report is not None
    table = await read_bytes(tools.blobs, f"corrected/{report.corrected_sha256}.parquet")
    assert pl.read_parquet(io.BytesIO(table))["DELIB_DATE"].to_list() == ["31/13/2024", "2024-12-31"]


async def test_a_deposit_is_judged_to_the_letter_when_it_asks_for_it(
    tools: ValidateTools, receive: Receive, owner_sessions: Sessions
) -> None:
    for choice, state in ((Corrections.ALL, DepositState.VALIDATED), (Corrections.NONE, DepositState.REJECTED)):
        deposit = await receive(deliberation_file({"DELIB_DATE": "31/12/2024"}))
        async with owner_sessions.begin() as session:
            await session.execute(update(Deposit).where(col(Deposit.id) == deposit.id).values(corrections=choice))
        await validate_deposit(deposit.id, tools)
        assert (await found(tools.sessions, deposit.id)).state == state


async def test_a_deposit_is_judged_by_what_it_is_to_do(tools: ValidateTools, make_deposit: MakeDeposit) -> None:
    twice = deliberation_file({}, {"DELIB_OBJET": "Autre objet"})
    names = "COLL_SIRET,DELIB_ID,DELIB_DATE\n21310395500018,2024-031,2024-03-28\n"
    for text, mode, state in (
        (twice, "replace", DepositState.VALIDATED),
        (twice, "upsert", DepositState.REJECTED),
        (names, "replace", DepositState.REJECTED),
        (names, "delete", DepositState.VALIDATED),
    ):
        raw = await put_bytes(tools.blobs, text.encode(), folder="raw")
        deposit = await make_deposit(sha256=raw.sha256, size_bytes=raw.size_bytes, mode=mode)
        await validate_deposit(deposit.id, tools)
        assert (await found(tools.sessions, deposit.id)).state == state, mode


async def test_a_job_run_twice_changes_nothing(tools: ValidateTools, receive: Receive) -> None:
    deposit = await receive(deliberation_file({}))
    await asyncio.gather(validate_deposit(deposit.id, tools), validate_deposit(deposit.id, tools))
    await validate_deposit(deposit.id, tools)
    async with tools.sessions() as session:
        states = (await session.execute(select(col(DepositEvent.state)).order_by(col(DepositEvent.id)))).scalars().all()
    assert states == ["received", "validating", "validated"]
    assert (await found(tools.sessions, deposit.id)).attempt == 1


async def test_text_of_an_unknown_encoding_is_rejected(tools: ValidateTools, make_deposit: MakeDeposit) -> None:
    raw = await put_bytes(tools.blobs, deliberation_file({"DELIB_OBJET": "Élan"}).encode("mac_roman"), folder="raw")
    deposit = await make_deposit(sha256=raw.sha256, size_bytes=raw.size_bytes)
    await validate_deposit(deposit.id, tools)
    assert (await found(tools.sessions, deposit.id)).state == DepositState.REJECTED


async def test_a_limit_rejects_the_file(tools: ValidateTools, receive: Receive) -> None:
    deposit = await receive(deliberation_file({}))
    async with Sandbox(size=1, limits=Limits(resident_bytes=1 << 20)) as small:
        text = deliberation_file(*({"DELIB_ID": str(n)} for n in range(30_000)))
        deposit = await receive(text)
        await validate_deposit(deposit.id, replace(tools, sandbox=small))
    report = await report_row(tools.sessions, deposit.id)
    assert report is not None
    stored = json.loads(await read_bytes(tools.blobs, f"reports/{report.report_sha256}.json"))
    assert [rule["code"] for rule in stored["by_rule"]] == ["file-too-complex"]
    assert (await found(tools.sessions, deposit.id)).state == DepositState.REJECTED


async def test_a_crash_counts_and_leaves_the_deposit_to_another_try(
    tools: ValidateTools, make_deposit: MakeDeposit
) -> None:
    deposit = await make_deposit(sha256="0" * 64)  # nothing behind it: a bug of ours, waiting brings nothing back
    await validate_deposit(deposit.id, tools)
    after = await found(tools.sessions, deposit.id)
    assert (after.state, after.stage_attempts) == (DepositState.VALIDATING, 1)
    assert after.lease_until is not None


class UnreachableBlobs:
    """A store that does not answer."""

    def __getattr__(self, name: str) -> object:
        raise ConnectionRefusedError(name)


async def test_trouble_around_us_does_not_count(tools: ValidateTools, receive: Receive) -> None:
    deposit = await receive(deliberation_file({}))
    await validate_deposit(deposit.id, replace(tools, blobs=UnreachableBlobs()))  # type: ignore[arg-type]
    after = await found(tools.sessions, deposit.id)
    assert (after.state, after.stage_attempts, after.attempt) == (DepositState.VALIDATING, 0, 1)


@pytest.mark.parametrize("point", ["validate.checked", "validate.saved"])
async def test_a_failure_at_any_point_loses_nothing(
    tools: ValidateTools, receive: Receive, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    deposit = await receive(deliberation_file({}))
    monkeypatch.setattr("shared.failpoints._passages", Counter())
    monkeypatch.setenv("SOCLE_FAIL_AT", f"{point}:1:raise")
    await validate_deposit(deposit.id, tools)
    after = await found(tools.sessions, deposit.id)
    assert (after.state, after.stage_attempts) == (DepositState.VALIDATING, 1)
    assert await report_row(tools.sessions, deposit.id) is None


async def test_a_worker_that_lost_its_claim_writes_nothing(
    tools: ValidateTools, receive: Receive, owner_sessions: Sessions
) -> None:
    deposit = await receive(deliberation_file({}))
    async with tools.sessions.begin() as session:
        assert await claim(session, deposit.id, VALIDATE) is not None
    await validate_deposit(deposit.id, tools)
    assert (await found(tools.sessions, deposit.id)).state == DepositState.VALIDATING
    assert await report_row(tools.sessions, deposit.id) is None
    assert await names(tools.blobs) == []


NIR, IBAN = "2 69 05 49 588 157 80", "FR14 2004 1010 0505 0001 3M02 606"

PERSONAL = deliberation_file(
    {"DELIB_OBJET": f"Aide à Mme Durand ({NIR})"},
    {"DELIB_ID": "b", "DELIB_OBJET": f"Virement {IBAN}", "COLL_NOM": NIR.replace(" ", "")},
)


async def test_a_file_with_personal_numbers_is_held_and_blocks_nobody(
    tools: ValidateTools, receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    deposit, behind = await receive(PERSONAL), await receive(deliberation_file({}))
    await validate_deposit(behind.id, tools)
    await validate_deposit(deposit.id, tools)
    after, report = await found(tools.sessions, deposit.id), await report_row(tools.sessions, deposit.id)
    assert (after.state, after.ended_at, after.round) == (DepositState.HELD, None, 1)
    assert after.held_reasons == [{"code": "personal-iban", "count": 1}, {"code": "personal-nir", "count": 2}]
    assert after.held_until is not None
    assert 29.9 < (after.held_until - after.received_at).days + 1 < 31.1
    assert report is not None
    assert (report.verdict, report.errors) == ("valid", 0)
    assert report.table_sha256 is not None
    async with tools.sessions() as session:
        assert await next_in_line(session, after) == behind.id


async def test_a_dry_run_that_would_be_held_ends_and_says_why(
    tools: ValidateTools, receive: Receive, sessions_of: SessionsOf
) -> None:
    deposit = await receive(PERSONAL, dry_run=True)
    await validate_deposit(deposit.id, tools)
    after = await found(tools.sessions, deposit.id)
    assert (after.state, after.held_until) == (DepositState.CHECKED, None)
    assert after.ended_at is not None
    async with sessions_of("socle_ingest")() as session:
        shown = await describe(session, after.id)
    assert shown.foreseen is not None
    assert shown.foreseen.state == DepositState.HELD
    assert {one.code: one.count for one in shown.foreseen.reasons} == {"personal-iban": 1, "personal-nir": 2}
    assert (shown.held, shown.outcome, shown.report is None) == (None, None, False)


async def test_the_report_and_the_logs_hold_no_personal_number(
    tools: ValidateTools, receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    broken = deliberation_file(
        {"DELIB_DATE": NIR, "DELIB_OBJET": f"x {NIR} \N{REPLACEMENT CHARACTER}"}, {"DELIB_URL": IBAN}
    )
    for text in (PERSONAL, broken):
        deposit = await receive(text)
        await validate_deposit(deposit.id, tools)
        report = await report_row(tools.sessions, deposit.id)
        assert report is not None
        stored = StoredReport.model_validate_json(await read_bytes(tools.blobs, f"reports/{report.report_sha256}.json"))
        english = worded(stored, "en")
        written = [stored.model_dump_json(), csv_report(stored).decode(), html_report(stored), html_report(english)]
        for text_of_report in [*written, caplog.text, str((await found(tools.sessions, deposit.id)).held_reasons)]:
            compact = re.sub(r"[\s\N{NO-BREAK SPACE}]", "", text_of_report)
            assert NIR.replace(" ", "") not in compact
            assert IBAN.replace(" ", "") not in compact


async def test_the_verdict_names_what_the_file_was_compared_with(tools: ValidateTools, receive: Receive) -> None:
    deposit = await receive(deliberation_file({"COLL_SIRET": "21310149600015"}, {"DELIB_DATE": "2099-01-01"}))
    await validate_deposit(deposit.id, tools)
    report = await report_row(tools.sessions, deposit.id)
    assert report is not None
    stored = json.loads(await read_bytes(tools.blobs, f"reports/{report.report_sha256}.json"))
    assert stored["context"]["organisation"] == {"siren": MURET, "name": "Muret", "kind": "commune"}
    assert stored["context"]["received_on"] == deposit.received_at.date().isoformat()
    assert {rule["code"] for rule in stored["by_rule"] if rule["severity"] == "warning"} == {
        "other-organisation",
        "year-out-of-range",
    }
    assert (await found(tools.sessions, deposit.id)).state == DepositState.VALIDATED

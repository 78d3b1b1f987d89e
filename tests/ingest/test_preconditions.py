"""The version that a deposit starts from: what is refused at once, and what a retry still gets."""

import httpx
import pytest
from journal import MURET, HabilitatedVendor, SessionsOf
from pushes import FILE, PUSH, blobs_kept, deposits_kept, push, refused
from serving import served
from sqlalchemy import text

from services.ingest.app import make_app
from services.ingest.preconditions import base_of
from services.ingest.settings import IngestSettings
from shared.db import Sessions
from shared.errors import InvalidParameter

ENV_NAME = "INGEST_BASE_VERSION_REQUIRED"


async def publish_version(owner_sessions: Sessions, number: int) -> None:
    async with owner_sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO catalog.dataset (id, schema_name, organisation_siren, title, rows, current_version) "
                "VALUES ('deliberations-muret', 'scdl/deliberations', :siren, 'Délibérations', 0, :number) "
                "ON CONFLICT (id) DO UPDATE SET current_version = :number"
            ),
            {"siren": MURET, "number": number},
        )


def test_the_version_is_named_in_one_of_two_ways() -> None:
    assert base_of(None, None) is None
    assert base_of(None, 3) == base_of('"3"', None) == base_of(' "3" ', 3) == 3
    for header in ("3", "*", 'W/"3"', '"3", "4"', '"03"', '""', '"trois"'):
        with pytest.raises(InvalidParameter):
            base_of(header, None)
    with pytest.raises(InvalidParameter):
        base_of('"3"', 4)


async def test_a_deposit_that_is_behind_is_refused_at_once(
    client: httpx.AsyncClient, owner_sessions: Sessions, sessions_of: SessionsOf, tmp_blobs: str
) -> None:
    await publish_version(owner_sessions, 4)
    problem = refused(await push(client, headers={"If-Match": '"3"'}), 412, "base-version-moved")
    assert (problem["dataset"], problem["version"]) == ("deliberations-muret", 4)
    refused(await push(client, params=PUSH | {"base_version": "0"}), 412, "base-version-moved")
    refused(await push(client, headers={"If-Match": "4"}), 400, "invalid-parameter")
    assert (await deposits_kept(sessions_of), blobs_kept(tmp_blobs)) == (0, [])
    accepted = await push(client, headers={"If-Match": '"4"'})
    assert (accepted.status_code, accepted.json()["base_version"]) == (202, 4)


async def test_a_trial_starts_from_a_version_of_trials(
    client: httpx.AsyncClient, vendor: HabilitatedVendor, owner_sessions: Sessions
) -> None:
    await publish_version(owner_sessions, 4)
    async with owner_sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO catalog.dataset (id, schema_name, organisation_siren, trial_of, title, rows, "
                "current_version) VALUES ('essai-1', 'scdl/deliberations', :siren, :vendor, 'Essai', 0, 7)"
            ),
            {"siren": MURET, "vendor": vendor.vendor.id},
        )
    key = (await client.post("/v1/keys", json={"name": "essai", "test": True})).json()["key"]
    with_test_key = {"Authorization": f"Bearer {key}"}
    problem = refused(await push(client, headers=with_test_key | {"If-Match": '"4"'}), 412, "base-version-moved")
    assert (problem["dataset"], problem["version"]) == ("essai-1", 7)
    assert (await push(client, headers=with_test_key | {"If-Match": '"7"'})).status_code == 202
    assert (await push(client, headers={"If-Match": '"4"'})).status_code == 202


async def test_an_installation_may_ask_every_deposit_of_a_schema_for_its_version(
    settings: IngestSettings, vendor: HabilitatedVendor
) -> None:
    headers = {"Authorization": f"Bearer {vendor.key}"}
    for required, asked in (("scdl/deliberations", True), (" decp/marches , * ", True), ("decp/marches", False)):
        strict = IngestSettings.model_validate(settings.model_dump(by_alias=True) | {ENV_NAME: required})
        async with served(make_app(strict)) as url, httpx.AsyncClient(base_url=url, headers=headers) as client:
            if asked:
                refused(await push(client), 428, "base-version-required")
                assert (await push(client, headers={"If-Match": '"0"'})).status_code == 202
            else:
                assert (await push(client)).status_code == 202


async def test_nothing_published_yet_is_version_0(client: httpx.AsyncClient) -> None:
    refused(await push(client, params=PUSH | {"base_version": "1"}), 412, "base-version-moved")
    assert (await push(client, params=PUSH | {"base_version": "0"})).status_code == 202


async def test_a_retry_of_what_was_accepted_gets_its_answer_though_the_data_set_moved_on(
    client: httpx.AsyncClient, owner_sessions: Sessions
) -> None:
    sent = {"If-Match": '"0"', "Idempotency-Key": "depuis-0"}
    first = await push(client, headers=sent)
    await publish_version(owner_sessions, 1)
    again = await push(client, headers=sent)
    assert (again.status_code, again.json()) == (202, first.json())
    refused(await push(client, FILE, headers=sent | {"Idempotency-Key": "autre"}), 412, "base-version-moved")

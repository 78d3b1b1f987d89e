"""Operators record what happens with organisations; nothing of it is lost."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from journal import MURET, PEPPER
from pushes import refused
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.ingest.operators import create_operator_key, revoke_operator_key

HASH = "ab" * 32


async def step(operator: httpx.AsyncClient, step: str, date: str | None, **more: str) -> dict:
    answer = await operator.post(
        f"/v1/admin/organisations/{MURET}/onboarding", json={"step": step, "date": date, **more}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_steps_come_in_any_order_and_the_furthest_tells_the_state(operator, stranger):
    await step(operator, "convention_signed", "2026-03-02", document_sha256=HASH, note="conseil du 2 mars")
    shown = await step(operator, "contacted", "2025-11-20")
    assert shown["onboarding"] == {"state": "convention_signed", "since": "2026-03-02"}
    assert [(one["step"], one["date"]) for one in shown["history"]] == [
        ("contacted", "2025-11-20"),
        ("convention_signed", "2026-03-02"),
    ]
    assert shown["history"][1]["document_sha256"] == HASH
    assert shown["history"][1]["recorded_by"].startswith("operator ")
    public = (await stranger.get(f"/v1/organisations/{MURET}")).json()
    assert public["onboarding"] == shown["onboarding"]


async def test_a_step_corrected_or_taken_back_keeps_its_history(operator):
    await step(operator, "contacted", "2025-11-20")
    await step(operator, "convention_signed", "2026-03-02", document_sha256=HASH)
    corrected = await step(operator, "convention_signed", "2026-03-03")
    assert corrected["history"][0]["document_sha256"] == HASH
    taken = await step(operator, "convention_signed", None)
    assert taken["onboarding"] == {"state": "contacted", "since": "2025-11-20"}
    assert len(taken["history"]) == 4


async def test_the_same_step_twice_is_recorded_once(operator):
    await step(operator, "configured", "2026-03-02")
    assert len((await step(operator, "configured", "2026-03-02"))["history"]) == 1
    assert len((await step(operator, "presented", None))["history"]) == 1


async def test_what_was_recorded_cannot_be_changed(operator, sessions):
    await step(operator, "configured", "2026-03-02")
    for statement in ("UPDATE ingest.onboarding_record SET note = ''", "DELETE FROM ingest.onboarding_record"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with sessions.begin() as session:
                await session.execute(text(statement))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"step": "publishing", "date": "2026-01-01"}, "invalid-request"),
        ({"step": "contacted"}, "invalid-request"),
        ({"step": "contacted", "date": "2026-13-01"}, "invalid-request"),
        ({"step": "convention_signed", "date": "2026-01-01", "document_sha256": "AB"}, "invalid-request"),
        ({"step": "contacted", "date": "2026-01-01", "document_sha256": HASH}, "invalid-onboarding"),
        ({"step": "contacted", "date": f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"}, "invalid-onboarding"),
    ],
)
async def test_a_step_that_makes_no_sense_is_refused(operator, body: dict, code: str):
    refused(await operator.post(f"/v1/admin/organisations/{MURET}/onboarding", json=body), 422, code)


async def test_agents_decide_of_the_obligation(operator):
    path = f"/v1/admin/organisations/{MURET}"
    assert (await operator.get(path)).json()["obligation"] == "unknown"
    for agents, expected in ((412.5, "yes"), (12, "no"), (None, "unknown")):
        answer = (await operator.patch(path, json={"agents": agents})).json()
        assert (answer["agents"], answer["obligation"]) == (agents, expected)
    for bad in ({"agents": -1}, {"agents": "x"}, {"agents": 1, "name": "x"}, {}):
        refused(await operator.patch(path, json=bad), 422, "invalid-request")


async def test_another_producer_is_added_once(operator, stranger):
    body = {"siren": "223100017", "name": "Musée de l'Aérostat", "departement": "31"}
    made = await operator.post("/v1/admin/organisations", json=body)
    assert (made.status_code, made.json()["kind"]) == (201, "other")
    assert (await stranger.get(made.headers["Location"])).json()["name"] == body["name"]
    refused(await operator.post("/v1/admin/organisations", json=body), 409, "already-there")
    refused(await operator.post("/v1/admin/organisations", json={**body, "siren": "1"}), 422, "invalid-request")


async def test_only_an_operators_key_opens_these_doors(client, stranger, base_url, sessions):
    made = await create_operator_key(sessions, name="Sacha", pepper=PEPPER)
    ended = await create_operator_key(
        sessions, name="Sacha", pepper=PEPPER, expires_at=datetime.now(UTC) - timedelta(seconds=1)
    )
    path = f"/v1/admin/organisations/{MURET}"
    wrong = made.text[:-1] + ("a" if made.text[-1] != "a" else "b")
    for key in (wrong, ended.text, "socle_op_x"):
        refused(await stranger.get(path, headers={"Authorization": f"Bearer {key}"}), 401, "operator-key-invalid")
    refused(await client.get(path), 401, "operator-key-invalid")
    refused(await stranger.get(path), 401, "operator-key-invalid")
    headers = {"Authorization": f"Bearer {made.text}"}
    assert (await stranger.get(path, headers=headers)).status_code == 200
    refused(await stranger.get("/v1/deposits", headers=headers), 401, "key-invalid")
    await revoke_operator_key(sessions, prefix=made.prefix)
    refused(await stranger.get(path, headers=headers), 401, "operator-key-invalid")


async def test_each_change_leaves_a_line_in_the_trail(operator, owner_sessions):
    await step(operator, "contacted", "2025-11-20")
    await operator.patch(f"/v1/admin/organisations/{MURET}", json={"agents": 60})
    async with owner_sessions() as session:
        lines = await session.execute(
            text("SELECT action, actor FROM audit.entry WHERE organisation_siren = :siren ORDER BY id"),
            {"siren": MURET},
        )
        found = [(action, actor.split()[0]) for action, actor in lines]
    assert found[-2:] == [("organisation.onboarding", "operator"), ("organisation.agents", "operator")]

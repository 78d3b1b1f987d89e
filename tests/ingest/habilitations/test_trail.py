"""The link that a référent asks for: who is habilitated, what was done, and the requests that wait."""

from uuid import UUID

import pytest
from journal import MURET, HabilitatedVendor
from pushes import push, refused

from services.ingest.habilitations.operate import grant_habilitation, revoke_habilitation
from shared.db import Sessions

ROQUES = "213104581"
REFERENT = "mairie@roques.example"


@pytest.fixture
async def granted(sessions: Sessions, vendor: HabilitatedVendor) -> str:
    """The habilitation of the vendor by Roques."""
    return str(
        await grant_habilitation(
            sessions, vendor=vendor.vendor, organisation_siren=ROQUES, schemas=None, basis="convention"
        )
    )


async def state_of(client, identifier: str) -> str:
    return (await client.get(f"/v1/habilitations/{identifier}")).json()["state"]


async def test_taking_back_nothing_leaves_the_code_good(client, stranger, letters, granted):
    before = len(await letters())
    await stranger.post("/v1/consents", data={"organisation": "213 104 581", "email": REFERENT})
    [letter] = (await letters())[before:]
    answer = {"code": letter.code, "decision": "remove"}
    refused(await stranger.post(letter.path, data=answer), 400, "invalid-parameter")
    await stranger.post(letter.path, data=answer | {"remove": granted})
    assert await state_of(client, granted) == "revoked"


async def test_a_referent_whose_link_is_over_gets_the_request_again(client, stranger, letters):
    body = {"organisation": ROQUES, "schemas": ["scdl/deliberations"]}
    asked = (await client.post("/v1/habilitations", json=body)).json()
    before = len(await letters())
    await stranger.post("/v1/consents", data={"organisation": ROQUES, "email": REFERENT})
    access, request = (await letters())[before:]
    assert "Les habilitations de Roques" in access.subject
    await stranger.post(request.path, data={"code": request.code, "decision": "accept"})
    assert await state_of(client, asked["id"]) == "granted"


async def test_an_organisation_reads_its_own_trail(client, stranger, letters, sessions, vendor, granted):
    assert (await push(client, params={"organisation": ROQUES, "schema": "scdl/deliberations"})).status_code == 202
    await push(client, params={"organisation": MURET, "schema": "scdl/subventions"})
    await revoke_habilitation(sessions, habilitation_id=UUID(granted))
    before = len(await letters())
    await stranger.post("/v1/consents", data={"organisation": ROQUES, "email": REFERENT})
    shown = (await stranger.get((await letters())[before].path)).text
    for told in (
        f"<td>Logiciels du Midi (clé {vendor.key[6:14]})</td><td>dépôt, scdl/deliberations</td>",
        "<td>le département</td><td>habilitation accordée : Logiciels du Midi</td>",
        "<td>le département</td><td>habilitation retirée : Logiciels du Midi</td>",
    ):
        assert told in shown, shown
    assert "scdl/subventions" not in shown

"""Operators say who speaks for an organisation; nobody else is told."""

from uuid import uuid4

from journal import MURET
from pushes import refused

PATH = f"/v1/admin/organisations/{MURET}/referents"


async def test_an_operator_adds_renames_and_removes_referents(operator):
    first = await operator.post(PATH, json={"email": "mairie@muret.exemple.fr", "role": "secrétaire de mairie"})
    assert first.status_code == 200, first.text
    assert first.headers["cache-control"] == "no-store"
    await operator.post(PATH, json={"email": "Mairie@muret.exemple.fr", "name": "Zoé"})
    [one] = (await operator.get(PATH)).json()["data"]
    assert (one["name"], one["role"]) == ("Zoé", "secrétaire de mairie")
    assert (await operator.delete(f"{PATH}/{one['id']}")).status_code == 204
    refused(await operator.delete(f"{PATH}/{one['id']}"), 404, "unknown-referent")
    refused(await operator.delete(f"{PATH}/{uuid4()}"), 404, "unknown-referent")
    assert (await operator.get(PATH)).json()["data"] == []


async def test_what_is_no_address_is_refused(operator):
    for email in ("muret", "a b@muret.fr", "x@muret.fr\nBcc: y@muret.fr", "@muret.fr", "a@b"):
        refused(await operator.post(PATH, json={"email": email}), 422, "invalid-request")


async def test_referents_are_for_operators_alone(client, operator):
    await operator.post(PATH, json={"email": "mairie@muret.exemple.fr"})
    refused(await client.get(PATH), 401, "operator-key-invalid")
    for public in (f"/v1/organisations/{MURET}", f"/v1/follow-up?organisation={MURET}"):
        assert "muret.exemple.fr" not in (await client.get(public)).text

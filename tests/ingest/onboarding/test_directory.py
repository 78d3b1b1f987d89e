"""Organisations as anybody may know them."""

import httpx
import pytest
from journal import MURET
from pushes import refused


async def names(client: httpx.AsyncClient, **asked: object) -> list[str]:
    answer = await client.get("/v1/organisations", params=asked)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["data"]]


async def test_pages_follow_each_other_through_every_organisation(stranger):
    first = (await stranger.get("/v1/organisations", params={"departement": "31", "limit": 300})).json()
    total, found = first["meta"]["total"], [one["siren"] for one in first["data"]]
    following = first["links"]["next"]
    while following:
        page = (await stranger.get(following)).json()
        found += [one["siren"] for one in page["data"]]
        following = page["links"]["next"]
    assert total > 590
    assert len(found) == len(set(found)) == total
    moved = first["links"]["next"].replace("departement=31", "departement=32")
    refused(await stranger.get(moved), 400, "invalid-parameter")


@pytest.mark.parametrize(
    ("q", "expected"),
    [("muret", "Muret"), ("MURÉT", "Muret"), ("dodon isle", "L'Isle-en-Dodon"), ("l'isle-en-dodon", "L'Isle-en-Dodon")],
)
async def test_names_are_found_without_accents_by_the_beginnings_of_their_words(stranger, q: str, expected: str):
    assert expected in await names(stranger, q=q)


async def test_nothing_is_found_inside_words_and_filters_hold_together(stranger):
    assert "Muret" not in await names(stranger, q="uret")
    assert await names(stranger, q="muret", kind="epci") == [
        one for one in await names(stranger, q="muret") if "CA " in one or "CC " in one
    ]
    assert await names(stranger, q="muret", departement="09") == []
    refused(await stranger.get("/v1/organisations?kind=ville"), 422, "invalid-request")
    assert await names(stranger, q="\0%_'") == await names(stranger)


@pytest.mark.parametrize("number", [MURET, f"{MURET}00019", "31395"])
async def test_one_is_shown_with_what_leads_further(stranger, number: str):
    answer = await stranger.get(f"/v1/organisations/{number}")
    shown = answer.json()
    assert (shown["siren"], shown["insee_code"], shown["kind"]) == (MURET, "31395", "commune")
    assert shown["population"] > 20_000
    assert "Muretain" in shown["epci"]["name"]
    assert shown["onboarding"] == {"state": "not_contacted", "since": None}
    assert shown["links"]["follow_up"] == f"/v1/follow-up?organisation={MURET}"
    assert "agents" not in shown
    assert "history" not in shown


async def test_who_has_the_answer_already_is_not_sent_it_again(stranger):
    answer = await stranger.get(f"/v1/organisations/{MURET}")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    again = await stranger.get(f"/v1/organisations/{MURET}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("number", ["999999999", "99999", "muret"])
async def test_an_unknown_number_is_refused(stranger, number: str):
    refused(await stranger.get(f"/v1/organisations/{number}"), 404, "unknown-organisation")

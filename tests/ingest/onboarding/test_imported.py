"""A table of what the département knows, taken as a whole or not at all."""

import httpx
import pytest
from journal import MURET
from pushes import refused

TOULOUSE = "213105554"
HASH = "0f" * 32

TABLE = (
    "siren;step;date;agents;convention_sha256\r\n"
    f"{MURET};contacted;20/11/2025;;\r\n"
    f"{MURET};convention_signed;2026-03-02;412,5;{HASH}\r\n"
    f"213 105 554;;;9000;\r\n"
)


async def send(operator: httpx.AsyncClient, table: str | bytes, **asked: str) -> httpx.Response:
    return await operator.post(
        "/v1/admin/organisations/import", content=table, params=asked, headers={"Content-Type": "text/csv"}
    )


async def test_a_table_is_taken_and_taking_it_again_says_nothing_new(operator):
    tried = (await send(operator, "\ufeff" + TABLE, dry_run="true")).json()
    assert tried == {"dry_run": True, "lines": 3, "organisations": 0, "steps": 2, "agents": 2, "referents": 0}
    assert (await operator.get(f"/v1/admin/organisations/{MURET}")).json()["history"] == []
    assert (await send(operator, TABLE)).json() == {**tried, "dry_run": False}
    assert (await send(operator, TABLE)).json() == {**tried, "dry_run": False, "steps": 0, "agents": 0}
    shown = (await operator.get(f"/v1/admin/organisations/{MURET}")).json()
    assert shown["onboarding"] == {"state": "convention_signed", "since": "2026-03-02"}
    assert (shown["agents"], shown["obligation"], shown["history"][0]["document_sha256"]) == (412.5, "yes", HASH)
    assert (await operator.get(f"/v1/admin/organisations/{TOULOUSE}")).json()["agents"] == 9000


async def test_a_table_brings_producers_and_referents_too(operator):
    table = (
        "siren,name,departement,referent_email,referent_name,referent_role\n"
        "223100017,Archives de test,31,archives@exemple.fr,Ana,archiviste\n"
        f"{MURET},Autre nom,,mairie@muret.exemple.fr,,secrétaire de mairie\n"
        f"{MURET},,,MAIRIE@muret.exemple.fr,Zoé,\n"
    )
    assert (await send(operator, table, dry_run="true")).json()["referents"] == 3
    assert (await operator.get("/v1/admin/organisations/223100017")).status_code == 404
    assert (await send(operator, table)).json() == {
        "dry_run": False,
        "lines": 3,
        "organisations": 1,
        "steps": 0,
        "agents": 0,
        "referents": 3,
    }
    again = (await send(operator, table)).json()
    assert (again["organisations"], again["referents"]) == (0, 0)
    assert (await operator.get("/v1/organisations/223100017")).json()["name"] == "Archives de test"
    assert (await operator.get(f"/v1/organisations/{MURET}")).json()["name"] == "Muret"
    [one] = (await operator.get(f"/v1/admin/organisations/{MURET}/referents")).json()["data"]
    assert (one["email"], one["name"], one["role"]) == ("mairie@muret.exemple.fr", "Zoé", "secrétaire de mairie")


async def test_bad_producers_and_referents_are_named(operator):
    head = "siren,name,departement,referent_email,referent_name\n"
    for line, why in (
        (f"{MURET},,,muret,", "n'est pas une adresse"),
        (f"{MURET},,,,Zoé", "sans son adresse"),
        ("223100017,Muret,,,", "porte déjà le nom"),
        ("223100017,—,,,", "n'est pas le nom"),
        ("223100017,Archives,Ariège,,", "n'est pas le code d'un département"),
    ):
        answer = await send(operator, f"{head}{line}\n")
        refused(answer, 422, "import-refused")
        assert why in answer.json()["lines"][0]["detail"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("12;contacted;2026-01-01;;", "n'est pas un SIREN"),
        (f"{MURET};signed;2026-01-01;;", "n'est pas une étape"),
        (f"{MURET};publishing;2026-01-01;;", "la première publication la date"),
        (f"{MURET};contacted;31/02/2026;;", "n'est pas une date"),
        (f"{MURET};contacted;;;", "n'est pas une date"),
        (f"{MURET};contacted;2999-01-01;;", "dans l'avenir"),
        (f"{MURET};;2026-01-01;;", "sans étape"),
        (f"{MURET};;;;", "ni étape, ni nombre d'agents"),
        (f"{MURET};;;beaucoup;", "n'est pas un nombre d'agents"),
        (f"{MURET};;;-5;", "n'est pas un nombre d'agents"),
        (f"{MURET};contacted;2026-01-01;;{HASH}", "ne va pas avec l'étape"),
        (f"{MURET};convention_signed;2026-01-01;;abc", "n'est pas un SHA-256"),
        (f"{MURET};contacted;2026-01-01;;;x", "plus de cellules"),
        ("999999999;contacted;2026-01-01;;", "aucun organisme"),
    ],
)
async def test_one_bad_line_refuses_the_whole_table_and_is_named(operator, line: str, why: str):
    answer = await send(operator, f"{TABLE}{line}\r\n")
    refused(answer, 422, "import-refused")
    assert [one["line"] for one in answer.json()["lines"]] == [5]
    assert why in answer.json()["lines"][0]["detail"]
    assert "Ligne 5" in answer.json()["detail"]
    assert (await operator.get(f"/v1/admin/organisations/{MURET}")).json()["history"] == []


@pytest.mark.parametrize("table", ["", "nom;ville\n", "siren;siren\n", TABLE.encode("utf-16"), b"siren;step\n\xff"])
async def test_what_is_no_such_table_is_refused(operator, table: str | bytes):
    answer = await send(operator, table)
    refused(answer, 422, "import-refused")
    assert answer.json()["lines"][0]["line"] == 1

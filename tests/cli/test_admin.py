"""The operator's day, from another process, over a database of this test's own."""

import json
import re

import pytest
from commands import socle
from journal import MURET, PEPPER

from services.ingest.auth import find_vendor
from services.ingest.keys import parse_key
from shared import deposits
from shared.models import Deposit, DepositState


@pytest.fixture
def admin(database: str, tmp_blobs: str):
    def run(*words: str):
        return socle(
            "admin",
            *words,
            SOCLE_DATABASE_URL=database,
            SOCLE_KEY_PEPPER=PEPPER,
            SOCLE_BLOBS_URL=tmp_blobs,
        )

    return run


async def test_a_vendor_gets_a_key_that_works_until_it_is_revoked(admin, sessions_of):
    assert admin("vendor", "create", "Logiciels du Lauragais").returncode == 0
    again = admin("vendor", "create", "Logiciels du Lauragais")
    assert (again.returncode, "existe déjà" in again.stderr) == (2, True)
    assert "Logiciels du Lauragais" in admin("vendor", "list").stdout

    made = admin("key", "create", "--vendor", "Logiciels du Lauragais", "--name", "production")
    key = made.stdout.strip()
    parsed = parse_key(key)
    assert parsed is not None
    prefix, secret, _ = parsed

    async def owner() -> str | None:
        async with sessions_of("socle_ingest")() as session:
            found = await find_vendor(session, parsed, pepper=PEPPER)
            return found.name if found else None

    assert await owner() == "Logiciels du Lauragais"
    listed = admin("key", "list").stdout
    assert f"{prefix} | Logiciels du Lauragais | production" in listed
    assert secret not in listed
    assert admin("key", "revoke", prefix).returncode == 0
    assert await owner() is None
    assert "révoquée" in admin("key", "list").stdout
    assert admin("key", "revoke", "nothing").returncode == 2


def test_an_organisation_lets_a_vendor_deposit_and_stops_letting_it(admin):
    admin("vendor", "create", "Logiciels du Lauragais")
    granted = admin(
        "habilitation", "grant", "--vendor", "Logiciels du Lauragais", "--organisation", MURET,
        "--basis", "convention 12", "--schema", "deliberations",
    )  # fmt: skip
    found = re.search(r"[0-9a-f-]{36}", granted.stdout)
    assert found is not None, granted.stderr
    assert (
        f"{found[0]} | Logiciels du Lauragais | Muret | scdl/deliberations | active"
        in admin("habilitation", "list").stdout
    )
    assert admin("habilitation", "revoke", found[0]).returncode == 0
    assert "révoquée" in admin("habilitation", "list").stdout


@pytest.mark.parametrize(
    ("option", "value"), [("--vendor", "Inconnu"), ("--organisation", "999999999"), ("--schema", "nothing")]
)
def test_a_habilitation_needs_what_it_names(admin, option: str, value: str):
    admin("vendor", "create", "Éditeur")
    named = {"--vendor": "Éditeur", "--organisation": MURET, "--basis": "essai", "--schema": "bal"} | {option: value}
    refused = admin("habilitation", "grant", *(word for pair in named.items() for word in pair))
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_an_organisation_may_be_added_and_found(admin):
    assert admin("organisation", "create", "--siren", "223100017", "--name", "Archives de test").returncode == 0
    assert "223100017 | — | Archives de test | archives-de-test" in admin("organisation", "list", "archives").stdout
    assert admin("organisation", "create", "--siren", "22310001", "--name", "Autre").returncode == 2
    assert admin("organisation", "create", "--siren", MURET, "--name", "Autre").returncode == 2


async def test_the_operator_sends_a_held_deposit_on_seeing_why(admin, make_deposit, sessions_of):
    deposit, validator = await make_deposit(), sessions_of("socle_validator")
    async with validator.begin() as session:
        held = await deposits.claim(session, deposit.id, deposits.VALIDATE)
        await deposits.hold(session, held, [{"code": "personal-nir", "count": 2}], until_days=30)
    blind = admin("deposit", "confirm", str(deposit.id))
    assert (blind.returncode, "personal-nir=2" in blind.stdout) == (1, True)
    other = admin("deposit", "confirm", str(deposit.id), "--reason", "personal-nir=1")
    assert (other.returncode, "Motifs différents" in other.stderr) == (2, True)
    assert admin("deposit", "confirm", str(deposit.id), "--reason", "personal-nir").returncode == 2
    done = admin("deposit", "confirm", str(deposit.id), "--reason", "personal-nir=2")
    assert (done.returncode, done.stdout.strip()) == (0, f"Dépôt {deposit.id} : validated")


async def test_the_operator_cancels_and_tries_again(admin, make_deposit, sessions_of):
    waiting, failed = await make_deposit(), await make_deposit()
    async with sessions_of("socle_ingest").begin() as session:
        await deposits.decide(session, await session.get(Deposit, failed.id), DepositState.FAILED)
    assert "failed" in admin("deposit", "cancel", str(failed.id)).stderr
    assert admin("deposit", "cancel", str(waiting.id)).stdout.strip() == f"Dépôt {waiting.id} : cancelled"
    assert admin("deposit", "retry", str(failed.id)).stdout.strip() == f"Dépôt {failed.id} : received"
    assert admin("deposit", "retry", str(failed.id)).returncode == 2
    assert admin("deposit", "confirm", str(failed.id)).returncode == 2


def test_verify_prints_a_line_for_each_invariant_and_its_exit_code_tells(admin):
    whole = admin("verify")
    assert whole.returncode == 0, whole.stderr
    assert whole.stdout.count("tenu") == 9
    lines = [json.loads(line) for line in admin("verify", "--json", "--wait-seconds", "1").stdout.splitlines()]
    assert [line["holds"] for line in lines[:-1]] == [True] * 9
    assert lines[-1] == {"deposits": 0, "versions": 0, "blobs": 0, "orphans": []}


async def test_verify_exits_with_1_when_something_is_broken(admin, make_deposit):
    await make_deposit()
    broken = admin("verify", "--wait-seconds", "0.1")
    assert broken.returncode == 1
    assert "ROMPU  raw-kept" in broken.stdout
    assert "ROMPU  deposits-end" in broken.stdout


def test_verify_needs_the_blobs(database: str):
    refused = socle("admin", "verify", SOCLE_DATABASE_URL=database)
    assert (refused.returncode, "SOCLE_BLOBS_URL" in refused.stderr) == (2, True)

"""The operator follows organisations from the terminal."""

from pathlib import Path

import pytest
from commands import socle
from journal import MURET, PEPPER


@pytest.fixture
def admin(database: str):
    def run(*words: str):
        return socle("admin", *words, SOCLE_DATABASE_URL=database, SOCLE_KEY_PEPPER=PEPPER)

    return run


def test_steps_and_agents_are_recorded_and_shown(admin, tmp_path: Path):
    convention = tmp_path / "convention.pdf"
    convention.write_bytes(b"convention")
    done = admin(
        "organisation", "step", MURET, "convention_signed", "--date", "02/03/2026", "--document", str(convention)
    )
    assert (done.returncode, "convention signée" in done.stdout) == (0, True), done.stderr
    assert "Obligation de publier : oui" in admin("organisation", "agents", "31395", "412.5").stdout
    shown = admin("organisation", "show", MURET).stdout
    assert f"Muret ({MURET}) : convention signée depuis le 02/03/2026" in shown
    assert "convention_signed | 02/03/2026" in shown
    assert "pas encore contacté" in admin("organisation", "step", MURET, "convention_signed", "--undo").stdout
    assert admin("organisation", "step", MURET, "publishing").returncode == 2
    future = admin("organisation", "step", MURET, "contacted", "--date", "2999-01-01")
    assert (future.returncode, "dans l'avenir" in future.stderr) == (2, True)


def test_a_table_is_imported_or_refused_with_its_lines(admin, tmp_path: Path):
    table = tmp_path / "suivi.csv"
    table.write_text(f"siren,step,date\n{MURET},contacted,2026-01-15\n")
    assert "seraient notés : 1 étapes" in admin("organisation", "import", str(table), "--dry-run").stdout
    assert "pas encore contacté" in admin("organisation", "show", MURET).stdout
    assert "notés : 1 étapes" in admin("organisation", "import", str(table)).stdout
    table.write_text(f"siren,step,date\n{MURET},presented,hier\n1,contacted,2026-01-15\n")
    refused = admin("organisation", "import", str(table))
    assert refused.returncode == 2
    assert "Ligne 2 : « hier » n'est pas une date" in refused.stderr
    assert "ligne 3 : « 1 » n'est pas un SIREN" in refused.stderr


def test_an_operators_key_is_made_listed_and_revoked(admin):
    key = admin("operator", "create", "Camille Martin", "--days", "90").stdout.strip()
    assert key.startswith("socle_op_")
    prefix = key.removeprefix("socle_op_")[:8]
    listed = admin("operator", "list").stdout
    assert f"{prefix} | Camille Martin" in listed
    assert key[-43:] not in listed
    assert admin("operator", "revoke", prefix).returncode == 0
    assert "révoquée" in admin("operator", "list").stdout
    assert admin("operator", "revoke", "nothing").returncode == 2

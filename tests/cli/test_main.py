"""The command as people and machines call it: other processes, exit codes, French lines."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import socle
from judging import deliberation_file

DEMO = Path(__file__).parents[2] / "services" / "cli" / "demo_files"


def test_the_help_names_every_command_and_loads_nothing_heavy():
    code = "import sys; from services.cli.main import app; print([m for m in HEAVY if m in sys.modules])"
    heavy = ["sqlalchemy", "polars", "fastapi", "httpx", "frictionless", "pydantic"]
    loaded = subprocess.run(
        [sys.executable, "-c", f"HEAVY = {heavy}; {code}"], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
    shown = socle("--help")
    assert shown.returncode == 0
    for command in ("start", "serve", "work", "migrate", "push", "check", "schemas", "admin"):
        assert command in shown.stdout


@pytest.mark.parametrize("words", [("serve", "ingest"), ("serve", "all"), ("work", "validator"), ("work", "catalog")])
def test_a_missing_setting_stops_a_process_with_its_name(words: tuple[str, ...]):
    done = socle(*words, SOCLE_DATABASE_URL="postgresql://localhost/socle", SOCLE_QUEUE_URL="redis://localhost")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Il manque la variable d'environnement SOCLE_BLOBS_URL.",
        "Il manque la variable d'environnement SOCLE_KEY_PEPPER.",
    ]


def test_an_unreadable_setting_is_named_and_its_value_is_not_shown():
    done = socle(
        "serve",
        "ingest",
        SOCLE_DATABASE_URL="postgresql://localhost/socle",
        SOCLE_QUEUE_URL="redis://localhost",
        SOCLE_BLOBS_URL="file:///nowhere",
        SOCLE_KEY_PEPPER="secret",
        INGEST_MAX_UPLOADS="beaucoup",
    )
    assert done.returncode == 2
    assert "INGEST_MAX_UPLOADS" in done.stderr
    assert "beaucoup" not in done.stderr
    assert "Traceback" not in done.stderr


def test_migrate_asks_for_its_database():
    done = socle("migrate")
    assert (done.returncode, done.stderr.strip()) == (2, "Il manque la variable d'environnement SOCLE_DATABASE_URL.")


def test_migrate_prepares_an_empty_database_and_may_run_again(database: str):
    for _ in range(2):
        done = socle("migrate", SOCLE_DATABASE_URL=database)
        assert (done.returncode, done.stdout.strip()) == (0, "La base est à jour."), done.stderr


def test_check_says_what_is_wrong_and_where(tmp_path: Path):
    file = tmp_path / "deliberations.csv"
    file.write_text(deliberation_file({"COLL_SIRET": "21310395500011"}))
    done = socle("check", str(file), "--schema", "deliberations")
    assert done.returncode == 1, done.stderr
    assert "2 | COLL_SIRET | 21310395500011 |" in done.stdout
    assert "est invalide selon scdl/deliberations" in done.stdout


def test_check_accepts_a_valid_file_and_gives_the_whole_report_as_json(tmp_path: Path):
    file = tmp_path / "deliberations.csv"
    file.write_text(deliberation_file({}))
    done = socle("check", str(file), "--schema", "scdl/deliberations", "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["verdict"] == "valid"
    assert report["schema"]["name"] == "scdl/deliberations"


def test_check_lists_corrections_writes_the_corrected_file_and_may_judge_to_the_letter(tmp_path: Path):
    file, corrected = tmp_path / "deliberations.csv", tmp_path / "corrected.csv"
    file.write_text(deliberation_file({"DELIB_DATE": "31/12/2024"}))
    done = socle("check", str(file), "--schema", "deliberations", "--corrected", str(corrected))
    assert done.returncode == 0, done.stderr
    assert "2 | DELIB_DATE | La date" in done.stdout
    assert ",2024-12-31," in corrected.read_text()
    literal = socle("check", str(file), "--schema", "deliberations", "--corrections", "none")
    assert literal.returncode == 1, literal.stderr
    again = socle("check", str(corrected), "--schema", "deliberations", "--corrections", "none")
    assert again.returncode == 0, again.stdout


def test_check_reads_a_file_in_the_encoding_declared(tmp_path: Path):
    file = tmp_path / "deliberations.csv"
    file.write_text(deliberation_file({"DELIB_OBJET": "Été à la mairie"}), encoding="mac-roman")
    unsure = socle("check", str(file), "--schema", "deliberations")
    assert (unsure.returncode, "--charset" in unsure.stdout) == (1, True)
    told = socle("check", str(file), "--schema", "deliberations", "--charset", "macintosh")
    assert told.returncode == 0, told.stdout


def test_check_writes_its_report_in_every_form_and_in_english(tmp_path: Path):
    file = tmp_path / "deliberations.csv"
    file.write_text(deliberation_file({"DELIB_DATE": "31/13/2024"}))
    starts = {"json": b"{", "html": b"<!doctype html>", "csv": b"severity,code,row", "xlsx": b"PK", "validata": b"{"}
    for form, start in starts.items():
        written = tmp_path / f"report.{form}"
        asked = ["--format", form] if form == "validata" else []
        done = socle("check", str(file), "--schema", "deliberations", "--lang", "en", "--output", str(written), *asked)
        assert done.returncode == 1, done.stderr
        assert written.read_bytes().startswith(start)
        assert "is invalid according to scdl/deliberations" in done.stdout
        assert f"Report: {written}" in done.stdout
    page = (tmp_path / "report.html").read_text()
    assert "Validation report" in page


@pytest.mark.parametrize("words", [("--format", "xlsx"), ("--output", "rapport.txt"), ("--organisation", "0")])
def test_check_refuses_what_it_cannot_carry_out(tmp_path: Path, words: tuple[str, str]):
    file = tmp_path / "deliberations.csv"
    file.write_text(deliberation_file({}))
    done = socle("check", str(file), "--schema", "deliberations", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_check_judges_by_mode_and_compares_with_an_organisation(tmp_path: Path):
    file = tmp_path / "names.csv"
    file.write_text("COLL_SIRET,DELIB_ID,DELIB_DATE\n21310395500018,2024-031,2024-03-28\n")
    assert socle("check", str(file), "--schema", "deliberations").returncode == 1
    assert socle("check", str(file), "--schema", "deliberations", "--mode", "delete").returncode == 0
    file.write_text(deliberation_file({}))
    done = socle("check", str(file), "--schema", "deliberations", "--organisation", "31555")
    assert "other-organisation" not in done.stdout
    assert "1 avertissement" in done.stdout, done.stdout


def test_check_says_what_would_hold_a_deposit(tmp_path: Path):
    file = tmp_path / "deliberations.csv"
    file.write_text(deliberation_file({"DELIB_OBJET": "Dossier 1 85 05 78 006 084 91"}))
    done = socle("check", str(file), "--schema", "deliberations")
    assert done.returncode == 0, done.stdout
    assert "serait retenu jusqu'à sa confirmation : personal-nir (1)." in done.stdout


def test_an_unknown_schema_is_refused_with_those_there_are(tmp_path: Path):
    file = tmp_path / "file.csv"
    file.write_text("a\n1\n")
    done = socle("check", str(file), "--schema", "nothing")
    assert done.returncode == 2
    assert "scdl/deliberations" in done.stderr
    assert "Traceback" not in done.stderr


def test_schemas_lists_them_and_shows_one():
    listed = socle("schemas")
    assert "etalab/schema-bal | bal | 1.5.0 (+2)" in listed.stdout
    shown = socle("schemas", "show", "prenoms")
    assert "ENFANT_PRENOM | string | oui" in shown.stdout
    assert socle("schemas", "show", "nothing").returncode == 2
    assert socle("schemas", "remove").returncode == 2


def test_push_without_a_destination_says_what_to_give(tmp_path: Path):
    file = str(DEMO / "deliberations-cazeres.csv")
    done = socle("push", file, "--schema", "deliberations", SOCLE_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "SOCLE_BASE_URL" in done.stderr


def test_admin_without_a_database_says_how_to_name_one(tmp_path: Path):
    done = socle("admin", "vendor", "list", SOCLE_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "SOCLE_DATABASE_URL" in done.stderr


def test_a_database_that_does_not_answer_is_no_stack_trace(tmp_path: Path):
    url = f"postgresql://socle@/socle?host={tmp_path}&port=5432"
    done = socle("admin", "vendor", "list", SOCLE_DATABASE_URL=url)
    assert done.returncode == 2
    assert "ne répond pas" in done.stderr
    assert "Traceback" not in done.stderr

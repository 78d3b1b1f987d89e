"""Every CSV file of the six schemas in the official collection: a verdict, findings to act on, and why it differs.

Ours, to the letter, is compared with Validata 0.13 (on Frictionless 5.18.1, its working pair) as `MANIFEST.tsv`
records it; then what our corrections mend is said.
"""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from judging import Judge, codes

SCHEMAS = {
    "deliberations": "scdl/deliberations",
    "subventions": "scdl/subventions",
    "equipements": "scdl/equipements",
    "prenoms": "scdl/prenoms",
    "base-adresse-locale": "etalab/schema-bal",
    "marches-publics": "decp/marches",
}
"""Folder of the collection → our schema."""

VALIDATA = "validata0.13.0+frictionless5.18.1"

OTHERS = ("datasubvention-fork", "futurocite-be")
"""Schemas of others, under which some files were judged too."""

ADDRESSES = "base-adresse-locale"

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "bal" / "official.json").read_text())
"""Name of a file of addresses → what the national judge says of it: its rules decide there, not the Table Schema's."""

VOTES = "le décompte des voix avertit sans refuser : pouvoirs et votes blancs"
EMPTY = "un fichier sans ligne ne sert à personne"
READ = "lu par nous (cp1252), illisible pour Validata"

WANTED: dict[str, tuple[str, str]] = {
    "_derived/deliberations/header_only.csv": ("invalid", EMPTY),
    "_derived/deliberations/nomenclature_wrong.csv": ("valid", "un référentiel propre à la collectivité est admis"),
    "_derived/deliberations/votes_sum_wrong.csv": ("valid", VOTES),
    "_derived/deliberations/valid_cp1252_semicolon_crlf.csv": ("valid", READ),
    "marches-publics/decp-tabulaire_fichier-vide.csv": ("invalid", EMPTY),
}
"""File → our verdict and why it is not Validata's."""

MENDED = {
    "_derived/deliberations/blank_rows_end.csv": {},
    "_derived/deliberations/dates_jjmmaaaa.csv": {"date-to-iso": 5},
    "_derived/deliberations/dates_normandie_style.csv": {"date-to-iso": 5},
    "_derived/deliberations/header_lowercase.csv": {"header-name": 17},
    "_derived/deliberations/siret_spaces.csv": {"identifier-text": 3},
    "_derived/equipements/decimal_comma.csv": {"number-plain": 2},
}
"""Files, addresses aside, that are invalid to the letter and valid once corrected → the corrections, all listed."""


def entries(official: Path) -> list[dict[str, str]]:
    with (official / "scdl" / "files" / "MANIFEST.tsv").open(encoding="utf-8") as file:
        every = csv.DictReader(file, delimiter="\t")
        return [entry for entry in every if entry["file"].endswith(".csv") and folder_of(entry["file"]) in SCHEMAS]


def folder_of(name: str) -> str:
    return name.removeprefix("_derived/").split("/")[0]


def theirs(entry: dict[str, str]) -> str:
    """Validata's verdict under the catalogue's schema: `valid`, or `invalid` (unreadable counts as refused)."""
    judgements = [each for each in entry[VALIDATA].split("; [") if not any(other in each for other in OTHERS)]
    return "valid" if any(each.endswith("VALID") and "INVALID" not in each for each in judgements) else "invalid"


@pytest.fixture
def files(official: Path) -> Path:
    """The folder of the collection."""
    return official / "scdl" / "files"


def test_verdicts_are_validatas_but_for_wanted_differences(official: Path, files: Path, judge: Judge) -> None:
    differences = {}
    for entry in entries(official):
        name = entry["file"]
        if folder_of(name) == ADDRESSES:
            continue
        verdict = judge(files / name, SCHEMAS[folder_of(name)], corrections="none").report.verdict
        if verdict != theirs(entry):
            differences[name] = verdict
    assert differences == {name: verdict for name, (verdict, _) in WANTED.items()}


def test_verdicts_on_addresses_are_those_of_the_national_judge(files: Path, judge: Judge) -> None:
    for name, recorded in ORACLE.items():
        report = judge(files / ADDRESSES / name, SCHEMAS[ADDRESSES], corrections="none").report
        assert (report.verdict, report.judged_by.version) == (recorded["outcome"], f"{recorded['profile']}.0"), name


def test_corrections_mend_files_and_spoil_none(official: Path, files: Path, judge: Judge) -> None:
    mended = {}
    for entry in entries(official):
        name = entry["file"]
        if folder_of(name) == ADDRESSES:  # the rules of addresses decide there, spelling seldom does
            continue
        literal = judge(files / name, SCHEMAS[folder_of(name)], corrections="none").report
        corrected = judge(files / name, SCHEMAS[folder_of(name)]).report
        assert literal.verdict == "invalid" or corrected.verdict == "valid", name
        if corrected.verdict != literal.verdict:
            mended[name] = dict(Counter(each.rule for each in corrected.corrections))
    assert mended == MENDED


def test_every_refusal_can_be_acted_on(official: Path, files: Path, judge: Judge) -> None:
    for entry in entries(official):
        report = judge(files / entry["file"], SCHEMAS[folder_of(entry["file"])]).report
        errors = [finding for finding in report.findings if finding.severity == "error"]
        assert bool(errors) is (report.verdict == "invalid"), entry["file"]
        for finding in errors:
            assert finding.message
            assert finding.how_to_mend
            assert finding.row is not None or finding.code in ("no-rows", "empty-file", "html-instead-of-csv")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("_derived/deliberations/blank_rows_end.csv", {"blank-row": 2}),
        ("_derived/deliberations/dates_jjmmaaaa.csv", {"date-format": 5}),
        ("_derived/deliberations/duplicate_rows.csv", {"duplicate-identity": 1}),
        ("_derived/deliberations/extra_cell.csv", {"extra-cell": 1}),
        ("_derived/deliberations/html_instead_of_csv.csv", {"html-instead-of-csv": 1}),
        ("_derived/deliberations/missing_cells.csv", {"missing-cell": 13, "required-value": 3}),
        ("_derived/deliberations/pref_date_before.csv", {"comparison-failed": 1}),
        ("_derived/deliberations/siret_bad_luhn.csv", {"siret-invalid": 3}),
        ("_derived/deliberations/siret_spaces.csv", {"pattern-mismatch": 3}),
        ("_derived/equipements/decimal_comma.csv", {"number-format": 2}),
        ("equipements/saint-etienne-metropole_services-publics_osm.csv", {"encoding-unknown": 1}),
        ("subventions/datasubvention_exemple-duplicate-column.csv", {"duplicate-column": 1}),
        ("subventions/etalab_format-subventions_exemple.csv", {"pattern-mismatch": 2, "siret-invalid": 1}),
    ],
)
def test_counts_are_those_of_validata(files: Path, judge: Judge, name: str, expected: dict[str, int]) -> None:
    assert codes(judge(files / name, SCHEMAS[folder_of(name)], corrections="none")) == expected

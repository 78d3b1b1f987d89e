"""The French checks, row by row and where their columns are absent."""

from dataclasses import replace

import pytest
from judging import Judge, codes, deliberation_file

from services.validator.checks.explain import UnsupportedSchema
from services.validator.checks.french import make_row_checks
from shared.registry import Registry, SchemaVersion

VOTES = {"VOTE_EFFECTIF": "35", "VOTE_REEL": "33", "VOTE_POUR": "30", "VOTE_CONTRE": "1", "VOTE_ABSTENTION": "2"}

GRANT = {
    "nomAttribuant": "Commune de Muret",
    "idAttribuant": "21310395500018",
    "dateConvention": "2024-04-15",
    "nomBeneficiaire": "Amis de la médiathèque",
    "idBeneficiaire": "73282932000074",
    "rnaBeneficiaire": "",
    "objet": "Fonctionnement",
    "montant": "2500.00",
    "nature": "aide en numéraire",
    "conditionsVersement": "unique",
    "datesPeriodeVersement": "2024-05-01",
    "notificationUE": "non",
    "pourcentageSubvention": "1",
}


def grant_file(*, without: tuple[str, ...] = (), **changes: str) -> str:
    row = {name: text for name, text in {**GRANT, **changes}.items() if name not in without}
    return ",".join(row) + "\n" + ",".join(row.values()) + "\n"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"COLL_SIRET": "21310395500019"}, {"siret-invalid": 1}),
        ({"COLL_SIRET": "2131039550001"}, {"siret-invalid": 1, "pattern-mismatch": 1}),
        ({"DELIB_MATIERE_NOM": "Finances locales / Subventions"}, {"nomenclature-acte": 1}),
        ({"DELIB_MATIERE_NOM": "FINANCES LOCALES/x"}, {}),
        ({"DELIB_MATIERE_NOM": "libertes publiques et pouvoirs de police/x/y"}, {}),
        ({"DELIB_MATIERE_NOM": "Finances locales"}, {"nomenclature-acte": 1}),
        ({"DELIB_MATIERE_NOM": "Voirie/Travaux"}, {"nomenclature-acte": 1}),
        ({"BUDGET_ANNEE": "2024", "BUDGET_NOM": "Principal"}, {}),
        ({"BUDGET_ANNEE": "2024/2025", "BUDGET_NOM": "Principal"}, {}),
        ({"BUDGET_ANNEE": "2024/2024", "BUDGET_NOM": "Principal"}, {"year-interval": 1}),
        ({"BUDGET_ANNEE": "24", "BUDGET_NOM": "Principal"}, {"year-interval": 1, "pattern-mismatch": 1}),
        ({"BUDGET_ANNEE": "2024", "BUDGET_NOM": ""}, {"columns-not-cohesive": 1}),
        ({"BUDGET_ANNEE": "", "BUDGET_NOM": ""}, {}),
        ({"PREF_DATE": "2024-03-27"}, {"comparison-failed": 1}),
        ({"PREF_DATE": "2024-03-28"}, {}),
        ({"PREF_DATE": "28/03/2024"}, {"date-format": 1}),
        (VOTES, {}),
        ({**VOTES, "VOTE_EFFECTIF": "32"}, {"comparison-failed": 1}),
        ({**VOTES, "VOTE_POUR": "9"}, {"sum-mismatch": 1}),
        ({**VOTES, "VOTE_POUR": "34"}, {"sum-mismatch": 1, "comparison-failed": 1}),
        ({**VOTES, "VOTE_POUR": "x"}, {"integer-format": 1, "columns-not-cohesive": 1}),
        ({**VOTES, "VOTE_POUR": ""}, {"columns-not-cohesive": 1}),
    ],
)
def test_a_deliberation_is_checked(judge: Judge, changes: dict[str, str], expected: dict[str, int]) -> None:
    assert codes(judge(deliberation_file(changes), corrections="none")) == expected


def test_cohesive_columns_of_which_some_are_absent_are_told_once(judge: Judge) -> None:
    found = judge(deliberation_file({"BUDGET_ANNEE": "2024"}, {"BUDGET_ANNEE": "2024", "DELIB_ID": "2"}))
    assert codes(found) == {"columns-not-cohesive": 1}
    (finding,) = [each for each in found.report.findings if each.code == "columns-not-cohesive"]
    assert finding.row == 1
    assert "BUDGET_NOM" in finding.message


def test_the_severity_is_the_schemas(judge: Judge) -> None:
    assert judge(deliberation_file({**VOTES, "VOTE_POUR": "9"})).report.verdict == "valid"
    assert judge(deliberation_file({**VOTES, "VOTE_EFFECTIF": "32"})).report.verdict == "invalid"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (grant_file(), {}),
        (grant_file(idBeneficiaire=""), {"one-of-required": 1}),
        (grant_file(idBeneficiaire="", rnaBeneficiaire="W123456789"), {}),
        (grant_file(without=("rnaBeneficiaire",)), {}),
        (grant_file(without=("rnaBeneficiaire",), idBeneficiaire=""), {"one-of-required": 1}),
        (grant_file(without=("rnaBeneficiaire", "idBeneficiaire")), {"one-of-required": 1}),
    ],
)
def test_one_of_two_columns_is_required(judge: Judge, file: str, expected: dict[str, int]) -> None:
    assert codes(judge(file, "scdl/subventions")) == expected


def test_a_siret_written_as_a_spreadsheet_number_gets_its_replacement(judge: Judge) -> None:
    found = judge(grant_file(idBeneficiaire="73282932000074.0"), "scdl/subventions", corrections="none")
    (finding,) = [each for each in found.report.findings if each.code == "siret-invalid"]
    assert "« 73282932000074 »".replace(" ", "\N{NO-BREAK SPACE}") in finding.how_to_mend


def test_every_check_of_every_schema_exists(registry: Registry) -> None:
    for schema in registry:
        assert len(make_row_checks(schema)) == len(schema.custom_checks)


def test_an_unknown_check_stops_the_schema(deliberations: SchemaVersion) -> None:
    unknown = replace(deliberations, custom_checks=({"name": "nobody-knows-it", "params": {"column": "PREF_ID"}},))
    with pytest.raises(UnsupportedSchema):
        make_row_checks(unknown)

"""How grave the national judge holds each fault."""

import pytest
from oracles.bal_oracle import profiles

from services.validator.checks.bal_levels import FIELDS, LEVELS, NAMES, national_name, severity_of
from services.validator.findings import FindingCode as Code
from services.validator.findings import Severity

UNSEEN = {"uid_adresse.incoherence_ids_ban", "commune_deleguee_insee.commune_non_deleguee"}
"""Listed by its profiles, and given by none of its rules."""

ELSEWHERE = {"row.cog_no_match_id_ban_commune"}
"""Needs an index of the national address base over the network, which a verdict does not depend on."""


@pytest.mark.parametrize(
    ("code", "column", "version", "severity"),
    [
        (Code.BAL_DATE, "date_der_maj", "1.3.0", Severity.ERROR),
        (Code.BAL_PARTIAL_IDS, None, "1.3.0", Severity.INFO),
        (Code.BAL_PARTIAL_IDS, None, "1.4.0", Severity.ERROR),
        (Code.BAL_TOO_SHORT, "toponyme", "1.5.0", Severity.ERROR),
        (Code.BAL_SPACES, "suffixe", "1.5.0", Severity.ERROR),
        (Code.BAL_SPACES, "toponyme", "1.5.0", Severity.INFO),
        (Code.BAL_CASE, "commune_nom", "1.5.0", Severity.INFO),
        (Code.BAL_IDS_OF_ADDRESS, None, "1.4.0", Severity.WARNING),
    ],
)
def test_a_fault_has_the_level_of_its_version(code: Code, column: str, version: str, severity: Severity) -> None:
    assert severity_of(code, column, version=version) is severity


def test_a_translation_is_never_an_error() -> None:
    assert severity_of(Code.BAL_TOO_SHORT, "voie_nom", version="1.4.0", language="bre") is Severity.WARNING


def test_every_rule_has_its_national_name_and_others_have_none() -> None:
    ours = {code for code in Code if code.value.startswith("bal-")}
    assert ours <= set(NAMES)
    assert national_name(Code.BAL_DATE, "date_der_maj") == "date_der_maj.date_invalide"
    assert national_name(Code.SIRET_INVALID, "x") is None


def test_every_column_belongs_to_a_version() -> None:
    assert {version for versions in FIELDS.values() for version in versions} == set(LEVELS)


@pytest.mark.long
@pytest.mark.parametrize("version", list(LEVELS))
def test_our_levels_are_those_of_the_national_judge(version: str) -> None:
    theirs = profiles()[version.removesuffix(".0")]
    errors, warnings = LEVELS[version]
    assert set(theirs["errors"]) - ELSEWHERE == errors
    assert set(theirs["warnings"]) - set(theirs["errors"]) - UNSEEN == warnings - errors

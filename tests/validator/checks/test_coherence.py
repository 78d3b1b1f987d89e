"""A file against who deposits it, and when."""

from dataclasses import replace

import pytest
from chunking import chunk_of, run_check

from services.validator.checks.coherence import Coherence
from services.validator.context import Context, Owner
from shared.registry import Registry, SchemaVersion

MURET = Owner("213103955", "Muret", "commune", ("31395",), ("31600",))
COLOMIERS_SIRET, MURET_SIRET = "21310149600015", "21310395500018"
AGGLO = Owner("200068641", "Le Muretain Agglo", "epci", ("31395", "31433"), ("31600", "31120"), ("213103955",))
DEPARTEMENT = Owner("223100017", "Conseil départemental", "other")


def context(owner: Owner = MURET) -> Context:
    return Context(owner, "2026-03-05", "cog-2026")


@pytest.fixture
def subventions(registry: Registry) -> SchemaVersion:
    """A schema with amounts."""
    return registry.get("scdl/subventions")


def test_anothers_siret_is_told_once_with_its_first_line(deliberations: SchemaVersion):
    first = chunk_of(deliberations, {"COLL_SIRET": [MURET_SIRET, COLOMIERS_SIRET, COLOMIERS_SIRET]})
    second = chunk_of(deliberations, {"COLL_SIRET": [COLOMIERS_SIRET, None]}, first_line=5)
    check = Coherence(deliberations, context())
    assert run_check(check, [first, second]) == [("other-organisation", "warning", "COLL_SIRET", 3, COLOMIERS_SIRET)]
    _, (run,), _ = check.finish()
    assert run.describe(0).details == {"rows": 3, "owner": "Muret", "siren": "213103955"}


def test_an_intercommunality_that_publishes_for_a_member_is_only_told(deliberations: SchemaVersion):
    chunk = chunk_of(deliberations, {"COLL_SIRET": [MURET_SIRET, COLOMIERS_SIRET, "20006864100017"]})
    told = run_check(Coherence(deliberations, context(AGGLO)), [chunk])
    assert [(code, severity, line) for code, severity, _, line, _ in told] == [
        ("other-organisation", "info", 2),
        ("other-organisation", "warning", 3),
    ]


@pytest.mark.parametrize(
    ("owner", "outside"), [(MURET, ["31149", "31433"]), (AGGLO, ["31149"]), (DEPARTEMENT, [])], ids=lambda one: str(one)
)
def test_a_commune_outside_the_territory_is_told(registry: Registry, owner: Owner, outside: list[str]):
    prenoms = registry.get("scdl/prenoms")
    chunk = chunk_of(prenoms, {"COLL_INSEE": ["31395", "31149", "31433", "31149", None]})
    told = run_check(Coherence(prenoms, context(owner)), [chunk])
    assert [value for code, _, _, _, value in told if code == "other-territory"] == outside


def test_a_postal_code_is_compared_with_those_of_the_territory(registry: Registry):
    equipements = registry.get("scdl/equipements")
    chunk = chunk_of(equipements, {"ADR_CODEPOSTAL": ["31600", "31120"]})
    told = run_check(Coherence(equipements, context()), [chunk])
    assert told == [("other-territory", "warning", "ADR_CODEPOSTAL", 3, "31120")]


def test_unlikely_years_are_told_cell_by_cell(deliberations: SchemaVersion):
    dates = ["1899-12-30", "1900-01-01", "2027-12-31", "2028-01-01", None, "0024-01-01"]
    budget = ["2026", "2027/2028", "1024", "1999/2000", None, "2027/02"]
    chunk = chunk_of(deliberations, {"DELIB_DATE": dates, "BUDGET_ANNEE": budget})
    told = run_check(Coherence(deliberations, context()), [chunk])
    assert [(column, value) for _, _, column, _, value in told] == [
        ("DELIB_DATE", "1899-12-30"),
        ("BUDGET_ANNEE", "2027/2028"),
        ("BUDGET_ANNEE", "1024"),
        ("DELIB_DATE", "2028-01-01"),
        ("DELIB_DATE", "0024-01-01"),
    ]


def test_without_context_only_what_needs_none_is_told(deliberations: SchemaVersion):
    columns = {"DELIB_DATE": ["1899-12-30", "2099-01-01", "2124-01-01"], "COLL_SIRET": [COLOMIERS_SIRET] * 3}
    told = run_check(Coherence(deliberations, None), [chunk_of(deliberations, columns)])
    assert [(code, line) for code, _, _, line, _ in told] == [("year-out-of-range", 2), ("year-out-of-range", 4)]


def test_periods_covered_and_ends_may_be_far_away(registry: Registry):
    catalogue = registry.get("scdl/catalogue")
    columns = {"COUV_TEMP_DEBUT": ["1789-05-05"], "COUV_TEMP_FIN": ["2050-01-01"], "DATE_MAJ": ["2050-01-01"]}
    told = run_check(Coherence(catalogue, context()), [chunk_of(catalogue, columns)])
    assert [column for _, _, column, _, _ in told] == ["DATE_MAJ"]


def test_amounts_of_zero_or_less_are_told(subventions: SchemaVersion):
    chunk = chunk_of(subventions, {"montant": ["0", "-1.5", "0.01", None, "1e3", "0.00"]})
    told = run_check(Coherence(subventions, context()), [chunk])
    assert [(code, line) for code, _, _, line, _ in told] == [("amount-not-positive", at) for at in (2, 3, 7)]


def test_a_descriptor_sets_another_severity(subventions: SchemaVersion):
    strict = replace(
        subventions,
        severities={"montant": {"amount-not-positive": "error"}, "idAttribuant": {"other-organisation": "info"}},
    )
    chunk = chunk_of(strict, {"montant": ["0"], "idAttribuant": [COLOMIERS_SIRET]})
    told = run_check(Coherence(strict, context()), [chunk])
    assert {(code, severity) for code, severity, *_ in told} == {
        ("amount-not-positive", "error"),
        ("other-organisation", "info"),
    }

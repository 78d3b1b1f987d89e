"""Personal data in columns that are not made for it, masked at once."""

from dataclasses import replace

import polars as pl
import pytest
from chunking import chunk_of, run_check

from services.validator.checks.personal import PersonalData, may_hold_marks
from shared.registry import Registry, SchemaVersion

NIR, IBAN = "2 69 05 49 588 157 80", "FR14 2004 1010 0505 0001 3M02 606"


def test_marks_are_found_in_any_text_and_masked(deliberations: SchemaVersion):
    objects = ["Aide aux associations", f"Aide à {NIR}", f"Sur le compte {IBAN}", "voir marie.durand@exemple.fr", None]
    chunk = chunk_of(deliberations, {"DELIB_OBJET": objects, "DELIB_ID": ["a", "b", "c", "d", "0612345678"]})
    assert run_check(PersonalData(deliberations), [chunk]) == [
        ("personal-nir", "warning", "DELIB_OBJET", 3, "2…0"),
        ("personal-iban", "warning", "DELIB_OBJET", 4, "F…6"),
        ("personal-email", "warning", "DELIB_OBJET", 5, "m…r"),
        ("personal-phone", "warning", "DELIB_ID", 6, "0…8"),
    ]


def test_a_column_made_for_contact_takes_addresses_and_telephones_but_no_nir(registry: Registry):
    equipements = registry.get("scdl/equipements")
    columns = {
        "EQUIP_TEL": ["06 12 34 56 78", NIR],
        "EQUIP_EMAIL": ["marie.durand@exemple.fr", None],
        "EQUIP_NOM": ["Salle (06 12 34 56 78)", "Salle"],
    }
    told = run_check(PersonalData(equipements), [chunk_of(equipements, columns)])
    assert [(code, column) for code, _, column, _, _ in told] == [
        ("personal-phone", "EQUIP_NOM"),
        ("personal-nir", "EQUIP_TEL"),
    ]


def test_columns_outside_the_schema_are_screened_too(deliberations: SchemaVersion):
    chunk = chunk_of(deliberations, {"DELIB_ID": ["a", "b"]})
    frame = pl.DataFrame({"0": ["a", "b"], "1": [None, NIR], "2": ["marie.durand@exemple.fr", None]})
    told = run_check(PersonalData(deliberations, ((1, "Bénéficiaire"), (2, "Courriel"))), [chunk], frame)
    assert told == [("personal-nir", "warning", "Bénéficiaire", 3, "2…0")]


def test_a_beneficiary_without_number_that_looks_like_a_person_is_told(registry: Registry):
    subventions = registry.get("scdl/subventions")
    columns = {
        "nomBeneficiaire": ["Mme Marie Durand", "Jean DURAND", "Jean DURAND", "Tennis Club", "Paul Petit"],
        "idBeneficiaire": [None, None, "21310395500018", None, None],
        "rnaBeneficiaire": [None, None, None, None, "W313000000"],
    }
    told = run_check(PersonalData(subventions), [chunk_of(subventions, columns)])
    assert told == [
        ("personal-name", "warning", "nomBeneficiaire", 2, "M… M… D…"),
        ("personal-name", "warning", "nomBeneficiaire", 3, "J… D…"),
    ]


@pytest.mark.parametrize("text", ["21310395500018", "2024-03-28", "31395_0001_00012", "43.4612345678", "1 234 567,89"])
def test_the_numbers_of_everyday_data_are_no_marks(deliberations: SchemaVersion, text: str):
    chunk = chunk_of(deliberations, {"DELIB_OBJET": [text, f"Objet {text}"], "BUDGET_NOM": [text, text]})
    assert run_check(PersonalData(deliberations), [chunk]) == []


def test_columns_whose_rules_leave_no_room_are_not_searched(registry: Registry):
    searched = {
        schema.name: [field.name for field in schema.fields if may_hold_marks(field, schema)]
        for schema in map(registry.get, ("scdl/deliberations", "scdl/subventions", "etalab/schema-bal"))
    }
    assert "COLL_SIRET" not in searched["scdl/deliberations"]
    assert {"DELIB_OBJET", "DELIB_ID", "COLL_NOM", "BUDGET_NOM"} <= set(searched["scdl/deliberations"])
    assert {"nomBeneficiaire", "idBeneficiaire", "objet"} <= set(searched["scdl/subventions"])
    assert not {"rnaBeneficiaire", "nature"} & set(searched["scdl/subventions"])
    assert {"toponyme", "numero"} <= set(searched["etalab/schema-bal"])
    assert not {"x", "y", "long", "lat"} & set(searched["etalab/schema-bal"])


def test_a_rule_that_only_warns_leaves_room(deliberations: SchemaVersion):
    warned = replace(deliberations, severities={"COLL_SIRET": {"pattern": "warning"}})
    chunk = chunk_of(warned, {"COLL_SIRET": [NIR.replace(" ", "")]})
    assert [code for code, *_ in run_check(PersonalData(warned), [chunk])] == ["personal-nir"]

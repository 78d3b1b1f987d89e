"""Who looks like a natural person among beneficiaries."""

import pytest

from services.validator.checks.persons import is_person, masked_name

PERSONS = (
    "M. DURAND", "Mme Marie Durand", "Monsieur Paul de la Tour", "DURAND Marie", "Marie DURAND", "Jean Durand",
    "JEAN DURAND", "Jean-Pierre N'Guyen", "M DURAND", "Mlle Zoé Petit", "Héloïse Martin-Leroy Anne",
)  # fmt: skip

OTHERS = (
    "Association sportive de Muret", "Amicale Jean Durand", "Tennis Club", "COMITE DES FETES", "Les Amis de Jean",
    "Collège Jean Jaurès", "SARL Durand", "M3 Conseil", "Muret", "Union musicale", "Commune de Saint-Jean",
    "Particulier", "École Marie Curie", "MJC Roguet", "Chœur d'Oc", "Secours populaire français", "",
)  # fmt: skip


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_is_recognised(name: str):
    assert is_person(name)


@pytest.mark.parametrize("name", OTHERS)
def test_an_organisation_is_not_taken_for_a_person(name: str):
    assert not is_person(name)


def test_a_name_is_masked_to_its_initials():
    assert masked_name("Mme Marie de la Tour") == "M… M… d… l… T…"

"""Whose file it is, and where that is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.validator.territories import OrganisationNotFound, Territories

NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-1)))


@pytest.fixture(scope="module")
def territories() -> Territories:
    """Haute-Garonne's."""
    return Territories(["31"])


@pytest.mark.parametrize("number", ["31395", "213103955", "21310395500018", " 31395 "])
def test_a_commune_is_found_by_any_of_its_numbers(territories: Territories, number: str):
    context = territories.context(territories.find(number), datetime(2026, 3, 5, tzinfo=UTC))
    assert (context.owner.name, context.owner.kind, context.received_on) == ("Muret", "commune", "2026-03-05")
    assert "31395" in context.owner.insee_codes
    assert "31600" in context.owner.postal_codes
    assert context.owner.member_sirens == ()
    assert context.reference.startswith("cog-")


def test_an_intercommunality_has_the_territory_of_its_members(territories: Territories):
    owner = territories.context(territories.find("200068641"), NEW_YEAR).owner
    assert owner.kind == "epci"
    assert "31395" in owner.insee_codes
    assert "213103955" in owner.member_sirens


def test_any_other_siren_is_some_producer_without_territory(territories: Territories):
    owner = territories.context(territories.find("223100017"), NEW_YEAR).owner
    assert (owner.kind, owner.insee_codes, owner.postal_codes) == ("other", (), ())


def test_the_date_of_receipt_is_that_of_the_universal_clock(territories: Territories):
    assert territories.context(territories.find("31395"), NEW_YEAR).received_on == "2027-01-01"


@pytest.mark.parametrize("number", ["31999", "Muret", "12345678", "٣١٣٩٥", ""])
def test_what_is_no_number_of_anybody_is_refused(territories: Territories, number: str):
    with pytest.raises(OrganisationNotFound):
        territories.find(number)

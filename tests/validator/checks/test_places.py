from typing import Any

import pytest

from services.validator.checks.countries import ISO2, ISO3
from services.validator.checks.places import PLACE_JUDGES, REGIONS, TERRITORIES
from services.validator.findings import FindingCode
from services.validator.sentences.fragments import FRAGMENTS
from shared.reference import load_departements, load_former_communes


def fault(check: str, text: str, **params: Any) -> Any:
    return PLACE_JUDGES[check]({"column": "c", **params}).fault(text)


@pytest.mark.parametrize(
    "text",
    ["1.4437,43.6043", "[1.4437, 43.6043]", '{"lon": 1.4437, "lat": 43.6043}', "55.45,-20.88", "-61.5,16.2", "-53,4"],
)
def test_positions_in_france(text: str) -> None:
    assert fault("french-gps-coordinates", text) is None


@pytest.mark.parametrize(
    ("text", "exchanged"),
    [
        ("43.6043,1.4437", "1.4437,43.6043"),
        ("[43.6043, 1.4437]", "[1.4437, 43.6043]"),
        (' ["43.6043","1.4437"] ', ' ["1.4437","43.6043"] '),
        ('{"lon": 43.6043, "lat": 1.4437}', '{"lon": 1.4437, "lat": 43.6043}'),
    ],
)
def test_inverted_positions_are_told_apart(text: str, exchanged: str) -> None:
    wrong = fault("french-gps-coordinates", text)
    assert (wrong.code, wrong.suggestion) == (FindingCode.POSITION_INVERTED, exchanged)
    assert fault("french-gps-coordinates", exchanged) is None


@pytest.mark.parametrize("text", ["[12.5, 41.0]", "0,0", "-5.141277,45", "180,90"])
def test_positions_elsewhere(text: str) -> None:
    wrong = fault("french-gps-coordinates", text)
    assert (wrong.code, wrong.suggestion) == (None, None)


@pytest.mark.parametrize("text", ["", "ici", "1.4", "1,2,3"])
def test_what_is_no_position_is_left_to_its_type(text: str) -> None:
    assert fault("french-gps-coordinates", text) is None


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ("code-commune-insee", "31555", "99999"),
        ("code-commune-insee", "75101", "7510"),
        ("commune", "L'Isle-en-Dodon", "L Isle en Dodon"),
        ("code-postal", "31600", "31999"),
        ("numero-departement", "2A", "20"),
        ("numero-departement", "974", "987"),
        ("departement", "Haute-Garonne", "haute-garonne"),
        ("code-region", "76", "73"),
        ("region", "Occitanie", "Midi-Pyrénées"),
        ("code-pays-iso2", "FR", "ZZ"),
        ("code-pays-iso3", "FRA", "FR"),
    ],
)
def test_codes_and_names_of_territories(check: str, good: str, bad: str) -> None:
    assert fault(check, good) is None
    assert fault(check, bad).why == TERRITORIES[check][0]


@pytest.mark.parametrize(
    ("check", "text", "better"),
    [
        ("code-commune-insee", "1001", "01001"),
        ("numero-departement", "9", "09"),
        ("departement", "HAUTE GARONNE", "Haute-Garonne"),
        ("region", "ile de france", "Île-de-France"),
        ("commune", "Sainte-Marie", None),
        ("code-pays-iso2", "fr", "FR"),
    ],
)
def test_the_same_place_written_otherwise_is_suggested(check: str, text: str, better: str | None) -> None:
    wrong = fault(check, text)
    assert (wrong and wrong.suggestion) == better


def test_options_make_writings_equal() -> None:
    for options in ({"ignore_case": True}, {"ignore-case": True, "ignore-accents": True}):
        assert fault("departement", "HAUTE-GARONNE", options=options) is None
    assert fault("departement", "herault", options={"ignore_case": True}) is not None
    assert fault("departement", "herault", options={"ignore_case": True, "ignore_accents": True}) is None
    assert fault("departement", " Haute  Garonne", options={"ignore_non_alphanumeric": True}) is None


def test_an_earlier_year_knows_merged_communes() -> None:
    merged = next(one for one in load_former_communes() if one.kind == "deleguee" and one.code != one.commune_code)
    assert fault("code-commune-insee", merged.code, cog="latest") is not None
    assert fault("code-commune-insee", merged.code, cog=2023) is None


def test_lists_are_whole() -> None:
    assert (len(ISO2), len(ISO3)) == (249, 249)
    assert {one.region for one in load_departements() if one.code < "975" or one.code == "976"} == set(REGIONS)
    assert all(form in FRAGMENTS for form, _ in TERRITORIES.values())

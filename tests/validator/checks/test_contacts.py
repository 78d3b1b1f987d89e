import pytest

from services.validator.checks.contacts import CONTACT_JUDGES, hours_in_osm, is_opening_hours, is_phone_number
from services.validator.findings import FindingCode


@pytest.mark.parametrize(
    "text",
    ["0561334433", "05 61 33 44 33", "05.61.33.44.33", "+33561334433", "+33 (0)5 61 33 44 33", "+442079460018", "3949"],
)
def test_numbers_that_ring_somewhere(text: str) -> None:
    assert is_phone_number(text)


@pytest.mark.parametrize("text", ["", "0561", "00000", "bonjour", "05613344331234", "+999123456789", "1" * 400])
def test_numbers_that_do_not(text: str) -> None:
    assert not is_phone_number(text)


@pytest.mark.parametrize(
    "text",
    ["24/7", "Mo-Fr 08:00-12:00,14:00-18:00", "Mo-Fr 08:00-12:00, Mo-Fr 14:00-18:00", "PH off", "sunrise-sunset"],
)
def test_hours_of_openstreetmap(text: str) -> None:
    assert is_opening_hours(text)


@pytest.mark.parametrize("text", ["", "ouvert", "lundi 8h-12h", "08:00 à 12:00", "Mo-Fr 99:00-12:00", "24/7;" * 500])
def test_what_is_not_hours(text: str) -> None:
    assert not is_opening_hours(text)


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("lundi-vendredi 8h-12h", "Mo-Fr 08:00-12:00"),
        ("lundi au vendredi 8h30 à 17h", "Mo-Fr 08:30-17:00"),
        ("Sam. 9h – 12h30", "Sa 09:00-12:30"),
        ("Mo-Fr 08:00-12:00,Mo-Fr 14:00-18:00", "Mo-Fr 08:00-12:00, Mo-Fr 14:00-18:00"),
        ("sur rendez-vous", None),
        ("Mo-Fr 08:00-12:00", None),
    ],
)
def test_french_hours_get_a_suggestion_that_is_right(text: str, better: str | None) -> None:
    assert hours_in_osm(text) == better
    assert better is None or is_opening_hours(better)


def test_the_judges_say_which_fault() -> None:
    phone, hours = (CONTACT_JUDGES[name]({"column": "c"}) for name in ("phone-number-value", "opening-hours-value"))
    assert (phone.code, hours.code) == (FindingCode.PHONE_NUMBER, FindingCode.OPENING_HOURS)
    assert phone.fault("0561334433") is None
    assert phone.fault("0561") is not None
    wrong = hours.fault("lundi-vendredi 8h-12h")
    assert wrong is not None
    assert wrong.suggestion == "Mo-Fr 08:00-12:00"

"""SIRET and SIREN control keys."""

import pytest

from services.validator.checks.identifiers import fault_of_siren, fault_of_siret, luhn


@pytest.mark.parametrize(
    "number", ["73282932000074", "732 829 320 00074", "732.829.320.00074", "35600000000048", "35600000000001"]
)
def test_a_valid_siret_has_no_fault(number: str) -> None:
    assert fault_of_siret(number) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("73282932000075", "clé"),
        ("35600000000014", "clé"),
        ("7328293200007", "13 chiffres"),
        ("7328293200007A", "que des chiffres"),
        ("７３２８２９３２０００００７４", "que des chiffres"),
        ("32402138500000.0", "15 chiffres"),
    ],
)
def test_a_wrong_siret_says_why(number: str, fault: str) -> None:
    assert fault in str(fault_of_siret(number))


@pytest.mark.parametrize(("number", "valid"), [("732829320", True), ("732 829 320", True), ("732829321", False)])
def test_a_siren_has_its_key(number: str, valid: bool) -> None:
    assert (fault_of_siren(number) is None) is valid


def test_luhn_catches_every_single_wrong_digit() -> None:
    right = "732829320"
    for place in range(9):
        for digit in "0123456789":
            changed = right[:place] + digit + right[place + 1 :]
            assert luhn(changed) is (changed == right)

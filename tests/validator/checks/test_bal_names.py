"""Which street names are one, for the national judge of addresses (expected values are its own)."""

import pytest

from services.validator.checks.bal_names import comparable, spelled


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Rue du Lac", "rue lac"),
        ("RUE DU 8-MAI-1945", "rue huit mai mille neuf cent quarante cinq"),
        ("Rue du Huit Mai Mille Neuf Cent Quarante-Cinq", "rue huit mai mille neuf cent quarante cinq"),
        ("Av. de l'Église", "avenue eglise"),
        ("Bd St Michel", "boulevard saint michel"),
        ("St Michel", "st michel"),
        ("Rue Grande Rue", "grande rue"),
        ("Lieu-dit Le Bourg", "bourg"),
        ("Lieu-dit", "lieu dit"),
        ("Chemin n°2bis", "chemin n deux bis"),
        ("Cœur d\u2019Œillet", "coeur oeillet"),
        ("l'm's", "l'm s"),
        ("Le La", ""),
        ("", ""),
        ("Rue 😀✂", "rue 😀 ✂"),
        ("É1st_x", "e 1st x"),
    ],
)
def test_names_are_compared_without_articles_case_and_accents(name: str, expected: str) -> None:
    assert comparable(name) == expected


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("0", "zéro"),
        ("007", "sept"),
        ("16", "seize"),
        ("17", "dix sept"),
        ("21", "vingt et un"),
        ("71", "soixante et onze"),
        ("80", "quatre vingts"),
        ("81", "quatre vingt un"),
        ("91", "quatre vingt onze"),
        ("99", "quatre vingt dix neuf"),
        ("100", "cent"),
        ("200", "deux cents"),
        ("201", "deux cent un"),
        ("1000", "mille"),
        ("80000", "quatre vingts mille"),
        ("200000", "deux cents mille"),
        ("1000000", "un million"),
        ("2000001", "deux millions un"),
        ("9999999999999", "9999999999999"),
    ],
)
def test_numbers_are_spelled_in_french(digits: str, words: str) -> None:
    assert spelled(digits) == words

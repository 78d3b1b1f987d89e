"""Marks of a person: found when they are there, rarely when they are not; the figures are measured here."""

import random
import string

import pytest

from services.validator.checks.marks import CORSICA, IBAN_LENGTHS, SECRET, Kind, is_iban, is_nir, marks_in, masked

SEED = 20_240_117


def kinds(text: str) -> set[str]:
    return {mark.kind.value for mark in marks_in(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("269054958815780", {"nir"}),
        ("2 69 05 49 588 157 80", {"nir"}),
        ("2\N{NO-BREAK SPACE}69\N{NO-BREAK SPACE}05 49 588 157/80", {"nir"}),
        ("NIR:269054958815780, reçu", {"nir"}),
        ("269054958815781", set()),
        ("12690549588157801", set()),
        ("21310395500018", set()),
        ("FR14 2004 1010 0505 0001 3M02 606", {"iban"}),
        ("IBAN FR1420041010050500013M02606 chez nous", {"iban"}),
        ("fr1420041010050500013m02606", {"iban"}),
        ("GB82 WEST 1234 5698 7654 32", {"iban"}),
        ("FR14 2004 1010 0505 0001 3M02 607", set()),
        ("FR40303265045", set()),
        ("écrire à marie.durand@exemple.fr", {"email"}),
        ("mairie@muret.fr", set()),
        ("@muret", set()),
        ("06 12 34 56 78", {"phone"}),
        ("0612345678", {"phone"}),
        ("tél. 0561334433", {"phone"}),
        ("+33 (0)5 61 33 44 33", {"phone"}),
        ("0561334433", set()),
        ("2024-0612345678", set()),
        ("0612345678901", set()),
        ("12,0612345678", set()),
        ("RAL 06.12.34.56.78", {"phone"}),
    ],
)
def test_a_mark_is_told_from_what_looks_like_it(text: str, expected: set[str]):
    assert kinds(text) == expected


def nir(chance: random.Random) -> str:
    departement = chance.choice([f"{chance.randint(1, 95):02}", *CORSICA])
    body = f"{chance.choice('12')}{chance.randint(0, 99):02}{chance.randint(1, 12):02}{departement}"
    body += f"{chance.randint(1, 990):03}{chance.randint(1, 999):03}"
    counted = body[:5] + CORSICA.get(departement, departement) + body[7:]
    return f"{body}{97 - int(counted) % 97:02}"


def iban(chance: random.Random) -> str:
    country = chance.choice(["FR"] * 5 + list(IBAN_LENGTHS))
    account = "".join(chance.choices(string.digits, k=IBAN_LENGTHS[country] - 4))
    rest = int("".join(str(int(sign, 36)) for sign in account + country + "00"))
    return f"{country}{98 - rest % 97:02}{account}"


def in_groups(chance: random.Random, number: str, sizes: tuple[int, ...]) -> str:
    space = chance.choice(["", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"])
    pieces, at = [], 0
    for size in sizes:
        pieces.append(number[at : at + size])
        at += size
    return space.join(piece for piece in [*pieces, number[at:]] if piece)


def said(chance: random.Random, mark: str) -> str:
    return chance.choice(["{}", "Aide versée à {}", "{} (référence)", "dossier n°{}, clos", "{}\nsuite"]).format(mark)


def test_200_true_marks_are_all_found():
    chance = random.Random(SEED)
    for number in (nir(chance) for _ in range(100)):
        assert is_nir(number)
        assert kinds(said(chance, in_groups(chance, number, (1, 2, 2, 2, 3, 3)))) == {"nir"}
    for number in (iban(chance) for _ in range(100)):
        assert is_iban(number)
        assert kinds(said(chance, in_groups(chance, number, (4,) * 8))) == {"iban"}


LOOK_ALIKES = {
    "15 digits": lambda chance: "".join(chance.choices(string.digits, k=15)),
    "SIRET": lambda chance: "".join(chance.choices(string.digits, k=14)),
    "market number": lambda chance: f"{chance.randint(2018, 2026)}{chance.randint(10**10, 10**11)}00",
    "VAT number": lambda chance: f"FR{chance.randint(10, 99)}{chance.randint(10**8, 10**9 - 1)}",
    "account without key": lambda chance: f"FR{chance.randint(10, 99)}" + "".join(chance.choices(string.digits, k=23)),
    "coordinates": lambda chance: f"{chance.uniform(-5, 9):.13f}",
    "interoperability key": lambda chance: f"{chance.randint(31000, 31999)}_{chance.randint(0, 9999):04}_00001",
    "identifier": lambda chance: f"{chance.randint(0, 16**32):032x}",
    "amounts": lambda chance: f"{chance.randint(10, 999)} {chance.randint(100, 999)} {chance.randint(100, 999)},00",
    "dates": lambda chance: f"{chance.randint(2000, 2026)}-0{chance.randint(1, 9)}-12 12:00:{chance.randint(10, 59)}",
}


def test_2000_look_alikes_give_few_false_alarms():
    chance = random.Random(SEED)
    alarms = {
        name: sum(bool(set(kinds(said(chance, make(chance)))) & set(SECRET)) for _ in range(200))
        for name, make in LOOK_ALIKES.items()
    }
    assert alarms.pop("15 digits") <= 3  # 0.6 % expected: hence held, never refused
    assert alarms.pop("account without key") <= 6  # 1 in 97 has the right key
    assert not any(alarms.values())


def test_masking_leaves_nothing_of_a_number_but_its_ends():
    chance = random.Random(SEED)
    for number in (*(nir(chance) for _ in range(50)), *(iban(chance) for _ in range(50))):
        shown = masked(f"Versé à {number} le 3 mai", SECRET)
        assert number[2:-2] not in shown
        assert shown == f"Versé à {number[0]}…{number[-1]} le 3 mai"


def test_hostile_texts_take_no_time():
    for text in ("a" * 50_000 + "@", "a@" * 20_000, "1 " * 50_000, "FR76" * 20_000, "a@b." * 20_000):
        list(marks_in(text))
        masked(text, frozenset(Kind))

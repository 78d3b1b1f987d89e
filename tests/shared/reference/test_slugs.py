import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.slugs import slugify, unique_slugs


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("L'Isle-en-Dodon", "l-isle-en-dodon"),
        ("L’Union", "l-union"),
        ("Saint-Pé-d'Ardet", "saint-pe-d-ardet"),
        ("CC Cœur de Garonne", "cc-coeur-de-garonne"),
        ("  Ô-de-Selle ", "o-de-selle"),
    ],
)
def test_a_name_becomes_an_address(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text())
def test_a_slug_is_always_an_ascii_kebab(name: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slugify(name))


def test_namesakes_are_told_apart_by_their_code() -> None:
    assert unique_slugs([("Castillon", "64181"), ("Muret", "31395"), ("Castillon", "2A001")]) == [
        "castillon-64181",
        "muret",
        "castillon-2a001",
    ]

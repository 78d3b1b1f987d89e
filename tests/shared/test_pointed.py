"""Where the faults of a request are, and what is said of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AnyUrl, Field, TypeAdapter, ValidationError

from shared.web.pointed import json_pointer, pointed


class Colour(StrEnum):
    BLUE = "blue"


@pytest.mark.parametrize(
    ("path", "pointer"), [([], "#"), (["rows", "0", "a/b"], "#/rows/0/a~1b"), (["~é"], "#/~0%C3%A9")]
)
def test_a_place_is_a_json_pointer(path: list[str], pointer: str) -> None:
    assert json_pointer(path) == pointer


@pytest.mark.parametrize(
    ("wanted", "given", "words"),
    [
        (int, "x", "entier"),
        (int, 1.5, "sans partie décimale"),
        (float, "x", "nombre"),
        (bool, "x", "true ou false"),
        (str, 1, "texte"),
        (list[str], 1, "liste"),
        (UUID, "x", "UUID"),
        (date, "x", "AAAA-MM-JJ"),
        (datetime, "x", "ISO 8601"),
        (AnyUrl, "x", "URL"),
        (Literal["a", "b"], "c", "'a' ou 'b'"),
        (Colour, "c", "'blue'"),
        (Annotated[str, Field(pattern="^a$")], "c", "^a$"),
        (Annotated[str, Field(max_length=2)], "ccc", "Au plus 2 caractères"),
        (Annotated[str, Field(min_length=2)], "c", "Au moins 2"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "Au plus 1 éléments"),
        (Annotated[int, Field(ge=3)], 1, "au moins 3"),
        (Annotated[int, Field(le=3)], 4, "au plus 3"),
        (Annotated[int, Field(gt=3)], 1, "dépasser 3"),
        (Annotated[int, Field(lt=3)], 4, "sous 3"),
    ],
)
def test_what_is_wrong_is_said_in_french(wanted: Any, given: object, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(wanted).validate_python(given)
    [error] = refused.value.errors()
    said = pointed({**error, "loc": ("query", "colour")})
    assert (said["in"], said["name"]) == ("query", "colour")
    assert words in said["detail"]
    assert "pointer" not in said


def test_a_rule_without_a_sentence_keeps_its_own_words() -> None:
    error = pointed({"loc": ("body", "a"), "type": "value_error", "msg": "Value error, Valeur impossible."})
    assert (error["detail"], error["pointer"]) == ("Valeur impossible.", "#/a")

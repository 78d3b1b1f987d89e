"""Nothing is proved that explaining would refuse, or spell otherwise."""

import re

import polars as pl
import pytest
from frictionless import Schema
from hypothesis import given, settings
from hypothesis import strategies as st

from services.validator.checks.explain import CellReader, make_readers
from services.validator.checks.prove import TEXTS as PROVEN_TEXTS
from shared.registry import SchemaField, load_registry

READERS = {
    (schema.name, schema.version, reader.field.name): reader
    for schema in load_registry()
    for reader in make_readers(schema)
}

PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
"""Exclusive bounds are of this version."""

KINDS = sorted(PROVEN_TEXTS)

ANYTHING = st.one_of(
    st.text(alphabet=st.characters(max_codepoint=0x24F, exclude_categories=["Cs"]), max_size=12),
    st.text(alphabet="0123456789-+.:/TZ, []eE_٣１", max_size=20),
    st.sampled_from(["", " ", "a\n", "2024-02-29", "1e5", "-0", "007", "0.10", "http://a.fr/é", "a@b.fr", "\ufeff1"]),
)


def made(kind: str, form: str, **constraints: object) -> CellReader:
    descriptor = {"name": "a", "type": kind, "format": form, "constraints": constraints}
    field = SchemaField("a", kind, form, "a", "", constraints, descriptor)
    return CellReader(field, Schema.from_descriptor({"$schema": PROFILE, "fields": [descriptor]}).get_field("a"))


def proved(reader: CellReader, texts: list[str]) -> list[str]:
    assert reader.proof is not None
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
    found: list[str] = frame.filter(reader.proof.told(pl.col("text")))["text"].to_list()
    return found


def assert_right(reader: CellReader, texts: list[str]) -> None:
    for text in proved(reader, texts):
        if text in reader.missing or any(character < " " for character in text):
            continue  # told apart before, whatever the proof says
        verdict = reader.explain(text)
        assert not verdict.errors, text
        assert verdict.canonical == text or reader.field.type == "boolean", text


@settings(max_examples=200, deadline=None, derandomize=True)
@given(key=st.sampled_from(sorted(READERS)), texts=st.lists(ANYTHING, min_size=1, max_size=30))
def test_what_is_proved_for_the_fields_of_the_registry_is_right(key: tuple[str, str, str], texts: list[str]) -> None:
    if READERS[key].proof is not None:
        assert_right(READERS[key], texts)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_what_is_proved_of_each_type_is_right(data: st.DataObject, kind: tuple[str, str]) -> None:
    generated = st.from_regex(re.compile(PROVEN_TEXTS[kind]), fullmatch=True)
    texts = data.draw(st.lists(st.one_of(generated, ANYTHING), min_size=1, max_size=10))
    assert_right(made(*kind), texts)


@pytest.mark.parametrize("constraint", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
@pytest.mark.parametrize(
    ("kind", "bound", "texts"),
    [
        ("integer", 5, ["4", "5", "6", "-5", "x"]),
        ("number", 0.3, ["0.3", "0.30", "0.29999999999999999", "0.30000000000000001", "0.31", "0.2"]),
        ("date", "2024-02-01", ["2024-01-28", "2024-02-01", "2024-02-02", "2024-2-1"]),
        ("year", 2024, ["2023", "2024", "2025"]),
    ],
)
def test_bounds_are_proved_only_when_they_hold(kind: str, bound: object, texts: list[str], constraint: str) -> None:
    reader = made(kind, "default", **{constraint: bound})
    assert_right(reader, texts)
    assert proved(reader, texts)


@pytest.mark.parametrize(
    ("pattern", "right", "doubtful"),
    [
        (r"^\d{2}$", ["12"], ["1", "１２", "12\n"]),
        ("a|b", ["a", "ax", "b"], ["xb", "aé"]),
        ("[A-Za-zÀ-ÿ]+", ["Élodie"], ["Élodie1"]),
        (".*", ["ab"], ["é", "a\n"]),
        (r"\S+", ["ab"], ["a b", "é"]),
        ("-?[0-9]{1,2}.[0-9]{1,7}", ["1.5", "434"], ["1,5", "1 5", "1.5\n"]),
    ],
)
def test_patterns_are_proved_where_they_mean_the_same(pattern: str, right: list[str], doubtful: list[str]) -> None:
    assert proved(made("string", "default", pattern=pattern), [*right, *doubtful]) == right

import json
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.registry import load_registry
from shared.registry.patterns import Matcher, PatternTooSlow, compile_pattern, needs_python

OURS = sorted(
    {
        (field.name, field.constraints["pattern"])
        for schema in load_registry()
        for field in schema.fields
        if "pattern" in field.constraints
    }
)
HOSTILE_TEXT = "a" * 40 + "!"


def matches(pattern: str, text: str) -> bool:
    return compile_pattern(pattern).matches(text)


def as_frictionless(pattern: str, text: str) -> bool:
    return re.compile(f"^{pattern}$").match(text) is not None


@pytest.mark.parametrize(("field", "pattern"), OURS)
def test_no_pattern_of_our_schemas_needs_backtracking(field: str, pattern: str) -> None:
    assert not needs_python(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\d{14}", "21310395500018"),
        (r"\d{5}", "３１３９５"),  # digits of another width are digits, as for Python
        (r"\w+", "Éléonore_2"),
        (r"\s", "\N{NO-BREAK SPACE}"),
        (r"^a|b$", "b"),
        (r"^a|b$", "ac"),
        (r"[A-Za-z\s\-\u00C0-\u00FF]+", "L Île-d'Yeu"),
        (r"[^\d]+", "abc"),
        (r"[^abc]", "d"),
        (r"a{,2}", "aa"),
        (r"a{,2}", "a{,2}"),
        (r"(?P<year>\d{4})-?", "2024"),
        (r".*", "deux\nlignes"),
        (r"x?", ""),
        (r"\W", "é"),
        (r"\S\D", "éé"),
        (r"a+?b*?", "aab"),
    ],
)
def test_it_matches_as_frictionless_does(pattern: str, text: str) -> None:
    assert not needs_python(pattern)
    assert matches(pattern, text) is as_frictionless(pattern, text)


@given(
    st.sampled_from([pattern for _, pattern in OURS] + [r"[\w'-]+", r"(\s|\S)*x", r"^(a|b)*$"]),
    st.text("aàAé0139²-' ,.:/_()\N{NO-BREAK SPACE}２", max_size=14),
)
def test_it_agrees_with_python_on_any_text(pattern: str, text: str) -> None:
    assert matches(pattern, text) is as_frictionless(pattern, text)


@given(st.data())
def test_it_agrees_with_python_on_texts_that_match(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from([pattern for _, pattern in OURS]))
    text = data.draw(st.from_regex(f"^{pattern}$")).rstrip("\n")
    assert matches(pattern, text) is as_frictionless(pattern, text)


@pytest.mark.parametrize("pattern", [r"\d", r"\s", r"\w", r"\D", r"\S", r"\W"])
def test_classes_differ_from_python_only_on_characters_it_does_not_know(pattern: str) -> None:
    python = re.compile(f"^{pattern}$")
    matcher = compile_pattern(pattern)
    every = (chr(code) for code in range(0x20000) if not 0xD800 <= code <= 0xDFFF)
    different = [c for c in every if (python.match(c) is not None) is not matcher.matches(c)]
    assert {unicodedata.category(c) for c in different} <= {"Cn", "Nd"}
    assert all(unicodedata.category(c) == "Cn" for c in different)


@pytest.mark.parametrize("pattern", ["a", "^a$", "(?=a)a", "a$|b"])
def test_a_final_line_end_never_matches(pattern: str) -> None:
    assert as_frictionless(pattern, "a\n")
    assert not matches(pattern, "a\n")


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+", r"(a*)*b", r"([a-zA-Z]+)*", r"(.*a){12}"])
def test_catastrophic_patterns_answer_at_once(pattern: str) -> None:
    before = time.process_time()
    assert not matches(pattern, HOSTILE_TEXT)
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    "pattern", [r"(?=.*x).{3}", r"(?!000)\d{3}", r"(a)\1", r"\bmot\b", r"(?i:abc)", r"a++", r"(?>ab)c", r"a{1001}"]
)
def test_what_only_python_means_stays_with_python(pattern: str) -> None:
    assert needs_python(pattern)
    assert compile_pattern(pattern).linear is None


def test_python_patterns_match_too() -> None:
    assert matches(r"(?!000)\d{3}", "123")
    assert not matches(r"(?!000)\d{3}", "000")
    assert matches(r"(.)\1", "éé")


def test_a_python_pattern_that_lasts_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.registry.patterns.PATIENCE_SECONDS", 0.05)
    with pytest.raises(PatternTooSlow):
        matches(r"(?=a)(a+)+$", HOSTILE_TEXT)
    assert matches(r"(?=a)(a+)+$", "aaa")


def test_half_of_a_surrogate_pair_does_not_match_a_letter() -> None:
    assert not matches(r"[a-z]", "\ud800")
    assert matches(r".", "\ud800")


def test_a_pattern_that_python_refuses_is_refused() -> None:
    with pytest.raises(re.error):
        compile_pattern("(")


def test_the_linear_form_is_searched_from_the_start() -> None:
    matcher: Matcher = compile_pattern(r"^a|b$")
    assert matcher.linear is not None
    assert matcher.linear.startswith(r"\A")


def test_every_official_pattern_is_linear(official: Path) -> None:
    documents = [json.loads(file.read_bytes()) for file in (official / "scdl" / "schemas").glob("*/*/schema.json")]
    fields = [field for document in documents for field in document.get("fields", ())]
    patterns = {field["constraints"]["pattern"] for field in fields if "pattern" in field.get("constraints", {})}
    assert len(patterns) > 50
    assert not [pattern for pattern in patterns if needs_python(pattern)]

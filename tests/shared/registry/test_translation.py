import pytest

from shared.registry.translation import ASCII, EXACT, translate


@pytest.mark.parametrize("pattern", ["(?=a)b", r"\bword", "(?i)ab", r"(a)\1", "a{1001}", "[", "\ud800"])
def test_what_engines_may_read_in_different_ways_is_not_translated(pattern: str) -> None:
    assert translate(pattern, ASCII) is None
    assert translate(pattern, EXACT) is None


def test_columns_take_fewer_repetitions() -> None:
    assert translate("a{500}", EXACT) is not None
    assert translate("a{500}", ASCII) is None


def test_classes_are_those_of_python_or_their_ascii_part() -> None:
    exact, plain = translate(r"\d", EXACT), translate(r"\d", ASCII)
    assert exact is not None
    assert plain is not None
    assert (exact.pattern, plain.pattern) == (r"\A(?:\A[\p{Nd}]\z)", r"\A(?:\A[0-9]\z)")


def test_borders_are_the_characters_at_either_end() -> None:
    translated = translate("a-?[b ]?c", ASCII)
    assert translated is not None
    assert translated.borders == ((97, 97), (99, 99))
    assert translated.alphabet == ((97, 97), (45, 45), (98, 98), (32, 32), (99, 99))


@pytest.mark.parametrize("pattern", ["a|b", "(a|b$|c)"])
def test_a_match_that_may_stop_before_the_end_has_any_border(pattern: str) -> None:
    translated = translate(pattern, ASCII)
    assert translated is not None
    assert (translated.borders is None) is (pattern == "a|b")

"""Lists and groups in one parameter: whatever the values hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.query.written import UnreadableText, Written, read_group, read_list, write_list

texts = st.text(st.sampled_from('ab,"()=\\% é'), max_size=6) | st.text(max_size=10)


@given(items=st.lists(texts, min_size=1, max_size=5))
def test_a_list_reads_as_it_was_written(items: list[str]) -> None:
    assert read_list(write_list(items)) == items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a,b", ["a", "b"]),
        ('"a,b",c', ["a,b", "c"]),
        ('"say ""yes""",x', ['say "yes"', "x"]),
        ('5" pipe,x', ['5" pipe', "x"]),
        ("a,,b", ["a", "", "b"]),
        ("", [""]),
        ("a=1,b%,\\", ["a=1", "b%", "\\"]),
    ],
)
def test_only_commas_and_a_first_quote_are_special_in_lists(text: str, items: list[str]) -> None:
    assert read_list(text) == items


@pytest.mark.parametrize("text", ['"a', '"a"b', 'x,"'])
def test_a_quote_that_ends_nowhere_is_refused(text: str) -> None:
    with pytest.raises(UnreadableText):
        read_list(text)


@given(name=texts.filter(bool), value=texts)
def test_a_quoted_name_and_value_read_as_they_were_written(name: str, value: str) -> None:
    quoted = [f'"{text.replace(chr(34), chr(34) * 2)}"' for text in (name, value)]
    assert read_group(f"({'='.join(quoted)},b=1)") == (Written(name, value), Written("b", "1"))


def test_groups_stand_in_groups() -> None:
    assert read_group('(a=x=y,and=(b__isnull,c="1,(2)"),not=(d=))') == (
        Written("a", "x=y"),
        Written("and", members=(Written("b__isnull"), Written("c", "1,(2)"))),
        Written("not", members=(Written("d", ""),)),
    )


@pytest.mark.parametrize("text", ["", "a", "(", "()", "(a", "(a=1", "(a=1)b", "(a=1,)", "(=1)", '(a="1)', "(a=(b)c)"])
def test_what_is_no_group_is_refused(text: str) -> None:
    with pytest.raises(UnreadableText, match="aractère"):
        read_group(text)


def test_groups_are_not_endlessly_deep() -> None:
    with pytest.raises(UnreadableText, match="niveaux"):
        read_group("(a=" * 2000)


@given(text=st.text(st.sampled_from('ab,"()=or '), max_size=20))
def test_any_text_is_a_group_or_a_refusal(text: str) -> None:
    try:
        assert read_group(text)
    except UnreadableText:
        return

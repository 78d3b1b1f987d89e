import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidParameter
from shared.paging import Page, PageLinks, cursor_secret, decode_cursor, encode_cursor

SECRET = cursor_secret("poivre")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(values=st.dictionaries(st.text(max_size=10), json_values, max_size=5))
def test_a_cursor_gives_back_what_it_was_given(values: dict[str, object]) -> None:
    text = encode_cursor(values, secret=SECRET)
    assert decode_cursor(text, secret=SECRET) == values
    assert "=" not in text


@given(text=st.text(max_size=60))
def test_any_text_of_ones_own_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        decode_cursor(text, secret=SECRET)
    assert refused.value.parameter == "cursor"
    assert refused.value.status == 400


def test_a_changed_cursor_is_refused() -> None:
    raw = bytearray(base64.urlsafe_b64decode(encode_cursor({"row": 10}, secret=SECRET) + "=="))
    raw[-2] ^= 1
    with pytest.raises(InvalidParameter):
        decode_cursor(base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode(), secret=SECRET)


def test_a_cursor_of_another_installation_is_refused() -> None:
    with pytest.raises(InvalidParameter):
        decode_cursor(encode_cursor({"row": 10}, secret=cursor_secret("sel")), secret=SECRET)


def test_a_page_has_data_links_and_meta() -> None:
    page = Page[int](data=[1], links=PageLinks(next=None))
    assert page.model_dump() == {"data": [1], "links": {"next": None}, "meta": {}}

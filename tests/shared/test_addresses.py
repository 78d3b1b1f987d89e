"""Which addresses are refused before anything is looked up."""

import pytest

from shared.web.addresses import LONGEST_ADDRESS_BYTES, LONGEST_VALUE_CHARACTERS, unfit


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        (b"nom=%E9t%E9", "nom", "UTF-8"),
        (b"a=%C3%A9&nom=%ED%A0%80", "nom", "UTF-8"),
        (b"n%E9=1", "n\ufffd", "UTF-8"),
        (b"a=1&nom=" + b"x" * (LONGEST_VALUE_CHARACTERS + 1), "nom", "dépasse"),
        (b"nom=" + b"%C3%A9" * (LONGEST_ADDRESS_BYTES // 6), "nom", "octets"),
    ],
)
def test_an_unfit_address_is_refused_by_the_name_of_the_parameter(query: bytes, parameter: str, said: str) -> None:
    refused = unfit({"type": "http", "path": "/", "query_string": query})
    assert refused is not None
    assert refused.parameter == parameter
    assert said in refused.detail


@pytest.mark.parametrize("query", [b"", b"nom=%C3%A9t%C3%A9&x=100%25+%26", b"nom=100%", b"nom=" + b"x" * 1990])
def test_any_other_is_let_through(query: bytes) -> None:
    assert unfit({"type": "http", "path": "/", "query_string": query}) is None

"""Access tokens: only what this installation signed, for itself, in the one way it signs."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.keys import fingerprint
from shared.tokens import ALGORITHM, CLAIMS, KIND, LIFETIME, Token, Tokens

HERE = Tokens(b"s" * 32, "https://socle.example")
KEY = "socle_AbCd1234_" + "x" * 43
GOOD = Token("AbCd1234", frozenset({"deposit", "read"}), fingerprint(KEY))


def made(tokens: Tokens = HERE, *, ends: timedelta = LIFETIME) -> str:
    return tokens.make(prefix="AbCd1234", key=KEY, actions=GOOD.actions, expires_at=datetime.now(UTC) + ends)


def claims_of(token: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def signed(claims: dict[str, Any], *, algorithm: str = ALGORITHM, kind: str = KIND) -> str:
    return jwt.encode(claims, HERE.secret, algorithm=algorithm, headers={"typ": kind})


def test_a_token_says_of_which_key_it_is_and_what_for() -> None:
    assert HERE.read(made()) == GOOD
    claims = claims_of(made())
    assert set(claims) == set(CLAIMS)
    assert (claims["iss"], claims["aud"], claims["sub"]) == (
        "https://socle.example",
        "https://socle.example",
        "AbCd1234",
    )
    assert claims["exp"] - claims["iat"] == LIFETIME.total_seconds() <= 15 * 60
    assert jwt.get_unverified_header(made()) == {"alg": "HS256", "typ": "at+jwt"}
    assert claims_of(made())["jti"] != claims["jti"]
    assert KEY[-43:] not in json.dumps(claims)


@pytest.mark.parametrize(
    "other",
    [Tokens(b"t" * 32, HERE.issuer), Tokens(HERE.secret, "https://other.example")],
    ids=["another secret", "another installation"],
)
def test_tokens_from_elsewhere_are_nothing(other: Tokens) -> None:
    assert HERE.read(made(other)) is None


def test_a_token_ends() -> None:
    assert HERE.read(made(ends=timedelta(minutes=-1))) is None


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_is_required(claim: str) -> None:
    claims = claims_of(made())
    del claims[claim]
    assert HERE.read(signed(claims)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "https://other.example"},
        {"aud": ["https://socle.example", "https://other.example"]},
        {"iss": "https://other.example"},
        {"exp": 1},
        {"exp": "soon"},
        {"iat": 99_999_999_999},
    ],
    ids=str,
)
def test_a_claim_that_is_not_as_it_must_be_ends_it(change: dict[str, Any]) -> None:
    assert HERE.read(signed(claims_of(made()) | change)) is None


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_no_other_algorithm_is_taken(algorithm: str) -> None:
    secret = "" if algorithm == "none" else HERE.secret
    text = jwt.encode(claims_of(made()), secret, algorithm=algorithm, headers={"typ": KIND})
    assert HERE.read(text) is None


def test_another_kind_of_signed_text_is_no_token() -> None:
    assert HERE.read(signed(claims_of(made()), kind="JWT")) is None


def test_a_changed_token_is_none() -> None:
    head, _, signature = made().split(".")
    more = base64.urlsafe_b64encode(json.dumps(claims_of(made()) | {"scope": "keys"}).encode()).decode().rstrip("=")
    assert HERE.read(f"{head}.{more}.{signature}") is None


ALMOST = st.binary().map(lambda part: ".".join([base64.urlsafe_b64encode(part).decode().rstrip("=")] * 3))


@given(st.one_of(st.text(), st.text(alphabet="abcXYZ019-_.=\x00é", max_size=200), ALMOST))
def test_whatever_is_shown_is_read_or_not_and_nothing_else_happens(text: str) -> None:
    assert HERE.read(text) is None

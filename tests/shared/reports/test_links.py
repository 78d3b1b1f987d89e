"""Addresses that need no key."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import NotFound
from shared.reports.links import LinkExpired, read_link, sign_link

PEPPER = "pepper"
DAY = timedelta(days=1)


def test_a_link_gives_back_what_it_was_made_of() -> None:
    before = datetime.now(UTC)
    token, until = sign_link({"deposit": "é"}, purpose="report", key_pepper=PEPPER, lasting=DAY)
    after = datetime.now(UTC)
    assert token.isascii()
    assert "/" not in token
    assert read_link(token, purpose="report", key_pepper=PEPPER) == {"deposit": "é"}
    assert before + DAY - timedelta(seconds=1) < until <= after + DAY


def test_a_link_ends() -> None:
    token, _ = sign_link({}, purpose="report", key_pepper=PEPPER, lasting=timedelta(seconds=-1))
    with pytest.raises(LinkExpired):
        read_link(token, purpose="report", key_pepper=PEPPER)


def test_every_change_of_a_link_makes_it_lead_nowhere() -> None:
    token, _ = sign_link({"deposit": "1"}, purpose="report", key_pepper=PEPPER, lasting=DAY)
    for at in range(len(token) - 1):  # the last character may hold bits that count for nothing
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(NotFound):
            read_link(changed, purpose="report", key_pepper=PEPPER)


def test_a_link_is_of_its_purpose_and_installation() -> None:
    token, _ = sign_link({}, purpose="report", key_pepper=PEPPER, lasting=DAY)
    with pytest.raises(NotFound):
        read_link(token, purpose="annotated", key_pepper=PEPPER)
    with pytest.raises(NotFound):
        read_link(token, purpose="report", key_pepper="another")

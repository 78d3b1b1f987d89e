"""Where somebody asks from is kept as a network, never as an address."""

import pytest

from shared.origin import asked_from, current_network, network_of


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.17", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:192.0.2.17", "192.0.2.0/24"),
        ("localhost", None),
        (None, None),
    ],
)
def test_the_last_part_of_an_address_is_left_out(host: str | None, network: str | None) -> None:
    assert network_of(host) == network


def test_outside_a_request_there_is_no_origin() -> None:
    with asked_from("192.0.2.17"):
        assert current_network() == "192.0.2.0/24"
    assert current_network() is None

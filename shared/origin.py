"""Where the work at hand was asked from, as much of it as may be kept."""

from contextlib import AbstractContextManager
from contextvars import ContextVar
from ipaddress import ip_address, ip_network

from shared.scoped import Scoped

_host: ContextVar[str | None] = ContextVar("origin", default=None)

KEPT_BITS = {4: 24, 6: 48}
"""Of an address: enough to tell a network from another, not a person from another."""


def asked_from(host: str | None) -> AbstractContextManager[None]:
    """The work inside the block was asked for by `host` (an IP address, or None)."""
    return Scoped(_host, host)


def current_network() -> str | None:
    """The network of who asked (`192.0.2.0/24`), None outside a request: the address itself is kept nowhere."""
    return network_of(_host.get())


def network_of(host: str | None) -> str | None:
    """The network of an address; None for what is no address."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return str(ip_network(f"{address}/{KEPT_BITS[address.version]}", strict=False))

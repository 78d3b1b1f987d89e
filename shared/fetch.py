"""Reaching an address that someone gave us, without reaching anything of ours with it.

The name is resolved once, every address it has must be public, and the connection is made to that very address: a name
that changes its mind between the look and the connection (rebinding) gains nothing. HTTPS only, no proxy from the
environment, no cookie; each redirection is looked at as if it were the first address.

    async with fetched("https://www.data.gouv.fr/fr/datasets/r/…", door=Door(), max_bytes=50_000_000) as file:
        async for chunk in file.chunks: ...
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from email.message import Message
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from shared.errors import Refusal

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""A host name and a port → the IP addresses of the name."""

REDIRECTIONS_LIMIT = 5
URL_LIMIT = 2048
"""Characters of an address."""

_REFUSED_V4 = tuple(ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4"))
"""Protocol assignments, 6to4 relays, multicast and reserved: some pass for global."""

_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
"""Of the global unicast space: protocol assignments (Teredo among them), documentation, 6to4 (an IPv4 address inside).
NAT64 (64:ff9b::/96) and IPv4-mapped addresses are outside of `_GLOBAL_V6`."""


class AddressRefused(Refusal):
    """The address is not one that may be reached from here."""

    status = 400
    code = "address-refused"
    title = "Adresse refusée"


class FetchFailed(Refusal):
    """The other side did not answer, or answered with an error."""

    status = 422
    code = "fetch-failed"
    title = "Fichier distant inaccessible"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Le fichier distant n’a pas pu être lu : {reason}.",
            action="Vérifiez l’adresse dans un navigateur, ou envoyez le fichier lui-même.",
        )
        self.reason = reason


class FetchTooLarge(Refusal):
    """More bytes than the limit."""

    status = 413
    code = "fetch-too-large"
    title = "Fichier distant trop volumineux"


FETCH_REFUSALS = (AddressRefused, FetchFailed, FetchTooLarge)


def is_public(address: Address) -> bool:
    """Whether an address is of the public internet, and holds no other address inside."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _REFUSED_V4)
    within = address in _GLOBAL_V6 and address.scope_id is None
    return within and address.is_global and not any(address in network for network in _REFUSED_V6)


async def resolve(host: str, port: int) -> Sequence[str]:
    """What the machine's resolver says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Door:
    """What may be reached. The defaults are for everyone's use; tests pass their own."""

    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] | None = frozenset({443, 8443})
    """None: any."""
    allows: Callable[[Address], bool] = is_public
    resolve: Resolve = resolve
    tls: ssl.SSLContext | None = None
    """None: the certificates of the system."""
    connect_seconds: float = 5.0
    silence_seconds: float = 15.0
    """Longest wait between two pieces of an answer."""
    total_seconds: float = 60.0
    """Longest exchange, redirections included."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file elsewhere. `chunks` raises FetchFailed and FetchTooLarge."""

    url: str
    """Where it was in the end."""
    content_type: str
    filename: str | None
    """From `Content-Disposition`, else from the address; shown, never used as a path."""
    chunks: AsyncIterator[bytes]


@asynccontextmanager
async def fetched(url: str, *, door: Door, max_bytes: int) -> AsyncIterator[Fetched]:
    """The file at `url`, its bytes as sent. Raises FETCH_REFUSALS."""
    try:
        async with asyncio.timeout(door.total_seconds), AsyncExitStack() as hops:
            for _ in range(REDIRECTIONS_LIMIT + 1):
                response = await hops.enter_async_context(reached("GET", url, door=door))
                if not response.has_redirect_location:
                    break
                url = str(_parsed(url).join(response.headers["location"]))
                await hops.aclose()
            else:
                raise FetchFailed(f"plus de {REDIRECTIONS_LIMIT} redirections")
            if response.status_code != httpx.codes.OK:
                raise FetchFailed(f"réponse {response.status_code}")
            if int(_digits(response.headers.get("content-length"))) > max_bytes:
                raise _too_large(max_bytes)
            yield Fetched(
                url=url,
                content_type=response.headers.get("content-type", ""),
                filename=_filename(response),
                chunks=_bounded(response, max_bytes),
            )
    except TimeoutError:
        raise FetchFailed("trop long") from None


async def check_address(url: str, *, door: Door) -> None:
    """Look at an address as `reached` would, without going there. Raises AddressRefused, FetchFailed."""
    asked = _parsed(url)
    _look(asked, door)
    await _addresses(asked, door)


@asynccontextmanager
async def reached(
    method: str,
    url: str,
    *,
    door: Door,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> AsyncIterator[httpx.Response]:
    """One exchange, without redirections; the body of the answer is not read. Raises AddressRefused, FetchFailed."""
    asked = _parsed(url)
    _look(asked, door)
    addresses = await _addresses(asked, door)
    pinned = asked.copy_with(host=str(addresses[0]))
    timeout = httpx.Timeout(door.silence_seconds, connect=door.connect_seconds)
    own = {"Host": _host_header(asked), "User-Agent": "socle", "Accept-Encoding": "identity", **(headers or {})}
    transport = httpx.AsyncHTTPTransport(verify=door.tls or True, trust_env=False)
    async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=timeout) as client:
        request = client.build_request(
            method, pinned, headers=own, content=content, extensions={"sni_hostname": asked.raw_host.decode()}
        )
        try:
            response = await client.send(request, stream=True, follow_redirects=False)
        except httpx.HTTPError as error:
            raise FetchFailed(type(error).__name__) from error
        try:
            yield response
        finally:
            await response.aclose()


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url) if len(url) <= URL_LIMIT else None
    except (httpx.InvalidURL, UnicodeError, ValueError):
        parsed = None
    if parsed is None or not parsed.host:
        raise _refused("Ce n’est pas une adresse complète.")
    return parsed


def _look(asked: httpx.URL, door: Door) -> None:
    if asked.scheme not in door.schemes:
        raise _refused("Seules les adresses https:// sont suivies.")
    if asked.userinfo:
        raise _refused("L’adresse ne doit contenir ni nom d’utilisateur ni mot de passe.")
    if door.ports is not None and _port(asked) not in door.ports:
        raise _refused("Ce port n’est pas admis.")


def _port(asked: httpx.URL) -> int:
    return asked.port if asked.port is not None else {"https": 443, "http": 80}[asked.scheme]


async def _addresses(asked: httpx.URL, door: Door) -> list[Address]:
    """Every address of the name. All must be allowed: one that is not tells enough about the name."""
    host = asked.raw_host.decode().strip("[]")
    try:
        async with asyncio.timeout(door.connect_seconds):
            texts = await door.resolve(host, _port(asked))
        addresses = [ip_address(text) for text in texts]
    except (OSError, ValueError, UnicodeError):
        raise FetchFailed("nom d’hôte inconnu") from None
    if not addresses:
        raise FetchFailed("nom d’hôte inconnu")
    if not all(door.allows(address) for address in addresses):
        raise _refused("Cette adresse mène hors de l’internet public.")
    return addresses


def _host_header(asked: httpx.URL) -> str:
    return asked.netloc.decode()


async def _bounded(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    total = 0
    try:
        async for chunk in response.aiter_raw(1 << 16):
            total += len(chunk)
            if total > max_bytes:
                raise _too_large(max_bytes)
            yield chunk
    except httpx.HTTPError as error:
        raise FetchFailed(type(error).__name__) from error


def _filename(response: httpx.Response) -> str | None:
    header = Message()
    header["content-disposition"] = response.headers.get("content-disposition", "")
    named = header.get_filename() or response.url.path.rpartition("/")[2]
    return named[:255] or None


def _digits(text: str | None) -> str:
    return text if text and text.isascii() and text.isdigit() else "0"


def _refused(detail: str) -> AddressRefused:
    action = "Donnez l’adresse https publique du fichier, ou envoyez le fichier lui-même."
    return AddressRefused(detail, action=action)


def _too_large(max_bytes: int) -> FetchTooLarge:
    return FetchTooLarge(
        f"Le fichier distant dépasse {max_bytes} octets.",
        action="Envoyez-le par un dépôt, qui accepte de plus gros fichiers, ou découpez-le.",
        limit_bytes=max_bytes,
    )

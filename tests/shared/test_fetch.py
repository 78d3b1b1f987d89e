"""The guard of addresses that someone gave us: nothing of ours is ever reached."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from shared.fetch import AddressRefused, Door, FetchFailed, FetchTooLarge, fetched, is_public


@dataclass
class Canary:
    """A listener of ours; counts who comes."""

    port: int
    connections: int = 0
    visits: list[bytes] = field(default_factory=list)
    """Heads of the requests."""


Answer = Callable[[bytes, int], bytes]
"""(head of the request, port) → whole answer."""


@asynccontextmanager
async def listening(answer: Answer, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Canary]:
    """A server on loopback that answers each connection once."""
    canary = Canary(port=0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        canary.connections += 1
        head = await reader.readuntil(b"\r\n\r\n")
        canary.visits.append(head)
        writer.write(answer(head, canary.port))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    canary.port = server.sockets[0].getsockname()[1]
    async with server:
        yield canary


def ok(body: bytes, *headers: str) -> bytes:
    head = "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: text/csv", f"Content-Length: {len(body)}", *headers])
    return head.encode() + b"\r\n\r\n" + body


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


async def get(url: str, door: Door, max_bytes: int = 1000) -> tuple[bytes, str | None]:
    async with fetched(url, door=door, max_bytes=max_bytes) as file:
        return b"".join([chunk async for chunk in file.chunks]), file.filename


def naming(*addresses: str) -> Callable[[str, int], object]:
    """A resolver for which every name has these addresses."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


ANY_PORT = Door(ports=None)
LOOPBACK = Door(schemes=frozenset({"http"}), ports=None, allows=lambda address: address.is_loopback)

HOSTILE = [
    "https://127.0.0.1:{port}/",
    "https://127.1:{port}/",
    "https://127.0.1:{port}/",
    "https://0:{port}/",
    "https://0.0.0.0:{port}/",
    "https://localhost:{port}/",
    "https://LOCALHOST.:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0x7f.0.0.1:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://017700000001:{port}/",
    "https://127.0.0.1.:{port}/",
    "https://１２７.0.0.1:{port}/",
    "https://①②⑦.⓪.⓪.①:{port}/",
    "https://[::1]:{port}/",
    "https://[::]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://[64:ff9b::127.0.0.1]:{port}/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[64:ff9b:1::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://[2001:0:7f00:1::]:{port}/",
    "https://[fe80::1]:{port}/",
    "https://[fe80::1%25lo]:{port}/",
    "https://[fc00::1]:{port}/",
    "https://[fec0::1]:{port}/",
    "https://[ff02::1]:{port}/",
    "https://169.254.169.254:{port}/latest/meta-data/",
    "https://[fd00:ec2::254]:{port}/",
    "https://100.100.100.200:{port}/",
    "https://10.0.0.1:{port}/",
    "https://172.16.0.1:{port}/",
    "https://192.168.1.1:{port}/",
    "https://100.64.0.1:{port}/",
    "https://192.88.99.1:{port}/",
    "https://198.18.0.1:{port}/",
    "https://224.0.0.1:{port}/",
    "https://255.255.255.255:{port}/",
    "https://user@127.0.0.1:{port}/",
    "https://example.com@127.0.0.1:{port}/",
    "https://example.com:{port}@127.0.0.1/",
    "https://127.0.0.1:{port}\\@example.com/",
    "https://127.0.0.1%00.example.com:{port}/",
    "http://127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "//127.0.0.1:{port}/",
    "https:127.0.0.1:{port}",
    "https://",
    "https:///127.0.0.1:{port}/",
    "127.0.0.1:{port}",
    "",
    "https://x y/",
    "https://127.0.0.1:99999999/",
]


@pytest.mark.parametrize("url", HOSTILE)
async def test_a_hostile_address_reaches_nothing(url: str) -> None:
    async with listening(lambda _head, _port: ok(b"secret")) as canary:
        with pytest.raises((AddressRefused, FetchFailed)):
            await get(url.replace("{port}", str(canary.port)), ANY_PORT)
        assert canary.connections == 0


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("93.184.215.14", "127.0.0.1"),
        ("::ffff:127.0.0.1",),
        ("64:ff9b::7f00:1",),
        ("2002:7f00:1::",),
        ("fe80::1%1",),
        (),
        ("nonsense",),
    ],
)
async def test_a_name_that_leads_inside_reaches_nothing(addresses: tuple[str, ...]) -> None:
    async with listening(lambda _head, _port: ok(b"secret")) as canary:
        door = replace(ANY_PORT, resolve=naming(*addresses))
        with pytest.raises((AddressRefused, FetchFailed)):
            await get(f"https://public.example:{canary.port}/", door)
        assert canary.connections == 0


async def test_a_name_that_changes_its_mind_is_asked_once() -> None:
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["192.0.2.1"] if len(asked) == 1 else ["127.0.0.1"]

    async with listening(lambda _head, _port: ok(b"secret")) as canary:
        door = replace(
            ANY_PORT, resolve=rebinding, allows=lambda address: str(address) == "192.0.2.1", connect_seconds=0.2
        )
        with pytest.raises(FetchFailed):
            await get(f"https://rebinding.example:{canary.port}/", door)
        assert (asked, canary.connections) == (["rebinding.example"], 0)


async def test_an_ordinary_port_is_asked_for() -> None:
    with pytest.raises(AddressRefused, match="port"):
        await get("https://93.184.215.14:22/", Door())


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::6810:84e5", "185.199.108.153", "2a00:1450:4007::200e"]
)
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


async def test_a_file_is_read_with_its_name_and_bytes() -> None:
    disposition = 'Content-Disposition: attachment; filename="d.csv"'
    async with listening(lambda _head, _port: ok(b"a;b\n1;2\n", disposition)) as server:
        assert await get(f"http://127.0.0.1:{server.port}/x", LOOPBACK) == (b"a;b\n1;2\n", "d.csv")
        head = server.visits[0].lower()
        assert b"accept-encoding: identity" in head
        assert f"host: 127.0.0.1:{server.port}".encode() in head
        assert b"cookie" not in head


async def test_the_address_names_the_file_when_nothing_else_does() -> None:
    async with listening(lambda _head, _port: ok(b"a")) as server:
        assert (await get(f"http://127.0.0.1:{server.port}/folder/data.csv?v=2", LOOPBACK))[1] == "data.csv"


async def test_a_redirection_inside_is_refused() -> None:
    async with listening(lambda _head, _port: ok(b"secret")) as canary:
        async with listening(lambda _head, _port: moved(f"http://[::1]:{canary.port}/")) as public:
            door = replace(LOOPBACK, allows=lambda address: str(address) == "127.0.0.1")
            with pytest.raises(AddressRefused):
                await get(f"http://127.0.0.1:{public.port}/", door)
        assert canary.connections == 0


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://127.0.0.1/", "https://127.0.0.1/", "http://u:p@127.0.0.1/"]
)
async def test_a_redirection_to_another_kind_of_address_is_refused(to: str) -> None:
    async with listening(lambda _head, _port: moved(to)) as public:
        with pytest.raises(AddressRefused):
            await get(f"http://127.0.0.1:{public.port}/", LOOPBACK)


async def test_a_good_redirection_is_followed() -> None:
    def answer(head: bytes, port: int) -> bytes:
        return ok(b"there") if b"GET /b" in head else moved(f"http://127.0.0.1:{port}/b")

    async with listening(answer) as server:
        assert (await get(f"http://127.0.0.1:{server.port}/a", LOOPBACK))[0] == b"there"


async def test_redirections_come_to_an_end() -> None:
    async with listening(lambda _head, _port: moved("/again")) as server:
        with pytest.raises(FetchFailed, match="redirections"):
            await get(f"http://127.0.0.1:{server.port}/", LOOPBACK)
        assert len(server.visits) == 6


async def test_a_file_too_large_is_refused_before_and_while_it_comes() -> None:
    async with listening(lambda _head, _port: ok(b"x" * 2000)) as server:
        with pytest.raises(FetchTooLarge):
            await get(f"http://127.0.0.1:{server.port}/", LOOPBACK)
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 200_000
    async with listening(lambda _head, _port: endless) as server:
        with pytest.raises(FetchTooLarge):
            await get(f"http://127.0.0.1:{server.port}/", LOOPBACK)


async def test_an_error_on_the_other_side_is_told() -> None:
    async with listening(lambda _head, _port: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as server:
        with pytest.raises(FetchFailed, match="404"):
            await get(f"http://127.0.0.1:{server.port}/", LOOPBACK)
    async with listening(lambda _head, _port: b"what?\r\n\r\n") as server:
        with pytest.raises(FetchFailed):
            await get(f"http://127.0.0.1:{server.port}/", LOOPBACK)


async def test_silence_and_slowness_come_to_an_end() -> None:
    async with listening(lambda _head, _port: b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") as server:
        with pytest.raises(FetchFailed):
            await get(f"http://127.0.0.1:{server.port}/", replace(LOOPBACK, silence_seconds=0.2))


async def test_the_environment_s_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(lambda _head, _port: ok(b"by proxy")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with listening(lambda _head, _port: ok(b"direct")) as server:
            assert (await get(f"http://127.0.0.1:{server.port}/", LOOPBACK))[0] == b"direct"
        assert proxy.connections == 0


async def test_the_certificate_is_that_of_the_name_though_the_connection_is_to_its_address(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=good.example"),
            *("-addext", "subjectAltName=DNS:good.example", "-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    door = replace(LOOPBACK, schemes=frozenset({"https"}), resolve=naming("127.0.0.1"), tls=trusting)
    async with listening(lambda _head, _port: ok(b"over TLS"), tls=serving) as server:
        assert (await get(f"https://good.example:{server.port}/", door))[0] == b"over TLS"
        assert f"Host: good.example:{server.port}".encode() in server.visits[0]
        with pytest.raises(FetchFailed):
            await get(f"https://evil.example:{server.port}/", door)
        with pytest.raises(FetchFailed):
            await get(f"https://good.example:{server.port}/", replace(door, tls=None))
        assert len(server.visits) == 1

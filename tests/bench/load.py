"""Requests by `wrk` over 32 connections, or by a small loop of our own where it is not installed."""

import asyncio
import random
import re
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

CONNECTIONS = 32
TOOL = "wrk" if shutil.which("wrk") else "asyncio loop"

SCRIPT = """
local paths = {{ {paths} }}
local headers = {{ {headers} }}
math.randomseed(31)
request = function() return wrk.format("GET", paths[math.random(#paths)], headers) end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server answered."""

    per_second: float
    p99_ms: float


async def load(
    base_url: str,
    paths: Sequence[str],
    *,
    seconds: float,
    headers: Mapping[str, str] | None = None,
    expected: int = 200,
) -> Load:
    """Ask for paths at random, each connection as fast as it is answered."""
    given = headers or {}
    return await (_by_wrk if TOOL == "wrk" else _by_loop)(base_url, paths, seconds, given, expected)


async def _by_wrk(
    base_url: str, paths: Sequence[str], seconds: float, headers: Mapping[str, str], _expected: int
) -> Load:
    quoted = ", ".join(f'["{name}"] = [[{value}]]' for name, value in headers.items())
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(paths=", ".join(f"[[{path}]]" for path in paths), headers=quoted))
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency", "-s", script.name]
        process = await asyncio.create_subprocess_exec(*command, base_url, stdout=asyncio.subprocess.PIPE)
        said = (await process.communicate())[0].decode()
    assert "Non-2xx" not in said, said
    rate, p99 = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"99%\s+([\d.]+)(us|ms|s)\b", said)
    assert rate is not None, said
    assert p99 is not None, said
    return Load(float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]])


async def _by_loop(
    base_url: str, paths: Sequence[str], seconds: float, headers: Mapping[str, str], expected: int
) -> Load:
    parts, deadline, taken = urlparse(base_url), time.perf_counter() + seconds, list[float]()
    sent = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    async def one_connection(number: int) -> None:
        chance = random.Random(number)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while (began := time.perf_counter()) < deadline:
            writer.write(f"GET {chance.choice(paths)} HTTP/1.1\r\nHost: socle\r\n{sent}\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 %d" % expected), head
            length = re.search(rb"content-length: (\d+)", head.lower())
            await reader.readexactly(int(length[1]) if length else 0)
            taken.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one_connection(number) for number in range(CONNECTIONS)))
    return Load(len(taken) / (time.perf_counter() - began), sorted(taken)[int(len(taken) * 0.99)] * 1000)


def rss_mb(pid: int) -> float:
    """Memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024

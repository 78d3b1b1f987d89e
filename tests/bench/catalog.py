"""How fast published rows are read and how fast they are published, beside references measured in the same run.

`BENCH_ROWS` addresses (1,000,000) of one commune, in a whole installation with durable servers. Every comparison is
made in turn; what is printed is the median of the ratios.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from catalog_costs import measure_exports, measure_neighbour, measure_publication
from catalog_questions import Questions, make_questions
from figures import Figure
from load import TOOL, load
from publishing import ORGANISATIONS, opened_publisher
from stack import PEPPER, Stack, running_stack

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = 3


@dataclass(frozen=True, slots=True)
class Server:
    """A web process."""

    url: str
    pid: int


@dataclass(frozen=True, slots=True)
class Servers:
    """Ours without kept answers, ours as installed, and the references."""

    bare: Server
    ours: Server
    by_framework: Server
    by_hand: Server


async def measure_catalog() -> list[Figure]:
    """Every line of the table of aims, printed as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="socle-bench-") as folder:
        async with (
            running_stack(Path(folder), ORGANISATIONS, targets=()) as stack,
            opened_publisher(stack, ROWS) as publisher,
        ):
            _tell({"figure": "about", "rows": ROWS, "load": f"{TOOL}, 32 connections", "rounds": ROUNDS})
            _tell(await measure_publication(publisher, ORGANISATIONS[0]))
            questions = await make_questions(stack)
            async with _servers(stack, questions) as servers:
                await _read(servers, questions)
                _tell(await _deep(servers.bare.url, questions))
                for figure in await measure_exports(servers.ours, servers.by_hand.url, questions):
                    _tell(figure)
                _tell(await measure_neighbour(servers.bare.url, questions, publisher, ORGANISATIONS[1]))
    return []


def _tell(figure: Figure) -> None:
    print(json.dumps(figure, ensure_ascii=False), flush=True)


async def _read(servers: Servers, questions: Questions) -> None:
    for name, paths in questions.ours.items():
        asked = {
            "ours": (servers.bare.url, paths),
            "by_framework": (servers.by_framework.url, questions.references[name]),
            "by_hand": (servers.by_hand.url, questions.references[name]),
        }
        aims = {"aim_by_framework": 5 if name == "groups" else 2.5, "aim_by_hand": 0.75}
        _tell({**await _in_turn(name, asked), **aims})
    page, reference = questions.ours["page of 20"][:1], questions.references["page of 20"][:1]
    async with httpx.AsyncClient() as client:
        tag = (await client.get(servers.ours.url + page[0])).headers["etag"]
    for name, headers in (
        ("the same page of 20 again", {}),
        ("the same page of 20 again, 304", {"If-None-Match": tag}),
    ):
        asked = {"ours": (servers.ours.url, page), "by_framework": (servers.by_framework.url, reference)}
        _tell({**await _in_turn(name, asked, headers), "aim_by_framework": 8})


async def _in_turn(
    name: str, asked: dict[str, tuple[str, Sequence[str]]], headers: dict[str, str] | None = None
) -> Figure:
    rates: dict[str, list[float]] = {who: [] for who in asked}
    for who, (url, paths) in asked.items():
        await load(url, paths, seconds=1, headers=headers if who == "ours" else None, expected=304 if headers else 200)
    for _ in range(ROUNDS):
        for who, (url, paths) in asked.items():
            sent = headers if who == "ours" else None
            rates[who].append(
                (await load(url, paths, seconds=SECONDS, headers=sent, expected=304 if sent else 200)).per_second
            )
    ratios = {
        f"times_{who}": round(median(mine / its for mine, its in zip(rates["ours"], rates[who], strict=True)), 2)
        for who in rates
        if who != "ours"
    }
    return {"figure": name, **{f"{who}_per_s": round(median(each)) for who, each in rates.items()}, **ratios}


async def _deep(url: str, questions: Questions) -> Figure:
    """One request after the other: the first page, and the one after nine tenths of the rows."""
    taken: dict[str, list[float]] = {"first": [], "deep": []}
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(100):
            for name, path in (("first", questions.first_page), ("deep", questions.deep_page)):
                began = time.perf_counter()
                (await client.get(path)).raise_for_status()
                taken[name].append(time.perf_counter() - began)
    first, deep = (median(taken[name][10:]) * 1000 for name in ("first", "deep"))
    return {
        "figure": "page after nine tenths of the rows, sorted",
        "first_ms": round(first, 2),
        "deep_ms": round(deep, 2),
        "times_first": round(deep / first, 2),
        "aim_times_first": 1.5,
    }


@asynccontextmanager
async def _servers(stack: Stack, questions: Questions) -> AsyncIterator[Servers]:
    statements = stack.folder / "statements.json"
    statements.write_text(json.dumps(questions.statements))
    environment = {
        "PATH": os.environ["PATH"],
        "SOCLE_DATABASE_URL": stack.postgres.dsn,
        "SOCLE_QUEUE_URL": stack.valkey.url,
        "SOCLE_BLOBS_URL": stack.blobs_url,
        "SOCLE_KEY_PEPPER": PEPPER,
        "BENCH_STATEMENTS": str(statements),
        "BENCH_FILE": str(questions.snapshot_path),
    }
    serve = [sys.executable, "-m", "services.cli.main", "serve", "catalog", "--port"]
    small = [sys.executable, "-m", "uvicorn", "--app-dir", str(Path(__file__).parent), "--log-level", "error", "--loop"]
    small += ["uvloop", "--http", "httptools", "--no-access-log"]
    with ExitStack() as running:

        def run(command: list[str], number: int, **more: str) -> Server:
            port = stack.port + number
            log = running.enter_context((stack.folder / f"server-{number}.log").open("wb"))
            process = subprocess.Popen([*command, str(port)], env=environment | more, stdout=log, stderr=log)
            running.callback(process.wait)
            running.callback(process.terminate)
            return Server(f"http://127.0.0.1:{port}", process.pid)

        servers = Servers(
            bare=run(serve, 0, CATALOG_ANSWERS_BYTES="0"),
            ours=run(serve, 1),
            by_framework=run([*small, "catalog_references:by_framework", "--port"], 2),
            by_hand=run([*small, "catalog_references:by_hand", "--port"], 3),
        )
        for server, paths in (
            (servers.bare, questions.ours),
            (servers.ours, questions.ours),
            (servers.by_framework, questions.references),
            (servers.by_hand, questions.references),
        ):
            for some in paths.values():
                await _until_answers(server.url + some[0])
        yield servers


async def _until_answers(url: str) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        for _ in range(200):
            try:
                (await client.get(url)).raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
    raise AssertionError(url)

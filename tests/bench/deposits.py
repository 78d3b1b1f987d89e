"""How fast a deposit is accepted and published."""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median

import httpx
from bare_accept import bare_accept
from figures import Figure, latency
from flood import another_key, flood_with, single_push
from samples import communes, deliberations
from stack import Stack, end_of, push, running_stack

ACCEPTS = 200
WARM = 10
"""Of them, the first, which are not counted."""
TRAVELS = 30
MANY = 200
ORGANISATIONS = 20
ROWS = 500
ASK_AGAIN_SECONDS = 0.2
"""Five times as often as we ask for (`Retry-After: 1`)."""
FLOODING = 2000
PROBES = 7


async def measure_deposits() -> list[Figure]:
    """Against a whole installation in separate processes, with durable servers."""
    sirens = communes(ORGANISATIONS)
    with tempfile.TemporaryDirectory(prefix="socle-bench-") as folder:
        async with running_stack(Path(folder), sirens) as stack:
            travels = await _travels(stack, sirens[0])
            many = await _many(stack, sirens)
            accepts = await _accepts(stack, sirens[1])
    with tempfile.TemporaryDirectory(prefix="socle-bench-") as folder:
        async with running_stack(Path(folder), sirens[:1]) as stack:
            fair = await _fairness(stack, sirens[0], sirens[1])
    return [accepts, travels, many, fair]


async def _accepts(stack: Stack, siren: str) -> Figure:
    """From the first byte sent to the 202 read, 100 kB each, in turn with the bare accept."""
    ours, bare = [], []
    where = {"organisation": siren, "schema": "scdl/deliberations"}
    stack.kill("work validator")  # what is measured is the promise, not the work that follows it
    async with stack.client() as client, bare_accept(stack) as reference:
        for number in range(ACCEPTS):
            content = deliberations(siren, mark=f"{number:06}", rows=1050)
            began = time.perf_counter()
            await push(client, siren, content)
            ours.append(time.perf_counter() - began)
            content = deliberations(siren, mark=f"nu {number:06}", rows=1050)
            began = time.perf_counter()
            (await reference.post("/deposits", params=where, content=content)).raise_for_status()
            bare.append(time.perf_counter() - began)
    warm = slice(WARM, None)
    more = {"bytes": len(content), "aim_p50_ms": 15, "bare_p50_ms": round(median(bare[warm]) * 1000, 1)}
    ratio = round(median(ours[warm]) / median(bare[warm]), 2)
    return latency("deposit accepted", ours[warm], **more, ratio_to_bare=ratio, aim_ratio=1.3)


async def _travels(stack: Stack, siren: str) -> Figure:
    """From the push to the first answer that says `published`, on an idle installation."""
    seconds = []
    async with stack.client() as client:
        for number in range(TRAVELS):
            content = deliberations(siren, mark=f"voyage {number}", rows=ROWS)
            began = time.perf_counter()
            end = await end_of(client, await push(client, siren, content), pause_seconds=0.01)
            seconds.append(time.perf_counter() - began)
            assert end["state"] == "published", end
            await asyncio.sleep(0.1)
    return latency("push to published", seconds[3:], rows=ROWS, aim_p50_ms=400)


async def _many(stack: Stack, sirens: list[str]) -> Figure:
    """All pushed at once by all organisations; until the last one has ended. Files are made beforehand, as a vendor has
    them; whoever pushed asks for each deposit in turn until it has ended, which is counted."""
    each = range(MANY // len(sirens))
    files = {siren: [deliberations(siren, mark=f"beaucoup {number}", rows=ROWS) for number in each] for siren in sirens}
    async with stack.client() as client:
        began = time.perf_counter()

        async def push_in_turn(siren: str) -> list[dict[str, object]]:
            return [await push(client, siren, content) for content in files[siren]]

        accepted = [one for some in await asyncio.gather(*map(push_in_turn, sirens)) for one in some]
        pushed = time.perf_counter() - began
        ends = [await end_of(client, one, seconds=300, pause_seconds=ASK_AGAIN_SECONDS) for one in accepted]
        seconds = time.perf_counter() - began
    assert {end["state"] for end in ends} == {"published"}
    return {
        "figure": "deposits end to end",
        "deposits_per_second": round(MANY / seconds, 1),
        "accepted_per_second": round(MANY / pushed, 1),
        "deposits": MANY,
        "rows": ROWS,
        "aim_per_second": 20,
    }


async def _fairness(stack: Stack, flooding: str, quiet: str) -> Figure:
    """Single pushes of one vendor, when idle and while FLOODING deposits of another wait."""
    key = await another_key(stack, quiet)
    async with (
        stack.client() as flooder,
        httpx.AsyncClient(base_url=stack.base_url, headers={"X-API-Key": key}, timeout=30) as client,
    ):
        idle = [await single_push(client, quiet, mark=f"calme {number}") for number in range(PROBES)]
        await flood_with(flooder, flooding, FLOODING)
        busy = [await single_push(client, quiet, mark=f"foule {number}") for number in range(PROBES)]
        waiting = (await client.get("/v1/status")).json()["waiting"]
    assert waiting, "the flood was over: nothing was measured"
    ratio = round(median(busy) / median(idle), 1)
    return latency("single push under a flood", busy, flood=FLOODING, still_waiting=waiting, ratio=ratio, aim_ratio=5)

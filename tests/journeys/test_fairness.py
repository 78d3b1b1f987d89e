"""One vendor floods the installation; another's single push is not the one that waits."""

import time
from pathlib import Path
from statistics import median

import httpx
import pytest
from flood import FLOOD, another_key, flood_with, single_push
from samples import communes
from stack import running_stack

pytestmark = pytest.mark.long

PROBES = 5

BOUND = 10.0
"""Times the latency when idle: the aim is 5, the machine of a test run may have other things to do."""


async def test_a_flood_of_one_vendor_hardly_delays_the_push_of_another(tmp_path: Path) -> None:
    flooding, quiet = communes(2)
    async with running_stack(tmp_path, [flooding]) as stack:
        key = await another_key(stack, quiet)
        async with (
            stack.client() as flooder,
            httpx.AsyncClient(base_url=stack.base_url, headers={"X-API-Key": key}, timeout=30) as client,
        ):
            idle = [await single_push(client, quiet, mark=f"calme {number}") for number in range(PROBES)]
            await flood_with(flooder, flooding, FLOOD)
            began = time.monotonic()
            busy = [await single_push(client, quiet, mark=f"foule {number}") for number in range(PROBES)]
            waiting = (await client.get("/v1/status")).json()["waiting"]
    assert waiting > 0, f"the flood was over after {time.monotonic() - began:.0f} s: nothing was measured"
    assert median(busy) < BOUND * median(idle), (busy, idle)

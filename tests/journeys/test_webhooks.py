"""Webhooks of a whole installation: each end told, none invented, whatever fails or is killed on the way."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import orjson
import pytest
from receiver import Visit, receiving
from samples import communes, deliberations
from stack import end_of, push, running_stack
from standardwebhooks import Webhook
from starlette.responses import Response

pytestmark = pytest.mark.long

FAILURES = 5
WORKER = "work ingest"

ON_ITS_WAY = """
    SELECT id FROM ingest.webhook_event WHERE sent_out_at IS NULL
    UNION ALL SELECT id FROM ingest.webhook_delivery WHERE state = 'waiting'
"""


async def test_each_event_arrives_under_one_identifier_despite_failures_and_a_killed_worker(tmp_path: Path) -> None:
    sirens, tries = communes(3), Counter[str]()

    def stubborn(visit: Visit) -> Response:
        tries[visit.id] += 1
        return Response(status_code=500 if tries[visit.id] <= FAILURES else 204)

    async with running_stack(tmp_path, sirens) as stack, stack.client() as client, receiving() as receiver:
        receiver.answer = stubborn
        made = await client.post("/v1/webhooks", json={"url": receiver.url, "events": ["deposit.*"]})
        assert made.status_code == 201, made.text
        receiver.holding = asyncio.Event()
        files = [deliberations(siren, mark="annonce") for siren in sirens]
        ends = [await end_of(client, await push(client, *one)) for one in [*zip(sirens, files, strict=True)]]
        again = await end_of(client, await push(client, sirens[0], files[0]))
        wrong = await end_of(client, await push(client, sirens[1], b"COLL_NOM\nMuret\n"))
        deadline = time.monotonic() + 120
        while not receiver.visits:
            assert time.monotonic() < deadline, stack.logs()
            await asyncio.sleep(0.05)
        stack.kill(WORKER)
        receiver.holding.set()
        receiver.holding = None
        stack.run(WORKER)
        while await stack.sql(ON_ITS_WAY):
            assert time.monotonic() < deadline, stack.logs()
            # Pauses and leases that would take hours are over at once.
            await stack.sql("UPDATE ingest.webhook_delivery SET next_at = clock_timestamp() WHERE state = 'waiting'")
            await asyncio.sleep(0.5)
        deliveries = (await client.get(f"/v1/webhooks/{made.json()['id']}/deliveries")).json()["data"]
        found = (await client.get(f"/v1/webhooks/{made.json()['id']}")).json()

    signed = Webhook(made.json()["secret"])
    told = {(visit.id, orjson.dumps(signed.verify(visit.body, visit.headers))) for visit in receiver.visits}
    assert Counter((orjson.loads(body)["type"], orjson.loads(body)["data"]["deposit"]) for _, body in told) == Counter(
        (f"deposit.{end['state']}", end["id"]) for end in [*ends, again, wrong]
    )
    assert [end["state"] for end in [*ends, again, wrong]] == ["published"] * 3 + ["unchanged", "rejected"]
    assert len({identifier for identifier, _ in told}) == 5
    assert all(count > FAILURES for count in tries.values())
    assert {one["state"] for one in deliveries} == {"delivered"}
    assert found["state"] == "enabled"

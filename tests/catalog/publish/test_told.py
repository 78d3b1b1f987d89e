"""What a publication records for webhooks, in its own transaction, and who hears of it."""

import json
from collections.abc import Awaitable, Callable

from catalog_samples import MURET_DELIBERATIONS, deliberation, fetch
from journal import MURET, HabilitatedVendor, SessionsOf

from services.ingest.webhooks.events import send_out
from shared.models import Deposit, WebhookEndpoint

Publish = Callable[..., Awaitable[Deposit]]


async def test_a_publication_is_told_to_its_vendor_and_to_everybody(database: str, publish: Publish) -> None:
    first = await publish([deliberation("2024-001")])
    again = await publish([deliberation("2024-001")])
    events = await fetch(database, "SELECT * FROM ingest.webhook_event WHERE type !~ '^habilitation' ORDER BY sequence")
    assert [(one["type"], one["vendor_id"], one["subject"]) for one in events] == [
        ("dataset.version_published", None, MURET_DELIBERATIONS),
        ("deposit.published", first.vendor_id, str(first.id)),
        ("deposit.unchanged", again.vendor_id, str(again.id)),
    ]
    version, published, _ = (json.loads(one["data"]) for one in events)
    assert (version["version"], version["organisation"], version["rows"], version["mode"]) == (1, MURET, 1, "replace")
    assert (published["dataset"], published["version"]) == (MURET_DELIBERATIONS, 1)


async def test_reusers_hear_of_the_data_sets_they_named(
    database: str, publish: Publish, other_vendor: HabilitatedVendor, sessions_of: SessionsOf
) -> None:
    asked = {"all": None, "one": [MURET_DELIBERATIONS], "schema": ["deliberations"], "other": ["subventions", "x"]}
    ingest = sessions_of("socle_ingest")
    async with ingest.begin() as session:
        for name, datasets in asked.items():
            values = {"url": "https://exemple.fr/", "events": ["*"], "datasets": datasets, "description": name}
            session.add(WebhookEndpoint(vendor_id=other_vendor.vendor.id, **values))
    await publish([deliberation("2024-001")])
    async with ingest.begin() as session:
        assert await send_out(session) >= 2
        assert await send_out(session) == 0
    told = await fetch(
        database,
        "SELECT w.description, e.type FROM ingest.webhook_delivery AS d JOIN ingest.webhook_event AS e "
        "ON e.id = d.event_id JOIN ingest.webhook_endpoint AS w ON w.id = d.endpoint_id ORDER BY 1",
    )
    assert [tuple(one) for one in told] == [(name, "dataset.version_published") for name in ("all", "one", "schema")]

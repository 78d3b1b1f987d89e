"""Items about webhooks: a signed event arrives and is verified; what is not signed is not believed."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from services.cli.certify.door import forge
from services.cli.certify.receiver import Receiver, receiving
from services.cli.certify.visit import Missed, Skipped, Visit, expect, made
from services.ingest.webhooks.signature import parse_secret

PATIENCE_SECONDS = 20.0
"""How long a delivery may take: an attempt lasts 15 s at most."""

NO_RECEIVER = "indiquez --receiver-url : l'adresse d'un de vos webhooks"


async def webhook_is_verified(visit: Visit) -> str:
    """With the vendor's receiver, or one of ours on this machine when the installation may reach it."""
    if visit.receiver_url is not None:
        endpoint = await _registered(visit, visit.receiver_url)
        return f"votre récepteur a répondu {await _tested(visit, str(endpoint['id']))} à un événement signé"
    if not visit.door.is_here:
        raise Skipped(NO_RECEIVER)
    with receiving() as receiver:
        return await _heard(visit, receiver)


async def forgery_is_refused(visit: Visit) -> str:
    """A message with a signature that is made up, sent to the vendor's receiver."""
    if visit.receiver_url is None:
        raise Skipped(NO_RECEIVER)
    await _registered(visit, visit.receiver_url)
    status = await forge(visit.receiver_url)
    expect(not 200 <= status < 300, f"votre récepteur a répondu {status} à un événement dont la signature est fausse")
    return f"votre récepteur a répondu {status} à une signature fausse"


async def _heard(visit: Visit, receiver: Receiver) -> str:
    wanted = {"url": receiver.url, "description": f"Certification {visit.mark}", "events": ["deposit.*"]}
    answer = await visit.door.ask("POST", "/v1/webhooks", json=wanted)
    if answer.code == "webhook-address":
        raise Skipped(NO_RECEIVER)
    endpoint = made(answer, 201, right="webhooks").body
    receiver.secret = parse_secret(str(endpoint["secret"]))
    try:
        await _tested(visit, str(endpoint["id"]))
        expect(receiver.verified and not receiver.refused, " ".join(receiver.refused) or "rien n'est arrivé")
    finally:
        await visit.door.ask("DELETE", f"/v1/webhooks/{endpoint['id']}")
    return "événement reçu, sa signature vérifiée selon Standard Webhooks"


async def _registered(visit: Visit, url: str) -> Mapping[str, Any]:
    """The webhook that has this address. Raises Missed, Skipped."""
    listed = made(await visit.door.ask("GET", "/v1/webhooks"), 200, right="webhooks").body["data"]
    for endpoint in listed:
        if endpoint["url"] == url:
            return dict(endpoint)
    raise Missed("aucun de vos webhooks n'a cette adresse : créez-le par POST /v1/webhooks, avec cette clé")


async def _tested(visit: Visit, endpoint_id: str) -> int:
    """Press the button; what the receiver answered. Raises Missed."""
    pressed = made(await visit.door.ask("POST", f"/v1/webhooks/{endpoint_id}/test"), 202, right="webhooks").body
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        listed = await visit.door.ask("GET", f"/v1/webhooks/{endpoint_id}/deliveries")
        delivery = next((one for one in listed.body.get("data", ()) if one["id"] == pressed["id"]), pressed)
        if delivery["state"] == "delivered":
            return int(delivery["attempts"][-1]["status"])
        for attempt in delivery["attempts"]:
            raise Missed(f"récepteur : {attempt['status'] or ''} {attempt['error'] or 'réponse inattendue'}".strip())
        expect(time.monotonic() < deadline, "l'événement n'est pas parti à temps")
        await asyncio.sleep(0.3)

"""The item about keys: one is replaced while it serves. It is made for that, so the vendor's own is left alone."""

from datetime import UTC, datetime, timedelta

from services.cli.certify.door import Answer
from services.cli.certify.visit import Visit, expect, made, refused

LIFE = timedelta(hours=1)
"""Of what is made here, should nothing be left to revoke it."""


async def key_is_replaced(visit: Visit) -> str:
    """Two keys open during the overlap, then the successor alone."""
    until = (datetime.now(UTC) + LIFE).isoformat()
    wish = {"name": f"certification {visit.mark}", "actions": ["read"], "expires_at": until}
    first = made(await visit.door.ask("POST", "/v1/keys", json=wish), 201, right="keys").body
    prefixes = [str(first["prefix"])]
    try:
        path, overlap = f"/v1/keys/{first['prefix']}/rotate", {"overlap_hours": "1"}
        second = made(await visit.door.ask("POST", path, params=overlap), 201, right="keys").body
        prefixes.append(str(second["prefix"]))
        for name, key in (("la clé remplacée", first["key"]), ("sa remplaçante", second["key"])):
            status = (await _listing(visit, key)).status
            expect(status == 200, f"pendant le recouvrement, {name} reçoit {status}")
        await visit.door.ask("DELETE", f"/v1/keys/{first['prefix']}")
        seen = refused(await _listing(visit, first["key"]), 401, "key-invalid")
        expect((await _listing(visit, second["key"])).status == 200, "la remplaçante n'ouvre plus")
    finally:
        for prefix in prefixes:
            await visit.door.ask("DELETE", f"/v1/keys/{prefix}")
    return f"les deux ouvrent pendant le recouvrement ; l'ancienne, révoquée : {seen}"


async def _listing(visit: Visit, key: str) -> Answer:
    headers = {"Authorization": f"Bearer {key}"}
    return await visit.door.ask("GET", "/v1/deposits", params={"limit": "1"}, headers=headers)

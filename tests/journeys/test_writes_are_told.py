"""Every write leaves its line in the audit trail: who, what, about whom, from where, on which request."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from journal import MURET, PEPPER, HabilitatedVendor, SessionsOf
from project import SERVICES, app_of
from pushes import push
from samples import deliberations
from sqlalchemy import select
from sqlmodel import col

from services.cli.merged_api import merge_documents
from services.ingest.habilitations.operate import add_referent
from services.ingest.operators import create_operator_key
from shared import deposits
from shared.db import Sessions
from shared.deposits import VALIDATE, put_aside
from shared.models import AuditEntry, OutgoingMail

Work = Callable[[str], Awaitable[None]]

ROQUES = "213104581"
REASONS = [{"code": "personal-nir", "count": 2}]

TOLD = {
    "POST /v1/deposits": "deposit.create",
    "POST /v1/deposits/{deposit_id}/cancel": "deposit.cancel",
    "POST /v1/deposits/{deposit_id}/confirm": "deposit.confirm",
    "POST /v1/deposits/{deposit_id}/retry": "deposit.retry",
    "POST /v1/deposits/{deposit_id}/report/link": "report.share",
    "POST /v1/keys": "key.create",
    "POST /v1/keys/{prefix}/rotate": "key.rotate",
    "DELETE /v1/keys/{prefix}": "key.revoke",
    "POST /v1/habilitations": "habilitation.request",
    "POST /v1/habilitations/{habilitation_id}/reminder": "habilitation.remind",
    "POST /v1/consents": "consent.send",
    "POST /v1/consents/{token}": "habilitation.grant",
    "POST /v1/webhooks": "webhook.create",
    "PATCH /v1/webhooks/{webhook_id}": "webhook.change",
    "DELETE /v1/webhooks/{webhook_id}": "webhook.delete",
    "POST /v1/webhooks/{webhook_id}/rotate": "webhook.rotate",
    "POST /v1/webhooks/{webhook_id}/test": "webhook.test",
    "POST /v1/webhooks/{webhook_id}/replay": "webhook.replay",
    "POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": "webhook.replay",
    "POST /v1/datasets": "dataset.create",
    "PATCH /v1/datasets/{dataset_id}": "dataset.edit",
    "POST /v1/datasets/{dataset_id}/rollback": "dataset.rollback",
    "POST /v1/admin/organisations": "organisation.create",
    "POST /v1/admin/organisations/import": "organisation.agents",
    "PATCH /v1/admin/organisations/{siren}": "organisation.agents",
    "POST /v1/admin/organisations/{siren}/onboarding": "organisation.onboarding",
    "POST /v1/admin/organisations/{siren}/referents": "referent.add",
    "DELETE /v1/admin/organisations/{siren}/referents/{referent_id}": "referent.remove",
}
"""Operation → what its line says was done."""

KEPT_NOWHERE = "answers, and keeps nothing"
UNTOLD = {
    "POST /v1/validations": KEPT_NOWHERE,
    "POST /v1/validations/corrected": KEPT_NOWHERE,
    "POST /v1/schemas/infer": KEPT_NOWHERE,
    "POST /validate": KEPT_NOWHERE,
    "POST /oauth/token": "a token is kept nowhere; what is done with it is told as done by its key",
}
"""Operations that are no writes, and why."""


def writing_operations() -> set[str]:
    documents = {service: app_of(service).openapi() for service in SERVICES}
    paths = merge_documents(documents, title="Socle", description="").get("paths", {})
    return {f"{method.upper()} {path}" for path, item in paths.items() for method in item if method != "get"}


def test_every_operation_that_writes_is_told_or_says_why_not() -> None:
    assert not TOLD.keys() & UNTOLD.keys()
    assert writing_operations() == TOLD.keys() | UNTOLD.keys()


@pytest.fixture
def sessions(sessions_of: SessionsOf) -> Sessions:
    return sessions_of("socle_ingest")


class Tour:
    """Does each write once, and looks for its line."""

    def __init__(self, client: httpx.AsyncClient, sessions: Sessions, vendor: HabilitatedVendor) -> None:
        self.client, self.sessions, self.vendor = client, sessions, vendor
        self.done: set[str] = set()

    async def do(self, operation: str, path: str = "", **request: Any) -> Any:
        """`path`: where its parameters are filled in."""
        method, template = operation.split()
        answer = await self.client.request(method, path or template, **request)
        return await self.told(operation, answer)

    async def told(self, operation: str, answer: httpx.Response) -> Any:
        assert answer.status_code < 300, (operation, answer.text)
        wanted = select(AuditEntry).where(col(AuditEntry.request_id) == answer.headers["X-Request-Id"])
        async with self.sessions() as session:
            lines = list((await session.execute(wanted)).scalars())
        matching = [line for line in lines if line.action == TOLD[operation]]
        assert matching, (operation, [line.action for line in lines])
        for line in matching:
            assert line.network == "127.0.0.0/24", line
            assert line.subject
            assert line.actor.split()[0] in {"key", "operator", "referent", "anybody"}, line
            assert line.vendor_id == self.vendor.vendor.id or not line.actor.startswith("key"), line
        self.done.add(operation)
        return answer.json() if answer.text.startswith("{") else None

    async def letter(self) -> OutgoingMail:
        async with self.sessions() as session:
            newest = select(OutgoingMail).order_by(col(OutgoingMail.id).desc()).limit(1)
            return (await session.execute(newest)).scalar_one()


@pytest.fixture
def tour(client: httpx.AsyncClient, sessions: Sessions, vendor: HabilitatedVendor) -> Tour:
    return Tour(client, sessions, vendor)


async def test_every_write_leaves_a_line(tour: Tour, work: Work, sessions_of: SessionsOf) -> None:
    await deposits_are_told(tour, work, sessions_of)
    await keys_and_webhooks_are_told(tour)
    await habilitations_are_told(tour)
    await datasets_are_told(tour)
    await operators_are_told(tour)
    assert tour.done == TOLD.keys()


async def deposits_are_told(tour: Tour, work: Work, sessions_of: SessionsOf) -> None:
    async def pushed(mark: str) -> str:
        answer = await push(tour.client, deliberations(MURET, mark=mark))
        identifier: str = (await tour.told("POST /v1/deposits", answer))["id"]
        return identifier

    failed = await pushed("échoué")
    async with tour.sessions.begin() as session:
        await put_aside(session, time_limit=timedelta(0))
    await tour.do("POST /v1/deposits/{deposit_id}/retry", f"/v1/deposits/{failed}/retry")
    await work(failed)
    await work(await pushed("deuxième"))
    await tour.do("POST /v1/deposits/{deposit_id}/report/link", f"/v1/deposits/{failed}/report/link")
    [dataset] = (await tour.client.get("/v1/datasets", params={"organisation": MURET})).json()["data"]
    path = f"/v1/datasets/{dataset['id']}/rollback"
    await tour.do("POST /v1/datasets/{dataset_id}/rollback", path, json={"to": 1})
    held = await pushed("retenu")
    validator = sessions_of("socle_validator")
    async with validator.begin() as session:
        claim = await deposits.claim(session, held, VALIDATE)  # type: ignore[arg-type]
        assert claim is not None
        await deposits.hold(session, claim, REASONS, until_days=1)
    await tour.do("POST /v1/deposits/{deposit_id}/confirm", f"/v1/deposits/{held}/confirm", json={"reasons": REASONS})
    waiting = await pushed("annulé")
    await tour.do("POST /v1/deposits/{deposit_id}/cancel", f"/v1/deposits/{waiting}/cancel")


async def keys_and_webhooks_are_told(tour: Tour) -> None:
    made = await tour.do("POST /v1/keys", json={"name": "deuxième", "actions": ["read"]})
    path = f"/v1/keys/{made['prefix']}"
    made = await tour.do("POST /v1/keys/{prefix}/rotate", f"{path}/rotate")
    await tour.do("DELETE /v1/keys/{prefix}", path)
    hook = await tour.do("POST /v1/webhooks", json={"url": "http://127.0.0.1:9/"})
    path, template = f"/v1/webhooks/{hook['id']}", "/v1/webhooks/{webhook_id}"
    await tour.do(f"PATCH {template}", path, json={"description": "autre"})
    await tour.do(f"POST {template}/rotate", f"{path}/rotate")
    sent = await tour.do(f"POST {template}/test", f"{path}/test")
    again = f"{path}/deliveries/{sent['id']}/replay"
    await tour.do(f"POST {template}/deliveries/{{delivery_id}}/replay", again)
    await tour.do(f"POST {template}/replay", f"{path}/replay", json={"since": "2020-01-01T00:00:00Z"})
    await tour.do(f"DELETE {template}", path)


async def habilitations_are_told(tour: Tour) -> None:
    async with tour.sessions.begin() as session:
        await add_referent(session, siren=ROQUES, email="mairie@roques.example")
    asked = await tour.do("POST /v1/habilitations", json={"organisation": ROQUES})
    path = f"/v1/habilitations/{asked['id']}/reminder"
    await tour.do("POST /v1/habilitations/{habilitation_id}/reminder", path)
    letter = await tour.letter()
    link = next(word for word in letter.body.split() if "/v1/consents/" in word)
    code = letter.body.partition("code : ")[2][:7]
    answer = {"code": code, "decision": "accept"}
    await tour.do("POST /v1/consents/{token}", link[link.index("/v1/") :], data=answer)
    await tour.do("POST /v1/consents", data={"organisation": ROQUES, "email": "mairie@roques.example"})


async def datasets_are_told(tour: Tour) -> None:
    said = {"title": "Comptages", "description": "Essai.", "theme": "TRAN", "organisation": MURET}
    schema = {"fields": [{"name": "jour", "type": "date"}]}
    made = await tour.do("POST /v1/datasets", json=said | {"schema": schema})
    await tour.do("PATCH /v1/datasets/{dataset_id}", f"/v1/datasets/{made['id']}", json={"title": "Autres"})


async def operators_are_told(tour: Tour) -> None:
    key = (await create_operator_key(tour.sessions, name="Ana", pepper=PEPPER)).text
    tour.client.headers["Authorization"] = f"Bearer {key}"
    template = "/v1/admin/organisations"
    await tour.do(f"POST {template}", json={"siren": "130025265", "name": "Laboratoire"})
    table = "siren,agents\n213103955,12\n"
    await tour.do(f"POST {template}/import", content=table, headers={"Content-Type": "text/csv"})
    path = f"{template}/{ROQUES}"
    await tour.do(f"PATCH {template}/{{siren}}", path, json={"agents": 60})
    step = {"step": "contacted", "date": "2026-01-05"}
    await tour.do(f"POST {template}/{{siren}}/onboarding", f"{path}/onboarding", json=step)
    said = {"email": "dgs@roques.example"}
    known = await tour.do(f"POST {template}/{{siren}}/referents", f"{path}/referents", json=said)
    one = next(one["id"] for one in known["data"] if one["email"] == said["email"])
    await tour.do(f"DELETE {template}/{{siren}}/referents/{{referent_id}}", f"{path}/referents/{one}")

"""Every write leaves a line in the audit trail, in its own transaction: the two exist together or not at all.

The line is a plain insertion, so writers never wait for each other here; ingest's worker chains the lines afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import insert, null
from sqlalchemy.ext.asyncio import AsyncSession

from shared.logs import current_request_id
from shared.models import AuditEntry, Deposit
from shared.origin import current_network


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes."""

    name: str
    """`key <prefix>`, `operator`, `clock`: never a secret, never a person's name."""
    vendor_id: UUID | None = None


OPERATOR = Actor("operator")

CLOCK = Actor("clock")
"""A time limit that ran out: nobody asked."""


class KeyHolder(Protocol):
    """A vendor as `shared.auth` knows it."""

    @property
    def id(self) -> UUID: ...

    @property
    def key_prefix(self) -> str: ...


def actor_of(vendor: KeyHolder | None) -> Actor:
    """The vendor behind a key; None: the operator."""
    return OPERATOR if vendor is None else Actor(f"key {vendor.key_prefix}", vendor.id)


async def audit(
    session: AsyncSession,
    *,
    actor: Actor,
    action: str,
    subject: str,
    organisation: str | None = None,
    vendor_id: UUID | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write a line: `action` as `deposit.create`, `subject` as `deposit <id>`, `organisation` a SIREN.

    `vendor_id`: whose rights it is about, where that is not the actor. `detail` is JSON; no secret and no personal
    data go into it, since the line can never be taken back.
    """
    line = insert(AuditEntry).values(
        actor=actor.name,
        action=action,
        subject=subject,
        organisation_siren=organisation,
        vendor_id=vendor_id or actor.vendor_id,
        network=current_network(),
        request_id=current_request_id(),
        detail=null() if detail is None else dict(detail),
    )
    await session.execute(line.inline())  # without RETURNING: who writes lines need not be able to read them


async def audit_deposit(
    session: AsyncSession, deposit: Deposit, *, actor: Actor, action: str, detail: Mapping[str, object] | None = None
) -> None:
    """A line about a deposit, which its vendor reads whoever wrote; its organisation too, unless it is a trial."""
    await audit(
        session,
        actor=actor,
        action=action,
        subject=f"deposit {deposit.id}",
        organisation=None if deposit.trial_of else deposit.organisation_siren,
        vendor_id=deposit.vendor_id,
        detail=detail,
    )

"""Receiving a deposit: bytes, then record, then hint. The order is the guarantee behind a 202."""

import asyncio
import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.ingest.auth import CurrentVendor, require_habilitation, require_still
from services.ingest.idempotency import Answered, KeyTaken, bind_key, check_same, fingerprint_of, lock_key, unlock_key
from services.ingest.organisations import find_organisation
from services.ingest.preconditions import check_base
from services.ingest.tools import Tools
from shared.audit import Actor, actor_of, audit_deposit
from shared.blobs import Blob
from shared.db import asking
from shared.deposits import VALIDATE, record
from shared.errors import InvalidParameter, Refusal, ServiceUnavailable
from shared.failpoints import fail_at
from shared.imported import know_schema
from shared.logs import current_request_id, logged_with
from shared.models import Corrections, Deposit, DepositMode, DepositScope, Organisation
from shared.places import place_of
from shared.registry import SchemaVersion
from shared.uploads import Upload


class DatasetOfAnother(Refusal):
    """The schema is that of a free data set of another organisation."""

    status = 422
    code = "dataset-of-another"
    title = "Jeu de données d'un autre organisme"


@dataclass(frozen=True, slots=True)
class Push:
    """What a vendor declares about the file it pushes."""

    organisation: str
    """SIREN, SIRET or INSEE code."""
    schema: str
    schema_version: str | None
    idempotency_key: str | None
    corrections: Corrections = Corrections.ALL
    mode: DepositMode = DepositMode.REPLACE
    scope: DepositScope = DepositScope.PRESENT
    external_id: str | None = None
    dry_run: bool = False
    base_version: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A deposit that is kept; `replayed` when an earlier request with the same key had made it."""

    deposit: Deposit
    organisation: Organisation
    replayed: bool


async def receive_deposit(vendor: CurrentVendor, push: Push, upload: Upload, tools: Tools) -> Received:
    """Keep the file and record the deposit; both are durable on return.

    Raises InvalidParameter("slice"), UnknownOrganisation, DatasetOfAnother, NotHabilitated, BaseVersionMoved,
    BaseVersionRequired, the refusals of the registry, of uploads and of idempotency keys.
    """
    if push.scope == DepositScope.ALL and push.mode != DepositMode.REPLACE:
        raise InvalidParameter(
            "slice",
            f"« slice=all » n'a pas de sens avec « mode={push.mode} » : seules les lignes du fichier sont concernées.",
            action="Retirez « slice », ou déposez en mode « replace ».",
        )
    async with asking(tools.sessions) as session:
        await know_schema(tools.registry, session, push.schema, push.schema_version)
        schema = tools.registry.get_for_deposit(push.schema, push.schema_version)
        organisation = await find_organisation(session, push.organisation)
        _check_owner(schema, organisation)
        await require_habilitation(session, vendor, organisation.siren, schema.name)
    deposit = Deposit(
        vendor_id=vendor.id,
        trial_of=vendor.trial_of,
        organisation_siren=organisation.siren,
        schema_name=schema.name,
        schema_version=push.schema_version,
        corrections=push.corrections,
        mode=push.mode,
        scope=push.scope,
        external_id=push.external_id,
        dry_run=push.dry_run,
        base_version=push.base_version,
        content_type=upload.content_type[:200],
        filename=upload.filename,
        request_id=current_request_id(),
        sha256="",
        size_bytes=0,
    )
    if push.idempotency_key is None:
        return Received(await _keep(deposit, upload, tools, actor_of(vendor)), organisation, replayed=False)
    kept, replayed = await _keep_once(deposit, upload, push.idempotency_key, tools, actor_of(vendor))
    return Received(kept, organisation, replayed=replayed)


def _check_owner(schema: SchemaVersion, organisation: Organisation) -> None:
    if schema.owner_siren not in (None, organisation.siren):
        raise DatasetOfAnother(
            f"« {schema.dataset.id} » est un jeu de données de l'organisme {schema.owner_siren}, "
            f"pas de l'organisme {organisation.siren}.",
            action="Corrigez « organisation » ou « schema ».",
            organisation=schema.owner_siren,
        )


async def _keep_once(deposit: Deposit, upload: Upload, key: str, tools: Tools, actor: Actor) -> tuple[Deposit, bool]:
    answered = await lock_key(tools.sessions, deposit.vendor_id, key)
    if answered is not None:
        return await _replay(answered, _fingerprint(deposit, await _hash_only(upload)), tools, actor), True
    try:
        return await _keep(deposit, upload, tools, actor, key=key), False
    except KeyTaken:
        # A twin whose lock had run out was faster; what we read is the same request or it is refused.
        answered = await lock_key(tools.sessions, deposit.vendor_id, key)
        if answered is None:
            raise ServiceUnavailable("Ce dépôt n'a pas pu être enregistré.") from None
        return await _replay(answered, _fingerprint(deposit, deposit.sha256), tools, actor), True
    except BaseException:
        await asyncio.shield(unlock_key(tools.sessions, deposit.vendor_id, key))
        raise


async def _keep(deposit: Deposit, upload: Upload, tools: Tools, actor: Actor, *, key: str | None = None) -> Deposit:
    await check_base(tools.sessions, deposit, required=tools.settings.base_version_required)
    place = place_of("raw", deposit)
    blob = await tools.blobs.put(upload.chunks, folder=place.folder, suffix=place.suffix)
    await fail_at("ingest.raw_written")
    await _record(deposit, blob, tools, actor, key=key)
    await fail_at("ingest.after_commit")
    with logged_with(deposit_id=str(deposit.id)):
        await tools.queue.ring(VALIDATE, deposit.id)
    await fail_at("ingest.after_ring")
    return deposit


async def _record(deposit: Deposit, blob: Blob, tools: Tools, actor: Actor, *, key: str | None) -> None:
    deposit.sha256, deposit.size_bytes = blob.sha256, blob.size_bytes
    async with tools.sessions.begin() as session:
        await _take_turn(session, deposit)
        await require_still(session, deposit)
        await record(session, deposit)
        detail = {"schema": deposit.schema_name, "mode": deposit.mode, "sha256": deposit.sha256}
        await audit_deposit(session, deposit, actor=actor, action="deposit.create", detail=detail)
        if key is not None:
            fingerprint = _fingerprint(deposit, blob.sha256)
            await bind_key(session, deposit.vendor_id, key, deposit_id=deposit.id, fingerprint=fingerprint)
        await fail_at("ingest.before_commit")


async def _take_turn(session: AsyncSession, deposit: Deposit) -> None:
    """Deposits of one data set are numbered one after the other, so their numbers are ordered as their commits."""
    data_set = f"deposit {deposit.organisation_siren} {deposit.schema_name}"
    turn = func.hashtextextended(data_set if deposit.trial_of is None else f"{data_set} {deposit.trial_of}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(turn)))


async def _replay(answered: Answered, fingerprint: str, tools: Tools, actor: Actor) -> Deposit:
    check_same(answered, fingerprint)
    async with tools.sessions.begin() as session:
        statement = select(Deposit).where(col(Deposit.id) == answered.deposit_id)
        deposit: Deposit = (await session.execute(statement)).scalar_one()
        await audit_deposit(session, deposit, actor=actor, action="deposit.repeat")
    return deposit


def _fingerprint(deposit: Deposit, sha256: str) -> str:
    parameters: tuple[str | None, ...] = (deposit.organisation_siren, deposit.schema_name, deposit.schema_version)
    if deposit.corrections != Corrections.ALL:  # keys of requests that did not say stay what they were
        parameters = (*parameters, deposit.corrections)
    if (deposit.mode, deposit.scope) != (DepositMode.REPLACE, DepositScope.PRESENT):
        parameters = (*parameters, deposit.mode, deposit.scope)
    said = {"external_id": deposit.external_id, "dry_run": deposit.dry_run or None, "base": deposit.base_version}
    said |= {"trial": True if deposit.trial_of else None}
    parameters = (*parameters, *(f"{name}={value}" for name, value in said.items() if value is not None))
    return fingerprint_of(parameters=parameters, sha256=sha256)


async def _hash_only(upload: Upload) -> str:
    digest = hashlib.sha256()
    async for chunk in upload.chunks:
        digest.update(chunk)
    return digest.hexdigest()

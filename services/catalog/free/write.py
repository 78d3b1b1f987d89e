"""Free data sets are created and changed here: the record, the schema and the row table in one transaction."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.free.own_schema import InvalidDataset, OwnSchema, fault, read_own_schema
from services.catalog.free.said import DatasetIn, Said, merged
from services.catalog.free.table import prepare_table, table_of, tables_taken
from services.catalog.publish.decide import DecideTools
from services.catalog.trials.make import widen_table
from services.catalog.view import find_dataset
from shared.audit import actor_of, audit
from shared.auth import CurrentVendor, require_habilitation
from shared.errors import Refusal
from shared.imported import refresh
from shared.models import CatalogDataset, FreeSchema, KeyAction, Organisation
from shared.reference import slugify
from shared.registry import ImportedSchema
from shared.rows import MAX_IDENTIFIER_BYTES

PREFIX = "libre"
"""Of identifiers and names of schemas: no schema of a catalogue and no organisation can come to want the same."""

MAX_SLUG = 32

MAX_VERSIONS = 100
"""Of a schema."""


class DatasetExists(Refusal):
    """The organisation has a free data set of that name."""

    status = 409
    code = "dataset-exists"
    title = "Jeu de données déjà créé"


class TooManyDatasets(Refusal):
    """The organisation has as many free data sets as it may."""

    status = 409
    code = "too-many-datasets"
    title = "Trop de jeux de données libres"


class NotFreeDataset(Refusal):
    """The data set has a national schema, which says what it is."""

    status = 409
    code = "not-free-dataset"
    title = "Jeu de données non modifiable"


@dataclass(frozen=True, slots=True)
class Written:
    """A data set as it now is, and what of its schema was left out."""

    dataset_id: str
    ignored: tuple[str, ...] = ()


async def create_dataset(wanted: DatasetIn, vendor: CurrentVendor, tools: DecideTools, *, limit: int) -> Written:
    """Declare a data set; it takes deposits on return. `limit`: free data sets that an organisation may have.

    Raises InvalidDataset, NotHabilitated, DatasetExists, TooManyDatasets, ServiceUnavailable.
    """
    _refuse_test(vendor)
    schema = await asyncio.to_thread(read_own_schema, wanted.schema_)
    async with tables_taken(tools.sessions) as session:
        organisation = await _organisation(session, wanted.organisation)
        dataset = _dataset(wanted, organisation)
        await require_habilitation(session, vendor, organisation.siren, dataset.schema_name)
        await _check_room(session, dataset, limit)
        session.add(dataset)
        await session.flush()
        await _add_version(session, dataset, schema, vendor, earlier=[])
        await _note(session, vendor, dataset, "dataset.create")
    async with tools.sessions() as session:
        await refresh(tools.registry, session)
    return Written(dataset.id, schema.ignored)


async def edit_dataset(dataset_id: str, patch: dict[str, Any], vendor: CurrentVendor, tools: DecideTools) -> Written:
    """Change what a data set says of itself (`patch`: a JSON Merge Patch), and its schema, which `schema` replaces.

    Raises NotFound, DatasetWithdrawn, NotFreeDataset, NotHabilitated, InvalidDataset, RequestValidationError,
    ServiceUnavailable.
    """
    _refuse_test(vendor)
    given = dict(patch)
    document = given.pop("schema", None)
    if document is not None and not isinstance(document, dict):
        raise InvalidDataset([fault("#/schema", "un Table Schema est un objet JSON")])
    schema = None if document is None else await asyncio.to_thread(read_own_schema, document)
    async with tables_taken(tools.sessions) as session:
        dataset = _free(await find_dataset(session, dataset_id))
        await require_habilitation(session, vendor, dataset.organisation_siren or "", dataset.schema_name)
        said = _said({"title": dataset.title, **(dataset.about or {})}, given)
        dataset.title, dataset.about = said.title, said.about()
        earlier = await _versions(session, dataset)
        if schema is None or schema.sha256 == earlier[-1].sha256:
            await session.execute(
                update(FreeSchema)
                .where(col(FreeSchema.dataset_id) == dataset.id, col(FreeSchema.number) == earlier[-1].number)
                .values(changed_at=func.clock_timestamp())
            )
        else:
            await _add_version(session, dataset, schema, vendor, earlier=earlier)
        await _note(session, vendor, dataset, "dataset.edit")
    async with tools.sessions() as session:
        await refresh(tools.registry, session)
    return Written(dataset_id, () if schema is None else schema.ignored)


def _refuse_test(vendor: CurrentVendor) -> None:
    reason = "un jeu de données libre déclare un schéma, que tout le monde verrait"
    vendor.refuse_test(reason, required=KeyAction.DATASETS)


async def _note(session: AsyncSession, vendor: CurrentVendor, dataset: CatalogDataset, action: str) -> None:
    await audit(
        session,
        actor=actor_of(vendor),
        action=action,
        subject=f"dataset {dataset.id}",
        organisation=dataset.organisation_siren,
        detail={"schema_version": dataset.schema_version},
    )


async def _organisation(session: AsyncSession, number: str) -> Organisation:
    digits = number.replace(" ", "")
    column = col(Organisation.insee_code) if len(digits) == 5 else col(Organisation.siren)
    known = digits.isascii() and digits.isalnum() and len(digits) in (5, 9, 14)
    wanted = select(Organisation).where(column == (digits if len(digits) == 5 else digits[:9]))
    found: Organisation | None = (await session.execute(wanted)).scalar_one_or_none() if known else None
    if found is None:
        detail = "ce numéro n'est celui d'aucun organisme connu ; donnez un SIREN, un SIRET ou un code INSEE"
        raise InvalidDataset([fault("#/organisation", detail)])
    return found


def _dataset(wanted: DatasetIn, organisation: Organisation) -> CatalogDataset:
    slug = wanted.slug or slugify(wanted.title)[:MAX_SLUG].strip("-")
    if not slug:
        raise InvalidDataset([fault("#/slug", "le titre ne donne pas d'identifiant ; choisissez-en un")])
    named = f"{PREFIX}-{slug}-{organisation.slug}"
    if len(named) > MAX_IDENTIFIER_BYTES:  # it names a table
        named = f"{PREFIX}-{slug}-{organisation.siren}"
    about = wanted.model_copy(update={"spatial": wanted.spatial or [organisation.insee_code or organisation.siren]})
    return CatalogDataset(
        id=named,
        schema_name=f"{PREFIX}/{named.removeprefix(f'{PREFIX}-')}",
        organisation_siren=organisation.siren,
        title=wanted.title,
        about=Said.model_validate(about.model_dump(include=set(Said.model_fields))).about(),
        rows=0,
    )


async def _check_room(session: AsyncSession, dataset: CatalogDataset, limit: int) -> None:
    if await session.get(CatalogDataset, dataset.id) is not None:
        raise DatasetExists(
            f"Le jeu de données « {dataset.id} » existe déjà.",
            action="Modifiez-le par PATCH, déposez-y des données, ou choisissez un autre `slug`.",
            dataset=dataset.id,
            href=f"/v1/datasets/{dataset.id}",
        )
    own = select(func.count()).where(
        col(CatalogDataset.organisation_siren) == dataset.organisation_siren, col(CatalogDataset.about).is_not(None)
    )
    if (await session.execute(own)).scalar_one() >= limit:
        raise TooManyDatasets(
            f"Cet organisme a déjà {limit} jeux de données libres, le nombre le plus grand ici.",
            action="Réunissez des données de même forme en un seul jeu, ou demandez d'en permettre plus.",
            limit=limit,
        )


def _free(dataset: CatalogDataset) -> CatalogDataset:
    if dataset.about is None:
        raise NotFreeDataset(
            f"« {dataset.id} » suit le schéma « {dataset.schema_name} », qui dit ce qu'il est.",
            action="Seuls les jeux de données libres se modifient ; déposez ici des données.",
        )
    return dataset


def _said(known: dict[str, Any], patch: dict[str, Any]) -> Said:
    try:
        return Said.model_validate(merged(known, patch))
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from error


async def _versions(session: AsyncSession, dataset: CatalogDataset) -> list[FreeSchema]:
    """The oldest first."""
    wanted = select(FreeSchema).where(col(FreeSchema.dataset_id) == dataset.id).order_by(col(FreeSchema.number))
    return list((await session.execute(wanted)).scalars())


async def _add_version(
    session: AsyncSession,
    dataset: CatalogDataset,
    schema: OwnSchema,
    vendor: CurrentVendor,
    *,
    earlier: list[FreeSchema],
) -> None:
    if len(earlier) >= MAX_VERSIONS:
        raise InvalidDataset([fault("#/schema", f"ce schéma a déjà {MAX_VERSIONS} versions")])
    number = len(earlier) + 1
    version = FreeSchema(
        dataset_id=dataset.id,
        number=number,
        sha256=schema.sha256,
        document=schema.document,
        declared_by=f"key {vendor.key_prefix}",
    )
    table = table_of(_as_imported(dataset, one) for one in (*earlier, version))
    session.add(version)
    dataset.schema_version = str(number)
    await session.flush()
    await prepare_table(session, table)
    await widen_table(session, table)


def _as_imported(dataset: CatalogDataset, version: FreeSchema) -> ImportedSchema:
    return ImportedSchema(
        name=dataset.schema_name,
        version=str(version.number),
        revision=1,
        sha256=version.sha256,
        document=version.document,
        dataset_id=dataset.id,
        title=dataset.title,
        description="",
        theme="",
        owner_siren=dataset.organisation_siren,
    )

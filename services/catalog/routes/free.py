"""Create and change free data sets: those without a national schema."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import Field

from services.catalog.auth import Authenticated
from services.catalog.bodies import DatasetOut
from services.catalog.datasets import describe_dataset
from services.catalog.describe import dataset_out
from services.catalog.free.own_schema import InvalidDataset
from services.catalog.free.said import DatasetIn, Said
from services.catalog.free.write import (
    DatasetExists,
    NotFreeDataset,
    TooManyDatasets,
    Written,
    create_dataset,
    edit_dataset,
)
from services.catalog.once import ONCE
from services.catalog.tools import CatalogTools, Tools
from services.catalog.view import DatasetWithdrawn
from shared.auth import KeyMissing, KeyNotAllowed, NotHabilitated
from shared.errors import NotFound, ServiceUnavailable
from shared.freshness import freshness_of
from shared.idempotency import IDEMPOTENCY_REFUSALS
from shared.once import OnceRoute
from shared.web import refusals

router = APIRouter(
    prefix="/v1",
    tags=["Jeux de données"],
    route_class=OnceRoute,
    dependencies=ONCE,
    responses=refusals(ServiceUnavailable, KeyMissing, KeyNotAllowed, NotHabilitated, InvalidDataset),
)

_SAID = Said.model_json_schema(ref_template="#/components/schemas/{model}")

PATCH_BODY = {
    "type": "object",
    "description": "JSON Merge Patch (RFC 7396) : ce qui est absent ne change pas, null rend le défaut.",
    "additionalProperties": False,
    "properties": {
        **_SAID["properties"],
        "schema": {"type": "object", "description": "Table Schema entier : s'il diffère, une version de plus."},
    },
}


class FreeDatasetOut(DatasetOut):
    """A free data set just written."""

    deposit: str = Field(description="Où déposer : POST à cette adresse, le fichier dans le corps.")
    ignored: list[str] = Field(
        description="Membres du schéma laissés de côté, car sans effet ici (« * » : dans chaque champ)."
    )


@router.post(
    "/datasets",
    status_code=201,
    summary="Créer un jeu de données libre",
    responses=refusals(DatasetExists, TooManyDatasets, InvalidDataset, *IDEMPOTENCY_REFUSALS),
)
async def post_dataset(
    body: DatasetIn, response: Response, vendor: Authenticated, tools: CatalogTools
) -> FreeDatasetOut:
    """Pour des données sans schéma national : comptages, archives, événements… Leur schéma devient `libre/…`, version
    1 ; elles se déposent, se vérifient et se lisent ensuite comme toutes les autres. Réservé à un éditeur habilité par
    l'organisme pour tous les schémas, ou pour celui-là. La réponse 409 à un second envoi dit que le premier a abouti.

    Un jeu créé est lisible à son adresse, et publié vide jusqu'au premier dépôt."""
    limit = tools.settings.free_datasets
    written = await create_dataset(body, vendor, tools.deciding, limit=limit)
    response.headers["Location"] = f"/v1/datasets/{written.dataset_id}"
    return await _described(written, tools)


@router.patch(
    "/datasets/{dataset_id}",
    summary="Modifier un jeu de données libre",
    responses=refusals(NotFound, DatasetWithdrawn, NotFreeDataset, InvalidDataset, *IDEMPOTENCY_REFUSALS),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/merge-patch+json": {"schema": PATCH_BODY},
                "application/json": {"schema": PATCH_BODY},
            },
        }
    },
)
async def patch_dataset(
    dataset_id: str, body: Annotated[dict[str, Any], Body()], vendor: Authenticated, tools: CatalogTools
) -> FreeDatasetOut:
    """Sa description, ou son schéma : une nouvelle version, à laquelle les dépôts suivants seront comparés. Les
    versions précédentes restent, les données publiées aussi. Réservé à un éditeur habilité."""
    return await _described(await edit_dataset(dataset_id, body, vendor, tools.deciding), tools)


async def _described(written: Written, tools: Tools) -> FreeDatasetOut:
    """As it was written: a replica may not know it yet."""
    async with tools.deciding.sessions() as session:
        row = await describe_dataset(session, written.dataset_id)
        dataset = row[0]
        frequency = tools.registry.get(dataset.schema_name).frequency
        freshness = await freshness_of(session, dataset.updated_at, frequency)
    described = dataset_out(row, registry=tools.registry, freshness=freshness)
    deposit = f"/v1/deposits?organisation={dataset.organisation_siren}&schema={dataset.schema_name}"
    return FreeDatasetOut.model_validate(
        described.model_dump() | {"deposit": deposit, "ignored": list(written.ignored)}
    )

"""Go back to an older version."""

from fastapi import APIRouter, Response

from services.catalog.auth import Authenticated
from services.catalog.bodies import RollbackIn, VersionOut
from services.catalog.describe import version_out
from services.catalog.once import ONCE
from services.catalog.publish.decide import (
    AlreadyWithdrawn,
    SameContent,
    VersionNotKept,
    find_organisation_dataset,
    roll_back,
)
from services.catalog.tools import CatalogTools
from shared.audit import actor_of
from shared.auth import KeyMissing, KeyNotAllowed, NotHabilitated, require_habilitation
from shared.errors import NotFound, ServiceUnavailable
from shared.idempotency import IDEMPOTENCY_REFUSALS
from shared.once import OnceRoute
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["Versions"], route_class=OnceRoute, responses=refusals(ServiceUnavailable))


@router.post(
    "/datasets/{dataset_id}/rollback",
    status_code=201,
    summary="Revenir à une version antérieure",
    dependencies=ONCE,
    responses=refusals(
        KeyMissing,
        KeyNotAllowed,
        NotHabilitated,
        NotFound,
        SameContent,
        VersionNotKept,
        AlreadyWithdrawn,
        *IDEMPOTENCY_REFUSALS,
    ),
)
async def post_rollback(
    dataset_id: str, body: RollbackIn, response: Response, vendor: Authenticated, tools: CatalogTools
) -> VersionOut:
    """Publie une nouvelle version, égale à une ancienne ; rien n'est effacé. Réservé à un éditeur habilité pour
    l'organisme et le schéma."""
    async with tools.deciding.sessions() as session:
        dataset = await find_organisation_dataset(session, dataset_id, trial_of=vendor.trial_of)
        await require_habilitation(session, vendor, dataset.organisation_siren or "", dataset.schema_name)
    version = await roll_back(
        dataset.id, body.to, tools.deciding, decided_by=actor_of(vendor), trial_of=vendor.trial_of
    )
    response.headers["Location"] = f"/v1/datasets/{dataset.id}/versions/{version.number}"
    return version_out(version, registry=tools.registry)

"""The public state of the installation."""

from fastapi import APIRouter, Request

from services.ingest.bodies import StatusOut
from services.ingest.status import read_status
from services.ingest.tools import IngestTools
from shared.errors import ServiceUnavailable
from shared.web import refusals

router = APIRouter(prefix="/v1", tags=["État"])


@router.get("/status", summary="État de la plate-forme", responses=refusals(ServiceUnavailable))
async def get_status(request: Request, tools: IngestTools) -> StatusOut:
    """L'âge du plus ancien dépôt en attente, les dépôts des dernières 24 h par état, les versions."""
    return await read_status(tools, request.app.state.limiter)

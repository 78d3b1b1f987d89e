"""The operator of a request to ingest."""

from typing import Annotated

from fastapi import Depends

from services.ingest.tools import IngestTools
from shared.operators import OPERATOR_BEARER, Operator, OperatorKeyMissing, authenticate_operator


async def current_operator(bearer: Annotated[object | None, Depends(OPERATOR_BEARER)], tools: IngestTools) -> Operator:
    """Raises OperatorKeyMissing."""
    pepper = tools.settings.key_pepper.get_secret_value()
    return await authenticate_operator(bearer, sessions=tools.sessions, pepper=pepper)


AuthenticatedOperator = Annotated[Operator, Depends(current_operator)]

__all__ = ["AuthenticatedOperator", "OperatorKeyMissing"]

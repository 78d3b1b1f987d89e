"""The HTTP edge every service shares: problem+json, request ids, health, documentation pages."""

from shared.web.app import make_service_app
from shared.web.head import wants_no_body
from shared.web.problems import refusals
from shared.web.strict import FREE_PARAMETERS

__all__ = ["FREE_PARAMETERS", "make_service_app", "refusals", "wants_no_body"]

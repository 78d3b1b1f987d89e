"""An unknown query parameter is an error that names it, never ignored: a typing mistake must not change a result."""

from difflib import get_close_matches

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.errors import InvalidParameter

FREE_PARAMETERS = {"x-free-parameters": True}
"""`openapi_extra` of a route whose parameters are columns of a data set: it checks them itself."""


async def refuse_unknown_parameters(request: Request) -> None:
    """A dependency of every route."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or (route.openapi_extra or {}).get("x-free-parameters"):
        return
    known = _declared(route.dependant)
    for name in request.query_params:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Vouliez-vous dire « {near[0]} » ? " if near else ""
            listed = ", ".join(sorted(known)) or "aucun"
            raise InvalidParameter(
                name, f"Le paramètre « {name} » n'existe pas ici.", action=f"{hint}Paramètres possibles : {listed}."
            )


def _declared(dependant: Dependant) -> set[str]:
    names = {parameter.alias for parameter in dependant.query_params}
    for inner in dependant.dependencies:
        names |= _declared(inner)
    return names

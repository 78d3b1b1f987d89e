"""Addresses of requests are short: what a parameter may hold has a bound, the same everywhere."""

from starlette.requests import Request
from starlette.types import Scope

from shared.errors import InvalidParameter

LONGEST_ADDRESS_BYTES = 8000
"""Path and query as they are sent; what RFC 9110, 4.1 asks every server to take."""

LONGEST_VALUE_CHARACTERS = 2000
"""Of one parameter, decoded."""


async def refuse_long_addresses(request: Request) -> None:
    """A dependency of every route. Raises InvalidParameter, naming the longest one."""
    if refusal := too_long(request.scope):
        raise refusal


def too_long(scope: Scope) -> InvalidParameter | None:
    """The refusal of an address; cheap for those that everybody sends: nothing is decoded."""
    path = scope.get("raw_path") or scope["path"]
    if len(path) + len(scope["query_string"]) <= LONGEST_VALUE_CHARACTERS:
        return None
    given = Request(scope).query_params.multi_items()
    longest, value = max(given, key=lambda pair: len(pair[1]), default=("path", ""))
    if len(path) + len(scope["query_string"]) > LONGEST_ADDRESS_BYTES:
        detail = f"L'adresse dépasse {LONGEST_ADDRESS_BYTES} octets."
    elif len(value) > LONGEST_VALUE_CHARACTERS:
        detail = f"La valeur de « {longest[:80]} » dépasse {LONGEST_VALUE_CHARACTERS} caractères."
    else:
        return None
    return InvalidParameter(longest[:80], detail, action="Raccourcissez la requête, ou faites-en plusieurs.")

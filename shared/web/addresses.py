"""Addresses of requests are short, and UTF-8: what a parameter may hold has a bound, the same everywhere."""

from urllib.parse import unquote_plus, unquote_to_bytes

from starlette.requests import Request
from starlette.types import Scope

from shared.errors import InvalidParameter

LONGEST_ADDRESS_BYTES = 8000
"""Path and query as they are sent; what RFC 9110, 4.1 asks every server to take."""

LONGEST_VALUE_CHARACTERS = 2000
"""Of one parameter, decoded."""


async def refuse_unfit_addresses(request: Request) -> None:
    """A dependency of every route. Raises InvalidParameter, naming the longest one, or the first unreadable one."""
    if refusal := unfit(request.scope):
        raise refusal


def unfit(scope: Scope) -> InvalidParameter | None:
    """The refusal of an address; cheap for those that everybody sends: only what is escaped is decoded."""
    return _too_long(scope) or _unreadable(scope)


def _unreadable(scope: Scope) -> InvalidParameter | None:
    """What is not UTF-8 would be read as something else, which is then found nowhere."""
    query: bytes = scope["query_string"]
    for pair in query.split(b"&") if b"%" in query else ():
        try:
            unquote_to_bytes(pair).decode()
        except UnicodeDecodeError:
            name = unquote_plus(pair.partition(b"=")[0].decode("latin-1"))[:80]
            detail, action = f"« {name} » n'est pas écrit en UTF-8.", "Codez en UTF-8 : « é » s'écrit %C3%A9."
            return InvalidParameter(name, detail, action=action)
    return None


def _too_long(scope: Scope) -> InvalidParameter | None:
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

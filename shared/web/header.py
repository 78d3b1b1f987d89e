"""One header of a request, read from the scope as it is: for what is looked at before the framework."""

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> bytes:
    """The first value of a header, whose name is given in lower case; empty without one."""
    for one, value in scope["headers"]:
        if one == name:
            found: bytes = value
            return found
    return b""

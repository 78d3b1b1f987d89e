"""Refusals: an expected "no" to a request, rendered once as problem+json (RFC 9457)."""

from collections.abc import Mapping
from typing import Any, ClassVar

PROBLEM_JSON = "application/problem+json"


class Refusal(Exception):
    """An expected "no". Subclasses live next to the code that raises them and set `status` and `code`.

    `detail` is a French sentence about this very request, `action` tells what to do about it.
    `extensions` become members of the problem document.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    """French, the same for every occurrence of the code (RFC 9457, 3.1.3)."""

    def __init__(
        self, detail: str, *, action: str, headers: Mapping[str, str] | None = None, **extensions: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.action = action
        self.headers = dict(headers or {})
        self.extensions = extensions

    def document(self) -> dict[str, Any]:
        """The problem document, without `instance` (only the web edge knows the request)."""
        return {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "action": self.action,
            **self.extensions,
        }


class ServiceUnavailable(Refusal):
    """We cannot promise anything right now: nothing was kept, the same request may be sent again."""

    status = 503
    code = "service-unavailable"
    title = "Service momentanément indisponible"

    def __init__(self, detail: str, *, retry_after_seconds: int = 2, **extensions: Any) -> None:
        super().__init__(
            detail,
            action=f"Renvoyez la même requête dans {retry_after_seconds} s, avec la même Idempotency-Key.",
            headers={"Retry-After": str(retry_after_seconds)},
            **extensions,
        )


class NotFound(Refusal):
    """Nothing there, or nothing this caller may know of."""

    status = 404
    code = "not-found"
    title = "Ressource introuvable"


class InvalidParameter(Refusal):
    """A query or path parameter that is unknown or unreadable; `parameter` names it."""

    status = 400
    code = "invalid-parameter"
    title = "Paramètre invalide"

    def __init__(self, parameter: str, detail: str, *, action: str) -> None:
        super().__init__(detail, action=action, parameter=parameter)
        self.parameter = parameter

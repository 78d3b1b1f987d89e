"""The edge's limits: who asks is counted before anything else is done."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Refusal
from shared.limits import Bucket, Limiter, Verdict
from shared.web.problems import answer

READS = ("GET", "HEAD")

ADDRESS_BITS = {4: 32, 6: 64}
"""Of an address: what one customer of an access provider gets."""


class TooManyRequests(Refusal):
    """A quota is used up."""

    status = 429
    code = "quota-exceeded"
    title = "Trop de requêtes"


class Limited:
    """An ASGI app that counts requests and answers those that are too many."""

    def __init__(self, app: ASGIApp, limiter: Limiter, *, headers: dict[str, str]) -> None:
        """`headers`: of every refusal."""
        self._app = app
        self._limiter = limiter
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        buckets = self._buckets(scope) if scope["type"] == "http" else ()
        verdict = await self._limiter.take(buckets, shares=scope["method"] in READS) if buckets else None
        if verdict is None:
            await self._app(scope, receive, send)
            return
        shown = verdict.headers

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *shown]}
            await send(message)

        if verdict.violated is None:
            await self._app(scope, receive, send_with_limits)
        else:
            response = answer(Request(scope), _refusal(verdict))
            response.headers.update(self._headers)
            await response(scope, receive, send_with_limits)

    def _buckets(self, scope: Scope) -> tuple[Bucket, ...]:
        path: str = scope["path"]
        if scope["method"] == "OPTIONS" or path.startswith("/health/"):
            return ()
        policies, buckets = self._limiter.policies, []
        client = scope.get("client")
        asker = _asker(client[0]) if client else None
        if policies.address is not None and asker is not None:
            buckets.append(Bucket(policies.address, asker))
        offered = _offered(scope)
        key = self._limiter.asker_of(offered) if offered else None
        if key is not None and policies.key is not None:
            buckets.append(Bucket(policies.key, key))
        if key is not None and policies.deposits is not None and scope["method"] == "POST" and _is_deposit(path):
            buckets.append(Bucket(policies.deposits, key))
        return tuple(buckets)


def _refusal(verdict: Verdict) -> TooManyRequests:
    policy = verdict.violated
    assert policy is not None  # noqa: S101 - asked by the caller
    return TooManyRequests(
        f"La limite « {policy.name} » est atteinte : {policy.quota} requêtes en {policy.seconds} s.",
        action=f"Attendez {verdict.retry_seconds} s (en-tête Retry-After) ; GET /v1/limits décrit les limites.",
        headers={"Retry-After": str(verdict.retry_seconds)},
        **{"violated-policies": [policy.name]},
    )


def _is_deposit(path: str) -> bool:
    return path.endswith("/v1/deposits")


def _offered(scope: Scope) -> str | None:
    """What is offered as a key, read as those who check it read it: Authorization, if there is one, decides alone."""
    headers = Headers(scope=scope)
    authorization = headers.get("authorization")
    if authorization is None:
        return headers.get("x-api-key")
    scheme, credentials = get_authorization_scheme_param(authorization)
    return credentials if scheme.lower() == "bearer" else authorization


@lru_cache(maxsize=4096)
def _asker(host: str) -> str | None:
    """None for this very machine, and for what is no address: a proxy that does not say for whom it asks."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return None
    return str(ip_network(f"{address}/{ADDRESS_BITS[address.version]}", strict=False))

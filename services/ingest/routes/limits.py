"""The limits that every request is counted against."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from shared.limits import Limiter, Policy

router = APIRouter(prefix="/v1", tags=["État"])

WHAT = {
    "address": "Toutes les requêtes d'une même adresse IP (en IPv6, d'un même réseau /64).",
    "key": "Toutes les requêtes faites avec une même clé, ou avec un jeton pris avec elle.",
    "deposits": "Les fichiers déposés avec une même clé, ou avec un jeton pris avec elle.",
}


class LimitOut(BaseModel):
    """So many requests in any so many seconds; they come back one by one."""

    name: str = Field(description="Tel que dans RateLimit, RateLimit-Policy et `violated-policies`.")
    counts: str = Field(description="Ce qui est compté.")
    quota: int
    window_seconds: int


class LimitsOut(BaseModel):
    """The limits of this installation."""

    limits: list[LimitOut]
    enforced: bool = Field(description="false : rien n'est compté en ce moment, toutes les requêtes passent.")


@router.get("/limits", summary="Lire les limites")
async def get_limits(request: Request) -> LimitsOut:
    """Chaque réponse dit ce qu'il en reste : `RateLimit: "key";r=5990;t=1`. Une requête de trop reçoit 429 et
    `Retry-After` ; OPTIONS et /health ne comptent pas."""
    limiter: Limiter = request.app.state.limiter
    return LimitsOut(limits=limits_of(request), enforced=limiter.is_enforced)


def limits_of(request: Request) -> list[LimitOut]:
    """What the requests to this installation are counted against."""
    limiter: Limiter = request.app.state.limiter
    return [_out(policy) for policy in limiter.policies.all]


def _out(policy: Policy) -> LimitOut:
    return LimitOut(name=policy.name, counts=WHAT[policy.name], quota=policy.quota, window_seconds=policy.seconds)

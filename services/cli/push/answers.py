"""What the answers of a Socle say, as far as this program reads them; members it does not know are left aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ENDS = frozenset({"published", "unchanged", "rejected", "superseded", "outdated", "checked", "failed", "cancelled"})
RESTS = ENDS | {"held"}
"""States in which waiting longer is of no use: the ends, and `held`, which waits for a person."""

STATE_WORDS = {
    "received": "reçu",
    "validating": "en validation",
    "validated": "validé",
    "publishing": "en publication",
    "held": "retenu, à confirmer",
    "published": "publié",
    "unchanged": "inchangé",
    "rejected": "rejeté",
    "superseded": "remplacé par un dépôt plus récent",
    "outdated": "dépassé : le jeu de données a changé depuis la version de départ",
    "checked": "vérifié à blanc, rien n'est publié",
    "failed": "échec de notre côté",
    "cancelled": "annulé",
}


@dataclass(frozen=True, slots=True)
class FollowedDeposit:
    """A deposit as the API showed it last."""

    id: str
    state: str
    organisation: str
    dataset_id: str | None
    dataset_version: int | None
    verdict: str | None
    errors: int
    warnings: int
    corrections: int
    failure: str | None
    reasons: tuple[str, ...] = ()
    """For `held`: what waits for a confirmation, in French."""
    foreseen: str | None = None
    """For `checked`: how it would have ended, in French."""

    @property
    def state_in_french(self) -> str:
        """For people."""
        return STATE_WORDS.get(self.state, self.state)


@dataclass(frozen=True, slots=True)
class FoundFault:
    """A finding of a report."""

    code: str
    severity: str
    row: int | None
    """1-based line of the file, header included."""
    column: str | None
    value: str | None
    message: str
    how_to_mend: str
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class ReadOtherwise:
    """A correction of a report."""

    row: int | None
    """1-based line of the file; None for the whole file."""
    column: str | None
    message: str


@dataclass(frozen=True, slots=True)
class FoundFaults:
    """The findings and corrections a report lists, and how many there are in all."""

    listed: tuple[FoundFault, ...]
    errors: int
    warnings: int
    corrections: int
    read_otherwise: tuple[ReadOtherwise, ...] = ()


def read_deposit(body: Mapping[str, Any]) -> FollowedDeposit:
    """From the JSON of a deposit."""
    dataset, report = body.get("dataset") or {}, body.get("report") or {}
    return FollowedDeposit(
        id=body["id"],
        state=body["state"],
        organisation=body["organisation"]["name"],
        dataset_id=dataset.get("id"),
        dataset_version=dataset.get("version"),
        verdict=report.get("verdict"),
        errors=report.get("errors", 0),
        warnings=report.get("warnings", 0),
        corrections=report.get("corrections", 0),
        failure=body.get("failure"),
        foreseen=_foreseen(body.get("foreseen")),
        reasons=tuple(_reason(one) for one in (body.get("held") or {}).get("reasons", ())),
    )


def _foreseen(body: Mapping[str, Any] | None) -> str | None:
    """« retenu, à confirmer (slice-shrunk : 412 sur 655 (2024)) »"""
    if body is None:
        return None
    reasons = " ; ".join(_reason(one) for one in body["reasons"])
    return STATE_WORDS.get(str(body["state"]), str(body["state"])) + (f" ({reasons})" if reasons else "")


def _reason(body: Mapping[str, Any]) -> str:
    """« slice-shrunk : 412 sur 655 (2024) »"""
    of = f" sur {body['of']}" if body.get("of") is not None else ""
    where = f" ({body['slice']})" if body.get("slice") else ""
    return f"{body['code']} : {body['count']}{of}{where}"


def read_report(body: Mapping[str, Any]) -> FoundFaults:
    """From the JSON of a report."""
    members = FoundFault.__slots__
    stats = body["stats"]
    return FoundFaults(
        listed=tuple(FoundFault(**{name: one.get(name) for name in members}) for one in body["findings"]),
        errors=stats["errors"],
        warnings=stats["warnings"],
        corrections=stats["corrections"],
        read_otherwise=tuple(ReadOtherwise(one["row"], one["column"], one["message"]) for one in body["corrections"]),
    )

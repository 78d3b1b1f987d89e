"""What the answers of a Socle say, as far as this program reads them; members it does not know are left aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ENDS = frozenset({"published", "unchanged", "rejected", "superseded", "failed", "cancelled"})
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


@dataclass(frozen=True, slots=True)
class FoundFaults:
    """The findings a report lists, and how many there are in all."""

    listed: tuple[FoundFault, ...]
    errors: int
    warnings: int
    corrections: int


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
    )


def read_report(body: Mapping[str, Any]) -> FoundFaults:
    """From the JSON of a report."""
    members = FoundFault.__slots__
    stats = body["stats"]
    return FoundFaults(
        listed=tuple(FoundFault(**{name: one.get(name) for name in members}) for one in body["findings"]),
        errors=stats["errors"],
        warnings=stats["warnings"],
        corrections=stats["corrections"],
    )

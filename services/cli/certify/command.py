"""`socle certify`: the checklist against an installation or of an integration, its table, its report."""

from dataclasses import dataclass
from pathlib import Path

from services.cli.certify.checklist import CHECKLIST, Item
from services.cli.certify.door import Door, open_door
from services.cli.certify.result import FAILED, PASSED, SKIPPED, Certificate, Outcome, show, write
from services.cli.certify.visit import Missed, Skipped, Visit
from services.cli.certify.watch import watch
from services.cli.certify.webhooks import forgery_is_refused
from services.cli.push.client import PushRefused
from services.cli.screen import Screen

SIREN_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asked for."""

    base_url: str
    key: str
    organisation: str
    """SIREN or SIRET."""
    schema: str = "scdl/deliberations"
    publish: bool = False
    other_organisation: str | None = None
    receiver_url: str | None = None
    """Of one of the vendor's webhooks."""
    watch_minutes: float | None = None
    """How long the vendor's own traffic is watched; None: this program pushes."""
    output: Path | None = None

    @property
    def mode(self) -> str:
        """For the report."""
        if self.watch_minutes is not None:
            return "votre intégration, observée"
        return "dépôts publiés" if self.publish else "essais à blanc"


async def certify(asked: Asked, screen: Screen) -> int:
    """Play every item, or watch; 0 when nothing failed, else 1. Raises PushRefused."""
    siren = asked.organisation[:SIREN_DIGITS]
    if len(asked.organisation) not in (SIREN_DIGITS, 14) or not asked.organisation.isdecimal():
        raise PushRefused("Indiquez l'organisme par son SIREN (9 chiffres) ou son SIRET (14 chiffres).")
    async with open_door(
        asked.base_url.rstrip("/"),
        asked.key,
        organisation=asked.organisation,
        schema=asked.schema,
        publish=asked.publish,
    ) as door:
        visit = Visit(door, siren, asked.other_organisation, asked.receiver_url)
        outcomes = await _outcomes(asked, door, visit, screen)
    prefix = asked.key.rpartition("_")[0]
    certificate = Certificate(asked.base_url, asked.organisation, prefix, asked.mode, outcomes)
    show(certificate, screen)
    if asked.output is not None:
        write(certificate, asked.output)
        screen.say(f"Rapport : {asked.output}")
    return 0 if certificate.passed else 1


async def _outcomes(asked: Asked, door: Door, visit: Visit, screen: Screen) -> list[Outcome]:
    if asked.watch_minutes is None:
        return [await _played(title, item, visit) for title, item in CHECKLIST.items()]
    try:
        seen = await watch(door, asked.watch_minutes, screen)
    except (Missed, Skipped) as reason:
        raise PushRefused(f"Rien à observer : {reason}.") from reason
    return [*seen, await _played("Une signature fausse n'est pas crue", forgery_is_refused, visit)]


async def _played(title: str, item: Item, visit: Visit) -> Outcome:
    try:
        return Outcome(title, PASSED, await item(visit))
    except Missed as missed:
        return Outcome(title, FAILED, str(missed))
    except Skipped as skipped:
        return Outcome(title, SKIPPED, str(skipped))

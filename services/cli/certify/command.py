"""`socle certify`: the checklist against an installation, its table, its report."""

from dataclasses import dataclass
from pathlib import Path

from services.cli.certify.checklist import CHECKLIST, Item, Missed, Skipped, Visit
from services.cli.certify.door import open_door
from services.cli.certify.result import FAILED, PASSED, SKIPPED, Certificate, Outcome, show, write
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
    output: Path | None = None


async def certify(asked: Asked, screen: Screen) -> int:
    """Play every item; 0 when nothing failed, else 1. Raises PushRefused."""
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
        visit = Visit(door, siren, asked.other_organisation)
        outcomes = [await _played(title, item, visit) for title, item in CHECKLIST.items()]
    prefix = asked.key.rpartition("_")[0]
    mode = "dépôts publiés" if asked.publish else "essais à blanc"
    certificate = Certificate(asked.base_url, asked.organisation, prefix, mode, outcomes)
    show(certificate, screen)
    if asked.output is not None:
        write(certificate, asked.output)
        screen.say(f"Rapport : {asked.output}")
    return 0 if certificate.passed else 1


async def _played(title: str, item: Item, visit: Visit) -> Outcome:
    try:
        return Outcome(title, PASSED, await item(visit))
    except Missed as missed:
        return Outcome(title, FAILED, str(missed))
    except Skipped as skipped:
        return Outcome(title, SKIPPED, str(skipped))

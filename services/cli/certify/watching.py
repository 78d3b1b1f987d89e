"""What is looked for in the vendor's own traffic: its deposits, its audit trail, the deliveries of its webhooks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.cli.certify.door import Door
from services.cli.certify.visit import GOOD_ENDS, made
from services.cli.push.client import PushRefused

Members = Mapping[str, Any]

MISSING_COLUMN = "missing-column"
"""Code of the finding."""


@dataclass(slots=True)
class Facts:
    """What happened since the beginning, the oldest first."""

    since: datetime
    deposits: Sequence[Members] = ()
    """Of the organisation."""
    reports: dict[str, Members] = field(default_factory=dict)
    """Of rejected deposits, by deposit."""
    trail: Sequence[Members] = ()
    deliveries: Sequence[Members] = ()

    async def look(self, door: Door) -> None:
        """Ask again. Raises PushRefused."""
        wanted = {"organisation": door.organisation, "limit": "200"}
        self.deposits = await self._listed(door, "/v1/deposits", "received_at", "read", wanted)
        for deposit in self.deposits:
            if deposit["state"] == "rejected" and deposit["id"] not in self.reports:
                answer = await door.ask("GET", f"/v1/deposits/{deposit['id']}/report")
                self.reports[deposit["id"]] = made(answer, 200, right="read").body
        self.trail = await self._listed(door, "/v1/audit", "at", "read", {"limit": "500"})
        endpoints = await door.ask("GET", "/v1/webhooks")
        deliveries: list[Members] = []
        for endpoint in endpoints.body.get("data", ()):  # none either when the key may not see them
            path = f"/v1/webhooks/{endpoint['id']}/deliveries"
            deliveries += await self._listed(door, path, "created_at", "webhooks", {"limit": "100"})
        self.deliveries = deliveries

    async def _listed(
        self, door: Door, path: str, moment: str, right: str, wanted: Mapping[str, str]
    ) -> Sequence[Members]:
        answer = await door.ask("GET", path, params=wanted)
        if answer.status == 401:
            raise PushRefused("La clé qui observe n'ouvre plus : observez avec une clé que vous ne remplacez pas.")
        found = made(answer, 200, right=right).body["data"]
        return [one for one in reversed(found) if datetime.fromisoformat(one[moment]) >= self.since]


def good_one_is_published(facts: Facts) -> str | None:
    found = next((one for one in facts.deposits if one["state"] in GOOD_ENDS), None)
    return None if found is None else f"dépôt {found['id']} : {found['state']}"


def wrong_value_is_mended(facts: Facts) -> str | None:
    return _mended(facts, missing_columns=False)


def missing_column_is_mended(facts: Facts) -> str | None:
    return _mended(facts, missing_columns=True)


def push_is_repeated(facts: Facts) -> str | None:
    found = next((one for one in facts.trail if one["action"] == "deposit.repeat"), None)
    if found is None:
        return None
    return f"{found['subject'].replace('deposit', 'dépôt')} : renvoyé, déposé une seule fois"


def event_is_received(facts: Facts) -> str | None:
    for delivery in facts.deliveries:
        if delivery["state"] == "delivered" and delivery["event"]["type"].startswith("deposit."):
            return f"{delivery['event']['type']} : votre récepteur a répondu {delivery['attempts'][-1]['status']}"
    return None


def key_is_rotated(facts: Facts) -> str | None:
    for rotation in facts.trail:
        if rotation["action"] == "key.rotate":
            former, successor = rotation["subject"].removeprefix("key "), rotation["detail"]["successor"]
            if any(one["actor"] == f"key {successor}" for one in facts.trail):
                return f"clé {former} remplacée par {successor}, qui sert"
    return None


def _mended(facts: Facts, *, missing_columns: bool) -> str | None:
    """A rejected deposit, for that reason, that a good one of the same schema followed."""
    for place, rejected in enumerate(facts.deposits):
        report = facts.reports.get(rejected["id"])
        if report is None or any(one["code"] == MISSING_COLUMN for one in report["findings"]) != missing_columns:
            continue
        for later in facts.deposits[place + 1 :]:
            if later["state"] in GOOD_ENDS and later["schema"]["name"] == rejected["schema"]["name"]:
                return f"dépôt {rejected['id']} rejeté, corrigé par {later['id']}"
    return None


Sight = Callable[[Facts], str | None]
"""What was seen, in French; None as long as it was not."""

WATCHLIST: Mapping[str, tuple[Sight, str]] = {
    "Un fichier valide est publié": (good_one_is_published, "déposez un fichier valide"),
    "Une valeur refusée est corrigée": (
        wrong_value_is_mended,
        "déposez une date impossible, lisez le rapport, déposez le fichier corrigé",
    ),
    "Une colonne absente est rétablie": (
        missing_column_is_mended,
        "déposez un fichier sans une colonne obligatoire, puis le fichier corrigé",
    ),
    "Le même envoi répété ne fait qu'un dépôt": (
        push_is_repeated,
        "coupez la réponse d'un dépôt et laissez votre logiciel le renvoyer avec la même Idempotency-Key",
    ),
    "Un événement est reçu par votre webhook": (
        event_is_received,
        "créez un webhook pour « deposit.* », puis déposez ; votre récepteur répond 2xx",
    ),
    "Une clé est remplacée, et sa remplaçante sert": (
        key_is_rotated,
        "POST /v1/keys/{prefix}/rotate, puis déposez avec la nouvelle clé",
    ),
}
"""Title → what looks for it, and what to do for it to be seen."""

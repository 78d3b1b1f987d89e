"""`socle admin verify` on the terminal: one line per invariant."""

import json
from dataclasses import asdict

from services.cli.screen import Screen, thousands
from services.cli.verify.examine import Verification, examine, wait_until_idle
from services.cli.verify.invariants import INVARIANTS

YOUNG_SECONDS = 300.0
"""Without waiting first, deposits received since then may still be on their way."""

SHOWN_LIMIT = 10
"""Violations of one invariant that the terminal shows; `--json` has them all."""


async def verify_and_show(database_url: str, blobs_url: str, *, as_json: bool, wait_seconds: float) -> bool:
    """Wait if asked to, examine, show; whether every invariant holds."""
    if wait_seconds > 0:
        await wait_until_idle(database_url, seconds=wait_seconds)
    young_seconds = wait_seconds if wait_seconds > 0 else YOUNG_SECONDS
    found = await examine(database_url, blobs_url, young_seconds=young_seconds)
    if as_json:
        _print_json(found)
    else:
        _show(found, Screen())
    return not found.violations


def _print_json(found: Verification) -> None:
    for invariant, sentence in INVARIANTS.items():
        broken = [asdict(one) for one in found.violations if one.invariant == invariant]
        print(json.dumps({"invariant": invariant, "sentence": sentence, "holds": not broken, "violations": broken}))
    figures = {"deposits": found.deposits, "versions": found.versions, "blobs": found.blobs, "orphans": found.orphans}
    print(json.dumps(figures))


def _show(found: Verification, screen: Screen) -> None:
    for invariant, sentence in INVARIANTS.items():
        broken = [one for one in found.violations if one.invariant == invariant]
        screen.say(f"{'ROMPU' if broken else 'tenu '}  {invariant:<18} {sentence}", "bad" if broken else "good")
        for one in broken[:SHOWN_LIMIT]:
            screen.say(f"       - {one.subject} : {one.detail}")
        if len(broken) > SHOWN_LIMIT:
            screen.say(f"       - et {thousands(len(broken) - SHOWN_LIMIT)} autres (--json les donne toutes)")
    figures = f"{thousands(found.deposits)} dépôts, {thousands(found.versions)} versions, {thousands(found.blobs)}"
    screen.say(f"{figures} fichiers vérifiés ; {thousands(len(found.orphans))} sans fiche (sans conséquence)", "soft")

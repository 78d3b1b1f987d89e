"""The demonstration of the first start: a vendor pushes one file per schema and a few dirty ones."""

import json
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from services.cli.findings import WORDS, finding_row
from services.cli.push.answers import FollowedDeposit, FoundFault, FoundFaults
from services.cli.push.client import Client, Parcel
from services.cli.screen import Screen

FINDINGS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One line of `demo_files/manifest.json`."""

    file: str
    schema: str
    organisation: str
    """SIREN."""
    expected_verdict: str
    title: str


@dataclass(frozen=True, slots=True)
class Played:
    """A demonstration file and what came of it."""

    file: DemoFile
    deposit: FollowedDeposit
    faults: FoundFaults | None


def demo_files() -> list[DemoFile]:
    """The files, in the order they are pushed."""
    listed: list[dict[str, Any]] = json.loads((files("services.cli") / "demo_files" / "manifest.json").read_bytes())
    return [DemoFile(**one) for one in listed]


async def play_demo(client: Client, playable: list[DemoFile], screen: Screen) -> list[Played]:
    """Push each file and wait for its end. Keys are fixed: a demonstration cut short goes on where it was.

    Raises PushRefused.
    """
    played = []
    with as_file(files("services.cli") / "demo_files") as folder:
        for number, one in enumerate(playable, start=1):
            screen.say(f"[{number}/{len(playable)}] {one.title}")
            result = await _play(client, one, Path(folder) / one.file, screen)
            played.append(result)
            screen.say(f"        {_outcome(result)}", "good" if result.deposit.state != "rejected" else "warning")
    return played


async def _play(client: Client, one: DemoFile, path: Path, screen: Screen) -> Played:
    parcel = Parcel(path, one.organisation, one.schema, None, f"demo-{one.file}")
    with screen.sending(one.file, parcel.size_bytes) as advance:
        deposit = await client.push(parcel, advance)
    with screen.waiting("reçu…") as tell:
        deposit = await client.follow(deposit.id, lambda seen: tell(f"{seen.state_in_french}…"))
    faults = await client.report(deposit.id) if deposit.verdict is not None else None
    return Played(one, deposit, faults)


def show_demo(played: list[Played], screen: Screen) -> None:
    """The verdicts, and three findings of a dirty file."""
    headers = ("Fichier", "Organisme", "Verdict", "Erreurs", "Avert.", "Corrections", "Fin")
    screen.table("Verdicts", headers, [_verdict_row(one) for one in played])
    dirty = _dirtiest(played)
    if dirty is not None and dirty.faults is not None:
        rows = [finding_row(one) for one in _various(dirty.faults.listed)]
        screen.table(f"Trois constats de « {dirty.file.file} »", WORDS["fr"]["headers"].split("|"), rows)


def _outcome(one: Played) -> str:
    deposit = one.deposit
    if deposit.dataset_id is not None:
        return f"{deposit.state_in_french} : {deposit.dataset_id}"
    return deposit.state_in_french


def _verdict_row(one: Played) -> tuple[object, ...]:
    deposit = one.deposit
    verdict = {"valid": "valide", "invalid": "invalide"}.get(deposit.verdict or "", "—")
    counts = (deposit.errors, deposit.warnings, deposit.corrections)
    return (one.file.file, deposit.organisation, verdict, *counts, deposit.state_in_french)


def _dirtiest(played: list[Played]) -> Played | None:
    """The rejected file with enough findings to show, and the most kinds of them."""
    rejected = [one for one in played if one.deposit.state == "rejected" and one.faults is not None]
    return max(rejected, key=_dirt, default=None)


def _dirt(one: Played) -> tuple[int, int]:
    return min(len(_listed(one)), FINDINGS_SHOWN), len({_kind(each) for each in _listed(one)})


def _listed(one: Played) -> tuple[FoundFault, ...]:
    return () if one.faults is None else one.faults.listed


def _kind(one: FoundFault) -> tuple[str, str | None]:
    return one.code, one.column


def _various(listed: tuple[FoundFault, ...]) -> list[FoundFault]:
    """Three findings, errors first, of different kinds as far as there are."""
    first_of_kind = {_kind(one): one for one in reversed(listed)}
    chosen = sorted(listed, key=lambda one: (one.severity != "error", first_of_kind[_kind(one)] is not one))
    return chosen[:FINDINGS_SHOWN]

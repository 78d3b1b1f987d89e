"""`socle push`: one file, to its end if asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from services.cli.data_folder import data_folder
from services.cli.findings import show_corrections, show_findings
from services.cli.push.answers import FollowedDeposit
from services.cli.push.client import Client, Parcel, PushRefused, open_client
from services.cli.screen import Screen

GOOD, BAD_DATA, REFUSED = 0, 1, 2
"""Exit codes."""

_GOOD_ENDS = frozenset({"published", "unchanged", "superseded", "checked", "held"})

WAIT_SECONDS = 10
"""How long the answer to a push with `--wait` may take; beyond, the deposit is looked at again and again."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to push and for whom; whatever is None is taken from the sandbox of this machine, if there is one."""

    base_url: str | None
    key: str | None
    organisation: str | None


@dataclass(frozen=True, slots=True)
class Orders:
    """What the person asked for."""

    schema: str
    schema_version: str | None
    idempotency_key: str | None
    wait: bool
    choices: Mapping[str, str] = field(default_factory=dict)
    """What differs from an ordinary deposit: `corrections`, `mode`, `slice`, `dry_run`, `external_id`."""
    charset: str | None = None
    """Encoding of a text file, where the person declares it."""


async def push_file(path: Path, destination: Destination, orders: Orders, screen: Screen) -> int:
    """Push, show what came of it; the exit code. Raises PushRefused."""
    base_url, key, organisation = _complete(destination)
    sending_key = orders.idempotency_key or str(uuid4())
    wait_seconds = WAIT_SECONDS if orders.wait else 0
    described = (orders.schema, orders.schema_version, sending_key, orders.choices, wait_seconds, orders.charset)
    parcel = Parcel(path, organisation, *described)
    async with open_client(base_url, key) as client:
        with screen.sending(path.name, parcel.size_bytes) as advance:
            deposit = await client.push(parcel, advance)
        screen.say(f"Dépôt {deposit.id} reçu pour {deposit.organisation}.", "good")
        if not orders.wait:
            screen.say(f"Suivi : {base_url}/v1/deposits/{deposit.id}")
            return GOOD
        return await _show_end(client, deposit, screen)


async def _show_end(client: Client, deposit: FollowedDeposit, screen: Screen) -> int:
    with screen.waiting(f"{deposit.state_in_french}…") as tell:
        deposit = await client.follow(deposit.id, lambda seen: tell(f"{seen.state_in_french}…"))
    code = _exit_code(deposit)
    if deposit.verdict is not None:
        found = await client.report(deposit.id)
        show_corrections(screen, found)
        show_findings(screen, found)
    screen.say(end_sentence(deposit), "good" if code == GOOD else "bad")
    return code


def _exit_code(deposit: FollowedDeposit) -> int:
    """`failed`, `outdated` and `cancelled` are not the data's fault: REFUSED."""
    return GOOD if deposit.state in _GOOD_ENDS else BAD_DATA if deposit.state == "rejected" else REFUSED


def end_sentence(deposit: FollowedDeposit) -> str:
    """How it ended, and where."""
    where = ""
    if deposit.dataset_id and deposit.dataset_version:
        where = f" : {deposit.dataset_id}, version {deposit.dataset_version}"
    failure = f"\n{deposit.failure}" if deposit.failure else ""
    foreseen = f"\nSans l'essai à blanc, il aurait été : {deposit.foreseen}." if deposit.foreseen else ""
    return f"Dépôt {deposit.state_in_french}{where}.{failure}{foreseen}{_held(deposit)}"


def _held(deposit: FollowedDeposit) -> str:
    if not deposit.reasons:
        return ""
    path = f"/v1/deposits/{deposit.id}"
    return (
        f"\nCe qui le retient : {' ; '.join(deposit.reasons)}."
        f"\nConfirmez (POST {path}/confirm) ou annulez (POST {path}/cancel), après avoir regardé."
    )


def _complete(destination: Destination) -> tuple[str, str, str]:
    """Address, key and organisation. The sandbox's key goes to the sandbox's address only. Raises PushRefused."""
    sandbox = data_folder().read_sandbox()
    base_url = destination.base_url or (sandbox.base_url if sandbox else None)
    at_sandbox = sandbox if sandbox and base_url == sandbox.base_url else None
    key = destination.key or (at_sandbox.api_key if at_sandbox else None)
    organisation = destination.organisation or (at_sandbox.organisation if at_sandbox else None)
    if not base_url:
        raise PushRefused("Indiquez l'adresse du serveur : --base-url ou SOCLE_BASE_URL (ou lancez « socle start »).")
    if not key:
        raise PushRefused("Indiquez la clé d'API : --key ou SOCLE_API_KEY.")
    if not organisation:
        raise PushRefused("Indiquez l'organisme : --organisation avec un SIREN, un SIRET ou un code INSEE.")
    return base_url.rstrip("/"), key, organisation

"""`socle start`: the whole of Socle on one machine, from nothing to a demonstration, until Ctrl-C."""

import asyncio
import http.client
import json
import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.cli.data_folder import DataFolder, Running, Sandbox, data_folder, write_private
from services.cli.demo import DemoFile, demo_files, play_demo, show_demo
from services.cli.examples import DEMO_FILE, curl_examples
from services.cli.holdings import Holdings, read_holdings
from services.cli.machine import Addresses, StartRefusal, check_port, running_servers, start_processes
from services.cli.push.client import PushRefused, open_client
from services.cli.sandbox import make_sandbox
from services.cli.screen import Screen, thousands
from services.cli.supervise import Supervisor
from shared.db import make_engine, make_sessions
from shared.logs import JsonFormatter
from shared.migrate import DEFAULT_DEPARTEMENTS, migrate

READY_SECONDS = 90.0
"""Importing the whole program on a slow disk takes a while."""


class StartSettings(BaseSettings):
    """Environment prefix `SOCLE_`."""

    model_config = SettingsConfigDict(env_prefix="SOCLE_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    """This machine only, unless told otherwise: the sandbox's key is for trying things out."""

    port: int = Field(default=8000, ge=1, le=65535)
    demo: bool = True
    departements: str = ",".join(DEFAULT_DEPARTEMENTS)


@dataclass(frozen=True, slots=True)
class Installation:
    """What the parts of a start share."""

    settings: StartSettings
    folder: DataFolder
    addresses: Addresses
    screen: Screen

    @property
    def base_url(self) -> str:
        """Where a person on this machine finds it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.settings.host, self.settings.host)  # noqa: S104
        return f"http://{host}:{self.settings.port}"


def run_start(settings: StartSettings, screen: Screen) -> None:
    """Until SIGINT or SIGTERM. Raises StartRefusal and EmbeddedRefusal with nothing left running."""
    folder = data_folder()
    check_port(settings.host, settings.port)
    screen.say(f"Socle démarre ; ses données sont dans {folder.path}", "title")
    screen.say("PostgreSQL et Valkey démarrent…", "soft")
    with running_servers(folder) as addresses:
        _log_to(folder)
        screen.say("Le schéma de la base est mis à jour…", "soft")
        departements = tuple(part.strip() for part in settings.departements.split(",") if part.strip())
        asyncio.run(migrate(addresses.database_url, departements))
        folder.write_running(Running(addresses.database_url, addresses.queue_url, addresses.blobs_url, pid=os.getpid()))
        try:
            asyncio.run(_supervise(Installation(settings, folder, addresses, screen)))
        finally:
            folder.forget_running()
    screen.say("Tout est arrêté ; les données restent.", "soft")


async def _supervise(installation: Installation) -> None:
    settings, folder, screen = installation.settings, installation.folder, installation.screen
    environment = installation.addresses.environment(installation.base_url, folder)
    async with Supervisor() as supervisor:
        screen.say("Les services démarrent…", "soft")
        await start_processes(supervisor, folder, environment, host=settings.host, port=settings.port)
        stopped = asyncio.create_task(supervisor.wait_until_stopped())
        welcome = asyncio.create_task(_welcome(installation))
        await asyncio.wait({stopped, welcome}, return_when=asyncio.FIRST_COMPLETED)
        if not welcome.done():
            welcome.cancel()
            with suppress(asyncio.CancelledError):
                await welcome
        else:
            welcome.result()
            await stopped
        screen.say("\nArrêt en cours… (Ctrl-C à nouveau pour ne pas attendre)", "soft")


async def _welcome(installation: Installation) -> None:
    """Wait until everything answers, then show what there is."""
    folder, screen = installation.folder, installation.screen
    await _wait_until_ready(installation)
    engine = make_engine(installation.addresses.database_url, "socle_ingest", pool_size=2)
    try:
        sessions = make_sessions(engine)
        found = await read_holdings(sessions)
        listed = demo_files()
        sandbox, known = await make_sandbox(
            sessions,
            folder,
            base_url=installation.base_url,
            pepper=installation.addresses.key_pepper,
            wanted={one.organisation for one in listed},
        )
        if folder.demo_path.exists():
            screen.say(f"Données retrouvées : {thousands(found.deposits)} dépôts reçus jusqu'ici.", "good")
        elif installation.settings.demo:
            await _demonstrate(installation, sandbox, [one for one in listed if one.organisation in known])
        else:
            write_private(folder.demo_path, json.dumps({"played": False}))
        _show_holdings(await read_holdings(sessions), screen)
    finally:
        await engine.dispose()
    _show_way_on(installation, sandbox)


async def _demonstrate(installation: Installation, sandbox: Sandbox, playable: list[DemoFile]) -> None:
    screen = installation.screen
    screen.say("\nDémonstration : un éditeur de logiciel dépose les fichiers de quelques organismes", "title")
    try:
        async with open_client(sandbox.base_url, sandbox.api_key) as client:
            played = await play_demo(client, playable, screen)
    except PushRefused as refusal:
        screen.complain(f"La démonstration s'est arrêtée : {refusal}")
        return
    show_demo(played, screen)
    write_private(installation.folder.demo_path, json.dumps({"played": True}))


def _show_holdings(holdings: Holdings, screen: Screen) -> None:
    if holdings.consolidated:
        headers = ("Jeu de données", "Titre", "Organismes", "Lignes")
        rows = [(one.id, one.title, one.organisations, one.rows) for one in holdings.consolidated]
        screen.table("Jeux de données consolidés du département", headers, rows)


def _show_way_on(installation: Installation, sandbox: Sandbox) -> None:
    screen = installation.screen
    screen.say("\nCommandes à copier (clé du bac à sable)", "title")
    examples = curl_examples(
        sandbox.base_url, api_key=sandbox.api_key, organisation=sandbox.organisation, file=DEMO_FILE
    )
    for one in examples:
        screen.say(f"\n# {one.title}", "soft")
        screen.say(one.command)
    screen.say(f"\nAccueil          {sandbox.base_url}/")
    screen.say(f"Documentation    {sandbox.base_url}/docs")
    screen.say(f"Journaux         {installation.folder.logs_path}")
    screen.say("Socle est prêt. Ctrl-C arrête tout.", "good")


async def _wait_until_ready(installation: Installation) -> None:
    """Raises StartRefusal after `READY_SECONDS`."""
    deadline = time.monotonic() + READY_SECONDS
    with installation.screen.waiting("En attente des services…"):
        while not await asyncio.to_thread(_is_ready, installation.settings):
            if time.monotonic() > deadline:
                raise StartRefusal(
                    f"Les services n'ont pas répondu en {READY_SECONDS:.0f} s ; leurs journaux disent pourquoi : "
                    f"{installation.folder.logs_path}"
                )
            await asyncio.sleep(0.1)


def _is_ready(settings: StartSettings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _log_to(folder: DataFolder) -> None:
    """What this process itself logs (a crashed child, for instance) goes beside the logs of the others."""
    folder.logs_path.mkdir(mode=0o700, exist_ok=True)
    handler = logging.FileHandler(folder.logs_path / "start.log", encoding="utf-8")
    handler.setFormatter(JsonFormatter("start"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)

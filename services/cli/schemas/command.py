"""`socle schemas sync`, `accept`, `decline`: from the words of the command to the database and back to words."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from services.cli.administered import installation, reaching_database
from services.cli.schemas import decide
from services.cli.schemas.catalogue import ListedVersion, NotCatalogue, read_catalogue
from services.cli.schemas.fetched import Fetched, Trouble, fetch_all
from services.cli.schemas.refusal import SchemasRefused
from services.cli.schemas.source import Source, Unreadable
from services.cli.schemas.sync import Outcome, write
from services.cli.screen import Screen
from shared.db import make_owner_engine

WHOLE, PARTIAL, CHANGED = 0, 1, 3
"""Exit codes: all is imported; some versions could not be; the bytes of a known version changed."""


def sync_schemas(place: str, base: Path | None, only: Sequence[str], screen: Screen) -> int:
    """Import the catalogue at `place`, show what happened; the exit code. Raises SchemasRefused, SettingsRefused."""
    source = Source(base)
    with reaching_database():
        database_url = installation().database_url
        listed, fetched, troubles = asyncio.run(_fetch(place, source, only))
        outcome = asyncio.run(_write(database_url, fetched, listed, only))
    _show(outcome, troubles, screen)
    if outcome.changed:
        return CHANGED
    return PARTIAL if troubles else WHOLE


def accept_revision(name: str, version: str, screen: Screen) -> None:
    """Raises NothingWaiting, SettingsRefused."""
    with reaching_database():
        revision = asyncio.run(_deciding(name, version, accepts=True))
    screen.say(f"{name} {version} : la révision {revision[0]} est en vigueur.", "good")


def decline_revision(name: str, version: str, screen: Screen) -> None:
    """Raises NothingWaiting, SettingsRefused."""
    with reaching_database():
        revisions = asyncio.run(_deciding(name, version, accepts=False))
    numbers = ", ".join(map(str, revisions))
    screen.say(f"{name} {version} : révision {numbers} écartée ; celle en vigueur le reste.", "good")


async def _fetch(
    place: str, source: Source, only: Sequence[str]
) -> tuple[list[ListedVersion], list[Fetched], list[Trouble]]:
    try:
        listed = read_catalogue(await source.read(place), only=only)
    except (Unreadable, NotCatalogue) as error:
        raise SchemasRefused(f"Le catalogue ne peut pas être lu : {error}.") from error
    fetched, troubles = await fetch_all(listed, source)
    return listed, fetched, troubles


async def _write(
    database_url: str, fetched: Sequence[Fetched], listed: Sequence[ListedVersion], only: Sequence[str]
) -> Outcome:
    async with _as_owner(database_url) as connection:
        return await write(connection, fetched, listed=listed, only=only)


async def _deciding(name: str, version: str, *, accepts: bool) -> list[int]:
    async with _as_owner(installation().database_url) as connection:
        if accepts:
            return [await decide.accept(connection, name, version)]
        return await decide.decline(connection, name, version)


@asynccontextmanager
async def _as_owner(database_url: str) -> AsyncIterator[AsyncConnection]:
    engine = make_owner_engine(database_url)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


def _show(outcome: Outcome, troubles: Sequence[Trouble], screen: Screen) -> None:
    screen.say(f"Versions importées : {len(outcome.added)}. Déjà connues : {len(outcome.unchanged)}.", "good")
    if troubles:
        rows = [(one.listed.name, one.listed.version, one.why) for one in troubles]
        screen.table("Non importées", ("Schéma", "Version", "Pourquoi"), rows)
    if outcome.slow:
        screen.say(f"Motifs à surveiller, qu'un moteur linéaire ne sait pas lire : {_listed(outcome.slow)}.", "warning")
    if outcome.vanished:
        screen.say(f"Absentes du catalogue, gardées ici : {_listed(outcome.vanished)}.", "warning")
    for name, version in outcome.changed:
        screen.say(f"ALERTE : le contenu de {name} {version} a changé ; l'ancien reste en vigueur.", "bad")
    if outcome.changed:
        screen.say("Décidez avec « socle schemas accept NOM VERSION » ou « socle schemas decline NOM VERSION ».")


def _listed(versions: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions)

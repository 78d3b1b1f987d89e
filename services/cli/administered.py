"""The installation that `socle admin` acts upon, and how it is reached."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeVar

from services.cli import refusing

if TYPE_CHECKING:
    from services.cli.data_folder import Running
    from shared.db import Sessions

T = TypeVar("T")


def run(action: "Callable[[Sessions], Awaitable[T]]") -> T:
    """Do something over the database, with ingest's rights; refusals end the command in French."""

    async def carry_out() -> T:
        async with _sessions() as sessions:
            return await action(sessions)

    with refusing.in_french(), reaching_database():
        return asyncio.run(carry_out())


@contextmanager
def reaching_database() -> Iterator[None]:
    """A database that does not answer is told in French: a `socle start` that was killed leaves its address behind."""
    from services.cli.targets import SettingsRefused

    try:
        yield
    except OSError as error:
        raise SettingsRefused(
            f"La base ne répond pas ({type(error).__name__}). Si elle est celle de « socle start », relancez-le."
        ) from error


@asynccontextmanager
async def _sessions() -> "AsyncIterator[Sessions]":
    from shared.db import make_engine, make_sessions

    engine = make_engine(installation().database_url, "socle_ingest", pool_size=2)
    try:
        yield make_sessions(engine)
    finally:
        await engine.dispose()


def installation() -> "Running":
    """The installation named by the environment, else the one that runs on this machine. Raises SettingsRefused."""
    from services.cli.data_folder import Running, data_folder
    from services.cli.targets import SettingsRefused

    folder = data_folder()
    running = folder.read_running()
    database_url = os.environ.get("SOCLE_DATABASE_URL") or (running.database_url if running else None)
    if database_url is None:
        raise SettingsRefused(
            "Quelle base ? Indiquez SOCLE_DATABASE_URL, ou lancez « socle start » sur cette machine "
            f"(aucun ne tourne dans {folder.path}, voyez SOCLE_DATA_DIR)."
        )
    blobs_url = os.environ.get("SOCLE_BLOBS_URL") or (running.blobs_url if running else "")
    return Running(database_url, running.queue_url if running else "", blobs_url, running.pid if running else 0)


def pepper() -> str:
    """The secret under which keys are hashed: of the environment, else of this machine. Raises SettingsRefused."""
    from services.cli.data_folder import data_folder
    from services.cli.targets import SettingsRefused

    given = os.environ.get("SOCLE_KEY_PEPPER")
    if given:
        return given
    if os.environ.get("SOCLE_DATABASE_URL"):
        raise SettingsRefused("Il manque la variable d'environnement SOCLE_KEY_PEPPER.")
    return data_folder().pepper()

"""`socle admin dataset`: what the operator decides about a published data set."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import refusing
from services.cli.administered import installation, reaching_database

if TYPE_CHECKING:
    from services.catalog.publish.decide import DecideTools
    from shared.models import CatalogVersion

app = typer.Typer(help="Jeux de données : revenir en arrière, retirer, rétablir.", no_args_is_help=True)

Identifier = Annotated[str, typer.Argument(metavar="JEU", help="Identifiant : « deliberations-muret ».")]


@app.command()
def rollback(
    identifier: Identifier, to: Annotated[int, typer.Option(metavar="N", help="Version à republier.")]
) -> None:
    """Publie une nouvelle version, égale à une ancienne ; rien n'est effacé."""
    from services.catalog.publish.decide import roll_back
    from shared.audit import OPERATOR

    version = _decide(lambda tools: roll_back(identifier, to, tools, decided_by=OPERATOR))
    typer.echo(f"{identifier} : version {version.number}, égale à la version {to} ({version.rows} lignes).")


@app.command()
def withdraw(
    identifier: Identifier,
    reason: Annotated[str, typer.Option(metavar="TEXTE", help="Pourquoi : montré à qui demande ce jeu de données.")],
) -> None:
    """Retire un jeu de données : ses pages répondent 410 avec le motif, ses lignes quittent le jeu de toutes."""
    from services.catalog.publish.decide import withdraw as take_away
    from shared.audit import OPERATOR

    if not reason.strip():
        raise typer.BadParameter("dites pourquoi", param_hint="--reason")
    version = _decide(lambda tools: take_away(identifier, reason.strip(), tools, decided_by=OPERATOR))
    typer.echo(f"{identifier} : retiré (version {version.number}). « socle admin dataset restore » le rétablit.")


@app.command()
def restore(identifier: Identifier) -> None:
    """Rétablit un jeu de données retiré, tel qu'il était."""
    from services.catalog.publish.decide import restore as bring_back
    from shared.audit import OPERATOR

    version = _decide(lambda tools: bring_back(identifier, tools, decided_by=OPERATOR))
    typer.echo(f"{identifier} : rétabli (version {version.number}, {version.rows} lignes).")


def _decide(action: "Callable[[DecideTools], Awaitable[CatalogVersion]]") -> "CatalogVersion":
    """With catalog's rights; refusals end the command in French."""
    import asyncio

    with refusing.in_french(), reaching_database():
        return asyncio.run(_carry_out(action))


async def _carry_out(action: "Callable[[DecideTools], Awaitable[CatalogVersion]]") -> "CatalogVersion":
    from services.catalog.publish.decide import DecideTools
    from services.cli.targets import SettingsRefused
    from shared.blobs import open_blobs
    from shared.db import make_engine, make_sessions
    from shared.imported import read_imported_schemas
    from shared.registry import load_registry

    running = installation()
    if not running.blobs_url:
        raise SettingsRefused("Il manque la variable d'environnement SOCLE_BLOBS_URL.")
    engine, registry = make_engine(running.database_url, "socle_catalog", pool_size=2), load_registry()
    try:
        async with engine.connect() as connection:
            registry.take_imported(await read_imported_schemas(connection))
        return await action(DecideTools(engine, make_sessions(engine), open_blobs(running.blobs_url), registry))
    finally:
        await engine.dispose()

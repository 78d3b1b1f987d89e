"""The words of `socle schemas`; what they need is loaded when they are called."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli import refusing

app = typer.Typer(help="Schémas connus ; import d'un catalogue national.", invoke_without_command=True)

Name = Annotated[str, typer.Argument(metavar="NOM", help="Nom complet du schéma, ou alias.")]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="Version du schéma.")]


@app.callback()
def list_them(context: typer.Context) -> None:
    """Liste les schémas connus ; « schemas show NOM » en montre les colonnes."""
    if context.invoked_subcommand is not None:
        return
    from services.cli.schemas.show import list_schemas
    from services.cli.screen import Screen

    with refusing.in_french():
        list_schemas(Screen())


@app.command()
def show(name: Name) -> None:
    """Montre les colonnes d'un schéma."""
    from services.cli.schemas.show import show_schema
    from services.cli.screen import Screen

    with refusing.in_french():
        show_schema(name, Screen())


@app.command()
def sync(
    place: Annotated[str, typer.Argument(metavar="URL_OU_FICHIER", help="Le catalogue, schemas.json.")],
    base: Annotated[
        Path | None,
        typer.Option(
            metavar="DOSSIER",
            exists=True,
            file_okay=False,
            help="Copie du site : ses fichiers y sont lus, sans réseau.",
        ),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="NOM", help="Ce schéma seul. Répétable.")] = None,
) -> None:
    """Importe les schémas de table d'un catalogue national. N'efface jamais rien.

    Sort avec 0 (tout est importé), 1 (des versions n'ont pas pu l'être) ou 3 (le contenu d'une version connue a
    changé : l'ancien reste en vigueur jusqu'à « schemas accept » ou « schemas decline »).
    """
    from services.cli.schemas.command import sync_schemas
    from services.cli.screen import Screen

    with refusing.in_french():
        code = sync_schemas(place, base, only or (), Screen())
    raise typer.Exit(code)


@app.command()
def accept(name: Name, version: Version) -> None:
    """Met en vigueur le nouveau contenu d'une version."""
    from services.cli.schemas.command import accept_revision
    from services.cli.screen import Screen

    with refusing.in_french():
        accept_revision(name, version, Screen())


@app.command()
def decline(name: Name, version: Version) -> None:
    """Écarte le nouveau contenu d'une version."""
    from services.cli.schemas.command import decline_revision
    from services.cli.screen import Screen

    with refusing.in_french():
        decline_revision(name, version, Screen())

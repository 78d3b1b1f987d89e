"""`socle admin`: what the operator does over a database, in production or of a running `socle start`."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from services.cli import (
    admin_audit,
    admin_dataset,
    admin_deposit,
    admin_habilitation,
    admin_key,
    admin_operator,
    admin_organisation,
    admin_referent,
    refusing,
)
from services.cli.administered import installation, reaching_database, run

app = typer.Typer(help="Organismes, éditeurs, clés, habilitations, dépôts, vérification.", no_args_is_help=True)
vendor_app = typer.Typer(help="Éditeurs de logiciel.", no_args_is_help=True)
app.add_typer(admin_organisation.app, name="organisation")
app.add_typer(admin_operator.app, name="operator")
app.add_typer(vendor_app, name="vendor")
app.add_typer(admin_key.app, name="key")
app.add_typer(admin_habilitation.app, name="habilitation")
admin_organisation.app.add_typer(admin_referent.app, name="referent")
app.add_typer(admin_deposit.app, name="deposit")
app.add_typer(admin_dataset.app, name="dataset")
app.add_typer(admin_audit.app, name="audit")

Name = Annotated[str, typer.Option(metavar="NOM")]


@vendor_app.command("create")
def create_vendor(
    name: Annotated[str, typer.Argument(metavar="NOM")],
    email: Annotated[str | None, typer.Option(metavar="ADRESSE", help="Où lui dire ce qu'on lui accorde.")] = None,
) -> None:
    """Ajoute un éditeur de logiciel."""
    from services.ingest import admin

    run(lambda sessions: admin.create_vendor(sessions, name=name, email=email))
    typer.echo(f"Éditeur créé : {name}")


@vendor_app.command("list")
def list_vendors() -> None:
    """Liste les éditeurs."""
    from services.ingest import admin

    found = run(admin.list_vendors)
    _table(("Nom", "Depuis", "Actif"), [(v.name, f"{v.created_at:%d/%m/%Y}", _yes(not v.disabled_at)) for v in found])


@app.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Une ligne JSON par invariant.")] = False,
    wait_seconds: Annotated[float, typer.Option(metavar="N", help="Attend d'abord que plus rien n'attende.")] = 0.0,
) -> None:
    """Vérifie les invariants de la base et des fichiers. Sort avec 1 si l'un est rompu."""
    from services.cli.targets import SettingsRefused
    from services.cli.verify.command import verify_and_show

    with refusing.in_french(), reaching_database():
        running = installation()
        if not running.blobs_url:
            raise SettingsRefused("Il manque la variable d'environnement SOCLE_BLOBS_URL.")
        whole = asyncio.run(
            verify_and_show(running.database_url, running.blobs_url, as_json=as_json, wait_seconds=wait_seconds)
        )
    raise typer.Exit(0 if whole else 1)


def _yes(value: bool) -> str:
    return "oui" if value else "non"


def _table(headers: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from services.cli.screen import Screen

    Screen().table("", headers, rows)

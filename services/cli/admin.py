"""`socle admin`: what the operator does over a database, in production or of a running `socle start`."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from services.cli import admin_dataset, admin_deposit, admin_key, admin_operator, admin_organisation, refusing
from services.cli.administered import installation, reaching_database, run

if TYPE_CHECKING:
    from shared.db import Sessions

app = typer.Typer(help="Organismes, éditeurs, clés, habilitations, dépôts, vérification.", no_args_is_help=True)
vendor_app = typer.Typer(help="Éditeurs de logiciel.", no_args_is_help=True)
habilitation_app = typer.Typer(help="Habilitations d'un éditeur par un organisme.", no_args_is_help=True)
app.add_typer(admin_organisation.app, name="organisation")
app.add_typer(admin_operator.app, name="operator")
app.add_typer(vendor_app, name="vendor")
app.add_typer(admin_key.app, name="key")
app.add_typer(habilitation_app, name="habilitation")
app.add_typer(admin_deposit.app, name="deposit")
app.add_typer(admin_dataset.app, name="dataset")

Name = Annotated[str, typer.Option(metavar="NOM")]


@vendor_app.command("create")
def create_vendor(name: Annotated[str, typer.Argument(metavar="NOM")]) -> None:
    """Ajoute un éditeur de logiciel."""
    from services.ingest import admin

    run(lambda sessions: admin.create_vendor(sessions, name=name))
    typer.echo(f"Éditeur créé : {name}")


@vendor_app.command("list")
def list_vendors() -> None:
    """Liste les éditeurs."""
    from services.ingest import admin

    found = run(admin.list_vendors)
    _table(("Nom", "Depuis", "Actif"), [(v.name, f"{v.created_at:%d/%m/%Y}", _yes(not v.disabled_at)) for v in found])


@habilitation_app.command("grant")
def grant_habilitation(
    vendor: Annotated[str, typer.Option(metavar="ÉDITEUR", help="Nom de l'éditeur.")],
    organisation: Annotated[str, typer.Option(metavar="NUMÉRO", help="SIREN, SIRET ou code INSEE.")],
    basis: Annotated[str, typer.Option(metavar="TEXTE", help="Sur quoi repose ce droit : une convention…")],
    schema: Annotated[list[str] | None, typer.Option(metavar="NOM", help="Schéma ; tous sinon. Répétable.")] = None,
) -> None:
    """Note qu'un organisme permet à un éditeur de déposer pour lui."""
    from services.cli.schemas.show import known_schemas
    from services.ingest import admin
    from services.ingest.organisations import find_organisation

    registry = known_schemas().registry if schema else None

    async def grant(sessions: "Sessions") -> UUID:
        names = [registry.get(one).name for one in schema] if registry and schema else None
        owner = await admin.find_vendor_by_name(sessions, vendor)
        async with sessions() as session:
            siren = (await find_organisation(session, organisation)).siren
        return await admin.grant_habilitation(
            sessions, vendor=owner, organisation_siren=siren, schemas=names, basis=basis
        )

    typer.echo(f"Habilitation {run(grant)}")


@habilitation_app.command("list")
def list_habilitations() -> None:
    """Liste les habilitations."""
    from services.ingest import admin

    found = run(admin.list_habilitations)
    rows = [
        (str(h.id), v.name, o.name, ", ".join(h.schemas or ["tous"]), "révoquée" if h.revoked_at else "active")
        for h, v, o in found
    ]
    _table(("Identifiant", "Éditeur", "Organisme", "Schémas", "État"), rows)


@habilitation_app.command("revoke")
def revoke_habilitation(identifier: Annotated[UUID, typer.Argument(metavar="IDENTIFIANT")]) -> None:
    """Révoque une habilitation, tout de suite."""
    from services.ingest import admin

    run(lambda sessions: admin.revoke_habilitation(sessions, habilitation_id=identifier))
    typer.echo(f"Habilitation {identifier} révoquée.")


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

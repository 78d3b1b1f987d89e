"""`socle admin habilitation`: conventions that were signed, rights taken back."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from services.cli.administered import run

if TYPE_CHECKING:
    from services.ingest.habilitations.record import Conflict
    from shared.db import Sessions

app = typer.Typer(help="Habilitations d'un éditeur par un organisme.", no_args_is_help=True)

STATES = {
    "requested": "demandée",
    "granted": "active",
    "refused": "refusée",
    "revoked": "révoquée",
    "expired": "expirée",
}


@app.command("grant")
def grant_habilitation(
    vendor: Annotated[str, typer.Option(metavar="ÉDITEUR", help="Nom de l'éditeur.")],
    organisation: Annotated[str, typer.Option(metavar="NUMÉRO", help="SIREN, SIRET ou code INSEE.")],
    basis: Annotated[str, typer.Option(metavar="TEXTE", help="Sur quoi repose ce droit : une convention…")],
    schema: Annotated[list[str] | None, typer.Option(metavar="NOM", help="Schéma ; tous sinon. Répétable.")] = None,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="AAAA-MM-JJ", help="Dernier jour ; jamais sinon.")
    ] = None,
) -> None:
    """Note qu'un organisme permet à un éditeur de déposer pour lui, par une convention signée."""
    from services.cli.schemas.show import known_schemas
    from services.ingest import admin
    from services.ingest.habilitations import operate
    from services.ingest.organisations import find_organisation

    registry = known_schemas().registry if schema else None
    until = expires.replace(tzinfo=UTC) + timedelta(days=1) if expires else None

    async def grant(sessions: "Sessions") -> UUID:
        names = [registry.get(one).name for one in schema] if registry and schema else None
        owner = await admin.find_vendor_by_name(sessions, vendor)
        async with sessions() as session:
            siren = (await find_organisation(session, organisation)).siren
        return await operate.grant_habilitation(
            sessions, vendor=owner, organisation_siren=siren, schemas=names, basis=basis, expires_at=until
        )

    made = run(grant)
    typer.echo(f"Habilitation {made}")
    _, _, _, conflicts = next(one for one in run(operate.list_habilitations) if one[0].id == made)
    if conflicts:
        typer.echo(f"Attention, mêmes données : {_said(conflicts)}. Chacun remplacera ce que l'autre publie.", err=True)


@app.command("list")
def list_habilitations() -> None:
    """Liste les habilitations, et les éditeurs qui se gênent."""
    from services.cli.screen import Screen
    from services.ingest.habilitations import operate

    rows = [
        (str(one.id), vendor.name, owner.name, ", ".join(one.schemas or ["tous"]), STATES[one.state], _said(conflicts))
        for one, vendor, owner, conflicts in run(operate.list_habilitations)
    ]
    Screen().table("", ("Identifiant", "Éditeur", "Organisme", "Schémas", "État", "Conflit avec"), rows)


@app.command("revoke")
def revoke_habilitation(identifier: Annotated[UUID, typer.Argument(metavar="IDENTIFIANT")]) -> None:
    """Révoque une habilitation, tout de suite ; ce qui n'est pas encore publié est annulé."""
    from services.ingest.habilitations import operate

    run(lambda sessions: operate.revoke_habilitation(sessions, habilitation_id=identifier))
    typer.echo(f"Habilitation {identifier} révoquée.")


def _said(conflicts: "list[Conflict]") -> str:
    return ", ".join(dict.fromkeys(one.vendor for one in conflicts)) or "—"

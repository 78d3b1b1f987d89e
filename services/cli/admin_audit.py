"""`socle admin audit`: the trail of every write, read and verified."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.administered import pepper, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.ingest.audit.verify import Fault
    from shared.db import Sessions
    from shared.models import AuditEntry

app = typer.Typer(help="Piste d'audit : lire, vérifier.", no_args_is_help=True)

SENTENCES = {
    "changed": "ligne {place} : modifiée, ou précédée d'une ligne ajoutée",
    "missing": "ligne {place} : manquante",
    "inserted": "ligne {place} : ajoutée après la fin signée",
    "rewritten": "la chaîne a été refaite : elle ne finit plus, à la ligne {place}, comme elle a été signée",
    "unsigned": "la fin de la chaîne, ligne {place}, n'est pas signée par la clé de cette installation",
}


@app.command()
def verify() -> None:
    """Recalcule la chaîne depuis sa première ligne. Sort avec 1 si une ligne a été modifiée, retirée ou ajoutée."""
    from services.ingest.audit.chain import audit_secret
    from services.ingest.audit.verify import verify_trail

    secret = audit_secret(pepper())
    found = run(lambda sessions: verify_trail(sessions, secret=secret))
    for fault in found.faults:
        typer.echo(_sentence(fault), err=True)
    if found.faults:
        raise typer.Exit(1)
    typer.echo(f"{found.lines} lignes intactes, {found.waiting} pas encore scellées. Fin de la chaîne : {found.hash}")


@app.command("list")
def show(
    organisation: Annotated[str | None, typer.Option(metavar="NUMÉRO", help="SIREN, SIRET ou code INSEE.")] = None,
    vendor: Annotated[str | None, typer.Option(metavar="ÉDITEUR", help="Nom de l'éditeur.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=100_000)] = 50,
) -> None:
    """Montre les dernières lignes, les plus récentes d'abord."""
    from services.cli.screen import Screen

    async def read(sessions: "Sessions") -> "Sequence[AuditEntry]":
        from sqlmodel import col

        from services.ingest.admin import find_vendor_by_name
        from services.ingest.audit.read import read_trail
        from services.ingest.organisations import find_organisation
        from shared.models import AuditEntry

        conditions = []
        if vendor is not None:
            conditions.append(col(AuditEntry.vendor_id) == (await find_vendor_by_name(sessions, vendor)).id)
        async with sessions() as session:
            if organisation is not None:
                siren = (await find_organisation(session, organisation)).siren
                conditions.append(col(AuditEntry.organisation_siren) == siren)
            return await read_trail(session, *conditions, limit=limit)

    rows = [
        (
            str(one.position or "…"),
            f"{one.at:%d/%m/%Y %H:%M:%S}",
            one.actor,
            one.action,
            one.subject,
            one.network or "—",
        )
        for one in run(read)
    ]
    Screen().table("", ("Ligne", "Quand", "Qui", "Quoi", "Objet", "D'où"), rows)


def _sentence(fault: "Fault") -> str:
    place = str(fault.position) if fault.position == fault.until else f"{fault.position} à {fault.until}"
    return SENTENCES[fault.wrong].format(place=place)

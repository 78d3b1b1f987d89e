"""`socle admin organisation referent`: the people who speak for an organisation."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.administered import run

if TYPE_CHECKING:
    from shared.db import Sessions
    from shared.models import Referent

app = typer.Typer(help="Référents d'un organisme : qui accorde et retire les habilitations.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="NUMÉRO", help="SIREN, SIRET ou code INSEE de l'organisme.")]
Email = Annotated[str, typer.Argument(metavar="ADRESSE", help="Adresse électronique.")]


@app.command("add")
def add_referent(
    organisation: Number,
    email: Email,
    name: Annotated[str, typer.Option(metavar="NOM")] = "",
    role: Annotated[str, typer.Option(metavar="FONCTION", help="Par exemple « secrétaire de mairie ».")] = "",
) -> None:
    """Ajoute un référent, ou change son nom et sa fonction."""
    from services.ingest.habilitations import operate
    from services.ingest.organisations import find_organisation

    if not re.fullmatch(operate.ADDRESS, email.strip()) or len(email) > 254:
        raise typer.BadParameter("ce n'est pas une adresse électronique", param_hint="ADRESSE")

    async def add(sessions: "Sessions") -> None:
        async with sessions.begin() as session:
            siren = (await find_organisation(session, organisation)).siren
            await operate.add_referent(session, siren=siren, email=email, name=name, role=role)

    run(add)
    typer.echo(f"Référent ajouté : {email}")


@app.command("list")
def list_referents(organisation: Number) -> None:
    """Liste les référents d'un organisme."""
    from services.cli.screen import Screen
    from services.ingest.habilitations.ask import referents_of
    from services.ingest.organisations import find_organisation

    async def find(sessions: "Sessions") -> "list[Referent]":
        async with sessions() as session:
            return await referents_of(session, (await find_organisation(session, organisation)).siren)

    rows = [(one.email, one.name or "—", one.role or "—") for one in run(find)]
    Screen().table("", ("Adresse", "Nom", "Fonction"), rows)


@app.command("remove")
def remove_referent(organisation: Number, email: Email) -> None:
    """Retire un référent ; ses liens n'ouvrent plus rien."""
    from services.ingest.habilitations import operate
    from services.ingest.organisations import find_organisation

    async def remove(sessions: "Sessions") -> None:
        async with sessions.begin() as session:
            siren = (await find_organisation(session, organisation)).siren
            await operate.remove_referent(session, siren=siren, email=email)

    run(remove)
    typer.echo(f"Référent retiré : {email}")

"""`socle admin deposit`: what the operator decides about a deposit."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from services.cli.administered import run

if TYPE_CHECKING:
    from services.ingest.decide import Reason
    from shared.db import Sessions
    from shared.models import Deposit

app = typer.Typer(help="Dépôts : confirmer, annuler, reprendre.", no_args_is_help=True)

Identifier = Annotated[UUID, typer.Argument(metavar="IDENTIFIANT", help="Identifiant du dépôt.")]


@app.command()
def confirm(
    identifier: Identifier,
    reason: Annotated[
        list[str] | None, typer.Option(metavar="CODE[:PÉRIODE]=NOMBRE", help="Un motif, tel que montré. Répétable.")
    ] = None,
) -> None:
    """Confirme un dépôt retenu, à la place de l'éditeur. Sans --reason, montre les motifs et demande."""
    from services.ingest.admin import find_any
    from services.ingest.decide import confirm_deposit, reasons_of

    async def held_for(sessions: "Sessions") -> "list[Reason]":
        async with sessions() as session:
            deposit = await find_any(session, identifier)
            return reasons_of(deposit) if deposit.state == "held" else []

    shown = [_read(one) for one in reason or ()] or run(held_for)
    if not reason and shown:
        for one in shown:
            typer.echo(f"  {one.code}{one.slice and f':{one.slice}'}={one.count}")
        said = typer.prompt("Avez-vous vérifié ces motifs dans le rapport ? Publier ce dépôt [oui/non]", default="non")
        if said.strip().lower() not in ("o", "oui"):
            typer.echo("Rien n'est décidé : le dépôt reste retenu.")
            raise typer.Exit(1)
    _show(run(lambda sessions: confirm_deposit(sessions, identifier, shown, vendor=None)))


@app.command()
def cancel(identifier: Identifier) -> None:
    """Annule un dépôt reçu ou retenu."""
    from services.ingest.decide import cancel_deposit

    _show(run(lambda sessions: cancel_deposit(sessions, identifier, vendor=None)))


@app.command()
def retry(identifier: Identifier) -> None:
    """Reprend un dépôt en échec, depuis ses octets, à son rang d'arrivée."""
    from services.ingest.retry import retry_deposit

    _show(run(lambda sessions: retry_deposit(sessions, identifier, vendor=None)))


def _read(text: str) -> "Reason":
    from services.ingest.decide import Reason

    named, _, count = text.rpartition("=")
    code, _, period = named.partition(":")
    if not code or not (count.isascii() and count.isdigit()):
        raise typer.BadParameter(f"« {text} » n'a pas la forme CODE[:PÉRIODE]=NOMBRE", param_hint="--reason")
    return Reason(code, int(count), period)


def _show(deposit: "Deposit") -> None:
    typer.echo(f"Dépôt {deposit.id} : {deposit.state}")

"""`socle admin operator`: keys of the people who run the installation."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from services.cli.administered import pepper, run

app = typer.Typer(help="Clés des opérateurs du département.", no_args_is_help=True)


@app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(metavar="NOM", help="De la personne à qui est la clé.")],
    days: Annotated[float | None, typer.Option(min=0, metavar="JOURS", help="Durée ; sans fin sinon.")] = None,
) -> None:
    """Crée une clé ; elle n'est montrée qu'une fois."""
    from services.ingest.operators import create_operator_key

    secret, ends = pepper(), None if days is None else datetime.now(UTC) + timedelta(days=days)
    made = run(lambda sessions: create_operator_key(sessions, name=name, pepper=secret, expires_at=ends))
    typer.echo(made.text)
    typer.echo("Conservez cette clé maintenant : elle ne sera plus montrée.", err=True)


@app.command("list")
def list_keys() -> None:
    """Liste les clés, sans leur secret."""
    from services.cli.screen import Screen
    from services.ingest.operators import list_operator_keys

    now = datetime.now(UTC)
    rows = [
        (
            one.prefix,
            one.name,
            f"{one.created_at:%d/%m/%Y}",
            "révoquée" if one.revoked_at else "expirée" if one.expires_at and one.expires_at <= now else "active",
        )
        for one in run(list_operator_keys)
    ]
    Screen().table("", ("Préfixe", "Nom", "Depuis", "État"), rows)


@app.command("revoke")
def revoke_key(
    prefix: Annotated[str, typer.Argument(metavar="PRÉFIXE", help="Les 8 caractères après « socle_op_ ».")],
) -> None:
    """Révoque une clé, tout de suite."""
    from services.ingest.operators import revoke_operator_key

    run(lambda sessions: revoke_operator_key(sessions, prefix=prefix))
    typer.echo(f"Clé d'opérateur {prefix} révoquée.")

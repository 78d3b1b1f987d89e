"""`socle admin key`: vendors' keys."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.administered import pepper, run

if TYPE_CHECKING:
    from services.ingest.keys import KeyWish
    from shared.db import Sessions
    from shared.models import ApiKey

app = typer.Typer(help="Clés d'API.", no_args_is_help=True)

Prefix = Annotated[str, typer.Argument(metavar="PRÉFIXE", help="Les 8 caractères après « socle_ ».")]

KEEP_IT = "Conservez cette clé maintenant : elle ne sera plus montrée."


@app.command("create")
def create_key(
    vendor: Annotated[str, typer.Option(metavar="ÉDITEUR", help="Nom de l'éditeur.")],
    name: Annotated[str, typer.Option(metavar="NOM")],
    action: Annotated[list[str] | None, typer.Option(metavar="ACTION", help="Toutes sinon. Répétable.")] = None,
    organisation: Annotated[
        list[str] | None, typer.Option(metavar="NUMÉRO", help="SIREN, SIRET ou code INSEE ; tous sinon. Répétable.")
    ] = None,
    schema: Annotated[list[str] | None, typer.Option(metavar="NOM", help="Schéma ; tous sinon. Répétable.")] = None,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="AAAA-MM-JJ", help="Dernier jour ; jamais sinon.")
    ] = None,
    test: Annotated[
        bool, typer.Option("--test", help="Clé d'essai, « socle_test_… » : publie là où seul l'éditeur voit.")
    ] = False,
) -> None:
    """Crée une clé ; elle n'est montrée qu'une fois."""
    from services.cli.schemas.show import known_schemas
    from services.ingest import admin
    from services.ingest.keys import KeyWish
    from services.ingest.organisations import find_organisation

    schemas = [known_schemas().registry.get(one).name for one in schema] if schema else None
    until = expires.replace(tzinfo=UTC) + timedelta(days=1) if expires else None

    async def create(sessions: "Sessions") -> str:
        owner = await admin.find_vendor_by_name(sessions, vendor)
        async with sessions() as session:
            sirens = [(await find_organisation(session, one)).siren for one in organisation or ()] or None
        wish = _checked(KeyWish(name, schemas=schemas, organisations=sirens, expires_at=until, is_test=test), action)
        return (await admin.create_key(sessions, vendor=owner, name=name, pepper=pepper(), wish=wish)).text

    typer.echo(run(create))
    typer.echo(KEEP_IT, err=True)


@app.command("list")
def list_keys() -> None:
    """Liste les clés, sans leur secret."""
    from services.cli.screen import Screen
    from services.ingest import admin

    rows = [
        (
            key.prefix,
            vendor.name,
            key.name,
            ", ".join(key.actions),
            f"{key.created_at:%d/%m/%Y}",
            f"{key.last_used_at:%d/%m/%Y %H:%M}" if key.last_used_at else "jamais",
            _state(key),
        )
        for key, vendor in run(admin.list_keys)
    ]
    Screen().table("", ("Préfixe", "Éditeur", "Nom", "Droits", "Depuis", "Dernier usage", "État"), rows)


@app.command("rotate")
def rotate_key(
    prefix: Prefix,
    overlap_hours: Annotated[
        float, typer.Option(min=0, metavar="HEURES", help="Ce que l'ancienne clé ouvre encore.")
    ] = 24,
) -> None:
    """Remplace une clé ; l'ancienne s'éteint à la fin du recouvrement."""
    from services.ingest import keys

    async def rotate(sessions: "Sessions") -> tuple[str, datetime | None]:
        overlap = timedelta(hours=overlap_hours)
        old, _, made = await keys.rotate_key(sessions, prefix, overlap=overlap, pepper=pepper())
        return made.text, old.expires_at

    text, until = run(rotate)
    typer.echo(text)
    typer.echo(f"{KEEP_IT} L'ancienne, {prefix}, ouvre jusqu'au {until:%d/%m/%Y %H:%M} (UTC).", err=True)


@app.command("revoke")
def revoke_key(prefix: Prefix) -> None:
    """Révoque une clé, tout de suite."""
    from services.ingest import keys

    run(lambda sessions: keys.revoke_key(sessions, prefix=prefix))
    typer.echo(f"Clé {prefix} révoquée.")


def _checked(wish: "KeyWish", actions: list[str] | None) -> "KeyWish":
    from dataclasses import replace

    from shared.models import EVERY_ACTION

    unknown = set(actions or ()) - set(EVERY_ACTION)
    if unknown:
        raise typer.BadParameter(f"les actions sont : {', '.join(EVERY_ACTION)}", param_hint="--action")
    return replace(wish, actions=actions) if actions else wish


def _state(key: "ApiKey") -> str:
    if key.revoked_at is not None:
        return "révoquée"
    if key.expires_at is not None and key.expires_at < datetime.now(UTC):
        return "expirée"
    return "remplacée" if key.successor_id else "active"

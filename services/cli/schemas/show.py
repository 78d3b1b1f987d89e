"""`socle schemas`: what may be deposited or checked, here."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from services.cli.administered import installation
from services.cli.screen import Screen
from services.cli.targets import SettingsRefused
from shared.db import make_owner_engine
from shared.imported import UNREACHABLE, read_imported_schemas
from shared.models import ImportedRevision, RevisionState
from shared.registry import ImportedSchema, Registry, UnknownSchema, UnknownSchemaVersion, load_registry


@dataclass(frozen=True, slots=True)
class Known:
    """The schemas of this program and, when an installation is at hand, those it imported."""

    registry: Registry
    waiting: frozenset[str]
    """Schemas of which a changed content waits for a decision."""


def known_schemas() -> Known:
    """Read from the installation's database if there is one; a database that does not answer holds nothing up."""
    registry = load_registry()
    try:
        imported, waiting = asyncio.run(_read(installation().database_url))
    except (SettingsRefused, *UNREACHABLE):
        return Known(registry, frozenset())
    registry.take_imported(imported)
    return Known(registry, waiting)


def registry_with(name: str, version: str | None) -> Registry:
    """Our own schemas; imported ones too, if that one is not ours and an installation is at hand."""
    registry = load_registry()
    try:
        registry.get(name, version)
    except (UnknownSchema, UnknownSchemaVersion):
        return known_schemas().registry
    return registry


def list_schemas(screen: Screen) -> None:
    """Name, alias, newest version, theme, and whether files may be deposited."""
    known = known_schemas()
    rows = []
    for name in known.registry.names():
        schema, versions = known.registry.get(name), known.registry.versions(name)
        others = f" (+{len(versions) - 1})" if len(versions) > 1 else ""
        alarm = " !" if name in known.waiting else ""
        deposits = "oui" if schema.takes_deposits else "non"
        rows.append((name, schema.dataset.id, f"{schema.version}{others}{alarm}", schema.dataset.theme, deposits))
    screen.table("Schémas", ("Nom", "Alias", "Version", "Thème", "Dépôt"), rows)
    if known.waiting:
        screen.say(
            "! : le catalogue en a changé le contenu ; voyez « socle schemas accept » et « decline ».", "warning"
        )


def show_schema(name: str, screen: Screen) -> None:
    """The columns of the newest version. Raises UnknownSchema."""
    registry = known_schemas().registry
    schema = registry.get(name)
    rows = [
        (field.name, field.type, "oui" if field.name in schema.required_columns else "non", field.title)
        for field in schema.fields
    ]
    screen.say(f"{schema.name} {schema.version} — {schema.title}", "title")
    screen.say(schema.description)
    screen.table("", ("Colonne", "Type", "Obligatoire", "Titre"), rows)
    screen.say(f"Versions : {', '.join(registry.versions(name))}")
    screen.say(f"Une ligne est désignée par : {', '.join(schema.identity) or 'toutes ses colonnes'}")


async def _read(database_url: str) -> tuple[list[ImportedSchema], frozenset[str]]:
    engine = make_owner_engine(database_url)
    try:
        async with engine.connect() as connection:
            waiting = select(col(ImportedRevision.name)).where(col(ImportedRevision.state) == RevisionState.WAITING)
            names = frozenset((await connection.execute(waiting)).scalars())
            return await read_imported_schemas(connection), names
    finally:
        await engine.dispose()

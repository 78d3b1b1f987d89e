"""`socle schemas`: what may be deposited."""

from services.cli.screen import Screen
from shared.registry import load_registry


def list_schemas(screen: Screen) -> None:
    """Name, data set, versions and title of each."""
    registry = load_registry()
    rows = []
    for name in registry.names():
        schema = registry.get(name)
        rows.append((name, schema.dataset.id, ", ".join(registry.versions(name)), schema.title))
    screen.table("Schémas", ("Nom", "Jeu de données", "Versions", "Titre"), rows)


def show_schema(name: str, screen: Screen) -> None:
    """The columns of the newest version. Raises UnknownSchema."""
    registry = load_registry()
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

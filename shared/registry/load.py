"""Read the descriptor files of the package into a `Registry`."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from shared.errors import Refusal
from shared.registry.schema_version import Dataset, Geography, SchemaField, SchemaVersion, Slice

_NOT_TABLE_SCHEMA = ("socle", "custom_checks")


class UnknownSchema(Refusal):
    """No schema of that name or alias."""

    status = 404
    code = "unknown-schema"
    title = "Schéma inconnu"


class UnknownSchemaVersion(Refusal):
    """The schema exists, that version of it does not."""

    status = 404
    code = "unknown-schema-version"
    title = "Version de schéma inconnue"


class Registry:
    """Every schema version known to this process. Immutable once built."""

    def __init__(self, versions: Iterable[SchemaVersion]) -> None:
        by_name: dict[str, list[SchemaVersion]] = {}
        for version in versions:
            by_name.setdefault(version.name, []).append(version)
        self._versions = {
            name: {each.version: each for each in sorted(found, key=_version_number)}
            for name, found in sorted(by_name.items())
        }
        self._aliases = {each.dataset.id: each.name for found in by_name.values() for each in found}

    def names(self) -> list[str]:
        """Full names of the schemas, sorted."""
        return list(self._versions)

    def versions(self, name: str) -> list[str]:
        """Versions of a schema (full name or dataset id), oldest first. Raises `UnknownSchema`."""
        return list(self._of(name))

    def get(self, name: str, version: str | None = None) -> SchemaVersion:
        """The asked version, or the newest. `name` is a full name or a dataset id.

        Raises `UnknownSchema`, `UnknownSchemaVersion`.
        """
        versions = self._of(name)
        if version is None:
            return list(versions.values())[-1]
        if version not in versions:
            raise UnknownSchemaVersion(
                f"Le schéma « {name} » n’a pas de version « {version} ».",
                action=f"Choisissez l’une de ces versions : {', '.join(versions)}.",
                schema=name,
                versions=list(versions),
            )
        return versions[version]

    def __iter__(self) -> Iterator[SchemaVersion]:
        """Every version of every schema, by name then from the oldest to the newest."""
        for versions in self._versions.values():
            yield from versions.values()

    def _of(self, name: str) -> Mapping[str, SchemaVersion]:
        versions = self._versions.get(self._aliases.get(name, name))
        if versions is None:
            raise UnknownSchema(
                f"Le schéma « {name} » n’est pas connu de ce service.",
                action=f"Choisissez l’un de ces schémas : {', '.join(self._versions)}.",
                schema=name,
                schemas=list(self._versions),
            )
        return versions


def load_registry() -> Registry:
    """Read every descriptor of the package. Called once per process, by `app.py` and `worker.py`."""
    root = files("shared.registry") / "schemas"
    return Registry(_read(name, file) for name, file in _descriptor_files(root))


def _descriptor_files(root: Traversable) -> Iterator[tuple[str, Traversable]]:
    for owner in sorted(root.iterdir(), key=lambda entry: entry.name):
        for schema in sorted(owner.iterdir(), key=lambda entry: entry.name):
            for file in sorted(schema.iterdir(), key=lambda entry: entry.name):
                if file.name.endswith(".json"):
                    yield f"{owner.name}/{schema.name}", file


def _read(name: str, file: Traversable) -> SchemaVersion:
    content = file.read_bytes()
    document: dict[str, Any] = json.loads(content)
    socle: dict[str, Any] = document["socle"]
    fields = tuple(_field(descriptor) for descriptor in document["fields"])
    required = tuple(field.name for field in fields if field.required)
    descriptor = {key: value for key, value in document.items() if key not in _NOT_TABLE_SCHEMA}
    return SchemaVersion(
        name=name,
        version=file.name.removesuffix(".json"),
        sha256=hashlib.sha256(content).hexdigest(),
        title=socle["title"],
        description=document["description"],
        homepage=document.get("homepage"),
        fields=fields,
        identity=tuple(socle["identity"]),
        slice=Slice(**socle["slice"]) if socle["slice"] else None,
        geography=Geography(**socle["geography"]) if socle["geography"] else None,
        dataset=Dataset(**socle["dataset"]),
        custom_checks=tuple(document.get("custom_checks", ())),
        severities=socle["severities"],
        required_columns=tuple(socle.get("required_columns", required)),
        renames=socle["renames"],
        frequency=socle["frequency"],
        differences=tuple(socle["differences"]),
        descriptor={**descriptor, "fieldsMatch": "partial"},
    )


def _field(descriptor: Mapping[str, Any]) -> SchemaField:
    return SchemaField(
        name=descriptor["name"],
        type=descriptor["type"],
        format=descriptor.get("format", "default"),
        title=descriptor["title"],
        description=descriptor["description"],
        constraints=descriptor.get("constraints", {}),
        descriptor=descriptor,
    )


def _version_number(schema: SchemaVersion) -> tuple[int, ...]:
    return tuple(int(part) for part in schema.version.split("."))

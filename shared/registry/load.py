"""Read the descriptor files of the package into a `Registry`, which may take imported schemas beside them."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from shared.errors import Refusal
from shared.registry.schema_version import ImportedSchema, SchemaVersion
from shared.registry.table_schema import read_imported, read_own


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


class SchemaVersionChecksOnly(Refusal):
    """The version is known, to check files; none may be deposited under it."""

    status = 422
    code = "schema-version-checks-only"
    title = "Version de schéma sans dépôt"


class Registry:
    """Every schema version known to this process: our own, which never change, and imported ones.

    Our own descriptors win: a catalogue's version of the same number is passed over, and its other versions of the
    same schema may be asked for by their number, to check a file, but never become the newest and take no deposit.
    """

    def __init__(self, versions: Iterable[SchemaVersion]) -> None:
        self._own = tuple(versions)
        self._own_names = frozenset(version.name for version in self._own)
        self.changes = 0
        """How many times imported schemas were taken: what is made from the registry may be out of date."""
        self.seen: object = None
        """What the database said when they were last read from it (see `shared.imported`)."""
        self._taken: dict[ImportedSchema, SchemaVersion] = {}
        self.take_imported(())

    def take_imported(self, imported: Iterable[ImportedSchema]) -> None:
        """Know these imported schemas, and no other. Raises NotTableSchema, and then nothing has changed."""
        own = {(version.name, version.version) for version in self._own}
        self._taken = {
            each: self._taken.get(each) or read_imported(each, takes_deposits=each.name not in self._own_names)
            for each in imported
            if (each.name, each.version) not in own
        }
        by_name: dict[str, list[SchemaVersion]] = {}
        for version in [*self._own, *self._taken.values()]:
            by_name.setdefault(version.name, []).append(version)
        self._versions = {
            name: {each.version: each for each in sorted(found, key=_place)} for name, found in sorted(by_name.items())
        }
        self._aliases = {
            each.dataset.id: each.name for found in by_name.values() for each in found if each.takes_deposits
        }
        self.changes += 1

    def is_own(self, name: str) -> bool:
        """Whether a schema (full name or dataset id) is one of our own, which never change."""
        return self._aliases.get(name, name) in self._own_names

    def knows(self, name: str, version: str | None = None) -> bool:
        """Whether a schema (full name or dataset id) is known here, in that version if one is named."""
        versions = self._versions.get(self._aliases.get(name, name))
        return versions is not None and (version is None or version in versions)

    def names(self) -> list[str]:
        """Full names of the schemas, sorted."""
        return list(self._versions)

    def versions(self, name: str) -> list[str]:
        """Versions of a schema (full name or dataset id), oldest first. Raises `UnknownSchema`."""
        return list(self._of(name))

    def deposited(self, name: str) -> list[SchemaVersion]:
        """The versions that take deposits, oldest first. Raises `UnknownSchema`."""
        return [version for version in self._of(name).values() if version.takes_deposits]

    def get(self, name: str, version: str | None = None) -> SchemaVersion:
        """The asked version, or the newest that takes deposits. `name` is a full name or a dataset id.

        Raises `UnknownSchema`, `UnknownSchemaVersion`.
        """
        versions = self._of(name)
        if version is None:
            return next(each for each in reversed(versions.values()) if each.takes_deposits)
        if version not in versions:
            raise UnknownSchemaVersion(
                f"Le schéma « {name} » n’a pas de version « {version} ».",
                action=f"Choisissez l’une de ces versions : {', '.join(versions)}.",
                schema=name,
                versions=list(versions),
            )
        return versions[version]

    def get_for_deposit(self, name: str, version: str | None = None) -> SchemaVersion:
        """The same, if files may be deposited under it. Raises also `SchemaVersionChecksOnly`."""
        schema = self.get(name, version)
        if not schema.takes_deposits:
            newest = self.get(name).version
            raise SchemaVersionChecksOnly(
                f"La version {schema.version} de « {schema.name} » ne sert qu’à valider : rien ne s’y dépose.",
                action=f"Déposez sous la version {newest}, ou sans préciser de version.",
                schema=schema.name,
                versions=[each.version for each in self.deposited(name)],
            )
        return schema

    def __iter__(self) -> Iterator[SchemaVersion]:
        """Every version of every schema, by name then from the oldest to the newest."""
        for versions in self._versions.values():
            yield from versions.values()

    def _of(self, name: str) -> dict[str, SchemaVersion]:
        versions = self._versions.get(self._aliases.get(name, name))
        if versions is None:
            # Those of free data sets are told where each is: there may be thousands.
            names = [each for each, found in self._versions.items() if not _newest(found).owner_siren]
            raise UnknownSchema(
                f"Le schéma « {name} » n’est pas connu de ce service.",
                action=f"Choisissez l’un de ces schémas : {', '.join(names)}.",
                schema=name,
                schemas=names,
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
    document: Mapping[str, object] = json.loads(content)
    version = file.name.removesuffix(".json")
    return read_own(document, name=name, version=version, sha256=hashlib.sha256(content).hexdigest())


def _newest(versions: Mapping[str, SchemaVersion]) -> SchemaVersion:
    return list(versions.values())[-1]


def _place(schema: SchemaVersion) -> tuple[tuple[int, ...], str]:
    """Versions in the order of their numbers: 1.9.0 before 1.10.0."""
    return tuple(int(number) for number in re.findall(r"\d+", schema.version)), schema.version

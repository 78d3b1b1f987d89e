"""The versions of a catalogue with their bytes, each checked: nothing is imported that could not be judged against."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.cli.schemas.catalogue import ListedVersion
from services.cli.schemas.source import Source, Unreadable
from services.validator.checks.explain import UnsupportedSchema, make_readers
from services.validator.checks.french import make_row_checks
from shared.registry import ImportedSchema, NotTableSchema, SchemaVersion
from shared.registry.patterns import needs_python
from shared.registry.table_schema import read_imported


@dataclass(frozen=True, slots=True)
class Fetched:
    """A version that can be imported."""

    listed: ListedVersion
    sha256: str
    document: str
    slow_fields: tuple[str, ...]
    """Fields whose pattern needs an engine that backtracks: matched within a bounded time."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A version that cannot."""

    listed: ListedVersion
    why: str
    """French."""


async def fetch_all(listed: Iterable[ListedVersion], source: Source) -> tuple[list[Fetched], list[Trouble]]:
    """The bytes of each version, in order."""
    fetched: list[Fetched] = []
    troubles: list[Trouble] = []
    for one in listed:
        try:
            fetched.append(check(one, await source.read(one.url)))
        except (Unreadable, NotTableSchema) as error:
            troubles.append(Trouble(one, str(error)))
    return fetched, troubles


def check(listed: ListedVersion, content: bytes) -> Fetched:
    """A version whose every cell can be judged. Raises NotTableSchema."""
    try:
        document = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotTableSchema("il n’est pas en UTF-8") from error
    sha256 = hashlib.sha256(content).hexdigest()
    schema = read_imported(as_imported(listed, sha256=sha256, document=document))
    try:
        slow_fields = _slow_fields(schema)
        make_readers(schema)
        make_row_checks(schema)
    except UnsupportedSchema as error:
        raise NotTableSchema(f"il demande un contrôle inconnu ({error})") from error
    except re.error as error:
        raise NotTableSchema(f"un de ses motifs est illisible ({error})") from error
    except Exception as error:  # the edge: the others go on
        raise NotTableSchema(f"il ne peut pas être contrôlé ({type(error).__name__} : {error})") from error
    return Fetched(listed, sha256, document, slow_fields)


def as_imported(
    listed: ListedVersion, *, sha256: str, document: str, dataset_id: str = "", revision: int = 1
) -> ImportedSchema:
    """What the registry keeps of a version."""
    return ImportedSchema(
        name=listed.name,
        version=listed.version,
        revision=revision,
        sha256=sha256,
        document=document,
        dataset_id=dataset_id,
        title=listed.title,
        description=listed.description,
        theme=listed.theme,
    )


def _slow_fields(schema: SchemaVersion) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in schema.fields
        if "pattern" in field.constraints and needs_python(field.constraints["pattern"])
    )

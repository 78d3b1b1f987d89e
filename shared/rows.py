"""The row tables: one physical table per schema in PostgreSQL's schema `data`, all organisations together.

What vendors try out is in tables of the same form in the schema `trials`: nothing that reads the others finds it.

Rows are system-versioned: a row is current while `to_publication` is null, and it belongs to what a reader sees
*as of* publication P when `from_publication <= P` and (`to_publication` is null or `> P`). Nothing is updated in
place. Columns have physical names of ours, made from the declared names, never the depositor's.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from shared.registry import Geography, Registry, SchemaField, SchemaVersion

SQL_TYPES: Mapping[str, str] = {
    "string": 'text COLLATE "C"',
    "integer": "bigint",
    "number": "numeric",
    "date": "date",
    "boolean": "boolean",
    "year": "integer",
}
"""Table Schema type → column type. `numeric` keeps the scale the vendor wrote; any other type is kept as text, as
written: lists, positions, and moments, whose time zone (`+02`, `Z`, or none) would be lost in a `timestamptz`."""

TEXT = SQL_TYPES["string"]

MAX_IDENTIFIER_BYTES = 63

MIGRATION_LOCK = 0x50C1E
"""Key of the advisory lock under which one process makes or changes tables while the others wait."""

INDEXED_PREFIX = 200
"""Characters of a text that its index holds: an index entry has a limit (about 2.7 kB), a vendor's text has none."""

_CODE = re.compile(r"code|siret|siren|insee", re.IGNORECASE)

_SYSTEM_COLUMNS = (
    "dataset_id bigint NOT NULL",
    "row_id bigint GENERATED ALWAYS AS IDENTITY",
    "key_hash uuid NOT NULL",
    "occurrence integer NOT NULL",
    "row_hash uuid NOT NULL",
    'slice text COLLATE "C" NOT NULL',
    "from_publication bigint NOT NULL",
    "to_publication bigint",
    "extra jsonb",
    "PRIMARY KEY (dataset_id, row_id)",
)


@dataclass(frozen=True, slots=True)
class RowColumn:
    """Where one declared field is kept."""

    field_name: str
    """As declared: what requests and answers call it."""
    column: str
    """Physical name: `c_` and the declared name in ASCII snake case."""
    sql_type: str
    field_type: str
    """Table Schema type."""
    indexed: bool
    true_text: str = "true"
    """How exports write a true value: the first of the field's `trueValues`."""
    false_text: str = "false"

    @property
    def is_text(self) -> bool:
        """Whether values are compared as texts, byte by byte."""
        return self.sql_type == TEXT

    @property
    def indexed_expression(self) -> str:
        """What the index of the column is on; a text is cut, so a query tests this and then the whole value."""
        return f"left({self.column}, {INDEXED_PREFIX})" if self.is_text else self.column


@dataclass(frozen=True, slots=True)
class RowTable:
    """The table of one schema: the newest version's columns, then those that only older versions have."""

    name: str
    """Dataset id of the schema: `deliberations`, `bal`…"""
    schema_name: str
    columns: tuple[RowColumn, ...]
    identity: tuple[RowColumn, ...]
    geography: Geography | None = None
    """Declared fields that place a row on the map."""
    place: Literal["data", "trials"] = "data"
    """PostgreSQL schema."""

    def __hash__(self) -> int:
        """Tables are keys of caches that each question looks into: the columns need not be gone through."""
        return hash((self.schema_name, self.place))

    @property
    def qualified(self) -> str:
        """The table as SQL names it."""
        return f'{self.place}."{self.name}"'

    @property
    def for_trials(self) -> "RowTable":
        """The table of the same form for what vendors try out; made when it is first needed."""
        return replace(self, place="trials")

    def column(self, field_name: str) -> RowColumn | None:
        """The column of a declared field (the newest version's, where versions gave it several types), or None."""
        return _columns_by_field(self).get(field_name)

    def columns_of(self, version: SchemaVersion) -> dict[str, RowColumn]:
        """Declared field of `version` → where it is kept, in the version's order."""
        kept = {(column.field_name, column.sql_type): column for column in self.columns}
        return {
            field.name: kept[version.renames.get(field.name, field.name), _sql_type(field)] for field in version.fields
        }


@lru_cache(maxsize=1000)
def _columns_by_field(table: RowTable) -> Mapping[str, RowColumn]:
    return {column.field_name: column for column in reversed(table.columns)}  # the first of a name counts


class RowTables(Mapping[str, RowTable]):
    """Schema name → its row table, as the registry is now; each is made when it is first asked for."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._made: dict[str, RowTable] = {}
        self._changes = registry.changes

    def __getitem__(self, schema_name: str) -> RowTable:
        if self._changes != self.registry.changes:
            self._changes, self._made = self.registry.changes, {}
        if schema_name not in self._made:
            if schema_name not in self.registry.names():
                raise KeyError(schema_name)
            self._made[schema_name] = row_table(self.registry, schema_name)
        return self._made[schema_name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.registry.names())

    def __len__(self) -> int:
        return len(self.registry.names())


def row_table(registry: Registry, schema_name: str) -> RowTable:
    """The row table of a schema, whatever the version."""
    newest = registry.get(schema_name)
    columns: list[RowColumn] = []
    for field in _union(registry, newest):
        taken = {column.column for column in columns}
        name = _imported_name(field) if newest.imported else _physical_name(field.name, taken)
        columns.append(_row_column(field, name, indexed=_is_indexed(field, newest)))
    table = RowTable(newest.dataset.id, newest.name, tuple(columns), (), newest.geography)
    return replace(table, identity=tuple(table.columns_of(newest)[name] for name in newest.identity))


FORMER_INDEXES = ("(from_publication, key_hash)",)
"""What row tables of earlier releases are indexed by, and no longer are."""


def row_table_statements(table: RowTable) -> list[str]:
    """Idempotent DDL that only adds. Run by the migration, as the owner; for a free data set, first by catalog.

    What is there already is not asked for again: even an `IF NOT EXISTS` waits for locks that readers hold.
    """
    columns = ", ".join([*_SYSTEM_COLUMNS, *(f"{column.column} {column.sql_type}" for column in table.columns)])
    return [
        _unless(f"to_regnamespace('{table.place}') IS NOT NULL", f"CREATE SCHEMA {table.place}"),
        f"CREATE TABLE IF NOT EXISTS {table.qualified} ({columns})",
        *(
            _unless(
                f"EXISTS (SELECT FROM pg_attribute WHERE attrelid = '{table.qualified}'::regclass "
                f"AND attname = '{column.column}')",
                f"ALTER TABLE {table.qualified} ADD COLUMN {column.column} {column.sql_type}",
            )
            for column in table.columns
        ),
        *_index_statements(table),
        f"GRANT SELECT, INSERT, UPDATE (to_publication), DELETE ON {table.qualified} TO socle_catalog",
        # PostgreSQL 17 and later: catalog may ANALYZE what it has just filled.
        _unless(
            "current_setting('server_version_num')::integer < 170000",
            f"GRANT MAINTAIN ON {table.qualified} TO socle_catalog",
        ),
        f"GRANT SELECT ON {table.qualified} TO socle_reader",
    ]


def _index_statements(table: RowTable) -> Iterator[str]:
    # The slice is part of the identity: a number that starts again each year names another row each year.
    current = "(dataset_id, slice, key_hash, occurrence) WHERE to_publication IS NULL"
    yield _index_statement(table, "current", current, unique=True)
    yield _index_statement(table, "row_id", "(row_id)")
    # What each publication brought and took away, for differences and the feed of changes. Rows come in the order of
    # both columns, which spares looking for their place: the hash of a key has none but at random.
    yield _index_statement(table, "brought", "(from_publication, row_id)")
    yield _index_statement(table, "left", "(to_publication, key_hash) WHERE to_publication IS NOT NULL")
    for column in table.columns:
        if column.indexed:
            # Each row costs as much again for every index it is in; where there is no value there is nothing to find.
            present = f"(({column.indexed_expression}), row_id) WHERE {column.column} IS NOT NULL"
            yield _index_statement(table, column.column, present)


def _index_statement(table: RowTable, what: str, on: str, *, unique: bool = False) -> str:
    name = f"ix_{table.name}_{what}"
    if len(name) > MAX_IDENTIFIER_BYTES:
        name = f"{name[:54]}_{_short_digest(name)}"
    kind = "UNIQUE INDEX" if unique else "INDEX"
    return _unless(
        f"to_regclass('{table.place}.\"{name}\"') IS NOT NULL", f'CREATE {kind} "{name}" ON {table.qualified} {on}'
    )


def _unless(condition: str, statement: str) -> str:
    return f"DO $$ BEGIN IF NOT ({condition}) THEN {statement}; END IF; END $$"


def _union(registry: Registry, newest: SchemaVersion) -> Iterator[SchemaField]:
    """Fields of the newest version, then those that only older ones have, or have under another type."""
    seen: set[tuple[str, str]] = set()
    for version in reversed(registry.deposited(newest.name)):
        for field in version.fields:
            kept_as = (version.renames.get(field.name, field.name), _sql_type(field))
            if kept_as not in seen:
                seen.add(kept_as)
                yield field


def _row_column(field: SchemaField, column: str, *, indexed: bool) -> RowColumn:
    return RowColumn(
        field_name=field.name,
        column=column,
        sql_type=_sql_type(field),
        field_type=field.type,
        indexed=indexed,
        true_text=str(field.descriptor.get("trueValues", ["true"])[0]),
        false_text=str(field.descriptor.get("falseValues", ["false"])[0]),
    )


def _sql_type(field: SchemaField) -> str:
    return SQL_TYPES.get(field.type, TEXT)


def _is_indexed(field: SchemaField, newest: SchemaVersion) -> bool:
    """What rows are looked for by. A number or one of a few words, though part of an identity, finds too many rows."""
    if (
        field.type in ("date", "year")
        or _CODE.search(field.name)
        or (newest.slice and field.name == newest.slice.field)
    ):
        return True
    finds_few = _sql_type(field) == TEXT and "enum" not in field.descriptor.get("constraints", {})
    return finds_few and field.name in newest.identity


def _physical_name(field_name: str, taken: set[str]) -> str:
    ascii_name = unicodedata.normalize("NFKD", field_name).encode("ascii", "ignore").decode()
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", ascii_name)
    name = "c_" + re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return name if name not in taken and len(name) <= 56 else f"{name[:47]}_{_short_digest(field_name)}"


def _imported_name(field: SchemaField) -> str:
    """Made from the field alone: a version imported later, in any order, must find the columns already there.

    `nb_places` → `c_nb_places`, or `c_nb_places__integer`; `nbPlaces` → `c_nb_places_` and a digest of the name.
    """
    plain = _physical_name(field.name, set())
    name = plain if plain == f"c_{field.name}" and len(plain) <= 50 else f"{plain[:38]}_{_short_digest(field.name)}"
    return name if _sql_type(field) == TEXT else f"{name}__{field.type}"


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]

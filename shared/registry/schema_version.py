"""What a schema version says, as frozen values (plain mappings inside: they cross process borders)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

SliceBy = Literal["year", "day", "value"]


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One column of the schema."""

    name: str
    type: str
    """Table Schema type: string, integer, number, boolean, date, datetime, year, array, geopoint…"""
    format: str
    """Table Schema format; "default" when the descriptor gives none."""
    title: str
    description: str
    constraints: Mapping[str, Any]
    descriptor: Mapping[str, Any]
    """The whole field descriptor, as Table Schema writes it."""

    @property
    def required(self) -> bool:
        """Whether an empty cell breaks the `required` constraint (its severity is another matter)."""
        return self.constraints.get("required") is True


@dataclass(frozen=True, slots=True)
class Slice:
    """How a dataset is cut into the parts that a deposit in mode `replace` replaces."""

    field: str
    by: SliceBy
    """`year`, `day`: that of a date or datetime field; `value`: the value of the field itself."""
    others: tuple[str, ...] = ()
    """Further fields whose values are part of the slice: a year has a budget per stage and per establishment."""

    @property
    def parts(self) -> tuple[tuple[str, int | None], ...]:
        """(field, how many characters of its canonical text, None for all): a slice is those, joined by a space.

        Missing values are empty texts: `2024`, `2024 budget primitif 21310395500018`, ``.
        """
        return ((self.field, SLICE_CHARACTERS[self.by]), *((name, None) for name in self.others))


SLICE_CHARACTERS: Mapping[SliceBy, int | None] = {"year": 4, "day": 10, "value": None}
"""Dates and datetimes are `YYYY-MM-DD…` in canonical text."""


@dataclass(frozen=True, slots=True)
class Geography:
    """What places a row on the map (WGS 84, decimal degrees): two numbers, or one geopoint."""

    longitude: str | None = None
    latitude: str | None = None
    point: str | None = None
    """A field of type geopoint; its format says how longitude, then latitude, are written."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that hold the position."""
        return tuple(name for name in (self.longitude, self.latitude, self.point) if name is not None)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The département-wide dataset of a schema, whatever its version."""

    id: str
    """ASCII, also an alias of the schema name: `deliberations`, `bal`…"""
    title: str
    description: str
    theme: str
    """Code of the EU data theme vocabulary: GOVE, REGI, SOCI…"""


@dataclass(frozen=True, slots=True)
class ImportedSchema:
    """A Table Schema of a national catalogue, or of a free data set, as this installation keeps it. All of it crosses
    process borders."""

    name: str
    """As the catalogue names it: `etalab/schema-lieux-covoiturage`."""
    version: str
    """As the catalogue numbers it; the number inside the document is not reliable."""
    revision: int
    """1 for the first content met under this name and version."""
    sha256: str
    """Hexadecimal SHA-256 of the bytes that the catalogue pointed to."""
    document: str
    """Those bytes, as text: a Table Schema in JSON."""
    dataset_id: str
    title: str
    description: str
    theme: str
    """Code of the EU data theme vocabulary."""
    frequency: str = "irreg"
    """Code of the EU frequency vocabulary, in lower case; a catalogue says nothing of it."""
    owner_siren: str | None = None
    """The only organisation whose data it describes: that of a free data set."""


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """One version of a schema, ready to be checked against."""

    name: str
    """Full name in the national catalogue, or ours: `scdl/deliberations`, `decp/marches`."""
    version: str
    sha256: str
    """Hexadecimal SHA-256 of the descriptor file's bytes: a verdict is bound to it."""
    title: str
    description: str
    homepage: str | None
    fields: tuple[SchemaField, ...]
    identity: tuple[str, ...]
    """Fields that together name a row; some may be empty in a given row."""
    slice: Slice | None
    geography: Geography | None
    dataset: Dataset
    custom_checks: tuple[Mapping[str, Any], ...]
    """French checks `{name, params}`, in the order and under the names of the official schema."""
    severities: Mapping[str, Mapping[str, str]]
    """Field → constraint name (`required`, `pattern`…), `type`, or check name → `warning`. Else it is an error."""
    required_columns: tuple[str, ...]
    """Columns whose absence is an error. A required field outside this list only warns when its column is absent."""
    renames: Mapping[str, str]
    """Field of this version → its name in the newest version of the same schema."""
    frequency: str
    """Expected update frequency: code of the EU frequency vocabulary, in lower case (`annual`, `quarterly`…)."""
    differences: tuple[Mapping[str, Any], ...]
    """Each wanted difference from the official schema: field, what, official, ours, reason (French)."""
    descriptor: Mapping[str, Any]
    """The pure Table Schema that Frictionless loads (`fieldsMatch: partial`; no French check, no `socle`)."""
    missing_values: tuple[str, ...] = ("",)
    """Texts that mean a missing value, unless a field has its own."""
    primary_key: tuple[str, ...] = ()
    """Fields of the official primary key, if any: no two rows may share it and none of them may be empty."""
    foreign_keys: tuple[Mapping[str, Any], ...] = ()
    """As Table Schema writes them."""
    takes_deposits: bool = True
    """Whether files may be deposited under this version; if not, they may only be checked."""
    imported: ImportedSchema | None = None
    """Where it comes from, when it is not one of our own descriptors."""

    @property
    def owner_siren(self) -> str | None:
        """The only organisation that deposits under it, for the schema of a free data set."""
        return self.imported.owner_siren if self.imported else None

    @property
    def field_names(self) -> tuple[str, ...]:
        """Names of the declared columns, in the schema's order."""
        return tuple(field.name for field in self.fields)

    def severity(self, field: str, code: str) -> str:
        """`warning` if the registry downgrades this constraint or check on this field, else `error`."""
        return self.severities.get(field, {}).get(code, "error")

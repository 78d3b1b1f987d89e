"""What a schema version says, as frozen values (plain mappings inside: they cross process borders)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

SliceBy = Literal["year", "value"]


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One column of the schema."""

    name: str
    type: str
    """Table Schema type: string, integer, number, boolean, date, year, array."""
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
    """`year`: the year of a date field; `value`: the value of the field itself."""


@dataclass(frozen=True, slots=True)
class Geography:
    """The two fields that place a row on the map (WGS 84, decimal degrees)."""

    longitude: str
    latitude: str


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

    @property
    def field_names(self) -> tuple[str, ...]:
        """Names of the declared columns, in the schema's order."""
        return tuple(field.name for field in self.fields)

    def severity(self, field: str, code: str) -> str:
        """`warning` if the registry downgrades this constraint or check on this field, else `error`."""
        return self.severities.get(field, {}).get(code, "error")

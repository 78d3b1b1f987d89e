"""Rows that a publication brought or took away, as SQL; `b` is the row before, `a` the row after."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.catalog.json_rows import ending_with, json_object
from services.catalog.literals import literal
from services.catalog.query.compile import ORIGIN_COLUMNS
from services.catalog.view import DatasetView

PLACE = "dataset_id, slice, key_hash, occurrence"
"""What makes a row after and a row before the same one, changed."""

SAME_PLACE = (
    "a.dataset_id = b.dataset_id AND a.slice = b.slice AND a.key_hash = b.key_hash AND a.occurrence = b.occurrence"
)


def scope_of(view: DatasetView, alias: str) -> str:
    """The rows of the data set: `$1` is its number, unused for a consolidated one."""
    return (
        f"({alias}.dataset_id = $1::bigint OR $1::bigint IS NULL)"
        if view.is_consolidated
        else f"{alias}.dataset_id = $1::bigint"
    )


def record(view: DatasetView, alias: str) -> str:
    """The row as JSON text, with the members that `records` gives it; null where there is none. The vendor's own
    columns only in its own data set, where a row comes from only in that of all."""
    members = [(one.field_name, f"{alias}.{one.column}") for one in view.table.columns]
    if view.is_consolidated:
        whole = json_object([*ORIGIN_COLUMNS.items(), *members])
        whole = f"(SELECT {whole} FROM {_origin_of(alias)})"  # noqa: S608 - names of ours
    else:
        declared = ", ".join(literal(name) for name, _ in members)
        whole = json_object(members, end=ending_with(f"{alias}.extra", f"ARRAY[{declared}]"))
    return f"CASE WHEN {alias}.row_id IS NOT NULL THEN {whole} END"


def _origin_of(alias: str) -> str:
    return (
        "catalog.version AS v JOIN catalog.dataset AS d ON d.id = v.dataset_id "
        "JOIN ingest.organisation AS o ON o.siren = d.organisation_siren "
        f"WHERE v.publication = {alias}.from_publication"
    )


def identity(view: DatasetView, alias: str) -> str:
    """The values of the identity columns as JSON text."""
    return json_object((one.field_name, f"{alias}.{one.column}") for one in view.table.identity)


def entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """One change: `op`, `key` (the same for the same row in every version), `identity`, `before`, `after`.

    `row`: dataset_id, slice, key_hash, occurrence, identity, before, after; the last three are JSON texts.
    """
    before, after = row["before"], row["after"]
    return {
        "op": "insert" if before is None else "delete" if after is None else "update",
        "key": f"{row['dataset_id']}/{row['slice']}/{row['key_hash']}/{row['occurrence']}",
        "identity": orjson.Fragment(row["identity"]),
        "before": None if before is None else orjson.Fragment(before),
        "after": None if after is None else orjson.Fragment(after),
    }

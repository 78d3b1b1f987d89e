"""The schemas Socle knows: our own descriptors (official facts, our words), read once per process.

One JSON file per schema version under `schemas/<name>/<version>.json`: a plain Table Schema plus a top-level
`socle` object (what we need beyond it). `README.md` in this folder describes that object.
"""

from shared.registry.load import (
    Registry,
    SchemaVersionChecksOnly,
    UnknownSchema,
    UnknownSchemaVersion,
    load_registry,
)
from shared.registry.schema_version import Dataset, Geography, ImportedSchema, SchemaField, SchemaVersion, Slice
from shared.registry.table_schema import NotTableSchema

__all__ = [
    "Dataset",
    "Geography",
    "ImportedSchema",
    "NotTableSchema",
    "Registry",
    "SchemaField",
    "SchemaVersion",
    "SchemaVersionChecksOnly",
    "Slice",
    "UnknownSchema",
    "UnknownSchemaVersion",
    "load_registry",
]

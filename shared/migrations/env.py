"""Alembic's environment: it is given a connection by `shared.migrate` and owns no settings."""

from alembic import context
from sqlmodel import SQLModel

import shared.models  # noqa: F401 - fills the metadata

RECORD_SCHEMAS = {"ingest", "validator", "catalog", "registry", "audit"}


def _is_record_schema(name: str | None, kind: str, _parents: object) -> bool:
    """Row tables (schema `data`) follow the registry, not the models."""
    return kind != "schema" or name in RECORD_SCHEMAS


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_schemas=True,
    include_name=_is_record_schema,
    version_table_schema="public",
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()

"""What the validator found, in figures; the report itself is a blob."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from shared.models.columns import big_integer, moment_now, text_array


class ValidationReport(SQLModel, table=True):
    """The verdict on a deposit. Written by validator, in the transaction that moves the deposit."""

    __tablename__ = "validation_report"
    __table_args__ = ({"schema": "validator"},)

    deposit_id: UUID = Field(primary_key=True, foreign_key="ingest.deposit.id")
    verdict: str
    """`valid` or `invalid`."""
    schema_name: str
    schema_version: str
    schema_sha256: str = Field(max_length=64)
    engine_version: str
    rows: int = big_integer()
    errors: int = big_integer()
    warnings: int = big_integer()
    corrections: int = big_integer()
    report_sha256: str = Field(max_length=64)
    """Blob `reports/<sha256>.json`."""
    table_sha256: str | None = Field(default=None, max_length=64)
    """Blob `tables/<sha256>.parquet`, the canonical table; null for an invalid file."""
    corrected_sha256: str | None = Field(default=None, max_length=64)
    """Blob `corrected/<sha256>.parquet`: the same table for an invalid file that could be read, where what could not
    be corrected stays as it was sent; null for a valid file, whose canonical table says it all."""
    slices: list[str] | None = text_array(default=None)
    """Slices present in the file, sorted; `['']` for a schema without slices."""
    created_at: datetime = moment_now()

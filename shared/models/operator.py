"""Keys of the people who run the installation."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from shared.ids import uuid7
from shared.models.columns import moment, moment_now


class OperatorKey(SQLModel, table=True):
    """An operator's key `socle_op_<prefix>_<secret>`; the secret is kept as a keyed hash only. Written by ingest."""

    __tablename__ = "operator_key"
    __table_args__ = ({"schema": "ingest"},)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str
    """Whose it is; shown to operators only."""
    prefix: str = Field(unique=True, max_length=16)
    secret_hash: bytes
    """HMAC-SHA-256 of the secret under the installation's pepper."""
    created_at: datetime = moment_now()
    expires_at: datetime | None = moment(default=None)
    revoked_at: datetime | None = moment(default=None)
    last_used_at: datetime | None = moment(default=None)
    """To the minute."""

"""Settings that more than one process reads. Services extend this class with their own prefix.

Read once, at the start of a process; a missing or unreadable value stops it there with its name.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Comma-separated."""


class SharedSettings(BaseSettings):
    """Environment prefix `SOCLE_`. Nothing here has a default that is a secret."""

    model_config = SettingsConfigDict(env_prefix="SOCLE_", frozen=True, extra="ignore")

    database_url: str
    """PostgreSQL, `postgresql://…`; the truth."""

    queue_url: str
    """A Redis-protocol server, `redis://…` or `unix://…`; a hint only."""

    blobs_url: str
    """Object store: `file:///…`, `s3://bucket/prefix` (credentials by the usual AWS_… variables)."""

    key_pepper: SecretStr
    """Keyed-hash secret for API keys (HMAC-SHA-256). Changing it revokes every key."""

    public_url: str = "http://localhost:8000"
    """What links and documents call this installation, and tokens are made for."""

    departements: Names = ("31",)
    """Codes of the départements whose communes and EPCI are organisations here, comma-separated."""

    log_format: Literal["json", "text"] = "json"

    database_pool_size: int = Field(default=8, ge=1, le=100)
    """Connections per process: processes × size must stay below the server's max_connections."""

    limit_address_per_minute: int = Field(default=12_000, ge=0)
    """Requests that one address may send in any minute; 0: no limit. This very machine has none."""

    limit_key_per_minute: int = Field(default=6_000, ge=0)
    """Requests that may be sent with one key in any minute; 0: no limit."""

    limit_deposits_per_day: int = Field(default=100_000, ge=0)
    """Files that may be pushed with one key in any 24 hours; 0: no limit."""

    held_days: float = Field(default=30.0, gt=0, le=365)
    """How long a held deposit waits for its confirmation before it is cancelled: holidays included."""

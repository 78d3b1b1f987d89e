"""Settings of catalog: shared ones under `SOCLE_`, its own under `CATALOG_`."""

from pydantic import Field

from shared.settings import SharedSettings


class CatalogSettings(SharedSettings):
    """Read once, by `app.py` or `worker.py`."""

    read_database_url: str | None = Field(default=None, validation_alias="CATALOG_READ_DATABASE_URL")
    """Where public reads go, for instance a streaming replica; the shared database when it is not set."""

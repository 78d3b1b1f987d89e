"""Settings of catalog: shared ones under `SOCLE_`, its own under `CATALOG_`."""

from pydantic import Field

from shared.settings import SharedSettings


class CatalogSettings(SharedSettings):
    """Read once, by `app.py` or `worker.py`."""

    read_database_url: str | None = Field(default=None, validation_alias="CATALOG_READ_DATABASE_URL")
    """Where public reads go, for instance a streaming replica; the shared database when it is not set."""

    guard_held_share: float = Field(default=0.5, gt=0, le=1, validation_alias="CATALOG_GUARD_HELD_SHARE")
    """A deposit that takes away more than this share of a slice's rows (0 to 1), or all of them, is held."""

    guard_warned_share: float = Field(default=0.2, gt=0, le=1, validation_alias="CATALOG_GUARD_WARNED_SHARE")
    """A deposit that takes away more than this share of a slice's rows is published with a warning."""

    retention_versions: int = Field(default=0, ge=0, validation_alias="CATALOG_RETENTION_VERSIONS")
    """How many versions of a data set stay readable at least, the current one included; 0: their number is no
    reason to purge."""

    retention_days: float = Field(default=0.0, ge=0, validation_alias="CATALOG_RETENTION_DAYS")
    """How long a version stays readable at least once another has replaced it; 0: age is no reason to purge.
    With neither of the two, every version is kept."""

    purge_seconds: float = Field(default=3600.0, gt=0, validation_alias="CATALOG_PURGE_SECONDS")
    """Pause between two looks for what to purge, versions and trials: an hour is soon enough after weeks."""

    trial_days: float = Field(default=30.0, gt=0, le=365, validation_alias="CATALOG_TRIAL_DAYS")
    """How long what was pushed with keys for tests lasts: then data sets, rows, deposits and files are deleted."""

    export_seconds: float = Field(default=600.0, gt=0, le=900, validation_alias="CATALOG_EXPORT_SECONDS")
    """How long the rows of a question may take to be read and sent as a file; whoever is slower is cut off."""

    export_pool_size: int = Field(default=4, ge=1, validation_alias="CATALOG_EXPORT_POOL_SIZE")
    """Connections per process for such files: how many are sent at once. The next ones are told to come back."""

    free_datasets: int = Field(default=200, ge=0, validation_alias="CATALOG_FREE_DATASETS")
    """Free data sets that an organisation may have: each is a table of its own."""

    groups_max: int = Field(default=200_000, ge=0, validation_alias="CATALOG_GROUPS_MAX")
    """Groups that a question about groups may make, by PostgreSQL's own estimate; 0: as many as it has time for."""

    answers_bytes: int = Field(default=64_000_000, ge=0, validation_alias="CATALOG_ANSWERS_BYTES")
    """Answers about rows that a web process keeps in memory, to give them again while the data set is unchanged;
    0: none. They come on top of what the process needs."""

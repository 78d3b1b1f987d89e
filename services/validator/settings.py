"""Settings of validator: shared ones under `SOCLE_`, its own under `VALIDATOR_`."""

from pydantic import Field

from shared.settings import SharedSettings


class ValidatorSettings(SharedSettings):
    """Read once, by `app.py` or `worker.py`."""

    max_validation_bytes: int = Field(default=50_000_000, ge=1, validation_alias="VALIDATOR_MAX_VALIDATION_BYTES")
    """The largest file judged on demand: nobody is known behind it, so less than a deposit may weigh."""

    chunk_timeout_seconds: float = Field(default=30.0, gt=0, validation_alias="VALIDATOR_CHUNK_TIMEOUT_SECONDS")
    """Longest silence within an upload before the connection is given up."""

    max_waiting_validations: int = Field(default=8, ge=1, validation_alias="VALIDATOR_MAX_WAITING_VALIDATIONS")
    """Requests under way per web process, those waiting for a child included; beyond, an early 503."""

    worker_children: int = Field(default=2, ge=1, le=64, validation_alias="VALIDATOR_WORKER_CHILDREN")
    """Processes that examine deposits, per worker: as many as the jobs it takes at a time."""

    web_children: int = Field(default=1, ge=1, le=64, validation_alias="VALIDATOR_WEB_CHILDREN")
    """Processes that examine on demand, per web process: deposits come first."""

    wall_seconds: float = Field(default=240.0, gt=0, validation_alias="VALIDATOR_WALL_SECONDS")
    """Longest examination of one file: over twice its CPU time, so that a busy machine refuses no good file."""

    cpu_seconds: float = Field(default=100.0, gt=0, validation_alias="VALIDATOR_CPU_SECONDS")
    """CPU time of one examination: the largest file taken (200 MB, a million addresses) needs less than half of it."""

    resident_bytes: int = Field(default=1 << 30, ge=1 << 28, validation_alias="VALIDATOR_RESIDENT_BYTES")
    """Memory one examination may hold; children × this must fit the machine."""

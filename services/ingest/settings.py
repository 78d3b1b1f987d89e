"""Settings of ingest: shared ones under `SOCLE_`, its own under `INGEST_`."""

from pydantic import Field, SecretStr

from shared.settings import Names, SharedSettings


class IngestSettings(SharedSettings):
    """Read once, by `app.py` or `worker.py`."""

    max_deposit_bytes: int = Field(default=200_000_000, ge=1, validation_alias="INGEST_MAX_DEPOSIT_BYTES")
    """The largest file taken: a whole département's addresses is about a hundred megabytes."""

    max_uploads: int = Field(default=32, ge=1, validation_alias="INGEST_MAX_UPLOADS")
    """Uploads in flight per process; beyond, an early 503 is better than a slow promise."""

    chunk_timeout_seconds: float = Field(default=30.0, gt=0, validation_alias="INGEST_CHUNK_TIMEOUT_SECONDS")
    """Longest silence within an upload before the connection is given up."""

    sweep_seconds: float = Field(default=1.0, gt=0, validation_alias="INGEST_SWEEP_SECONDS")
    """Pause between two sweeps: the longest a lost ring stays unnoticed beyond `ring_again_seconds`."""

    ring_again_seconds: float = Field(default=5.0, gt=0, validation_alias="INGEST_RING_AGAIN_SECONDS")
    """How long a deposit may wait after a ring before the queue is told again."""

    deposit_time_limit_hours: float = Field(default=24.0, gt=0, validation_alias="INGEST_DEPOSIT_TIME_LIMIT_HOURS")
    """After that a deposit that nobody could end is `failed`: none stays in between."""

    max_wait_seconds: int = Field(default=20, ge=0, le=300, validation_alias="INGEST_MAX_WAIT_SECONDS")
    """The longest that a push waits for the end of its deposit when it asks to (`Prefer: wait=N`)."""

    base_version_required: Names = Field(default=(), validation_alias="INGEST_BASE_VERSION_REQUIRED")
    """Schemas whose deposits must say the version that they start from, comma-separated; `*`: all."""

    idempotency_days: int = Field(default=30, ge=1, validation_alias="INGEST_IDEMPOTENCY_DAYS")
    """How long an Idempotency-Key is remembered."""

    webhook_local: bool = Field(default=False, validation_alias="INGEST_WEBHOOK_LOCAL")
    """Whether webhooks may also go in clear, to this very machine: for one that runs everything alone."""

    webhook_days: int = Field(default=90, ge=5, le=3650, validation_alias="INGEST_WEBHOOK_DAYS")
    """How long events and deliveries are remembered, and can be sent again."""

    report_link_days: int = Field(default=30, ge=1, le=365, validation_alias="INGEST_REPORT_LINK_DAYS")
    """How long a shared report can be opened without a key, unless its vendor says otherwise."""

    smtp_url: SecretStr | None = Field(default=None, validation_alias="INGEST_SMTP_URL")
    """The mail server: `smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, `smtp+plain://localhost:25`."""

    mail_folder: str | None = Field(default=None, validation_alias="INGEST_MAIL_FOLDER")
    """Without a mail server: where letters are laid down as `.eml` files. With neither, they wait."""

    mail_from: str = Field(default="socle@localhost", validation_alias="INGEST_MAIL_FROM")
    """Sender of letters."""

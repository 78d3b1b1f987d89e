"""What a worker looks at to serve the vendors that wait one after the other."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

INDEXES = (
    ("ix_deposit_to_validate", "'received', 'validating'"),
    ("ix_deposit_to_publish", "'validated', 'publishing'"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, states in INDEXES:
        waiting = sa.text(f"state IN ({states})")
        op.create_index(name, "deposit", ["vendor_id", "sequence"], schema="ingest", postgresql_where=waiting)
    op.execute("GRANT SELECT (id) ON ingest.vendor TO socle_validator")

"""PostgreSQL and Valkey as real servers beside the program, for a machine that has neither.

Only their binaries are used. Each one runs under a guardian process that stops it when this program goes away,
whatever the reason; see `guardian.py`. Linux only.
"""

from services.cli.embedded.postgres import RunningPostgres, start_postgres
from services.cli.embedded.refusal import EmbeddedRefusal
from services.cli.embedded.valkey import RunningValkey, start_valkey

__all__ = ["EmbeddedRefusal", "RunningPostgres", "RunningValkey", "start_postgres", "start_valkey"]

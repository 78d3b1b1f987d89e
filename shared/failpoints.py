"""Named points where a process can be made to fail, so that every step of the journey is breakable by name.

`SOCLE_FAIL_AT=<name>:<n>:<exit|raise|stall>` acts at the n-th passage (1-based) through the point, in each
process that carries the variable: `exit` leaves at once as a kill -9 would, `raise` raises, `stall` freezes
the whole process for longer than a lease. Without the variable, passing a point costs one comparison.
"""

import os
import time
from collections import Counter

FAILPOINTS = (
    "ingest.raw_written",
    "ingest.before_commit",
    "ingest.after_commit",
    "ingest.after_ring",
    "validate.claimed",
    "validate.checked",
    "validate.saved",
    "validate.committed",
    "publish.claimed",
    "publish.loaded",
    "publish.snapshot_written",
    "publish.before_flip",
    "publish.after_flip",
    "publish.committed",
)
"""In the order of the journey. `after_flip` lies inside the final transaction, before its event is written."""

STALL_SECONDS = 15.0
EXIT_STATUS = 86

_passages: Counter[str] = Counter()


class FailpointReached(RuntimeError):
    """Raised by the action `raise`."""


async def fail_at(name: str) -> None:
    """Pass the point `name`; a no-op unless `SOCLE_FAIL_AT` names it."""
    order = os.environ.get("SOCLE_FAIL_AT")
    if not order:
        return
    wanted, passage, action = order.split(":")
    if wanted != name:
        return
    _passages[name] += 1
    if _passages[name] != int(passage):
        return
    if action == "exit":
        os._exit(EXIT_STATUS)
    if action == "stall":
        time.sleep(STALL_SECONDS)  # noqa: ASYNC251 - a frozen process, heartbeat included, is what is simulated
        return
    raise FailpointReached(name)

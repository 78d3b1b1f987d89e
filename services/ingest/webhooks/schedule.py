"""When a delivery that failed is tried again."""

RETRY_SECONDS = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Pause before each attempt, the first included: the schedule of Standard Webhooks 1.0, three days in all."""

JITTER = 0.2
"""Largest part added to a pause, so that what failed together does not come back together."""

ATTEMPTS = len(RETRY_SECONDS)

THROTTLED = frozenset({429, 502, 504})
"""Answers of a receiver that is overloaded: everything for it rests for a while."""

THROTTLE_SECONDS = 30
MAX_THROTTLE_SECONDS = 3600


def pause_after(attempts: int, chance: float) -> float | None:
    """Seconds until the next attempt once `attempts` have failed; None when there is none. `chance`: 0 to 1."""
    return RETRY_SECONDS[attempts] * (1 + JITTER * chance) if attempts < ATTEMPTS else None


def throttle_seconds(retry_after: str | None) -> int:
    """How long a receiver rests that asked for it, by its `Retry-After` in seconds if that is readable."""
    asked = int(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else THROTTLE_SECONDS
    return min(max(asked, 1), MAX_THROTTLE_SECONDS)

"""How often one may ask: quotas per address and per key, counted together by all processes through Valkey.

Each quota is a leaky bucket (GCRA): one moment per bucket, at which it will be empty. Reads are taken by the handful:
a process borrows some and counts them by itself, so that most cost no round trip. Without Valkey there are no limits:
whoever pushes data is worth more than a limit.
"""

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from redis.asyncio import BlockingConnectionPool, Redis

from shared.keys import fingerprint
from shared.queue import AWAY
from shared.settings import SharedSettings
from shared.tokens import Tokens, tokens_of

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 0.25

LEFT_ALONE_SECONDS = 1.0
"""After a failure, requests pass for that long without another try."""

ALARM_EVERY_SECONDS = 60.0

LEASED = 50
"""Reads borrowed at once, or a hundredth of the quota where that is less."""

LEASE_SECONDS = 10.0

MAX_LEASES = 10_000
"""Per process; past it, all are forgotten, at the cost of what they held."""

MINUTE, DAY = 60, 86_400


@dataclass(frozen=True, slots=True)
class Policy:
    """`quota` requests in any `seconds`, after which they come back one by one."""

    name: str
    quota: int
    seconds: int

    @property
    def item(self) -> str:
        """As RateLimit-Policy names it."""
        return f'"{self.name}";q={self.quota};w={self.seconds}'


class Bucket(NamedTuple):
    """What a policy counts for one asker."""

    policy: Policy
    asker: str


@dataclass(slots=True)
class Verdict:
    """Whether a request may pass, and what is left: per bucket, requests and seconds until the bucket is whole."""

    policies: tuple[Policy, ...]
    left: tuple[int, ...]
    whole_in: tuple[int, ...]
    held: int = 0
    """Borrowed by this process and not used yet."""
    violated: Policy | None = None
    retry_seconds: int = 0

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11): lists of Strings (RFC 9651)."""
        shown = zip(self.policies, self.left, self.whole_in, strict=True)
        now = ", ".join([f'"{policy.name}";r={left + self.held};t={seconds}' for policy, left, seconds in shown])
        said = ", ".join([policy.item for policy in self.policies])
        return [(b"ratelimit", now.encode()), (b"ratelimit-policy", said.encode())]


@dataclass(slots=True)
class _Lease:
    verdict: Verdict
    until: float


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of an installation; None where there is no limit."""

    address: Policy | None
    key: Policy | None
    deposits: Policy | None

    @property
    def all(self) -> tuple[Policy, ...]:
        """Those that there are."""
        return tuple(one for one in (self.address, self.key, self.deposits) if one is not None)


def policies_of(settings: SharedSettings) -> Policies:
    """What the settings say; zero is no limit."""

    def policy(name: str, quota: int, seconds: int) -> Policy | None:
        return Policy(name, quota, seconds) if quota else None

    return Policies(
        address=policy("address", settings.limit_address_per_minute, MINUTE),
        key=policy("key", settings.limit_key_per_minute, MINUTE),
        deposits=policy("deposits", settings.limit_deposits_per_day, DAY),
    )


TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local granted, violated, wait = tonumber(ARGV[1]), 0, 0
local emptied, steps = {}, {}
for i, key in ipairs(KEYS) do
  local quota, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1]) * 1000000
  steps[i] = window / quota
  emptied[i] = math.max(tonumber(redis.call('GET', key) or '0'), now)
  local free = math.floor((now + window - emptied[i]) / steps[i] + 0.000001)
  if free < 1 and emptied[i] + steps[i] - window - now > wait then
    violated, wait = i, emptied[i] + steps[i] - window - now
  end
  granted = math.min(granted, free)
end
local answer = {math.max(granted, 0), violated, math.ceil(wait / 1000)}
for i, key in ipairs(KEYS) do
  local window = tonumber(ARGV[2 * i + 1]) * 1000000
  if granted > 0 then
    emptied[i] = emptied[i] + steps[i] * granted
    redis.call('SET', key, string.format('%.0f', emptied[i]), 'PX', math.ceil((emptied[i] - now) / 1000) + 1)
  end
  answer[#answer + 1] = math.max(math.floor((now + window - emptied[i]) / steps[i] + 0.000001), 0)
  answer[#answer + 1] = math.ceil((emptied[i] - now) / 1000000)
end
return answer
"""
"""All buckets at once: every one has room, or none is touched. Gives what was granted, the bucket that is full and for
how many milliseconds, then what is left in each and the seconds until it is whole."""


@dataclass(slots=True)
class Limiter:
    """The limits of one process."""

    queue_url: str
    policies: Policies
    tokens: Tokens | None = None
    _redis: Redis | None = None
    _leases: dict[Sequence[Bucket], _Lease] = field(default_factory=dict)
    _away_until: float = 0.0
    _alarmed_at: float = -math.inf

    @property
    def is_enforced(self) -> bool:
        """False while Valkey is away: every request passes."""
        return time.monotonic() >= self._away_until

    def asker_of(self, offered: str) -> str:
        """Who is counted for what is offered as a key, true or not: nobody uses up the quota of a key without it.

        A token that this installation signed and that has not ended counts as its key; any other text as itself.
        """
        if self.tokens is not None and offered.count(".") == 2:
            token = self.tokens.read(offered)
            if token is not None:
                return token.quota
        return fingerprint(offered)

    async def take(self, buckets: tuple[Bucket, ...], *, shares: bool) -> Verdict | None:
        """Count one request in every bucket; None when Valkey is away.

        `shares`: it may be one of a handful that this process borrowed.
        """
        now = time.monotonic()
        if shares:
            lease = self._leases.get(buckets)
            if lease is not None and lease.verdict.held > 0 and now < lease.until:
                lease.verdict.held -= 1
                return lease.verdict
        if now < self._away_until:
            return None
        wanted = max(1, min(LEASED, *(bucket.policy.quota // 100 for bucket in buckets))) if shares else 1
        verdict = await self._ask(buckets, wanted)
        if shares and verdict is not None and verdict.held:
            if len(self._leases) >= MAX_LEASES:
                self._leases.clear()
            self._leases[buckets] = _Lease(verdict, now + LEASE_SECONDS)
        return verdict

    async def _ask(self, buckets: tuple[Bucket, ...], wanted: int) -> Verdict | None:
        if self._redis is None:
            pool = BlockingConnectionPool.from_url(self.queue_url, max_connections=32, timeout=TIMEOUT_SECONDS)
            self._redis = Redis(connection_pool=pool)
        keys = [f"socle:limit:{bucket.policy.name}:{bucket.asker}" for bucket in buckets]
        figures = [figure for bucket in buckets for figure in (bucket.policy.quota, bucket.policy.seconds)]
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await self._redis.register_script(TAKE)(keys=keys, args=[wanted, *figures])
        except AWAY as error:
            self._note_away(error)
            return None
        granted, violated, wait = (int(one) for one in answer[:3])
        return Verdict(
            policies=tuple(bucket.policy for bucket in buckets),
            left=tuple(int(one) for one in answer[3::2]),
            whole_in=tuple(int(one) for one in answer[4::2]),
            held=max(granted - 1, 0),
            violated=buckets[violated - 1].policy if not granted else None,
            retry_seconds=max(1, math.ceil(wait / 1000)),
        )

    def _note_away(self, error: BaseException) -> None:
        now = time.monotonic()
        self._away_until = now + LEFT_ALONE_SECONDS
        if now - self._alarmed_at >= ALARM_EVERY_SECONDS:
            self._alarmed_at = now
            log.critical("limits are not enforced: %s", type(error).__name__, extra={"alarm": True})

    async def close(self) -> None:
        """Give the connections back."""
        redis, self._redis = self._redis, None
        if redis is not None:
            with suppress(*AWAY):
                await redis.aclose(close_connection_pool=True)


def make_limiter(settings: SharedSettings) -> Limiter:
    """The limiter of a process; it connects when it is first asked."""
    return Limiter(settings.queue_url, policies_of(settings), tokens_of(settings))

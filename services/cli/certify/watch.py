"""`socle certify --watch`: the vendor's own integration works, and the checklist is ticked as its traces come."""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from services.cli.certify.door import Door
from services.cli.certify.result import FAILED, PASSED, Outcome
from services.cli.certify.visit import made
from services.cli.certify.watching import WATCHLIST, Facts
from services.cli.screen import Screen

PAUSE_SECONDS = 2.0


async def watch(door: Door, minutes: float, screen: Screen) -> list[Outcome]:
    """Look until everything was seen, the time is up, or Ctrl-C. Raises PushRefused, Skipped."""
    facts = Facts(await _now_there(door))
    seen: dict[str, str] = {}
    screen.say(f"J'observe les dépôts de {door.organisation}, {minutes:g} minutes au plus (Ctrl-C : conclure).")
    for title, (_, wanted) in WATCHLIST.items():
        screen.say(f"· {title} — {wanted}.")
    deadline = time.monotonic() + minutes * 60
    with _stopping() as stop:
        while not stop.is_set() and len(seen) < len(WATCHLIST) and time.monotonic() < deadline:
            await facts.look(door)
            for title, (sight, _) in WATCHLIST.items():
                if title not in seen and (found := sight(facts)):
                    seen[title] = found
                    screen.say(f"{PASSED} : {title} — {found}", "good")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE_SECONDS)
    return [
        Outcome(title, PASSED, seen[title]) if title in seen else Outcome(title, FAILED, f"pas vu : {wanted}")
        for title, (_, wanted) in WATCHLIST.items()
    ]


async def _now_there(door: Door) -> datetime:
    """The server's clock: what happened before is not looked at."""
    answer = made(await door.ask("GET", "/v1/deposits", params={"limit": "1"}), 200, right="read")
    said = answer.headers.get("Date")
    return parsedate_to_datetime(said) if said else datetime.now(UTC)


@contextmanager
def _stopping() -> Iterator[asyncio.Event]:
    """Set by Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, stop.set)
    try:
        yield stop
    finally:
        loop.remove_signal_handler(signal.SIGINT)

"""The page for those who look for data: what it asks is answered, with what it shows."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from catalog_samples import deliberation
from project import text_of

from shared.models import Deposit

EXAMPLE = re.compile(r"```http\nGET (\S.*?)\n```(?:\n\n```json\n(.*?)\n```)?", re.DOTALL)


def is_within(shown: Any, given: Any) -> bool:
    """Members shown are among those given; items shown are somewhere among the items."""
    if isinstance(shown, dict):
        return isinstance(given, dict) and all(
            name in given and is_within(value, given[name]) for name, value in shown.items()
        )
    if isinstance(shown, list):
        return isinstance(given, list) and all(any(is_within(one, other) for other in given) for one in shown)
    return bool(shown == given)


async def test_every_example_is_answered_as_shown(
    client: httpx.AsyncClient,
    publish: Callable[..., Awaitable[Deposit]],
    measured: Callable[[], Awaitable[None]],
) -> None:
    await publish([deliberation("1"), deliberation("2")])
    await measured()
    examples = EXAMPLE.findall(text_of("docs/trouver.md"))
    assert len(examples) >= 8
    for address, shown in examples:
        answer = await client.get(address)
        assert answer.status_code == 200, (address, answer.text)
        if shown:
            assert is_within(json.loads(shown), answer.json()), (address, answer.text[:2000])

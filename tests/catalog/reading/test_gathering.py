"""Questions gathered: those who ask while one is on its way share the next."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from services.catalog.reading.gathering import MOST_AT_ONCE, Gathering


class Asked:
    """Answers with the rank of the question, once it is let."""

    def __init__(self) -> None:
        self.questions: list[list[int]] = []
        self.let = asyncio.Event()

    async def __call__(self, keys: Sequence[int]) -> Mapping[int, int]:
        self.questions.append(sorted(keys))
        rank = len(self.questions)
        await self.let.wait()
        if 13 in keys:
            raise LookupError(13)
        return {key: rank for key in keys if key >= 0}


async def test_who_asks_while_a_question_is_on_its_way_shares_the_next() -> None:
    asked = Asked()
    gathering = Gathering(asked)
    first = asyncio.create_task(gathering.find(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.create_task(gathering.find(key)) for key in (1, 2, 2, -1)]
    await asyncio.sleep(0)
    asked.let.set()
    assert await first == 1
    assert await asyncio.gather(*later) == [2, 2, 2, None]
    assert asked.questions == [[1], [-1, 1, 2]]


async def test_what_a_question_raises_all_its_askers_get_and_no_other() -> None:
    asked = Asked()
    asked.let.set()
    gathering = Gathering(asked)
    together = await asyncio.gather(gathering.find(13), gathering.find(1), return_exceptions=True)
    assert [type(one) for one in together] == [LookupError, LookupError]
    assert await gathering.find(1) == 2


async def test_one_who_leaves_takes_nothing_from_the_others() -> None:
    asked = Asked()
    gathering = Gathering(asked)
    leaving, staying = asyncio.create_task(gathering.find(1)), asyncio.create_task(gathering.find(2))
    await asyncio.sleep(0)
    leaving.cancel()
    asked.let.set()
    assert await staying == 1
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_question_has_a_largest_number_of_keys() -> None:
    asked = Asked()
    asked.let.set()
    gathering = Gathering(asked)
    await asyncio.gather(*(gathering.find(100 + key) for key in range(MOST_AT_ONCE + 1)))
    assert [len(one) for one in asked.questions] == [MOST_AT_ONCE, 1]

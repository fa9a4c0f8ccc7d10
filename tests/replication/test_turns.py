from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.replication.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Sequence

TENANTS = [b"", b"a", b"b"]
"""The first stands for all."""
CALLS = st.tuples(
    st.sampled_from(TENANTS), st.integers(0, 3), st.integers(0, 3), st.none() | st.integers(0, 6)
)


class Room:
    """Who has a turn; whoever comes in looks at the others."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.inside: Counter[bytes] = Counter()
        self.most = 0

    async def call(self, tenant: bytes, before: int, during: int) -> None:
        for _ in range(before):
            await asyncio.sleep(0)
        async with self.turns.of(tenant) if tenant else self.turns.of_all():
            self.inside[tenant] += 1
            try:
                for _ in range(during + 1):
                    self.look()
                    await asyncio.sleep(0)
                self.look()
            finally:
                self.inside[tenant] -= 1

    def look(self) -> None:
        assert max(self.inside.values()) == 1, "two of one tenant"
        assert not self.inside[b""] or self.inside.total() == 1, "not alone"
        self.most = max(self.most, self.inside.total())


async def run(room: Room, calls: Sequence[tuple[bytes, int, int, int | None]]) -> None:
    tasks = [asyncio.ensure_future(room.call(who, before, during)) for who, before, during, _ in calls]
    for tick in range(7):
        await asyncio.sleep(0)
        for task, (*_, ends) in zip(tasks, calls, strict=True):
            if ends == tick:
                task.cancel()
    async with asyncio.timeout(10):
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result, (*_, ends) in zip(results, calls, strict=True):
        assert result is None or (ends is not None and isinstance(result, asyncio.CancelledError)), result


@given(st.lists(CALLS, max_size=12))
def test_no_two_of_a_tenant_have_a_turn_and_nobody_beside_one_of_all(
    calls: list[tuple[bytes, int, int, int | None]],
) -> None:
    room = Room()

    asyncio.run(run(room, calls))

    assert room.turns.idle


def test_different_tenants_have_turns_at_the_same_time() -> None:
    room = Room()

    asyncio.run(run(room, [(b"a", 0, 3, None), (b"b", 0, 3, None)]))

    assert room.most == 2


def test_a_turn_of_all_comes_though_tenants_go_on_asking() -> None:
    async def asked() -> int:
        turns, served = Turns(), 0

        async def ask() -> None:
            nonlocal served
            while served < 1000:
                async with turns.of(b"a"):
                    served += 1
                    await asyncio.sleep(0)

        askers = [asyncio.ensure_future(ask()) for _ in range(3)]
        await asyncio.sleep(0)
        async with turns.of_all():
            before = served
        await asyncio.gather(*askers)
        return before

    assert asyncio.run(asked()) < 10

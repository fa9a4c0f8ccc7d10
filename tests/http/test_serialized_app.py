"""One application, called by several threads: each has it for itself until it waits."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.http.serialized_app import SerializedApp

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.types import Receive, Scope, Send

SCOPE: dict[str, Any] = {"type": "http"}


async def nothing() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def unheard(message: Any) -> None:
    pass


def turns_of(call: Callable[[], Coroutine[Any, Any, Any]]) -> SerializedApp:
    """SerializedApp of an application that does just this."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await call()

    return SerializedApp(app)


@pytest.mark.usefixtures("hasty")
def test_between_two_points_where_it_waits_a_call_is_alone() -> None:
    inside = 0
    seen = set()

    async def call() -> None:
        nonlocal inside
        for _ in range(3):
            inside += 1
            for _ in range(500):
                seen.add(inside)
            inside -= 1
            await asyncio.sleep(0)

    turns = turns_of(call)

    def by_hand() -> None:
        rest = turns.begin(SCOPE, nothing, unheard)
        assert rest is not None
        asyncio.run(finished(rest))

    def on_a_loop() -> None:
        asyncio.run(turns(SCOPE, nothing, unheard))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(each) for _ in range(10) for each in (by_hand, on_a_loop)]:
            done.result()

    assert seen == {1}
    assert turns.waiting == 0


async def finished(rest: Any) -> None:
    await rest


def test_a_call_that_does_not_wait_is_over_at_once_and_needs_no_loop() -> None:
    done = []

    async def call() -> None:
        done.append(await nothing())

    assert turns_of(call).begin(SCOPE, nothing, unheard) is None
    assert done == [{"type": "http.disconnect"}]


def test_a_call_that_waits_is_one_until_it_is_over() -> None:
    counted = []

    async def call() -> None:
        counted.append(turns.waiting)
        await asyncio.sleep(0)
        counted.append(turns.waiting)
        await asyncio.wait_for(nothing(), 1)

    turns = turns_of(call)
    rest = turns.begin(SCOPE, nothing, unheard)
    counted.append(turns.waiting)
    asyncio.run(finished(rest))

    assert counted == [0, 1, 0]
    assert turns.waiting == 0


@pytest.mark.parametrize("waits", [False, True])
def test_what_a_call_raises_is_raised(waits: bool) -> None:
    async def call() -> None:
        if waits:
            await asyncio.sleep(0)
        raise ZeroDivisionError

    turns = turns_of(call)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(turns(SCOPE, nothing, unheard))

    assert turns.waiting == 0


def test_a_call_that_is_cancelled_learns_of_it() -> None:
    learned = []

    async def call() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError as error:
            learned.append(error)
            raise

    async def cancelled(turns: SerializedApp) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(turns(SCOPE, nothing, unheard), 0.01)

    turns = turns_of(call)
    asyncio.run(cancelled(turns))

    assert len(learned) == 1
    assert turns.waiting == 0


def test_a_call_that_calls_is_not_kept_waiting_for_itself() -> None:
    depths: list[int] = []

    async def call() -> None:
        depths.append(len(depths))
        if len(depths) < 3:
            turns.begin(SCOPE, nothing, unheard)

    turns = turns_of(call)
    turns.begin(SCOPE, nothing, unheard)

    assert depths == [0, 1, 2]

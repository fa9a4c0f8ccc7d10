"""What is handed on in bytes goes on as if it had always been there."""

from __future__ import annotations

from contextlib import ExitStack, closing
from random import Random
from typing import TYPE_CHECKING

import pytest
from walks import Double, Machine, Walk, copied

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = [1, 2, 3]
STEPS, FURTHER = 150, 60


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def doubles(machine: Machine) -> Iterator[tuple[Double, Double]]:
    with ExitStack() as stack:
        one, other = (stack.enter_context(closing(Double(machine))) for _ in range(2))
        yield one, other


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_takes_on_what_another_has_become_goes_on_as_that_does(
    seed: int, machine: Machine, doubles: tuple[Double, Double]
) -> None:
    one, other = doubles
    random = Random(seed)
    walk = Walk(random, machine)
    for _ in range(STEPS):
        walk.step([one])

    copied(one, other, random)

    assert other.reads() == one.reads()
    for _ in range(FURTHER):
        answer, same = walk.step([one, other])
        assert (same.status_code, same.content, same.headers) == (
            answer.status_code, answer.content, answer.headers,
        ), answer.request.url  # fmt: skip
    assert other.reads() == one.reads()

"""No answer changes unnoticed: status, headers and bytes of each are pinned by a digest."""

from __future__ import annotations

import pinned_answers
import pytest

from mock_lusha.contract.registry import Registry

PINNED = pinned_answers.read()


# The readable way is asked where the twins are: in live answers, and of a small world.
READABLE = ("live, both", "waterfall", "seed one")


@pytest.mark.parametrize(
    ("world", "fast"),
    [*((world, True) for world in pinned_answers.WORLDS), *((world, False) for world in READABLE)],
)
def test_each_answer_is_what_it_was(world: str, fast: bool) -> None:
    digests = pinned_answers.digests_of(world, fast=fast)

    assert {name: digest for name, digest in digests.items() if PINNED[world].get(name) != digest} == {}
    assert digests.keys() == PINNED[world].keys()


def test_each_operation_is_pinned_and_answers_what_it_is_asked() -> None:
    operations = Registry.load().operations.values()
    assert pinned_answers.REQUESTS.keys() == {each.id for each in operations if not each.unserved}, (
        "add a right and a wrong request to REQUESTS, and run `python tests/pinned_answers.py`"
    )
    for operation in pinned_answers.REQUESTS:
        # There are jobs with a waterfall alone.
        world = "waterfall" if operation == "getContactJob" else "live, both"
        # A column that may go comes with signals alone.
        status = "400 " if operation.endswith("TableColumn") and operation.startswith("remove") else "20"
        assert PINNED[world][f"{operation}, right"].startswith(status), operation


def test_the_worlds_differ_in_what_they_answer() -> None:
    assert PINNED.keys() == pinned_answers.WORLDS.keys()
    assert len({tuple(digests.values()) for digests in PINNED.values()}) == len(PINNED)

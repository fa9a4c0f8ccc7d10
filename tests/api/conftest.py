from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from support import CheckedClient

from mock_lusha.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from deployment import NewApp
    from starlette.applications import Starlette
    from support import AnswerCheck

KEYS = (f"small-{number:06d}-of-a-test" for number in count())


@pytest.fixture(scope="session")
def small_app(new_session_app: NewApp, now: datetime) -> Starlette:
    """A double of a small world in which nothing runs out: its index is built once for both generations."""
    clock = Clock(source=now.timestamp)
    return new_session_app(clock, people=600, companies=60, limits="off", credits=None)


@pytest.fixture
def small(small_app: Starlette, answer_check: AnswerCheck) -> Iterator[CheckedClient]:
    """A client of that double with an account of its own."""
    client = CheckedClient(small_app, answer_check, next(KEYS))
    yield client
    client.close()

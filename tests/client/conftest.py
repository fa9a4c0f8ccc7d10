from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from client.handles import KEYS, SMALL

from mock_lusha import MockLusha
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def double() -> Iterator[MockServer]:
    """A server that the tests of this module share, each with a key of its own."""
    with MockServer(Settings(port=0, limits="headers", **SMALL)) as running:
        yield running


@pytest.fixture
def handle(double: MockServer) -> Callable[..., MockLusha]:
    """Makes a handle of the shared server with a key of its own: ``handle(plan="pro")``, not yet started."""

    def make(**options: Any) -> MockLusha:
        return MockLusha(server=double, **{"api_key": next(KEYS), **options})

    return make


@pytest.fixture
def lusha(handle: Callable[..., MockLusha]) -> Iterator[MockLusha]:
    """A handle that is started, and settled at the end."""
    with handle() as started:
        yield started

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from control.steering import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient


@pytest.fixture
def lusha(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(key=KEY, people=400, companies=40)


@pytest.fixture
def lenient(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    """A client of an account that lets pass what no operation knows."""
    return make_client(key=KEY, people=400, companies=40, strict="no")

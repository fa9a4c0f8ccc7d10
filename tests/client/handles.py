"""What tests of handles call, and how they look at it."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mock_lusha import MockLusha

KEYS = (f"handle-{number:06d}" for number in count())
SMALL: dict[str, Any] = {"people": 0, "companies": 1}
COMPANY = "/v2/company?domain=acme.com"
OTHER = "/v2/company?domain=other.com"
JANE = "/v2/person?email=jane.doe@acme.com"
REVEALED = f"{JANE}&revealEmails=true"
USAGE = "/account/usage"
SINGLE: Final = "searchSingleCompanyV2"
PERSON: Final = "searchSingleContact"
PEOPLE: Final = "searchMultipleContacts"
BULK = {"contacts": [{"contactId": "1", "email": "zoe@acme.com"}]}
MOMENT = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


def statuses(lusha: MockLusha, calls: int, url: str = COMPANY) -> list[int]:
    """The statuses of so many calls."""
    return [lusha.client.get(url).status_code for _ in range(calls)]


def servers() -> int:
    """How many servers run in this process."""
    return sum(thread.name == "mock-lusha" for thread in threading.enumerate())


def nobody_there() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"

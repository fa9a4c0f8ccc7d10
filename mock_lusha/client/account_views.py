"""What a handle shows of its account, each in a view of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from mock_lusha.client.calls import Calls
from mock_lusha.client.clock import HandleClock
from mock_lusha.client.conduct import HandleConduct
from mock_lusha.client.ledger import HandleLedger
from mock_lusha.client.limits import HandleLimits
from mock_lusha.client.protocol import hides
from mock_lusha.client.tables import HandleTables
from mock_lusha.client.webhooks import HandleWebhooks, WebhookRoute

if TYPE_CHECKING:
    from mock_lusha.client.control import Control
    from mock_lusha.client.coverage import HandleCoverage

__tracebackhide__ = hides


class AccountViews(ABC):
    """The views of the account that ``control`` steers."""

    def __init__(self) -> None:
        self._webhook_route = WebhookRoute()

    @property
    @abstractmethod
    def control(self) -> Control:
        """A client of the control API for this account."""

    @property
    def calls(self) -> Calls:
        """The calls so far, oldest first."""
        return Calls(self.control)

    @property
    def ledger(self) -> HandleLedger:
        """What was spent, and on what."""
        return HandleLedger(self.control)

    @property
    def limits(self) -> HandleLimits:
        """The rate limits, and how much of them is left."""
        return HandleLimits(self.control)

    @property
    def conduct(self) -> HandleConduct:
        """The verdicts on how the calls were made."""
        return HandleConduct(self.control)

    @property
    def coverage(self) -> HandleCoverage:
        """What the calls tried of the API, and what they did not."""
        from mock_lusha.client.coverage import HandleCoverage  # noqa: PLC0415 - for this alone

        return HandleCoverage(self.control)

    @property
    def tables(self) -> HandleTables:
        """The account's tables."""
        return HandleTables(self.control)

    @property
    def webhooks(self) -> HandleWebhooks:
        """The account's webhooks."""
        return HandleWebhooks(self.control, self._webhook_route)

    @property
    def clock(self) -> HandleClock:
        """The account's clock."""
        return HandleClock(self.control, self.webhooks.pump)

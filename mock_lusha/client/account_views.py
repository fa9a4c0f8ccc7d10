"""What a handle shows of its account, each in a view of its own."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from mock_lusha.client.calls import Calls
from mock_lusha.client.clock import HandleClock
from mock_lusha.client.conduct import HandleConduct
from mock_lusha.client.ledger import HandleLedger
from mock_lusha.client.limits import HandleLimits
from mock_lusha.client.people import PeopleViews
from mock_lusha.client.protocol import hides
from mock_lusha.client.tables import HandleTables
from mock_lusha.client.webhooks import HandleWebhooks, WebhookRoute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.client.control import Control
    from mock_lusha.client.coverage import HandleCoverage
    from mock_lusha.client.literals import OperationId
    from mock_lusha.client.people import PeopleSource
    from mock_lusha.client.price import Price

__tracebackhide__ = hides


class AccountViews(PeopleViews):
    """The views of the account that ``control`` steers."""

    def __init__(self) -> None:
        self._webhook_route = WebhookRoute()

    @property
    @abstractmethod
    def control(self) -> Control:
        """A client of the control API for this account."""

    @property
    def _source(self) -> PeopleSource:
        return self.control

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

    def price(
        self,
        what: OperationId | Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        json: Any = None,
        query: Mapping[str, Any] | None = None,
        path: Mapping[str, Any] | None = None,
        wait: bool | None = None,
    ) -> Price:
        """What a call would cost, without making it: ``lusha.price("searchContacts", json={...})``.

        Several requests, each a mapping with ``operation``, ``json``, ``query`` and ``path`` (or ``method``
        and ``path``), are priced one after another. Those wait for windows that are full, on a clock of their
        own, unless ``wait`` is False. Nothing changes, and nothing is sent.

        Raises:
            ControlError: a request cannot be one; the message says why.
        """
        from mock_lusha.client.price import price_of  # noqa: PLC0415 - where something is priced

        return price_of(self.control, what, {"json": json, "query": query, "path": path}, wait=wait)

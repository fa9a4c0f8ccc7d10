"""What a call of the control API is about: one account, all of them, or nothing that calls change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from mock_lusha.contract.document import Operation

READS: Final = frozenset({"checkScenario", "findCompanies", "findPeople", "previewRequests", "verifyCalls"})
"""Operations that change nothing, though they take a body."""
_OF_THE_PROCESS: Final = frozenset(
    {"isReady", "getContract", "getSettings", "checkScenario", "getScenarioText"}
)
"""Operations that nothing is read for which calls change."""
_OF_ANY_PROCESS: Final = frozenset({"isHealthy", "getMetrics"})
"""Operations that tell how the process is, beside what is shared: they answer also while the store cannot be
used, with what is known then."""
_OF_ALL: Final = frozenset(
    {"createAccount", "deleteAccount", "putAccount", "receiveDelivery", "settleAccount", "streamEvents"}
)
"""Operations that concern more than the account that they name, or do not say which it is. One that is made
may be the profile of others, and takes that with it when it goes; what was tried without a key counts with
the account that is settled next; and calls are streamed by number up to the first one that is missing,
whosever that is."""
_LETS_HAPPEN: Final = frozenset({"getDeliveries", "getWebhooks"})
"""Operations that look, and let happen before what time made due: processes that share their state do so in
one order."""
_RESET: Final = "resetServer"


class Concern:
    """What an operation of the control API is about. ``changes`` says that it changes something, ``is_none``
    that it is about nothing that calls change. ``is_ordered`` says that the state is another one after it,
    ``is_of_process`` that it is to be answered whatever others did."""

    def __init__(self, operation: Operation) -> None:
        self._id = operation.id
        self.changes = operation.method != "GET" and operation.id not in READS
        self.is_ordered = self.changes or operation.id in _LETS_HAPPEN
        self.is_of_process = operation.id in _OF_ANY_PROCESS
        self.is_none = operation.id in _OF_THE_PROCESS

    def account_of(self, scope: Mapping[str, Any]) -> str | None:
        """The key of the only account that a request is about; None where it may be about more."""
        if self._id in _OF_ALL or not scope["query_string"]:
            return None
        pairs = parse_qsl(scope["query_string"].decode("latin-1"))
        key = next((value for name, value in pairs if name == "account"), None)
        # Whose fingerprint it is, nobody knows who does not know all.
        return None if key is None or key.lower().startswith("fingerprint:") else key

    def clears(self, scope: Mapping[str, Any]) -> bool:
        """Whether nothing of what was before is left after a request."""
        return self._id == _RESET and self.account_of(scope) is None

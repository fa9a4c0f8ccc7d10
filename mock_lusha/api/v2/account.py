"""Account management: GET ``/account/usage``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply

if TYPE_CHECKING:
    from mock_lusha.api.request import ApiRequest


def usage(call: ApiRequest) -> Reply:
    """Credits of the account; the category is ``credits`` live, ``bulkCredits`` documented."""
    category = "credits" if call.live else "bulkCredits"
    return Reply({"usage": {category: call.account.ledger.usage()}})


HANDLERS = {"getAccountUsageStats": usage}

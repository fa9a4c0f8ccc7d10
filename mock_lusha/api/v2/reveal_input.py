"""Which kinds of details of a person a request asks to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.errors import ApiError
from mock_lusha.services.billing import Reveal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest


def reveal_of(call: ApiRequest, fields: Mapping[str, Any]) -> Reveal:
    """Whether emails and phones are shown, by ``revealEmails`` and ``revealPhones``.

    Both absent: both kinds. One true: that kind only. Both false: neither.

    Raises:
        ApiError: ``datapoint-restricted`` where credits are not unified and a flag was sent.
    """
    emails, phones = fields.get("revealEmails"), fields.get("revealPhones")
    if not call.account.unified and (emails is not None or phones is not None):
        raise ApiError("datapoint-restricted")
    return Reveal(
        emails if emails is not None else phones is not True,
        phones if phones is not None else emails is not True,
    )

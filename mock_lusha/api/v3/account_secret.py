"""The secret that webhooks of an account are signed with: GET ``/api/account/secret``, and its
regeneration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply
from mock_lusha.api.webhooks.secrets import regenerate
from mock_lusha.errors import ApiError, Detail

if TYPE_CHECKING:
    from mock_lusha.api.request import ApiRequest


def get_secret(call: ApiRequest) -> Reply:
    """The secret, whole.

    Raises:
        ApiError: 404, there is none yet.
    """
    secret = call.account.webhooks.secret
    if secret is None:
        hint = "POST /api/account/secret/regenerate makes one"
        raise ApiError("secret-not-found", [Detail(hint, hint=True)])
    return Reply({"secret": secret})


def regenerate_secret(call: ApiRequest) -> Reply:
    """A new secret. One before is void at once, for all subscriptions."""
    return Reply({"secret": regenerate(call.account)})


HANDLERS = {"getAccountSecret": get_secret, "regenerateAccountSecret": regenerate_secret}

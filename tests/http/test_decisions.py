"""A call is decided without waiting, and depends on nothing but the account, the request and the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pinned_answers
import pytest

from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.errors import ApiError
from mock_lusha.http.exchange import Exchange

if TYPE_CHECKING:
    from starlette.applications import Starlette

OPERATIONS = [
    (operation, method, *right)
    for operation, (method, right, _) in pinned_answers.REQUESTS.items()
    if not any(map(callable, right))
]


@pytest.fixture(scope="module")
def app() -> Starlette:
    return create_app(Settings(**pinned_answers.SIZE), clock=Clock(source=pinned_answers.NOW.timestamp))


def scope_of(method: str, target: str, key: str) -> dict[str, Any]:
    path, _, query = target.partition("?")
    headers = [(b"api_key", key.encode()), (b"content-type", b"application/json")]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
    }


def state_of(account: Any) -> dict[str, Any]:
    """What an account has come to, without its key."""
    return {
        "ledger": [(entry.kind, entry.entity, entry.price, entry.why) for entry in account.ledger.entries],
        "people": dict(account.people.young),
        "companies": dict(account.companies.young),
        "requests": account.requests,
        "lookalikes": len(account.lookalikes),
        "secret": account.webhooks.secret,
        "subscriptions": [*map(repr, account.webhooks.subscriptions.values())],
        "windows": account.windows.headers(pinned_answers.NOW.timestamp()),
    }


def decided(app: Starlette, method: str, target: str, body: Any, key: str) -> tuple[bytes, Any]:
    """Reply and state of a call of which nothing but the decision is made: no loop runs here."""
    scope = scope_of(method, target, key)
    exchange = Exchange(0.0)
    exchange.body = b"" if body is None else orjson.dumps(body)
    match = app.router.table.find(method, scope["path"])  # type: ignore[attr-defined]  # an OperationRouter
    assert match is not None
    route, scope["path_params"] = match

    try:
        assert route.app.decide(scope, exchange) is None
    except ApiError as error:  # there may be nothing yet to show
        return str(error).encode(), state_of(exchange.account)
    assert exchange.reply is not None
    return exchange.reply.content(), state_of(exchange.account)


@pytest.mark.parametrize(("operation", "method", "target", "body"), OPERATIONS)
def test_each_operation_is_decided_in_one_go_and_alike_for_two_accounts(
    app: Starlette, operation: str, method: str, target: str, body: Any
) -> None:
    first, second = (decided(app, method, target, body, f"same~{operation}-{n}") for n in range(2))

    assert first == second
    assert first[1]["requests"] == 1

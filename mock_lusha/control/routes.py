"""The routes of the control API, each with the guard that decides who may steer."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Generator
from functools import cache, cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mock_lusha.api.reply import Reply
from mock_lusha.contract.validation import Findings, QueryCheck, body_check
from mock_lusha.control.concerns import Concern
from mock_lusha.control.context import ControlRequest, LateReply
from mock_lusha.errors import ApiError, ContractError, Detail, shorten
from mock_lusha.http.endpoint import read_json
from mock_lusha.http.exchange import MOST_BODY, OURS, REPLAYED
from mock_lusha.http.operation import OperationApp
from mock_lusha.http.router import OperationRoute

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import Scope

    from mock_lusha.contract.document import Operation
    from mock_lusha.contract.validation import InputCheck
    from mock_lusha.control.context import ControlContext, Slices
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.http.operation import Order

    Handler = Callable[
        [ControlContext, ControlRequest], Reply | LateReply | Slices | Coroutine[Any, Any, Reply]
    ]

TOKEN = b"x-mock-lusha-token"
_OPEN = "open"
_NAMES_IN_BODY = frozenset({"createAccount", "putAccount"})
"""Operations that say in their body which account they are about."""
_MOST_BODIES = {"previewRequests": 32_000_000}
"""Bytes that a body may have which holds a thousand others. Our decision."""
_VOUCHED = frozenset({"receiveDelivery"})
"""Operations that take what a signature vouches for, in the place of the token."""
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_HOW_FROM_AFAR = (
    "this server is steered from its own machine only; start it with --control-token TOKEN "
    "and send that in the header x-mock-lusha-token"
)
_HOW_FROM_A_PAGE = "pages of an origin may call it where it is started with --cors ORIGIN"
_OF_PAGES = frozenset({b"origin", b"sec-fetch-site"})

# Operation -> module of this package and function in it: imported when they are first called.
HANDLERS: Mapping[str, str] = {
    "isReady": "server.ready",
    "isHealthy": "server.health",
    "getMetrics": "metrics.metrics",
    "getContract": "server.contract",
    "getSettings": "server.settings",
    "resetServer": "server.reset",
    "getAccounts": "accounts.read_accounts",
    "createAccount": "accounts.create_account",
    "putAccount": "accounts.put_account",
    "changeAccount": "accounts.change_account",
    "deleteAccount": "accounts.delete_account",
    "drainAccount": "accounts.drain_account",
    "getLedger": "accounts.read_ledger",
    "getClock": "accounts.read_clock",
    "moveClock": "accounts.move_clock",
    "getEntities": "entities.read_entities",
    "pinEntities": "entities.pin_entities",
    "patchEntities": "entities.patch_entities",
    "unpinEntities": "entities.unpin_entities",
    "eraseEntities": "entities.erase_entities",
    "getPeople": "people.read_people",
    "findPeople": "people.find_people",
    "getCompanies": "people.read_companies",
    "findCompanies": "people.find_companies",
    "getPerson": "people.read_person",
    "getCompany": "people.read_company",
    "getTables": "tables.read_tables",
    "createTable": "tables.create_table",
    "getWebhooks": "webhooks.read_webhooks",
    "getDeliveries": "webhooks.read_deliveries",
    "takeDelivery": "webhooks.take",
    "answerDelivery": "webhooks.answered",
    "triggerWebhook": "webhooks.trigger",
    "resendDelivery": "webhooks.resend",
    "receiveDelivery": "inbox.receive",
    "getInbox": "inbox.read",
    "clearInbox": "inbox.clear",
    "getScenario": "scenarios.read_scenario",
    "setScenario": "scenarios.set_scenario",
    "clearScenario": "scenarios.clear_scenario",
    "resumeScenario": "scenarios.resume_scenario",
    "addRules": "scenarios.add_rules",
    "clearRules": "scenarios.clear_rules",
    "settleAccount": "accounts.settle",
    "getJournal": "journal.read_journal",
    "clearJournal": "journal.clear_journal",
    "verifyCalls": "journal.verify",
    "explainExchange": "journal.explain",
    "streamEvents": "events.stream",
    "checkScenario": "scenarios.check",
    "getScenarioText": "scenarios.read_text",
    "previewRequests": "preview.preview",
    "getConduct": "journal.read_conduct",
    "getCoverage": "coverage.read_coverage",
    "noteCoverage": "coverage.note_coverage",
    "clearCoverage": "coverage.clear_coverage",
}


@cache
def handler(operation: str) -> Handler:
    """The handler of an operation."""
    module, name = HANDLERS[operation].split(".")
    function: Handler = getattr(import_module(f"mock_lusha.control.{module}"), name)
    return function


def control_routes(
    context: ControlContext, order_of: Callable[[Concern], Order] | None = None
) -> list[OperationRoute]:
    """The routes that the settings allow: without control, only those that are always open.

    ``order_of`` gives the order in which calls are decided, where processes share their state.

    Raises:
        ContractError: an operation has no handler, or a handler no operation.
    """
    operations = context.control.operations
    if operations.keys() != HANDLERS.keys():
        unmatched = sorted(operations.keys() ^ HANDLERS.keys())
        raise ContractError(f"control operations and handlers differ: {', '.join(unmatched)}")
    return [
        OperationRoute(
            operation.method,
            operation.path,
            partial(_serving, context, operation, order_of),
        )
        for operation in operations.values()
        # Processes that share their state run what others were asked to steer, and steer deliveries.
        if context.settings.control or operation.feature == _OPEN or order_of is not None
    ]


def _serving(
    context: ControlContext, operation: Operation, order_of: Callable[[Concern], Order] | None
) -> OperationApp:
    endpoint = _Endpoint(context, operation)
    return OperationApp(
        [endpoint],
        context.clock,
        "both",
        generation=operation.generation,
        admission=endpoint.admit,
        most_body=_MOST_BODIES.get(operation.id, MOST_BODY),
        order=None if order_of is None else order_of(Concern(operation)),
    )


class _Endpoint:
    """The only step of an operation of the control API: who may steer, what is sent, the handler."""

    def __init__(self, context: ControlContext, operation: Operation) -> None:
        self.context = context
        self.operation = operation
        self.open = operation.feature == _OPEN
        self.vouched = operation.id in _VOUCHED
        concern = Concern(operation)
        self.changes = concern.changes
        self.makes = concern.is_ordered
        self.token = (context.settings.control_token or "").encode()

    @cached_property
    def query_check(self) -> QueryCheck:
        return QueryCheck(self.context.control, self.operation, commas=False)

    @cached_property
    def body_check(self) -> InputCheck | None:
        return body_check(self.context.control, self.operation)

    def __call__(self, scope: Scope, exchange: Exchange) -> Awaitable[None] | None:
        query, findings = self._query(scope["query_string"]) if scope["query_string"] else ({}, Findings())
        body = None
        if self.body_check is not None:
            if exchange.body is None:
                raise ApiError("payload-too-large")
            body = read_json(scope, exchange.body, typed=False)
            body_findings = self.body_check.findings(body)
            if body_findings is not None:
                findings += body_findings
        if findings.errors or findings.unknown:
            raise ApiError("bad-request", [*findings.errors, *findings.unknown])
        if exchange.body is None and self.vouched:
            raise ApiError("payload-too-large")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = ControlRequest(
            query,
            body,
            scope.get("path_params", {}),
            _address(scope),
            headers,
            exchange.body or b"",
            self.makes,
        )
        reply = handler(self.operation.id)(self.context, request)
        if isinstance(reply, LateReply):
            if REPLAYED not in scope:
                return self._done(_finished(reply, exchange))
            reply = reply.finish()
        if self.makes and self.context.settings.store is not None and isinstance(reply, Generator):
            reply = _at_once(reply)  # no other call may come between, here or where it is run again
        if isinstance(reply, Reply):
            exchange.reply = reply
            self._note_change()
            return None
        work = _waited(reply, exchange) if isinstance(reply, Coroutine) else _sliced(reply, exchange)
        return self._done(work)

    async def _done(self, work: Coroutine[Any, Any, None]) -> None:
        await work
        self._note_change()

    def _note_change(self) -> None:
        """Let those who watch know that they may have to look again."""
        if self.changes:
            self.context.changes += 1

    def _query(self, raw: bytes) -> tuple[dict[str, Any], Findings]:
        try:
            pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=100)
        except ValueError:
            raise ApiError("bad-request", ["a query may have at most 100 parameters"]) from None
        query, findings = self.query_check.read(pairs)
        if self.operation.id in _NAMES_IN_BODY and any(name == "account" for name, _ in pairs):
            return {}, Findings((Detail('account is named in the body here, as in {"key": "KEY"}'),))
        # An empty `?account=` is a slip; it must not come to mean all accounts.
        names = [name for name, _ in pairs]
        empty = [Detail(f"{shorten(name)} should not be empty") for name, value in pairs if not value.strip()]
        twice = [
            Detail(f"{name} was sent twice")
            for name, value in query.items()
            if names.count(name) > 1 and not isinstance(value, list)
        ]
        # Most often NAME+SUFFIX was meant, and another account would be steered.
        pluses = [
            Detail("account holds a space, as a + in a query means: write NAME%2BSUFFIX for NAME+SUFFIX")
            for name, value in pairs
            if name == "account" and " " in value and b"+" in raw
        ]
        return query, findings + Findings((*empty, *twice, *pluses))

    def admit(self, scope: Scope, exchange: Exchange) -> None:
        """Refuse requests that may not steer: from other machines, other web pages, or without the token.

        Operations that only tell whether the server serves are open to all but such pages: probes come from
        anywhere, and use any name of the host.
        """
        if REPLAYED in scope or OURS in scope:
            return  # it was admitted where it was served, or is the server's own
        if not self.open and not self.context.settings.control:
            raise ApiError("not-found")
        headers = dict(scope["headers"])
        if self.open and not headers.keys() & _OF_PAGES:
            return
        free = self.open or self.vouched
        if not free and not self.token and not _is_loopback(scope):
            raise ApiError("control-refused", [_HOW_FROM_AFAR])
        from mock_lusha.web_origin import refusal  # noqa: PLC0415 - for steering, not for serving

        any_host = free or bool(self.token)
        allowed = self.context.settings.cors
        reason = refusal(
            scope["headers"], allowed_origins=allowed, any_host=any_host, scheme=scope.get("scheme", "http")
        )
        if reason is not None:
            page = headers.keys() & _OF_PAGES
            raise ApiError("control-refused", [reason, _HOW_FROM_A_PAGE if page else _HOW_FROM_AFAR])
        if self.token and not free:
            import hmac  # noqa: PLC0415 - where there is a token

            sent = headers.get(TOKEN, b"")
            if not hmac.compare_digest(sent, self.token):
                problem = "the token that was sent is another one" if sent else "no token was sent"
                raise ApiError(
                    "control-token", [f"{problem}: send this server's token in the header {TOKEN.decode()}"]
                )


def _address(scope: Scope) -> str:
    """The URL that a request was sent to, by its Host, or by the socket's name where that is unusable."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    if _HOST.fullmatch(host) is None:
        name, port = scope.get("server") or ("127.0.0.1", None)
        host = f"[{name}]" if ":" in name else name
        host += "" if port is None else f":{port}"
    return f"{scope['scheme']}://{host}{scope.get('root_path', '')}"


async def _waited(work: Coroutine[Any, Any, Reply], exchange: Exchange) -> None:
    """Wait for what a handler waits for."""
    exchange.reply = await work


async def _finished(late: LateReply, exchange: Exchange) -> None:
    """Wait for what is to be over before an answer is made."""
    await late.work()
    exchange.reply = late.finish()


def _at_once(work: Slices) -> Reply:
    """Do long work without letting others in."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            reply: Reply = done.value
            return reply


async def _sliced(work: Slices, exchange: Exchange) -> None:
    """Do long work in slices, between which other requests are served."""
    import asyncio  # noqa: PLC0415 - the server has it, an app in another may not

    while True:
        try:
            next(work)
        except StopIteration as done:
            exchange.reply = done.value
            return
        await asyncio.sleep(0)


def _is_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    return client is not None and _is_loopback_address(client[0])


def _is_loopback_address(text: str) -> bool:
    import ipaddress  # noqa: PLC0415 - for steering, not for serving

    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)

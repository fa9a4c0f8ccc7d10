"""What requests would come to: their steps are asked as for a call, on a scratch copy of the account.

The very guards and handlers decide, so that a rule of prices or limits is written once. Left out are reading
the key, which would make an account, cassettes, whose recorder might forward the request, and whatever a
handler waits for once it has decided: nothing is sent. Faults and delays are told and not performed.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import field
from math import ceil
from typing import TYPE_CHECKING, Final

from mock_lusha.api.reply import Reply
from mock_lusha.contract.registry import GENERATIONS
from mock_lusha.errors import ApiError
from mock_lusha.http.endpoint import OperationEndpoint
from mock_lusha.http.exchange import MOST_BODY, Exchange
from mock_lusha.http.guards.auth import AuthGuard
from mock_lusha.http.guards.rate_limit import RateLimitGuard
from mock_lusha.http.guards.replay import ReplayGuard
from mock_lusha.http.guards.search_index import SearchableGuard
from mock_lusha.http.router import unrouted
from mock_lusha.state.scratch import ScratchAccount, ScratchTime
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Scope

    from mock_lusha.contract.paths import PathTable
    from mock_lusha.http.operation import OperationApp, Step
    from mock_lusha.http.router import OperationRoute
    from mock_lusha.scenario.engine import FiredRule
    from mock_lusha.state.accounts import Account, Accounts
    from mock_lusha.state.ledger import Entry
    from mock_lusha.state.limits import EndpointWindow, FullWindow

_OF_CREDITS: Final = 402
_NO_CASSETTE: Final = (
    "a recorder may answer this account's calls: nothing is replayed or forwarded in a preview, which tells "
    "what the made-up world would charge"
)
_NOT_AWAITED: Final = (
    "the call waits for somebody else's answer once it is decided: that is not asked for here, so status and "
    "price are those decided before"
)
_SHOWN_ALONE: Final = "limits are shown to this account and not enforced; waits are those of its plan"
_TEXT: Final = (b"content-type", b"application/json")


@frozen
class PreviewRequest:
    """A request: its path as it is routed, its query and its body as they are sent."""

    method: str
    path: str
    query: bytes = b""
    body: bytes = b""


@mutable
class PreviewOutcome:
    """What comes of a request.

    ``status`` is None where the connection is cut before an answer. ``price`` is what it would cost if the
    balance were enough, ``charged`` what it would be charged, in credits, with the lines of the ledger in
    ``priced`` and ``entries``. ``limit`` is the window that was full, and ``reset`` for how many seconds from
    when it was asked. ``delay`` is in seconds.
    """

    operation: str | None = None
    status: int | None = None
    refusal: ApiError | None = None
    error: str | None = None
    message: str | None = None
    price: int = 0
    charged: int = 0
    entries: Sequence[Entry] = ()
    priced: Sequence[Entry] = ()
    limit: FullWindow | None = None
    reset: int = 0
    fault: str | None = None
    delay: float = 0.0
    bytes_per_second: int | None = None
    rules: Sequence[str] = ()
    warnings: Sequence[str] = ()
    notes: list[str] = field(default_factory=list)


class AccountPreview:
    """The requests of one account, one after another: each finds what the ones before left.

    The account is copied when the first request is asked. With ``wait`` a request that a window has no room
    for is asked when the window reopens, as a patient client would, also where limits are only shown to the
    account. ``waits`` are the seconds that each window cost.
    """

    def __init__(self, table: PathTable[OperationRoute], accounts: Accounts, key: str, *, wait: bool) -> None:
        self._table = table
        self._key = key
        self._accounts = accounts
        self._wait = wait
        self._rich: ScratchAccount | None = None
        """The same account with credits without end, from the first request on that could not be paid."""
        self.waits: dict[str, float] = {}
        self.missing = 0
        """How many more credits all requests so far would have needed, at the least."""
        self._refusal: ApiError | None = None
        try:
            account: Account = accounts.look(key)
        except ApiError as error:
            self._refusal = error
            account = accounts.nobody()
        self._time = ScratchTime(account.clock.now())
        self._began = self._time.now
        self._account = ScratchAccount(account, self._time)
        self._balance = self._left = self._account.ledger.remaining

    @property
    def seconds(self) -> float:
        """How long all requests so far take at the least."""
        return self._time.now - self._began

    @property
    def remaining(self) -> int | None:
        """The credits that are left, none to a key that is refused; None is unlimited."""
        return self._account.ledger.remaining if self._refusal is None else 0

    async def ask(self, request: PreviewRequest) -> PreviewOutcome:
        """What comes of a request. An index that it searches is waited for."""
        outcome = PreviewOutcome()
        match = self._table.find(request.method, request.path)
        if match is None:
            _refuse(outcome, unrouted(self._table, request.method, request.path), GENERATIONS[0])
            return outcome
        route, parameters = match
        app = route.app
        scope = _scope(request, self._key, parameters)
        exchange = Exchange(0.0)
        exchange.begin(scope)
        exchange.body = request.body if len(request.body) <= MOST_BODY else None
        exchange.operation = outcome.operation = app.operation
        if app.warning is not None:
            exchange.warnings.append(app.warning)
        if isinstance(app.admission, SearchableGuard) and self._refusal is None:
            waiting = app.admission.waiting(lambda: self._account, exchange)
            if waiting is not None:
                await waiting
        self._decide(app, scope, exchange, outcome)
        return outcome

    def _decide(self, app: OperationApp, scope: Scope, exchange: Exchange, outcome: PreviewOutcome) -> None:
        """Ask the steps until one has replied, and find out what it would have cost otherwise."""
        ledger = self._account.ledger
        ledger.unpaid = 0
        position = -1
        try:
            for step in app.steps:
                position += 1
                if isinstance(step, OperationEndpoint) and ledger.remaining != self._balance:
                    self._left = ledger.remaining  # credits were renewed, or a rule took some
                self._ask(step, scope, exchange, outcome)
                if exchange.reply is not None:
                    break
        except ApiError as error:
            _refuse(outcome, error, app.generation)
        if exchange.reply is not None:
            outcome.status = exchange.reply.status
        outcome.charged = exchange.charged
        outcome.price = exchange.charged + ledger.unpaid
        outcome.entries = outcome.priced = exchange.entries
        outcome.rules, outcome.warnings = exchange.rules, exchange.warnings
        last = len(app.steps) - 1
        if outcome.status == _OF_CREDITS or (self._rich is not None and position == last):
            self._price(app.steps[min(position + 1, last) :], scope, exchange, outcome)
        if position == last or outcome.price:
            self._balance = ledger.remaining
            if self._left is not None:
                self._left -= outcome.price
                self.missing = max(self.missing, -self._left)
        if exchange.fired is not None:
            _tell_fault(exchange.fired, app.delay_factor, outcome)

    def _ask(self, step: Step, scope: Scope, exchange: Exchange, outcome: PreviewOutcome) -> None:
        """Ask one step.

        Raises:
            ApiError: it refuses the request.
        """
        if isinstance(step, AuthGuard):
            if self._refusal is not None:
                step.find(self._key, self._accounts.look)
            self._account.begin_request(self._time.now)
            exchange.account, exchange.begun = self._account, self._time.now
        elif isinstance(step, ReplayGuard):
            if step.replays.of(exchange.tenant)[0] is not None:
                outcome.notes.append(_NO_CASSETTE)
        elif isinstance(step, OperationEndpoint):
            answer = step.answer(scope, exchange)
            if isinstance(answer, Reply):
                exchange.reply = answer
                return
            if isinstance(answer, Coroutine):
                answer.close()  # it has not begun, and never will
            exchange.reply = Reply({})
            outcome.notes.append(_NOT_AWAITED)
        else:
            if isinstance(step, RateLimitGuard):
                self._reach_room(step.endpoint, exchange, outcome)
            step(scope, exchange)

    def _reach_room(self, endpoint: EndpointWindow, exchange: Exchange, outcome: PreviewOutcome) -> None:
        """Note the window that has no room, and move to when all have, where one waits."""
        account, time = self._account, self._time
        if account.limits == "off" or (account.limits != "enforce" and not self._wait):
            return
        longest = 0.0
        while (full := account.windows.full(endpoint, time.now)) is not None:
            seconds = full.reopens - time.now
            if seconds > longest:
                longest, outcome.limit, outcome.reset = seconds, full, max(1, ceil(seconds))
            if not self._wait:
                return
            if account.limits != "enforce" and _SHOWN_ALONE not in outcome.notes:
                outcome.notes.append(_SHOWN_ALONE)
            self.waits[full.name] = self.waits.get(full.name, 0.0) + seconds
            time.now = full.reopens
        if longest:  # it is sent once more, and finds credits that were renewed meanwhile
            account.begin_request(time.now)
            exchange.begun = time.now

    def _price(
        self, steps: Sequence[Step], scope: Scope, exchange: Exchange, outcome: PreviewOutcome
    ) -> None:
        """What the request costs where the balance is enough, for it and those before."""
        if self._rich is None:
            self._rich = ScratchAccount(self._account, self._time)
        rich = self._rich
        rich.ledger.total = None
        rich.requests = self._account.requests  # ids follow from it
        again = Exchange(0.0)
        again.account, again.begun, again.body = rich, exchange.begun, exchange.body
        again.operation, again.outcomes = exchange.operation, dict(exchange.outcomes)
        again.cells, again.erase, again.lasting = exchange.cells, exchange.erase, exchange.lasting
        try:
            for step in steps:
                self._ask(step, scope, again, PreviewOutcome())
        except ApiError:
            pass  # it is refused for something else than its price
        outcome.price, outcome.priced = again.charged, again.entries
        if outcome.status == _OF_CREDITS:
            outcome.entries = again.entries


def _refuse(outcome: PreviewOutcome, error: ApiError, generation: str) -> None:
    outcome.refusal, outcome.status, outcome.error = error, error.kind.status, error.kind.name
    outcome.message = error.documented_message(generation)
    error.__traceback__ = error.__context__ = None


def _tell_fault(fired: FiredRule, delay_factor: float, outcome: PreviewOutcome) -> None:
    respond = fired.rule.respond
    if respond.delay is not None:
        outcome.delay = respond.delay.seconds(*fired.draws) * delay_factor
    outcome.bytes_per_second = respond.bytes_per_second
    if respond.fault is not None:
        outcome.fault = outcome.error = respond.fault
        if respond.fault == "cut-before-headers":
            outcome.status = None


def _scope(request: PreviewRequest, key: str, parameters: Mapping[str, str]) -> Scope:
    """The request as the steps read it."""
    headers = [(b"api_key", key.encode("latin-1")), *([_TEXT] if request.body else [])]
    return {
        "type": "http",
        "method": request.method,
        "path": request.path,
        "query_string": request.query,
        "headers": headers,
        "path_params": parameters,
    }

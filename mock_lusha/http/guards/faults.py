"""Makes calls fail as the scenarios say that are active for them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply
from mock_lusha.errors import CATALOGUE, ApiError, ConfigError, Detail
from mock_lusha.http.guards.rate_limit import refuse, show
from mock_lusha.state.limits import window_of

if TYPE_CHECKING:
    from types import ModuleType

    from starlette.types import Scope

    from mock_lusha.contract.document import Operation
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.scenario.engine import Decision, FiredRule, ScenarioRuns
    from mock_lusha.scenario.library import Library
    from mock_lusha.scenario.model import Scenario
    from mock_lusha.state.accounts import Account, Accounts
    from mock_lusha.state.limits import EndpointWindow

HEADER = b"x-mock-lusha-scenario"


class FaultsGuard:
    """Asks the rules that were added for the account one by one, then the scenario of the request (header),
    of the account, or of the server: the first there is. Behind it stand the magic identifiers, if they are
    on. The first rule that fits decides."""

    def __init__(
        self,
        operation: Operation,
        endpoint: EndpointWindow,
        accounts: Accounts,
        library: Library,
        *,
        magic: bool,
    ) -> None:
        self.operation = operation
        self.endpoint = endpoint
        self.accounts = accounts
        self.library = library
        self.magic = magic

    def __call__(self, scope: Scope, exchange: Exchange) -> None:
        account = exchange.tenant
        body = exchange.body or b""
        header_scenario = self._header_scenario(scope)
        scenario = header_scenario
        runs = []
        if account.added is not None:
            runs.append((account.added.scenario, account.added.progress))
        if header_scenario is None and account.active is not None:
            runs.append((account.active.scenario, account.active.progress))
        elif header_scenario is None:
            scenario = self.accounts.scenario
        if scenario is not None:
            runs.append((scenario, account.progress_in(scenario)))
        magic = self.library.magic if self.magic else None
        if magic and magic.may_fit(scope["query_string"], body) and magic.scenario is not scenario:
            runs.append((magic.scenario, account.progress_in(magic.scenario)))
        if not runs:
            return
        call = self._engine.CallFacts(self.operation, scope, body, account.key, exchange.now)
        for active, progress in runs:
            decision = self._runs.of(active, progress, account.seed, account.name).decide(call)
            if decision.warnings:
                exchange.warnings += decision.warnings
            if decision.noted or decision.fired is not None:
                _note(exchange, decision)
                if magic and active is magic.scenario:
                    exchange.lasting = tuple(word for word, _ in decision.outcomes)
            if decision.fired is not None:
                self._happens(exchange, account, decision.fired)
                break

    @cached_property
    def _engine(self) -> ModuleType:
        """What runs scenarios, imported where one is active."""
        from mock_lusha.scenario import engine  # noqa: PLC0415

        return engine

    @cached_property
    def _runs(self) -> ScenarioRuns:
        runs: ScenarioRuns = self._engine.ScenarioRuns()
        return runs

    def _header_scenario(self, scope: Scope) -> Scenario | None:
        for name, value in scope["headers"]:
            if name == HEADER:
                try:
                    return self.library.get(value.decode("latin-1").strip())
                except ConfigError as error:
                    raise ApiError("bad-request", [Detail(f"{HEADER.decode()}: {error}")]) from None
        return None

    def _happens(self, exchange: Exchange, account: Account, fired: FiredRule) -> None:
        """Do what the rule says before the call is served, or instead of it."""
        respond = fired.rule.respond
        exchange.fired = fired
        if respond.drain is not None:
            account.ledger.drain(respond.drain)
        if respond.spend:
            account.windows.spend(respond.spend, exchange.now)
            if account.limits != "off":
                show(exchange, exchange.now)
        exchange.erase = respond.erase
        exchange.cells = respond.cells
        if respond.error is not None:
            raise self._refusal(exchange, account, respond.error)
        if respond.status is not None:
            from mock_lusha.scenario.model import UNSET  # noqa: PLC0415 - a rule fired, so it is there

            body = b"" if respond.body is UNSET else respond.body
            if isinstance(body, str) and respond.content_type is not None:
                body = body.encode()  # a text under a type of its own is sent as it is
            exchange.reply = Reply(body, respond.status, content_type=respond.content_type)

    def _refusal(self, exchange: Exchange, account: Account, name: str) -> ApiError:
        windows = account.windows
        if CATALOGUE[name].status not in {401, 429}:
            return ApiError(name)
        if account.limits != "off":
            windows.uncount(self.endpoint)
        if CATALOGUE[name].status == 401:
            exchange.headers = []  # a key that is not known has no limits to show
            return ApiError(name)
        error = ApiError(name, values=windows.terms(name, exchange.now))
        return refuse(exchange, error, exhausted=window_of(name))


def _note(exchange: Exchange, decision: Decision) -> None:
    for word, outcome in decision.outcomes:
        exchange.outcomes.setdefault(word, outcome)
    for rule in decision.noted:
        exchange.rules.append(str(rule))
    if decision.fired is not None:
        exchange.rules.append(str(decision.fired))

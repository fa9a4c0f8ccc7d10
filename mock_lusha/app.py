"""The application: contract joined with handlers, and the guards around each operation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware

from mock_lusha.api.handlers import Handlers
from mock_lusha.caching import CacheStore
from mock_lusha.clock import Clock
from mock_lusha.config import Settings, data_folder
from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import GENERATIONS, Registry
from mock_lusha.contract.successors import Successor
from mock_lusha.control.context import ControlContext
from mock_lusha.control.routes import control_routes
from mock_lusha.coverage.late_reader import LateReader
from mock_lusha.dashboard.routes import page_routes
from mock_lusha.errors import ConfigError
from mock_lusha.http.access_log import ExchangeLogMiddleware
from mock_lusha.http.endpoint import OperationEndpoint
from mock_lusha.http.guards.absent import RemovedGuard, UnservedGuard
from mock_lusha.http.guards.auth import AuthGuard
from mock_lusha.http.guards.faults import FaultsGuard
from mock_lusha.http.guards.plan_gate import GateGuard
from mock_lusha.http.guards.rate_limit import RateLimitGuard
from mock_lusha.http.guards.replay import ReplayGuard, Replays
from mock_lusha.http.guards.retirement import RetirementGuard
from mock_lusha.http.guards.search_index import SearchableGuard
from mock_lusha.http.guards.standing import StandingGuard
from mock_lusha.http.operation import OperationApp
from mock_lusha.http.router import OperationRoute, OperationRouter
from mock_lusha.index_builder import Preparation
from mock_lusha.readiness import Readiness
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.library import Library
from mock_lusha.state.account_profiles import load_profiles
from mock_lusha.state.accounts import Accounts
from mock_lusha.state.journal import Journal
from mock_lusha.state.limits import EndpointWindow
from mock_lusha.state.totals import Totals
from mock_lusha.values import frozen
from mock_lusha.version import __version__
from mock_lusha.webhook_driver import WebhookDriver
from mock_lusha.world_store import WorldStore

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from starlette.types import ASGIApp

    from mock_lusha.captures.captures import Captures
    from mock_lusha.config.webhook_presets import WebhookPresets
    from mock_lusha.contract.document import Operation
    from mock_lusha.control.concerns import Concern
    from mock_lusha.http.operation import Order, Step
    from mock_lusha.http.preview import AccountPreview
    from mock_lusha.replication.replica import Replica
    from mock_lusha.state.account_profiles import AccountProfile
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.webhooks import Webhooks

_FEW = 100_000
"""People of a world that is drawn up in a moment."""


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    fast: bool = True,
    sources: Mapping[str, str] | None = None,
    captured: bool = False,
) -> Starlette:
    """An ASGI application that serves the Lusha API.

    ``clock`` defaults to the machine's, set to ``settings.now`` if that is given. Without ``fast`` the twins
    written for speed are left out (see ``world/fast/README.md``): the answers are the same. ``sources`` says
    where settings came from, for those who look at them. With ``captured``, and wherever the settings name a
    store, ``app.state.captures`` has accounts in bytes.

    Where the settings name a store, ``app.state.begin`` is to be awaited on the loop that serves, before the
    first call.

    Raises:
        ConfigError: a file named in the settings cannot be used.
        ContractError: two contracts have one operation, or one does not say where its handler is.
    """
    settings = settings or Settings()
    clock = clock or Clock(settings.now)
    registry = Registry.load()
    handlers = Handlers(registry.operations)
    shipped = load_profiles([data_folder("fixtures") / "accounts.yaml"])
    own = {} if settings.accounts is None else load_profiles([settings.accounts])
    profiles = {**shipped, **own}
    facts = Facts(*registry.contracts.values())
    library = open_library(settings, facts, profiles)
    worlds = WorldStore(settings, fast=fast)

    def preset(account: Account, presets: WebhookPresets, since: float) -> Webhooks:
        from mock_lusha.api.v3.subscription_presets import preset_webhooks  # noqa: PLC0415 - where there are

        return preset_webhooks(account, worlds, presets, since)

    kinds = _kinds(captured=captured or settings.store is not None, shared=settings.store is not None)
    names = shipped.keys() - own.keys()
    totals = kinds.totals()
    accounts = kinds.accounts(settings, clock, profiles, names, library.named_or_file, preset, totals)
    preparation = Preparation(worlds)
    replays = open_replays(settings)
    caches = CacheStore()
    reader = LateReader(registry)
    journal = kinds.journal(settings.journal, reader)
    accounts.on_idle = journal.forget_idle
    replica = _replica_of(settings, clock, journal, accounts)
    order, order_of, order_of_page = (None, None, None) if replica is None else _orders(replica)

    routes = [
        OperationRoute(
            operation.method,
            path,
            partial(
                _serving,
                registry,
                operation,
                handlers,
                path,
                accounts,
                worlds,
                preparation,
                library,
                replays,
                settings,
                clock,
                caches,
                order,
            ),
        )
        for operation in registry.operations.values()
        for path in operation.paths
    ]
    routes += [
        OperationRoute(
            method,
            path,
            partial(
                OperationApp,
                [AuthGuard(accounts), RemovedGuard(path, operation)],
                clock,
                settings.error_format,
                generation=operation.generation,
                order=order,
            ),
        )
        for operation in registry.operations.values()
        for path in operation.replaces
        for method in ("GET", "POST")
    ]
    readiness = Readiness()
    webhooks = WebhookDriver(accounts, worlds, settings, silent=settings.replay_only)

    def preview_of(key: str, wait: bool) -> AccountPreview:
        from mock_lusha.http.preview import AccountPreview  # noqa: PLC0415 - where somebody asks

        return AccountPreview(router.table, accounts, key, wait=wait)

    steering = ControlContext(
        settings=settings,
        clock=clock,
        registry=registry,
        control=Contract.load("control"),
        facts=facts,
        library=library,
        accounts=accounts,
        worlds=worlds,
        journal=journal,
        readiness=readiness,
        version=__version__,
        webhooks=webhooks,
        sources=sources or {},
        preparation=preparation,
        preview_of=preview_of,
        reader=reader,
        started=clock.machine(),
        **({} if replica is None else _shared_watch(replica)),
    )
    middleware = [
        Middleware(
            kinds.log,
            clock=clock,
            journal=journal,
            totals=totals,
            log_format=settings.log_format,
            log_level=settings.log_level,
        )
    ]
    if settings.cors:
        from mock_lusha.http.cors import NamedOriginsMiddleware  # noqa: PLC0415 - where one is named

        # Outermost: preflights are the browser's, and no calls to write down.
        middleware.insert(0, Middleware(NamedOriginsMiddleware, origins=settings.cors))
    app = Double(middleware=middleware)
    app.state.replica = replica
    app.state.captures = captures = kinds.captures(steering)
    if replica is not None and captures is not None:
        replica.captures = captures
    app.state.begin = partial(_begin, app, webhooks, clock)
    app.state.journal = journal
    app.state.readiness = readiness
    app.state.webhooks = webhooks
    app.state.warm = lambda: preparation.warm(_worlds_of(settings, clock, profiles.values()))
    app.state.replays = replays
    app.router = router = OperationRouter(
        [*routes, *control_routes(steering, order_of), *page_routes(settings, clock, order_of_page)],
        clock,
        settings.error_format,
        GENERATIONS[0],
        order,
    )
    return app


@frozen
class _Kinds:
    """The classes of what a server counts and keeps, and what captures that, if anything does."""

    totals: type[Totals] = Totals
    accounts: type[Accounts] = Accounts
    journal: type[Journal] = Journal
    log: type[ExchangeLogMiddleware] = ExchangeLogMiddleware
    captures: Callable[[ControlContext], Captures | None] = lambda _: None


def _kinds(*, captured: bool, shared: bool) -> _Kinds:
    if not captured:
        return _Kinds()
    from mock_lusha.captures import opening  # noqa: PLC0415 - where accounts are captured

    return _Kinds(
        opening.SharedTotals,
        opening.SharedAccounts,
        opening.SharedJournal,
        opening.SharedKeysLogMiddleware if shared else opening.KeysLogMiddleware,
        opening.captures_of,
    )


def _replica_of(settings: Settings, clock: Clock, journal: Journal, accounts: Accounts) -> Replica | None:
    """What shares the state of the server with others, where the settings name a store.

    Raises:
        ConfigError: it cannot be used.
    """
    if settings.store is None:
        return None
    from mock_lusha.replication.opening import replica_of  # noqa: PLC0415 - where there is a store

    return replica_of(settings, clock, journal, accounts)


def _orders(replica: Replica) -> tuple[Order, Callable[[Concern], Order], Order]:
    """The orders in which calls of the API, of the control API, and of / are decided."""
    from mock_lusha.replication.orders import CallOrder, PageOrder, SteeringOrder  # noqa: PLC0415 - as above

    return CallOrder(replica), partial(SteeringOrder, replica), PageOrder(replica)


def _shared_watch(replica: Replica) -> dict[str, Any]:
    """What the control API has where processes share their state, for those who watch."""
    from mock_lusha.replication.poller import Poller  # noqa: PLC0415 - as above

    return {"follow": Poller(partial(replica.look, None)).follow, "run": replica.run}


async def _begin(
    app: Starlette, webhooks: WebhookDriver, clock: Clock, loop: asyncio.AbstractEventLoop
) -> None:
    """Have what others that share the state did, and deliver webhooks from now on.

    Raises:
        StoreError: the store cannot be used.
    """
    replica: Replica | None = app.state.replica
    if replica is not None:
        from mock_lusha.replication.steering import Steering  # noqa: PLC0415 - as above

        replica.app = app
        webhooks.shared = Steering(replica, clock)
        app.state.readiness.trouble = replica.trouble
        await replica.open()
    webhooks.start(loop)


def _worlds_of(
    settings: Settings, clock: Clock, profiles: Iterable[AccountProfile]
) -> list[tuple[str, date]]:
    """The seeds and days of the worlds that unnamed and named accounts look into, each once."""
    today = settings.as_of or clock.today()
    own = [
        (each.overrides.get("seed", settings.seed), each.overrides.get("as_of", today)) for each in profiles
    ]
    return list(dict.fromkeys([(settings.seed, today), *own]))


def open_replays(settings: Settings) -> Replays:
    """What is replayed: the cassette of the settings, if there is one.

    Raises:
        CassetteError: it cannot be used.
        RedactionError: there is no key to find anything in it.
    """
    if settings.cassette is None:
        if settings.replay_only:
            raise ConfigError("replay_only: there is no cassette to replay; name one with --cassette FILE")
        return Replays()
    from mock_lusha.recorder.opening import open_recorder  # noqa: PLC0415 - where there is a cassette

    return Replays(open_recorder(settings.cassette), only=settings.replay_only)


def open_library(settings: Settings, facts: Facts, profiles: Mapping[str, AccountProfile]) -> Library:
    """The scenarios there are. Those of the user, and those that settings and accounts name, are read.

    Raises:
        ConfigError: one of them is not there, or cannot be used.
    """
    library = Library(data_folder("scenarios"), settings.scenarios, facts)
    library.check()
    if settings.scenario is not None:
        library.named_or_file(settings.scenario)
    for name, profile in profiles.items():
        if "scenario" in profile.overrides:
            try:
                library.named_or_file(profile.overrides["scenario"])
            except ConfigError as error:
                raise ConfigError(f"account {name}: {error}") from None
    return library


def _serving(
    registry: Registry,
    operation: Operation,
    handlers: Handlers,
    path: str,
    accounts: Accounts,
    worlds: WorldStore,
    preparation: Preparation,
    library: Library,
    replays: Replays,
    settings: Settings,
    clock: Clock,
    caches: CacheStore,
    order: Order | None,
) -> OperationApp:
    """An operation: its guards in the order in which they are asked, and its handler."""
    admission = None
    if operation.index is not None and not operation.unserved:
        admission = SearchableGuard(
            accounts,
            replays,
            preparation,
            index=operation.index,
            small=settings.people <= _FEW,
            retires=operation.retires,
        )
    window = EndpointWindow.of(operation)
    successor = Successor.of(operation, registry.operations) if operation.retires else None
    retirement = None if successor is None else RetirementGuard(successor, settings.v2)
    endpoint: Step = (
        UnservedGuard(operation)
        if operation.unserved
        else OperationEndpoint(
            registry.contract_of(operation), operation, handlers.of(operation), worlds, settings, caches
        )
    )
    steps: list[Step] = [
        # Only live answers of v3 were seen to tell a key of another form.
        AuthGuard(accounts, checks_form=operation.generation == "v3" and settings.error_format == "live"),
        StandingGuard(window),
        *(() if retirement is None else (retirement,)),
        RateLimitGuard(window),
        FaultsGuard(operation, window, accounts, library, magic=settings.magic),
        ReplayGuard(replays),
        GateGuard(operation.feature, operation.gates),
        endpoint,
    ]
    old = f"the path {path} is an old one of {operation.path}" if path != operation.path else None
    return OperationApp(
        steps,
        clock,
        settings.error_format,
        admission=admission,
        delay_factor=settings.delay_factor,
        generation=operation.generation,
        operation=operation,
        warning=old,
        announce=None if retirement is None else retirement.announce,
        order=order,
    )


class Double(Starlette):
    """The application. Every route turns what goes wrong into an answer, so that the layers with which
    Starlette does so are left out."""

    def build_middleware_stack(self) -> ASGIApp:
        """The middlewares that were added, around the router."""
        app: ASGIApp = self.router
        for cls, args, kwargs in reversed(self.user_middleware):
            app = cls(app, *args, **kwargs)
        return app

"""Accounts: the API key is the tenant."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from mock_lusha.caching import GenerationalMap
from mock_lusha.errors import ApiError, nearest
from mock_lusha.plans import FEATURES, PLANS
from mock_lusha.scenario.progress import Begun
from mock_lusha.seeded import number
from mock_lusha.state.account_profiles import AccountProfile
from mock_lusha.state.jobs import Jobs
from mock_lusha.state.ledger import Ledger
from mock_lusha.state.limits import Windows
from mock_lusha.state.lookalike_sessions import LookalikeSessions
from mock_lusha.state.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from mock_lusha.clock import Clock
    from mock_lusha.config import Settings
    from mock_lusha.config.webhook_presets import WebhookPresets
    from mock_lusha.scenario.model import Scenario
    from mock_lusha.scenario.progress import Progress
    from mock_lusha.state.tables import Tables
    from mock_lusha.state.webhooks import Webhooks

    Presetting = Callable[["Account", WebhookPresets, float], Webhooks]
    """Makes the webhooks that a profile asks for, as of a moment."""

LEAST_KEY = 12
"""Characters of a key whose last four may be shown."""
MOST_SCENARIOS = 100
"""How many scenarios an account remembers its progress in."""
MOST = 10_000
"""How many unnamed accounts are kept; past that the longest idle one is forgotten."""
REMEMBERED = 50_000
"""How many ids an account remembers of people, and as many of companies, at the least."""


class Account:
    """One tenant: its profile over the settings, its credits, its windows, and the ids it was given.

    ``label`` is its masked key, ``title`` what it is called beside that (a test's id, for instance),
    ``clock`` its own time.
    """

    on_planned: Callable[[Account], None] | None = None
    """Called when something was planned of its webhooks."""
    totals: Totals | None = None
    """Where the server counts what comes of its webhooks."""
    number = 0
    """The number of what used it last, where processes share their state."""

    def __init__(
        self,
        key: str,
        label: str,
        profile: AccountProfile,
        settings: Settings,
        clock: Clock,
        scenario: Scenario | None = None,
        preset: Presetting | None = None,
    ) -> None:
        own: Mapping[str, Any] = profile.overrides
        self.key = key
        self.label = label
        self.title: str | None = None if profile.label is None else without(key, profile.label)
        self.profile = profile
        self.clock = clock.of_its_own()
        self.shared: OrderedDict[str, Begun] = OrderedDict()
        """How far scenarios of the server and of requests have come, by the digest of the scenario."""
        self.begun: OrderedDict[int, Begun] = OrderedDict()
        """Scenarios that were begun for this account alone, by their number, also those that ended."""
        self.active: Begun | None = None
        self._numbers = 0
        self.added: Begun | None = None
        """Rules that were added one by one, and are asked before those of any scenario."""
        self.plan = PLANS[own.get("plan", settings.plan)]
        self.seed: str = own.get("seed", settings.seed)
        self.as_of: date = own.get("as_of", settings.as_of or clock.today())
        self.dialect: str = own.get("dialect", settings.dialect)
        self.error_format: str = own.get("error_format", settings.error_format)
        self.limits: str = own.get("limits", settings.limits)
        self.strict: str = own.get("strict", settings.strict)
        self.match_rate: float = own.get("match_rate", settings.match_rate)
        self.waterfall: bool = own.get("waterfall", settings.waterfall)
        self.v2: str = own.get("v2", settings.v2)
        self.tracked_domains: tuple[str, ...] = own.get("tracked_domains", settings.tracked_domains)
        """Clean domains of the websites whose visits are known."""
        self.signal_score_price: str = own.get("signal_score_price", settings.signal_score_price)
        self.jobs = Jobs()
        self.webhook_delivery: str = own.get("webhook_delivery", settings.webhook_delivery)
        self.users: tuple[str, ...] = own.get("users", settings.users)
        """The e-mail addresses of its users, the owner of the key first."""
        self.lookalikes = LookalikeSessions()
        self._open_gates = settings.gates == "open"
        self._period = settings.renew_days * 86_400
        self._renewed: float | None = None
        self.take_features()
        self.ledger = Ledger(own.get("credits", settings.credits))
        self.windows = Windows(self.plan, profile.spent)
        self.requests = 0
        self.people: GenerationalMap[int, str] = GenerationalMap(REMEMBERED)
        """Whom ids were given out for, by id: the text of an identity, or an address that says as much."""
        self.companies: GenerationalMap[int, str] = GenerationalMap(REMEMBERED)
        """Which companies ids were given out for: identity domain by id."""
        self._revealed: GenerationalMap[int, object] = GenerationalMap(REMEMBERED)
        self.overlay: Any = None
        """What its world has that no other has (see ``world_store``)."""
        self._preset = None if profile.webhooks is None else preset
        self._made = 0.0 if self._preset is None else self.clock.now()
        if scenario is not None:
            self.start(scenario)

    def __repr__(self) -> str:
        title = "" if self.title is None else f", label {self.title!r}"
        return f"<account {self.label} {self.fingerprint}, plan {self.plan.name}{title}>"

    @property
    def name(self) -> str:
        """The key up to a ``~``: what stands behind it tells accounts apart and changes nothing that is drawn
        or made for them, so that a suite sees the same on a server it shares with others."""
        return self.key.partition("~")[0]

    @property
    def pays_for_scores(self) -> bool:
        """Whether scores of signals cost credits."""
        return self.signal_score_price == "paid"

    def progress_in(self, scenario: Scenario) -> Progress:
        """How far a scenario of the server or of a request has come; of very many the oldest is forgotten."""
        run = self.shared.get(scenario.digest)
        if run is None:
            run = self.shared[scenario.digest] = Begun(scenario)
            if len(self.shared) > MOST_SCENARIOS:
                self.shared.popitem(last=False)
        return run.progress

    @property
    def scenario(self) -> Scenario | None:
        """The scenario of this account's own that is active."""
        return None if self.active is None else self.active.scenario

    def start(self, scenario: Scenario) -> None:
        """Begin a scenario of this account's own, from its beginning."""
        self._numbers += 1
        self.active = self.begun[self._numbers] = Begun(scenario)
        if len(self.begun) > MOST_SCENARIOS:
            self.begun.popitem(last=False)

    @property
    def active_number(self) -> int | None:
        """The number of the scenario that is active, among those that were begun."""
        return next((number for number, run in self.begun.items() if run is self.active), None)

    def resume(self, number: int) -> bool:
        """Continue a scenario that was begun, from where it was; False where there is no such scenario."""
        self.active = self.begun.get(number, self.active)
        return number in self.begun

    @cached_property
    def tables(self) -> Tables:
        """Its tables."""
        from mock_lusha.state.tables import Tables  # noqa: PLC0415 - for accounts that have some

        return Tables(self.seed, self.name)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Its webhooks."""
        from mock_lusha.state.webhooks import Webhooks  # noqa: PLC0415 - for accounts that have some

        if self._preset is None or self.profile.webhooks is None:
            hooks = Webhooks()
        else:  # as if they had been made with the account: what happened since then is to be delivered
            hooks = self._preset(self, self.profile.webhooks, self._made)
        if self.on_planned is not None:
            hooks.on_planned = partial(self.on_planned, self)
        hooks.totals = self.totals
        return hooks

    @property
    def has_webhooks(self) -> bool:
        """Whether it was asked for its webhooks, or has some from its beginning; looking makes none."""
        return self._preset is not None or "webhooks" in self.__dict__

    @cached_property
    def fingerprint(self) -> str:
        """Tells accounts apart where keys are masked: 8 hex digits that follow from the key."""
        return f"{number('fingerprint', self.key) & 0xFFFFFFFF:08x}"

    def take_features(self) -> None:
        """Have the features of its plan and profile."""
        plan, profile = self.plan, self.profile
        if self._open_gates:
            self.features = frozenset(FEATURES)
            self.unified = True
        else:
            self.features = plan.features if profile.features is None else profile.features
            self.unified = plan.unified if profile.unified_credits is None else profile.unified_credits

    def change_plan(self, name: str) -> None:
        """Move to another plan: its features and limits from now on. Credits and what was used stay."""
        self.plan = PLANS[name]
        self.take_features()
        self.windows.change(self.plan)

    def begin_request(self, now: float) -> None:
        """Count a request at ``now`` on the account's clock, and renew the credits if their period is over.

        Periods follow one another without gaps from the account's first request on.
        """
        self.requests += 1
        if self._period:
            if self._renewed is None or now < self._renewed:
                self._renewed = now
            elif now - self._renewed >= self._period:
                self._renewed += (now - self._renewed) // self._period * self._period
                self.ledger.renew()

    def period(self, now: float) -> tuple[float, float | None]:
        """When the present period of the credits began and ends; it has no end where they are not renewed."""
        start = now if self._renewed is None else self._renewed
        return start, start + self._period if self._period else None

    def remember(self, people: Mapping[int, str], companies: Mapping[int, str]) -> None:
        """Remember the people and companies that ids were given out for (see ``people``, ``companies``)."""
        self.people.update(people)
        self.companies.update(companies)

    def reveal(self, people: Mapping[int, object]) -> None:
        """Note that people, by their ids, were shown to this account without a detail to pay for."""
        self._revealed.update(people)

    def has_revealed(self, person_id: int) -> bool:
        """Whether a person's details were shown to this account, as far as it remembers."""
        return self.ledger.knows(person_id) or person_id in self._revealed


class Accounts:
    """All accounts by key. An unnamed key gets the settings' plan and credits; strict keys refuse it.

    ``shipped`` are names that everybody knows, which logs may show. ``scenario_of`` finds the scenario that
    a profile or the settings name, ``preset`` makes the webhooks of a profile when they are first used.
    """

    forgets = True
    """Whether the longest idle accounts are forgotten where there are very many."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        profiles: Mapping[str, AccountProfile],
        shipped: Collection[str] = (),
        scenario_of: Callable[[str], Scenario] | None = None,
        preset: Presetting | None = None,
        totals: Totals | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._unnamed = AccountProfile("")
        self._scenario_of = scenario_of
        self._preset = preset
        self._with_profile: dict[str, Account] = {}
        self._others: OrderedDict[str, Account] = OrderedDict()
        self._titles: GenerationalMap[str, str] = GenerationalMap(MOST)
        self._initial = profiles
        self.profiles = dict(profiles)
        self.on_planned: Callable[[Account], None] | None = None
        """Called when something was planned of an account's webhooks."""
        self.on_idle: Callable[[str], None] = lambda _: None
        """Called with the key of an account that was forgotten since it was idle longest."""
        self.totals = totals or Totals()
        self.number = 0
        """The number of what uses accounts now, where processes share their state: they list them by it, as
        each uses them in another order."""
        self.scenario: Scenario | None = None
        """What makes calls fail of accounts without a scenario of their own."""
        self.reset()
        self._shipped = shipped

    def get(self, key: str) -> Account:
        """The account of a key, made at its first request. ``NAME+SUFFIX`` is its own with NAME's profile.

        Raises:
            ApiError: ``unauthorized`` for a key whose story is that it is invalid, or one that no account
                names where keys are strict.
        """
        account = self._with_profile.get(key)
        if account is None:
            account = self._others.get(key)
            if account is not None:
                self._others.move_to_end(key)
        if account is None:
            account = self._make(key)
        account.number = self.number
        return account

    def look(self, key: str) -> Account:
        """As ``get``, but an account that is made for it is not kept.

        Raises:
            ApiError: as ``get`` does.
        """
        return self._with_profile.get(key) or self._others.get(key) or self._new(key)

    def _make(self, key: str) -> Account:
        account = self._new(key)
        account.on_planned, account.totals = self._planned, self.totals.of(key)
        account.number = self.number
        if key in self.profiles:
            self._with_profile[key] = account
        else:
            self._others[key] = account
            if self.forgets and len(self._others) > MOST:
                self.on_idle(self._others.popitem(last=False)[0])
        if account.has_webhooks:
            self._planned(account)
        return account

    def _profile_of(self, key: str) -> AccountProfile | None:
        profile = self.profiles.get(key)
        if profile is None and "+" in key:
            profile = self.profiles.get(key.partition("+")[0])
        return profile

    def _new(self, key: str) -> Account:
        profile = self._profile_of(key)
        if profile is not None and profile.standing == "invalid":
            name_for_logs = profile.name if profile.name in self._shipped else mask(profile.name)
            raise ApiError("unauthorized", [f"the key {name_for_logs!r} stands for one Lusha does not know"])
        if profile is None and self._settings.strict_keys:
            raise ApiError(
                "unauthorized",
                [f"no account has this key and keys are strict; {nearest(key, sorted(self._shipped))}"],
            )
        name = "" if profile is None else profile.name
        # Shipped names are not secrets; a user's own accounts may well be named by real keys.
        label = mask(key) if name not in self._shipped else name if key == name else f"{name}+…"
        profile = profile or self._unnamed
        scenario = self._scenario_named(profile.overrides.get("scenario"))
        account = Account(key, label, profile, self._settings, self._clock, scenario, self._preset)
        title = self._titles.get(key)
        if title is not None:
            account.title = title or None
        return account

    def _scenario_named(self, name: str | None) -> Scenario | None:
        return None if name is None or self._scenario_of is None else self._scenario_of(name)

    def _planned(self, account: Account) -> None:
        if self.on_planned is not None:
            self.on_planned(account)

    def with_presets(self) -> Sequence[Account]:
        """The accounts that have webhooks from their beginning by a profile of their own: those that nobody
        used yet are made."""
        keys = [key for key, profile in self.profiles.items() if profile.webhooks is not None]
        return [self.get(key) for key in keys if self.profiles[key].standing != "invalid"]

    def nobody(self) -> Account:
        """An account of no key that has the settings as they are; it is not kept."""
        return Account("", "", self._unnamed, self._settings, self._clock)

    def is_current(self, account: Account) -> bool:
        """Whether an account is that of its key, and was neither reset nor forgotten."""
        return account in (self._with_profile.get(account.key), self._others.get(account.key))

    def knows(self, key: str) -> bool:
        """Whether an account of this key was seen, or has a profile."""
        return key in self._with_profile or key in self._others or key in self.profiles

    def is_used(self, key: str) -> bool:
        """Whether an account of this key is there now, as a request or an order made it."""
        return key in self._with_profile or key in self._others

    def was_given(self, key: str) -> bool:
        """Whether a profile of this key was there from the start."""
        return key in self._initial

    def create(self, key: str, profile: AccountProfile) -> Account:
        """Make an account with a profile of its own."""
        self.profiles[key] = profile
        return self._make(key)

    def put(self, key: str, profile: AccountProfile) -> Account:
        """Make an account with a profile of its own, whether or not there was one of this key."""
        self.forget(key)
        return self.create(key, profile)

    def title(self, account: Account, text: str | None) -> None:
        """Set the title shown beside the masked key, which outlives a restart; None takes it away."""
        account.title = None if text is None else without(account.key, text)
        self._titles.update({account.key: account.title or ""})

    def restart(self, key: str) -> None:
        """Let an account start again with its next request, with the same profile and title."""
        self._with_profile.pop(key, None)
        self._others.pop(key, None)

    def forget(self, key: str) -> None:
        """Forget an account, and its profile if that was not there from the start."""
        self.restart(key)
        self._titles.forget(key)
        if key in self._initial:
            self.profiles[key] = self._initial[key]
        else:
            self.profiles.pop(key, None)

    def start(self, scenario: Scenario) -> None:
        """Begin a scenario, from its beginning, for all accounts that have none of their own."""
        self.scenario = scenario
        for account in self:
            account.shared.pop(scenario.digest, None)

    def reset(self) -> None:
        """Forget all accounts, and what was made besides those given at the start."""
        self._with_profile.clear()
        self._others.clear()
        self._titles = GenerationalMap(MOST)
        self.profiles = dict(self._initial)
        self.scenario = self._scenario_named(self._settings.scenario)

    def __iter__(self) -> Iterator[Account]:
        accounts = [*self._with_profile.values(), *self._others.values()]
        if self.number:
            accounts.sort(key=lambda account: (account.key not in self._with_profile, account.number))
        return iter(accounts)

    def __len__(self) -> int:
        return len(self._with_profile) + len(self._others)


def without(key: str, text: str) -> str:
    """A text in which a key is masked, where it is long enough to be one."""
    return text.replace(key, mask(key)) if len(key) >= LEAST_KEY else text


def mask(key: str) -> str:
    """A key as it may stand in a log."""
    return f"…{key[-4:]}" if len(key) >= LEAST_KEY else "…"

"""What a scenario is once it is read: frozen values, all of them checked."""

from __future__ import annotations

import math
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.scenario.budget import StepBudget
    from mock_lusha.scenario.json_path import JSONPath
    from mock_lusha.scenario.pattern import Pattern

Fault = Literal[
    "cut-before-headers", "cut-mid-body", "truncated-json", "malformed-json", "empty-body",
    "wrong-content-type", "duplicated",
]  # fmt: skip
FAULTS: Final[Mapping[str, Fault]] = {name: name for name in get_args(Fault)}
"""What may happen to an answer on its way."""

Outcome = Literal["not-found", "gdpr", "compliance", "partial", "no-phones", "do-not-call"]
OUTCOMES: Final[Mapping[str, Outcome]] = {name: name for name in get_args(Outcome)}
"""What may come of looking somebody up; of a company, ``not-found`` alone."""

CellOutcome = Literal["no_data", "failed"]
CELL_OUTCOMES: Final[Mapping[str, CellOutcome]] = {name: name for name in get_args(CellOutcome)}
"""What may come of running cells of a table."""

DeliveryFault = Literal["late", "twice", "out-of-order", "wrong-signature", "dropped"]
DELIVERY_FAULTS: Final[Mapping[str, DeliveryFault]] = {name: name for name in get_args(DeliveryFault)}
"""What may happen to the delivery of a webhook."""
DELIVERY: Final = "delivery"
"""What stands for a delivery where rules ask for operations."""

WINDOWS: Final = ("minute", "hourly", "daily")
_ONE_IN_A_HUNDRED = 2.3263478740408408  # standard deviations that 99 of 100 stay below


class Unset:
    """The type of a value that was not given, where None is a value."""


UNSET: Final = Unset()


@frozen
class Matcher:
    """A condition on values: one of them must fit all that is given. ``absent`` asks for none, or for any."""

    equals: Any = UNSET
    contains: str | None = None
    regex: Pattern | None = None
    absent: bool | None = None

    def fits(self, values: Sequence[Any], budget: StepBudget) -> bool:
        """Whether one of the values fits.

        Raises:
            OverBudgetError: the pattern would take more than the budget has left.
        """
        if self.absent is not None:
            return bool(values) is not self.absent
        for value in values:  # noqa: SIM110 - `any` would make a generator for each rule of each call
            if self._fits(value, budget):
                return True
        return False

    def _fits(self, value: Any, budget: StepBudget) -> bool:
        if self.equals is not UNSET and not _same(value, self.equals):
            return False
        text = value if isinstance(value, str) else written(value)
        if self.contains is not None and self.contains not in text:
            return False
        return self.regex is None or self.regex.found_in(text, budget)


def _same(value: Any, wanted: Any) -> bool:
    # What comes as text (headers, a query) is compared as text: 20 in a file means "20" there.
    if isinstance(value, str) and isinstance(wanted, bool | int | float):
        return value == written(wanted)
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return bool(value == wanted)


def written(value: Any) -> str:
    """A JSON value as text."""
    import orjson  # noqa: PLC0415 - for conditions on bodies

    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


@frozen
class Moment:
    """A moment on the clock; if ``relative``, seconds after the first call under the scenario."""

    seconds: float
    relative: bool

    def at(self, begun: float) -> float:
        """The moment in seconds since the epoch."""
        return begun + self.seconds if self.relative else self.seconds


@frozen
class When:
    """Conditions on a call; what is None or empty asks for nothing.

    ``body`` pairs a compiled JSON path (None: the body as text) with a matcher. ``nth`` are ranges of the
    calls that fit all else, counted from 1; an end of None is open.
    """

    operations: frozenset[str] | None = None
    methods: frozenset[str] | None = None
    path: Matcher | None = None
    headers: tuple[tuple[str, Matcher], ...] = ()
    query: tuple[tuple[str, Matcher], ...] = ()
    body: tuple[tuple[JSONPath | None, Matcher], ...] = ()
    key: Matcher | None = None
    identifier: str | None = None
    since: Moment | None = None
    until: Moment | None = None
    nth: tuple[tuple[int, int | None], ...] = ()
    every: int | None = None
    share: float | None = None

    @property
    def always(self) -> bool:
        """Whether every call fits."""
        nth = () if any(first == 1 and last is None for first, last in self.nth) else self.nth
        every = None if self.every == 1 else self.every
        share = None if self.share == 1 else self.share
        return replace(self, nth=nth, every=every, share=share) == When()

    @property
    def named(self) -> int | None:
        """How many calls it names by their numbers; None where that is open."""
        if not self.nth or self.share is not None or any(last is None for _, last in self.nth):
            return None
        count, counted = 0, 0
        step = self.every or 1
        for first, last in sorted((first, last or first) for first, last in self.nth):
            if last > counted:
                count += last // step - max(first - 1, counted) // step
                counted = last
        return count

    def takes(self, n: int, draw: Callable[[], float]) -> bool:
        """Whether the n-th call that fits is one of those meant."""
        if self.nth and not any(first <= n and (last is None or n <= last) for first, last in self.nth):
            return False
        if self.every is not None and n % self.every:
            return False
        return self.share is None or draw() < self.share


@frozen
class Delay:
    """Seconds an answer is held back: ``fixed`` a, ``uniform`` from a to b, or ``lognormal`` with half of all
    below a and 99 of 100 below b."""

    kind: Literal["fixed", "uniform", "lognormal"]
    a: float
    b: float = 0.0

    def seconds(self, first: float, second: float) -> float:
        """The delay for two draws from 0 to 1."""
        if self.kind == "fixed":
            return self.a
        if self.kind == "uniform":
            return self.a + (self.b - self.a) * first
        sigma = math.log(self.b / self.a) / _ONE_IN_A_HUNDRED
        normal = math.sqrt(-2.0 * math.log(1.0 - first)) * math.cos(2.0 * math.pi * second)
        return self.a * math.exp(sigma * normal)


@frozen
class Respond:
    """What happens. With neither ``error`` nor ``status`` the call is really served, and charged for.

    ``patch`` is a JSON merge patch (RFC 7396) of a real answer that succeeded. ``drain`` leaves the account
    that many credits, ``spend`` uses up rate windows, ``erase`` makes the first so many people and companies
    that the call asks for vanish from the account's world. ``outcome`` is what looking up those comes to
    whom ``When.identifier`` names, ``cells`` what comes of the cells of a table that the call runs. Rules
    with ``deliver`` are about deliveries of webhooks, and about no calls; the others are about no deliveries.
    """

    error: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: Any = UNSET
    content_type: str | None = None
    delay: Delay | None = None
    bytes_per_second: int | None = None
    fault: Fault | None = None
    patch: Any = UNSET
    drain: int | None = None
    spend: tuple[str, ...] = ()
    erase: int = 0
    outcome: Outcome | None = None
    cells: CellOutcome | None = None
    deliver: DeliveryFault | None = None


@frozen
class Rule:
    """Conditions, what happens, and the names of the rules that begin to count once this one has fired.

    ``times`` is how often it fires at most; it is then as good as not there.
    """

    name: str
    when: When
    respond: Respond
    then: tuple[str, ...] = ()
    times: int | None = None

    def __str__(self) -> str:
        """What it is about, in a few words: ``searchSingleContact: gdpr``."""
        told = self.respond
        what = (
            told.error
            or told.status
            or told.fault
            or told.outcome
            or told.cells
            or told.deliver
            or "another answer"
        )
        return f"{', '.join(sorted(self.when.operations or ['any call']))}: {what}"

    @property
    def definite(self) -> bool:
        """Whether it names how often, or at which calls, it is to fire."""
        return self.times is not None or bool(self.when.nth)

    @property
    def wanted(self) -> int:
        """How often it says that it fires: as ``times`` has it, or as many calls as ``nth`` names; of those
        that have no end, or are left to a share, once."""
        named = self.when.named
        if self.times is None:
            return 1 if named is None else named
        return self.times if named is None else min(self.times, named)


@frozen
class Scenario:
    """A named list of rules; the first that fits a call decides.

    ``source`` is where it was read from, ``digest`` follows from its content: two with one name may differ.
    """

    name: str
    description: str = ""
    rules: tuple[Rule, ...] = ()
    source: str = ""
    asleep: frozenset[str] = field(default=frozenset())
    """Rules that another one wakes."""
    digest: str = ""

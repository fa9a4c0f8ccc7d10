"""A scenario under way: one account's counters, and what it decides for each call."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

import orjson

from mock_lusha.contract.document import Operation
from mock_lusha.scenario.budget import OverBudgetError, StepBudget
from mock_lusha.scenario.identifiers import flattened, words_of
from mock_lusha.scenario.model import DELIVERY
from mock_lusha.scenario.progress import Progress
from mock_lusha.scenario.rule_index import RuleIndex
from mock_lusha.seeded import share
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping, Sequence

    from mock_lusha.scenario.json_path import JSONPath
    from mock_lusha.scenario.model import Matcher, Outcome, Rule, Scenario, When
    from mock_lusha.scenario.words import Words

    _Check = Callable[["CallFacts", float], bool]
    """Whether a call is as a rule wants it, by when its scenario began."""
    _Conditions = tuple[Rule, bytes | None, bytes | None, tuple[_Check, ...]]

EVERYBODY = "*"
"""The word, in outcomes, of those whom no word names."""
_NOTHING = object()
_DELIVERIES = Operation(DELIVERY, "POST", ("/",), "", "", "", (), None)


class CallFacts:
    """A call as rules see it: its ASGI scope, body, key, and when it came, on the account's clock.

    Query and body are read when the first rule needs them. ``budget`` is what patterns and JSON paths of all
    rules together may cost.
    """

    _flattened: Any = _NOTHING

    def __init__(
        self, operation: Operation, scope: MutableMapping[str, Any], body: bytes, key: str, now: float
    ) -> None:
        self.operation = operation
        self.body = body
        self.key = key
        self.now = now
        self.budget = StepBudget()
        self._scope = scope

    @property
    def method(self) -> str:
        """The method."""
        method: str = self._scope["method"]
        return method

    @property
    def path(self) -> str:
        """The path without a slash at its end."""
        path: str = self._scope["path"]
        return path.removesuffix("/")

    def header(self, name: bytes) -> list[str]:
        """The values of a header, by its name in lower case."""
        return [_decoded(value) for header_name, value in self._scope["headers"] if header_name == name]

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The values of each query parameter; ``a[]`` is ``a``."""
        parameters: dict[str, list[str]] = {}
        for name, value in parse_qsl(self._scope["query_string"].decode("latin-1"), keep_blank_values=True):
            parameters.setdefault(name.removesuffix("[]"), []).append(value)
        return parameters

    @cached_property
    def _json(self) -> Any:
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return _NOTHING

    @property
    def text(self) -> list[str]:
        """The body as text; none where it is empty."""
        return [self.body.decode("utf-8", "replace")] if self.body else []

    def at(self, path: JSONPath) -> list[Any]:
        """What a JSON path finds in the body.

        Raises:
            OverBudgetError: it visits more than the budget has left.
        """
        return [] if self._json is _NOTHING else path.values(self._json, self.budget)

    def has(self, word: bytes) -> bool:
        """Whether a word of ASCII letters is anywhere in the call, or may be."""
        content = self._flattened
        if content is _NOTHING:
            content = self._flatten()
        return content is None or word in content

    def has_any(self, words: Words) -> bool:
        """Whether any of some words of ASCII letters is anywhere in the call, or may be."""
        content = self._flattened
        if content is _NOTHING:
            content = self._flatten()
        return content is None or words.are_in(content)

    def _flatten(self) -> bytes | None:
        content = self._flattened = flattened(self._scope["query_string"], self.body)
        return content

    def sends(self, header: bytes) -> bool:
        """Whether the call has a header, by its name in lower case."""
        for name, _ in self._scope["headers"]:  # noqa: SIM110 - in the hot path
            if name == header:
                return True
        return False

    def spells(self, word: str) -> bool:
        """Whether an identifier of the call spells a word."""
        return (not word.isascii() or self.has(word.encode())) and word in self.words

    @cached_property
    def words(self) -> set[str]:
        """The words that the identifiers of the call spell."""
        return words_of(
            self.operation.identifiers or {}, self.query, None if self._json is _NOTHING else self._json
        )


class DeliveryFacts(CallFacts):
    """What rules may ask of the delivery of a webhook: the body that is sent, and when."""

    def __init__(self, body: bytes, key: str, now: float) -> None:
        scope = {"method": "POST", "path": "/", "query_string": b"", "headers": []}
        super().__init__(_DELIVERIES, scope, body, key, now)


@frozen
class FiredRule:
    """A rule that decides a call: the n-th of those that fit it. ``draws`` seed its delay."""

    scenario: str
    rule: Rule
    n: int
    draws: tuple[float, float]

    def __str__(self) -> str:
        return f"{self.scenario}/{self.rule.name}#{self.n}"


class Decision(NamedTuple):
    """What a scenario says of a call: the rule that decides it, if any, outcomes by identifier word, and what
    kept rules from being asked."""

    fired: FiredRule | None = None
    outcomes: tuple[tuple[str, Outcome], ...] = ()
    noted: tuple[FiredRule, ...] = ()
    warnings: tuple[str, ...] = ()


_NOTHING_HAPPENS = Decision()


class ScenarioRun:
    """A scenario of one account, which changes its ``progress`` and nothing else.

    A rule counts the calls that fit its conditions, whether or not an earlier rule decides them, and a rule
    that others wake counts from when it was woken. Shares and delays are drawn by (seed, account, rule, n),
    so the same calls meet the same fate in every run.
    """

    def __init__(self, scenario: Scenario, seed: str, key: str, progress: Progress | None = None) -> None:
        self.scenario = scenario
        self.progress = progress or Progress.at_start(scenario)
        self._key = (seed, key, scenario.name)
        self._rules: dict[str, RuleIndex[_Conditions]] = {}

    def decide(self, call: CallFacts) -> Decision:
        """Count a call and say what happens to it."""
        progress = self.progress
        start = progress.began
        if start is None:
            start = progress.began = call.now
        rules = self._rules.get(call.operation.id)
        if rules is None:
            rules = self._rules[call.operation.id] = RuleIndex(
                [(conditions[1], conditions) for conditions in self._of(call.operation.id)]
            )
        fitting, warnings = [], []
        for rule, word, header, checks in rules.to_ask(call):
            # What most calls do not have is looked for first.
            if (word is not None and not call.has(word)) or (header is not None and not call.sends(header)):
                continue
            try:
                for check in checks:
                    if not check(call, start):
                        break
                else:
                    if rule.name not in progress.asleep:
                        fitting.append(rule)
            except OverBudgetError as error:
                warnings.append(f"the rule {self.scenario.name}/{rule.name} did not fire: {error}")
        decision = self._fire(fitting) if fitting else _NOTHING_HAPPENS
        return decision._replace(warnings=tuple(warnings)) if warnings else decision

    def _fire(self, fitting: Sequence[Rule]) -> Decision:
        """Count the rules that a call fits, and say what happens to it."""
        progress = self.progress
        decides: FiredRule | None = None
        outcomes: dict[str, Outcome] = {}
        noted: list[FiredRule] = []
        rules_to_wake: list[str] = []
        for rule in fitting:
            n = progress.counts[rule.name] = progress.counts[rule.name] + 1
            is_used_up = rule.times is not None and progress.fired[rule.name] >= rule.times
            if is_used_up or decides is not None:
                continue
            if not rule.when.takes(n, lambda: self._draw(rule, n, "share")):  # noqa: B023 - called at once
                continue
            progress.fired[rule.name] += 1
            fired = FiredRule(
                self.scenario.name, rule, n, (self._draw(rule, n, "delay"), self._draw(rule, n, "spread"))
            )
            if rule.respond.outcome is not None:
                outcomes.setdefault(rule.when.identifier or EVERYBODY, rule.respond.outcome)
                noted.append(fired)
            else:
                decides = fired
            rules_to_wake += rule.then
        progress.asleep.difference_update(rules_to_wake)
        return Decision(decides, tuple(outcomes.items()), tuple(noted))

    def _of(self, operation: str) -> Iterator[_Conditions]:
        """The rules that calls of an operation can fit, a word and a header that such calls have, and what
        else is asked of them.
        """
        for rule in self.scenario.rules:
            when = rule.when
            if (rule.respond.deliver is not None) is not (operation == DELIVERY):
                continue
            if when.operations is None or operation in when.operations:
                word = when.identifier
                headers = [name.encode() for name, matcher in when.headers if matcher.absent is not True]
                yield (
                    rule,
                    word.encode() if word is not None and word.isascii() else None,
                    headers[0] if headers else None,
                    tuple(_checks(when)),
                )

    def _draw(self, rule: Rule, n: int, what: str) -> float:
        return share(*self._key, rule.name, n, what)


class ScenarioRuns:
    """The scenarios that are under way in an application, with their rules sorted by operation.

    They are kept apart from the accounts, which hold plain data, and go with the progress they are of.
    """

    def __init__(self) -> None:
        self._runs: WeakKeyDictionary[Progress, ScenarioRun] = WeakKeyDictionary()

    def of(self, scenario: Scenario, progress: Progress, seed: str, key: str) -> ScenarioRun:
        """The run of a scenario whose progress this is."""
        run = self._runs.get(progress)
        if run is None or run.scenario is not scenario:
            run = self._runs[progress] = ScenarioRun(scenario, seed, key, progress)
        return run


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _checks(when: When) -> Iterator[_Check]:
    """What a rule asks of a call of one of its operations, the cheapest first; ``start`` is when its scenario
    began.
    """
    methods, path, key, since, until = when.methods, when.path, when.key, when.since, when.until
    if methods is not None:
        yield lambda call, start: call.method in methods
    if path is not None:
        yield lambda call, start: path.fits([call.path], call.budget)
    if key is not None:
        yield lambda call, start: key.fits([call.key], call.budget)
    if since is not None:
        yield lambda call, start: call.now >= since.at(start)
    if until is not None:
        yield lambda call, start: call.now < until.at(start)
    for name, matcher in when.headers:
        yield partial(_has_header, name.encode(), matcher)
    for name, matcher in when.query:
        yield partial(_has_parameter, name, matcher)
    if when.identifier is not None:
        word = when.identifier
        yield lambda call, start: call.spells(word)
    for where, matcher in when.body:
        yield partial(_has_in_body, where, matcher)


def _has_header(name: bytes, matcher: Matcher, call: CallFacts, _: float) -> bool:
    return matcher.fits(call.header(name), call.budget)


def _has_parameter(name: str, matcher: Matcher, call: CallFacts, _: float) -> bool:
    return matcher.fits(call.query.get(name, []), call.budget)


def _has_in_body(path: JSONPath | None, matcher: Matcher, call: CallFacts, _: float) -> bool:
    return matcher.fits(call.text if path is None else call.at(path), call.budget)

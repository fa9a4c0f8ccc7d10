"""A scenario under way: one account's counters, and what it decides for each call."""

from __future__ import annotations

from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from mock_lusha.errors import ConfigError
from mock_lusha.keyed import share
from mock_lusha.scenario.identifiers import flattened, words_of_body, words_of_query
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mock_lusha.scenario.model import Outcome, Rule, Scenario, When

EVERYBODY = "*"
"""The word, in outcomes, of those whom no word names."""
_NOTHING = object()


class Asked:
    """A call as rules see it. Query and body are read when the first rule needs them."""

    def __init__(
        self,
        *,
        operation: str,
        method: str,
        path: str,
        headers: Sequence[tuple[bytes, bytes]],
        query: bytes,
        body: bytes,
        key: str,
        now: float,
    ) -> None:
        self.operation = operation
        self.method = method
        self.path = path
        self.key = key
        self.now = now
        self.raw_query = query
        self.raw_body = body
        self._headers = headers
        self._flattened: Any = _NOTHING

    def header(self, name: str) -> list[str]:
        """The values of a header, by its name in lower case."""
        wanted = name.encode()
        return [_decoded(value) for each, value in self._headers if each == wanted]

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The values of each query parameter; ``a[]`` is ``a``."""
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.raw_query.decode("latin-1"), keep_blank_values=True):
            found.setdefault(name.removesuffix("[]"), []).append(value)
        return found

    @cached_property
    def _json(self) -> Any:
        try:
            return orjson.loads(self.raw_body)
        except orjson.JSONDecodeError:
            return _NOTHING

    @property
    def text(self) -> list[str]:
        """The body as text; none where it is empty."""
        return [self.raw_body.decode("utf-8", "replace")] if self.raw_body else []

    def of_body(self, path: Any) -> list[Any]:
        """The text of the body, or what a compiled JSON path finds in it."""
        return self.text if path is None else self.at(path)

    def at(self, path: Any) -> list[Any]:
        """What a compiled JSON path finds in the body."""
        from jsonpath_rfc9535 import JSONPathError  # noqa: PLC0415 - the path is one of this library's

        try:
            return [] if self._json is _NOTHING else list(path.find(self._json).values())
        except (JSONPathError, RecursionError):
            return []  # nested too deeply; the contract refuses it

    def spells(self, word: str) -> bool:
        """Whether an identifier of the call spells a word. One that is nowhere in it is not looked for."""
        if self._flattened is _NOTHING:
            self._flattened = flattened(self.raw_query, self.raw_body)
        if self._flattened is not None and word.isascii() and word.encode() not in self._flattened:
            return False
        return word in self.words

    @cached_property
    def words(self) -> set[str]:
        """The words that the identifiers of the call spell."""
        return words_of_query(self.query) | (set() if self._json is _NOTHING else words_of_body(self._json))


@frozen
class Fired:
    """A rule that decides a call: the n-th of those that fit it. ``draws`` seed its delay."""

    scenario: str
    rule: Rule
    n: int
    draws: tuple[float, float]

    def __str__(self) -> str:
        return f"{self.scenario}/{self.rule.name}#{self.n}"


@mutable
class Decision:
    """What a scenario says of a call: the rule that decides it, if any, and outcomes by identifier word."""

    fired: Fired | None = None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    noted: list[Fired] = field(default_factory=list)


class Script:
    """A scenario of one account.

    A rule counts the calls that fit its conditions, whether or not an earlier rule decides them, and a rule
    that others wake counts from when it was woken. Shares and delays are drawn by (seed, account, rule, n),
    so the same calls meet the same fate in every run.
    """

    def __init__(self, scenario: Scenario, seed: str, key: str) -> None:
        self.scenario = scenario
        self._key = (seed, key, scenario.name)
        self._counts = dict.fromkeys((rule.name for rule in scenario.rules), 0)
        self.fired = dict.fromkeys(self._counts, 0)
        self._asleep = set(scenario.asleep)
        self._begun: float | None = None
        self._rules: dict[str, tuple[Rule, ...]] = {}

    def add(self, more: Scenario) -> None:
        """Take up further rules behind those there are.

        Raises:
            ConfigError: one of them has the name of one that is there; none is taken up then.
        """
        for rule in more.rules:
            if rule.name in self._counts:
                raise ConfigError(f"a rule called {rule.name!r} was added before: choose another name")
        self.scenario = replace(self.scenario, rules=(*self.scenario.rules, *more.rules))
        for rule in more.rules:
            self._counts[rule.name] = self.fired[rule.name] = 0
        self._asleep |= more.asleep
        self._rules.clear()

    def unfired(self) -> Iterator[tuple[Rule, int]]:
        """Rules that name how often they are to fire and never did, with the calls that fit them."""
        for rule in self.scenario.rules:
            if rule.definite and not self.fired[rule.name]:
                yield rule, self._counts[rule.name]

    def decide(self, asked: Asked) -> Decision:
        """Count a call and say what happens to it."""
        if self._begun is None:
            self._begun = asked.now
        decision = Decision()
        woken: list[str] = []
        rules = self._rules.get(asked.operation)
        if rules is None:
            rules = self._rules[asked.operation] = tuple(self._of(asked.operation))
        for rule in rules:
            if rule.name in self._asleep or not _fits(rule.when, asked, self._begun):
                continue
            n = self._counts[rule.name] = self._counts[rule.name] + 1
            spent = rule.times is not None and self.fired[rule.name] >= rule.times
            if spent or decision.fired is not None:
                continue
            if not rule.when.takes(n, lambda: self._draw(rule, n, "share")):  # noqa: B023 - called at once
                continue
            self.fired[rule.name] += 1
            fired = Fired(
                self.scenario.name, rule, n, (self._draw(rule, n, "delay"), self._draw(rule, n, "spread"))
            )
            if rule.respond.outcome is not None:
                decision.outcomes.setdefault(rule.when.identifier or EVERYBODY, rule.respond.outcome)
                decision.noted.append(fired)
            else:
                decision.fired = fired
            woken += rule.then
        self._asleep.difference_update(woken)
        return decision

    def _of(self, operation: str) -> Iterator[Rule]:
        """The rules that calls of an operation can fit."""
        for rule in self.scenario.rules:
            if rule.when.operations is None or operation in rule.when.operations:
                yield rule

    def _draw(self, rule: Rule, n: int, what: str) -> float:
        return share(*self._key, rule.name, n, what)

    def counters(self) -> dict[str, dict[str, Any]]:
        """By rule: calls that fit, times it fired, and whether it waits to be woken."""
        return {
            name: {"matched": count, "fired": self.fired[name], "asleep": name in self._asleep}
            for name, count in self._counts.items()
        }


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _fits(when: When, asked: Asked, begun: float) -> bool:
    """Whether a call of one of its operations meets a rule's conditions."""
    return (
        (when.methods is None or asked.method in when.methods)
        and (when.path is None or when.path.fits([asked.path]))
        and (when.key is None or when.key.fits([asked.key]))
        and (when.since is None or asked.now >= when.since.at(begun))
        and (when.until is None or asked.now < when.until.at(begun))
        and (not when.headers or all(m.fits(asked.header(name)) for name, m in when.headers))
        and (not when.query or all(m.fits(asked.query.get(name, [])) for name, m in when.query))
        and (when.identifier is None or asked.spells(when.identifier))
        and (
            not when.body
            or all(m.fits(asked.text if path is None else asked.at(path)) for path, m in when.body)
        )
    )

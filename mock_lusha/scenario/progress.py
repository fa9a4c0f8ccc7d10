"""How far an account has come in a scenario: plain data, which a second process can be handed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_lusha.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mock_lusha.scenario.model import Rule, Scenario


class Progress:
    """By rule: how many calls fitted it (``counts``) and how often it ``fired``; which are ``asleep``.

    The scenario ``began`` with its first call, in seconds on the account's clock; None before that.
    """

    __slots__ = ("__weakref__", "asleep", "began", "counts", "fired")

    def __init__(self, rules: Iterable[str] = (), asleep: Iterable[str] = ()) -> None:
        self.counts = dict.fromkeys(rules, 0)
        self.fired = dict.fromkeys(self.counts, 0)
        self.asleep = set(asleep)
        self.began: float | None = None

    @classmethod
    def at_start(cls, scenario: Scenario) -> Progress:
        """The progress before the first call."""
        return cls((rule.name for rule in scenario.rules), scenario.asleep)

    def counters(self) -> dict[str, dict[str, Any]]:
        """By rule: calls that fit, times it fired, and whether it waits to be woken."""
        return {
            name: {"matched": count, "fired": self.fired[name], "asleep": name in self.asleep}
            for name, count in self.counts.items()
        }

    def as_data(self) -> dict[str, Any]:
        """Itself as JSON has it."""
        return {
            "counts": dict(self.counts),
            "fired": dict(self.fired),
            "asleep": sorted(self.asleep),
            "began": self.began,
        }

    def copy(self) -> Progress:
        """As far as this, and on from there by itself."""
        return Progress.from_data(self.as_data())

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Progress:
        """The progress that ``as_data`` gave."""
        progress = cls(data["counts"], data["asleep"])
        progress.counts.update(data["counts"])
        progress.fired.update(data["fired"])
        progress.began = data["began"]
        return progress


class Begun:
    """A scenario that was begun for an account, and how far it has come."""

    __slots__ = ("progress", "scenario")

    def __init__(self, scenario: Scenario, progress: Progress | None = None) -> None:
        self.scenario = scenario
        self.progress = progress or Progress.at_start(scenario)

    def copy(self) -> Begun:
        """The same scenario, as far as it has come."""
        return Begun(self.scenario, self.progress.copy())

    def joined(self, more: Scenario) -> Begun:
        """With further rules behind those there are, which have not come anywhere yet.

        Raises:
            ConfigError: one of them has the name of one that is there.
        """
        progress = self.progress.copy()
        for rule in more.rules:
            if rule.name in progress.counts:
                raise ConfigError(f"a rule called {rule.name!r} was added before: choose another name")
        for rule in more.rules:
            progress.counts[rule.name] = progress.fired[rule.name] = 0
        progress.asleep |= more.asleep
        return Begun(replace(self.scenario, rules=(*self.scenario.rules, *more.rules)), progress)

    def unfired(self) -> Iterator[tuple[Rule, int, int]]:
        """Rules that name how often they are to fire and did so less often: with how often they fired, and
        the calls that fit them."""
        for rule in self.scenario.rules:
            fired = self.progress.fired[rule.name]
            if rule.definite and fired < rule.wanted:
                yield rule, fired, self.progress.counts[rule.name]

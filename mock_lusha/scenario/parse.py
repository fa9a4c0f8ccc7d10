"""Reads scenarios, and reports all that is wrong with one at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_lusha.errors import nearest
from mock_lusha.scenario.conditions import ConditionReader
from mock_lusha.scenario.fields import MOST_RULES, RULE_FIELDS, SCENARIO_FIELDS
from mock_lusha.scenario.model import Respond, Rule, Scenario, When
from mock_lusha.scenario.reader import EnoughError, Reader, ScenarioError
from mock_lusha.scenario.responses import ResponseReader
from mock_lusha.yamlfile import content_digest

if TYPE_CHECKING:
    from mock_lusha.scenario.facts import Facts
    from mock_lusha.yamlfile import SourcePlace

_MOST_NAMED: Final = 20
"""How many rules are named, or compared, in a message about one."""


def parse_scenario(
    document: SourcePlace, facts: Facts, default_name: str | None = None, first: int = 1
) -> Scenario:
    """The scenario of a document; ``default_name`` is its name where it has none.

    Rules without a name are called by their number, from ``first`` on.

    Raises:
        ScenarioError: with what is wrong.
    """
    reader = Reader()
    try:
        scenario = _ScenarioReader(reader, facts, first).scenario(document, default_name)
    except EnoughError:
        pass
    else:
        if not reader.errors:
            return scenario
    raise ScenarioError(sorted(reader.errors, key=lambda error: error.line or 0))


class _ScenarioReader:
    """Reads a scenario and its rules."""

    def __init__(self, reader: Reader, facts: Facts, first: int) -> None:
        self._reader = reader
        self._conditions = ConditionReader(reader, facts)
        self._responses = ResponseReader(reader, facts)
        self._first = first

    def scenario(self, document: SourcePlace, default_name: str | None) -> Scenario:
        """The scenario of a document; its mistakes are in the reader."""
        fields = self._reader.fields(document, "a scenario", SCENARIO_FIELDS)
        name = default_name or ""
        if "name" in fields:
            name = self._reader.name(fields["name"], "name") or name
        elif default_name is None:
            self._reader.fail(document, "name is missing")
        description = ""
        if "description" in fields:
            description = self._reader.attempt(lambda: fields["description"].text("description"), "")
        rules: list[Rule] = []
        places: list[SourcePlace] = []
        unsound: set[int] = set()
        if "rules" in fields:
            places = self._reader.attempt(lambda: fields["rules"].items("rules"), [])
            if len(places) > MOST_RULES:
                self._reader.fail(
                    fields["rules"], f"rules may be at most {MOST_RULES}; there are {len(places)}"
                )
                places = []
            for number, place in enumerate(places):
                before = len(self._reader.errors)
                rules.append(self._rule(place, self._first + number))
                if len(self._reader.errors) > before:
                    unsound.add(number)
        elif isinstance(document.value, dict):
            self._reader.fail(
                document, "rules is missing; a scenario in which nothing happens has `rules: []`"
            )
        asleep = self._check_chains(rules, places)
        self._check_reach(rules, places, asleep, unsound)
        return Scenario(name, description, tuple(rules), str(document.path), asleep, content_digest(document))

    def _rule(self, place: SourcePlace, number: int) -> Rule:
        fields = self._reader.fields(place, "a rule", RULE_FIELDS)
        name = self._reader.name(fields["name"], "the name of a rule") if "name" in fields else ""
        when = self._conditions.when(fields["when"]) if "when" in fields else When()
        respond = Respond()
        if "respond" in fields:
            respond = self._responses.respond(fields["respond"])
        elif isinstance(place.value, dict):
            self._reader.fail(place, "respond is missing: a name of the error catalogue, or a mapping")
        then: tuple[str, ...] = ()
        if "then" in fields:
            value = fields["then"].value
            places = value if isinstance(value, list) else [fields["then"]]
            then = tuple(target for item in places if (target := self._reader.name(item, "then")))
        times = None
        if "times" in fields:
            times = self._reader.attempt(lambda: fields["times"].whole("times", 1), None)
        return Rule(name or f"rule-{number}", when, respond, then, times)

    def _check_chains(self, rules: list[Rule], places: list[SourcePlace]) -> frozenset[str]:
        """The rules that others wake. Each must exist, and be reached from one that is awake at first."""
        wakes = {rule.name: frozenset(rule.then) for rule in rules}
        names: set[str] = set()
        for index, rule in enumerate(rules):
            if rule.name in names:
                self._reader.fail(places[index], f"two rules are called {rule.name!r}")
            names.add(rule.name)
            for target in rule.then:
                if target not in wakes:
                    hint = nearest(target, list(wakes)[:_MOST_NAMED])
                    self._reader.fail(places[index], f"then names no rule {target!r}: {hint}")
        asleep = frozenset(target for rule in rules for target in rule.then if target in wakes)
        awake = wakes.keys() - asleep
        latest = awake
        while latest:
            latest = {target for name in latest for target in wakes[name] if target in wakes} - awake
            awake = awake | latest
        for index, rule in enumerate(rules):
            if rule.name not in awake:
                waits = [name for name, targets in wakes.items() if rule.name in targets]
                self._reader.fail(
                    places[index],
                    f"the rule {rule.name!r} can never fire: it waits for "
                    f"{', '.join(waits[:_MOST_NAMED])}, which waits for it in turn",
                )
        return asleep

    def _check_reach(
        self, rules: list[Rule], places: list[SourcePlace], asleep: frozenset[str], unsound: set[int]
    ) -> None:
        """Rules behind one that takes every call never fire; one with mistakes (``unsound``) may not."""
        for index, rule in enumerate(rules):
            takes_all = (
                index not in unsound
                and rule.when.always
                and rule.times is None
                and rule.name not in asleep
                and not rule.respond.outcome
                and not rule.respond.deliver
            )
            if takes_all and index + 1 < len(rules):
                self._reader.fail(
                    places[index + 1],
                    f"the rules from here on can never fire: {rule.name!r} before them takes every call",
                )
                return

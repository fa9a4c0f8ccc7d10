"""Reads scenarios, and says all that is wrong with one at once."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from mock_lusha.errors import BODILESS, MOST_DETAILS, ConfigError, DataFileError, nearest, shorten
from mock_lusha.scenario import values
from mock_lusha.scenario.budget import OverBudgetError, StepBudget
from mock_lusha.scenario.model import (
    FAULTS,
    OUTCOMES,
    UNSET,
    Delay,
    Matcher,
    Respond,
    Rule,
    Scenario,
    When,
    written,
)
from mock_lusha.scenario.pattern import Pattern, PatternError
from mock_lusha.yamlfile import content_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.scenario.facts import Facts
    from mock_lusha.scenario.json_path import JSONPath
    from mock_lusha.yamlfile import SourcePlace

T = TypeVar("T")

SCENARIO_FIELDS: Final = ("name", "description", "rules")
RULE_FIELDS: Final = ("name", "when", "respond", "times", "then")
WHEN_FIELDS: Final = (
    "operation", "method", "path", "header", "query", "body", "key", "identifier", "nth", "every", "share",
    "from", "until",
)  # fmt: skip
RESPOND_FIELDS: Final = (
    "error", "status", "headers", "body", "content_type", "delay", "bytes_per_second", "fault", "patch",
    "drain", "spend", "erase", "outcome",
)  # fmt: skip
MATCHER_FIELDS: Final = ("equals", "contains", "regex", "absent")
DELAY_FIELDS: Final = ("fixed", "uniform", "lognormal")
LOGNORMAL_FIELDS: Final = ("p50", "p99")
NAME: Final = r"[a-z0-9][a-z0-9._-]{0,63}"
MOST_BYTES_PER_SECOND: Final = 1_000_000_000
MOST_RULES: Final = 1_000
_MOST_NAMED: Final = 20
"""How many rules are named, or compared, in what is said of one."""
HEADER_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_NULLABLE = frozenset({"body", "patch", "equals"})
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})


class ScenarioError(ConfigError):
    """A scenario cannot be used; ``errors`` are what is wrong with it, the first ``MOST_DETAILS``."""

    def __init__(self, errors: list[DataFileError]) -> None:
        self.errors = errors
        super().__init__("\n".join(map(str, errors)))


def parse_scenario(
    document: SourcePlace, facts: Facts, default_name: str | None = None, first: int = 1
) -> Scenario:
    """The scenario of a document; ``default_name`` is its name where it gives none.

    Rules without a name are called by their number, from ``first`` on.

    Raises:
        ScenarioError: with what is wrong.
    """
    reader = _Reader(facts, first)
    try:
        scenario = reader.scenario(document, default_name)
    except _EnoughError:
        pass
    else:
        if not reader.errors:
            return scenario
    raise ScenarioError(sorted(reader.errors, key=lambda error: error.line or 0))


class _EnoughError(Exception):
    """As many mistakes are found as are told."""


class _Reader:
    """Reads on after a mistake, so that the others are found too."""

    def __init__(self, facts: Facts, first: int) -> None:
        self.facts = facts
        self.first = first
        self.errors: list[DataFileError] = []

    def fail(self, place: SourcePlace, message: str) -> None:
        self.add(place.error(message))

    def add(self, error: DataFileError) -> None:
        # With it, it would hold all that is being read, and that would hold it.
        error.__traceback__ = None
        self.errors.append(error)
        if len(self.errors) >= MOST_DETAILS:
            raise _EnoughError

    def attempt(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except DataFileError as error:
            self.add(error)
            return otherwise

    def fields(self, place: SourcePlace, what: str, known: tuple[str, ...]) -> dict[str, SourcePlace]:
        """The known entries of a mapping; one without value asks for nothing where something is meant."""
        if not isinstance(place.value, dict):
            self.fail(place, f"{what} is a mapping of {', '.join(known)}, not {values.shown(place)}")
            return {}
        for key, value in place.value.items():
            if key not in known:
                self.fail(value, f"{what} has no {shorten(key)!r}: {nearest(key, known)}")
        for key, value in place.value.items():
            if key in known and value.value is None and key not in _NULLABLE:
                self.fail(value, f"{key} of {what} has no value: give it one, or leave it out")
        return {
            key: value
            for key, value in place.value.items()
            if key in known and (value.value is not None or key in _NULLABLE)
        }

    # Scenario and rules

    def scenario(self, document: SourcePlace, default_name: str | None) -> Scenario:
        given = self.fields(document, "a scenario", SCENARIO_FIELDS)
        name = default_name or ""
        if "name" in given:
            name = self.name(given["name"], "name") or name
        elif default_name is None:
            self.fail(document, "name is missing")
        description = ""
        if "description" in given:
            description = self.attempt(lambda: given["description"].text("description"), "")
        rules: list[Rule] = []
        places: list[SourcePlace] = []
        unsound: set[int] = set()
        if "rules" in given:
            places = self.attempt(lambda: given["rules"].items("rules"), [])
            if len(places) > MOST_RULES:
                self.fail(given["rules"], f"rules may be at most {MOST_RULES}; there are {len(places)}")
                places = []
            for number, place in enumerate(places):
                said = len(self.errors)
                rules.append(self.rule(place, self.first + number))
                if len(self.errors) > said:
                    unsound.add(number)
        elif isinstance(document.value, dict):
            self.fail(document, "rules is missing; a scenario in which nothing happens has `rules: []`")
        asleep = self.chained(rules, places)
        self.reachable(rules, places, asleep, unsound)
        return Scenario(name, description, tuple(rules), str(document.path), asleep, content_digest(document))

    def name(self, place: SourcePlace, what: str) -> str:
        if isinstance(place.value, str) and re.fullmatch(NAME, place.value):
            return place.value
        self.fail(
            place,
            f"{what} is 1 to 64 lower-case letters, digits, dots, dashes and underscores, "
            f"not {values.shown(place)}",
        )
        return ""

    def rule(self, place: SourcePlace, number: int) -> Rule:
        given = self.fields(place, "a rule", RULE_FIELDS)
        name = self.name(given["name"], "the name of a rule") if "name" in given else ""
        when = self.when(given["when"]) if "when" in given else When()
        respond = Respond()
        if "respond" in given:
            respond = self.respond(given["respond"])
        elif isinstance(place.value, dict):
            self.fail(place, "respond is missing: a name of the error catalogue, or a mapping")
        then: tuple[str, ...] = ()
        if "then" in given:
            listed = given["then"].value
            places = listed if isinstance(listed, list) else [given["then"]]
            then = tuple(found for each in places if (found := self.name(each, "then")))
        times = None
        if "times" in given:
            times = self.attempt(lambda: given["times"].whole("times", 1), None)
        return Rule(name or f"rule-{number}", when, respond, then, times)

    def chained(self, rules: list[Rule], places: list[SourcePlace]) -> frozenset[str]:
        """The rules that others wake; each must be there, and be woken by one that is not its own doing."""
        wakes = {rule.name: frozenset(rule.then) for rule in rules}
        seen: set[str] = set()
        for index, rule in enumerate(rules):
            if rule.name in seen:
                self.fail(places[index], f"two rules are called {rule.name!r}")
            seen.add(rule.name)
            for target in rule.then:
                if target not in wakes:
                    hint = nearest(target, list(wakes)[:_MOST_NAMED])
                    self.fail(places[index], f"then names no rule {target!r}: {hint}")
        asleep = frozenset(target for rule in rules for target in rule.then if target in wakes)
        awake = wakes.keys() - asleep
        news = awake
        while news:
            news = {target for name in news for target in wakes[name] if target in wakes} - awake
            awake = awake | news
        for index, rule in enumerate(rules):
            if rule.name not in awake:
                waits = [name for name, targets in wakes.items() if rule.name in targets]
                self.fail(
                    places[index],
                    f"the rule {rule.name!r} can never fire: it waits for "
                    f"{', '.join(waits[:_MOST_NAMED])}, which waits for it in turn",
                )
        return asleep

    def reachable(
        self, rules: list[Rule], places: list[SourcePlace], asleep: frozenset[str], unsound: set[int]
    ) -> None:
        """What stands behind a rule that takes every call never fires; of unsound ones nothing is known."""
        for index, rule in enumerate(rules):
            takes_all = (
                index not in unsound
                and rule.when.always
                and rule.times is None
                and rule.name not in asleep
                and not rule.respond.outcome
            )
            if takes_all and index + 1 < len(rules):
                self.fail(
                    places[index + 1],
                    f"the rules from here on can never fire: {rule.name!r} before them takes every call",
                )
                return

    # Conditions

    def when(self, place: SourcePlace) -> When:
        given = self.fields(place, "when", WHEN_FIELDS)

        def read(name: str, reader: Callable[[SourcePlace], T], otherwise: T) -> T:
            if name not in given:
                return otherwise
            return self.attempt(lambda: reader(given[name]), otherwise)

        operations = read("operation", self.operations, None)
        methods = read("method", self.methods, None)
        when = When(
            operations=operations,
            methods=methods,
            path=read("path", lambda p: self.path(p, operations, methods), None),
            headers=read("header", self.headers_matched, ()),
            query=read("query", lambda p: self.query(p, operations), ()),
            body=read("body", lambda p: self.body(p, operations, methods), ()),
            key=read("key", self.matcher, None),
            identifier=read("identifier", values.identifier, None),
            since=read("from", values.moment, None),
            until=read("until", values.moment, None),
            nth=read("nth", values.nth, ()),
            every=read("every", lambda p: p.whole("every", 1), None),
            share=read("share", values.share, None),
        )
        since, until = when.since, when.until
        if until and until.relative and until.seconds == 0:
            self.fail(given["until"], "no call fits: until is the first call itself")
        if since and until and since.relative == until.relative and since.seconds >= until.seconds:
            self.fail(given["until"], "no call fits: until must be later than from")
        if operations and methods:
            own = {self.facts.operations[name].method for name in operations}
            if not own & methods:
                self.fail(
                    given["method"],
                    f"no call fits: {', '.join(sorted(operations))} is {' or '.join(sorted(own))}",
                )
        if when.identifier and not self.facts.identify(operations):
            self.fail(
                given["identifier"],
                f"no call fits: {' and '.join(sorted(operations or ()))} looks up nobody by such a word",
            )
        if (
            when.nth
            and when.every
            and not any(
                last is None or last // when.every > (first - 1) // when.every for first, last in when.nth
            )
        ):
            self.fail(given["nth"], f"no call fits: none of these is a multiple of every: {when.every}")
        return when

    def operations(self, place: SourcePlace) -> frozenset[str]:
        places = place.value if isinstance(place.value, list) else [place]
        if not places:
            raise place.error("operation is an operation id, or a list of some, not an empty list")
        known = self.facts.operations
        for each in places:
            if not isinstance(each.value, str) or each.value not in known:
                self.fail(
                    each, f"no operation is called {values.shown(each)}: {nearest(str(each.value), known)}"
                )
        return frozenset(each.value for each in places if isinstance(each.value, str) and each.value in known)

    def methods(self, place: SourcePlace) -> frozenset[str]:
        places = place.value if isinstance(place.value, list) else [place]
        known = sorted({operation.method for operation in self.facts.operations.values()})
        return frozenset(each.one_of("method", known) for each in places)

    def path(
        self, place: SourcePlace, operations: frozenset[str] | None, methods: frozenset[str] | None
    ) -> Matcher:
        matcher = self.matcher(place)
        chosen = [
            operation
            for operation in self.facts.operations.values()
            if (not operations or operation.id in operations) and (not methods or operation.method in methods)
        ]
        paths = [path for operation in chosen for path in operation.paths]
        # A pattern's own text stands for the paths it takes; what a regex finds in those is not known here.
        if isinstance(matcher.equals, str) and not any(values.takes(path, matcher.equals) for path in paths):
            raise place.error(
                f"no operation here has the path {matcher.equals}: {nearest(matcher.equals, paths)}"
            )
        if not any("{" in path or matcher.fits([path], StepBudget()) for path in paths):
            raise place.error(f"no call fits: the paths here are {', '.join(paths[:5])}")
        return matcher

    def headers_matched(self, place: SourcePlace) -> tuple[tuple[str, Matcher], ...]:
        found = []
        for name, value in self.entries(place, "header", "a header").items():
            if re.fullmatch(HEADER_NAME, name) is None:
                self.fail(value, f"no header can be called {shorten(name)!r}")
            else:
                found.append((name.lower(), self.attempt(partial(self.matcher, value), Matcher())))
        return tuple(found)

    def entries(self, place: SourcePlace, what: str, of: str) -> dict[str, SourcePlace]:
        if not isinstance(place.value, dict) or not place.value:
            raise place.error(f"{what} is a mapping from {of} to what it must be, not {values.shown(place)}")
        entries: dict[str, SourcePlace] = place.value
        return entries

    def query(self, place: SourcePlace, operations: frozenset[str] | None) -> tuple[tuple[str, Matcher], ...]:
        known = self.facts.parameters(operations)
        found = []
        for name, value in self.entries(place, "query", "a parameter").items():
            if name not in known:
                which = " or ".join(sorted(operations)) if operations else "any operation"
                hint = nearest(name, sorted(known)) if known else "it takes no parameters"
                self.fail(value, f"{shorten(name)!r} is no query parameter of {which}: {hint}")
            else:
                found.append((name, self.attempt(partial(self.matcher, value), Matcher())))
        return tuple(found)

    def body(
        self, place: SourcePlace, operations: frozenset[str] | None, methods: frozenset[str] | None
    ) -> tuple[tuple[Any, Matcher], ...]:
        bodiless = operations is not None and not any(self.facts.operations[o].body for o in operations)
        if bodiless or methods == frozenset({"GET"}):
            raise place.error("no call fits: these operations take no body")
        if not isinstance(place.value, dict) or set(place.value) & {*MATCHER_FIELDS}:
            return ((None, self.matcher(place)),)
        found = []
        for text, value in self.entries(place, "body", "a JSON path such as $.contacts[*].email").items():
            path = self.attempt(partial(self.json_path, text, value, operations), None)
            matcher = self.attempt(partial(self.matcher, value), Matcher())
            if path is not None:
                found.append((path, matcher))
        return tuple(found)

    def json_path(self, text: str, place: SourcePlace, operations: frozenset[str] | None) -> JSONPath:
        from mock_lusha.scenario.json_path import (  # noqa: PLC0415 - for rules that look into bodies
            JSONPath,
            JSONPathTextError,
        )

        try:
            compiled = JSONPath(text)
        except JSONPathTextError as error:
            raise place.error(
                f"{shorten(text)!r} is no JSON path such as $.contacts[*].email: {error}"
            ) from None
        first = re.match(r"\$\.([A-Za-z_]\w*)", text)
        known = self.facts.properties(operations)
        if first and known and first[1] not in known:
            hint = nearest(first[1], sorted(known))
            raise place.error(f"no body here has {first[1]!r} at its top: {hint}")
        return compiled

    def matcher(self, place: SourcePlace) -> Matcher:
        """A plain value is what must be equalled."""
        if not isinstance(place.value, dict):
            if isinstance(place.value, list) or place.value is None:
                raise place.error(
                    f"a condition is a value, or a mapping of {', '.join(MATCHER_FIELDS)}, "
                    f"not {values.shown(place)}"
                )
            return Matcher(equals=values.json_value(place))
        given = self.fields(place, "a condition", MATCHER_FIELDS)
        if not given and not place.value:
            raise place.error(f"a condition names one of {', '.join(MATCHER_FIELDS)}")
        if "absent" in given and len(given) > 1:
            raise place.error("no call fits: absent stands alone")
        matcher = Matcher(
            equals=values.json_value(given["equals"]) if "equals" in given else UNSET,
            contains=values.plain_text(given["contains"], "contains") if "contains" in given else None,
            regex=self.regex(given["regex"]) if "regex" in given else None,
            absent=given["absent"].flag("absent") if "absent" in given else None,
        )
        try:
            if "equals" in given and not matcher.fits([matcher.equals], StepBudget()):
                sent = shorten(written(matcher.equals))
                raise place.error(f"no call fits: {sent} itself does not fit the other conditions")
        except OverBudgetError as error:
            raise place.error(f"no call fits: {error}") from None
        return matcher

    @staticmethod
    def regex(place: SourcePlace) -> Pattern:
        text = values.plain_text(place, "regex")
        try:
            return Pattern(text)
        except PatternError as error:
            raise place.error(f"regex {shorten(text)!r} is not one: {error}") from None

    # What happens

    def respond(self, place: SourcePlace) -> Respond:
        if not isinstance(place.value, dict):
            return Respond(error=self.attempt(lambda: values.error_name(place), None))
        given = self.fields(place, "respond", RESPOND_FIELDS)
        if not given and not place.value:
            self.fail(place, f"respond says what happens: one of {', '.join(RESPOND_FIELDS)}")

        def read(name: str, reader: Callable[[SourcePlace], T], otherwise: T) -> T:
            if name not in given:
                return otherwise
            return self.attempt(lambda: reader(given[name]), otherwise)

        respond = Respond(
            error=read("error", values.error_name, None),
            status=read("status", self.status, None),
            headers=read("headers", self.headers_sent, ()),
            body=read("body", values.json_value, UNSET),
            content_type=read("content_type", values.header_value, None),
            delay=read("delay", self.delay, None),
            bytes_per_second=read(
                "bytes_per_second", lambda p: p.whole("bytes_per_second", 1, MOST_BYTES_PER_SECOND), None
            ),
            fault=read("fault", lambda p: FAULTS[values.word(p, "fault", FAULTS)], None),
            patch=read("patch", values.json_value, UNSET),
            drain=read("drain", values.drain, None),
            spend=read("spend", values.windows, ()),
            erase=read("erase", lambda p: p.whole("erase", 1, 1_000), 0),
            outcome=read("outcome", lambda p: OUTCOMES[values.word(p, "outcome", OUTCOMES)], None),
        )
        self.agrees(given, respond)
        return respond

    def agrees(self, given: dict[str, SourcePlace], respond: Respond) -> None:
        """What makes no sense together."""
        replaced = "error" if "error" in given else "status" if "status" in given else None
        for name, needs in (("body", "status"), ("content_type", "status")):
            if name in given and "status" not in given:
                self.fail(given[name], f"{name} goes with {needs}: there is none to send it with")
        if "error" in given and "status" in given:
            self.fail(given["status"], "error and status exclude each other: an error has its own status")
        for name in ("patch", "erase", "outcome"):
            if name in given and replaced is not None:
                self.fail(given[name], f"{name} is about the real answer, and {replaced} takes its place")
        if "outcome" in given and len(given) > 1:
            self.fail(given["outcome"], "outcome stands alone; the rest goes into a rule of its own")
        if respond.status in BODILESS and respond.body is not UNSET:
            self.fail(given["body"], f"an answer with status {respond.status} has no body")
        if respond.fault not in {None, "cut-before-headers"} and respond.status is not None:
            if respond.status in BODILESS:
                self.fail(given["fault"], f"an answer with status {respond.status} has no body to break")
            elif respond.body is UNSET and respond.fault not in {"wrong-content-type", "empty-body"}:
                self.fail(given["fault"], f"{respond.fault} needs a body to break; the status has none")
            elif respond.fault in {"truncated-json", "malformed-json"} and not isinstance(
                respond.body, dict | list | str
            ):
                self.fail(given["fault"], f"{respond.fault} needs an object, a list or a text to break")
        if respond.fault == "cut-before-headers" and "bytes_per_second" in given:
            self.fail(given["bytes_per_second"], "nothing is sent when the connection is cut before headers")

    def status(self, place: SourcePlace) -> int:
        status = place.whole("status", 200, 599)
        if status not in self.facts.statuses:
            near = min(self.facts.statuses, key=lambda known: (abs(known - status), known))
            raise place.error(f"no HTTP status is {status}: did you mean {near}?")
        return status

    def headers_sent(self, place: SourcePlace) -> tuple[tuple[str, str], ...]:
        found = []
        for name, value in self.entries(place, "headers", "a header").items():
            if re.fullmatch(HEADER_NAME, name) is None:
                self.fail(value, f"no header can be called {shorten(name)!r}")
            elif name.lower() in _FRAMING:
                self.fail(value, f"{name} is the server's own; for a broken answer see fault")
            elif name.lower() == "content-type":
                self.fail(value, "the content type is set by content_type")
            else:
                found.append((name, self.attempt(partial(values.header_value, value), "")))
        return tuple(found)

    def delay(self, place: SourcePlace) -> Delay:
        if not isinstance(place.value, dict):
            return Delay("fixed", values.seconds(place, "delay"))
        given = self.fields(place, "a delay", DELAY_FIELDS)
        if len(given) != 1:
            raise place.error("a delay is a number of seconds, or one of fixed, uniform, lognormal")
        ((kind, value),) = given.items()
        if kind == "fixed":
            return Delay("fixed", values.seconds(value, "fixed"))
        if kind == "uniform":
            ends = value.items("uniform")
            if len(ends) != 2:
                raise value.error("uniform is a list of two: the least and the most seconds")
            least, most = (values.seconds(end, "an end of uniform") for end in ends)
            if least > most:
                raise value.error(f"uniform is from the least to the most seconds, not {least} to {most}")
            return Delay("uniform", least, most)
        middle = self.fields(value, "lognormal", LOGNORMAL_FIELDS)
        if set(middle) != set(LOGNORMAL_FIELDS):
            raise value.error("lognormal takes p50 and p99: seconds that 50 and 99 of 100 stay below")
        p50, p99 = (values.seconds(middle[name], name) for name in LOGNORMAL_FIELDS)
        if not 0 < p50 < p99:
            raise value.error(f"lognormal needs 0 < p50 < p99, not p50 {p50} and p99 {p99}")
        return Delay("lognormal", p50, p99)

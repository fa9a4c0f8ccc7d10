"""Reads the conditions of a rule: which calls it is about."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from mock_lusha.errors import nearest, shorten
from mock_lusha.scenario import values
from mock_lusha.scenario.budget import OverBudgetError, StepBudget
from mock_lusha.scenario.fields import HEADER_NAME, MATCHER_FIELDS, WHEN_FIELDS
from mock_lusha.scenario.model import UNSET, Matcher, When, written
from mock_lusha.scenario.pattern import Pattern, PatternError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.scenario.facts import Facts
    from mock_lusha.scenario.json_path import JSONPath
    from mock_lusha.scenario.reader import Reader
    from mock_lusha.yamlfile import SourcePlace

T = TypeVar("T")


class ConditionReader:
    """Reads what stands under ``when``."""

    def __init__(self, reader: Reader, facts: Facts) -> None:
        self._reader = reader
        self._facts = facts

    def when(self, place: SourcePlace) -> When:
        """The conditions of a rule; that no call can meet them is a mistake."""
        fields = self._reader.fields(place, "when", WHEN_FIELDS)

        def read(name: str, parse: Callable[[SourcePlace], T], otherwise: T) -> T:
            if name not in fields:
                return otherwise
            return self._reader.attempt(lambda: parse(fields[name]), otherwise)

        operations = read("operation", self._operations, None)
        methods = read("method", self._methods, None)
        when = When(
            operations=operations,
            methods=methods,
            path=read("path", lambda p: self._path(p, operations, methods), None),
            headers=read("header", self._headers, ()),
            query=read("query", lambda p: self._query(p, operations), ()),
            body=read("body", lambda p: self._body(p, operations, methods), ()),
            key=read("key", self._matcher, None),
            identifier=read("identifier", values.identifier, None),
            since=read("from", values.moment, None),
            until=read("until", values.moment, None),
            nth=read("nth", values.nth, ()),
            every=read("every", lambda p: p.whole("every", 1), None),
            share=read("share", values.share, None),
        )
        since, until = when.since, when.until
        if until and until.relative and until.seconds == 0:
            self._reader.fail(fields["until"], "no call fits: until is the first call itself")
        if since and until and since.relative == until.relative and since.seconds >= until.seconds:
            self._reader.fail(fields["until"], "no call fits: until must be later than from")
        if operations and methods:
            own_methods = {self._facts.operations[name].method for name in operations}
            if not own_methods & methods:
                self._reader.fail(
                    fields["method"],
                    f"no call fits: {', '.join(sorted(operations))} is {' or '.join(sorted(own_methods))}",
                )
        if when.identifier and not self._facts.identify(operations):
            self._reader.fail(
                fields["identifier"],
                f"no call fits: {' and '.join(sorted(operations or ()))} looks up nobody by such a word",
            )
        if (
            when.nth
            and when.every
            and not any(
                last is None or last // when.every > (first - 1) // when.every for first, last in when.nth
            )
        ):
            self._reader.fail(
                fields["nth"], f"no call fits: none of these is a multiple of every: {when.every}"
            )
        return when

    def _operations(self, place: SourcePlace) -> frozenset[str]:
        places = place.value if isinstance(place.value, list) else [place]
        if not places:
            raise place.error("operation is an operation id, or a list of some, not an empty list")
        ids = self._facts.operations
        for item in places:
            if not isinstance(item.value, str) or item.value not in ids:
                self._reader.fail(
                    item, f"no operation is called {values.shown(item)}: {nearest(str(item.value), ids)}"
                )
        return frozenset(item.value for item in places if isinstance(item.value, str) and item.value in ids)

    def _methods(self, place: SourcePlace) -> frozenset[str]:
        places = place.value if isinstance(place.value, list) else [place]
        methods = sorted({operation.method for operation in self._facts.operations.values()})
        return frozenset(item.one_of("method", methods) for item in places)

    def _path(
        self, place: SourcePlace, operations: frozenset[str] | None, methods: frozenset[str] | None
    ) -> Matcher:
        matcher = self._matcher(place)
        candidates = [
            operation
            for operation in self._facts.operations.values()
            if (not operations or operation.id in operations) and (not methods or operation.method in methods)
        ]
        paths = [path for operation in candidates for path in operation.paths]
        # A pattern's own text stands for the paths it takes; what a regex matches in those is not known here.
        if isinstance(matcher.equals, str) and not any(values.takes(path, matcher.equals) for path in paths):
            raise place.error(
                f"no operation here has the path {matcher.equals}: {nearest(matcher.equals, paths)}"
            )
        if not any("{" in path or matcher.fits([path], StepBudget()) for path in paths):
            raise place.error(f"no call fits: the paths here are {', '.join(paths[:5])}")
        return matcher

    def _headers(self, place: SourcePlace) -> tuple[tuple[str, Matcher], ...]:
        headers = []
        for name, value in self._reader.entries(place, "header", "a header").items():
            if re.fullmatch(HEADER_NAME, name) is None:
                self._reader.fail(value, f"no header can be called {shorten(name)!r}")
            else:
                headers.append((name.lower(), self._reader.attempt(partial(self._matcher, value), Matcher())))
        return tuple(headers)

    def _query(
        self, place: SourcePlace, operations: frozenset[str] | None
    ) -> tuple[tuple[str, Matcher], ...]:
        names = self._facts.parameters(operations)
        parameters = []
        for name, value in self._reader.entries(place, "query", "a parameter").items():
            if name not in names:
                which = " or ".join(sorted(operations)) if operations else "any operation"
                hint = nearest(name, sorted(names)) if names else "it takes no parameters"
                self._reader.fail(value, f"{shorten(name)!r} is no query parameter of {which}: {hint}")
            else:
                parameters.append((name, self._reader.attempt(partial(self._matcher, value), Matcher())))
        return tuple(parameters)

    def _body(
        self, place: SourcePlace, operations: frozenset[str] | None, methods: frozenset[str] | None
    ) -> tuple[tuple[Any, Matcher], ...]:
        bodiless = operations is not None and not any(self._facts.operations[o].body for o in operations)
        if bodiless or methods == frozenset({"GET"}):
            raise place.error("no call fits: these operations take no body")
        if not isinstance(place.value, dict) or set(place.value) & {*MATCHER_FIELDS}:
            return ((None, self._matcher(place)),)
        matchers = []
        for text, value in self._reader.entries(
            place, "body", "a JSON path such as $.contacts[*].email"
        ).items():
            path = self._reader.attempt(partial(self._json_path, text, value, operations), None)
            matcher = self._reader.attempt(partial(self._matcher, value), Matcher())
            if path is not None:
                matchers.append((path, matcher))
        return tuple(matchers)

    def _json_path(self, text: str, place: SourcePlace, operations: frozenset[str] | None) -> JSONPath:
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
        properties = self._facts.properties(operations)
        if first and properties and first[1] not in properties:
            hint = nearest(first[1], sorted(properties))
            raise place.error(f"no body here has {first[1]!r} at its top: {hint}")
        return compiled

    def _matcher(self, place: SourcePlace) -> Matcher:
        """A condition on one value; a plain value must be equal."""
        if not isinstance(place.value, dict):
            if isinstance(place.value, list) or place.value is None:
                raise place.error(
                    f"a condition is a value, or a mapping of {', '.join(MATCHER_FIELDS)}, "
                    f"not {values.shown(place)}"
                )
            return Matcher(equals=values.json_value(place))
        fields = self._reader.fields(place, "a condition", MATCHER_FIELDS)
        if not fields and not place.value:
            raise place.error(f"a condition names one of {', '.join(MATCHER_FIELDS)}")
        if "absent" in fields and len(fields) > 1:
            raise place.error("no call fits: absent stands alone")
        matcher = Matcher(
            equals=values.json_value(fields["equals"]) if "equals" in fields else UNSET,
            contains=values.plain_text(fields["contains"], "contains") if "contains" in fields else None,
            regex=self._regex(fields["regex"]) if "regex" in fields else None,
            absent=fields["absent"].flag("absent") if "absent" in fields else None,
        )
        try:
            if "equals" in fields and not matcher.fits([matcher.equals], StepBudget()):
                text = shorten(written(matcher.equals))
                raise place.error(f"no call fits: {text} itself does not fit the other conditions")
        except OverBudgetError as error:
            raise place.error(f"no call fits: {error}") from None
        return matcher

    @staticmethod
    def _regex(place: SourcePlace) -> Pattern:
        text = values.plain_text(place, "regex")
        try:
            return Pattern(text)
        except PatternError as error:
            raise place.error(f"regex {shorten(text)!r} is not one: {error}") from None

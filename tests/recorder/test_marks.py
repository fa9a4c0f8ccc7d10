"""Marks at every place of every operation: redaction leaves none, and a scan finds each that is planted.

The answers are made of the contract's schemas, so that an operation that is added is covered. Every text has
a mark of its own: of properties, of properties nobody knows, of items of lists, of keys of maps, of errors,
of headers, of bodies that are no JSON. Where the names of companies and the like are kept on purpose, the
mark stands in what would tell of a person there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import count, cycle
from typing import TYPE_CHECKING, Any

import pytest
from recorder.redacted import CONTRACT, REGISTRY

from mock_lusha.recorder.cassette import Cassette, dumps
from mock_lusha.recorder.field_kinds import FieldKinds, FieldPlace, Kind
from mock_lusha.recorder.interaction import KEPT_HEADERS, Interaction
from mock_lusha.recorder.made import masked
from mock_lusha.recorder.redaction import Redactor
from mock_lusha.recorder.scan import scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KINDS = FieldKinds(REGISTRY.operations)
SERVED = [name for name, operation in REGISTRY.operations.items() if not operation.unserved]
REDACTOR = Redactor(b"a key of the tests", REGISTRY)
MARK = re.compile(r"zqx[a-j]{4}z", re.IGNORECASE)
LABELS = (
    "Zelda {} Consulting", "{}@acme.com", "{} [at] acme [dot] com", "linkedin.com/in/{}", "https://x.com/{}",
    "linkedin.com\\/comm\\/in\\/{}", "wa.me/{}", "tel:{}", "Acme 4157654321 {}", "{}&#64;acme.com",
    "<b>{}</b>",
)  # fmt: skip
"""What a mark stands in where names of companies, places and the like are kept."""
KEPT_PLACES = {
    "companyName", "name", "names", "company", "alternativeName", "jobTitle", "jobTitles", "title",
    "jobTitlesExactMatch", "currentTitle", "currentCompanyName", "previousCompanyName", "departments",
    "department", "currentDepartments", "technologies", "city", "region", "state", "previousCompanyNames",
    "previousCompany", "newCompany", "previousJobTitle", "normalizedJobTitles", "stateCode", "state_code",
    "schools", "skills",
}  # fmt: skip
"""All fields in which the name of a company, place, school or technology, or a title is kept..."""
KEPT_HOSTS = {
    "domain", "domains", "companyDomain", "fqdn", "emailDomain", "currentDomain", "previousDomain", "email",
    "homepage", "homepageUrl", "website", "logoUrl", "alternativeDomains", "previousCompanyDomains",
}  # fmt: skip
"""... and those in which a company's domain is."""


@dataclass
class Marker:
    """Makes exchanges full of marks; ``marks`` tells where each stands."""

    plain: bool = False
    """Whether a mark stands alone where labels are kept too."""
    marks: dict[str, tuple[str, FieldPlace]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    labels: Iterator[str] = field(default_factory=lambda: cycle(LABELS))

    def text(self, place: FieldPlace, where: str) -> str:
        letters = "".join("abcdefghij"[int(digit)] for digit in f"{next(self.numbers):04d}")
        mark = f"Zqx{letters}z"
        self.marks[mark] = (where, place)
        if self.plain and place.kind in {Kind.DOMAIN, Kind.SITE}:
            return f"{mark}.com"
        if place.kind is Kind.LABEL and not self.plain:
            return next(self.labels).format(mark)
        return mark

    def value(self, schema: Mapping[str, Any], place: FieldPlace, where: str) -> Any:
        schema = whole(schema)
        types = schema.get("type", "object" if "properties" in schema else "string")
        kinds = [types] if isinstance(types, str) else types
        if "object" in kinds:
            return self.object(schema, place, where)
        if "array" in kinds:
            return [self.value(schema.get("items", {}), place, f"{where}[{at}]") for at in range(2)]
        if "string" in kinds:
            return self.text(place, where)
        return {"boolean": True, "null": None, "number": 1.5}.get(kinds[0], 3)

    def object(self, schema: Mapping[str, Any], place: FieldPlace, where: str) -> dict[str, Any]:
        made = {
            name: self.value(each, place.below(name, {}), f"{where}.{name}")
            for name, each in schema.get("properties", {}).items()
        }
        others = schema.get("additionalProperties")
        if isinstance(others, dict):
            key = self.text(place, where)
            below = place.below(key, {})
            made[key] = self.value(others, below, f"{where}.{masked(key)}")
        # What the contract does not know: a known word, a word nobody knows, lists, objects, keys of a map.
        strange = self.text(place.below("comment", ""), where)
        for name, item in (
            ("comment", "text"),
            (strange, "text"),
            ("extra", "list"),
            ("participant", "object"),
        ):
            below = place.below(name, {})
            hidden = name == strange or below.steps[-1] == "*"  # an id, where ids are names
            step = f"{where}.{masked(name) if hidden else name}"
            if item == "text":
                made[name] = self.text(below, step)
            elif item == "list":
                made[name] = [[self.text(below, f"{step}[0][0]")]]
            else:
                made[name] = {"label": self.text(below.below("label", ""), f"{step}.label")}
        return made


def whole(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with all that its alternatives may have."""
    merged = dict(CONTRACT.resolve(schema))
    for word in ("allOf", "anyOf", "oneOf"):
        for each in merged.pop(word, ()):
            other = whole(each)
            properties = {**merged.get("properties", {}), **other.get("properties", {})}
            merged = {**merged, **{name: v for name, v in other.items() if v not in ("null", ["null"])}}
            if properties:
                merged |= {"properties": properties, "type": "object"}
    return merged


def exchanges(marker: Marker, operation: str) -> Iterator[Interaction]:
    """Requests to an operation and its answers, marked; each answer the contract has, and others."""
    found = CONTRACT.operations[operation]
    item = CONTRACT.document["paths"][found.path][found.method.lower()]
    for at, (status, response) in enumerate(item["responses"].items()):
        code = 500 if status == "default" else int(status)
        root = KINDS.place(operation, "error" if code >= 400 else "response")
        for content in CONTRACT.resolve(response).get("content", {}).values():
            answer = marker.value(content["schema"], root, ".response.body")
            yield exchange(marker, operation, code, answer, full=at == 0)
    for code in (200, 404):
        place = KINDS.place(operation, "error" if code >= 400 else "response")
        yield exchange(marker, operation, code, marker.text(place, ".response.body"))
    error = KINDS.place(operation, "error")
    texts = {name: error.below(name, "") for name in ("message", "errors", "error", "detail")}
    answer = {name: [marker.text(place, f".response.body.{name}[0]")] for name, place in texts.items()}
    yield exchange(marker, operation, 400, answer)
    for form in (
        "{}",
        "<html><p>{} was asked for</p></html>",
        'cb({{"a":"{}"}})',
        '{{"a": {{"b": "{}"',
        "\0{}",
    ):
        text = form.format(marker.text(error, ".response.text"))
        yield Interaction(found.method, "/v2/person", 502, operation, text=text)


def exchange(marker: Marker, operation: str, status: int, answer: Any, *, full: bool = False) -> Interaction:
    found = CONTRACT.operations[operation]
    query: list[tuple[str, str]] = []
    body, path, headers = None, found.path, {}
    if full:
        names = [each["name"] for each in found.parameters if each["in"] == "query"]
        for at, name in enumerate([*names, "comment", "owner[label]"]):
            where = f".request.query[{at}].value"
            query.append((name, marker.text(KINDS.query_place(operation, name), where)))
        strange = marker.text(KINDS.place(operation, "query", ""), f".request.query[{len(query)}].name")
        query.append((strange, ""))
        schema = found.body or {"type": "object"}
        body = marker.value(schema, KINDS.place(operation, "request"), ".request.body")
        path += "/" + marker.text(KINDS.place(operation, "path"), ".request.path")
        headers = {
            name: marker.text(KINDS.place(operation, "headers"), f".response.headers.{name}")
            for name in sorted(KEPT_HEADERS)
        }
    return Interaction(
        found.method, path, status, operation, tuple(query), body, full, headers, answer, True
    )  # fmt: skip


@pytest.mark.parametrize("operation", SERVED)
def test_no_mark_is_left_at_any_place_and_each_that_is_planted_is_found(operation: str) -> None:
    marker = Marker()
    raw = [with_names(each) for each in exchanges(marker, operation)]
    made = [REDACTOR.interaction(each) for each in raw]

    assert len(marker.marks) > 30
    assert left_in(made, marker) == []
    assert scan(Cassette(tuple(made)), REGISTRY) == []
    assert [REDACTOR.cleaned(each) for each in made] == made
    found = {each.where.partition("]")[2] for each in scan(Cassette(tuple(raw)), REGISTRY)}
    assert {(where, str(place.kind)) for where, place in marker.marks.values() if where not in found} == set()


@pytest.mark.parametrize("operation", SERVED)
def test_a_mark_alone_stays_where_names_of_companies_do_and_nowhere_else(operation: str) -> None:
    marker = Marker(plain=True)

    left = left_in([REDACTOR.interaction(each) for each in exchanges(marker, operation)], marker)

    kept = {steps[-1] for steps in left if steps[0] != "request" or steps[-1] != "text"}
    lists = REGISTRY.operations[operation].tag
    of_lists = {"response", "values", "query", "code", "label", "value", "main_industry", "country"}
    assert kept - of_lists - {"continent"} <= (KEPT_PLACES | KEPT_HOSTS), lists


def with_names(each: Interaction) -> Interaction:
    """The exchange, asked for all whose names stand in labels."""
    text = repr((each.answer, each.query, each.body))
    names = tuple(("lastName", mark) for mark in re.findall(r"Zelda (Zqx[a-j]{4}z)", text))
    query = (*each.query, ("firstName", "Zelda"), *names)
    return replace(each, query=query)


def left_in(made: list[Interaction], marker: Marker) -> list[tuple[str, ...]]:
    """The places of the marks that are left."""
    text = dumps(Cassette(tuple(made)))
    marks = {mark[:3].title() + mark[3:].lower() for mark in MARK.findall(text)}
    return [marker.marks[mark][1].steps for mark in sorted(marks)]

"""How much is looked at of an input that is wrong at very many places, and what is made of it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.contract.document import Contract
from mock_lusha.contract.findings import Walk
from mock_lusha.contract.validation import InputCheck, QueryCheck, body_check
from mock_lusha.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PERSONS, SEARCH = "searchMultipleContacts", "searchProspectingContacts"
MANY = 100_000


def check_of(contract: Contract, operation: str) -> InputCheck:
    check = body_check(contract, contract.operations[operation])
    assert check is not None
    return check


def including(**fields: Any) -> dict[str, Any]:
    return {"filters": {"contacts": {"include": fields}}}


class Untouched(list[Any]):
    """A list that says how long it is and shows none of its items."""

    def __getitem__(self, index: Any) -> Any:
        raise AssertionError(f"item {index} was looked at")

    def __iter__(self) -> Iterator[Any]:
        raise AssertionError("the items were looked at")


@pytest.mark.parametrize("closed", [True, False])
def test_of_a_list_that_is_too_long_no_item_is_looked_at(contract: Contract, closed: bool) -> None:
    schema = {"type": "array", "maxItems": 100, "items": {"type": "string"}}

    found = list(Walk(contract, closed=closed).findings(schema, Untouched([1] * 101), ("ids",)))

    assert [str(each.detail) for each in found] == [
        "ids must contain no more than 100 elements (sent: a list of 101)"
    ]


FEW: dict[str, tuple[str, Any]] = {
    "numbers for contacts": (PERSONS, {"contacts": [1] * 100}),
    "contacts without anything": (PERSONS, {"contacts": [{}] * 100}),
    "contacts wrong in all": (PERSONS, {"contacts": [{"contactId": 1, "email": 2, "fullName": 3}] * 100}),
    "companies of contacts": (
        PERSONS, {"contacts": [{"contactId": "1", "companies": [{"name": 1}] * 900}] * 99},
    ),
    "values of a filter": (SEARCH, including(jobTitles=[1] * 1_000)),
    "places": (SEARCH, including(locations=[{"country": 1, "zip": 2}] * 1_000)),
    "keys at the top": (SEARCH, {f"k{n}": 1 for n in range(MANY)} | {"filters": {}}),
    "keys of an item": (PERSONS, {"contacts": [{f"k{n}": 1 for n in range(MANY)}]}),
}  # fmt: skip


@pytest.mark.parametrize("case", FEW)
def test_of_very_many_findings_twenty_are_told(case: str, contract: Contract) -> None:
    operation, body = FEW[case]

    findings = check_of(contract, operation).findings(body)

    assert findings is not None
    assert 0 < len(findings.errors) + len(findings.unknown) <= 40
    assert max(len(findings.errors), len(findings.unknown)) <= 20


@pytest.mark.parametrize("case", FEW)
def test_findings_are_made_when_they_are_asked_for(
    case: str, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation, body = FEW[case]
    made = 0
    plain = Walk.findings

    def counted(self: Walk, schema: Mapping[str, Any], value: Any, path: Any = ()) -> Iterator[Any]:
        nonlocal made
        made += 1
        yield from plain(self, schema, value, path)

    monkeypatch.setattr(Walk, "findings", counted)
    walk = Walk(contract, closed=True)
    schema = contract.operations[operation].body
    assert schema is not None

    list(islice(walk.findings(schema, body), 20))

    # Each of twenty items with all of its properties, and those above them.
    assert made < 400


def test_a_wrong_value_far_back_is_found_in_few_looks(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    plain = Walk._wrong

    def counted(self: Walk, *given: Any) -> Iterator[int]:
        nonlocal looks
        looks += 1
        yield from plain(self, *given)

    monkeypatch.setattr(Walk, "_wrong", counted)
    values: list[Any] = ["a"] * 1_000
    values[987] = 7

    findings = check_of(contract, SEARCH).findings(including(jobTitles=values))

    assert findings is not None
    assert [str(each) for each in findings.errors] == [
        "filters.contacts.include.jobTitles.987 must be a string (sent: 7)"
    ]
    assert looks < 100


def test_what_nobody_minds_does_not_hide_what_is_wrong(contract: Contract) -> None:
    body = {f"k{n}": 1 for n in range(1_000)} | {"filters": {}, "pages": {"size": 9}}

    findings = check_of(contract, SEARCH).findings(body)

    assert findings is not None
    assert [each.text for each in findings.errors] == ["pages.size must not be less than 10"]
    assert len(findings.unknown) == 20


def test_of_very_many_parameters_that_nobody_knows_twenty_are_told(contract: Contract) -> None:
    check = QueryCheck(contract, contract.operations["searchSingleContact"])

    _, findings = check.read([(f"k{n}", "1") for n in range(500)])

    assert len(findings.unknown) == 20


def test_an_error_takes_no_more_than_twenty_details() -> None:
    taken = 0

    def details() -> Iterator[str]:
        nonlocal taken
        for n in range(MANY):
            taken += 1
            yield f"detail {n}"

    assert len(ApiError("bad-request", details()).details) == 20
    assert taken <= 21


# What the walk knows of; a contract that says more of its inputs would be refused without a reason.
KNOWN = {
    "type", "properties", "required", "additionalProperties", "items", "minItems", "maxItems",
    "minProperties", "maxProperties", "anyOf", "oneOf", "const", "$ref",
    "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "default",
    "description", "example", "examples",
}  # fmt: skip


@pytest.mark.parametrize("generation", ["v2", "control"])
def test_the_walk_knows_all_that_inputs_are_asked_for(generation: str) -> None:
    contract = Contract.load(generation)
    strange: set[str] = set()

    def look(schema: Any) -> None:
        if isinstance(schema, dict):
            strange.update(k for k in schema if k not in KNOWN and not k.startswith("x-mock-lusha-"))
            for name, each in schema.items():
                inner = each.values() if name == "properties" else each if isinstance(each, list) else [each]
                if name not in {"example", "examples", "default", "enum"} and not name.startswith("x-"):
                    for one in inner:
                        look(one)

    for schema in contract.inputs.values():
        look(schema)

    assert not strange


@pytest.mark.parametrize("operation", Contract.load().operations)
def test_every_list_that_v2_takes_has_a_maximum(contract: Contract, operation: str) -> None:
    def look(node: Any) -> None:
        if isinstance(node, dict):
            assert node.get("type") != "array" or "maxItems" in node, node
        for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            look(each)

    taken = contract.operations[operation]
    look([taken.body, *taken.parameters])
    look(dict(contract.inputs))


NEAREST = {
    "a slip": ("jobTitel", "companies[].jobTitle"),
    "another case": ("fullname", "fullName"),
    "an underscore": ("linkedin_url", "linkedinUrl"),
    "a part": ("mail", "email"),
    "one of an object further down": ("companyDomain", "companies[].domain"),
    "the same name further down": ("jobTitle", "companies[].jobTitle"),
    "nothing like it": ("favouriteColour", None),
    "a very long one": ("x" * 100_000, None),
    "none at all": ("", None),
}


@pytest.mark.parametrize(("sent", "nearest"), NEAREST.values(), ids=list(NEAREST))
def test_an_unknown_property_is_told_with_the_nearest_that_is_known(
    contract: Contract, sent: str, nearest: str | None
) -> None:
    findings = check_of(contract, PERSONS).findings({"contacts": [{"contactId": "1", sent: "x"}]})

    assert findings is not None
    (detail,) = findings.unknown
    assert detail.nearest == nearest
    assert detail.text.startswith("contacts.0.property ")
    assert "did you mean" not in detail.text

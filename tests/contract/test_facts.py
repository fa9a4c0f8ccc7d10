"""The facts of operations: complete, of the form that is documented, and true of their schemas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from mock_lusha.contract import document
from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import GENERATIONS, Registry
from mock_lusha.errors import CATALOGUE
from mock_lusha.plans import FEATURES, PLANS
from mock_lusha.recorder.field_kinds import IDS, KEPT, Kind
from mock_lusha.scenario.identifiers import SPELLING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_lusha.contract.document import Operation

FACT = "x-mock-lusha-"
NAME = {"type": "string", "pattern": r"^[A-Za-z0-9_]+$"}
PLACE = {"type": "string", "pattern": r"^(?:[A-Za-z_]+|\*)(?:\.(?:[A-Za-z_]+|\*))*$"}
COUNT = {"type": "integer", "minimum": 1}
IDENTIFIERS = [
    *("person-id", "contact-id", "linkedin", "email", "first-name", "last-name", "full-name"),
    *("company-id", "company-name", "domain"),
]


def closed(needed: Mapping[str, Any], **others: Any) -> dict[str, Any]:
    """The schema of an object of some members alone."""
    return {
        "type": "object",
        "required": list(needed),
        "properties": {**needed, **others},
        "additionalProperties": False,
    }


def mapping(names: Any, values: Any) -> dict[str, Any]:
    """The schema of a map that holds something."""
    return {"type": "object", "minProperties": 1, "propertyNames": names, "additionalProperties": values}


def some(items: Any) -> dict[str, Any]:
    """The schema of a list that holds something."""
    return {"type": "array", "minItems": 1, "items": items}


FACTS = {
    "feature": {"enum": list(FEATURES)},
    "handler": NAME,
    "price": {"type": "object", "minProperties": 1},  # see test_prices
    "aliases": some({"type": "string", "pattern": "^/"}),
    "bulk": closed(
        {"items": NAME, "most": COUNT},
        instead_of=some(NAME),
        in_one=closed(
            {"search": NAME, "enrich": NAME}, search_free_in=some({"enum": ["documented", "observed"]})
        ),
    ),
    "identifiers": mapping(
        {"pattern": r"^(?:query\.[A-Za-z_]+|body(?:\.[A-Za-z_]+)+)$"}, {"enum": IDENTIFIERS}
    ),
    "fields": mapping({"enum": [kind.value for kind in Kind]}, some(PLACE)),
    "keys": mapping({"pattern": r"^response(?:\.[A-Za-z_]+)*$"}, {"enum": sorted({*IDS, Kind.COMPANY_ID})}),
    "entities": {
        "minProperties": 1,
        **closed(
            {},
            people=some(closed({"at": PLACE}, facts=NAME, company=NAME, companies=NAME)),
            companies=some(closed({"at": PLACE, "id": PLACE}, facts=NAME, only=some(NAME))),
        ),
    },
    "gates": mapping({"enum": [*PLANS]}, {"enum": [*CATALOGUE]}),
    "window": closed({"name": NAME, "requests": COUNT, "seconds": COUNT}),
    "index": {"enum": ["people", "companies", "companies-by-people"]},
    "replaces": some({"type": "string", "pattern": "^/"}),
    "retires": {"const": True},
    "successor": closed(
        {"operation": NAME, "changes": some({"type": "string", "minLength": 1})}, also=some(NAME)
    ),
    "unserved": {"const": True},
    "request-id": {"enum": ["gives", "takes"]},
    "usage": {"const": True},
    "whitelisted": {"const": True},
    "coded": {"const": True},
    "refusal": {"type": "string", "minLength": 1},
    "differs": some({"type": "object"}),
}
NEEDED = ("feature", "price")
FLAGS = frozenset({"retires", "unserved", "usage", "whitelisted", "coded"})


@pytest.fixture(params=GENERATIONS)
def contract(request: pytest.FixtureRequest) -> Contract:
    """The contract of each generation."""
    return Contract.load(request.param)


def items(contract: Contract) -> Iterator[tuple[Operation, Mapping[str, Any]]]:
    """The operations, each with what the document has of it."""
    for operation in contract.operations.values():
        yield operation, contract.document["paths"][operation.path][operation.method.lower()]


def test_the_facts_of_every_operation_have_the_form_that_is_documented(contract: Contract) -> None:
    check = jsonschema.Draft202012Validator(
        {
            "type": "object",
            "required": [FACT + name for name in NEEDED],
            "properties": {FACT + name: schema for name, schema in FACTS.items()},
            "patternProperties": {f"^{FACT}": {}},
        }
    )
    for operation, item in items(contract):
        facts = {name: value for name, value in item.items() if name.startswith("x-")}
        strange = facts.keys() - {FACT + name for name in FACTS}

        assert not strange, (operation.id, strange)
        if not operation.unserved:  # the facts of such come with its handler
            assert operation.handler
            assert [error.message for error in check.iter_errors(facts)] == [], operation.id


@pytest.mark.parametrize("fact", sorted(FACTS.keys() - {"unserved"}))  # of what is not built yet
def test_every_fact_is_one_that_some_operation_has(fact: str) -> None:
    assert any(FACT + fact in item for name in GENERATIONS for _, item in items(Contract.load(name)))


def test_every_fact_is_documented_where_the_contract_is_read() -> None:
    table = set(re.findall(r"^([a-z-]+) {2,}\S", document.__doc__ or "", re.MULTILINE))

    assert table - {"x-mock-lusha-..."} == FACTS.keys()


def test_every_fact_is_read_into_the_operation(contract: Contract) -> None:
    for operation, item in items(contract):
        for fact in FACTS.keys() - {"aliases", "differs"}:
            absent = False if fact in FLAGS else () if fact == "replaces" else None
            assert getattr(operation, fact.replace("-", "_")) == item.get(FACT + fact, absent)


@pytest.mark.parametrize("generation", ["v2", "control"])
def test_a_document_says_which_generation_it_describes(generation: str) -> None:
    shipped = Contract.load(generation)
    read = Contract(shipped.raw)

    assert shipped.generation == read.generation == generation
    assert {operation.generation for operation in read.operations.values()} == {generation}


def test_a_bulk_takes_as_many_items_as_its_schema_says(contract: Contract) -> None:
    for operation in contract.operations.values():
        if operation.bulk is not None:
            body = contract.resolve(operation.body or {})
            schema = contract.resolve(body["properties"][operation.bulk["items"]])
            assert (schema["type"], schema["maxItems"]) == ("array", operation.bulk["most"])
            assert set(operation.bulk.get("instead_of", ())) <= contract.operations.keys()


def test_a_list_of_ids_or_of_objects_that_must_be_sent_is_a_bulk(contract: Contract) -> None:
    """Or a call would be priced as one item, however many it sends."""
    for operation in contract.operations.values():
        body = contract.resolve(operation.body or {})
        needed = {
            name
            for name in body.get("required", ())
            if contract.resolve(body["properties"][name])["type"] == "array"
            and name not in {"signals", "signalTypes"}
        }
        price = operation.price or {}
        if operation.unserved or price == {"free": True}:
            continue
        # What need not be sent is priced with other properties alone that say that it is.
        optional = (
            {operation.bulk["items"]} if operation.bulk and price.keys() & {"requires", "optional"} else set()
        )
        bulk = {operation.bulk["items"]} if operation.bulk else set()
        assert needed == bulk - optional, operation.id


def inputs(contract: Contract, operation: Operation) -> Iterator[str]:
    """The places of an operation's query and body."""
    for parameter in operation.parameters:
        yield f"{parameter['in']}.{parameter['name']}"
    yield from places(contract, operation.body or {}, "body")


def places(contract: Contract, schema: Mapping[str, Any], place: str, depth: int = 0) -> Iterator[str]:
    """The places of a schema; items of a list are in that of the list."""
    schema = contract.resolve(schema)
    yield place
    if depth < 8:
        for word in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(word, ()):
                yield from places(contract, part, place, depth + 1)
        if isinstance(schema.get("items"), dict):
            yield from places(contract, schema["items"], place, depth + 1)
        if isinstance(schema.get("additionalProperties"), dict):
            yield from places(contract, schema["additionalProperties"], f"{place}.*", depth + 1)
        for name, inner in schema.get("properties", {}).items():
            yield from places(contract, inner, f"{place}.{name}", depth + 1)


def test_identifiers_stand_where_the_operation_takes_them(contract: Contract) -> None:
    for operation in contract.operations.values():
        strange = (operation.identifiers or {}).keys() - set(inputs(contract, operation))
        assert not strange, operation.id


def test_of_every_kind_of_identifiers_an_operation_takes_some() -> None:
    operations = Registry.load().operations.values()
    kinds = {kind for operation in operations for kind in (operation.identifiers or {}).values()}

    assert kinds == set(IDENTIFIERS)
    assert kinds >= SPELLING.keys()


def known_places(contract: Contract, operation: Operation, item: Mapping[str, Any]) -> set[str]:
    """The places of an operation's body (as ``request``) and answer."""
    done = next(status for status in item["responses"] if status.startswith("2"))
    answer = contract.resolve(item["responses"][done])["content"]["application/json"]["schema"]
    body = places(contract, operation.body or {}, "request")
    return {*places(contract, answer, "response"), *body}


def test_fields_and_keys_are_places_of_requests_and_answers(contract: Contract) -> None:
    """Of each kind some are; others are where an answer is thought to have them one day."""
    for operation, item in items(contract):
        known = known_places(contract, operation, item)
        for kind, ends in (operation.fields or {}).items():
            there = {end for end in ends if any(f".{place}".endswith(f".{end}") for place in known)}
            # What may stay as it is may be listed for operations that do not have it.
            assert there or Kind(kind) in KEPT, (operation.id, kind)
        assert (operation.keys or {}).keys() <= known, operation.id


def test_entities_are_places_of_answers(contract: Contract) -> None:
    for operation, item in items(contract):
        known = {place.replace(".*", "") for place in known_places(contract, operation, item)}
        for group in (operation.entities or {}).values():
            for place in group:
                start = ".".join(["response", *(step for step in place["at"].split(".") if step != "*")])
                facts = f"{start}.{place['facts']}" if "facts" in place else start
                assert facts in known, operation.id
                members = [f"{start}.{place['id']}"] if place.get("id", "*") != "*" else []
                members += [f"{facts}.{name}" for name in place.get("only", ())]
                members += [f"{facts}.{place['company']}"] if "company" in place else []
                members += [f"response.{place['companies']}"] if "companies" in place else []
                assert set(members) <= known, operation.id

"""Contracts of several generations as one: what merges, what gets another name, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import GENERATIONS, Registry, merged
from mock_lusha.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support import CheckedClient

CUP = {"type": "object", "properties": {"size": {"type": "integer"}}}
MUG = {"type": "object", "properties": {"size": {"type": "string"}}}
TRAY = {"type": "array", "items": {"$ref": "#/components/schemas/Cup"}}


def toy(
    generation: str = "v9",
    *,
    operation: str = "getTea",
    path: str = "/v9/tea",
    method: str = "get",
    aliases: tuple[str, ...] = (),
    schemas: Mapping[str, Any] | None = None,
    **others: Any,
) -> Contract:
    """A contract of one operation, which answers with the last of its schemas."""
    schemas = schemas or {"Cup": CUP}
    answer = {"$ref": f"#/components/schemas/{list(schemas)[-1]}"}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Tea", "version": "1"},
        "x-mock-lusha-generation": generation,
        "paths": {
            path: {
                method: {
                    "operationId": operation,
                    "tags": ["Drinks"],
                    "summary": "Tea",
                    "x-mock-lusha-feature": "filters",
                    "x-mock-lusha-handler": "drinks",
                    "x-mock-lusha-aliases": list(aliases),
                    "responses": {
                        "200": {
                            "description": "Tea.",
                            "content": {"application/json": {"schema": answer}},
                        }
                    },
                }
            }
        },
        "components": {"schemas": dict(schemas), **others.pop("components", {})},
        **others,
    }
    return Contract(orjson.dumps(document))


def answer_of(document: Mapping[str, Any], path: str) -> Any:
    """The schema of an answer."""
    return document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


# Operations


def test_the_registry_has_the_operations_of_all_documents(contract: Contract) -> None:
    registry = Registry([contract, toy(aliases=("/tea",))])

    assert list(registry.operations) == [*contract.operations, "getTea"]
    assert registry.routes["GET", "/tea"] is registry.routes["GET", "/v9/tea"]
    assert registry.routes["GET", "/v9/tea"].generation == "v9"
    assert registry.contract_of(registry.operations["getTea"]).document["info"]["title"] == "Tea"


def test_one_path_may_have_methods_of_two_generations(contract: Contract) -> None:
    registry = Registry([contract, toy(path="/account/usage", method="delete")])

    assert registry.routes["GET", "/account/usage"].generation == "v2"
    assert registry.routes["DELETE", "/account/usage"].generation == "v9"
    document = merged([contract, toy(path="/account/usage", method="delete")])
    assert list(document["paths"]["/account/usage"]) == ["get", "delete"]


CLASHES: dict[str, tuple[dict[str, Any], str | None]] = {
    "an operation id of another generation": (
        {"operation": "getAccountUsageStats"},
        "the contracts of v2 and v9 both have the operation getAccountUsageStats",
    ),
    "a method and path of another generation": (
        {"path": "/account/usage"},
        "the contracts of v2 and v9 both have GET /account/usage",
    ),
    "an alias that is a path of another generation": (
        {"aliases": ("/account/usage",)},
        "the contracts of v2 and v9 both have GET /account/usage",
    ),
    "an alias of its own path": ({"aliases": ("/v9/tea",)}, None),
    "a path that is an alias of another generation": (
        {"path": "/bulk/company/v2", "method": "post"},
        "the contracts of v2 and v9 both have POST /bulk/company/v2",
    ),
    "a generation that is there already": (
        {"generation": "v2"},
        "there are two contracts of generation 'v2'",
    ),
}


@pytest.mark.parametrize("case", CLASHES)
def test_both_documents_are_named_where_they_clash_by(case: str, contract: Contract) -> None:
    changes, problem = CLASHES[case]
    contracts = [contract, toy(**changes)]

    if problem is None:
        assert "getTea" in Registry(contracts).operations
        return
    for make in (Registry, merged):
        with pytest.raises(ContractError) as refusal:
            make(contracts)
        assert str(refusal.value) == problem


def test_the_registry_that_ships_has_every_generation(contract: Contract) -> None:
    registry = Registry.load()

    assert tuple(registry.contracts) == GENERATIONS
    assert registry.operations.keys() >= contract.operations.keys()


# Documents


def test_a_document_alone_stays_as_it_is(contract: Contract) -> None:
    alone = {k: v for k, v in contract.document.items() if k != "x-mock-lusha-generation"}

    assert orjson.dumps(merged([contract])) == orjson.dumps(alone)


def test_merging_changes_nothing_of_the_first_document_but_adds_to_it(contract: Contract) -> None:
    before = orjson.dumps(contract.document)

    document = merged([contract, toy(security=[], tags=[{"name": "Drinks"}])])

    OpenAPIV31SpecValidator(document).validate()
    assert orjson.dumps(contract.document) == before
    info = contract.document["info"]
    assert document["info"] == {
        **info,
        "title": f"{info['title']}; Tea",
        "description": f"# {info['title']}\n\n{info['description']}",
    }
    assert document["tags"] == [*contract.document["tags"], {"name": "Drinks"}]
    assert document["paths"].keys() == {*contract.document["paths"], "/v9/tea"}
    assert document["components"]["schemas"] == {**contract.schemas, "Cup": CUP}


def test_schemas_of_equal_value_are_one() -> None:
    document = merged([toy(), toy("v10", operation="getMoreTea", path="/v10/tea")])

    assert document["components"]["schemas"] == {"Cup": CUP}
    assert answer_of(document, "/v9/tea") == answer_of(document, "/v10/tea")


def test_an_unequal_schema_gets_the_generation_behind_its_name() -> None:
    other = toy("v10", operation="getMoreTea", path="/v10/tea", schemas={"Cup": MUG})

    document = merged([toy(), other])

    assert document["components"]["schemas"] == {"Cup": CUP, "CupV10": MUG}
    assert answer_of(document, "/v9/tea") == {"$ref": "#/components/schemas/Cup"}
    assert answer_of(document, "/v10/tea") == {"$ref": "#/components/schemas/CupV10"}
    assert other.schemas == {"Cup": MUG}


def test_so_does_an_equal_one_that_refers_to_it() -> None:
    shop = {"oneOf": [{"$ref": "#/components/schemas/Tray"}], "discriminator": {
        "propertyName": "kind", "mapping": {"tray": "#/components/schemas/Tray"},
    }}  # fmt: skip
    first = toy(schemas={"Cup": CUP, "Tray": TRAY, "Shop": shop, "Spoon": CUP})
    other = toy(
        "v10",
        operation="getMoreTea",
        path="/v10/tea",
        schemas={"Spoon": CUP, "Cup": MUG, "Tray": TRAY, "Shop": shop},
    )

    schemas = merged([first, other])["components"]["schemas"]

    assert list(schemas) == ["Cup", "Tray", "Shop", "Spoon", "CupV10", "TrayV10", "ShopV10"]
    assert schemas["Tray"] == TRAY
    assert schemas["TrayV10"]["items"] == {"$ref": "#/components/schemas/CupV10"}
    assert schemas["ShopV10"]["oneOf"] == [{"$ref": "#/components/schemas/TrayV10"}]
    assert schemas["ShopV10"]["discriminator"]["mapping"] == {"tray": "#/components/schemas/TrayV10"}


def test_a_name_that_is_taken_is_given_to_no_other_schema() -> None:
    other = toy("v10", operation="getMoreTea", path="/v10/tea", schemas={"CupV10": CUP, "Cup": MUG})

    with pytest.raises(ContractError, match="v10 cannot have its own Cup: CupV10 is taken"):
        merged([toy(), other])


def test_security_schemes_of_one_name_must_be_one(contract: Contract) -> None:
    scheme = {"ApiKeyAuth": {"type": "http", "scheme": "bearer"}}

    with pytest.raises(ContractError, match="v9 has another security scheme ApiKeyAuth"):
        merged([contract, toy(components={"securitySchemes": scheme})])


def test_what_its_own_document_says_of_security_holds_for_an_operation(contract: Contract) -> None:
    """Without a word on security anybody may call it, and not who the first document lets in."""
    assert merged([contract, toy()])["paths"]["/v9/tea"]["get"]["security"] == []
    same = toy(security=contract.document["security"])
    assert "security" not in merged([contract, same])["paths"]["/v9/tea"]["get"]


# Served


@pytest.mark.parametrize("generation", [*GENERATIONS, "control"])
def test_one_generation_is_served_alone(generation: str, client: CheckedClient) -> None:
    answer = client.get(f"/_mock/openapi.json?generation={generation}")

    served = answer.json()
    assert [server["url"] for server in served.pop("servers")] == ["http://double.localhost"]
    document = {k: v for k, v in Contract.load(generation).document.items() if k != "servers"}
    assert served == document


def test_an_unknown_generation_is_refused_with_those_that_there_are(client: CheckedClient) -> None:
    answer = client.get("/_mock/openapi.json?generation=v9")

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        f"generation must be one of the following values: {', '.join(GENERATIONS)}, control (sent: v9)"
    ]

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from support import DAILY_HEADERS, RATE_HEADERS, script

from mock_lusha.contract.document import Contract, inputs_file, operations_file
from mock_lusha.contract.registry import GENERATIONS
from mock_lusha.contract.validation import QueryCheck, body_check
from mock_lusha.errors import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support import CheckedClient


OPERATIONS = {
    "GET /v2/person", "POST /v2/person", "GET /v2/company", "POST /v2/company",
    "GET /prospecting/filters/contacts/departments", "GET /prospecting/filters/contacts/seniority",
    "GET /prospecting/filters/contacts/existing_data_points",
    "GET /prospecting/filters/contacts/all_countries", "POST /prospecting/filters/contacts/locations",
    "GET /prospecting/filters/companies/industries_labels", "GET /prospecting/filters/companies/sizes",
    "GET /prospecting/filters/companies/revenues", "GET /prospecting/filters/companies/sics",
    "GET /prospecting/filters/companies/naics", "GET /prospecting/filters/companies/intent_topics",
    "POST /prospecting/filters/companies/names", "POST /prospecting/filters/companies/locations",
    "POST /prospecting/filters/companies/technologies", "POST /prospecting/contact/search",
    "POST /prospecting/contact/enrich", "POST /prospecting/company/search",
    "POST /prospecting/company/enrich", "GET /api/signals/filters/{objectType}",
    "POST /api/signals/contacts", "POST /api/signals/contacts/search", "POST /api/signals/companies",
    "POST /api/signals/companies/search", "POST /v3/lookalike/contacts", "POST /v3/lookalike/companies",
    "GET /account/usage",
}  # fmt: skip


@pytest.fixture(params=GENERATIONS)
def shipped(request: pytest.FixtureRequest) -> Contract:
    """The contract of each generation."""
    return Contract.load(request.param)


def responses(contract: Contract) -> Iterator[tuple[str, str, Any]]:
    """(operation id, status, response) of all operations."""
    for item in contract.document["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                yield operation["operationId"], status, contract.resolve(response)


def examples(contract: Contract) -> Iterator[tuple[str, Any, Any]]:
    """(where, schema, example) of all requests and responses."""
    for item in contract.document["paths"].values():
        for operation in item.values():
            media = operation.get("requestBody", {}).get("content", {})
            for content in media.values():
                for name, example in content.get("examples", {}).items():
                    yield f"{operation['operationId']} request {name}", content["schema"], example["value"]
    for operation_id, status, response in responses(contract):
        for content in response["content"].values():
            for name, example in content.get("examples", {}).items():
                yield f"{operation_id} {status} {name}", content["schema"], example["value"]


def test_it_is_a_valid_openapi_3_1_document(shipped: Contract) -> None:
    assert shipped.document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(shipped.document).validate()


def test_it_holds_the_30_operations(contract: Contract) -> None:
    found = {f"{operation.method} {operation.path}" for operation in contract.operations.values()}

    assert found == OPERATIONS


def test_the_paths_that_old_clients_call_are_aliases(contract: Contract) -> None:
    aliases = {op.id: op.paths[1:] for op in contract.operations.values() if len(op.paths) > 1}

    assert aliases == {
        "searchSingleCompanyV2": ("/company",),
        "searchMultipleCompaniesV2": ("/bulk/company/v2",),
    }


def test_every_answer_has_the_nine_rate_limit_headers(shipped: Contract) -> None:
    for operation, status, response in responses(shipped):
        assert set(response["headers"]) >= RATE_HEADERS | DAILY_HEADERS, (operation, status)
        assert "Retry-After" not in response["headers"]


def test_every_example_is_valid_by_its_schema(shipped: Contract) -> None:
    count = 0
    for where, schema, example in examples(shipped):
        validator = jsonschema.Draft202012Validator(
            {**schema, "components": {"schemas": shipped.schemas}},
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )
        problems = [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(example)]
        count += 1

        assert not problems, f"{where}: {problems}"
    assert count > 60


def test_every_operation_has_an_example_body_and_if_it_is_served_an_answer(shipped: Contract) -> None:
    shown = {where.rsplit(" ", 1)[0] for where, _, _ in examples(shipped)}

    for operation in shipped.operations.values():
        assert operation.unserved or {f"{operation.id} 200", f"{operation.id} 201"} & shown
        assert operation.body is None or f"{operation.id} request" in shown


def test_errors_are_listed_where_they_can_come(shipped: Contract) -> None:
    for item in shipped.document["paths"].values():
        for operation in item.values():
            codes = set(operation["responses"])
            assert {"401", "403", "429", "500", "default"} <= codes, operation["operationId"]
            assert ("501" in codes) is operation.get("x-mock-lusha-unserved", False), operation["operationId"]
            assert "requestBody" in operation or "413" not in codes
            is_free = operation.get("x-mock-lusha-price", {}).get("free", False)
            assert not (is_free and "402" in codes), operation["operationId"]


def test_every_error_status_of_the_catalogue_is_in_a_contract() -> None:
    contracts = map(Contract.load, GENERATIONS)
    documented = {status for contract in contracts for _, status, _ in responses(contract)}
    missing = {str(kind.status) for kind in CATALOGUE.values()} - documented

    # Of what is not built yet, if there is such an operation.
    assert missing <= {"501"}


def test_everything_is_described(shipped: Contract) -> None:
    for name, schema in shipped.schemas.items():
        assert schema.get("description"), name
        for prop, inner in schema.get("properties", {}).items():
            assert inner.get("description"), f"{name}.{prop}"
    for item in shipped.document["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            assert operation["description"]


def test_differences_from_the_published_document_say_what_and_why(shipped: Contract) -> None:
    found = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            found.extend(node.get("x-mock-lusha-differs", ()))
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(shipped.document)
    assert len(found) > 100
    for difference in found:
        assert set(difference) == {"published", "here", "why"}
        assert all(difference.values())


def test_answers_are_closed_so_that_an_undeclared_field_is_noticed(shipped: Contract) -> None:
    reached: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                name = node["$ref"].rsplit("/", 1)[1]
                if name not in reached:
                    reached.add(name)
                    walk(shipped.schemas[name])
            if isinstance(node.get("properties"), dict):
                assert node.get("additionalProperties") is False, node.get("description")
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    for _, _, response in responses(shipped):
        for content in response["content"].values():
            walk(content["schema"])
    assert len(reached) > 50


def test_the_server_serves_the_contract_and_that_of_the_control_api(
    client: CheckedClient, contract: Contract
) -> None:
    answer = client.get("/_mock/openapi.json")

    assert answer.status_code == 200
    served, documents = answer.json(), [Contract.load(name).document for name in ("v2", "v3", "control")]
    OpenAPIV31SpecValidator(served).validate()
    for document in (documents[0], documents[2]):  # names that v3 has too are those of v2
        for path, item in document["paths"].items():
            assert served["paths"][path] == item
        for kind in ("schemas", "securitySchemes"):
            for name, component in document["components"][kind].items():
                assert served["components"][kind][name] == component
    assert served["paths"].keys() == {path for document in documents for path in document["paths"]}
    for document in documents:
        assert document["info"]["title"] in served["info"]["title"]
        assert (
            f"# {document['info']['title']}\n\n{document['info']['description']}"
            in (served["info"]["description"])
        )


HOSTS = {
    "as it was asked": ("lusha.internal:8080", "http://lusha.internal:8080"),
    "on IPv6": ("[::1]:8080", "http://[::1]:8080"),
    "by nothing that is a host": ('a"b/c', "http://double.localhost"),
}


@pytest.mark.parametrize("case", HOSTS)
def test_the_contract_names_the_server_it_was_asked_at(case: str, client: CheckedClient) -> None:
    host, url = HOSTS[case]

    answer = client.get("/_mock/openapi.json", headers={"host": host})

    assert [each["url"] for each in answer.json()["servers"]] == [url]


MADE = script("make-operations.py")


@pytest.mark.parametrize("path", MADE.CONTRACTS, ids=lambda path: path.name)
def test_the_operations_in_a_file_of_their_own_are_those_of_the_document(path: Path) -> None:
    assert operations_file(path).read_text(encoding="utf-8") == MADE.render(path)
    assert Contract(path).operations == Contract(path.read_bytes()).operations


@pytest.mark.parametrize("path", MADE.CONTRACTS, ids=lambda path: path.name)
def test_the_inputs_in_a_file_of_their_own_are_those_of_the_document(path: Path) -> None:
    shipped, read = Contract(path), Contract(path.read_bytes())

    assert inputs_file(path).read_text(encoding="utf-8") == MADE.render_inputs(path)
    assert shipped.inputs == read.inputs
    for name, schema in shipped.inputs.items():
        assert schema == read.schemas[name]
        assert shipped.resolve({"$ref": f"#/components/schemas/{name}"}) == schema


@pytest.mark.parametrize("path", MADE.CONTRACTS, ids=lambda path: path.name)
def test_a_server_need_not_read_the_document_to_check_what_is_sent(path: Path, tmp_path: Path) -> None:
    for each in (operations_file, inputs_file):
        shutil.copy(each(path), each(tmp_path / path.name))
    contract = Contract(tmp_path / path.name)

    for operation in contract.operations.values():
        QueryCheck(contract, operation).read([("signals", "any"), ("bogus", "1")])
        body = body_check(contract, operation)
        if body is not None:
            body.findings({})
    with pytest.raises(FileNotFoundError):
        _ = contract.document

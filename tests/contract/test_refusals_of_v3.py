"""What is said of bodies of v3 that are not valid, in the words that were recorded, and how lists are bounded."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.contract.document import Contract
from mock_lusha.contract.validation import InputCheck, body_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

V3 = Contract.load("v3")
PAGE = {"page": 0, "size": 10}
POINTS = (
    "filters.contacts.include.each value in existingDataPoints must be one of the following values: phone, "
    "direct_phone, mobile_phone, unknown_phone, no_dnc_phone, email, work_email, private_email (sent: work_phone)"
)


def people(**fields: Any) -> dict[str, Any]:
    return {"pagination": PAGE, "filters": {"contacts": {"include": fields}}}


def companies(**fields: Any) -> dict[str, Any]:
    return {"pagination": PAGE, "filters": {"companies": {"include": fields}}}


def employers(**fields: Any) -> dict[str, Any]:
    return companies(**fields)


def check(operation: str) -> InputCheck:
    found = body_check(V3, V3.operations[operation])
    assert found is not None
    return found


# Operation, body -> what is not valid, and what nobody knows
REFUSED: dict[str, tuple[str, Any, list[str], list[str]]] = {
    "a flat body": (
        "searchAndEnrichContacts", {"firstName": "Ada"}, ["contacts should not be empty"],
        ["property firstName should not exist; did you mean contacts[].firstName?"],
    ),
    "filterBy": (
        "searchContacts", {"contacts": [{"id": "1"}], "filterBy": "x"},
        [], ["property filterBy should not exist"],
    ),
    "what an item does not have": (
        "searchAndEnrichContacts", {"contacts": [{"notARealProperty": 1}]},
        [], ["contacts.0.property notARealProperty should not exist"],
    ),
    "the index of version 2": (
        "searchContacts", {"contacts": [{"contactId": "1"}]},
        [], ["contacts.0.property contactId should not exist; did you mean id?"],
    ),
    "that of companies": (
        "searchCompanies", {"companies": [{"companyId": "1"}]},
        [], ["companies.0.property companyId should not exist; did you mean id?"],
    ),
    "items where ids belong": (
        "enrichContacts", {"contacts": [{"id": "1"}]},
        ["ids should not be empty"], ["property contacts should not exist"],
    ),
    "seeds of something else": (
        "getContactLookalikes", {"seeds": {"X": 1}}, [], ["seeds.property X should not exist"],
    ),
    "nothing to reveal": (
        "enrichContacts", {"ids": ["1"], "reveal": []},
        ["reveal must contain at least 1 elements (sent: a list of 0)"], [],
    ),
    "nothing to reveal of companies": (
        "enrichCompanies", {"ids": ["1"], "reveal": []},
        ["reveal must contain at least 1 elements (sent: a list of 0)"], [],
    ),
    "kinds that there are not": (
        "enrichContacts", {"ids": ["1"], "reveal": ["fax", "emails", 3]},
        [
            "each value in reveal must be one of the following values: emails, phones (sent: fax)",
            "each value in reveal must be a string (sent: 3)",
        ],
        [],
    ),
    "ids that are numbers": (
        "enrichContacts", {"ids": [1]}, ["each value in ids must be a string (sent: 1)"], [],
    ),
    "null for a list": (
        "searchContacts", {"contacts": None}, ["contacts must be an array (sent: null)"], [],
    ),
    "null for a text": (
        "searchContacts", {"contacts": [{"email": None}]},
        ["contacts.0.email must be a string (sent: null)"], [],
    ),
    "a text for an item": (
        "searchContacts", {"contacts": ["x"]}, ['contacts.0 must be an object (sent: "x")'], [],
    ),
    "signals without types": (
        "searchContacts", {"contacts": [{"id": "1"}], "signals": {}},
        ["signals.types should not be empty"], [],
    ),
    "signals of companies with a bound": (
        "searchCompanies", {"companies": [{"id": "1"}], "signals": {"types": ["allSignals"], "maxResultsPerSignal": 1}},
        [], ["signals.property maxResultsPerSignal should not exist"],
    ),
    "no type of signals": (
        "getContactSignals", {"ids": ["1"]}, ["signalTypes should not be empty"], [],
    ),
    "a type of the other kind": (
        "getContactSignals", {"ids": ["1"], "signalTypes": ["riskNews"]},
        ["each value in signalTypes must be one of the following values: allSignals, promotion, companyChange (sent: riskNews)"],
        [],
    ),
    "a day that is none": (
        "getContactSignals", {"ids": ["1"], "signalTypes": ["promotion"], "startDate": "2026-02-30"},
        ["startDate must be a valid ISO 8601 date string (sent: 2026-02-30)"], [],
    ),
    "no page": (
        "prospectingContacts", {"filters": {}}, ["pagination should not be empty"], [],
    ),
    "half a page": (
        "prospectingContacts", {"pagination": {"page": 0}, "filters": {}},
        ["pagination.size should not be empty"], [],
    ),
    "a country in full": (
        "prospectingContacts", people(countries=["United States"]),
        ["filters.contacts.include.each value in countries must be shorter than or equal to 2 characters (sent: United States)"],
        [],
    ),
    "a mailbox that is none": (
        "prospectingContacts", people(emails=["ada"]),
        ["filters.contacts.include.each value in emails must be an email (sent: ada)"], [],
    ),
    "a level by its name": (
        "prospectingContacts", people(seniorityIds=["director"]),
        ['filters.contacts.include.each value in seniorityIds must be an integer number (sent: "director")'], [],
    ),
    "a kind of details that is not listed": (
        "prospectingContacts", people(existingDataPoints=["work_phone"]), [], [POINTS],
    ),
    "a filter as a list": (
        "prospectingContacts", {"pagination": PAGE, "filters": {"contacts": ["Sales"]}},
        ["filters.contacts must be an object (sent: a list of 1)"], [],
    ),
    "a filter without include": (
        "prospectingContacts", {"pagination": PAGE, "filters": {"contacts": {"departments": ["Sales"]}}},
        [], ["filters.contacts.property departments should not exist; did you mean include.departments?"],
    ),
    "excludeDnc at the top": (
        "prospectingContacts", {**people(departments=["Sales"]), "excludeDnc": True},
        [], ["property excludeDnc should not exist; did you mean options.excludeDnc?"],
    ),
    "funding of companies": (
        "prospectingCompanies", companies(funding={"isIpo": True}),
        [], ["filters.companies.include.property funding should not exist"],
    ),
    "industries of companies by name": (
        "prospectingCompanies", companies(industriesLabels=["Software"]),
        [], ["filters.companies.include.property industriesLabels should not exist; did you mean subIndustriesIds?"],
    ),
    "a country of companies in two letters": (
        "prospectingCompanies", companies(locations=[{"countryIso2": "US"}]),
        [], ["filters.companies.include.locations.0.property countryIso2 should not exist; did you mean country?"],
    ),
    "companies without include": (
        "prospectingCompanies", {"pagination": PAGE, "filters": {"companies": {}}},
        ["filters.companies.include should not be empty"], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_told_in_the_words_of_the_api(case: str) -> None:
    operation, body, errors, unknown = REFUSED[case]

    findings = check(operation).findings(body)

    assert findings is not None
    assert (list(map(str, findings.errors)), list(map(str, findings.unknown))) == (errors, unknown)


TAKEN: dict[str, tuple[str, Any]] = {
    "nothing to reveal while looking up": ("searchAndEnrichContacts", {"contacts": [{"id": "1"}], "reveal": []}),
    "what is newer": ("enrichCompanies", {"ids": ["1"], "reveal": ["openJobsTotal", "ultimateParent"]}),
    "parts of companies looked up": (
        "searchAndEnrichCompanies", {"companies": [{"id": "1"}], "reveal": ["competitors"]},
    ),
    "a reference that is empty": ("searchContacts", {"contacts": [{"id": "1", "clientReferenceId": ""}]}),
    "two letters for a country of employers": (
        "prospectingContacts", employers(locations=[{"countryIso2": "US"}]),
    ),
    "funding of employers": ("prospectingContacts", employers(funding={"isIpo": True, "investors": ["A"]})),
    "industries of employers by name": ("prospectingContacts", employers(industriesLabels=["Software"])),
    "codes as numbers": ("prospectingCompanies", companies(sicCodes=["7372", 7372], naicsCodes=[513210])),
    "filters of signals as in version 2": (
        "getCompanySignals",
        {"ids": ["1"], "signalTypes": ["allSignals"], "filters": {"include": {"newsEventTypes": ["IPO"]}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TAKEN)
def test_what_clients_send_is_taken(case: str) -> None:
    operation, body = TAKEN[case]

    assert check(operation).findings(body) is None


@pytest.mark.parametrize(("page", "size", "wrong"), [
    (0, 9, "pagination.size must not be less than 10 (sent: 9)"),
    (0, 10, None),
    (1000, 100, None),
    (0, 101, "pagination.size must not be greater than 100 (sent: 101)"),
    (1001, 10, "pagination.page must not be greater than 1000 (sent: 1001)"),
    (-1, 10, "pagination.page must not be less than 0 (sent: -1)"),
    ("0", 10, 'pagination.page must be an integer number (sent: "0")'),
])  # fmt: skip
@pytest.mark.parametrize("operation", ["prospectingContacts", "prospectingCompanies"])
def test_pages_and_sizes_have_bounds(operation: str, page: Any, size: int, wrong: str | None) -> None:
    body = {**companies(names=["Quill"]), "pagination": {"page": page, "size": size}}

    findings = check(operation).findings(body)

    texts = [] if findings is None else list(map(str, findings.errors))
    assert texts == ([] if wrong is None else [wrong])


def bulks() -> Iterator[tuple[str, str, int, Mapping[str, Any]]]:
    """Operation, list that it needs, how long that may be, and an example of its body."""
    for operation in V3.operations.values():
        body = V3.resolve(operation.body or {})
        for name in body.get("required", ()):
            schema = V3.resolve(body["properties"][name])
            if (
                schema.get("type") == "array"
                and "minItems" in schema
                and name not in {"signalTypes", "domains"}
            ):
                item = V3.document["paths"][operation.path][operation.method.lower()]
                example = next(iter(item["requestBody"]["content"]["application/json"]["examples"].values()))
                yield operation.id, name, schema["maxItems"], example["value"]


BULKS = list(bulks())


def test_there_are_lists_to_bound() -> None:
    assert {most for _, _, most, _ in BULKS} == {25, 100, 500}
    assert len(BULKS) > 15


@pytest.mark.parametrize(("operation", "name", "most", "example"), BULKS, ids=lambda each: str(each)[:30])
def test_a_list_has_an_item_at_least_and_is_refused_by_its_length_first(
    operation: str, name: str, most: int, example: Mapping[str, Any]
) -> None:
    item = example[name][0]
    told = {}
    for length, items in {
        0: [], 1: [item], most: [item] * most, most + 1: [{"wrong": 1}] * (most + 1),
    }.items():  # fmt: skip
        findings = check(operation).findings({**example, name: items})
        told[length] = [] if findings is None else list(map(str, findings.errors + findings.unknown))

    assert told == {
        0: [f"{name} must contain at least 1 elements (sent: a list of 0)"],
        1: [],
        most: [],
        most + 1: [f"{name} must contain no more than {most} elements (sent: a list of {most + 1})"],
    }


def test_bodies_are_closed_at_every_depth() -> None:
    for name, schema in V3.inputs.items():
        for place, inner in objects(schema, name):
            assert inner.get("additionalProperties") is False, place


def test_no_list_or_text_of_criteria_is_without_a_bound() -> None:
    """A body has at most a megabyte; what is compared with millions has less."""
    for name in ("ContactFilterCriteria", "CompanyFilterCriteria", "CompanyProspectingFilters"):
        for field, schema in V3.inputs[name]["properties"].items():
            if schema.get("type") == "array":
                assert schema["maxItems"] == 1_000, (name, field)
            if schema.get("type") == "string" and not {"enum", "format"} & schema.keys():
                assert schema["maxLength"] <= 20_000, (name, field)


def objects(schema: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield place, schema
        for name, inner in schema.items():
            yield from objects(inner, f"{place}.{name}")

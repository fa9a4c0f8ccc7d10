"""Pages of prospecting: what they say, what they cost, and that both generations find the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

CONTACTS, COMPANIES = "/v3/contacts/prospecting", "/v3/companies/prospecting"
OLD = {CONTACTS: "/prospecting/contact/search", COMPANIES: "/prospecting/company/search"}
ANYBODY = list(range(1, 11))  # the ids of all levels
LEGAL = {"contacts": {"include": {"departments": ["Legal"]}}}
ALL = {
    CONTACTS: {"contacts": {"include": {"seniorityIds": ANYBODY}}},
    COMPANIES: {"companies": {"include": {}}},
}


def prospect(
    client: CheckedClient, path: str, filters: Any, page: int = 0, size: int = 25, **more: Any
) -> Any:
    pagination = {"page": page, "size": size}
    answer = client.post(path, json={"pagination": pagination, "filters": filters, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_page_of_contacts_previews_each(small: CheckedClient) -> None:
    answer = prospect(small, CONTACTS, LEGAL, size=10)

    assert list(answer) == ["requestId", "pagination", "results", "billing"]
    assert answer["pagination"].items() >= {"page": 0, "size": 10, "totalGuaranteed": True}.items()
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 10}
    for person in answer["results"]:
        assert person["id"].startswith("v1.")
        assert person["jobTitle"]["departments"] == ["Legal"]
        assert person["jobTitle"]["seniority"] == person["jobTitle"]["seniority"].lower()
        assert person["company"].keys() == {"id", "name", "domain"}
        assert not person["company"]["domain"].startswith("www.")
        assert "signalTypes" not in person
        assert {row["field"] for row in person["canReveal"]} == {"emails", "phones"} & set(person["has"])


@pytest.mark.parametrize("path", ALL)
def test_pages_add_up_to_the_total_of_both_generations(small: CheckedClient, path: str) -> None:
    options = {"options": {"includePartialProfiles": True}}
    results: list[Any] = []
    totals = set()
    for number in range(10):
        page = prospect(small, path, ALL[path], number, 100, **options)
        results += page["results"]
        totals.add(page["pagination"]["total"])
    old = small.post(OLD[path], json={"filters": {}}).json()

    assert len({row["id"] for row in results}) == len(results)
    assert totals == {len(results), old["totalResults"]}


SINCE = "2024-01-01"
SAME: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    # What is asked of, the fields of v3, and those of v2 where they have other names.
    "departments": ("contacts", {"departments": ["Sales", "Legal"]}, {}),
    "levels": ("contacts", {"seniorityIds": [5, 6]}, {"seniority": [5, 6]}),
    "details": (
        "contacts",
        {"existingDataPoints": ["direct_phone"]},
        {"existing_data_points": ["direct_phone"]},
    ),
    "places": ("contacts", {"locations": [{"country": "US", "state": "Texas"}, {"city": "London"}]}, {}),
    "groups of countries": (
        "contacts",
        {"locations": [{"countryGrouping": "EMEA"}]},
        {"locations": [{"country_grouping": "EMEA"}]},
    ),
    "countries": (
        "contacts",
        {"countries": ["DE", "FR"]},
        {"locations": [{"country": "DE"}, {"country": "FR"}]},
    ),
    "titles": ("contacts", {"jobTitles": ["sales manager", "VP"]}, {}),
    "whole titles": ("contacts", {"jobTitlesExactMatch": ["Account Executive"]}, {}),
    "a text of people": ("contacts", {"searchText": "director"}, {}),
    "moves": (
        "contacts",
        {"signals": {"types": ["promotion"], "startDate": SINCE}},
        {"signal": {"names": ["promotion"], "startDate": SINCE}},
    ),
    "sizes": ("companies", {"sizes": [{"min": 51, "max": 200}, {"min": 100001}]}, {}),
    "revenues": ("companies", {"revenues": [{"max": 5_000_000}]}, {}),
    "industries": ("companies", {"mainIndustriesIds": [17], "subIndustriesIds": [129, 130]}, {}),
    "technologies": ("companies", {"technologies": ["Salesforce", "HubSpot"]}, {}),
    "topics": ("companies", {"intentTopics": ["Cloud Computing", "Data Privacy"]}, {}),
    "codes": ("companies", {"naicsCodes": ["54"], "sicCodes": ["7372", "7371"]}, {}),
    "head offices": ("companies", {"locations": [{"country": "United States"}]}, {}),
    "names": ("companies", {"names": ["Quill Works", "Globex"], "domains": ["quill-works.example"]}, {}),
}


@pytest.mark.parametrize("side", ["include", "exclude"])
@pytest.mark.parametrize("name", SAME)
def test_the_same_question_has_the_same_total_in_both_generations(
    small: CheckedClient, name: str, side: str
) -> None:
    entity, fields, old_fields = SAME[name]
    new = prospect(small, CONTACTS, {entity: {side: fields}})["pagination"]["total"]
    old = small.post(OLD[CONTACTS], json={"filters": {entity: {side: old_fields or fields}}}).json()
    assert new == old["totalResults"]

    if entity == "companies":
        filters = {entity: {"include": {}, side: fields}}
        options = {"includePartialProfiles": True}
        new = prospect(small, COMPANIES, filters, options=options)["pagination"]["total"]
        old = small.post(OLD[COMPANIES], json={"filters": filters}).json()
        assert new == old["totalResults"]
    assert side == "include" or new > 0


def test_the_size_of_a_page_is_that_of_its_results_or_as_documented_the_size_asked_for(
    make_client: Make,
) -> None:
    by_dialect = {}
    for dialect in ("live", "documented"):
        client = make_client(people=600, companies=60, dialect=dialect)
        last, past = (prospect(client, CONTACTS, LEGAL, page, 100)["pagination"] for page in (0, 1000))
        by_dialect[dialect] = last["size"], past["size"], last["total"] == past["total"]

    assert by_dialect["live"] == (by_dialect["live"][0], 100, True)
    assert by_dialect["live"][0] < 100
    assert by_dialect["documented"] == (100, 100, True)


@pytest.mark.parametrize(("size", "credits_"), [(10, 1), (25, 1), (26, 2), (100, 4)])
def test_a_credit_is_charged_for_each_25_results_begun(
    small: CheckedClient, size: int, credits_: int
) -> None:
    assert prospect(small, CONTACTS, ALL[CONTACTS], size=size)["billing"] == {
        "creditsCharged": credits_,
        "resultsReturned": size,
    }
    assert small.used() == credits_


@pytest.mark.parametrize("path", ALL)
def test_no_result_costs_nothing(small: CheckedClient, path: str) -> None:
    answer = prospect(small, path, ALL[path], page=1000, size=100)

    assert (answer["results"], small.used()) == ([], 0)


def test_signals_that_filters_ask_for_are_named_and_paid(small: CheckedClient) -> None:
    contacts = {"include": {"signals": {"types": ["promotion"], "startDate": "2020-01-01"}}}
    companies = {"include": {"signals": {"types": ["surgeInHiring", "itSpendIncrease"]}}}

    people = prospect(small, CONTACTS, {"contacts": contacts})
    firms = prospect(small, COMPANIES, {"companies": companies})

    assert {tuple(person["signalTypes"]) for person in people["results"]} == {("promotion",)}
    assert people["billing"] == {"creditsCharged": 1 + 25, "resultsReturned": 25}
    kinds = [kind for firm in firms["results"] for kind in firm["signalTypes"]]
    assert set(kinds) == {"surgeInHiring", "itSpendIncrease"}
    assert firms["billing"]["creditsCharged"] == 1 + len(kinds)


def test_what_was_revealed_costs_nothing_more(small: CheckedClient) -> None:
    filters = {"contacts": {"include": {"departments": ["Sales"], "existingDataPoints": ["work_email"]}}}
    before = prospect(small, CONTACTS, filters, size=10)["results"][-1]
    old = small.post("/prospecting/contact/search", json={"filters": filters}).json()
    small.post(
        "/prospecting/contact/enrich",
        json={
            "requestId": old["requestId"],
            "contactIds": [row["contactId"] for row in old["data"]],
            "revealEmails": True,
        },
    )
    after = prospect(small, CONTACTS, filters, size=10)["results"][-1]

    assert before["canReveal"][0] == {"field": "emails", "credits": 1}
    assert after["canReveal"][0] == {"field": "emails", "credits": 0}


def test_an_id_of_a_page_is_that_of_a_search(small: CheckedClient) -> None:
    for stranger in ({"companies": {"include": {"domains": ["acme.com"]}}}, LEGAL):
        rows = prospect(small, CONTACTS, stranger)["results"]
        found = small.post(
            "/v3/contacts/search", json={"contacts": [{"id": row["id"]} for row in rows]}
        ).json()

        assert [row["lastName"] for row in found["results"]] == [row["lastName"] for row in rows]
        assert [row["company"]["id"] for row in found["results"]] == [row["company"]["id"] for row in rows]


def test_partial_companies_are_left_out_unless_they_are_asked_for(
    client: CheckedClient, small: CheckedClient
) -> None:
    whole, every = (
        prospect(client, COMPANIES, ALL[COMPANIES], options=options)["pagination"]["total"]
        for options in ({}, {"includePartialProfiles": True})
    )
    reachable, people = (
        prospect(small, CONTACTS, ALL[CONTACTS], options=options)["pagination"]["total"]
        for options in ({"includePartialProfiles": False}, {})
    )

    assert whole < every
    assert reachable < people

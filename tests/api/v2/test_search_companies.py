"""Searching companies: spellings, ranges, and what the answer says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import CheckedClient

SEARCH = "/prospecting/company/search"
ENRICH = "/prospecting/company/enrich"
EVERY = 60 + 1
"""The directory's and the pinned one."""
ANY_UUID = "5d0c1a52-7f0e-4b7e-9d6a-3c1f0b8e2a44"


def including(**include: Any) -> dict[str, Any]:
    return {"filters": {"companies": {"include": include}}}


def rows(client: CheckedClient, body: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(100):
        answer = client.post(SEARCH, json={**body, "pages": {"page": number, "size": 50}})

        assert answer.status_code == 200, answer.text
        found += answer.json()["data"]
        if not answer.json()["data"]:
            assert len(found) == answer.json()["totalResults"]
            return found
    raise AssertionError("the pages never end")


def names(client: CheckedClient, **include: Any) -> list[str]:
    return [row["name"] for row in rows(client, including(**include))]


def enriched(client: CheckedClient, found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(found), 100):
        ids = [row["id"] for row in found[start : start + 100]]
        answer = client.post(ENRICH, json={"requestId": ANY_UUID, "companiesIds": ids})

        assert answer.status_code == 200, answer.text
        yield from answer.json()["companies"]


def test_live_answers_carry_data_and_billing(small: CheckedClient) -> None:
    answer = small.post(SEARCH, json={"filters": {}}).json()

    assert set(answer) == {"requestId", "currentPage", "pageLength", "totalResults", "data", "billing"}
    assert (answer["currentPage"], answer["pageLength"], answer["totalResults"]) == (0, 20, EVERY)
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 20}
    assert all(row["id"].isdecimal() for row in answer["data"]), "ids are text here"


def test_documented_answers_carry_companies_and_no_billing(
    make_client: Callable[..., CheckedClient], small: CheckedClient
) -> None:
    documented = make_client(
        people=600, companies=60, limits="off", credits="unlimited", dialect="documented"
    )
    answer = documented.post(SEARCH, json={"filters": {}}).json()

    assert set(answer) == {"requestId", "currentPage", "pageLength", "totalResults", "companies"}
    assert answer["companies"] == small.post(SEARCH, json={"filters": {}}).json()["data"]


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"companies": {}},
        {"companies": {"include": {}, "exclude": {}}},
        {"companies": {"include": {"names": [], "sizes": [], "searchText": " ", "signal": {"names": []}}}},
        {"companies": {"exclude": {"technologies": [], "employeesInLinkedIn": {}}}},
        {"contacts": {"include": {"departments": ["Sales"]}}},
    ],
)
def test_without_a_criterion_on_companies_all_are_found(
    small: CheckedClient, filters: dict[str, Any]
) -> None:
    assert len(rows(small, {"filters": filters})) == EVERY


@pytest.mark.parametrize(
    ("documented", "alias"),
    [
        ({"sicCodes": ["7372", "7371"]}, {"sics": ["7372"], "sicCodes": ["7371"]}),
        ({"sicCodes": ["7372"]}, {"sics": ["7372"]}),
        ({"naicsCodes": ["54"]}, {"naics": ["54"]}),
        ({"signal": {"names": ["peopleNews"]}}, {"signals": {"names": ["peopleNews"]}}),
        ({"mainIndustriesIds": [17, 12]}, {"mainIndustriesIds": ["17", 12]}),
        ({"subIndustriesIds": [129]}, {"subIndustriesIds": ["129"]}),
        ({"technologies": ["zammad"]}, {"technologies": [{"name": "Zammad"}]}),
        ({"sizes": [{"min": 5001}]}, {"sizes": [{"min": 5001, "max": 999999}]}),
        ({"locations": [{"country": "United States"}]}, {"locations": [{"country": "us"}]}),
    ],
    ids="+".join,
)
def test_two_spellings_find_the_same(
    small: CheckedClient, documented: dict[str, Any], alias: dict[str, Any]
) -> None:
    found = names(small, **documented)

    assert 0 < len(found) < EVERY
    assert names(small, **alias) == found


# Ranges


def test_each_size_of_the_filter_finds_the_companies_of_that_size(small: CheckedClient) -> None:
    every = list(enriched(small, rows(small, {"filters": {}})))
    seen = 0
    for size in small.get("/prospecting/filters/companies/sizes").json():
        wanted = {
            company["name"] for company in every if company.get("companySize", {}).get("min") == size["min"]
        }
        seen += len(wanted)

        assert set(names(small, sizes=[size])) == wanted
    assert seen == len([company for company in every if "companySize" in company]) > 50


def test_each_revenue_of_the_filter_finds_the_companies_of_that_revenue(small: CheckedClient) -> None:
    every = list(enriched(small, rows(small, {"filters": {}})))
    for revenue in small.get("/prospecting/filters/companies/revenues").json():
        range_ = [revenue["min"], revenue["max"]] if "max" in revenue else [revenue["min"]]
        wanted = {company["name"] for company in every if company.get("revenueRange") == range_}

        assert set(names(small, revenues=[revenue])) == wanted, revenue


@pytest.mark.parametrize(
    ("wanted", "least"),
    [
        ({"min": 100, "max": 300}, {51, 201}),
        ({"min": 200, "max": 201}, {51, 201}),
        ({"max": 11}, {1, 11}),
        ({"min": 10001}, {10001, 100001}),
        ({"min": 10001, "max": 999999}, {10001, 100001}),
        ({"min": 2000000}, {100001}),
        ({}, {1, 11, 51, 201, 501, 1001, 5001, 10001, 100001}),
    ],
)
def test_sizes_fit_where_the_ranges_overlap(
    small: CheckedClient, wanted: dict[str, int], least: set[int]
) -> None:
    every = enriched(small, rows(small, {"filters": {}}))
    expected = {c["name"] for c in every if c.get("companySize", {}).get("min") in least}

    assert expected
    assert set(names(small, sizes=[wanted])) == expected


def test_several_ranges_are_alternatives(small: CheckedClient) -> None:
    first, second = {"min": 1, "max": 10}, {"min": 1001, "max": 5000}
    expected = set(names(small, sizes=[first])) | set(names(small, sizes=[second]))

    assert set(names(small, sizes=[first, second])) == expected


# Places and people


def test_any_office_counts_for_company_locations_and_the_head_office_for_locations(
    small: CheckedClient,
) -> None:
    every = list(enriched(small, rows(small, {"filters": {}})))
    head = {company["name"] for company in every if company["country"] == "United States"}
    offices = head | {
        company["name"]
        for company in every
        if any(office["country"] == "United States" for office in company.get("companyLocations", []))
    }

    assert head < offices
    assert set(names(small, locations=[{"country": "United States"}])) == head
    assert set(names(small, companyLocations=[{"country": "United States"}])) == offices


def test_employees_in_linkedin_are_those_that_enrichment_counts(small: CheckedClient) -> None:
    every = enriched(small, rows(small, {"filters": {}}))
    expected = {
        company["name"]
        for company in every
        if 50 <= company.get("companySize", {}).get("employees_in_linkedin", -1) <= 400
    }

    assert expected
    assert set(names(small, employeesInLinkedIn={"min": 50, "max": 400})) == expected


def test_partial_companies_are_left_out_when_asked(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(people=600, companies=300, limits="off", credits="unlimited")
    every = rows(client, {"filters": {}})
    kept = rows(client, including(excludePartialCompanies=True))
    gone = {row["id"] for row in every} - {row["id"] for row in kept}

    assert gone
    assert len(gone) + len(kept) == len(every) == 301
    assert rows(client, including(excludePartialCompanies=False)) == every
    flags = [
        row[name]
        for row in every
        if row["id"] in gone
        for name in row
        if name.startswith("hasCompany") and name not in {"hasCompanyCity", "hasCompanyCountry"}
    ]
    assert not any(flags), "of a partial company only name and place are known"


# What a row announces


def test_a_row_announces_exactly_what_enrichment_brings(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(people=300, companies=300, limits="off", credits="unlimited")
    found = rows(client, {"filters": {}})
    given = {str(company["id"]): company for company in enriched(client, found)}

    assert len(given) == len(found) == 301
    for row in found:
        company = given[row["id"]]

        assert {name: row[name] for name in row if name.startswith("has")} == {
            "hasCompanyEmployeesCount": "companySize" in company,
            "hasCompanyRevenue": "revenueRange" in company,
            "hasCompanyMainIndustry": "mainIndustry" in company,
            "hasCompanySubIndustry": "subIndustry" in company,
            "hasCompanyFunding": "funding" in company,
            "hasCompanyIntent": "intent" in company,
            "hasCompanyTechnologies": bool(company.get("technologies")),
            "hasCompanyCity": "city" in company,
            "hasCompanyCountry": "country" in company,
        }
        for name in ("name", "description", "logoUrl"):
            assert row.get(name) == company.get(name)


def test_the_flags_of_a_persons_company_are_those_of_the_company(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(people=300, companies=100, limits="off", credits="unlimited")
    flags = {
        row["id"]: {name: value for name, value in row.items() if name.startswith("hasCompany")}
        for row in rows(client, {"filters": {}})
    }
    for number in range(7):
        body = {"filters": {}, "pages": {"page": number, "size": 50}}
        for row in client.post("/prospecting/contact/search", json=body).json()["data"]:
            own = {name: value for name, value in row.items() if name.startswith("hasCompany")}

            assert own == flags[str(row["companyId"])]


def signals_of(client: CheckedClient, found: list[dict[str, Any]], **more: Any) -> dict[str, set[str]]:
    body = {"companyIds": [int(row["id"]) for row in found], "signals": ["allSignals"], **more}
    answer = client.post("/api/signals/companies", json=body)

    assert answer.status_code == 200, answer.text
    named = {"companyId", "companyName", "domain"}
    return {id_: set(signals) - named for id_, signals in answer.json()["companies"].items()}


@pytest.mark.parametrize("as_of", [None, "2026-02-01", "2026-05-15"], ids=["today", "past", "future"])
def test_a_row_announces_the_signals_that_the_signals_endpoint_gives(
    make_client: Callable[..., CheckedClient], as_of: str | None
) -> None:
    client = make_client(people=60, companies=60, limits="off", credits="unlimited", as_of=as_of)
    found = rows(client, {"filters": {}})
    given = signals_of(client, found)

    assert any(given.values())
    for row in found:
        assert set(row["signalTypes"]) == given.get(row["id"], set())
        assert len(row["signalTypes"]) == len(set(row["signalTypes"]))


def test_a_signal_filter_finds_those_that_the_signals_endpoint_names(small: CheckedClient) -> None:
    every = rows(small, {"filters": {}})
    since = "2026-02-01"
    given = signals_of(small, every, startDate=since)
    expected = {row["id"] for row in every if "peopleNews" in given.get(row["id"], set())}
    found = rows(small, including(signal={"names": ["peopleNews"], "startDate": since}))

    assert expected
    assert {row["id"] for row in found} == expected
    for row in found:
        assert set(row["signalTypes"]) == given[row["id"]]


def test_an_unknown_value_finds_nothing_and_costs_nothing(small: CheckedClient) -> None:
    before = small.used()
    answer = small.post(SEARCH, json=including(mainIndustriesIds=[4])).json()

    assert (answer["data"], answer["totalResults"]) == ([], 0)
    assert small.used() == before

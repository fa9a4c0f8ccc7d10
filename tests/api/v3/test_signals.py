"""Signals of v3: what happened to people and companies, the types there are, and the values of filters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

PEOPLE, COMPANIES = "/v3/contacts/signals", "/v3/companies/signals"
SINCE = "2025-06-01"


def post(client: CheckedClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def people(client: CheckedClient) -> list[str]:
    contacts = [{"email": f"jane.number{n}@acme.com"} for n in range(40)]
    results = post(client, "/v3/contacts/search", {"contacts": contacts})["results"]
    return [result["id"] for result in results]


def companies(client: CheckedClient) -> list[str]:
    items = [{"domain": f"acme{n}.com"} for n in range(20)]
    results = post(client, "/v3/companies/search", {"companies": items})["results"]
    return [result["id"] for result in results]


def test_people_have_a_list_for_each_type_that_was_asked_for(client: CheckedClient) -> None:
    ids = people(client)
    used = client.used()

    answer = post(client, PEOPLE, {"ids": [*ids, "1"], "signalTypes": ["allSignals"], "startDate": SINCE})

    assert [result["id"] for result in answer["results"]] == ids, "one who is not known is left out"
    assert all({"promotion", "companyChange"} <= result.keys() for result in answer["results"])
    assert (answer["startDate"], answer["endDate"]) == (SINCE, "2026-03-31")
    assert "requestId" not in answer
    kinds = [kind for result in answer["results"] for kind in ("promotion", "companyChange") if result[kind]]
    assert answer["billing"] == {"creditsCharged": len(kinds), "resultsReturned": len(ids)}
    assert client.used() - used == len(kinds)


def test_the_entry_of_a_person_has_the_ids_of_this_account(client: CheckedClient) -> None:
    ids = people(client)
    body = {"ids": ids, "signalTypes": ["companyChange"], "startDate": "2020-01-01"}

    results = post(client, PEOPLE, body)["results"]

    entries = [(result["id"], entry) for result in results for entry in result["companyChange"]]
    assert entries
    assert all(entry["personId"] == id_ for id_, entry in entries)
    assert all(entry["currentCompanyId"].startswith("v1.") for _, entry in entries)


def test_as_documented_an_entry_of_a_person_is_short(make_client: Make) -> None:
    client = make_client(dialect="documented")
    body = {"ids": people(client), "signalTypes": ["companyChange"], "startDate": "2020-01-01"}

    entries = [entry for result in post(client, PEOPLE, body)["results"] for entry in result["companyChange"]]

    assert {tuple(entry) for entry in entries} == {("id", "signalDate", "previousCompany", "newCompany")}


def test_companies_have_those_types_alone_that_they_had(client: CheckedClient) -> None:
    ids = companies(client)
    used = client.used()
    body = {"ids": ids, "signalTypes": ["allSignals"], "startDate": SINCE}

    answer = post(client, COMPANIES, body)
    capped = post(client, COMPANIES, {**body, "maxResultsPerSignal": 1})

    lists = [
        entries
        for result in answer["results"]
        for name, entries in result.items()
        if name not in {"id", "companyName", "domain"}
    ]
    assert all(lists)
    assert max(map(len, lists)) > 1
    assert answer["billing"]["creditsCharged"] == len(lists)
    assert client.used() - used == 2 * len(lists), "news are paid every time"
    for result, short in zip(answer["results"], capped["results"], strict=True):
        assert short == {k: v[:1] if isinstance(v, list) else v for k, v in result.items()}


@pytest.mark.parametrize(
    ("kind", "filters", "fact", "values"),
    [
        ("surgeInHiringByDepartment", {"hiringByDepartments": ["Sales"]}, "department", {"Sales"}),
        ("commercialActivityNews", {"newsEventTypes": ["new vendor"]}, "eventType", {"New Vendor"}),
    ],
)
def test_filters_leave_some_signals(
    client: CheckedClient, kind: str, filters: dict[str, Any], fact: str, values: set[str]
) -> None:
    items = [{"domain": f"acme{n}.com"} for n in range(100)]
    ids = [row["id"] for row in post(client, "/v3/companies/search", {"companies": items})["results"]]
    body = {"ids": ids, "signalTypes": [kind], "startDate": "2025-04-01"}

    every = post(client, COMPANIES, body)["results"]
    some = post(client, COMPANIES, {**body, "filters": {"include": filters}})["results"]

    assert {entry[fact] for result in every for entry in result.get(kind, ())} > values
    assert {entry[fact] for result in some for entry in result.get(kind, ())} == values


def test_the_types_are_those_that_requests_take(client: CheckedClient) -> None:
    contacts = client.get("/v3/contacts/signals/types").json()["signalTypes"]
    types = client.get("/v3/companies/signals/types").json()["signalTypes"]

    assert contacts == ["allSignals", "promotion", "companyChange"]
    assert len(types) == len(set(types)) == 24
    for kind in types:
        assert post(client, COMPANIES, {"ids": ["1"], "signalTypes": [kind]})["results"] == []


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("newsEventTypes", 200, '"Asset Sale","New Vendor"'),
        ("hiringByDepartments", 200, '"Human Resources"'),
        ("hiringByLocations?query=germ", 200, '"country":"Germany"'),
        ("intentCategories", 200, '"values":["'),
        ("hiringByLocations", 400, "query should not be empty"),
        ("intentCategories?query=te", 400, "query is not supported for intentCategories"),
        ("colours", 400, "filterType must be one of the following values"),
    ],
)
def test_filters_tell_their_values(client: CheckedClient, path: str, status: int, text: str) -> None:
    answer = client.get(f"/v3/companies/signals/filters/{path}")

    assert (answer.status_code, text in answer.text) == (status, True), answer.text


@pytest.mark.parametrize(
    ("path", "body", "finding"),
    [
        (PEOPLE, {"ids": ["1"]}, "signalTypes should not be empty"),
        (PEOPLE, {"ids": [], "signalTypes": ["promotion"]}, "ids must contain at least 1 elements"),
        (
            PEOPLE,
            {"ids": ["1"] * 101, "signalTypes": ["promotion"]},
            "ids must contain no more than 100 elements",
        ),
        (PEOPLE, {"ids": ["1"], "signalTypes": ["riskNews"]}, "each value in signalTypes must be one of"),
        (PEOPLE, {"ids": ["x"], "signalTypes": ["promotion"]}, "Invalid contact id"),
        (
            PEOPLE,
            {"ids": ["1"], "signalTypes": ["promotion"], "startDate": "2026-02-30"},
            "startDate must be a valid",
        ),
        (
            PEOPLE,
            {"ids": ["1"], "signalTypes": ["promotion"], "maxResultsPerSignal": 0},
            "maxResultsPerSignal must not be less than 1",
        ),
        (
            PEOPLE,
            {"ids": ["1"], "signalTypes": ["promotion"], "maxResultsPerSignal": 101},
            "maxResultsPerSignal must not be greater than 100",
        ),
        (COMPANIES, {"ids": ["1"], "signalTypes": ["promotion"]}, "each value in signalTypes must be one of"),
        (
            COMPANIES,
            {"ids": ["1"], "signalTypes": ["riskNews"], "filters": {"exclude": {}}},
            "filters.property exclude should not exist",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(
    client: CheckedClient, path: str, body: dict[str, Any], finding: str
) -> None:
    answer = client.post(path, json=body)

    assert answer.status_code == 400
    assert finding in answer.json()["message"]


@pytest.mark.parametrize(
    ("plan", "path", "kind", "status"),
    [
        ("free", PEOPLE, "promotion", 403),
        ("free", COMPANIES, "riskNews", 402),
        ("pro", COMPANIES, "riskNews", 403),
        ("scale", COMPANIES, "riskNews", 200),
    ],
)
def test_signals_need_a_plan_that_has_them(
    make_client: Make, plan: str, path: str, kind: str, status: int
) -> None:
    client = make_client(plan=plan)

    assert client.post(path, json={"ids": ["1"], "signalTypes": [kind]}).status_code == status


def test_activities_on_linkedin_name_people_and_companies_that_exist(client: CheckedClient) -> None:
    ids = listed_companies(client)
    body = {"ids": ids, "signalTypes": ["linkedinActivityIntent"], "startDate": "2020-01-01"}

    results = post(client, COMPANIES, body)["results"]
    filters = {"include": {"intentCategories": ["technology"]}}
    technical = post(client, COMPANIES, {**body, "filters": filters})["results"]

    entries = [entry for result in results for entry in result.get("linkedinActivityIntent", ())]
    assert entries
    assert min(entry["activityPublicationDate"] for entry in entries) >= "2025-12-31", "of 90 days at most"
    authors = [entry["author"] for entry in entries]
    found = post(
        client, "/v3/contacts/search", {"contacts": [{"id": author["id"]} for author in authors[:100]]}
    )
    names = [f"{row['firstName']} {row['lastName']}" for row in found["results"]]
    assert names == [author["fullName"] for author in authors[:100]]
    some = [entry for result in technical for entry in result.get("linkedinActivityIntent", ())]
    assert 0 < len(some) < len(entries)
    categories = [{topic["category"] for topic in entry["intentTopics"]} for entry in some]
    assert all("Technology" in each for each in categories)


def test_signals_come_as_the_clock_passes(make_client: Make, clock: Any) -> None:
    client = make_client(limits="off")
    contacts, houses = listed_people(client), listed_companies(client)
    body = {"signalTypes": ["allSignals"], "startDate": "2026-04-01"}
    before = [
        post(client, path, {**body, "ids": ids})["billing"]["creditsCharged"]
        for path, ids in ((PEOPLE, contacts), (COMPANIES, houses))
    ]

    clock.set(datetime(2026, 12, 31, tzinfo=UTC))
    moved = post(client, PEOPLE, {**body, "ids": contacts})["results"]
    grown = post(client, COMPANIES, {**body, "ids": houses})["results"]

    assert before == [0, 0]
    moves = [entry for result in moved for kind in ("promotion", "companyChange") for entry in result[kind]]
    assert moves
    assert all("2026-04-01" <= entry["signalDate"] <= "2026-12-31" for entry in moves)
    assert any(result.keys() > {"id", "companyName", "domain"} for result in grown)


def listed_people(client: CheckedClient) -> list[str]:
    filters = {"contacts": {"include": {"departments": ["Sales", "Marketing"]}}}
    body = {"pagination": {"page": 0, "size": 100}, "filters": filters}
    return [row["id"] for row in post(client, "/v3/contacts/prospecting", body)["results"]]


def listed_companies(client: CheckedClient) -> list[str]:
    filters = {"companies": {"include": {"sizes": [{"min": 51}]}}}
    body = {"pagination": {"page": 0, "size": 100}, "filters": filters}
    return [row["id"] for row in post(client, "/v3/companies/prospecting", body)["results"]]


@pytest.mark.parametrize("start", ["0001-01-01", "9999-12-31"])
def test_signals_can_be_asked_for_since_the_first_and_the_last_days_there_are(
    start: str, client: CheckedClient, clock: Any
) -> None:
    clock.advance(90 * 86_400)
    block = {"types": ["allSignals"], "startDate": start}
    for path, items in (
        ("/v3/contacts/search", {"contacts": [{"email": "jane.number1@acme.com"}]}),
        ("/v3/companies/search", {"companies": [{"domain": "quillmark-robotics.example"}]}),
    ):
        results = post(client, path, {**items, "signals": block})["results"]

        assert len(results) == 1
    for path, ids in ((PEOPLE, people(client)[:3]), (COMPANIES, companies(client)[:3])):
        body = {"ids": ids, "signalTypes": ["allSignals"], "startDate": start}

        assert post(client, path, body)["startDate"] == start

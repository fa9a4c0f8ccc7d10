"""Options of prospecting: who is left out, and how many of one company are shown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

CONTACTS, COMPANIES = "/v3/contacts/prospecting", "/v3/companies/prospecting"
SALES = {"contacts": {"include": {"departments": ["Sales"]}}}


def prospect(client: CheckedClient, path: str, filters: Any, page: int = 0, **options: Any) -> Any:
    body = {"pagination": {"page": page, "size": 100}, "filters": filters, "options": options}
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def everybody(client: CheckedClient, filters: Any, **options: Any) -> list[Any]:
    pages = [prospect(client, CONTACTS, filters, number, **options) for number in range(8)]
    results = [row for page in pages for row in page["results"]]
    assert {page["pagination"]["total"] for page in pages} == {len(results)}
    return results


@pytest.mark.parametrize("most", [1, 2, 20])
@pytest.mark.parametrize(
    "filters", [SALES, {"companies": {"include": {"domains": ["acme.com", "globex.com"]}}}]
)
def test_so_many_of_each_company_are_shown_as_are_asked_for(
    small: CheckedClient, filters: Any, most: int
) -> None:
    every = everybody(small, filters)
    capped = everybody(small, filters, maxContactsPerCompany=most)

    counts = Counter(row["company"]["id"] for row in every)
    assert Counter(row["company"]["id"] for row in capped) == {
        company: min(count, most) for company, count in counts.items()
    }
    assert [row for row in every if row in capped] == capped, "the first of each, in the same order"


def test_pinned_people_are_counted_with_the_others_of_their_company(make_client: Make) -> None:
    client = make_client(people=600, companies=60, limits="off", credits=None)
    domain = everybody(client, SALES)[-1]["company"]["domain"]
    pinned = [
        {"firstName": name, "lastName": "Pinned", "companyDomain": domain, "jobTitle": "Sales Manager"}
        for name in ("Ann", "Bea", "Cyd")
    ]
    client.post(f"/_mock/entities?account={client.key}", json={"people": pinned}).raise_for_status()

    for most in (2, 4):
        capped = everybody(client, SALES, maxContactsPerCompany=most)
        names = [row["firstName"] for row in capped if row["company"]["domain"] == domain]
        assert names[:3] == ["Ann", "Bea", "Cyd"][:most]
        assert len(names) <= most


def test_people_with_a_number_that_is_not_to_be_called_are_left_out(small: CheckedClient) -> None:
    every, free = (everybody(small, SALES, excludeDnc=wanted) for wanted in (False, True))
    old = small.post("/prospecting/contact/search", json={"filters": SALES, "excludeDnc": True}).json()

    assert len(free) < len(every)
    assert len(free) == old["totalResults"]


def test_leaving_them_out_needs_a_plan_that_has_it(make_client: Make) -> None:
    client = make_client()
    features = ["account", "enrichment", "filters", "prospecting"]
    client.post("/_mock/accounts", json={"key": "a-key-without-dnc-000", "features": features})
    client.key = "a-key-without-dnc-000"
    body: dict[str, Any] = {"pagination": {"page": 0, "size": 10}, "filters": SALES}
    signals = {"contacts": {"include": {"signals": {"types": ["promotion"]}}}}

    assert client.post(CONTACTS, json=body).status_code == 200
    assert client.post(CONTACTS, json=body | {"options": {"excludeDnc": False}}).status_code == 200
    assert client.post(CONTACTS, json=body | {"options": {"excludeDnc": True}}).status_code == 403
    assert client.last_error == "dnc-restricted"
    assert client.post(CONTACTS, json=body | {"filters": signals}).status_code == 403
    assert client.last_error == "plan-restricted"
    assert client.used() == 1 + 1


@pytest.mark.parametrize(
    ("path", "filters"),
    [(CONTACTS, SALES), (COMPANIES, {"companies": {"include": {}}})],
    ids=["contacts", "companies"],
)
def test_prospecting_needs_a_plan_that_has_it_and_credits(make_client: Make, path: str, filters: Any) -> None:
    body = {"pagination": {"page": 0, "size": 10}, "filters": filters}

    assert make_client(key="free").post(path, json=body).status_code == 403
    poor = make_client(credits=0)
    assert poor.post(path, json=body).status_code == 402
    assert poor.used() == 0


def test_a_table_is_taken_and_changes_nothing(small: CheckedClient) -> None:
    body = {"pagination": {"page": 0, "size": 10}, "filters": SALES}
    plain, with_table = (
        small.post(CONTACTS, json=body | more).json() for more in ({}, {"tableId": "482910"})
    )

    assert plain["results"] == with_table["results"]
    assert plain.keys() == with_table.keys()


def test_a_search_without_results_costs_a_credit_where_prices_are_as_documented(make_client: Make) -> None:
    client = make_client(search_price="documented")
    nobody = {"contacts": {"include": {"departments": ["Alchemy"]}}}

    assert prospect(client, CONTACTS, nobody)["billing"] == {"creditsCharged": 1, "resultsReturned": 0}
    assert client.used() == 1

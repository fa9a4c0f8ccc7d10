"""The walk of a user, from the value lists to the last credit: everything they are told agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import CheckedClient

SEARCH = "/prospecting/contact/search"


@pytest.fixture
def client(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(people=3_000, companies=300, limits="off", credits=10_000)


class Walk:
    """A user who adds up what every answer says it cost."""

    def __init__(self, client: CheckedClient) -> None:
        self.client = client
        self.told = 0

    def post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(url, json=body)

        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        charged = [found[name] for name in ("creditsCharged", "creditCharged") if name in found]
        charged += [found["billing"]["creditsCharged"]] if "billing" in found else []

        assert len(set(charged)) == 1, "each of these answers tells its price, and none tells two"
        self.told += charged[0]
        return found

    def pages(self, filters: dict[str, Any], size: int) -> Iterator[dict[str, Any]]:
        number = 0
        while True:
            page = self.post(SEARCH, {"filters": filters, "pages": {"page": number, "size": size}})
            if not page["data"]:
                return
            yield page
            number += 1

    def person(self, **params: str) -> dict[str, Any]:
        answer = self.client.get("/v2/person", params={**params, "partialProfile": "true"})

        assert answer.status_code == 200, answer.text
        contact = answer.json()["contact"]

        assert contact["error"] is None
        assert contact["isCreditCharged"] is False, "all of it was revealed before"
        data: dict[str, Any] = contact["data"]
        return data


def chosen(client: CheckedClient) -> tuple[str, dict[str, str]]:
    """A department and a country out of the value lists."""
    departments = client.get("/prospecting/filters/contacts/departments").json()
    countries = client.get("/prospecting/filters/contacts/all_countries").json()

    assert "Engineering & Technical" in departments
    return "Engineering & Technical", countries[0]


def test_everything_on_the_way_agrees_and_the_ledger_is_the_sum_of_what_was_told(
    client: CheckedClient,
) -> None:
    walk = Walk(client)
    department, country = chosen(client)
    filters = {
        "contacts": {"include": {"departments": [department], "locations": [{"country": country["name"]}]}}
    }
    pages = list(walk.pages(filters, 20))
    rows = [row for page in pages for row in page["data"]]

    assert len(rows) == pages[0]["totalResults"] > 40, "more than two pages"
    assert client.used() == walk.told == sum(-(-page["pageLength"] // 25) for page in pages)

    people: list[dict[str, Any]] = []
    for page in pages:
        ids = [row["contactId"] for row in page["data"]]
        given = walk.post("/prospecting/contact/enrich", {"requestId": page["requestId"], "contactIds": ids})
        for row, each in zip(page["data"], given["contacts"], strict=True):
            assert (each["id"], each["isSuccess"]) == (row["contactId"], True)
            agrees_with_row(row, each["data"])
            people.append(each["data"])
    for person in people:
        assert department in person["departments"]
        assert person["location"]["country"] == country["name"]
        assert person["location"]["country_iso2"] == country["code"]
    spent = client.used()

    assert spent == walk.told

    found = {looked_up(walk, person)["personId"]: person for person in people}

    assert len(found) == len(people), "each is somebody else"
    assert client.used() == spent, "looking up what was revealed is free"

    announced = {id_: sorted(row["signalTypes"]) for id_, row in zip(found, rows, strict=True)}
    signals_agree(walk, announced)
    companies_agree(walk, people)
    again = [row["isShown"] for page in walk.pages(filters, 50) for row in page["data"]]

    assert again == [True] * len(rows)
    assert client.used() == walk.told > spent
    usage = client.get("/account/usage").json()["usage"]["credits"]
    assert usage == {"total": 10_000, "used": walk.told, "remaining": 10_000 - walk.told}


def agrees_with_row(row: dict[str, Any], data: dict[str, Any]) -> None:
    assert row["isShown"] is False
    assert data["fullName"] == row["name"] == f"{data['firstName']} {data['lastName']}"
    assert data["jobTitle"] == row["jobTitle"]
    assert (data["companyId"], data["companyName"]) == (row["companyId"], row["companyName"])
    assert bool(data["emailAddresses"]) is row["hasEmails"]
    assert bool(data["phoneNumbers"]) is row["hasPhones"]


def looked_up(walk: Walk, person: dict[str, Any]) -> dict[str, Any]:
    """The person by profile, checked to be the same by each email and by id."""
    data = walk.person(linkedinUrl=person["socialLinks"]["linkedin"])

    assert data["fullName"] == person["fullName"]
    assert data["jobTitle"]["title"] == person["jobTitle"]
    assert data["jobTitle"]["departments"] == person["departments"]
    assert data["jobTitle"]["seniority"].lower() == person["seniority"][0]["value"]
    assert data["location"]["country_iso2"] == person["location"]["country_iso2"]
    assert data["location"]["city"] == person["location"]["city"]
    assert data["emailAddresses"] == person["emailAddresses"]
    assert data["phoneNumbers"] == person["phoneNumbers"]
    assert data["socialLinks"] == person["socialLinks"]
    assert data["company"]["name"] == person["companyName"]
    assert data["companyId"] == person["companyId"]
    for email in person["emailAddresses"]:
        assert walk.person(email=email["email"])["personId"] == data["personId"]
    assert walk.person(personId=str(data["personId"]))["fullName"] == person["fullName"]
    return data


def signals_agree(walk: Walk, announced: dict[int, list[str]]) -> None:
    """What the rows announced is what the signals of the ids are, and what they cost."""
    ids = list(announced)
    for start in range(0, len(ids), 100):
        some = ids[start : start + 100]
        body = {"contactIds": some, "signals": ["allSignals"]}
        answer = walk.post("/api/signals/contacts", body)
        given = {id_: sorted(set(answer["contacts"][str(id_)]) - {"personId"}) for id_ in some}

        assert given == {id_: announced[id_] for id_ in some}
        assert answer["creditCharged"] == sum(len(types) for types in given.values())
    assert any(announced.values())


def companies_agree(walk: Walk, people: list[dict[str, Any]]) -> None:
    """Each company by id, enriched, and by its domain is the one its people named."""
    named = {str(person["companyId"]): person["companyName"] for person in people}
    ids = list(named)
    for start in range(0, len(ids), 100):
        body = {"requestId": "5d0c1a52-7f0e-4b7e-9d6a-3c1f0b8e2a44", "companiesIds": ids[start : start + 100]}
        for company in walk.post("/prospecting/company/enrich", body)["companies"]:
            domain = company["domains"]["homepage"]
            used = walk.client.used()
            by_domain = walk.client.get("/v2/company", params={"domain": domain}).json()["data"]
            by_name = walk.client.get("/v2/company", params={"company": company["name"]}).json()["data"]

            assert company["name"] == named[str(company["id"])] == by_domain["name"]
            assert by_domain["id"] == by_name["id"] == company["id"]
            assert by_domain.get("mainIndustry") == company.get("mainIndustry")
            assert by_domain.get("employees") == company.get("employees")
            assert by_domain.get("revenueRange") == company.get("revenueRange")
            assert walk.client.used() == used, "it was paid for by the enrichment"


def test_a_lookup_first_and_a_search_later_cost_the_same_together(client: CheckedClient) -> None:
    walk = Walk(client)
    email = {"email": "ada.quill@quill-works.example"}
    first = client.get("/v2/person", params=email).json()["contact"]
    page = walk.post(SEARCH, {"filters": {"contacts": {"include": {"searchText": "Ada Quill"}}}})
    given = walk.post(
        "/prospecting/contact/enrich",
        {"requestId": page["requestId"], "contactIds": [row["contactId"] for row in page["data"]]},
    )

    assert first["isCreditCharged"] is True
    assert [row["data"]["fullName"] for row in given["contacts"]] == ["Ada Quill"]
    assert page["data"][0]["isShown"] is True
    assert client.used() == 6 + walk.told == 6 + 1


def test_a_walk_in_the_open_world_ends_at_the_same_company(client: CheckedClient) -> None:
    walk = Walk(client)
    page = walk.post(SEARCH, {"filters": {"companies": {"include": {"domains": ["acme.com"]}}}})
    ids = [row["contactId"] for row in page["data"]]
    given = walk.post("/prospecting/contact/enrich", {"requestId": page["requestId"], "contactIds": ids})
    people = [row["data"] for row in given["contacts"]]
    found = [looked_up(walk, person)["personId"] for person in people]
    signals = walk.post("/api/signals/contacts", {"contactIds": found, "signals": ["allSignals"]})
    company = client.get("/v2/company", params={"domain": "acme.com"}).json()["data"]

    assert len(set(found)) == len(ids)
    assert {person["companyId"] for person in people} == {company["id"]}
    assert [sorted(set(signals["contacts"][str(id_)]) - {"personId"}) for id_ in found] == [
        sorted(row["signalTypes"]) for row in page["data"]
    ]
    assert client.used() == walk.told + 1, "the company was not paid for before"

"""Who exists, and whom identifiers lead to: as the API has it, free and without a trace."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest
from control.steering import ADA, KEY, OTHER, told
from hypothesis import given
from hypothesis import strategies as st
from support import AnswerCheck, CheckedClient

from mock_lusha.api.people.simple_filters import PEOPLE_FILTERS
from mock_lusha.app import create_app
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_lusha.world.pools import Pools

Query = list[tuple[str, str]]


@pytest.fixture(scope="module")
def looked_at(answer_check: AnswerCheck) -> Iterator[CheckedClient]:
    """A client of an application that tests only look at; its limits do not end."""
    app = create_app(Settings(people=400, companies=40, limits="headers", credits=None))
    client = CheckedClient(app, answer_check, KEY)
    yield client
    client.close()


def listed(client: CheckedClient, path: str, query: Query, key: str = KEY) -> Any:
    """A page of people or companies that pass simple filters."""
    return told(client, "GET", f"{path}?{urlencode([*query, ('size', '100')])}", key=key)


def prospected(client: CheckedClient, entity: str, filters: dict[str, Any]) -> tuple[int, list[str]]:
    """How many prospecting finds, and the ids of the first hundred."""
    body = {"filters": filters, "pagination": {"page": 0, "size": 100}}
    answer = client.post(f"/v3/{entity}/prospecting", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["pagination"]["total"], [row["id"] for row in answer.json()["results"]]


def person_of(client: CheckedClient, key: str = KEY, **fields: str) -> Any:
    """Whom identifiers lead to."""
    return told(client, "GET", f"person?{urlencode(fields)}", key=key)


def company_of(client: CheckedClient, key: str = KEY, **fields: str) -> Any:
    """Which company identifiers lead to."""
    return told(client, "GET", f"company?{urlencode(fields)}", key=key)


def contacts(**criteria: Any) -> dict[str, Any]:
    return {"contacts": {"include": criteria}}


def companies(**criteria: Any) -> dict[str, Any]:
    return {"companies": {"include": criteria}}


# Simple filters -> the filters of prospecting that mean the same
OF_PEOPLE: dict[str, tuple[Query, dict[str, Any]]] = {
    "a country": ([("country", "united states")], contacts(locations=[{"country": "United States"}])),
    "a country by its code": ([("country", "us")], contacts(countries=["US"])),
    "two countries": (
        [("country", "United States"), ("country", "India")],
        contacts(locations=[{"country": "United States"}, {"country": "India"}]),
    ),
    "a state of a country": (
        [("country", "US"), ("state", "california")],
        contacts(locations=[{"country": "United States", "state": "California"}]),
    ),
    "a city": ([("city", "Boston")], contacts(locations=[{"city": "Boston"}])),
    "a department": ([("department", "sales")], contacts(departments=["Sales"])),
    "a level": ([("seniority", "DIRECTOR")], contacts(seniorityIds=[6])),
    "a level by number": ([("seniority", "6")], contacts(seniorityIds=[6])),
    "words of a title": ([("title", "engineer")], contacts(jobTitles=["engineer"])),
    "a name": ([("name", "Ada Quill")], contacts(names=["Ada Quill"])),
    "telephones": ([("has", "phones")], contacts(existingDataPoints=["phone"])),
    "both kinds of details": (
        [("has", "phones"), ("has", "work_email")],
        contacts(existingDataPoints=["phone", "work_email"], existingDataPointsCondition="and"),
    ),
    "a company by name": ([("company", "Quill Works")], companies(names=["Quill Works"])),
    "a company by domain": ([("company", "newly-known.com")], companies(domains=["newly-known.com"])),
    "the country of the company": (
        [("companyCountry", "US"), ("department", "Sales")],
        {**contacts(departments=["Sales"]), **companies(locations=[{"country": "United States"}])},
    ),
    "a main industry": ([("industry", "Construction")], companies(mainIndustriesIds=[3])),
    "a sub-industry": ([("industry", "software development")], companies(industriesLabels=["Software Development"])),
    "a size": ([("companySize", "51-200")], companies(sizes=[{"min": 51, "max": 200}])),
    "a size without an end": ([("companySize", "1,000+")], companies(sizes=[{"min": 1000}])),
    "a revenue": ([("revenue", "$1M-5M")], companies(revenues=[{"min": 1_000_000, "max": 5_000_000}])),
    "a technology": ([("technology", "contract management")], companies(technologies=["Contract Management"])),
    "years": ([("founded", "1990–1999")], companies(foundedYear=[{"min": 1990, "max": 1999}])),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_PEOPLE)
def test_simple_filters_find_whom_prospecting_finds(case: str, looked_at: CheckedClient) -> None:
    query, filters = OF_PEOPLE[case]

    page = listed(looked_at, "people", query)
    search = told(looked_at, "POST", "people", {"filters": filters, "size": 100})

    assert search == page
    assert (page["total"], [person["v3Id"] for person in page["people"]]) == prospected(
        looked_at, "contacts", filters
    )
    assert 0 < page["total"] < 404


OF_COMPANIES: dict[str, tuple[Query, dict[str, Any]]] = {
    "a name": ([("name", "Quill Works")], companies(names=["Quill Works"])),
    "a domain": ([("domain", "newly-known.com")], companies(domains=["newly-known.com"])),
    "a country": ([("country", "US")], companies(locations=[{"country": "United States"}])),
    "a technology": ([("technology", "Contract Management")], companies(technologies=["Contract Management"])),
    "a size": ([("companySize", "1-10"), ("companySize", "11-50")], companies(sizes=[{"min": 1, "max": 50}])),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_COMPANIES)
def test_simple_filters_find_the_companies_that_prospecting_finds(
    case: str, looked_at: CheckedClient
) -> None:
    query, filters = OF_COMPANIES[case]

    page = listed(looked_at, "companies", query)
    search = told(looked_at, "POST", "companies", {"filters": filters, "size": 100})

    assert search == page
    assert (page["total"], [company["v3Id"] for company in page["companies"]]) == prospected(
        looked_at, "companies", filters
    )
    assert page["total"] > 0


def test_companies_can_be_found_by_the_people_they_have(looked_at: CheckedClient) -> None:
    filters = {**contacts(departments=["Legal"]), **companies(sizes=[{"min": 1}])}

    page = told(looked_at, "POST", "companies", {"filters": filters, "size": 100})

    assert 0 < page["total"] < told(looked_at, "GET", "companies")["total"]


def test_without_a_filter_everybody_is_there_page_by_page_and_nobody_twice(looked_at: CheckedClient) -> None:
    pages = [told(looked_at, "GET", f"people?page={page}&size=100") for page in range(5)]

    ids = [person["id"] for page in pages for person in page["people"]]
    assert len(set(ids)) == len(ids) == pages[0]["total"] > 400
    assert [page["more"] for page in pages] == [True] * 4 + [False]
    assert told(looked_at, "POST", "people", {"size": 100}) == pages[0]
    assert told(looked_at, "GET", "people?page=1000000")["people"] == []


def test_a_look_leaves_no_trace(lusha: CheckedClient) -> None:
    lusha.post("/v3/contacts/search", json={"contacts": [{"email": ADA}]})
    reads = ("accounts", "ledger", "journal", "entities", "scenario")
    before = {path: told(lusha, "GET", path) for path in reads}

    listed(lusha, "people", [("has", "phones")])
    listed(lusha, "people", [("company", "stranger.com")])
    listed(lusha, "companies", [("country", "US")])
    for text in (ADA, "jane.doe@acme.com", "gdpr@acme.com", "nobody@acme.com", "Ada Quill", "acme.com"):
        person_of(lusha, find=text)
    company_of(lusha, domain="acme.com")

    assert {path: told(lusha, "GET", path) for path in reads} == before


def test_a_look_makes_no_account(lusha: CheckedClient) -> None:
    listed(lusha, "people", [("country", "US")], key=OTHER)
    person_of(lusha, key=OTHER, email=ADA)

    assert lusha.get("/_mock/accounts").json()["accounts"] == []


def test_every_identifier_of_somebody_leads_back_to_them(looked_at: CheckedClient) -> None:
    people = told(looked_at, "GET", "people?size=40")["people"]

    for person in people:
        addresses = [email["email"] for email in person["emails"]]
        texts = [*addresses, person["linkedinUrl"], str(person["id"]), person["v3Id"]]
        texts += [f"{person['name']} at {person['company']['name']}"]
        names = {"firstName": person["firstName"], "lastName": person["lastName"]}
        answers = [person_of(looked_at, find=text) for text in texts]
        answers.append(person_of(looked_at, **names, companyDomain=person["company"]["domain"]))
        for answer in answers:
            assert answer["found"], answer
            assert {name: answer["person"][name] for name in person} == person


def test_whom_a_look_shows_the_api_finds_and_reveals_at_that_price(lusha: CheckedClient) -> None:
    person = listed(lusha, "people", [("has", "phones"), ("has", "emails"), ("country", "US")])["people"][5]
    answer = person_of(lusha, email=person["emails"][0]["email"])

    body = {"contacts": [{"email": person["emails"][0]["email"]}], "reveal": ["emails", "phones"]}
    result = lusha.post("/v3/contacts/search-and-enrich", json=body).json()
    after = person_of(lusha, email=person["emails"][0]["email"])

    (shown,) = result["results"]
    assert shown["id"] == person["v3Id"]
    assert [email["email"] for email in shown["emails"]] == [email["email"] for email in person["emails"]]
    assert [phone["number"] for phone in shown["phones"]] == [phone["number"] for phone in person["phones"]]
    assert answer["price"] == {"emails": 1, "phones": 5}
    assert result["billing"]["creditsCharged"] == 1 + 6
    assert after["price"] == {"emails": 0, "phones": 0}


def test_a_company_is_found_by_each_of_its_identifiers(looked_at: CheckedClient) -> None:
    for company in told(looked_at, "GET", "companies?size=20")["companies"]:
        texts = [company["domain"], company["name"], str(company["id"]), company["v3Id"]]
        for text in [*texts, company["linkedinUrl"], f"ada@{company['domain']}"]:
            answer = company_of(looked_at, find=text)
            assert answer["found"], (text, answer)
            assert {name: answer["company"][name] for name in company} == company
            assert answer["price"] == {"company": 1}


# A text -> what it is taken for, whether somebody is found, and a part of the reason
MEANINGS: dict[str, tuple[str, bool, str]] = {
    ADA: ("email", True, "pinned"),
    "jane.doe@acme.com": ("email", True, "outside the directory"),
    "nobody@acme.com": ("email", False, "not-found"),
    "gdpr@acme.com": ("email", True, "must not be shown"),
    "not@an@address": ("email", False, "no e-mail address"),
    "linkedin.com/in/jane-doe": ("linkedinUrl", True, "outside the directory"),
    "1": ("id", False, "nobody has this id"),
    "v1.abc": ("id", False, "another account"),
    "v1.abcdefghijklmnopqrstuvwxyz01234567": ("id", False, "another account"),
    "9" * 400: ("id", False, "nobody has this id"),
    "acme.com": ("domain", True, "outside the directory"),
    "nobody.example": ("domain", False, "not-found"),
    "Ada Quill": ("name", True, "pinned"),
    "Ada Quill, Quill Works": ("name", True, "pinned"),
    "Ada Quill quill-works.example": ("name", True, "pinned"),
    "Xqzv Wqzv": ("name", False, "nobody who is listed"),
    "\N{GRINNING FACE}": ("name", False, "nobody who is listed"),
}  # fmt: skip


@pytest.mark.parametrize("text", MEANINGS)
def test_a_text_is_taken_for_what_it_is(text: str, looked_at: CheckedClient) -> None:
    kind, is_found, reason = MEANINGS[text]

    answer = person_of(looked_at, find=text)

    assert (answer["as"], answer["found"]) == (kind, is_found)
    assert reason in answer["why"]
    assert ("person" in answer or "company" in answer) is is_found


def test_a_domain_shows_the_company_and_some_of_its_people(looked_at: CheckedClient) -> None:
    answer = person_of(looked_at, find="www.quill-works.example")

    assert answer["company"]["name"] == "Quill Works"
    assert "Ada Quill" in [person["name"] for person in answer["people"]]


def test_magic_words_say_what_they_do(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key=KEY, people=40, companies=4)

    words = {
        word: person_of(client, email=f"{word}@acme.com")["magic"] for word in ("nophones", "ratelimited")
    }

    assert words["nophones"] == {"word": "nophones", "does": "no-phones"}
    assert words["ratelimited"] == {"word": "ratelimited", "does": "calls fail: 429 too-many-requests"}
    assert person_of(client, email="nophones@acme.com")["person"]["phones"] == []
    plain = make_client(key=KEY, people=40, companies=4, magic=False)
    assert "magic" not in person_of(plain, email="nophones@acme.com")


def test_who_is_not_found_has_neighbours(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key=KEY, people=40, companies=4, open_world=False)

    answer = person_of(client, email="ada.quil@quill-works.example")
    company = company_of(client, domain="quil-works.example")

    assert (answer["found"], answer["nearest"][0]["name"]) == (False, "Ada Quill")
    assert "closed" in answer["why"]
    assert (company["found"], company["nearest"][0]["name"]) == (False, "Quill Works")


def test_pins_and_erasures_of_an_account_are_its_own(lusha: CheckedClient) -> None:
    zoe = {"firstName": "Zoe", "lastName": "Quux", "companyDomain": "quill-works.example"}
    told(lusha, "POST", "entities", {"people": [zoe]})
    told(lusha, "POST", "entities/erase", {"people": [{"email": ADA}]})
    query = [("company", "quill-works.example")]

    own = {person["name"]: person["pinned"] for person in listed(lusha, "people", query)["people"]}
    others = {person["name"] for person in listed(lusha, "people", query, key=OTHER)["people"]}

    assert own["Zoe Quux"] is True
    assert "Ada Quill" not in own
    assert "Ada Quill" in others
    assert "Zoe Quux" not in others
    assert "erased" in person_of(lusha, email=ADA)["why"]


def test_without_an_account_the_settings_of_the_server_count(looked_at: CheckedClient) -> None:
    page = looked_at.get("/_mock/people?size=1").json()

    assert page["people"][0]["name"] == "Ada Quill"
    assert "v3Id" not in page["people"][0]
    assert looked_at.get(f"/_mock/person?email={ADA}").json()["price"] == {"emails": 1, "phones": 5}
    assert "name it" in looked_at.get("/_mock/person?id=v1.abc").json()["why"]


# Path, body -> part of the error
WRONG: dict[str, tuple[str, Any, str]] = {
    "a country that is near one": ("people?country=Germny", None, "did you mean Germany?"),
    "a city": ("people?city=Bostn", None, "did you mean Boston?"),
    "a department": ("people?department=Saless", None, "Operations, Other, Product"),
    "a level": ("people?seniority=boss", None, "founder, partner, c-suite"),
    "data": ("people?has=fax", None, "phones, emails"),
    "an industry": ("companies?industry=Constructio", None, "did you mean Construction?"),
    "a technology": ("companies?technology=", None, "technology should not be empty"),
    "a size": ("people?companySize=many", None, "such as 51-200"),
    "a size that is negative": ("people?companySize=-5", None, "such as 51-200"),
    "a size that ends too early": ("companies?companySize=9-1", None, "must not end before it begins"),
    "a domain": ("companies?domain=a b", None, "domain must be a domain"),
    "names and domains": ("people?company=Acme&company=acme.com", None, "not both in one search"),
    "a filter": ("people?contry=US", None, "did you mean country?"),
    "a page": ("people?page=-1", None, "page must not be less than 0"),
    "a page that is a word": ("people?page=x", None, "page must be"),
    "two pages": ("people?page=1&page=2", None, "page was sent twice"),
    "no size": ("people?size=0", None, "size must not be less than 1"),
    "a large size": ("companies?size=101", None, "size must not be greater than 100"),
    "filters of another type": ("people", {"filters": []}, "filters must be an object"),
    "a side of another type": ("people", {"filters": {"contacts": {"include": 5}}}, "must be an object"),
    "an unknown criterion": ("people", {"filters": contacts(departmets=["Sales"])}, "did you mean departments?"),
    "an unknown option": ("companies", {"options": {"partial": True}}, "options.property partial"),
    "a criterion that only refines": ("people", {"filters": contacts(score={"minScore": 1})}, "beside those that refine"),
    "an unknown member": ("people", {"limit": 5}, "property limit should not exist"),
    "nobody": ("person", None, "name somebody by find"),
    "a name without a family name": ("person?firstName=Ada&companyName=Acme", None, "firstName and lastName with"),
    "an id": ("person?id=abc", None, "id must be a number, or a token"),
    "find beside others": ("person?find=a&email=b@c.com", None, "find must stand alone"),
    "two e-mails": ("person?email=a@b.com&email=c@d.com", None, "email was sent twice"),
    "no company": ("company", None, "name somebody by find"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_refused_with_what_would_work(case: str, looked_at: CheckedClient) -> None:
    path, body, problem = WRONG[case]

    answer = looked_at.get(f"/_mock/{path}") if body is None else looked_at.post(f"/_mock/{path}", json=body)

    assert answer.status_code == 400
    assert problem in "; ".join(answer.json()["errors"])


def test_places_at_several_levels_are_not_too_many(looked_at: CheckedClient, pools: Pools) -> None:
    countries = sorted({place.country for place in pools.places})[:33]
    cities = sorted({place.city for place in pools.places})[:33]
    query = [*(("country", name) for name in countries), *(("city", name) for name in cities)]

    answer = looked_at.get(f"/_mock/people?{urlencode(query)}")

    assert answer.status_code == 400
    assert "at most 1000 places (sent: 1089)" in answer.text


def test_several_mistakes_are_told_at_once(looked_at: CheckedClient) -> None:
    errors = looked_at.get("/_mock/people?country=Germny&seniority=x&revenue=y").json()["errors"]

    assert [error.partition(" ")[0] for error in errors] == ["country", "seniority", "revenue"]


def test_an_account_that_is_lenient_may_send_what_nobody_knows(lenient: CheckedClient) -> None:
    filters = contacts(departments=["Sales"], mood="good")

    assert told(lenient, "POST", "people", {"filters": filters})["total"] > 0


@given(
    text=st.text(st.characters(codec="utf-8")), name=st.sampled_from(["find", "email", "linkedinUrl", "id"])
)
def test_whatever_is_looked_up_is_answered_or_refused(looked_at: CheckedClient, text: str, name: str) -> None:
    for path in ("person", "company") if name in {"find", "id"} else ("person",):
        answer = looked_at.get(f"/_mock/{path}?{urlencode({name: text})}")
        assert answer.status_code in {200, 400}
        assert answer.status_code == 400 or isinstance(answer.json()["found"], bool)


@given(text=st.text(st.characters(codec="utf-8")), name=st.sampled_from(sorted(PEOPLE_FILTERS)))
def test_whatever_a_filter_says_is_answered_or_refused(
    looked_at: CheckedClient, text: str, name: str
) -> None:
    answer = looked_at.get(f"/_mock/people?{urlencode({name: text, 'size': 1})}")

    assert answer.status_code in {200, 400}


def test_others_are_served_while_a_look_waits_for_all_people() -> None:
    """Far more of them than in the pauses between the people that it shows."""
    app = create_app(Settings(people=3_000, companies=300))

    async def served_meanwhile() -> int:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://double.localhost") as client:
            look = asyncio.create_task(client.get("/_mock/people?has=phones&size=1"))
            count = 0
            while not look.done():
                await client.get("/_mock/health")
                await asyncio.sleep(0)
                count += 1
        return count

    assert asyncio.run(served_meanwhile()) > 100

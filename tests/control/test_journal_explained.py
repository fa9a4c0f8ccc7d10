"""The journal explains its exchanges."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from control.steering import ADA, COMPANY, KEY, OTHER, SINGLE, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient


@pytest.fixture
def closed(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    """A client of a world that has the pinned people and companies, and one company more."""
    return make_client(key=KEY, people=0, companies=1, open_world=False)


# Explaining


IN = "https://www.linkedin.com/in"
# Query -> what decided, who was found and where; {person}, {profile}, {company} are those of Ada Quill
FOUND: dict[str, tuple[str, str, str, str]] = {
    "a person's id": ("/v2/person?personId={person}", "personId", "Ada Quill", "quill-works.example"),
    "a profile": ("/v2/person?linkedinUrl={profile}", "linkedinUrl", "Ada Quill", "quill-works.example"),
    "an email": (f"/v2/person?email={ADA}", "email", "Ada Quill", "quill-works.example"),
    "a name and a company": ("/v2/person?firstName=ada&lastName=QUILL&companyName=Quill Works", "name", "Ada Quill", "quill-works.example"),
    "a name and a domain": ("/v2/person?firstName=Ada&lastName=Quill&companyDomain=www.quill-works.example", "name", "Ada Quill", "quill-works.example"),
    "an id before an email": ("/v2/person?email=jane.doe@acme.com&personId={person}", "personId", "Ada Quill", "quill-works.example"),
    "a profile before an email": (f"/v2/person?email={ADA}&linkedinUrl={IN}/jane-doe", "linkedinUrl", "Jane Doe", "quill-works.example"),
    "an email before a name": (f"/v2/person?firstName=Jane&lastName=Doe&companyName=Acme&email={ADA}", "email", "Ada Quill", "quill-works.example"),
    "an id nobody has": ("/v2/person?personId=1&email=jane.doe@acme.com", "email", "Jane Doe", "acme.com"),
    "a company's id": ("/v2/company?companyId={company}", "companyId", "Quill Works", "quill-works.example"),
    "a domain": ("/v2/company?domain=QUILL-works.example", "domain", "Quill Works", "quill-works.example"),
    "a company's name": ("/v2/company?company=Quill Works", "name", "Quill Works", "quill-works.example"),
    "a company's id before its domain": ("/v2/company?domain=acme.com&companyId={company}", "companyId", "Quill Works", "quill-works.example"),
    "a domain before a name": ("/v2/company?domain=acme.com&company=Quill Works", "domain", "Quill Works", "acme.com"),
}  # fmt: skip
ASKED = {
    "personId": "person_id",
    "linkedinUrl": "linkedin_url",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company_name",
    "companyDomain": "company_domain",
    "companyId": "company_id",
    "company": "name",
}


@pytest.mark.parametrize("case", FOUND)
def test_what_found_whom_is_explained(case: str, lusha: CheckedClient) -> None:
    url, by, name, domain = FOUND[case]
    ada = lusha.get(f"/v2/person?email={ADA}").json()["contact"]["data"]
    url = url.format(person=ada["personId"], profile=ada["socialLinks"]["linkedin"], company=ada["companyId"])

    answer = lusha.get(url)

    explained = told(lusha, "GET", "explain/last")
    (looked,) = explained["lookups"]
    assert (explained["id"], explained["status"]) == (2, 200)
    assert explained["why"][0] == f"{name} was found by {by}"
    data = answer.json().get("contact", answer.json())["data"]
    assert looked == {
        "asked": {ASKED.get(each, each): value for each, value in answer.request.url.params.items()},
        "by": by,
        "id": data.get("personId", data.get("id")),
        "name": name,
        "domain": domain,
    }


def test_each_of_a_bulk_is_explained(lusha: CheckedClient) -> None:
    contacts = [
        {"contactId": "1", "email": ADA},
        {"contactId": "2", "email": "nobody@acme.com"},
        {"contactId": "3", "fullName": "Jane Doe", "companies": [{"domain": "acme.com"}]},
    ]
    lusha.post("/v2/person", json={"contacts": contacts, "metadata": {"revealEmails": True}})

    explained = told(lusha, "GET", "explain/last")

    assert explained["why"] == [
        "the rule magic/nobody#1 fired",
        "Ada Quill was found by email",
        "not found: outcome not-found",
        "Jane Doe was found by name",
        "charged 2: 2 items paid for, 1 free",
    ]
    assert [looked["by"] for looked in explained["lookups"]] == ["email", None, "name"]
    assert explained["lookups"][1] == {
        "asked": {"email": "nobody@acme.com"},
        "by": None,
        "why": "outcome not-found",
        "nearest": [],
    }


def test_who_is_found_but_not_shown_is_explained(lusha: CheckedClient) -> None:
    lusha.get("/v2/person?email=paula.partial@quill-works.example")

    explained = told(lusha, "GET", "explain/last")

    outcome = "known, but without email and phone (see partialProfile): counts as not found"
    assert explained["why"] == [
        f"Paula Partial was found by email; {outcome}",
        "charged 0: 0 items paid for, 1 free",
    ]
    assert explained["lookups"][0]["outcome"] == outcome


# URLs of calls -> what the last one cost: kind, price, why
PRICES: dict[str, tuple[list[str], int, list[tuple[str, int, str]], str]] = {
    "charged": ([f"/v2/person?email={ADA}"], 6, [("email", 1, "charged"), ("phone", 5, "charged")], "charged 6: 2 items paid for, 0 free"),
    "one kind": ([f"/v2/person?email={ADA}&revealPhones=true"], 5, [("phone", 5, "charged")], "charged 5: 1 item paid for, 0 free"),
    "already revealed": ([f"/v2/person?email={ADA}"] * 2, 0, [("email", 0, "already revealed"), ("phone", 0, "already revealed")], "charged 0: 0 items paid for, 2 free"),
    "one kind already revealed": ([f"/v2/person?email={ADA}&revealEmails=true", f"/v2/person?email={ADA}"], 5, [("email", 0, "already revealed"), ("phone", 5, "charged")], "charged 5: 1 item paid for, 1 free"),
    "not found": (["/v2/person?email=nobody@acme.com"], 0, [("contact", 0, "not found")], "charged 0: 0 items paid for, 1 free"),
    "restricted": (["/v2/person?email=conrad.withheld@quill-works.example"], 0, [("contact", 0, "restricted")], "charged 0: 0 items paid for, 1 free"),
    "nothing revealed": ([f"/v2/person?email={ADA}&revealEmails=false&revealPhones=false"], 0, [("contact", 0, "no detail revealed")], "charged 0: 0 items paid for, 1 free"),
    "a company": ([COMPANY], 1, [("company", 1, "charged")], "charged 1: 1 item paid for, 0 free"),
    "a company again": ([COMPANY, COMPANY], 0, [("company", 0, "already revealed")], "charged 0: 0 items paid for, 1 free"),
    "without a price": (["/account/usage"], 0, [], "nothing in it has a price"),
}  # fmt: skip


@pytest.mark.parametrize("case", PRICES)
def test_why_a_call_cost_what_it_did_is_explained(case: str, lusha: CheckedClient) -> None:
    urls, charged, items, why = PRICES[case]
    for url in urls:
        lusha.get(url)

    explained = told(lusha, "GET", "explain/last")

    price = explained["price"]
    assert (price["charged"], explained["why"][-1]) == (charged, why)
    assert [(item["kind"], item["price"], item["why"]) for item in price["items"]] == items
    found = next((looked.get("id") for looked in explained["lookups"]), None)
    kind = "company" if "/company" in urls[-1] else "person"
    wanted = f"{kind}:{found or 'unknown'}"
    assert {item["entity"] for item in price["items"]} == ({wanted} if items else set())


NO_KEY = "refused with 401 no-api-key: No API key found in request"
MISSING = "refused with 404 not-found: Resource not found"
# Key, method, URL, options -> status, all that is said
REFUSED: dict[str, tuple[str, str, str, dict[str, Any], int, list[str]]] = {
    "no key": ("", "GET", COMPANY, {}, 401, [NO_KEY, "the header api_key was sent empty"]),
    "a key elsewhere": ("", "GET", COMPANY, {"headers": {"x-api-key": KEY}}, 401, [NO_KEY, "a key was sent in the header x-api-key; it is read from the header api_key only", "a key in the header x-api-key is not read; it belongs into the header api_key"]),
    "a key that is not known": ("invalid", "GET", COMPANY, {}, 401, ["refused with 401 unauthorized: Invalid API key", "the key 'invalid' stands for one Lusha does not know"]),
    "no credits": ("out-of-credits", "GET", COMPANY, {}, 402, ["refused with 402 insufficient-credits: Insufficient credits", "this request costs 1, and 0 of 0 credits are left", "Acme was found by domain"]),
    "a closed account": ("inactive", "GET", COMPANY, {}, 403, ["refused with 403 inactive-account: Your account is not active. Please reach out to support at support@lusha.com for assistance"]),
    "a plan without it": ("pro", "GET", "/prospecting/filters/contacts/departments", {}, 403, ["refused with 403 plan-restricted: Your pricing version does not support this feature", "this account (plan pro) does not have the feature filters"]),
    "an input that is wrong": (KEY, "GET", "/v2/company?domian=acme.com", {}, 400, ["refused with 400 bad-request: Invalid request parameters", "property domian should not exist; did you mean domain?"]),
    "a company there is not": (KEY, "GET", "/v2/company?domain=nobody.example", {}, 404, ["the rule magic/nobody#1 fired", MISSING, "not found: outcome not-found"]),
    "a path there is not": (KEY, "GET", "/v2/companies", {}, 404, ["no operation is served at GET /v2/companies", MISSING, "nothing is served at /v2/companies; did you mean /v2/company?"]),
    "a method there is not": (KEY, "DELETE", "/v2/company", {}, 404, ["no operation is served at DELETE /v2/company", MISSING, "DELETE is not served at /v2/company; it takes GET, HEAD, POST"]),
    "a name of one word": (KEY, "POST", "/v2/person", {"json": {"contacts": [{"contactId": "1", "fullName": "Cher"}]}}, 412, ["refused with 412 bad-full-name: The request failed due to invalid syntax that was provided. Please make sure to send a full name field that contains a valid first & last name", "contacts.0.fullName must have a first and a last name (sent: Cher)"]),
    "a trial that is over": ("trial-ended", "GET", COMPANY, {}, 429, ["refused with 429 trial-ended: You've reached your trial limit, please contact support for upgrade"]),
    "a person under restriction": (KEY, "GET", "/v2/person?email=greta.datenschutz@quill-works.example", {}, 451, ["refused with 451 gdpr: We are unable to process this contact request due to our GDPR regulations", "Greta Datenschutz was found by email"]),
    "a rule": (KEY, "GET", COMPANY, {"headers": {"x-mock-lusha-scenario": "server-error"}}, 500, ["the rule server-error/rule-1#1 fired", "refused with 500 server-error: Internal server error. Please try again later."]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_why_a_call_was_refused_is_explained(case: str, lusha: CheckedClient) -> None:
    key, method, url, options, status, why = REFUSED[case]
    assert lusha.request(method, url, key=key, **options).status_code == status

    explained = lusha.get("/_mock/explain/last").json()

    assert (explained["status"], explained["why"]) == (status, why)
    assert explained["price"] == {"charged": 0, "items": []}
    assert ("reopens" in explained) is (status == 429)


def test_an_answer_that_was_spoilt_is_explained(lusha: CheckedClient) -> None:
    told(lusha, "PUT", "scenario", {"name": "ours", "rules": [{"respond": {"fault": "duplicated"}}]})
    with pytest.raises(json.JSONDecodeError):
        lusha.get(COMPANY)

    assert told(lusha, "GET", "explain/last")["why"] == [
        "the rule ours/rule-1#1 fired",
        "duplicated: no ordinary answer was sent",
        "Acme was found by domain",
        "charged 1: 1 item paid for, 0 free",
    ]


# Key, error of a rule -> seconds and moment at which it reopens, 90 seconds after the first request
REOPENS: dict[str, tuple[str, str | None, int | None, str | None]] = {
    "a minute": (KEY, "minute-limit", 30, "2026-03-31T12:02:00.000Z"),
    "an hour": (KEY, "hourly-limit", 3_510, "2026-03-31T13:00:00.000Z"),
    "a day": (KEY, "daily-quota", 86_310, "2026-04-01T12:00:00.000Z"),
    "an hour without a rule": ("hourly-limit-spent", None, 3_510, "2026-03-31T13:00:00.000Z"),
    "a day without a rule": ("daily-quota-spent", None, 86_310, "2026-04-01T12:00:00.000Z"),
    "a second": (KEY, "too-many-requests", None, None),
    "a trial": ("trial-ended", None, None, None),
}


@pytest.mark.parametrize("case", REOPENS)
def test_when_a_limit_reopens_is_explained(case: str, lusha: CheckedClient) -> None:
    key, error, seconds, moment = REOPENS[case]
    lusha.get(COMPANY, key=key)
    if error is not None:
        rules = [{"respond": {"error": error}}]
        told(lusha, "PUT", "scenario", {"name": "ours", "rules": rules}, key=key)
    told(lusha, "PATCH", "clock", {"advance": 90}, key=key)
    assert lusha.get(COMPANY, key=key).status_code == 429

    explained = told(lusha, "GET", "explain/last", key=key)

    assert explained["reopens"] == {"seconds": seconds, "at": moment}
    said = [text for text in explained["why"] if "reopens" in text]
    assert said == ([] if seconds is None else [f"the window reopens {seconds:,} seconds later"])


def test_only_what_was_refused_with_429_reopens(lusha: CheckedClient) -> None:
    for url in (COMPANY, "/v2/company?domain=nobody.example"):
        lusha.get(url)

        assert "reopens" not in told(lusha, "GET", "explain/last")


CLOSED = "outside the directory, and the world is closed"
# URL -> those near it, of the people and companies that are pinned
NEARBY: dict[str, tuple[str, list[str]]] = {
    "an email": ("person?email=ada.quil@quill-works.example", ["ada-quill at quill-works.example"]),
    "an email of another domain": ("person?email=ada.quill@quilworks.example", ["ada-quill at quill-works.example"]),
    "a name": ("person?firstName=Adah&lastName=Quil&companyName=Quill Works", ["ada-quill at quill-works.example"]),
    "a name of a company nearby": ("person?firstName=Ada&lastName=Quill&companyName=Quil Work", ["ada-quill at quill-works.example"]),
    "a name like two": ("person?firstName=Ada&lastName=Partial&companyDomain=quill-works.example", ["paula-partial at quill-works.example", "ada-quill at quill-works.example"]),
    "a name like nobody's": ("person?email=xx.zzz@quill-works.example", ["quill-works.example"]),
    "an employer like none": ("person?email=jane.doe@zz.zz", []),
    "a profile": (f"person?linkedinUrl={IN}/ada-quil", []),
    "a domain": ("company?domain=quil-works.example", ["quill-works.example"]),
    "a company's name": ("company?company=Quil Works", ["quill-works.example"]),
    "a domain like none": ("company?domain=zz.zz", []),
}  # fmt: skip


@pytest.mark.parametrize("case", NEARBY)
def test_who_is_near_is_told_where_a_closed_world_has_nobody(case: str, closed: CheckedClient) -> None:
    url, nearest = NEARBY[case]
    closed.get(f"/v2/{url}")

    explained = told(closed, "GET", "explain/last")

    (looked,) = explained["lookups"]
    assert (looked["by"], looked["why"]) == (None, CLOSED)
    assert [each for each in looked["nearest"] if each.endswith("quill-works.example")] == nearest
    assert f"not found: {CLOSED}" in explained["why"]


def test_people_and_companies_of_the_directory_are_near_too(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(key=KEY, people=40, companies=4, open_world=False)
    search = {"filters": {}, "pages": {"page": 0, "size": 50}}
    rows = client.post("/prospecting/contact/search", json=search).json()["data"]
    row = next(row for row in rows if row["fqdn"] != "quill-works.example")
    first, last_name = row["name"].split(" ", 1)
    name = {"firstName": first, "lastName": f"{last_name}x"}

    client.get("/v2/person", params=name | {"companyDomain": row["fqdn"]})
    client.get("/v2/company", params={"domain": f"x{row['fqdn']}"})

    person, company = (told(client, "GET", f"explain/{number}")["lookups"][0] for number in (2, 3))
    assert person["nearest"][0] == f"{row['name'].lower().replace(' ', '-')} at {row['fqdn']}"
    assert company["nearest"][0] == row["fqdn"]


def test_whoever_an_account_pinned_is_near_to_it_alone(closed: CheckedClient) -> None:
    zoe = {"firstName": "Zoe", "lastName": "Quux", "companyDomain": "quill-works.example"}
    told(closed, "POST", "entities", {"people": [zoe]})

    for key, nearest in ((KEY, "zoe-quux at quill-works.example"), (OTHER, "quill-works.example")):
        closed.get("/v2/person?email=zoe.qux@quill-works.example", key=key)
        (looked,) = told(closed, "GET", "explain/last", key=key)["lookups"]
        assert looked["nearest"][0] == nearest


def test_at_most_three_are_near_and_none_of_another_company(closed: CheckedClient) -> None:
    zoe = [("Zoe", f"Quux{letter}", "quill-works.example") for letter in "abcd"]
    people = [
        {"firstName": first, "lastName": last_name, "companyDomain": domain}
        for first, last_name, domain in [*zoe, ("Zoe", "Quuxes", "zebra.example")]
    ]
    companies = [{"domain": f"quill-works{number}.example"} for number in range(4)]
    told(
        closed, "POST", "entities", {"people": people, "companies": [*companies, {"domain": "zebra.example"}]}
    )

    closed.get("/v2/person?email=zoe.quuxe@quill-works.example")
    closed.get("/v2/company?domain=quill-worksx.example")

    person, company = (told(closed, "GET", f"explain/{number}")["lookups"][0] for number in (1, 2))
    assert len(person["nearest"]) == 3
    assert {each[:8] for each in person["nearest"]} == {"zoe-quux"}
    assert {each.partition(" at ")[2] for each in person["nearest"]} == {"quill-works.example"}
    assert len(company["nearest"]) == 3


MISSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a match rate": ({"match_rate": 0}, "/v2/person?email=jane.doe@acme.com", "outside the directory, and the match rate leaves it out"),
    "a company's match rate": ({"match_rate": 0}, COMPANY, "outside the directory, and the match rate leaves it out"),
    "an id of nobody": ({}, "/v2/person?personId=1", "no identifier of these names anybody"),
    "an id of no company": ({}, "/v2/company?companyId=1", "no identifier of these names anybody"),
    "a magic word": ({}, "/v2/person?email=nobody@quill-works.example", "outcome not-found"),
    "a magic domain": ({}, "/v2/company?domain=nobody.example", "outcome not-found"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISSED)
def test_why_nobody_was_found_is_explained(case: str, make_client: Callable[..., CheckedClient]) -> None:
    settings, url, why = MISSED[case]
    client = make_client(key=KEY, people=0, companies=1, **settings)
    client.get(url)

    explained = told(client, "GET", "explain/last")

    (looked,) = explained["lookups"]
    assert (looked["by"], looked["why"], looked["nearest"]) == (None, why, [])
    assert f"not found: {why}" in explained["why"]


def test_whoever_was_erased_is_explained_so(lusha: CheckedClient) -> None:
    told(lusha, "POST", "entities/erase", {"people": [{"email": ADA}], "companies": [{"domain": "acme.com"}]})

    for url in (f"/v2/person?email={ADA}", COMPANY):
        lusha.get(url)
        (looked,) = told(lusha, "GET", "explain/last")["lookups"]
        assert (looked["by"], looked["nearest"]) == (None, [])
        assert looked["why"] == "erased from this account's world"


def test_warnings_are_part_of_the_explanation(lenient: CheckedClient) -> None:
    lenient.get(f"{COMPANY}&note=1", headers={"authorization": KEY})

    assert told(lenient, "GET", "explain/last")["why"] == [
        "Acme was found by domain",
        "charged 1: 1 item paid for, 0 free",
        "property note should not exist",
        "a key in the header authorization is not read; it belongs into the header api_key",
    ]


def test_the_last_exchange_is_an_accounts_or_everybodys(lusha: CheckedClient) -> None:
    for key in (KEY, OTHER):
        lusha.get(COMPANY, key=key)
    lusha.get("/nothing-here")

    assert told(lusha, "GET", "explain/last")["id"] == 1
    assert told(lusha, "GET", "explain/last", key=OTHER)["id"] == 2
    assert lusha.get("/_mock/explain/last").json()["id"] == 3


def test_an_exchange_is_explained_by_its_number(lusha: CheckedClient) -> None:
    lusha.get(COMPANY)
    lusha.get("/account/usage")

    for path in ("explain/1", f"explain/1?account={KEY}", "explain/0001"):
        explained = lusha.get(f"/_mock/{path}").json()
        assert (explained["id"], explained["operation"]) == (1, SINGLE)


NO_EXCHANGE: dict[str, tuple[str, str]] = {
    "another account's": (f"2?account={KEY}", "2"),
    "one of no account": (f"3?account={KEY}", "3"),
    "one that the ring lost": ("1", "1"),
    "one that is to come": ("99", "99"),
    "none": ("0", "0"),
    "the last of none": ("last?account=a-key-nobody-used", "last"),
}


@pytest.mark.parametrize("case", NO_EXCHANGE)
def test_an_exchange_the_account_does_not_have_is_a_404(
    case: str, make_client: Callable[..., CheckedClient]
) -> None:
    path, number = NO_EXCHANGE[case]
    client = make_client(key=KEY, people=0, companies=1, journal=1)
    client.get(COMPANY)
    client.get(COMPANY, key=OTHER)
    client.get("/nothing-here")
    client.get(COMPANY)

    answer = client.get(f"/_mock/explain/{path}")

    assert answer.status_code == 404
    assert answer.json()["errors"] == [
        f"the journal has no exchange {number}; see /_mock/journal for those it has"
    ]

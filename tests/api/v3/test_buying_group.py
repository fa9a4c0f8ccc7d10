"""Buying groups: who of a company takes part in buying, in which role, and at what price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.services.buying_roles import fit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

PATH = "/v3/contacts/buying-group"
PAGE = {"page": 0, "size": 100}
FIXTURES = """\
companies:
  - {domain: quillworks.example, name: Quillworks, employees: 150, subIndustry: Software Development,
     city: Boston, country: US}
people:
  - {firstName: Ada, lastName: Quill, companyDomain: quillworks.example, jobTitle: Head of Archives,
     departments: [Product], seniority: director, city: Boston, country: US}
  - {firstName: Greta, lastName: Secret, companyDomain: quillworks.example, jobTitle: CEO,
     departments: [General Management], seniority: c-suite, city: Boston, country: US, restricted: gdpr}
"""


@pytest.fixture
def client(make_client: Make) -> CheckedClient:
    return make_client(people=600, companies=30, limits="off")


def group(client: CheckedClient, *companies: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post(PATH, json={"companies": list(companies), **more})
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def people(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [contact for result in answer["results"] for contact in result["contacts"]]


def prospects(client: CheckedClient, domain: str) -> list[dict[str, Any]]:
    filters = {"companies": {"include": {"domains": [domain]}}}
    body = {"pagination": PAGE, "filters": filters}
    results: list[dict[str, Any]] = client.post("/v3/contacts/prospecting", json=body).json()["results"]
    return results


def domains(client: CheckedClient) -> list[str]:
    """Companies of the directory, but one with somebody who is restricted, and one outside."""
    filters = {"companies": {"include": {"sizes": [{"min": 1}]}}}
    body = {"pagination": {"page": 0, "size": 20}, "filters": filters}
    results = client.post("/v3/companies/prospecting", json=body).json()["results"]
    found = [result["domain"].removeprefix("www.") for result in results]
    return [*(domain for domain in found if domain != "quill-works.example"), "acme.com"]


@pytest.mark.parametrize("dialect", ["live", "documented"])
def test_the_people_are_those_that_prospecting_finds_with_a_role_and_a_score(
    dialect: str, make_client: Make
) -> None:
    client = make_client(people=600, companies=30, limits="off", dialect=dialect)
    seen = 0
    for domain in domains(client):
        found = {each["id"]: each for each in prospects(client, domain)}
        members = people(group(client, {"domain": domain}, contactsLimit=100))

        assert {each["id"] for each in members} == found.keys(), domain
        for each in members:
            preview = {name: value for name, value in each.items() if name not in {"roles", "score"}}
            assert preview == found[each["id"]]
            assert len(each["roles"]) == 1
            assert 0 <= each["score"] <= 1
            assert round(each["score"], 2) == each["score"]
        scores = [each["score"] for each in members]
        assert scores == sorted(scores, reverse=True)
        seen += len(members)
    assert seen > 100


RULE = {
    ("founder", ("Legal",)): ("decision maker", 70),
    ("vice president", ("Sales",)): ("decision maker", 72),
    ("director", ("Other",)): ("decision maker", 54),
    ("manager", ("Finance",)): ("decision maker", 64),
    ("manager", ("Sales",)): ("potential champion", 56),
    ("manager", ("Human Resources",)): ("end user", 44),
    ("senior", ("Engineering & Technical", "Other")): ("potential champion", 46),
    ("senior", ("Finance",)): ("end user", 54),
    ("entry", ("Product",)): ("end user", 34),
    ("intern", ("Other",)): ("end user", 14),
}


@pytest.mark.parametrize(("job", "expected"), RULE.items())
def test_level_and_department_say_the_role(job: tuple[str, tuple[str, ...]], expected: Any) -> None:
    level, departments = job

    assert fit(level, departments, has_email=False, has_phone=False) == expected
    assert fit(level, departments, has_email=True, has_phone=True).points == expected[1] + 10


def test_personas_choose_among_the_roles_and_the_limit_is_for_each_company(client: CheckedClient) -> None:
    companies = [{"domain": domain} for domain in domains(client)]
    everybody = people(group(client, *companies))
    for role in ("decision_maker", "potential_champion", "end_user"):
        chosen = people(group(client, *companies, personas=[role]))

        assert {tuple(each["roles"]) for each in chosen} == {(role,)}
        assert {each["id"] for each in everybody if each["roles"] == [role]} <= {e["id"] for e in chosen}
    limited = group(client, *companies, contactsLimit=2)
    assert max(len(result["contacts"]) for result in limited["results"]) == 2
    assert limited["pagination"]["total"] == len(people(limited))


def test_pages_go_over_the_people_of_all_companies(client: CheckedClient) -> None:
    companies = [{"domain": domain, "clientReferenceId": domain} for domain in domains(client)[-4:]]
    whole = group(client, *companies)
    total = whole["pagination"]["total"]
    pages = [
        group(client, *companies, pagination={"page": page, "size": 10}) for page in range(total // 10 + 2)
    ]

    assert [each["id"] for page in pages for each in people(page)] == [each["id"] for each in people(whole)]
    assert {page["pagination"]["total"] for page in pages} == {total}
    assert all(result["contacts"] for page in pages for result in page["results"])
    assert pages[-1]["results"] == []
    assert pages[-1]["pagination"] == {"page": total // 10 + 1, "size": 10, "total": total}
    assert pages[-1]["billing"] == {"creditsCharged": 0, "resultsReturned": 0}
    last = group(client, *companies, pagination={"page": 1_000_000, "size": 100})
    assert last["pagination"] == {"page": 1_000_000, "size": 100, "total": total}


def test_each_person_costs_a_credit_each_time_and_once_in_a_call(client: CheckedClient) -> None:
    once = group(client, {"domain": "acme.com"})
    count = once["billing"]["resultsReturned"]
    ids = {result["companyId"] for result in once["results"]}
    twice = group(
        client, {"domain": "acme.com", "clientReferenceId": "a"}, {"id": ids.pop(), "clientReferenceId": "b"}
    )

    assert once["billing"]["creditsCharged"] == count == len(people(once)) > 0
    assert twice["billing"] == {"creditsCharged": count, "resultsReturned": 2 * count}
    assert [result["clientReferenceId"] for result in twice["results"]] == ["a", "b"]
    assert client.used() == 2 * count
    named = {each["id"]: (each["firstName"], each["lastName"]) for each in people(once)}
    enriched = client.post("/v3/contacts/enrich", json={"ids": list(named)}).json()["results"]
    assert {each["id"]: (each["firstName"], each["lastName"]) for each in enriched} == named


def test_who_cannot_be_paid_for_is_not_shown(make_client: Make) -> None:
    client = make_client(credits=1, limits="off", people=0, companies=1)

    answer = client.post(PATH, json={"companies": [{"domain": "acme.com"}]})

    assert answer.status_code == 402
    assert client.used() == 0


@pytest.mark.parametrize("dialect", ["live", "documented"])
def test_an_unknown_company_is_left_out_or_an_error(dialect: str, make_client: Make) -> None:
    client = make_client(dialect=dialect, people=0, companies=1)

    answer = group(client, {"clientReferenceId": "x", "domain": "nonexistent"}, {"id": "1"})

    error = {"code": "NOT_FOUND", "message": "Company not found"}
    errors = [] if dialect == "live" else [{"clientReferenceId": "x", "error": error}, {"error": error}]
    assert answer["results"] == errors
    assert answer["pagination"] == {"page": 0, "size": 100, "total": 0}
    assert answer["billing"] == {"creditsCharged": 0, "resultsReturned": 0}


def test_restricted_and_erased_people_are_never_shown(make_client: Make, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(FIXTURES, encoding="utf-8")
    client = make_client(fixtures=tmp_path, people=600, companies=30, limits="off")

    def names() -> list[str]:
        answer = group(client, {"domain": "quillworks.example"})
        return [each["firstName"] for each in people(answer)]

    assert names() == ["Ada"]
    ada = {"firstName": "Ada", "lastName": "Quill", "companyDomain": "quillworks.example"}
    client.post(f"/_mock/entities/erase?account={client.key}", json={"people": [ada]}).raise_for_status()
    assert names() == []


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "both": (
        {"companies": [{"domain": "acme.com", "id": "1"}]},
        "companies.0 must have exactly one of domain, id (sent: domain, id)",
    ),
    "neither": (
        {"companies": [{"domain": "a.com"}, {"domain": " "}]},
        "companies.1 must have exactly one of domain, id (sent: none of them)",
    ),
    "no id": ({"companies": [{"id": "acme"}]}, "Invalid company id (sent: acme)"),
    "none": ({"companies": []}, "companies must contain at least 1 elements (sent: a list of 0)"),
    "too many": (
        {"companies": [{"domain": "a.com"}] * 26},
        "companies must contain no more than 25 elements (sent: a list of 26)",
    ),
    "no people": ({"contactsLimit": 0}, "contactsLimit must not be less than 1 (sent: 0)"),
    "small page": ({"pagination": {"size": 9}}, "pagination.size must not be less than 10 (sent: 9)"),
    "large page": ({"pagination": {"size": 101}}, "pagination.size must not be greater than 100 (sent: 101)"),
    "a page before the first": (
        {"pagination": {"page": -1}},
        "pagination.page must not be less than 0 (sent: -1)",
    ),
    "half a page": (
        {"pagination": {"page": 0.5}},
        "pagination.page must be an integer number (sent: 0.5)",
    ),
    "a page beyond all": (
        {"pagination": {"page": 1_000_001}},
        "pagination.page must not be greater than 1000000 (sent: 1000001)",
    ),
    "a page beyond numbers of 64 bits": (
        {"pagination": {"page": 1e30}},
        "pagination.page must not be greater than 1000000 (sent: 1e+30)",
    ),
    "no role": (
        {"personas": ["boss"]},
        "each value in personas must be one of the following values: decision_maker, potential_champion, ",
    ),
    "another key": ({"domain": "acme.com"}, "property domain should not exist"),
    "a key of an item": (
        {"companies": [{"name": "Acme"}]},
        "companies.0.property name should not exist",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_makes_no_sense_is_refused(case: str, client: CheckedClient) -> None:
    body, text = BAD[case]

    answer = client.post(PATH, json={"companies": [{"domain": "acme.com"}], **body})

    assert answer.status_code == 400
    assert answer.json()["message"].startswith(text)
    assert client.used() == 0


def test_plans_without_prospecting_are_refused_and_the_predecessor_is_gone(client: CheckedClient) -> None:
    body = {"companies": [{"domain": "acme.com"}]}

    assert client.post(PATH, json=body, key="premium").status_code == 403
    assert client.post("/v3/contacts/decision-makers", json=body).status_code == 404

"""Lookalikes: who is like the seeds, sessions that never repeat, what they cost, and what is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from support import CheckedClient

from mock_lusha.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deployment import NewApp
    from starlette.applications import Starlette
    from support import AnswerCheck

CONTACTS, COMPANIES = "/v3/contacts/lookalike", "/v3/companies/lookalike"
OLD_CONTACTS, OLD_COMPANIES = "/v3/lookalike/contacts", "/v3/lookalike/companies"
MAILBOXES = [f"jane.doe@acme{number}.com" for number in range(5)]
DOMAINS = [f"acme{number}.com" for number in range(5)]
UNKNOWN = "58adaa77-7a6e-4c9b-8c2d-820a6538e613"
BODIES: dict[str, Any] = {
    CONTACTS: {"seeds": {"emails": MAILBOXES}},
    COMPANIES: {"seeds": {"domains": DOMAINS}},
    OLD_CONTACTS: {"seeds": {"emails": MAILBOXES}},
    OLD_COMPANIES: {"seeds": {"domains": DOMAINS}},
}
PATHS = list(BODIES)
DAY = 86_400
KEYS = (f"lookalikes-{number:06d}-of-a-test" for number in count())
FIXTURES = """\
companies:
  - {domain: inkstone.example, name: Inkstone, employees: 120, subIndustry: Software Development,
     city: Boston, country: US}
people:
  - {firstName: Wanda, lastName: Withheld, companyDomain: inkstone.example, jobTitle: Head of Archives,
     departments: [Product], seniority: director, city: Boston, country: US, restricted: gdpr}
"""


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(source=datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp)


@pytest.fixture(scope="module")
def app(new_module_app: NewApp, clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Starlette:
    """A double of the size that it has where nobody says another."""
    folder: Path = tmp_path_factory.mktemp("lookalikes")
    (folder / "inkstone.yaml").write_text(FIXTURES, encoding="utf-8")
    return new_module_app(clock, limits="off", fixtures=folder, credits=1_000)


@pytest.fixture
def client(app: Starlette, answer_check: AnswerCheck) -> Iterator[CheckedClient]:
    client = CheckedClient(app, answer_check, next(KEYS))
    yield client
    client.close()


def ask(client: CheckedClient, path: str, **more: Any) -> Any:
    answer = client.post(path, json=BODIES[path] | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(client: CheckedClient, entity: str, include: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Some of the directory that pass a filter."""
    body = {"pagination": {"page": 0, "size": 10}, "filters": {entity: {"include": include}}}
    rows: list[dict[str, Any]] = client.post(f"/v3/{entity}/prospecting", json=body).json()["results"]
    return rows[:count]


def explained(client: CheckedClient) -> Any:
    return client.get(f"/_mock/explain/last?account={client.key}").json()


# Who is like the seeds


def test_people_have_the_department_title_and_level_of_the_seeds(client: CheckedClient) -> None:
    seeds = listed(client, "contacts", {"jobTitlesExactMatch": ["Software Engineer"]}, 5)
    ids = [seed["id"] for seed in seeds]
    assert len(ids) == 5

    results = ask(client, CONTACTS, seeds={"ids": ids}, limit=20)["results"]

    assert {row["jobTitle"]["departments"][0] for row in results} == {"Engineering & Technical"}
    assert all("Engineer" in row["jobTitle"]["title"] for row in results)
    assert not {row["id"] for row in results} & set(ids)
    assert {"id", "name", "domain"} == results[0]["company"].keys()
    assert not results[0]["company"]["domain"].startswith("www.")


def test_companies_have_the_trade_the_size_and_the_place_of_the_seeds(client: CheckedClient) -> None:
    include = {
        "mainIndustriesIds": [17],
        "sizes": [{"min": 51, "max": 200}],
        "locations": [{"country": "United States"}],
    }
    seeds = listed(client, "companies", include, 5)
    domains = [seed["domain"] for seed in seeds]

    results = ask(client, COMPANIES, seeds={"domains": domains}, limit=5)["results"]

    assert {row["industry"] for row in results} == {seeds[0]["industry"]}
    assert {row["location"]["country"] for row in results} == {"United States"}
    assert all(10 < row["employeeCount"]["exact"] < 1_000 for row in results)
    assert not {row["domain"] for row in results} & {each.removeprefix("www.") for each in domains}


def test_the_score_is_a_sum_of_parts_that_the_journal_explains(client: CheckedClient) -> None:
    results = ask(client, CONTACTS, limit=10)["results"]

    told = explained(client)
    ranking = told["ranking"]
    scores = [row["score"] for row in ranking["results"]]
    assert [row["name"] for row in ranking["results"]] == [
        f"{row['firstName']} {row['lastName']}" for row in results
    ]
    assert scores == sorted(scores, reverse=True)
    assert 0.1 <= scores[-1] <= scores[0] <= 1
    for row in ranking["results"]:
        assert sum(row["parts"].values()) == pytest.approx(row["score"], abs=0.001)
        assert {*row["parts"]} == {"title", "department", "seniority", "industry", "size", "place"}
    assert ranking["seeds"] == {"sent": 5, "found": 5}
    assert any(text.startswith(f"{ranking['results'][0]['name']} scores 0.") for text in told["why"])


def test_seeds_that_nobody_has_do_not_count_and_without_any_there_is_nothing(client: CheckedClient) -> None:
    nobody = [str(number) for number in range(1, 5)]
    some = ask(client, CONTACTS, seeds={"ids": nobody, "emails": MAILBOXES[:1]}, limit=1)

    assert some["meta"] == {"returned": 1, "hasMore": True}
    assert explained(client)["ranking"]["seeds"] == {"sent": 5, "found": 1}

    none = ask(client, CONTACTS, seeds={"ids": [*nobody, "5"]})

    assert none["results"] == []
    assert none["meta"] == {"returned": 0, "hasMore": False}
    assert none["billing"] == {"creditsCharged": 0, "resultsReturned": 0}
    assert "not found" in explained(client)["why"][0]


def test_seeds_are_known_by_any_of_their_identifiers(client: CheckedClient) -> None:
    first = listed(client, "contacts", {"departments": ["Legal"]}, 1)[0]
    seeds = {
        "linkedinUrls": [first["socialLinks"]["linkedin"]],
        "contacts": [
            {
                "firstName": first["firstName"],
                "lastName": first["lastName"],
                "companyName": first["company"]["name"],
            }
        ],
        "ids": [first["id"]],
        "emails": MAILBOXES[:2],
    }
    ask(client, CONTACTS, seeds=seeds, limit=1)

    ranking = explained(client)["ranking"]
    assert ranking["seeds"]["sent"] == 5
    assert ranking["seeds"]["found"] == 3  # the first three are one person
    number = explained(client)["lookups"][0]["id"]
    ask(client, OLD_CONTACTS, seeds={"contactIds": [number] * 5}, limit=1)
    assert explained(client)["ranking"]["seeds"]["found"] == 1


def test_the_page_of_a_company_says_which_it_is(client: CheckedClient) -> None:
    row = listed(client, "companies", {"sizes": [{"min": 51, "max": 200}]}, 1)[0]
    pages = [row["socialLinks"]["linkedin"], "https://www.linkedin.com/company/some-works/about"]

    ask(client, COMPANIES, seeds={"linkedinUrls": [*pages, "nonsense"], "domains": DOMAINS[:2]}, limit=1)

    lookups = explained(client)["lookups"]
    assert [lookup.get("name") for lookup in lookups[2:4]] == [row["name"], "Some Works"]
    assert lookups[4]["by"] is None


def test_who_is_erased_excluded_or_must_not_be_shown_does_not_come(client: CheckedClient) -> None:
    archivists = [f"a{number}.b@inkstone.example" for number in range(5)]
    seeds = {"emails": archivists}
    first, second = ask(client, CONTACTS, seeds=seeds, limit=2)["results"]
    erase = {
        "people": [
            {
                "firstName": first["firstName"],
                "lastName": first["lastName"],
                "companyDomain": first["company"]["domain"],
            }
        ]
    }
    erased = client.post(f"/_mock/entities/erase?account={client.key}", json=erase)
    assert erased.status_code == 200, erased.text
    shown = ask(client, CONTACTS, seeds=seeds, exclude={"ids": [second["id"]]}, limit=100)["results"]

    names = {(row["firstName"], row["lastName"]) for row in shown}
    assert ("Wanda", "Withheld") not in names
    assert (first["firstName"], first["lastName"]) not in names
    assert second["id"] not in {row["id"] for row in shown}


def test_neither_an_erased_company_nor_its_people_come(client: CheckedClient) -> None:
    person = ask(client, CONTACTS, limit=1)["results"][0]
    company = ask(client, COMPANIES, limit=1)["results"][0]
    domains = [person["company"]["domain"], company["domain"]]
    body = {"companies": [{"domain": domain} for domain in domains]}
    client.post(f"/_mock/entities/erase?account={client.key}", json=body)

    people = ask(client, CONTACTS, limit=100)["results"]
    companies = ask(client, COMPANIES, limit=100)["results"]

    assert not {*domains} & {row["company"]["domain"] for row in people}
    assert not {*domains} & {row["domain"] for row in companies}


def test_the_documented_dialect_has_digits_and_domains_behind_www(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(people=200, companies=20, dialect="documented")

    person = ask(client, CONTACTS, limit=1)["results"][0]
    company = ask(client, COMPANIES, limit=1)["results"][0]

    assert all(each["id"].isdecimal() for each in (person, company))
    assert all(each["domain"].startswith("www.") for each in (person["company"], company))
    assert person["jobTitle"]["seniority"].istitle()


# Sessions


@pytest.mark.parametrize("path", [CONTACTS, COMPANIES])
def test_a_session_of_more_than_1000_results_never_repeats_and_ends(
    path: str, make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client(people=2_500, companies=2_000, limits="off", credits="unlimited")
    page = ask(client, path, limit=100)
    session, ids = page["dedupeSessionId"], [row["id"] for row in page["results"]]

    while page["meta"]["hasMore"]:
        page = ask(client, path, limit=100, dedupeSessionId=session)
        assert page["dedupeSessionId"] == session
        ids += [row["id"] for row in page["results"]]

    assert len(ids) == len(set(ids)) > 1_000
    assert ask(client, path, dedupeSessionId=session)["results"] == []
    assert ask(client, path, dedupeSessionId=session)["billing"]["creditsCharged"] == 0


def test_a_session_goes_on_when_somebody_is_pinned_between(client: CheckedClient) -> None:
    first = ask(client, CONTACTS, limit=10)
    row = first["results"][0]
    pin = {
        "firstName": row["firstName"],
        "lastName": row["lastName"],
        "companyDomain": row["company"]["domain"],
        "jobTitle": row["jobTitle"]["title"],
    }
    answer = client.post(f"/_mock/entities?account={client.key}", json={"people": [pin]})
    assert answer.status_code == 200, answer.text

    more = ask(client, CONTACTS, limit=100, dedupeSessionId=first["dedupeSessionId"])["results"]

    assert not {each["id"] for each in first["results"]} & {each["id"] for each in more}


def test_both_paths_share_their_sessions(client: CheckedClient) -> None:
    old = ask(client, OLD_CONTACTS, limit=5)
    session = old["dedupeSessionId"]

    new = ask(client, CONTACTS, limit=5, dedupeSessionId=session.upper())

    assert new["dedupeSessionId"] == session.upper()
    names = [[f"{row['firstName']} {row['lastName']}" for row in page["results"]] for page in (old, new)]
    assert not {*names[0]} & {*names[1]}
    assert old["creditsCharged"] == 1
    assert old["results"][0]["contactId"].isdecimal()


def test_a_session_lasts_30_days_from_its_first_call(
    client: CheckedClient,
) -> None:
    def advance(seconds: int) -> None:
        answer = client.request("PATCH", f"/_mock/clock?account={client.key}", json={"advance": seconds})
        assert answer.status_code == 200, answer.text

    session = ask(client, COMPANIES, limit=1)["dedupeSessionId"]
    advance(30 * DAY - 60)
    ask(client, COMPANIES, limit=1, dedupeSessionId=session)
    advance(60)

    answer = client.post(COMPANIES, json=BODIES[COMPANIES] | {"dedupeSessionId": session})

    assert answer.status_code == 410


def test_the_oldest_of_more_than_100_sessions_is_forgotten(client: CheckedClient) -> None:
    sessions = [ask(client, COMPANIES, limit=1)["dedupeSessionId"] for _ in range(101)]

    statuses = [
        client.post(COMPANIES, json=BODIES[COMPANIES] | {"dedupeSessionId": session, "limit": 1}).status_code
        for session in sessions[:2]
    ]

    assert len(set(sessions)) == 101
    assert statuses == [410, 200]


def test_a_call_that_cannot_be_paid_gives_and_notes_nothing(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(people=600, companies=60, limits="off", credits=2)
    session = ask(client, CONTACTS, limit=5)["dedupeSessionId"]
    body = BODIES[CONTACTS] | {"dedupeSessionId": session}

    assert client.post(CONTACTS, json=body | {"limit": 6}).status_code == 402
    assert client.post(CONTACTS, json=body | {"limit": 5}).json()["billing"]["creditsCharged"] == 1
    assert explained(client)["ranking"]["given"] == 5


def test_a_second_session_with_the_same_seeds_is_paid_again_and_warned_of(client: CheckedClient) -> None:
    first = ask(client, COMPANIES, limit=5)
    assert "paid for again" not in str(explained(client)["why"])

    again = ask(client, COMPANIES, seeds={"domains": DOMAINS[::-1]}, limit=5)

    assert again["results"] == first["results"]
    assert again["billing"]["creditsCharged"] == 1
    assert "paid for again" in explained(client)["why"][-1]
    ask(client, COMPANIES, limit=5, dedupeSessionId=again["dedupeSessionId"])
    assert "paid for again" not in str(explained(client)["why"])


# Prices


@pytest.mark.parametrize(("limit", "cost"), [(1, 1), (5, 1), (6, 2), (100, 20), (None, 5)])
def test_five_results_that_are_begun_cost_a_credit(
    limit: int | None, cost: int, client: CheckedClient
) -> None:
    more = {} if limit is None else {"limit": limit}

    answer = ask(client, CONTACTS, **more)

    assert answer["billing"] == {"creditsCharged": cost, "resultsReturned": limit or 25}


# What is refused

MESSAGE = "The provided dedupeSessionId is invalid or expired."
CODE = "DEDUPE_SESSION_INVALID"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", ["both", "openapi", "guide", "live"])
def test_a_session_that_is_not_valid_is_gone_in_the_form_of_the_document(
    path: str, form: str, make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client(people=200, companies=20, error_format=form)

    answer = client.post(path, json=BODIES[path] | {"dedupeSessionId": UNKNOWN})

    assert answer.status_code == 410
    body = answer.json()
    errors = body.pop("errors", [CODE])
    assert errors[0] == CODE
    body.pop("timestamp", None)
    plain = {"statusCode": 410, "message": MESSAGE}
    expected: dict[str, Any] = {
        "both": {**plain, "code": CODE, "error": {"code": 410, "message": MESSAGE}},
        "openapi": {"code": CODE, "message": MESSAGE} if "contacts" in path else plain,
        "guide": {"error": {"code": 410, "message": MESSAGE}},
        "live": {**plain, "code": CODE, **({"error": "Gone"} if path in {CONTACTS, COMPANIES} else {})},
    }
    assert body == expected[form]


def test_a_session_of_another_account_or_kind_is_gone(client: CheckedClient) -> None:
    session = ask(client, CONTACTS, limit=1)["dedupeSessionId"]

    other = client.post(
        CONTACTS, json=BODIES[CONTACTS] | {"dedupeSessionId": session}, key="another-0123456789"
    )
    kind = client.post(COMPANIES, json=BODIES[COMPANIES] | {"dedupeSessionId": session})

    assert (other.status_code, kind.status_code) == (410, 410)


SEEDS = "seeds must contain"


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (CONTACTS, {"seeds": {"emails": MAILBOXES[:4]}}, f"{SEEDS} at least 5 identifiers over all lists"),
        (CONTACTS, {"seeds": None}, f"{SEEDS} at least 5 identifiers over all lists"),
        (
            CONTACTS,
            {"seeds": {"ids": ["1"] * 51, "contactIds": [1] * 50}},
            f"{SEEDS} no more than 100 identifiers over all lists",
        ),
        (
            COMPANIES,
            {"seeds": {"domains": DOMAINS[:2], "linkedinUrls": ["https://www.linkedin.com/company/x"] * 2}},
            f"{SEEDS} at least 5 identifiers over all lists",
        ),
        (CONTACTS, {"seeds": {"emails": MAILBOXES, "X": 1}}, "seeds.property X should not exist"),
        (
            COMPANIES,
            {"seeds": {"domains": DOMAINS}, "exclude": {"names": []}},
            "exclude.property names should not exist",
        ),
        (CONTACTS, BODIES[CONTACTS] | {"pagination": {}}, "property pagination should not exist"),
        (CONTACTS, {}, "seeds should not be empty"),
        (CONTACTS, {"seeds": {"ids": ["someone"] * 5}}, "Invalid contact id"),
        (
            CONTACTS,
            {"seeds": {"emails": MAILBOXES, "contacts": [{"firstName": "Ada", "lastName": "Quill"}]}},
            "seeds.contacts.0 must have firstName and lastName with companyName or companyDomain",
        ),
        (CONTACTS, BODIES[CONTACTS] | {"limit": 0}, "limit must not be less than 1"),
        (CONTACTS, BODIES[CONTACTS] | {"limit": 101}, "limit must not be greater than 100"),
        (CONTACTS, BODIES[CONTACTS] | {"dedupeSessionId": "x"}, "dedupeSessionId must be a UUID"),
        (OLD_CONTACTS, {"seeds": {"ids": ["1"] * 5}}, "seeds.property ids should not exist"),
        (
            OLD_COMPANIES,
            {"seeds": {"domains": DOMAINS[:4]}},
            f"{SEEDS} at least 5 identifiers over all lists",
        ),
    ],
)  # fmt: skip
def test_a_bad_request_says_what_is_wrong(path: str, body: Any, message: str, client: CheckedClient) -> None:
    answer = client.post(path, json=body)

    assert answer.status_code == 400
    assert re.split(r" \(sent|; did you mean", answer.json()["message"])[0] == message


def test_a_plan_without_lookalikes_is_refused(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(people=200, companies=20, plan="premium", gates="enforce")

    assert {client.post(path, json=BODIES[path]).status_code for path in PATHS} == {403}

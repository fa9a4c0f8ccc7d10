"""The scenarios that ship and the magic identifiers, in calls of the third generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import CheckedClient

from mock_lusha.errors import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployment import NewApp
    from support import AnswerCheck

PEOPLE, COMPANIES = "/v3/contacts", "/v3/companies"
ADA = "ada.quill@quill-works.example"
SOMEBODY = {"contacts": [{"email": ADA}]}
SMALL: dict[str, Any] = {"people": 600, "companies": 60}
PAGE = {"pagination": {"page": 0, "size": 10}}
CALLS: dict[str, tuple[str, Any]] = {
    "search": (f"{PEOPLE}/search", SOMEBODY),
    "enrich": (f"{PEOPLE}/enrich", {"ids": ["1"]}),
    "search-and-enrich": (f"{PEOPLE}/search-and-enrich", SOMEBODY),
    "companies": (f"{COMPANIES}/search", {"companies": [{"domain": "acme.com"}]}),
    "enrich companies": (f"{COMPANIES}/enrich", {"ids": ["1"]}),
    "both of companies": (f"{COMPANIES}/search-and-enrich", {"companies": [{"domain": "acme.com"}]}),
    "people of prospecting": (
        f"{PEOPLE}/prospecting",
        {**PAGE, "filters": {"contacts": {"include": {"departments": ["Product"]}}}},
    ),
    "companies of prospecting": (
        f"{COMPANIES}/prospecting",
        {**PAGE, "filters": {"companies": {"include": {"names": ["Quill Works"]}}}},
    ),
    "signals": (f"{PEOPLE}/signals", {"ids": ["1"], "signalTypes": ["allSignals"]}),
    "signals of companies": (f"{COMPANIES}/signals", {"ids": ["1"], "signalTypes": ["allSignals"]}),
    "filters": (f"{PEOPLE}/prospecting/filters/departments", None),
    "usage": ("/v3/account/usage", None),
}
WHOLE_CALL = {
    "bad-request": (400, "Invalid request parameters"),
    "bad-full-name": (400, "Invalid request parameters"),  # v3 has no 412
    "unauthorized": (401, "Invalid API key"),
    "no-api-key": (401, "No API key found in request"),
    "insufficient-credits": (402, "Insufficient credits for this operation"),
    "inactive-account": (403, "Your account is not active. Please reach out to support at support@lusha.com"),
    "plan-restricted": (403, CATALOGUE["plan-restricted"].message),
    "not-found": (404, "Resource not found"),
    "trial-ended": (429, CATALOGUE["trial-ended"].message),
    "daily-quota": (429, "Daily API rate limit exceeded."),
    "hourly-limit": (429, "Hourly API rate limit exceeded."),
    "gdpr": (451, CATALOGUE["gdpr"].message),
    "server-error": (500, CATALOGUE["server-error"].message),
    "bad-gateway": (502, "Bad gateway"),
    "unavailable": (503, "Service unavailable"),
    "gateway-timeout": (504, "Gateway timeout"),
}


def ask(client: CheckedClient, call: str, **headers: str) -> Any:
    path, body = CALLS[call]
    if body is None:
        return client.get(path, headers=headers)
    return client.post(path, json=body, headers=headers)


@pytest.fixture(scope="module")
def live(new_module_app: NewApp, answer_check: AnswerCheck) -> Iterator[CheckedClient]:
    app = new_module_app(**SMALL, error_format="live", limits="headers")
    client = CheckedClient(app, answer_check, "test-key-0123456789")
    yield client
    client.close()


@pytest.mark.parametrize("scenario", WHOLE_CALL)
def test_a_refusal_has_the_words_and_the_envelope_of_v3(scenario: str, live: CheckedClient) -> None:
    status, message = WHOLE_CALL[scenario]

    for call in CALLS:
        answer = ask(live, call, **{"x-mock-lusha-scenario": scenario})

        assert answer.status_code == status, call
        assert answer.json()["message"].startswith(message)
        names = {"name", "className"} if status == 400 else {"statusCode", "timestamp", "error"}
        assert names <= answer.json().keys()
    assert live.used() == 0


def test_credits_that_end_midway_end_for_v3_and_v2_alike(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(scenario="out-of-credits-midway", **SMALL)
    free = ("filters", "usage")

    before = [ask(client, each).status_code for each in (*free, "search")]
    by_v2 = client.get(f"/v2/person?email={ADA}").status_code
    after = {each: ask(client, each).status_code for each in CALLS}

    assert (before, by_v2) == ([200, 200, 200], 200)
    assert after["search"] == after["search-and-enrich"] == after["companies"] == 402
    assert after["people of prospecting"] == after["both of companies"] == 402
    assert {each: after[each] for each in free} == {"filters": 200, "usage": 200}


@pytest.mark.parametrize(
    ("path", "search"),
    [
        (PEOPLE, {"contacts": [{"email": ADA}, {"email": "tess.vale@acme.com"}]}),
        (COMPANIES, {"companies": [{"domain": "quill-works.example"}, {"domain": "acme.com"}]}),
    ],
)
def test_who_is_erased_between_search_and_enrich_is_gone(
    path: str, search: Any, make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client(scenario="erased-between-search-and-enrich")
    ids = [result["id"] for result in client.post(f"{path}/search", json=search).json()["results"]]

    first, second = client.post(f"{path}/enrich", json={"ids": ids}).json()["results"]
    again = client.post(f"{path}/search", json=search).json()["results"]

    assert first == {"id": ids[0], "error": {"code": "NOT_FOUND", "message": first["error"]["message"]}}
    assert second["id"] == ids[1]
    assert "error" not in second
    assert ["error" in result for result in again] == [True, False]


# Magic identifiers


def lookup(client: CheckedClient, path: str, *people: Any, **more: Any) -> Any:
    return client.post(f"{PEOPLE}/{path}", json={"contacts": list(people), **more}).json()


SPELLINGS: dict[str, Callable[[str], dict[str, str]]] = {
    "a mailbox": lambda word: {"email": f"{word}@acme.com"},
    "a last name": lambda word: {"firstName": "Jane", "lastName": word.title(), "companyDomain": "acme.com"},
    "a domain": lambda word: {"firstName": "Jane", "lastName": "Doe", "companyDomain": f"{word}.example"},
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("path", ["search", "search-and-enrich"])
@pytest.mark.parametrize(
    ("word", "code"),
    [("nobody", "NOT_FOUND"), ("gdpr", "COMPLIANCE_RESTRICTED"), ("compliance", "COMPLIANCE_RESTRICTED")],
)
def test_a_word_names_the_one_item_that_has_an_error(
    spelling: str, path: str, word: str, code: str, live: CheckedClient
) -> None:
    named = {"clientReferenceId": "a", **SPELLINGS[spelling](word)}

    answer = lookup(live, path, named, {"clientReferenceId": "b", "email": ADA})

    error = answer["results"][0]["error"]
    assert answer["results"][0] == {"clientReferenceId": "a", "error": error}
    assert error["code"] == code
    assert answer["results"][1]["clientReferenceId"] == "b"
    assert answer["billing"]["resultsReturned"] == 1


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    ("word", "fields", "charged"),
    [("partial", set(), 0), ("nophones", {"emails"}, 1), ("donotcall", {"emails", "phones"}, 6)],
)
def test_a_word_decides_what_a_person_has_by_any_name_and_by_the_id(
    spelling: str, word: str, fields: set[str], charged: int, make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client()
    preview = lookup(client, "search", SPELLINGS[spelling](word))["results"][0]

    enriched = client.post(f"{PEOPLE}/enrich", json={"ids": [preview["id"]]}).json()
    (person,) = enriched["results"]
    again = lookup(client, "search-and-enrich", {"id": preview["id"]})["results"][0]

    assert {reveal["field"] for reveal in preview["canReveal"]} == fields
    assert {name for name in ("emails", "phones") if person[name]} == fields
    assert enriched["billing"]["creditsCharged"] == charged
    assert all(phone["doNotCall"] for phone in person["phones"])
    assert (again["emails"], again["phones"]) == (person["emails"], person["phones"])


def test_an_outcome_of_a_scenario_lasts_no_longer_than_its_rule(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client()
    rule = {"when": {"identifier": "vale", "nth": 1}, "respond": {"outcome": "no-phones"}}
    client.request("PUT", "/_mock/scenario", json={"name": "ours", "rules": [rule]})
    tess = {"firstName": "Tess", "lastName": "Vale", "companyDomain": "acme.com"}

    previews = [lookup(client, "search", tess)["results"][0] for _ in range(2)]

    assert [len(preview["canReveal"]) for preview in previews] == [1, 2]


def test_another_account_sees_whoever_a_word_named_as_they_are(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client()
    (preview,) = lookup(client, "search", {"email": "nophones@acme.com"})["results"]
    body = {"contacts": [{"linkedinUrl": preview["socialLinks"]["linkedin"]}]}

    answers = [
        client.post(f"{PEOPLE}/search", json=body, headers={"api_key": key}).json()
        for key in ("test-key-0123456789", "another-key-0123456789")
    ]

    assert [len(answer["results"][0]["canReveal"]) for answer in answers] == [1, 2]


@pytest.mark.parametrize(
    ("word", "statuses"), [("ratelimited", [429] * 3), ("servererror", [500] * 3), ("flaky", [503, 503, 200])]
)
def test_a_word_of_a_status_decides_the_whole_call(
    word: str, statuses: list[int], make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client()
    body = {"companies": [{"domain": "acme.com"}, {"domain": f"{word}.example"}]}

    answers = [client.post(f"{COMPANIES}/search-and-enrich", json=body) for _ in statuses]

    assert [answer.status_code for answer in answers] == statuses

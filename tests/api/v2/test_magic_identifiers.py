"""Identifiers that force what their name says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.config import data_folder
from mock_lusha.contract.document import Contract
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from support import CheckedClient

    from mock_lusha.world.pools import Pools
    from mock_lusha.world.world import World

WORDS = [
    rule.when.identifier or ""
    for rule in Library(data_folder("scenarios"), None, Facts(Contract.load())).magic.scenario.rules
]
STATUSES = {"gdpr": 451, "ratelimited": 429, "servererror": 500, "flaky": 503}
KINDS: Mapping[str, Callable[[str], dict[str, str]]] = {
    "email": lambda word: {"email": f"{word}@acme.com"},
    "tagged email": lambda word: {"email": f"{word.title()}+7@acme.com"},
    "last name": lambda word: {"firstName": "Jane", "lastName": word.title(), "companyDomain": "acme.com"},
    "reserved domain": lambda word: {
        "firstName": "Jane",
        "lastName": "Roe",
        "companyDomain": f"{word}.example",
    },
    "mailbox at a reserved domain": lambda word: {"email": f"jane.roe@{word}.test"},
}


@pytest.fixture
def quick(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(limits="headers", delay_factor=0.001)


def contact(client: CheckedClient, **params: Any) -> Any:
    answer = client.get("/v2/person", params=params)
    assert answer.status_code == 200
    return answer.json()["contact"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("word", WORDS)
def test_a_word_does_what_it_says_as(word: str, kind: str, quick: CheckedClient) -> None:
    answer = quick.get("/v2/person", params=KINDS[kind](word))

    assert answer.status_code == STATUSES.get(word, 200)
    if answer.status_code != 200:
        assert quick.used() == 0
        return
    found = answer.json()["contact"]
    if word in {"nobody", "partial", "compliance"}:
        assert found["error"]["code"] == (5 if word == "compliance" else 3)
        assert (found["data"], found["isCreditCharged"], quick.used()) == (None, False, 0)
        return
    phones = found["data"].get("phoneNumbers", [])
    if word == "nophones":
        assert phones == []
        assert quick.used() == 1
    elif word == "donotcall":
        assert phones
        assert all(phone["doNotCall"] for phone in phones)


def test_a_partial_one_is_found_when_that_is_asked_for(quick: CheckedClient) -> None:
    found = contact(quick, email="partial@acme.com", partialProfile="true")

    assert found["data"]["firstName"]
    assert not found["data"].get("emailAddresses")
    assert not found["data"].get("phoneNumbers")


def test_in_a_bulk_only_those_are_affected_who_are_named(quick: CheckedClient) -> None:
    emails = (
        "jane.doe@acme.com",
        "nobody@acme.com",
        "gdpr@acme.com",
        "nophones@acme.com",
        "john.roe@acme.com",
    )
    body = {"contacts": [{"contactId": str(i), "email": email} for i, email in enumerate(emails)]}

    contacts = quick.post("/v2/person", json=body).json()["contacts"]

    codes = [(contacts[str(i)]["error"] or {}).get("code") for i in range(5)]
    assert codes == [None, 3, 5, None, None]
    assert not contacts["3"]["data"].get("phoneNumbers")


def test_one_who_is_too_many_refuses_the_whole_bulk(quick: CheckedClient) -> None:
    employer = {"domain": "acme.com", "isCurrent": True}
    names = ("Jane Doe", "Jane Ratelimited")
    body = {
        "contacts": [{"contactId": name, "fullName": name, "companies": [employer]} for name in names],
    }

    assert quick.post("/v2/person", json=body).status_code == 429
    assert quick.used() == 0


def test_flaky_is_well_after_two_calls_of_each_account(quick: CheckedClient) -> None:
    def calls(key: str) -> list[int]:
        params = {"email": "flaky@acme.com"}
        return [quick.get("/v2/person", params=params, key=key).status_code for _ in range(4)]

    assert calls("one") == calls("two") == [503, 503, 200, 200]


def test_a_company_can_be_nobody(quick: CheckedClient) -> None:
    body = {"companies": [{"id": "a", "domain": "nobody.example"}, {"id": "b", "domain": "acme.com"}]}

    assert quick.get("/v2/company", params={"domain": "nobody.example"}).status_code == 404
    assert list(quick.post("/v2/company", json=body).json()) == ["b"]


@pytest.mark.parametrize(
    "params",
    [
        {"domain": "nobody.com"},
        {"domain": "nobodys.example"},
        {"company": "Nobody"},
        {"domain": "my-nobody.example"},
    ],
    ids=str,
)
def test_real_domains_and_longer_words_are_like_any_other(
    params: dict[str, str], quick: CheckedClient
) -> None:
    assert quick.get("/v2/company", params=params).status_code == 200


@pytest.mark.parametrize("word", WORDS)
def test_no_word_says_anything_when_magic_is_off(
    word: str, make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client(magic=False, limits="headers")

    assert contact(client, email=f"{word}@acme.com")["error"] is None


def test_magic_stands_behind_another_scenario(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(scenario="flaky", limits="headers")

    assert [client.get("/v2/person?email=gdpr@acme.com").status_code for _ in range(3)] == [503, 503, 451]


def test_nobody_of_the_directory_has_a_magic_name(pools: Pools, world: World) -> None:
    names = {name.lower() for pool in pools.names.values() for name in (*pool.first, *pool.last)}
    labels = {company.domain.partition(".")[0] for company in world.directory.companies}

    assert not names & set(WORDS)
    assert not labels & set(WORDS)

"""People and companies that are pinned for all accounts, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

ZOE = {"firstName": "Zoe", "lastName": "Quux", "companyDomain": "acme.com"}
SEARCH = {"filters": {"contacts": {"include": {"searchText": "Quuxer"}}}}
FIRMS = {"filters": {"companies": {"include": {"domains": ["quux.example"]}}}}


def pinned(client: CheckedClient, *, account: str | None = None, **facts: Any) -> dict[str, Any]:
    params = {} if account is None else {"account": account}
    answer = client.post("/_mock/entities", json=facts, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def title(client: CheckedClient, key: str) -> str:
    found: str = client.get("/v2/person", params=ZOE, key=key).json()["contact"]["data"]["jobTitle"]["title"]
    return found


def in_search(client: CheckedClient, key: str) -> list[str]:
    found = client.post("/prospecting/contact/search", json=SEARCH, key=key).json()
    return [each["name"] for each in found["data"]]


def in_bulk(client: CheckedClient, key: str) -> str:
    body = {"contacts": [{"contactId": "1", "email": "z@acme.com"}]}
    found: str = client.post("/v2/person", json=body, key=key).json()["contacts"]["1"]["data"]["fullName"]
    return found


def test_who_is_pinned_for_all_shows_in_every_endpoint_of_every_account(client: CheckedClient) -> None:
    # What was looked at before must not be remembered otherwise.
    for _ in range(3):
        assert (title(client, "old-key"), in_search(client, "old-key")) != ("Chief Quuxer", ["Zoe Quux"])
        assert in_bulk(client, "old-key") != "Zoe Quux"

    told = pinned(client, people=[ZOE | {"jobTitle": "Chief Quuxer", "emails": ["z@acme.com"]}])

    (added,) = told["added"]["people"]
    for key in ("old-key", "new-key"):
        for _ in range(3):
            assert title(client, key) == "Chief Quuxer"
            assert in_search(client, key) == ["Zoe Quux"]
            assert in_bulk(client, key) == "Zoe Quux"
        found = client.get("/v2/person", params=ZOE, key=key).json()["contact"]["data"]
        assert (found["personId"], found["companyId"]) == (added["personId"], added["companyId"])
    assert client.get("/_mock/entities").json()["pinned"]["people"] == [
        {"name": "Zoe Quux", "company": "acme-com.example"}
    ]
    assert client.get("/_mock/entities?account=old-key").json()["pinned"]["people"] == []


def test_a_company_is_pinned_for_all_accounts_of_every_seed_and_day(client: CheckedClient) -> None:
    client.post("/_mock/accounts", json={"key": "other", "seed": "other", "as_of": "2025-01-01"})
    assert client.get("/v2/company?domain=quux.example", key="other").json()["data"]["name"] != "Quux & Co"

    pinned(client, companies=[{"domain": "quux.example", "name": "Quux & Co", "employees": 7}])

    for key in ("any", "other"):
        found = client.get("/v2/company?domain=quux.example", key=key).json()["data"]
        assert (found["name"], found["employees"]) == ("Quux & Co", "1 - 10")
        assert client.post("/prospecting/company/search", json=FIRMS, key=key).json()["totalResults"] == 1


def test_what_an_account_pins_itself_goes_before(client: CheckedClient) -> None:
    pinned(client, account="own", people=[ZOE | {"jobTitle": "Chief of its own"}])
    assert title(client, "own") == "Chief of its own"

    pinned(client, people=[ZOE | {"jobTitle": "Chief of all"}])

    assert (title(client, "own"), title(client, "other")) == ("Chief of its own", "Chief of all")


def test_what_is_pinned_for_all_is_laid_over_what_an_account_has_besides(client: CheckedClient) -> None:
    mary = {"firstName": "Mary", "lastName": "Quux", "companyDomain": "acme.com"}
    pinned(client, account="own", people=[mary | {"jobTitle": "Vice Quuxer"}])
    assert in_search(client, "own") == ["Mary Quux"]

    pinned(client, people=[ZOE | {"jobTitle": "Chief Quuxer"}])

    assert sorted(in_search(client, "own")) == ["Mary Quux", "Zoe Quux"]


def test_who_an_account_erased_stays_gone_for_it(client: CheckedClient) -> None:
    client.post("/_mock/entities/erase?account=own", json={"people": [ZOE]})

    pinned(client, people=[ZOE | {"jobTitle": "Chief Quuxer"}])

    assert client.get("/v2/person", params=ZOE, key="own").json()["contact"]["error"]["code"] == 3
    assert in_search(client, "own") == []
    assert in_search(client, "other") == ["Zoe Quux"]


def test_a_patch_for_all_keeps_what_it_does_not_change(client: CheckedClient) -> None:
    pinned(client, people=[ZOE | {"jobTitle": "Chief Quuxer", "emails": ["z@acme.com"]}])

    patch = {"people": [{"find": {"email": "z@acme.com"}, "set": {"city": "Berlin"}}]}
    assert client.request("PATCH", "/_mock/entities", json=patch).status_code == 200

    found = client.get("/v2/person?email=z@acme.com").json()["contact"]["data"]
    assert (found["jobTitle"]["title"], found["location"]["city"]) == ("Chief Quuxer", "Berlin")


def take_back(client: CheckedClient) -> int:
    return client.request("DELETE", "/_mock/entities").status_code


def reset_all(client: CheckedClient) -> int:
    return client.post("/_mock/reset").status_code


@pytest.mark.parametrize("end", [take_back, reset_all])
def test_what_is_pinned_for_all_ends_with(end: Callable[[CheckedClient], int], client: CheckedClient) -> None:
    before = (title(client, "any"), in_search(client, "any"))
    pinned(client, people=[ZOE | {"jobTitle": "Chief Quuxer"}])
    assert in_search(client, "any") == ["Zoe Quux"]

    assert end(client) == 200

    assert (title(client, "any"), in_search(client, "any")) == before
    assert client.get("/_mock/entities").json()["pinned"] == {"people": [], "companies": []}


def test_what_is_pinned_for_all_stays_when_one_account_begins_anew(client: CheckedClient) -> None:
    pinned(client, people=[ZOE | {"jobTitle": "Chief Quuxer"}])
    pinned(client, account="own", people=[ZOE | {"jobTitle": "Chief of its own"}])

    client.post("/_mock/reset?account=own")

    assert title(client, "own") == "Chief Quuxer"


def test_an_account_takes_back_what_it_pinned_and_erased(client: CheckedClient) -> None:
    pinned(client, people=[ZOE | {"jobTitle": "Chief Quuxer"}])
    pinned(client, account="own", people=[ZOE | {"jobTitle": "Chief of its own"}])
    client.post("/_mock/entities/erase?account=own", json={"companies": [{"domain": "other.com"}]})

    told = client.request("DELETE", "/_mock/entities?account=own").json()

    assert told["pinned"] == told["erased"] == {"people": [], "companies": []}
    assert title(client, "own") == "Chief Quuxer"
    assert client.get("/v2/company?domain=other.com", key="own").status_code == 200


def test_who_has_an_identifier_for_all_keeps_it(client: CheckedClient) -> None:
    pinned(client, people=[ZOE | {"emails": ["z@acme.com"]}])
    other = {"firstName": "Mary", "lastName": "Quux", "companyDomain": "acme.com", "emails": ["z@acme.com"]}

    for params in ({}, {"account": "own"}):
        answer = client.post("/_mock/entities", json={"people": [other]}, params=params)
        assert answer.status_code == 400
        assert "email z@acme.com is pinned already, for zoe-quux at acme-com.example" in answer.text


def test_a_slip_pins_nothing_for_all(client: CheckedClient) -> None:
    body = {"people": [ZOE, {"lastName": "Quux"}]}

    assert client.post("/_mock/entities", json=body).status_code == 400

    assert client.get("/_mock/entities").json()["pinned"]["people"] == []

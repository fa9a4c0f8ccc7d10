"""A company whose domain is internationalised, met under both of its spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

UNICODE, ASCII = "münchen.de", "xn--mnchen-3ya.de"
KEY = "test-key-0123456789"
BOTH = pytest.mark.parametrize(
    ("given", "sent"), [(UNICODE, ASCII), (ASCII, UNICODE), (UNICODE, "MÜNCHEN。DE")]
)


def pin(client: CheckedClient, given: str) -> None:
    pins = {
        "companies": [{"domain": given, "name": "Isar Werke", "companyId": 4711}],
        "people": [
            {"firstName": "Ada", "lastName": "Isar", "companyDomain": given, "personId": 4712,
             "emails": [f"ada@{given}"], "jobTitle": "Chief Technology Officer"},
        ],
    }  # fmt: skip
    answer = client.post(f"/_mock/entities?account={KEY}", json=pins)
    assert answer.status_code == 200, answer.text


def person(client: CheckedClient, **sent: str) -> dict[str, Any]:
    data: dict[str, Any] = client.get("/v2/person", params=sent).json()["contact"]["data"]
    return data


@BOTH
def test_who_is_pinned_under_one_is_found_under_the_other(
    client: CheckedClient, given: str, sent: str
) -> None:
    pin(client, given)

    by_mail = person(client, email=f"ada@{sent}")
    by_name = person(client, firstName="Ada", lastName="Isar", companyDomain=sent)
    bulk = client.post(
        "/v2/person",
        json={
            "contacts": [
                {"contactId": "mail", "email": f"Ada@{sent}"},
                {"contactId": "name", "fullName": "Ada Isar", "companies": [{"domain": sent}]},
            ]
        },
    ).json()["contacts"]
    company = client.get("/v2/company", params={"domain": sent}).json()["data"]
    companies = client.post("/v2/company", json={"companies": [{"id": "1", "domain": sent}]}).json()

    assert by_mail["personId"] == by_name["personId"] == 4712
    assert {each["data"]["personId"] for each in bulk.values()} == {4712}
    assert company["name"] == companies["1"]["name"] == "Isar Werke"
    # What was sent is what is shown.
    assert by_mail["emails"] == [f"ada@{sent}"]


@BOTH
def test_it_is_erased_and_searched_for_under_either(client: CheckedClient, given: str, sent: str) -> None:
    pin(client, given)
    search = {"filters": {"companies": {"include": {"domains": [sent]}}}}

    found = client.post("/prospecting/company/search", json=search).json()["data"]
    people = client.post("/prospecting/contact/search", json=search).json()["data"]
    erased = client.post(f"/_mock/entities/erase?account={KEY}", json={"companies": [{"domain": sent}]})

    assert [row["name"] for row in found] == ["Isar Werke"]
    assert [row["name"] for row in people] == ["Ada Isar"]
    assert erased.status_code == 200, erased.text
    assert client.get("/v2/company", params={"domain": given}).status_code == 404


def test_whoever_is_made_up_there_is_the_same_and_shown_as_sent(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client()

    one, other = (person(client, email=f"jane.doe@{host}") for host in (UNICODE, ASCII))
    elsewhere = person(client, email="jane.doe@munchen.de")

    assert one["personId"] == other["personId"] != elsewhere["personId"]
    assert one["companyId"] == other["companyId"] != elsewhere["companyId"]
    assert (one["emails"][0], other["emails"][0]) == (f"jane.doe@{UNICODE}", f"jane.doe@{ASCII}")
    assert (one["company"]["domain"], other["company"]["domain"]) == (UNICODE, ASCII)


@pytest.mark.parametrize(
    "domain", ["xn--a.de", "xn--zzzzzzz99.de", "xn--.de", "ü" * 70 + ".de", "ü\ufffd.de"]
)
def test_a_malformed_one_fails_nowhere(client: CheckedClient, domain: str) -> None:
    search = {"filters": {"companies": {"include": {"domains": [domain]}}}}

    assert client.get("/v2/person", params={"email": f"jane.doe@{domain}"}).status_code == 200
    assert client.get("/v2/company", params={"domain": domain}).status_code in {200, 404}
    assert client.post("/prospecting/contact/search", json=search).status_code == 200

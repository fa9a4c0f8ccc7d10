"""What the journal explains and verifies of calls of the third generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from control.steering import ADA, KEY, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

CONTACTS, COMPANIES = "/v3/contacts", "/v3/companies"
GRETA = "greta.datenschutz@quill-works.example"
PAULA = "paula.partial@quill-works.example"
TOKEN = "v1." + "A" * 34


@pytest.fixture
def lusha(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(key=KEY, limits="off")


def people(*mails: str, **more: Any) -> dict[str, Any]:
    return {"contacts": [{"email": mail} for mail in mails], **more}


def explained(client: CheckedClient, path: str, body: Any) -> Any:
    assert client.post(path, json=body).status_code == 200
    return told(client, "GET", "explain/last")


def test_each_item_of_a_search_is_explained(lusha: CheckedClient) -> None:
    explanation = explained(lusha, f"{CONTACTS}/search", people(ADA, GRETA, "nobody@acme.com"))

    assert explanation["operation"] == "searchContacts"
    assert [(lookup["by"], lookup.get("name")) for lookup in explanation["lookups"]] == [
        ("email", "Ada Quill"),
        ("email", "Greta Datenschutz"),
        (None, None),
    ]
    assert "Ada Quill was found by email" in explanation["why"]
    restricted = "Greta Datenschutz was found by email; not shown: restricted by law or for compliance"
    assert restricted in explanation["why"]
    assert "not found: outcome not-found" in explanation["why"]
    assert explanation["price"] == {
        "charged": 1,
        "items": [{"entity": "results from 0", "kind": "search", "price": 1, "why": "charged"}],
    }


def test_what_each_kind_cost_and_what_was_free_is_explained(lusha: CheckedClient) -> None:
    body = people(ADA, reveal=["emails"])

    first = explained(lusha, f"{CONTACTS}/search-and-enrich", body)
    again = explained(lusha, f"{CONTACTS}/search-and-enrich", {**body, "reveal": ["emails", "phones"]})

    prices = [
        [(item["kind"], item["price"], item["why"]) for item in explanation["price"]["items"]]
        for explanation in (first, again)
    ]
    assert prices == [
        [("search", 1, "charged"), ("email", 1, "charged")],
        [("search", 1, "charged"), ("email", 0, "already revealed"), ("phone", 5, "charged")],
    ]


@pytest.mark.parametrize("path", [f"{CONTACTS}/enrich", f"{COMPANIES}/enrich"])
def test_an_id_of_nobody_is_explained(path: str, lusha: CheckedClient) -> None:
    explanation = explained(lusha, path, {"ids": [TOKEN]})

    assert "not found: the id is of another account, or of nobody" in explanation["why"]
    assert explanation["price"]["charged"] == 0


def test_a_partial_profile_that_is_not_wanted_is_explained(lusha: CheckedClient) -> None:
    person = {"firstName": "Paula", "lastName": "Partial", "companyDomain": "quill-works.example"}
    body = {"contacts": [person], "options": {"includePartialProfiles": False}}

    explanation = explained(lusha, f"{CONTACTS}/search", body)

    (reason,) = [text for text in explanation["why"] if text.startswith("Paula Partial")]
    assert reason.endswith("not shown: partial, and options.includePartialProfiles is false")


def test_similar_people_and_companies_are_suggested(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key=KEY, open_world=False)

    person = explained(client, f"{CONTACTS}/search", people("ada.quil@quill-works.example"))
    company = explained(client, f"{COMPANIES}/search", {"companies": [{"domain": "quil-works.example"}]})

    assert "ada-quill at quill-works.example" in person["lookups"][0]["nearest"]
    assert "quill-works.example" in company["lookups"][0]["nearest"]


def test_calls_are_verified_by_their_bodies_and_near_misses_name_the_difference(lusha: CheckedClient) -> None:
    lusha.post(f"{CONTACTS}/enrich", json={"ids": [TOKEN], "reveal": ["emails"]})
    expected = {"operation": "enrichContacts", "body": {"reveal": ["emails"]}, "times": 1}

    assert told(lusha, "POST", "verify", expected)["verified"] is True
    other = told(lusha, "POST", "verify", {**expected, "body": {"reveal": ["phones"]}})

    assert other["verified"] is False
    (miss,) = other["near_misses"]
    assert miss["operation"] == "enrichContacts"
    assert "reveal" in miss["differences"][0]

"""PUT of an account: whatever was before, the account is as it is described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support import CheckedClient

COMPANY = "/v2/company?domain=acme.com"
STORY: dict[str, Any] = {
    "key": "ours",
    "plan": "pro",
    "credits": 3,
    "label": "nightly",
    "dialect": "documented",
}


def put(client: CheckedClient, **story: Any) -> dict[str, Any]:
    answer = client.request("PUT", "/_mock/accounts", json=story)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_sent_again_it_comes_to_the_same_account(client: CheckedClient) -> None:
    first = put(client, **STORY)
    assert (first["plan"], first["credits"]["remaining"], first["label"]) == ("pro", 3, "nightly")

    assert put(client, **STORY) == first
    assert client.get("/_mock/accounts").json()["accounts"] == [first]


def test_what_was_used_pinned_and_begun_is_gone(client: CheckedClient) -> None:
    first = put(client, **STORY)
    client.get(COMPANY, key="ours")
    for method, path, body in (
        ("POST", "entities", {"companies": [{"domain": "acme.com", "name": "Quux"}]}),
        ("PUT", "scenario", {"name": "gdpr"}),
        ("PATCH", "clock", {"advance": 60}),
    ):
        assert client.request(method, f"/_mock/{path}?account=ours", json=body).status_code == 200

    assert put(client, **STORY) == first

    assert client.get("/_mock/journal?account=ours").json()["total"] == 0
    assert client.get("/_mock/entities?account=ours").json()["pinned"]["companies"] == []
    assert client.get(COMPANY, key="ours").json()["data"]["name"] != "Quux"


def test_what_is_not_described_again_is_as_of_any_account(client: CheckedClient) -> None:
    put(client, **STORY)

    again = put(client, key="ours", plan="free")

    assert (again["plan"], again["dialect"], again["label"]) == ("free", "live", None)
    assert again["credits"]["remaining"] == 10_000


@pytest.mark.parametrize("end", ["DELETE /_mock/accounts?account=free", "POST /_mock/reset"])
def test_a_story_of_the_start_is_replaced_and_comes_back(end: str, client: CheckedClient) -> None:
    before = client.get("/_mock/accounts?account=free").json()
    assert put(client, key="free", plan="scale")["plan"] == "scale"
    assert client.get("/_mock/accounts?account=free%2B1").json()["plan"] == "scale"

    method, path = end.split()
    assert client.request(method, path).status_code == 200

    assert client.get("/_mock/accounts?account=free").json() == before


def test_a_slip_leaves_the_account_as_it_was(client: CheckedClient) -> None:
    put(client, **STORY)
    client.get(COMPANY, key="ours")
    before = client.get("/_mock/accounts?account=ours").json()

    answer = client.request("PUT", "/_mock/accounts", json={"key": "ours", "plan": "gold"})

    assert answer.status_code == 400
    assert client.get("/_mock/accounts?account=ours").json() == before

"""A server with very many accounts: it lists them by pages, and keeps nothing of those it forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

from control.steering import COMPANY

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient


def test_accounts_are_listed_by_pages_from_those_that_were_used_last(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client()
    client.post("/_mock/accounts", json={"key": "ours", "label": "ours"})
    for number in (1, 2, 3, 4, 1):
        client.get(COMPANY, key=f"key-{number}")
    whole = client.get("/_mock/accounts").json()
    prints = [each["fingerprint"] for each in whole["accounts"]]

    pages = [client.get("/_mock/accounts?last=2").json()]
    while pages[-1]["more"]:
        first = pages[-1]["accounts"][0]["fingerprint"]
        pages.append(client.get(f"/_mock/accounts?last=2&before={first}").json())

    assert whole.keys() == {"accounts"}
    assert [each["requests"] for each in whole["accounts"]] == [0, 1, 1, 1, 2]
    assert [[each["fingerprint"] for each in page["accounts"]] for page in pages] == [
        prints[3:], prints[1:3], prints[:1]
    ]  # fmt: skip
    assert {page["total"] for page in pages} == {5}
    for query in ("before=00000000", "before=x", "last=-1", "last=1&account=ours"):
        assert client.get(f"/_mock/accounts?{query}").status_code == 400


def test_the_journal_of_an_account_goes_with_it_and_its_calls_are_still_counted(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client()
    with patch("mock_lusha.state.accounts.MOST", 2):
        for number in (1, 2, 3, 4, 4):
            client.get(COMPANY, key=f"key-{number}")

    journal = client.get("/_mock/journal").json()
    assert [each["id"] for each in journal["exchanges"]] == [3, 4, 5]
    assert journal["total"] == 5
    assert client.journal.keys() == ["key-3", "key-4"]
    assert client.get("/_mock/journal", params={"account": "key-1"}).json()["total"] == 0
    assert client.get("/_mock/coverage").json()["calls"] == 5
    every = client.request("POST", "/_mock/verify", json={"path": "/v2/company", "times": 3}).json()
    assert (every["verified"], every["complete"]) == (True, False)
    assert client.request("POST", "/_mock/verify", json={"status": 200, "times": 5}).json()["verified"]
    client.request("DELETE", "/_mock/journal")
    assert client.get("/_mock/journal").json()["total"] == 0

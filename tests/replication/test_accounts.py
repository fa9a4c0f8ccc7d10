"""Accounts that are made at one process, and used first by a search at another."""

from __future__ import annotations

from replicas import round_robin
from starlette.testclient import TestClient

from mock_lusha.clock import Clock
from mock_lusha.config import Settings

KEY = "a-key-of-a-small-plan"
SEARCH = {
    "pagination": {"page": 0, "size": 10},
    "filters": {"contacts": {"include": {"signals": {"types": ["promotion"]}}}},
}


def test_an_account_that_one_process_made_is_the_same_at_all_that_search_with_it() -> None:
    app = round_robin(3, Settings(people=200, companies=30), Clock())

    with TestClient(app, client=("127.0.0.1", 1), base_url="http://127.0.0.1") as client:
        made = client.post("/_mock/accounts", json={"key": KEY, "features": ["account", "prospecting"]})
        answers = [
            client.post("/v3/contacts/prospecting", json=SEARCH, headers={"api_key": KEY}) for _ in range(6)
        ]

    assert made.status_code == 201
    assert [answer.status_code for answer in answers] == [403] * 6

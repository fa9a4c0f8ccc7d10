"""GET ``/v3/…/prospecting/filters`` and ``/v3/account/usage``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

# Type of filter -> the path of the same list in v2, and what a text is sent with there.
TWINS = {
    "contacts/prospecting/filters/departments": "contacts/departments",
    "contacts/prospecting/filters/seniority": "contacts/seniority",
    "contacts/prospecting/filters/countries": "contacts/all_countries",
    "contacts/prospecting/filters/existingDataPoints": "contacts/existing_data_points",
    "companies/prospecting/filters/sizes": "companies/sizes",
    "companies/prospecting/filters/revenues": "companies/revenues",
    "companies/prospecting/filters/industriesLabels": "companies/industries_labels",
    "companies/prospecting/filters/sics": "companies/sics",
    "companies/prospecting/filters/naics": "companies/naics",
    "companies/prospecting/filters/intentTopics": "companies/intent_topics",
}
SEARCHES = {
    "companies/prospecting/filters/names": "companies/names",
    "companies/prospecting/filters/technologies": "companies/technologies",
}


@pytest.mark.parametrize("path", TWINS)
def test_a_list_is_that_of_v2_in_an_envelope(client: CheckedClient, path: str) -> None:
    answer = client.get(f"/v3/{path}")

    assert answer.json() == {"values": client.get(f"/prospecting/filters/{TWINS[path]}").json()}
    assert client.used() == 0


@pytest.mark.parametrize("path", SEARCHES)
def test_a_text_means_the_same_as_in_v2(client: CheckedClient, path: str) -> None:
    answer = client.get(f"/v3/{path}", params={"query": "works"})

    twin = client.post(f"/prospecting/filters/{SEARCHES[path]}", json={"text": "works"})
    assert answer.json() == {"values": twin.json()}


def test_places_are_written_in_camel_case(client: CheckedClient) -> None:
    values = client.get("/v3/contacts/prospecting/filters/locations", params={"query": "berlin"}).json()

    place = {"continent": "Europe", "country": "Germany", "countryGrouping": "emea"}
    assert {**place, "state": "Berlin", "city": "Berlin"} in values["values"]


@pytest.mark.parametrize("kind", ["contacts", "companies"])
def test_each_type_that_is_announced_is_served(client: CheckedClient, kind: str) -> None:
    path = f"/v3/{kind}/prospecting/filters"
    types = client.get(path).json()["availableFilters"]

    assert len(types) == {"contacts": 5, "companies": 9}[kind]
    for row in types:
        bare = client.get(f"{path}/{row['filterType']}")
        asked = client.get(f"{path}/{row['filterType']}", params={"query": "un"})
        assert (bare.status_code, asked.status_code) == (400 if row["requiresQuery"] else 200, 200)


@pytest.mark.parametrize(
    ("path", "finding"),
    [
        (
            "contacts/prospecting/filters/colours",
            "filterType must be one of the following values: locations, dep",
        ),
        ("contacts/prospecting/filters/locations", "query should not be empty"),
        (
            "contacts/prospecting/filters/locations?query=x",
            "query must be longer than or equal to 2 characters",
        ),
        (
            f"companies/prospecting/filters/names?query={'x' * 257}",
            "query must be shorter than or equal to 256",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(client: CheckedClient, path: str, finding: str) -> None:
    answer = client.get(f"/v3/{path}")

    assert answer.status_code == 400
    assert finding in answer.json()["message"]


def test_usage_tells_credits_windows_plan_and_prices(client: CheckedClient) -> None:
    client.post("/v3/contacts/search-and-enrich", json={"contacts": [{"email": "jane.doe@acme.com"}]})

    usage: dict[str, Any] = client.get("/v3/account/usage").json()

    spent = usage["credits"]["used"]
    assert usage["credits"] == {"total": 10_000, "used": spent, "remaining": 10_000 - spent}
    assert spent == client.used() > 0
    assert usage["rateLimits"]["minute"] == {
        "limit": 300, "used": 2, "remaining": 298, "resetsAt": "2026-03-31T12:01:00.000Z",
    }  # fmt: skip
    assert usage["rateLimits"]["daily"]["resetsAt"] == "2026-04-01T12:00:00.000Z"
    assert usage["plan"] == {
        "category": "scale", "renewalType": "month", "startDate": "2026-03-31T12:00:00.000Z",
        "endDate": "2026-04-30T12:00:00.000Z",
    }  # fmt: skip
    assert usage["pricing"]["revealPhone"] == {"credits": 5, "perQuantity": 1}
    assert usage["pricing"]["contactSearch"] == {"credits": 1, "perQuantity": 25}


def test_a_window_that_a_plan_does_not_have_is_null(make_client: Make) -> None:
    assert make_client(plan="free").get("/v3/account/usage").json()["rateLimits"]["hourly"] is None


def test_windows_reopen_on_the_clock(client: CheckedClient, clock: Any) -> None:
    client.get("/v3/account/usage")
    clock.set(datetime(2026, 3, 31, 12, 0, 59, 500_000, tzinfo=UTC))
    before = client.get("/v3/account/usage").json()["rateLimits"]["minute"]
    clock.set(datetime(2026, 3, 31, 12, 1, tzinfo=UTC))
    after = client.get("/v3/account/usage").json()["rateLimits"]["minute"]

    assert (before["used"], before["resetsAt"]) == (2, "2026-03-31T12:01:00.000Z")
    assert (after["used"], after["resetsAt"]) == (1, "2026-03-31T12:02:00.000Z")


def test_both_usage_paths_share_five_calls_a_minute(client: CheckedClient) -> None:
    paths = ["/v3/account/usage", "/account/usage"] * 3

    assert [client.get(path).status_code for path in paths] == [200] * 5 + [429]

"""Signals of v3 when the clock passes the day of the data: answers agree with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.clock import Clock

DAY = 86_400
AS_OF = "2026-03-31"


@pytest.fixture
def later(make_client: Callable[..., CheckedClient], clock: Clock) -> CheckedClient:
    """A client for whom three months have passed since the day of its data."""
    client = make_client(people=300, companies=60, limits="off", credits="unlimited", as_of=AS_OF)
    clock.advance(91 * DAY)
    return client


def post(client: CheckedClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def found(client: CheckedClient, kind: str, signals: dict[str, Any]) -> dict[str, list[str]]:
    """Id -> types of signals, of all whom prospecting finds."""
    rows: dict[str, list[str]] = {}
    page = total = 0
    while len(rows) < total or not page:
        body = {
            "filters": {kind: {"include": {"signals": signals}}},
            "pagination": {"page": page, "size": 100},
            "options": {"includePartialProfiles": True},
        }
        answer = post(client, f"/v3/{kind}/prospecting", body)
        rows |= {row["id"]: row["signalTypes"] for row in answer["results"]}
        total, page = answer["pagination"]["total"], page + 1
    return rows


@pytest.mark.parametrize("since", ["2026-04-01", "2025-06-01"])
@pytest.mark.parametrize("kind", ["contacts", "companies"])
def test_prospecting_finds_those_to_whom_the_signals_endpoint_says_it_happened(
    later: CheckedClient, kind: str, since: str
) -> None:
    rows = found(later, kind, {"types": ["allSignals"], "startDate": since})
    ids = list(rows)[:100]
    body = {"ids": ids, "signalTypes": ["allSignals"], "startDate": since}
    results = post(later, f"/v3/{kind}/signals", body)["results"]

    assert ids
    latest = []
    for result in results:
        types = {name for name, value in result.items() if isinstance(value, list) and value}
        assert types == set(rows[result["id"]]), result
        for name in types:
            own = ("signalDate", "articlePublishedDate", "activityPublicationDate")
            days = [entry[day] for entry in result[name] for day in own if day in entry]
            assert days == sorted(days, reverse=True)
            assert since <= days[-1]
            latest.append(days[0])
    assert AS_OF < max(latest) <= "2026-06-30"


def test_who_moved_has_the_new_job_in_the_signal_and_the_old_one_in_the_record(later: CheckedClient) -> None:
    rows = found(later, "contacts", {"types": ["companyChange"], "startDate": "2026-04-01"})
    body = {"ids": list(rows), "signalTypes": ["companyChange"], "startDate": "2026-04-01"}
    results = post(later, "/v3/contacts/signals", body)["results"]
    enriched = post(later, "/v3/contacts/enrich", {"ids": list(rows)})["results"]

    assert results
    for result, person in zip(results, enriched, strict=True):
        first = result["companyChange"][-1]
        assert first["previousCompanyName"] == person["company"]["name"]
        assert first["currentCompanyName"] != person["company"]["name"]


def test_version_2_tells_nothing_later_than_its_day(later: CheckedClient) -> None:
    body = {"pages": {"page": 0, "size": 50}, "filters": {"companies": {"include": {"sizes": [{"min": 1}]}}}}
    rows = post(later, "/prospecting/company/search", body)["data"]
    ids = [int(row["id"]) for row in rows][:50]
    body = {"companyIds": ids, "signals": ["allSignals"], "startDate": "2026-04-01"}

    answer = post(later, "/api/signals/companies", body)

    names = {"companyId", "companyName", "domain"}
    assert not any(set(company) - names for company in answer["companies"].values())

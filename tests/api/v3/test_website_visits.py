"""Website visits: who came when, in windows that agree, filtered and in order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

PATH = "/v3/companies/website-visits"
SITE, OTHER = "quillmark-robotics.example", "acme.com"
QUARTER = ("2026-01-01", "2026-03-31")
SMALL: dict[str, Any] = {"people": 0, "companies": 300, "limits": "off", "tracked_domains": [SITE, OTHER]}
NUMBERS = (
    *("score", "totalSessions", "uniqueVisitors", "avgSessionMinutes", "daysVisited"),
    *("highIntentPageviews", "daysSinceLastVisit"),
)


@pytest.fixture
def client(make_client: Make) -> CheckedClient:
    return make_client(**SMALL)


def body(window: tuple[str, str] = QUARTER, **more: Any) -> dict[str, Any]:
    start, end = window
    page = {"page": 0, "size": 150}
    return {"domains": [SITE], "startDate": start, "endDate": end, "pagination": page, **more}


def visits(client: CheckedClient, window: tuple[str, str] = QUARTER, **more: Any) -> dict[str, Any]:
    answer = client.post(PATH, json=body(window, **more))
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def rows(client: CheckedClient, window: tuple[str, str] = QUARTER, **more: Any) -> dict[str, dict[str, Any]]:
    """The companies by id."""
    answer = visits(client, window, **more)
    assert answer["pagination"]["total"] == len(answer["results"])
    return {row["id"]: row for row in answer["results"]}


def test_tens_of_companies_come_and_each_is_told_in_full(client: CheckedClient) -> None:
    companies = rows(client)

    assert 30 < len(companies) < 150
    assert {row["scoreBand"] for row in companies.values()} == {"cold", "warm", "hot"}
    for row in companies.values():
        days = (date(2026, 3, 31) - date.fromisoformat(row["lastVisit"])).days
        recency = 30 * max(0, 1 - days / 60)
        activity = 40 * min(1, row["totalSessions"] / 30) + 30 * min(1, row["highIntentPageviews"] / 20)
        assert row["score"] == round(recency + activity)
        assert row["scoreBand"] == ("hot" if row["score"] >= 70 else "warm" if row["score"] >= 40 else "cold")
        assert row["daysSinceLastVisit"] == days
        assert 1 <= row["uniqueVisitors"] <= row["totalSessions"]
        assert 1 <= row["daysVisited"] <= row["totalSessions"]
        assert row["visitorCountry"] == row["location"]["countryIso2"]
    assert client.used() == 0


def test_a_company_is_shown_as_prospecting_shows_it(client: CheckedClient) -> None:
    row = visits(client)["results"][0]
    ids = {"companies": {"include": {"ids": [row["id"]]}}}
    page = {"page": 0, "size": 10}
    (preview,) = client.post("/v3/companies/prospecting", json={"pagination": page, "filters": ids}).json()[
        "results"
    ]

    assert {name: row[name] for name in preview} == preview


def test_adjacent_windows_add_up_and_a_longer_one_contains_a_shorter(client: CheckedClient) -> None:
    whole = rows(client)
    parts = [rows(client, ("2026-01-01", "2026-02-10")), rows(client, ("2026-02-11", "2026-03-31"))]

    assert whole.keys() == parts[0].keys() | parts[1].keys()
    for id_, row in whole.items():
        for name in ("totalSessions", "daysVisited", "highIntentPageviews"):
            assert row[name] == sum(part[id_][name] for part in parts if id_ in part)
        assert row["lastVisit"] == max(part[id_]["lastVisit"] for part in parts if id_ in part)
        assert row["uniqueVisitors"] >= max(part[id_]["uniqueVisitors"] for part in parts if id_ in part)
    day = date(2026, 3, 31)
    single = [rows(client, (str(each), str(each))) for each in (day - timedelta(days=n) for n in range(7))]
    week = rows(client, ("2026-03-25", "2026-03-31"))
    sessions = {id_: sum(part[id_]["totalSessions"] for part in single if id_ in part) for id_ in week}
    assert sessions == {id_: row["totalSessions"] for id_, row in week.items()}


def test_days_to_come_have_no_visits_until_the_clock_reaches_them(client: CheckedClient, clock: Any) -> None:
    future = ("2026-04-01", "2026-05-31")

    before = visits(client, future)
    clock.advance(20 * 86_400)
    after = visits(client, future)

    assert (before["results"], before["pagination"]["total"]) == ([], 0)
    assert after["results"]
    assert max(row["lastVisit"] for row in after["results"]) <= "2026-04-20"


def test_two_websites_are_told_together_and_have_visitors_of_their_own(client: CheckedClient) -> None:
    one, other = rows(client), rows(client, domains=[OTHER])

    both = rows(client, domains=[SITE, f"https://www.{OTHER}/", SITE])

    assert one.keys() != other.keys()
    assert both.keys() == one.keys() | other.keys()
    for id_, row in both.items():
        parts = [part[id_] for part in (one, other) if id_ in part]
        assert row["totalSessions"] == sum(part["totalSessions"] for part in parts)
        assert row["daysVisited"] <= sum(part["daysVisited"] for part in parts)


FILTERS: dict[str, tuple[dict[str, Any], Callable[[Mapping[str, Any]], bool]]] = {
    "bands": ({"scoreBands": ["warm", "hot"]}, lambda row: row["scoreBand"] in {"warm", "hot"}),
    "countries": (
        {"visitorCountries": {"include": ["us", "DE"]}},
        lambda row: row["visitorCountry"] in {"US", "DE"},
    ),
    "other countries": ({"visitorCountries": {"exclude": ["US"]}}, lambda row: row["visitorCountry"] != "US"),
    **{
        f"{name} {end}": ({name: {end: value}}, check)
        for name, value in zip(NUMBERS, (40, 12, 2, 4, 6, 5, 10), strict=True)
        for end, check in (
            ("min", lambda row, name=name, value=value: row[name] >= value),
            ("max", lambda row, name=name, value=value: row[name] <= value),
        )
    },
    "minutes with a point": (
        {"avgSessionMinutes": {"min": 3.5, "max": 4.5}},
        lambda row: 3.5 <= row["avgSessionMinutes"] <= 4.5,
    ),
    "several": (
        {"scoreBands": ["cold"], "daysVisited": {"min": 2, "max": 4}},
        lambda row: row["scoreBand"] == "cold" and 2 <= row["daysVisited"] <= 4,
    ),
}


def test_each_filter_keeps_what_a_slow_one_keeps(client: CheckedClient, subtests: Any) -> None:
    whole = visits(client)["results"]
    for case, (filters, keeps) in FILTERS.items():
        with subtests.test(case):
            expected = [row for row in whole if keeps(row)]

            assert visits(client, filters=filters)["results"] == expected
            assert 0 < len(expected) < len(whole)
    assert visits(client, filters={})["results"] == whole
    assert visits(client, filters={"score": {"min": 101}})["results"] == []


@pytest.mark.parametrize("by", [*NUMBERS, "lastVisit", "name"])
def test_results_stand_in_the_order_that_is_asked_for(by: str, client: CheckedClient) -> None:
    rising = visits(client, sort={"by": by, "order": "asc"})["results"]
    falling = visits(client, sort={"by": by})["results"]

    values = [row[by].casefold() if by == "name" else row[by] for row in rising]
    assert values == sorted(values)
    assert [row[by] for row in falling] == [row[by] for row in rising][::-1] or by == "name"
    assert {row["id"] for row in falling} == {row["id"] for row in rising}
    if by == "score":
        assert falling == visits(client)["results"]


@pytest.mark.parametrize("dialect", ["live", "documented"])
def test_pages_neither_overlap_nor_leave_gaps(dialect: str, make_client: Make) -> None:
    client = make_client(**SMALL, dialect=dialect)
    whole = visits(client)
    total = whole["pagination"]["total"]

    pages = [visits(client, pagination={"page": page, "size": 25}) for page in range(total // 25 + 2)]

    assert [row for page in pages for row in page["results"]] == whole["results"]
    assert pages[0]["pagination"] == {"size": 25, "page": 0, "total": total}
    assert pages[0]["billing"] == {"creditsCharged": 0, "resultsReturned": 25}
    assert (pages[-1]["results"], pages[-1]["pagination"]["total"]) == ([], total)
    assert len(visits(client, pagination={"page": 0, "size": 1})["results"]) == 1
    assert visits(client, pagination={"page": 1_000_000, "size": 150})["results"] == []


def test_what_is_erased_or_pinned_counts(client: CheckedClient) -> None:
    first = visits(client)["results"][0]
    domain = first["domain"].removeprefix("www.")
    account = f"account={client.key}"
    pin = {"companies": [{"domain": domain, "name": "Pinned Pumps", "city": "Berlin", "country": "DE"}]}

    client.post(f"/_mock/entities?{account}", json=pin).raise_for_status()
    pinned = [row for row in visits(client)["results"] if row["domain"] == first["domain"]]
    client.post(
        f"/_mock/entities/erase?{account}", json={"companies": [{"domain": domain}]}
    ).raise_for_status()
    erased = [row for row in visits(client)["results"] if row["domain"] == first["domain"]]

    assert [(row["name"], row["visitorCountry"]) for row in pinned] == [("Pinned Pumps", "DE")]
    assert pinned[0]["totalSessions"] == first["totalSessions"]
    assert erased == []


SORTS = (
    "score, totalSessions, uniqueVisitors, avgSessionMinutes, daysVisited, highIntentPageviews, "
    "daysSinceLastVisit, lastVisit, name"
)
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "not tracked": (
        {"domains": [SITE, "other.com"]},
        f"domains.1 is not a domain that this account tracks; tracked are {SITE}, {OTHER} (sent: other.com)",
    ),
    "no domains": ({"domains": []}, "domains must contain at least 1 elements (sent: a list of 0)"),
    "days in the wrong order": (
        {"startDate": "2026-03-31", "endDate": "2026-03-30"},
        "startDate must not be after endDate (sent: 2026-03-31 and 2026-03-30)",
    ),
    "more than three months": (
        {"startDate": "2025-12-30", "endDate": "2026-03-31"},
        "endDate must be at most 3 months after startDate (sent: 2025-12-30 and 2026-03-31)",
    ),
    "no day": ({"startDate": "2026-02-30"}, "startDate must be a valid ISO 8601 date string"),
    "an unknown order": (
        {"sort": {"by": "sessions"}},
        f"sort.by must be one of the following values: {SORTS} (sent: sessions)",
    ),
    "neither rising nor falling": (
        {"sort": {"by": "score", "order": "up"}},
        "sort.order must be one of the following values: asc, desc (sent: up)",
    ),
    "a small page": (
        {"pagination": {"page": 0, "size": 0}},
        "pagination.size must not be less than 1 (sent: 0)",
    ),
    "a large page": (
        {"pagination": {"page": 0, "size": 151}},
        "pagination.size must not be greater than 150 (sent: 151)",
    ),
    "a page before the first": (
        {"pagination": {"page": -1, "size": 10}},
        "pagination.page must not be less than 0 (sent: -1)",
    ),
    "half a page": (
        {"pagination": {"page": 0.5, "size": 10}},
        "pagination.page must be an integer number (sent: 0.5)",
    ),
    "a page beyond all": (
        {"pagination": {"page": 1_000_001, "size": 10}},
        "pagination.page must not be greater than 1000000 (sent: 1000001)",
    ),
    "a page beyond numbers of 64 bits": (
        {"pagination": {"page": 1e30, "size": 10}},
        "pagination.page must not be greater than 1000000 (sent: 1e+30)",
    ),
    "no page": ({"pagination": {"size": 10}}, "pagination.page should not be empty"),
    "a band": ({"filters": {"scoreBands": ["icy"]}}, "filters.each value in scoreBands must be one of"),
    "a country by name": (
        {"filters": {"visitorCountries": {"include": ["Germany"]}}},
        "filters.visitorCountries.each value in include must be shorter than or equal to 2 characters",
    ),
    "another key": ({"limit": 5}, "property limit should not exist"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_makes_no_sense_is_refused(case: str, client: CheckedClient) -> None:
    change, text = BAD[case]

    answer = client.post(PATH, json=body() | change)

    assert answer.status_code == 400
    assert answer.json()["message"].startswith(text)


def test_three_months_to_the_day_are_allowed(client: CheckedClient) -> None:
    assert visits(client, ("2025-12-31", "2026-03-31"))["results"]


@pytest.mark.parametrize(
    ("window", "status"),
    [
        (("0001-01-01", "0001-01-01"), 200),
        (("0001-01-01", "0001-03-31"), 200),
        (("0001-01-01", "0001-04-02"), 400),
        (("0001-01-01", "2026-03-31"), 400),
        (("9999-10-31", "9999-12-31"), 200),
    ],
)
def test_the_first_and_the_last_days_there_are_can_be_asked_for(
    window: tuple[str, str], status: int, client: CheckedClient
) -> None:
    assert client.post(PATH, json=body(window)).status_code == status


def test_an_account_that_tracks_nothing_is_told_so(client: CheckedClient) -> None:
    change: dict[str, list[str]] = {"tracked_domains": []}
    client.request("PATCH", f"/_mock/accounts?account={client.key}", json=change).raise_for_status()

    answer = client.post(PATH, json=body())

    assert answer.status_code == 400
    assert answer.json()["message"].startswith(
        "domains.0 is not a domain that this account tracks; it tracks none"
    )


@pytest.mark.parametrize("plan", ["free", "premium", "legacy"])
def test_plans_without_website_visits_are_refused_in_their_own_words(
    plan: str, client: CheckedClient
) -> None:
    answer = client.post(PATH, json=body(), key=plan)

    assert answer.status_code == 403
    assert answer.json()["message"] == "Website Visits is not available on your current plan"
    assert client.last_error == "visits-restricted"

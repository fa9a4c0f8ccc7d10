"""POST ``/v3/companies/search``, ``/enrich`` and ``/search-and-enrich``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

SEARCH, ENRICH, BOTH = "/v3/companies/search", "/v3/companies/enrich", "/v3/companies/search-and-enrich"
QUILL = {"domain": "quill-works.example"}
NOBODY = {"code": "NOT_FOUND", "message": "Company not found"}
HEAD_COUNTS = ("employeesByDepartment", "employeesByLocation", "employeesBySeniority")
OPEN_JOBS = ("openJobsByDepartment", "openJobsByLocation", "openJobsBySeniority")
NULLABLE = {"estimatedAnnualItSpend", "monthlyWebsiteTraffic", "directParent", "ultimateParent"}
EVERY = [*HEAD_COUNTS, "competitors", "intent", *sorted(NULLABLE), "openJobsTotal", *OPEN_JOBS]


def post(client: CheckedClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def companies(client: CheckedClient, count: int = 60) -> list[str]:
    """Ids of companies of the directory."""
    body = {
        "pagination": {"page": 0, "size": count},
        "filters": {"companies": {"include": {"sizes": [{"min": 1}]}}},
    }
    return [row["id"] for row in post(client, "/v3/companies/prospecting", body)["results"]]


def test_each_item_has_a_result_in_its_place(client: CheckedClient) -> None:
    items = [{"clientReferenceId": "x", **QUILL}, {"id": "1"}, {"name": "quill works"}, QUILL]

    answer = post(client, SEARCH, {"companies": items})

    first, unknown, by_name, again = answer["results"]
    assert list(answer) == ["requestId", "results", "billing"]
    assert (first["clientReferenceId"], first["name"]) == ("x", "Quill Works")
    assert first["domain"] == "www.quill-works.example"
    assert unknown == {"error": NOBODY}
    assert by_name == again == {name: value for name, value in first.items() if name != "clientReferenceId"}
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 3}


@pytest.mark.parametrize(
    ("path", "profile", "costs"),
    [
        (BOTH, "observed", [2, 2]),
        (BOTH, "documented", [1, 1]),
        (ENRICH, "observed", [1, 1]),
        (ENRICH, "documented", [1, 1]),
        (SEARCH, "observed", [1, 1]),
        (SEARCH, "documented", [1, 1]),
    ],
)
def test_a_company_is_paid_every_time(make_client: Make, path: str, profile: str, costs: list[int]) -> None:
    client = make_client(search_price=profile)
    (id_,) = (row["id"] for row in post(client, SEARCH, {"companies": [QUILL]})["results"])
    body: dict[str, Any] = {"ids": [id_, id_]} if path == ENRICH else {"companies": [QUILL, QUILL]}

    assert [post(client, path, body)["billing"]["creditsCharged"] for _ in costs] == costs
    assert client.used() == 1 + sum(costs)


@pytest.mark.parametrize(("profile", "price"), [("observed", 0), ("documented", 1)])
def test_a_search_without_results_costs_what_its_profile_says(
    make_client: Make, profile: str, price: int
) -> None:
    client = make_client(search_price=profile)

    assert post(client, SEARCH, {"companies": [{"id": "1"}]})["billing"]["creditsCharged"] == price


def test_a_company_enriched_in_v3_is_free_in_v2(client: CheckedClient) -> None:
    post(client, BOTH, {"companies": [QUILL]})
    used = client.used()

    client.get("/v2/company", params=QUILL)

    assert client.used() == used


def test_facts_come_when_they_are_asked_for_and_cost_what_was_announced(client: CheckedClient) -> None:
    ids = companies(client)
    plain = post(client, ENRICH, {"ids": ids})["results"]
    full = post(client, ENRICH, {"ids": ids, "reveal": EVERY})

    quotes = [sum(row["credits"] for row in result["canReveal"]) for result in plain]
    assert full["billing"]["creditsCharged"] == len(ids) + sum(quotes)
    for before, after in zip(plain, full["results"], strict=True):
        known = {row["field"] for row in before["canReveal"]}
        assert not set(EVERY) & before.keys()
        assert set(EVERY) & after.keys() == known | NULLABLE
        assert {name for name in NULLABLE if after[name] is None} == NULLABLE - known
        assert before == {name: value for name, value in after.items() if name not in EVERY}
    shown = {name for result in full["results"] for name in result if result[name] is not None}
    assert set(EVERY) <= shown, "each fact is known of some company"


def test_head_counts_and_open_jobs_add_up(client: CheckedClient) -> None:
    results = post(client, ENRICH, {"ids": companies(client), "reveal": EVERY})["results"]

    for result in results:
        people = result["employeeCount"]["exact"]
        assert {sum(row["count"] for row in result[name]) for name in HEAD_COUNTS if name in result} <= {
            people
        }
        jobs = {sum(row["count"] for row in result[name]) for name in OPEN_JOBS if name in result}
        assert jobs <= {result.get("openJobsTotal")}
        assert result.get("openJobsTotal", 0) <= people


def test_competitors_and_parents_can_be_looked_up(client: CheckedClient) -> None:
    results = post(client, ENRICH, {"ids": companies(client), "reveal": EVERY})["results"]
    rivals = [row for result in results for row in result.get("competitors", ())]
    parents = [result["directParent"] for result in results if result["directParent"]]

    assert rivals
    assert parents
    ids = [row["id"] for row in rivals[:50]] + [row["lushaCompanyId"] for row in parents[:50]]
    names = [row["name"] for row in rivals[:50]] + [row["name"] for row in parents[:50]]
    shown = post(client, ENRICH, {"ids": ids})["results"]
    assert [result["name"] for result in shown] == names
    assert not any(
        row["domain"] == result["domain"] for result in results for row in result.get("competitors", ())
    )


def test_contact_data_are_lists_live_and_texts_as_documented(make_client: Make) -> None:
    live, documented = make_client(), make_client(dialect="documented")
    shapes = [post(each, ENRICH, {"ids": companies(each)})["results"] for each in (live, documented)]

    assert any({"phones", "emails"} <= result.keys() for result in shapes[0])
    assert any({"phone", "email"} <= result.keys() for result in shapes[1])
    assert not any({"phones", "emails", "homepageUrl", "has"} & result.keys() for result in shapes[1])
    assert all(result["id"].isdecimal() for result in shapes[1])


def test_partial_companies_are_not_found_where_they_are_not_wanted(client: CheckedClient) -> None:
    body = {
        "pagination": {"page": 0, "size": 100},
        "filters": {"companies": {"include": {"locations": [{"continent": "Europe"}]}}},
        "options": {"includePartialProfiles": True},
    }
    rows = post(client, "/v3/companies/prospecting", body)["results"]
    items = [{"id": row["id"]} for row in rows]

    every = post(client, BOTH, {"companies": items})["results"]
    whole = post(client, BOTH, {"companies": items, "options": {"includePartialProfiles": False}})["results"]

    partial = ["employeeCount" not in result for result in every]
    assert any(partial)
    assert ["error" in result for result in whole] == partial


def test_signals_that_were_asked_for_are_named_and_paid(client: CheckedClient) -> None:
    signals = {"types": ["allSignals"], "startDate": "2025-06-01"}
    items = [{"id": id_} for id_ in companies(client, 20)]
    used = client.used()

    answer = post(client, SEARCH, {"companies": items, "signals": signals})

    kinds = [kind for result in answer["results"] for kind in result["signalTypes"]]
    assert kinds
    assert answer["billing"]["creditsCharged"] == 1 + len(kinds) == client.used() - used


@pytest.mark.parametrize(
    ("path", "body", "finding"),
    [
        (SEARCH, {"companies": []}, "companies must contain at least 1 elements"),
        (SEARCH, {"companies": [QUILL] * 101}, "companies must contain no more than 100 elements"),
        (SEARCH, {"companies": [{}]}, "companies.0 must have id, name or domain"),
        (
            SEARCH,
            {"companies": [{"companyId": "1", **QUILL}]},
            "companies.0.property companyId should not exist",
        ),
        (
            SEARCH,
            {"companies": [{"linkedinUrl": "https://www.linkedin.com/company/x"}]},
            "property linkedinUrl",
        ),
        (
            SEARCH,
            {"companies": [QUILL], "signals": {"types": ["promotion"]}},
            "signals.each value in types must be",
        ),
        (
            SEARCH,
            {"companies": [QUILL], "signals": {"types": ["riskNews"], "maxResultsPerSignal": 5}},
            "maxResultsPerSignal",
        ),
        (
            SEARCH,
            {"companies": [QUILL], "signals": {"types": ["riskNews"], "startDate": "soon"}},
            "signals.startDate must be a valid",
        ),
        (ENRICH, {"ids": ["somebody"]}, "Invalid company id"),
        (ENRICH, {"ids": ["1"], "reveal": []}, "reveal must contain at least 1 elements"),
        (ENRICH, {"ids": ["1"], "reveal": ["emails"]}, "each value in reveal must be one of"),
        (BOTH, {"companies": [QUILL], "tableId": "1"}, "property tableId should not exist"),
    ],
)
def test_what_cannot_be_used_is_refused_whole(
    client: CheckedClient, path: str, body: dict[str, Any], finding: str
) -> None:
    answer = client.post(path, json=body)

    assert answer.status_code == 400
    assert finding in answer.json()["message"]
    assert client.used() == 0

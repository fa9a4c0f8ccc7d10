"""Scores of signals: they agree with the signals themselves, and what they cost is up to the account."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

PEOPLE, COMPANIES = "/v3/contacts/signal-score", "/v3/companies/signal-score"
ITEMS: dict[str, list[dict[str, Any]]] = {
    "contacts": [{"email": f"jane.number{n}@acme.com"} for n in range(60)],
    "companies": [{"domain": f"acme{n}.com"} for n in range(60)],
}
WHERE = {"contacts": PEOPLE, "companies": COMPANIES}
SMALL: dict[str, Any] = {"people": 600, "companies": 30, "limits": "off"}


def scores(client: CheckedClient, kind: str, items: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    answer = client.post(WHERE[kind], json={kind: ITEMS[kind] if items is None else items})
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def shown(client: CheckedClient, kind: str, ids: list[str]) -> dict[str, set[str]]:
    """The types of signals of the last six months, by id."""
    body = {"ids": ids, "signalTypes": ["allSignals"]}
    results = client.post(f"/v3/{kind}/signals", json=body).json()["results"]
    about = {"id", "companyName", "domain"}
    return {
        row["id"]: {name for name, entries in row.items() if name not in about and entries} for row in results
    }


def some_of_the_directory(client: CheckedClient, kind: str) -> list[dict[str, Any]]:
    filters: Any = {"companies": {"include": {"sizes": [{"min": 1}]}}}
    body = {"pagination": {"page": 0, "size": 30}, "filters": filters}
    if kind == "contacts":
        body["filters"] = {"contacts": {"include": {"departments": ["Sales", "Finance"]}}}
    results = client.post(f"/v3/{kind}/prospecting", json=body).json()["results"]
    return [{"id": result["id"]} for result in results]


@pytest.mark.parametrize("days", [0, 40], ids=["today", "forty days on"])
@pytest.mark.parametrize("kind", WHERE)
def test_a_score_has_the_types_that_signals_show(kind: str, days: int, make_client: Make, clock: Any) -> None:
    client = make_client(as_of=date(2026, 3, 31), **SMALL)
    clock.advance(days * 86_400)
    rows = scores(client, kind, [*ITEMS[kind], *some_of_the_directory(client, kind)])["results"]
    scored = [row for row in rows if "error" not in row]
    types = shown(client, kind, [row["id"] for row in scored])

    assert len(scored) > 60
    for row in scored:
        assert set(row["signalTypes"]) == types[row["id"]], row
        assert (row["signalScore"] == 0) is row["noActiveSignals"] is (row["signalTypes"] == [])
        assert 0 <= row["signalScore"] <= 1
        assert round(row["signalScore"], 2) == row["signalScore"]
    assert {row["noActiveSignals"] for row in scored} == {True, False} or kind == "companies"


def test_newer_and_more_signals_score_higher(make_client: Make, tmp_path: Path) -> None:
    def pinned(name: str, *signals: str) -> str:
        listed = ", ".join(f"{{type: riskNews, date: {day}}}" for day in signals)
        return f"  - {{domain: {name}.example, name: {name}, employees: 90, signals: [{listed}]}}\n"

    days = [date(2026, 3, 31) - timedelta(days=ago) for ago in (1, 61, 170)]
    text = "companies:\n" + pinned("none") + pinned("old", f"{days[2]}") + pinned("middle", f"{days[1]}")
    text += pinned("young", f"{days[0]}") + pinned("all", *map(str, days))
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    client = make_client(fixtures=tmp_path, **SMALL)

    names = ["none", "old", "middle", "young", "all"]
    rows = scores(client, "companies", [{"domain": f"{name}.example"} for name in names])["results"]

    assert [row["signalScore"] for row in rows] == [0, 0.04, 0.12, 0.25, 0.36]
    assert [row["signalTypes"] for row in rows] == [[], *[["riskNews"]] * 4]


def test_results_stand_in_the_order_of_the_items(make_client: Make) -> None:
    client = make_client(**SMALL)
    items = [
        {"clientReferenceId": "", "domain": "acme.com"},
        {"name": "Acme Rockets"},
        {"email": "jane@acme.com"},
        {"domain": "acme.com", "clientReferenceId": "x" * 256},
    ]

    rows = scores(client, "companies", items)["results"]

    assert [row["domain"] for row in rows] == [
        *("www.acme.com", "www.acme-rockets.example", "www.acme.com", "www.acme.com")
    ]
    assert [row.get("clientReferenceId") for row in rows] == ["", None, None, "x" * 256]
    assert rows[0]["id"] == rows[2]["id"] == rows[3]["id"]
    person = scores(client, "contacts", [{"email": "jane.doe@acme.com", "clientReferenceId": "j"}])[
        "results"
    ][0]
    assert (person["clientReferenceId"], person["fullName"]) == ("j", "Jane Doe")
    assert person["company"] == {"id": rows[0]["id"], "name": "Acme", "domain": "acme.com"}
    again = client.post("/v3/contacts/enrich", json={"ids": [person["id"]], "reveal": ["emails"]}).json()
    assert again["results"][0]["emails"][0]["email"] == "jane.doe@acme.com"


@pytest.mark.parametrize("dialect", ["live", "documented"])
def test_what_is_not_known_echoes_what_was_sent(dialect: str, make_client: Make) -> None:
    client = make_client(dialect=dialect, open_world=False, people=0, companies=1)
    sent = [("domain", "nope-xyz.com"), ("name", "Nope"), ("id", "1"), ("email", "a@nope-xyz.com")]
    items = [{"clientReferenceId": name, name: text} for name, text in sent]
    echoes = ["nope-xyz.com", "Nope", "1", "nope-xyz.com"]
    names = ["domain", "name", "id", "domain"] if dialect == "documented" else ["id"] * 4
    error = {"code": "NOT_FOUND", "message": "Company not found"}

    answer = scores(client, "companies", items)

    assert answer["results"] == [
        {"clientReferenceId": item["clientReferenceId"], name: text, "error": error}
        for item, name, text in zip(items, names, echoes, strict=True)
    ]
    assert answer["billing"] == {"creditsCharged": 0, "resultsReturned": 0}
    people = scores(client, "contacts", [{"id": "1"}, {"email": "jane.doe@nope-xyz.com"}])["results"]
    error = {"code": "NOT_FOUND", "message": "Contact not found"}
    assert people == [{"id": "1", "error": error}, {"error": error}]


def test_who_may_not_be_shown_or_cannot_be_scored_has_an_error(make_client: Make) -> None:
    client = make_client(**SMALL | {"companies": 400})
    greta = scores(client, "contacts", [{"email": "greta.datenschutz@quill-works.example"}])

    assert greta["results"][0]["error"]["code"] == "COMPLIANCE_RESTRICTED"
    body = {
        "pagination": {"page": 0, "size": 100},
        "filters": {"companies": {"include": {"locations": [{"country": "United States"}]}}},
        "options": {"includePartialProfiles": True},
    }
    results = client.post("/v3/companies/prospecting", json=body).json()["results"]
    rows = scores(client, "companies", [{"id": result["id"]} for result in results])["results"]
    unscored = [row for row in rows if "error" in row]
    assert unscored, "some companies are partial"
    for row in unscored:
        assert row["error"] == {"code": "NO_SCORE", "message": "No score available"}
        assert row.keys() == {"id", "name", "domain", "error"}
    assert not any(shown(client, "companies", [row["id"] for row in unscored]).values())


@pytest.mark.parametrize("kind", WHERE)
def test_scores_are_free_unless_the_account_pays_for_them(kind: str, make_client: Make) -> None:
    client = make_client(**SMALL)
    one = ITEMS[kind][0]

    free = scores(client, kind, [one])["billing"]
    prices = client.get("/v3/account/usage").json()["pricing"]
    client.request("PATCH", f"/_mock/accounts?account={client.key}", json={"signal_score_price": "paid"})
    paid = scores(client, kind, [one, one, ITEMS[kind][1], {"id": "1"}])["billing"]

    assert free == {"creditsCharged": 0, "resultsReturned": 1}
    assert paid == {"creditsCharged": 2, "resultsReturned": 3}
    assert client.used() == 2
    assert scores(client, kind, [one])["billing"]["creditsCharged"] == 1, "each time"
    assert not [name for name in prices if "score" in name]
    now = client.get("/v3/account/usage").json()["pricing"]
    price = {"credits": 1, "perQuantity": 1}
    assert now == {**prices, "signal_score_company": price, "signal_score_contact": price}


BAD: dict[str, tuple[str, Any, str]] = {
    "two": (
        "companies",
        [{"domain": "acme.com"}, {"domain": "acme.com", "name": "Acme"}],
        "companies.1 must have exactly one of id, domain, name, email (sent: domain, name)",
    ),
    "none": (
        "companies",
        [{"clientReferenceId": "x"}],
        "companies.0 must have exactly one of id, domain, name, email",
    ),
    "mail": ("companies", [{"email": "jane"}], "companies.0.email must be an email (sent: jane)"),
    "mail of a person": ("contacts", [{"email": "jane@"}], "contacts.0.email must be an email (sent: jane@)"),
    "id": ("companies", [{"id": "acme"}], "Invalid company id (sent: acme)"),
    "id of a person": ("contacts", [{"id": "jane"}], "Invalid contact id (sent: jane)"),
    "half a person": (
        "contacts",
        [{"firstName": "Jane", "lastName": "Doe"}],
        "contacts.0 must have id, linkedinUrl",
    ),
    "long mark": (
        "companies",
        [{"domain": "acme.com", "clientReferenceId": "x" * 257}],
        "companies.0.clientReferenceId must be shorter than or equal to 256 characters",
    ),
    "empty": ("contacts", [], "contacts must contain at least 1 elements"),
    "many": ("companies", [{"domain": "a.com"}] * 101, "companies must contain no more than 100 elements"),
    "another key": ("companies", [{"linkedinUrl": "x"}], "companies.0.property linkedinUrl should not exist"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_makes_no_sense_is_refused(case: str, client: CheckedClient) -> None:
    kind, items, text = BAD[case]

    answer = client.post(WHERE[kind], json={kind: items})

    assert answer.status_code == 400
    assert answer.json()["message"].startswith(text)


def test_plans_without_signals_are_refused(client: CheckedClient) -> None:
    def status(plan: str, kind: str) -> int:
        return client.post(WHERE[kind], json={kind: ITEMS[kind]}, key=plan).status_code

    assert [status("free", kind) for kind in WHERE] == [403, 402]
    assert [status("premium", kind) for kind in WHERE] == [403, 403]


def test_an_outage_of_the_resolver_is_never_a_miss(make_client: Make) -> None:
    client = make_client(error_format="live", **SMALL)
    rule = {"when": {"operation": "getContactSignalScores"}, "respond": "identity-unavailable"}
    outage = {"name": "outage", "rules": [rule]}
    client.request("PUT", f"/_mock/scenario?account={client.key}", json=outage).raise_for_status()

    answer = client.post(PEOPLE, json={"contacts": ITEMS["contacts"]})

    assert answer.status_code == 502
    text = "Identity resolution provider is temporarily unavailable. Retry with backoff."
    assert answer.json()["message"] == text
    assert client.post(COMPANIES, json={"companies": ITEMS["companies"]}).status_code == 200

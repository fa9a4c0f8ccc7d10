"""Which refusal a request meets that breaks two rules at once, and that no refusal is charged.

The order: route, key, standing of the account, windows, plan gate, validation, credits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from support import CheckedClient

ADA = "/v2/person?email=ada.quill@quill-works.example"
SEARCH = "/prospecting/contact/search"
TOO_LARGE = "x" * 1_000_001
BAD_NAME = {"contacts": [{"contactId": "1", "fullName": "Ada"}]}
ACCOUNTS = """
accounts:
  poor-legacy: {plan: legacy, credits: 0}
  poor-premium: {plan: premium, credits: 0}
  strict: {strict: true}
  strict-free: {plan: free, strict: true}
  inactive-and-spent: {plan: pro, standing: inactive, spent: [hourly], limits: enforce}
  trial-ended-and-spent: {plan: pro, standing: trial-ended, spent: [hourly], limits: enforce}
"""


@dataclass(frozen=True)
class Both:
    """A request that breaks two rules, and the error it meets."""

    expected: tuple[int, str]
    key: str | None
    method: str = "GET"
    url: str = ADA
    body: Any = None
    settings: Mapping[str, Any] = field(default_factory=dict)


PAIRS = {
    "route before key": Both((404, "not-found"), None, url="/v2/nothing"),
    "route before an invalid key": Both((404, "not-found"), "invalid", url="/v2/nothing"),
    "route before standing": Both((404, "not-found"), "inactive", "PUT", "/v2/person"),
    "route before the size": Both((404, "not-found"), "some-key", "POST", "/v2/nothing", TOO_LARGE),
    "key before validation": Both((401, "no-api-key"), None, url="/v2/person"),
    "key before the size": Both((401, "no-api-key"), None, "POST", "/v2/person", TOO_LARGE),
    "invalid key before validation": Both((401, "unauthorized"), "invalid", "POST", "/v2/person", {}),
    "standing before windows": Both((403, "inactive-account"), "inactive-and-spent"),
    "trial before windows": Both((429, "trial-ended"), "trial-ended-and-spent"),
    "standing before the plan gate": Both(
        (403, "inactive-account"), "inactive", "POST", SEARCH, {}, {"plan": "free"}
    ),
    "trial before the plan gate": Both((429, "trial-ended"), "trial-ended", "POST", SEARCH, {}),
    "standing before validation": Both((403, "inactive-account"), "inactive", "POST", "/v2/person", {}),
    "windows before the plan gate": Both((429, "hourly-limit"), "hourly-limit-spent", "POST", SEARCH, {}),
    "windows before validation": Both((429, "daily-quota"), "daily-quota-spent", "POST", "/v2/person", {}),
    "windows before the size": Both(
        (429, "daily-quota"), "daily-quota-spent", "POST", "/v2/person", TOO_LARGE
    ),
    "plan gate before validation": Both((403, "plan-restricted"), "free", "POST", SEARCH, {"pages": "x"}),
    "plan gate before the size": Both((403, "plan-restricted"), "free", "POST", SEARCH, TOO_LARGE),
    "plan gate before unknown properties": Both(
        (403, "plan-restricted"), "strict-free", "POST", SEARCH, {"foo": 1}
    ),
    "plan gate of signals before credits": Both(
        (403, "plan-restricted"), "poor-premium", url=ADA + "&signals=promotion"
    ),
    "plan gate of reveal flags before credits": Both(
        (403, "datapoint-restricted"), "poor-legacy", url=ADA + "&revealPhones=true"
    ),
    "the size before validation": Both((413, "payload-too-large"), "strict", "POST", "/v2/person", TOO_LARGE),
    "validation before credits": Both((400, "bad-request"), "out-of-credits", url=ADA + "&filterBy=fax"),
    "validation before the full name": Both(
        (400, "bad-request"), "some-key", "POST", "/v2/person", {**BAD_NAME, "metadata": 1}
    ),
    "unknown properties before credits": Both(
        (400, "bad-request"), "out-of-credits", url=ADA + "&foo=1", settings={"strict": True}
    ),
    "the full name before credits": Both(
        (412, "bad-full-name"), "out-of-credits", "POST", "/v2/person", BAD_NAME
    ),
    "gdpr before credits": Both(
        (451, "gdpr"),
        "out-of-credits",
        url="/v2/person?firstName=Greta&lastName=Datenschutz&companyDomain=quill-works.example",
    ),
}


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.yaml"
    path.write_text(ACCOUNTS, encoding="utf-8")
    return path


@pytest.mark.parametrize("pair", PAIRS.values(), ids=list(PAIRS))
def test_the_earlier_rule_answers(
    make_client: Callable[..., CheckedClient], accounts: Path, pair: Both
) -> None:
    client = make_client(pair.key, accounts=accounts, **pair.settings)

    answer = client.request(pair.method, pair.url, json=pair.body)

    assert (answer.status_code, client.last_error) == pair.expected
    assert answer.json()["error"]["code"] == answer.status_code


def test_the_second_of_an_endpoint_is_the_last_of_the_windows(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client("free")
    for url in ("/v2/person?personId=1", "/v2/company?companyId=1"):
        for _ in range(20):
            client.get(url)
    for _ in range(5):
        client.get("/v2/person?personId=1")

    client.get("/v2/person?personId=1")

    assert client.last_error == "minute-limit"


REFUSALS: dict[str, tuple[int, str, str, Any]] = {
    "400 of a query": (400, "GET", ADA + "&filterBy=fax", None),
    "400 of an item among good ones": (
        400,
        "POST",
        "/v2/company",
        {"companies": [{"id": "1", "domain": "quill-works.example"}, {"id": "2"}]},
    ),
    "400 of a day that is none": (
        400,
        "GET",
        "/v2/company?domain=quill-works.example&signals=riskNews&signalsStartDate=2026-02-30",
        None,
    ),
    "402 of a bulk the balance pays in part": (
        402,
        "POST",
        "/v2/company",
        {"companies": [{"id": str(n), "domain": f"firm-{n}.example"} for n in range(12)]},
    ),
    "412 of one name among good ones": (
        412,
        "POST",
        "/v2/person",
        {"contacts": [{"contactId": "2", "email": "ada.quill@quill-works.example"}, *BAD_NAME["contacts"]]},
    ),
    "451": (
        451,
        "GET",
        "/v2/person?firstName=Greta&lastName=Datenschutz&companyDomain=quill-works.example",
        None,
    ),
    "413": (413, "POST", "/v2/company", {"companies": TOO_LARGE}),
    "404 of a company": (404, "GET", "/v2/company?companyId=1", None),
    "404 of a path": (404, "GET", "/v2/nothing", None),
}


@pytest.mark.parametrize(("status", "method", "url", "body"), REFUSALS.values(), ids=list(REFUSALS))
def test_a_refused_request_never_touches_the_ledger(
    make_client: Callable[..., CheckedClient], status: int, method: str, url: str, body: Any
) -> None:
    client = make_client("eleven", credits=11)

    refused = client.request(method, url, json=body)

    assert refused.status_code == status
    assert client.used() == 0
    # Nor has it revealed anything: what it asked for is still to be paid.
    assert client.get(ADA).json()["contact"]["isCreditCharged"] is True

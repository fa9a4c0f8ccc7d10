"""Digests of the answers to 2,670 requests: each operation, asked rightly and wrongly, in each dialect and
error format, and by accounts in different states.

``python tests/pinned_answers.py`` writes them again; a change of one is a change of what users see, and
needs a commit of its own that says why.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from pinned_requests import REQUESTS as REQUESTS_V3
from pinned_requests import WEBHOOK_REQUESTS

from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGESTS = Path(__file__).with_name("pinned_answers.json")
NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
SIZE: dict[str, Any] = {"people": 2_000, "companies": 200}
KEY = "pinned-answers-0123456789"

_FILTERS = "/prospecting/filters"
_PEOPLE = [
    {"contactId": "b", "email": "jane.doe@acme.com"},
    {
        "contactId": "a",
        "fullName": "Zoë Müller",
        "companies": [{"name": "Naïve Bäckerei", "isCurrent": True}],
    },
    {"contactId": "日本", "linkedinUrl": "https://www.linkedin.com/in/someone"},
    {"contactId": "d", "email": "jane.doe@acme.com"},
    {
        "contactId": "c",
        "fullName": "Ada Quill",
        "companies": [{"domain": "quill-works.example", "isCurrent": True}],
    },
]
# Operation -> method, path and body of a call that is right, path and body of one that is wrong. A callable
# makes a body, or a path, of the answers so far, by operation.
REQUESTS: dict[str, tuple[str, tuple[Any, Any], tuple[Any, Any]]] = {
    "searchSingleContact": (
        "GET",
        (
            "/v2/person?email=ada.quill@quill-works.example",
            None,
        ),
        ("/v2/person?firstName=Jane&colour=red", None),
    ),
    "searchMultipleContacts": (
        "POST",
        ("/v2/person", {"contacts": _PEOPLE, "metadata": {"signals": ["allSignals"]}}),
        ("/v2/person", {"contacts": [{"contactId": 1, "x": 1, "companies": 5}, {"contactId": "1"}], "z": 3}),
    ),
    "searchSingleCompanyV2": (
        "GET",
        ("/v2/company?domain=acme.com", None),
        ("/v2/company?domain=...&colour=red", None),
    ),
    "searchMultipleCompaniesV2": (
        "POST",
        (
            "/v2/company",
            {
                "companies": [{"id": str(n), "domain": f"acme{n}.com"} for n in range(5)],
                "signals": ["allSignals"],
            },
        ),
        ("/v2/company", {"companies": [{"id": 7, "domain": "acme.com"}, {"name": 5}], "colour": "red"}),
    ),
    "getContactDepartments": (
        "GET",
        (f"{_FILTERS}/contacts/departments", None),
        ("/contacts/departments", None),
    ),
    "getContactSeniority": ("GET", (f"{_FILTERS}/contacts/seniority", None), ("/contacts/seniority", None)),
    "getContactDataPoints": (
        "GET",
        (f"{_FILTERS}/contacts/existing_data_points", None),
        (f"{_FILTERS}/contacts/existing_data_points?a=b", None),
    ),
    "getContactCountries": (
        "GET",
        (f"{_FILTERS}/contacts/all_countries", None),
        (f"{_FILTERS}/contacts/all_countries/", None),
    ),
    "searchContactLocations": (
        "POST",
        (f"{_FILTERS}/contacts/locations", {"text": "berl"}),
        (f"{_FILTERS}/contacts/locations", {"text": ""}),
    ),
    "searchCompanyNames": (
        "POST",
        (f"{_FILTERS}/companies/names", {"text": "quill"}),
        (f"{_FILTERS}/companies/names", {"words": "quill"}),
    ),
    "getCompanyIndustries": (
        "GET",
        (f"{_FILTERS}/companies/industries_labels", None),
        (f"{_FILTERS}/companies/industry", None),
    ),
    "getCompanySizes": ("GET", (f"{_FILTERS}/companies/sizes", None), (f"{_FILTERS}/companies/size", None)),
    "getCompanyRevenues": (
        "GET",
        (f"{_FILTERS}/companies/revenues", None),
        (f"{_FILTERS}/companies/revenue", None),
    ),
    "searchCompanyLocations": (
        "POST",
        (f"{_FILTERS}/companies/locations", {"text": "united"}),
        (f"{_FILTERS}/companies/locations", ["united"]),
    ),
    "getCompanySicCodes": ("GET", (f"{_FILTERS}/companies/sics", None), (f"{_FILTERS}/companies/sic", None)),
    "getCompanyNaicsCodes": (
        "GET",
        (f"{_FILTERS}/companies/naics", None),
        (f"{_FILTERS}/companies/naic", None),
    ),
    "getCompanyIntentTopics": (
        "GET",
        (f"{_FILTERS}/companies/intent_topics", None),
        (f"{_FILTERS}/companies/topics", None),
    ),
    "searchCompanyTechnologies": (
        "POST",
        (f"{_FILTERS}/companies/technologies", {"text": "py"}),
        (f"{_FILTERS}/companies/technologies", {"text": 5}),
    ),
    "searchProspectingContacts": (
        "POST",
        (
            "/prospecting/contact/search",
            {
                "pages": {"page": 0, "size": 10},
                "filters": {"contacts": {"include": {"departments": ["Sales"]}}},
            },
        ),
        ("/prospecting/contact/search", {"pages": {"page": -1, "size": 500}, "filters": {"contacts": 5}}),
    ),
    "enrichProspectingContacts": (
        "POST",
        (
            "/prospecting/contact/enrich",
            lambda answers: _enrich(
                answers["searchProspectingContacts"], "contactIds", "contactId", "contacts"
            ),
        ),
        ("/prospecting/contact/enrich", {"requestId": "none", "contactIds": []}),
    ),
    "searchProspectingCompanies": (
        "POST",
        (
            "/prospecting/company/search",
            {
                "pages": {"page": 0, "size": 10},
                "filters": {"companies": {"include": {"names": ["Quill Works"]}}},
            },
        ),
        (
            "/prospecting/company/search",
            {"pages": {"page": "x"}, "filters": {"companies": {"include": {"sizes": 3}}}},
        ),
    ),
    "enrichProspectingCompanies": (
        "POST",
        (
            "/prospecting/company/enrich",
            lambda answers: _enrich(answers["searchProspectingCompanies"], "companiesIds", "id", "companies"),
        ),
        ("/prospecting/company/enrich", {"requestId": 5, "companiesIds": "7"}),
    ),
    "getSignalOptions": (
        "GET",
        ("/api/signals/filters/contact", None),
        ("/api/signals/filters/colour", None),
    ),
    "getContactSignalsById": (
        "POST",
        (
            "/api/signals/contacts",
            lambda answers: {"contactIds": _contact_ids(answers), "signals": ["allSignals"]},
        ),
        ("/api/signals/contacts", {"contactIds": [], "signals": ["colour"]}),
    ),
    "searchContactSignals": (
        "POST",
        (
            "/api/signals/contacts/search",
            {"contacts": [{"id": "1", "email": "jane.doe@acme.com"}], "signals": ["allSignals"]},
        ),
        ("/api/signals/contacts/search", {"contacts": [{"email": "jane.doe@acme.com"}]}),
    ),
    "getCompanySignalsById": (
        "POST",
        (
            "/api/signals/companies",
            lambda answers: {"companyIds": _company_ids(answers), "signals": ["allSignals"]},
        ),
        ("/api/signals/companies", {"companyIds": ["x"], "signals": "allSignals"}),
    ),
    "searchCompanySignals": (
        "POST",
        (
            "/api/signals/companies/search",
            {"companies": [{"id": "1", "domain": "acme.com"}], "signals": ["allSignals"]},
        ),
        ("/api/signals/companies/search", {"companies": [{"id": "1"}], "signals": ["allSignals"]}),
    ),
    "getAccountUsageStats": ("GET", ("/account/usage", None), ("/account/usage?a=b", None)),
    **REQUESTS_V3,
    "lookalikeContacts": (
        "POST",
        (
            "/v3/lookalike/contacts",
            {
                "seeds": {
                    "emails": [f"jane.doe@acme{number}.com" for number in range(4)],
                    "contacts": [
                        {"firstName": "Ada", "lastName": "Quill", "companyDomain": "quill-works.example"}
                    ],
                },
                "limit": 3,
            },
        ),
        ("/v3/lookalike/contacts", {"seeds": {"contacts": [{"firstName": "Ada", "lastName": "Quill"}]}}),
    ),
    "lookalikeCompanies": (
        "POST",
        (
            "/v3/lookalike/companies",
            {"seeds": {"domains": [f"acme{number}.com" for number in range(5)]}, "limit": 3},
        ),
        ("/v3/lookalike/companies", {"seeds": {}}),
    ),
    **WEBHOOK_REQUESTS,
}
WORLDS: dict[str, tuple[str, dict[str, Any]]] = {
    **{
        f"{dialect}, {form}": (KEY, {"dialect": dialect, "error_format": form})
        for dialect in ("live", "documented")
        for form in ("both", "openapi", "live")
    },
    "waterfall": (KEY, {"waterfall": True}),
    # Smaller worlds of other people.
    "seed one": (KEY, {"seed": "one", "people": 300, "companies": 30}),
    "seed two": (KEY, {"seed": "two", "people": 500, "companies": 20}),
    **{
        name: (name, {})
        for name in (
            "free",
            "legacy",
            "out-of-credits",
            "no-unified-credits",
            "inactive",
            "hourly-limit-spent",
        )
    },
}


def _enrich(search: dict[str, Any], field: str, id_: str, rows: str) -> dict[str, Any]:
    ids = [str(row[id_]) for row in search.get("data", search.get(rows, []))]
    return {
        "requestId": search.get("requestId", "1b4e28ba-2fa1-41d2-883f-0016d3cca427"),
        field: ids[:3] or ["7"],
    }


def _contact_ids(answers: dict[str, Any]) -> list[Any]:
    contacts = answers["searchMultipleContacts"].get("contacts", {})
    return [row["data"]["personId"] for row in contacts.values() if "personId" in row.get("data", {})] or [7]


def _company_ids(answers: dict[str, Any]) -> list[Any]:
    return [
        row["id"]
        for row in answers["searchMultipleCompaniesV2"].values()
        if isinstance(row, dict) and "id" in row
    ] or [7]


async def _digests(key: str, settings: dict[str, Any], *, fast: bool) -> dict[str, str]:
    app = create_app(Settings(**{**SIZE, **settings}), clock=Clock(source=NOW.timestamp), fast=fast)
    transport = httpx.ASGITransport(app=app)
    digests = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://double.test") as client:
        answers: dict[str, Any] = {}
        for operation, (method, right, wrong) in REQUESTS.items():
            for kind, (path, body) in (("right", right), ("wrong", wrong)):
                content = body(answers) if callable(body) else body
                url = path(answers) if callable(path) else path
                answer = await client.request(method, url, json=content, headers={"api_key": key})
                if kind == "right":
                    answers[operation] = answer.json() if isinstance(answer.json(), dict) else {}
                text = f"{answer.status_code} {sorted(answer.headers.items())} ".encode() + answer.content
                digests[f"{operation}, {kind}"] = (
                    f"{answer.status_code} {hashlib.sha256(text).hexdigest()[:16]}"
                )
    return digests


def digests_of(world: str, *, fast: bool = True) -> dict[str, str]:
    """Status and digest of each answer in one of ``WORLDS``, by operation."""
    return asyncio.run(_digests(*WORLDS[world], fast=fast))


def read() -> dict[str, dict[str, str]]:
    """The digests as they are pinned."""
    pinned: dict[str, dict[str, str]] = json.loads(DIGESTS.read_text(encoding="utf-8"))
    return pinned


def _all() -> Iterator[tuple[str, dict[str, str]]]:
    for world in WORLDS:
        yield world, digests_of(world)


if __name__ == "__main__":
    DIGESTS.write_text(json.dumps(dict(_all()), indent=1) + "\n", encoding="utf-8")

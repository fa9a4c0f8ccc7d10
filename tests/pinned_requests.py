"""Requests of v3 for ``pinned_answers``: of each operation a right one and a wrong one."""

from __future__ import annotations

from typing import Any

_PEOPLE = [
    {"clientReferenceId": "first", "email": "ada.quill@quill-works.example"},
    {"email": "greta.datenschutz@quill-works.example"},
    {"firstName": "Zoë", "lastName": "Müller", "companyName": "Naïve Bäckerei"},
    {"email": "jane.doe@acme.com"},
    {"id": "1"},
]
_COMPANIES = [
    {"clientReferenceId": "日本", "domain": "quill-works.example"},
    {"name": "Naïve Bäckerei"},
    {"domain": "acme.com"},
    {"domain": "acme.com"},
    {"id": "1"},
]
_FACTS = [
    "employeesByDepartment", "employeesByLocation", "employeesBySeniority", "competitors", "intent",
    "estimatedAnnualItSpend", "monthlyWebsiteTraffic", "openJobsTotal", "openJobsByDepartment",
    "openJobsByLocation", "openJobsBySeniority", "directParent", "ultimateParent",
]  # fmt: skip
_MAILBOXES = ["ada.quill@quill-works.example", *(f"jane.doe@acme{number}.com" for number in range(4))]
_DOMAINS = ["quill-works.example", *(f"acme{number}.com" for number in range(4))]
_PAGE = {"page": 0, "size": 10}
_SINCE = "2025-06-01"


def _ids(answers: dict[str, Any], operation: str) -> list[str]:
    """The ids that an answer gave out, and one that nobody has."""
    results = answers[operation].get("results", [])
    return [*(result["id"] for result in results if "error" not in result), "1"]


def _people(answers: dict[str, Any]) -> list[str]:
    return _ids(answers, "searchContacts")


def _companies(answers: dict[str, Any]) -> list[str]:
    return _ids(answers, "searchCompanies")


REQUESTS: dict[str, tuple[str, tuple[Any, Any], tuple[Any, Any]]] = {
    "searchContacts": (
        "POST",
        ("/v3/contacts/search", {"contacts": _PEOPLE, "signals": {"types": ["allSignals"]}}),
        ("/v3/contacts/search", {"contacts": [{"contactId": "1", "email": 5}], "colour": "red"}),
    ),
    "enrichContacts": (
        "POST",
        ("/v3/contacts/enrich", lambda answers: {"ids": _people(answers)}),
        ("/v3/contacts/enrich", {"ids": ["someone"], "reveal": []}),
    ),
    "getContactJob": (
        "GET",
        (
            lambda answers: f"/v3/contacts/jobs/{answers['enrichContacts'].get('job', {'id': 'none'})['id']}",
            None,
        ),
        ("/v3/contacts/jobs/job-1", None),
    ),
    "searchAndEnrichContacts": (
        "POST",
        ("/v3/contacts/search-and-enrich", {"contacts": _PEOPLE, "reveal": ["emails", "phones"]}),
        ("/v3/contacts/search-and-enrich", {"contacts": [{}], "reveal": ["faxes"]}),
    ),
    "searchCompanies": (
        "POST",
        ("/v3/companies/search", {"companies": _COMPANIES, "signals": {"types": ["allSignals"]}}),
        ("/v3/companies/search", {"companies": [{"companyId": "1", "domain": "acme.com"}]}),
    ),
    "enrichCompanies": (
        "POST",
        ("/v3/companies/enrich", lambda answers: {"ids": _companies(answers), "reveal": _FACTS}),
        ("/v3/companies/enrich", {"ids": [], "reveal": ["colour"]}),
    ),
    "searchAndEnrichCompanies": (
        "POST",
        ("/v3/companies/search-and-enrich", {"companies": _COMPANIES}),
        ("/v3/companies/search-and-enrich", {"companies": [{}]}),
    ),
    "prospectingContacts": (
        "POST",
        (
            "/v3/contacts/prospecting",
            {
                "pagination": _PAGE,
                "filters": {
                    "contacts": {
                        "include": {
                            "departments": ["Sales", "Engineering & Technical"],
                            "signals": {"types": ["allSignals"], "startDate": _SINCE},
                        },
                        "exclude": {"countries": ["US"]},
                    },
                    "companies": {"include": {"sizes": [{"min": 51}]}},
                },
            },
        ),
        ("/v3/contacts/prospecting", {"pagination": {"page": 0, "size": 9}, "filters": {"contacts": {}}}),
    ),
    "prospectingCompanies": (
        "POST",
        (
            "/v3/companies/prospecting",
            {
                "pagination": _PAGE,
                "filters": {"companies": {"include": {"businessModel": ["B2B"], "mainIndustriesIds": [17]}}},
            },
        ),
        (
            "/v3/companies/prospecting",
            {"pagination": _PAGE, "filters": {"companies": {"include": {"funding": {"isIpo": True}}}}},
        ),
    ),
    "getContactSignals": (
        "POST",
        (
            "/v3/contacts/signals",
            lambda answers: {"ids": _people(answers), "signalTypes": ["allSignals"], "startDate": _SINCE},
        ),
        ("/v3/contacts/signals", {"ids": ["1"]}),
    ),
    "getCompanySignals": (
        "POST",
        (
            "/v3/companies/signals",
            lambda answers: {"ids": _companies(answers), "signalTypes": ["allSignals"], "startDate": _SINCE},
        ),
        ("/v3/companies/signals", {"ids": ["1"], "signalTypes": ["promotion"], "startDate": "yesterday"}),
    ),
    "getContactSignalTypes": (
        "GET",
        ("/v3/contacts/signals/types", None),
        ("/v3/contacts/signals/types?a=b", None),
    ),
    "getCompanySignalTypes": (
        "GET",
        ("/v3/companies/signals/types", None),
        ("/v3/companies/signals/type", None),
    ),
    "getCompanySignalFilters": (
        "GET",
        ("/v3/companies/signals/filters", None),
        ("/v3/companies/signals/filter", None),
    ),
    "getCompanySignalFilterValues": (
        "GET",
        ("/v3/companies/signals/filters/hiringByLocations?query=ger", None),
        ("/v3/companies/signals/filters/intentCategories?query=tech", None),
    ),
    "getContactFilterTypes": (
        "GET",
        ("/v3/contacts/prospecting/filters", None),
        ("/v3/contacts/prospecting/filters?a=b", None),
    ),
    "getContactFilterValues": (
        "GET",
        ("/v3/contacts/prospecting/filters/seniority", None),
        ("/v3/contacts/prospecting/filters/locations?query=x", None),
    ),
    "getCompanyFilterTypes": (
        "GET",
        ("/v3/companies/prospecting/filters", None),
        ("/v3/companies/prospecting/filters?a=b", None),
    ),
    "getCompanyFilterValues": (
        "GET",
        ("/v3/companies/prospecting/filters/names?query=works", None),
        ("/v3/companies/prospecting/filters/colours", None),
    ),
    "getAccountUsage": (
        "GET",
        ("/v3/account/usage", None),
        ("/v3/account/usage?a=b", None),
    ),
    "getContactLookalikes": (
        "POST",
        ("/v3/contacts/lookalike", {"seeds": {"emails": _MAILBOXES}, "limit": 7}),
        ("/v3/contacts/lookalike", {"seeds": {"emails": _MAILBOXES[:4], "X": 1}}),
    ),
    "getCompanyLookalikes": (
        "POST",
        (
            "/v3/companies/lookalike",
            {"seeds": {"domains": _DOMAINS}, "exclude": {"domains": ["acme.com"]}, "limit": 7},
        ),
        (
            "/v3/companies/lookalike",
            {"seeds": {"domains": _DOMAINS}, "dedupeSessionId": "58adaa77-7a6e-4c9b-8c2d-820a6538e613"},
        ),
    ),
}

"""Requests of v3 for ``pinned_answers``: of each operation a right one and a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

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
    # Behind the account's usage, which tells how many requests there were.
    "getContactsBuyingGroup": (
        "POST",
        (
            "/v3/contacts/buying-group",
            {
                "companies": [
                    *({"clientReferenceId": str(at), "id": each} for at, each in enumerate(("1", "2"))),
                    {"domain": "quill-works.example"},
                    {"clientReferenceId": "日本", "domain": "acme.com"},
                    {"domain": "acme.com"},
                ],
                "personas": ["decision_maker", "end_user"],
                "pagination": {"size": 10},
            },
        ),
        ("/v3/contacts/buying-group", {"companies": [{"domain": "acme.com", "id": "1"}, {}]}),
    ),
    "getCompanySignalScores": (
        "POST",
        ("/v3/companies/signal-score", {"companies": [*_COMPANIES, {"email": "jane.doe@acme.com"}]}),
        ("/v3/companies/signal-score", {"companies": [{"email": "jane"}, {"id": "1", "name": "Acme"}]}),
    ),
    "getContactSignalScores": (
        "POST",
        ("/v3/contacts/signal-score", {"contacts": _PEOPLE}),
        ("/v3/contacts/signal-score", {"contacts": [{"firstName": "Jane", "clientReferenceId": "x" * 257}]}),
    ),
    "getWebsiteVisits": (
        "POST",
        (
            "/v3/companies/website-visits",
            {
                "domains": ["quillmark-robotics.example"],
                "startDate": "2026-01-01",
                "endDate": "2026-03-31",
                "pagination": _PAGE,
                "filters": {"scoreBands": ["warm", "hot"], "totalSessions": {"min": 2}},
            },
        ),
        (
            "/v3/companies/website-visits",
            {
                "domains": ["acme.com"],
                "startDate": "2026-03-31",
                "endDate": "2026-01-01",
                "pagination": {"page": 0, "size": 151},
                "sort": {"by": "colour"},
            },
        ),
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


_USER = "petra.lindqvist@quillmark-robotics.example"
_OWNER = {"owner": {"email": _USER}}
_OTHER = {"owner": {"email": "somebody@quillmark-robotics.example"}}


def _table_requests(
    kind: str, title: str, ids: Callable[[dict[str, Any]], list[str]]
) -> dict[str, tuple[str, tuple[Any, Any], tuple[Any, Any]]]:
    """Of the operations on tables of a kind, in an order in which each finds what it needs."""
    base = f"/v3/{kind}/tables"

    def at(end: str, query: str = "") -> Callable[[dict[str, Any]], str]:
        def path(answers: dict[str, Any]) -> str:
            table = answers[f"create{title}Table"].get("data", {"tableId": "none"})
            return f"{base}/{table['tableId']}{end}{query}"

        return path

    acting = f"?email={_USER}"
    return {
        f"create{title}Table": (
            "POST",
            (base, lambda answers: {"name": f"Fair of {kind}", "ids": ids(answers)[:2], **_OWNER}),
            (base, {"name": " ", "visibility": "public", **_OWNER}),
        ),
        f"list{title}Tables": (
            "POST",
            (f"{base}/list", {**_OWNER, "name": "fair", "size": 10}),
            (f"{base}/list", _OTHER),
        ),
        f"get{title}Table": ("GET", (at("", acting), None), (at(""), None)),
        f"update{title}Table": (
            "PATCH",
            (at(""), {**_OWNER, "visibility": "shared"}),
            (f"{base}/1", {**_OWNER, "name": "Other"}),
        ),
        f"add{title}TableEntities": (
            "POST",
            (at("/entities"), lambda answers: {**_OWNER, "entityIds": ids(answers)}),
            (at("/entities"), {**_OWNER, "entityIds": ["someone"]}),
        ),
        f"run{title}TableColumn": (
            "POST",
            (at("/columns/c6/run"), {**_OWNER, "runScope": "missing"}),
            (at("/columns/c6/run"), {**_OWNER, "runScope": "specific"}),
        ),
        f"get{title}TableEntities": (
            "GET",
            (at("/entities", acting), None),
            (at("/entities", f"{acting}&size=101"), None),
        ),
        f"list{title}TableColumns": ("GET", (at("/columns", acting), None), (at("/columns"), None)),
        f"remove{title}TableEntities": (
            "DELETE",
            (at("/entities"), lambda answers: {**_OWNER, "entityIds": ids(answers)[1:]}),
            (at("/entities"), {**_OWNER, "entityIds": []}),
        ),
        f"remove{title}TableColumn": (
            "DELETE",
            (at("/columns/c7", acting), None),
            (at("/columns/c99", acting), None),
        ),
        f"delete{title}Table": ("DELETE", (at("", acting), None), (at("", acting), None)),
    }


REQUESTS |= _table_requests("contacts", "Contacts", _people)
REQUESTS |= _table_requests("companies", "Companies", _companies)


def _hook(answers: dict[str, Any], end: str = "") -> str:
    """The path of the first subscription."""
    results = answers["createSubscription"].get("results") or [{"subscription": {"id": "none"}}]
    return f"{_HOOKS}/{results[0]['subscription']['id']}{end}"


_HOOKS = "/api/subscriptions"
_URL = "http://127.0.0.1:9/hooks"
WEBHOOK_REQUESTS: dict[str, tuple[str, tuple[Any, Any], tuple[Any, Any]]] = {
    "regenerateAccountSecret": (
        "POST",
        ("/api/account/secret/regenerate", None),
        ("/api/account/secret/regenerate?a=b", None),
    ),
    "getAccountSecret": ("GET", ("/api/account/secret", None), ("/api/account/secrets", None)),
    "createSubscription": (
        "POST",
        (
            _HOOKS,
            {
                "defaults": {"url": _URL, "signalTypes": ["promotion", "riskNews"], "name": "日本"},
                "subscriptions": [
                    {"entityType": "contact", "entityId": "1"},
                    {"entityType": "contact", "entityId": "1", "name": "again"},
                    {"entityType": "company", "entityId": "2", "signalTypes": ["colour"]},
                    {"entityId": "3"},
                ],
            },
        ),
        (_HOOKS, {"defaults": {"url": "ftp://a.example"}, "subscriptions": [{"entityId": "1"}]}),
    ),
    "createOptOutSubscription": (
        "POST",
        (f"{_HOOKS}/opt-out", {"entityType": "contact", "url": _URL, "name": "Opt-outs"}),
        (f"{_HOOKS}/opt-out", {"entityType": "company", "url": "nowhere"}),
    ),
    "listSubscriptions": ("GET", (f"{_HOOKS}?limit=1&offset=1", None), (f"{_HOOKS}?limit=0", None)),
    "getSubscriptionById": ("GET", (_hook, None), (f"{_HOOKS}/none", None)),
    "updateSubscription": (
        "PATCH",
        (_hook, {"isActive": False, "regenerateSecret": True}),
        (_hook, {"signalTypes": ["riskNews"]}),
    ),
    "testSubscription": (
        "POST",
        (lambda answers: _hook(answers, "/test?mode=kafka"), None),
        (lambda answers: _hook(answers, "/test?mode=colour"), None),
    ),
    "getAuditLogs": ("GET", ("/api/audit-logs?status=failed", None), ("/api/audit-logs?status=lost", None)),
    "getAuditLogStats": (
        "GET",
        ("/api/audit-logs/stats", None),
        ("/api/audit-logs/stats?subscriptionId=none", None),
    ),
    "deleteSubscriptions": (
        "POST",
        (f"{_HOOKS}/delete", lambda answers: {"ids": [_hook(answers).rpartition("/")[2], "none"]}),
        (f"{_HOOKS}/delete", {"ids": []}),
    ),
}
"""Those of webhooks, in an order in which each finds what it needs. They come last."""

"""The fields of the third generation that redaction replaces, by operation; all others are kept."""

from __future__ import annotations

_ERROR = ("error.code", "error.message")
_NAMES = ("firstName", "lastName", "socialLinks.linkedin", *_ERROR)
_ITEM = {f"request.contacts.{name}" for name in ("id", "linkedinUrl", "email", "firstName", "lastName")}
_PERSON = (
    "id",
    *_NAMES,
    "fullName",
    "socialLinks.xUrl",
    "emails.email",
    "phones.number",
    "tags.id",
    "tags.name",
)
_COMPANY = (
    *("email", "emails.email", "phone", "phones.number", "location.zipCode", "additionalLocations.zipCode"),
    *(f"socialLinks.{name}" for name in ("linkedin", "facebook", "x", "crunchbase")),
    *_ERROR,
)
_TABLE = {"request.tableId", "response.tableWrite.tableId"}
_PAGE = {"response.requestId", "response.pagination.totalDescription", "response.results.clientReferenceId"}
_ZIPS = ("geographicDetails.zipcode", "headquarterZipcodes.zipcode", "locationsZipcodes.zipcode")
_FILTERED_PEOPLE = (
    *("ids", "names", "emails", "previousEmails", "linkedinUrls", "searchText", "awards", "certifications"),
    *("education.fieldsOfStudy", "geographicDetails.zipcode"),
)
_SEEDS = ("linkedinUrls", "contacts.firstName", "contacts.lastName", "emails", "ids", "contactIds")
_SESSION = {"request.dedupeSessionId", "response.dedupeSessionId"}


def _batches(*names: str) -> set[str]:
    return {f"request.{batch}.{name}" for batch in ("seeds", "exclude") for name in names}


def _reference(items: str) -> set[str]:
    return {f"request.{items}.clientReferenceId", "response.results.clientReferenceId", "response.requestId"}


def _filters(entities: str, *names: str) -> set[str]:
    return {f"request.filters.{entities}.{way}.{name}" for way in ("include", "exclude") for name in names}


def _results(*names: str) -> set[str]:
    return {f"response.results.{name}" for name in names}


REPLACED_OF_V3 = {
    "searchContacts": _reference("contacts") | _ITEM | _results("id", *_NAMES),
    "enrichContacts": {"request.ids", "response.requestId", "response.job.id", "response.statusDescription"}
    | _TABLE
    | _results(*_PERSON),
    "getContactJob": {f"response.contacts.{name}" for name in _PERSON}
    | {"response.jobId", "response.covers"},
    "searchAndEnrichContacts": _reference("contacts")
    | _ITEM
    | _results(*_PERSON)
    | {"response.statusDescription"},
    "searchCompanies": _reference("companies") | _results("socialLinks.linkedin", *_ERROR),
    "enrichCompanies": {"response.requestId"} | _TABLE | _results(*_COMPANY),
    "searchAndEnrichCompanies": _reference("companies") | _results(*_COMPANY),
    "prospectingContacts": _PAGE
    | _TABLE
    | _results("id", *_NAMES)
    | _filters("contacts", *_FILTERED_PEOPLE)
    | _filters("companies", *_ZIPS, "linkedinUrls", "funding.investors"),
    "prospectingCompanies": _PAGE
    | _TABLE
    | _results("socialLinks.linkedin", *_ERROR)
    | _filters("companies", *_ZIPS, "linkedinUrls", "searchText"),
    "getContactsBuyingGroup": _reference("companies")
    | _results(*_ERROR)
    | {f"response.results.contacts.{name}" for name in ("id", *_NAMES)},
    "getCompanySignalScores": _reference("companies") | _results(*_ERROR) | {"request.companies.email"},
    "getContactSignalScores": _reference("contacts") | _ITEM | _results("id", "fullName", *_ERROR),
    "getWebsiteVisits": {"response.requestId"}
    | _results("clientReferenceId", "socialLinks.linkedin", *_ERROR),
    "getContactLookalikes": _SESSION
    | _TABLE
    | _batches(*_SEEDS)
    | _results("id", "firstName", "lastName", "socialLinks.linkedin"),
    "getCompanyLookalikes": _SESSION | _TABLE | _batches("linkedinUrls") | _results("socialLinks.linkedin"),
    "lookalikeContacts": _SESSION
    | _batches(*(name for name in _SEEDS if name != "ids"))
    | _results("contactId", "firstName", "lastName", "socialLinks.linkedin"),
    "lookalikeCompanies": _SESSION | _batches("linkedinUrls") | _results("linkedinUrl"),
    "getContactSignals": {"request.ids", "response.results.id"}
    | {
        f"response.results.{each}.{name}"
        for each in ("companyChange", "promotion")
        for name in ("id", "personId")
    }
    | _TABLE,
    "getCompanySignals": _TABLE
    | {
        f"response.results.linkedinActivityIntent.{name}"
        for name in (
            *("activitySummary", "activityUrl", "author.id", "author.fullName", "author.linkedinUrl"),
            *("contactsMentioned.id", "contactsMentioned.fullName", "contactsMentioned.linkedinUrl"),
            *("companiesMentioned.id", "companiesMentioned.linkedinUrl"),
        )
    },
}

_OWNER = {"request.owner.email"}
_ACTING = {"query.email"}
_ABOUT_TABLE = {
    "response.data.createdBy.createdByUserId",
    *(f"response.data.{name}" for name in ("name", "tableId", "workspaceUrl")),
    *(f"response.data.owner.{name}" for name in ("id", "email", "name")),
}
_COLUMN = {"response.data.columns.columnId"}
_ROW = {
    *(f"response.data.{name}" for name in ("firstName", "lastName", "fullName", "tableContactId")),
    *(f"response.data.datapoints.{name}" for name in ("emails.email", "emails.type", "phones.number")),
    *("response.data.socialLinks.linkedin", "response.data.columns.id"),
}


def _of_tables(many: str, *, ids_of_people: bool) -> dict[str, set[str]]:
    """Of operations on tables; ids of companies are kept."""

    def people(*places: str) -> set[str]:
        return set(places) if ids_of_people else set()

    rows = people("request.entityIds", "response.data.invalidIds")
    return {
        f"create{many}Table": {"request.name"} | _OWNER | _ABOUT_TABLE | _COLUMN | people("request.ids"),
        f"list{many}Tables": {"request.name"} | _OWNER | _ABOUT_TABLE,
        f"get{many}Table": _ACTING | _ABOUT_TABLE | _COLUMN,
        f"update{many}Table": {"request.name"} | _OWNER | _ABOUT_TABLE | _COLUMN,
        f"delete{many}Table": _ACTING | {"response.tableId"},
        f"get{many}TableEntities": _ACTING | _ROW | people("response.data.id"),
        f"add{many}TableEntities": _OWNER | rows,
        f"remove{many}TableEntities": _OWNER | rows,
        f"list{many}TableColumns": _ACTING | {"response.data.columnId"},
        f"remove{many}TableColumn": _ACTING | {"response.columnId", "response.tableId"},
        f"run{many}TableColumn": _OWNER | {"response.data.columnId"} | people("request.entityIds"),
    }


REPLACED_OF_V3 |= _of_tables("Contacts", ids_of_people=True)
REPLACED_OF_V3 |= _of_tables("Companies", ids_of_people=False)

_SUBSCRIPTION = ("id", "entityId", "url", "name", "blockReason")
_RESULT = {"response.results.error.code", "response.results.error.message"}


def _at(place: str, *names: str) -> set[str]:
    return {f"{place}.{name}" for name in names}


REPLACED_OF_V3 |= {
    "createSubscription": {"request.name", "request.subscriptions.entityId", "request.subscriptions.name"}
    | _at("request.defaults", "url", "name")
    | _at("response.results.subscription", *_SUBSCRIPTION)
    | _RESULT,
    "listSubscriptions": _at("response.data", *_SUBSCRIPTION),
    "getSubscriptionById": _at("response", *_SUBSCRIPTION),
    "updateSubscription": _at("request", "url", "name")
    | _at("response", "id", "entityId", "url", "name", "secret"),
    "testSubscription": _at("response", "subscriptionId", "subscriptionName", "url"),
    "deleteSubscriptions": {"request.ids"}
    | _at("response.results.subscription", "id", "entityId", "name")
    | _RESULT,
    "createOptOutSubscription": _at("request", "url", "name")
    | _at("response", "id", "entityId", "url", "name"),
    "getAuditLogs": {"query.subscriptionId"}
    | _at("response.data", "id", "subscriptionId", "payloadId", "url", "error"),
    "getAuditLogStats": {"query.subscriptionId"},
    "getAccountSecret": {"response.secret"},
    "regenerateAccountSecret": {"response.secret"},
}

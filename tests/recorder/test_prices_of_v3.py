"""What calls of the third generation may cost, and what their answers say they did."""

from __future__ import annotations

from typing import Any

import pytest

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.charges import charge
from mock_lusha.recorder.guard import worst_case
from mock_lusha.recorder.prices import Price, quote

PRICES = {
    name: Price.of(operation.price or {}, operation.bulk)
    for name, operation in Registry.load().contracts["v3"].operations.items()
}
SEARCH, ENRICH, BOTH = "searchContacts", "enrichContacts", "searchAndEnrichContacts"
SEARCH_COMPANIES, ENRICH_COMPANIES = "searchCompanies", "enrichCompanies"
BOTH_COMPANIES = "searchAndEnrichCompanies"
PAGE, COMPANY_PAGE = "prospectingContacts", "prospectingCompanies"
GROUP, SCORES = "getContactsBuyingGroup", "getContactSignalScores"
SIGNALS, COMPANY_SIGNALS = "getContactSignals", "getCompanySignals"
LOOKALIKES, COMPANY_LOOKALIKES = "getContactLookalikes", "getCompanyLookalikes"


def contacts(count: int, **more: Any) -> dict[str, Any]:
    return {"contacts": [{}] * count, **more}


def companies(count: int, **more: Any) -> dict[str, Any]:
    return {"companies": [{}] * count, **more}


def ids(count: int, **more: Any) -> dict[str, Any]:
    return {"ids": ["v1.x"] * count, **more}


def page(size: int, **include: Any) -> dict[str, Any]:
    return {"pagination": {"page": 0, "size": size}, "filters": {"companies": {"include": include}}}


@pytest.mark.parametrize(
    ("operation", "body", "most"),
    [
        # A credit for each 25 that are begun.
        (SEARCH, contacts(1), 1),
        (SEARCH, contacts(25), 1),
        (SEARCH, contacts(26), 2),
        (SEARCH, contacts(100), 4),
        (SEARCH_COMPANIES, companies(51), 3),
        # Signals: one more for each type and item.
        (SEARCH, contacts(10, signals={"types": ["promotion"]}), 11),
        (SEARCH, contacts(10, signals={"types": ["allSignals"]}), 21),
        (SEARCH_COMPANIES, companies(2, signals={"types": ["allSignals"]}), 47),
        # What is revealed, by person.
        (ENRICH, ids(3), 18),
        (ENRICH, ids(3, reveal=["emails"]), 3),
        (ENRICH, ids(3, reveal=["phones", "phones"]), 15),
        (ENRICH, ids(3, reveal=["emails", "phones"]), 18),
        (ENRICH, ids(3, reveal=["emails", "faxes"]), 18),
        (ENRICH, ids(3, reveal=None, waterfallEnabled=True), 18),
        (BOTH, contacts(1), 7),
        (BOTH, contacts(26, reveal=["emails"]), 28),
        (BOTH, contacts(1, reveal=[]), 7),
        # Companies: one, and one more for each extra.
        (ENRICH_COMPANIES, ids(2), 2),
        (ENRICH_COMPANIES, ids(2, reveal=["competitors", "intent"]), 6),
        (ENRICH_COMPANIES, ids(2, reveal=["somethingNew"]), 4),
        (BOTH_COMPANIES, companies(1), 2),
        (BOTH_COMPANIES, companies(26, reveal=["competitors"]), 54),
        # Pages.
        (PAGE, page(10), 1),
        (PAGE, page(100), 4),
        (PAGE, page(26, signals={"types": ["promotion", "riskNews"]}), 54),
        (PAGE, page(10, signals={"filterByDepartment": []}), 251),
        (COMPANY_PAGE, {"filters": {}}, 1),
        (COMPANY_PAGE, {**page(10), "limit": 10}, 4),
        # Signals by person and type.
        (SIGNALS, ids(3, signalTypes=["promotion"]), 3),
        (SIGNALS, ids(3, signalTypes=["allSignals"]), 6),
        (COMPANY_SIGNALS, ids(2, signalTypes=["allSignals", "riskNews"]), 46),
        # People of a page, however many companies they are of.
        (GROUP, companies(2), 100),
        (GROUP, companies(25, contactsLimit=1, pagination={"size": 10}), 10),
        # Scores: as where the account pays for them.
        (SCORES, contacts(3), 3),
        ("getCompanySignalScores", companies(100), 100),
        ("getWebsiteVisits", {"domains": ["acme.com"]}, 0),
        # Lookalikes: a credit for each 5 that are begun.
        (LOOKALIKES, {"seeds": {}}, 5),
        (LOOKALIKES, {"seeds": {}, "limit": 1}, 1),
        (COMPANY_LOOKALIKES, {"seeds": {}, "limit": 6}, 2),
        (COMPANY_LOOKALIKES, {"seeds": {}, "limit": 100}, 20),
        # Tables: what they cost is said by how many rows are named.
        ("addCompaniesTableEntities", {"entityIds": ["1", "2"]}, 2),
        ("createCompaniesTable", {"name": "Fair"}, 0),
        ("createCompaniesTable", {"name": "Fair", "ids": ["1", "2"]}, 2),
        ("addContactsTableEntities", {"entityIds": ["1", "2"]}, 0),
        ("getContactsTableEntities", None, 100),
        ("runContactsTableColumn", {"runScope": "specific", "entityIds": ["1", "2"]}, 10),
        ("runCompaniesTableColumn", {"runScope": "specific", "entityIds": ["1", "2"]}, 2),
        ("deleteContactsTable", None, 0),
        ("getAccountUsage", None, 0),
        ("getContactFilterValues", None, 0),
    ],
)
def test_the_worst_a_call_may_cost(operation: str, body: Any, most: int) -> None:
    assert worst_case(operation, (), body) == most


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        # What rows of a table cost beside the rest is not in the price list.
        (ENRICH, ids(1, tableId="7")),
        (ENRICH, ids(1, TableId="7")),
        (PAGE, {**page(10), "tableId": "7"}),
        # A run of all rows costs what there are of them.
        ("runContactsTableColumn", {"runScope": "all"}),
        ("runContactsTableColumn", {"runScope": "all", "entityIds": ["1"]}),
        ("runContactsTableColumn", {"runScope": "specific"}),
        (LOOKALIKES, {"seeds": {}, "limit": 101}),
        (LOOKALIKES, {"seeds": {}, "tableId": "7"}),
        (ENRICH, ids(1, reveal="emails")),
        (ENRICH, ids(1, reveal=[["emails"]])),
        (ENRICH, ids(1, reveal=["emails"], Reveal=["phones"])),
        (ENRICH, {"ids": [["v1.x"]]}),
        (SEARCH, contacts(1, signals={"0": "promotion"})),
        (PAGE, page(101)),
    ],
)
def test_what_cannot_be_priced_has_no_price(operation: str, body: Any) -> None:
    assert worst_case(operation, (), body) is None


def test_a_list_in_the_query_is_not_read_as_that_of_the_body() -> None:
    assert worst_case(ENRICH, (("reveal[]", "phones"),), ids(1, reveal=["emails"])) is None


PERSON = {"id": "v1.x", "firstName": "Ada", "emails": [{"email": "a"}], "phones": []}
MISS = {
    "id": "v1.x",
    "clientReferenceId": "1",
    "error": {"code": "NOT_FOUND", "message": "Contact not found"},
}


def answer(told: Any, *results: Any, **more: Any) -> dict[str, Any]:
    return {"results": list(results), "billing": {"creditsCharged": told, "resultsReturned": 1}, **more}


@pytest.mark.parametrize(
    ("operation", "body", "said", "cost"),
    [
        (SEARCH, contacts(1), answer(1, {"id": "v1.x"}), 1),
        (SEARCH, contacts(1), answer(0, MISS), 0),
        (GROUP, companies(1), answer(2, {"contacts": [{"id": "v1.x"}] * 2}), 2),
        (GROUP, companies(1), answer(0, {"contacts": [{"id": "v1.x"}] * 3}), 3),
        (GROUP, companies(1), {"results": []}, 100),
        (SCORES, contacts(2), answer(0, {"id": "v1.x", "signalScore": 0.5}), 0),
        (SCORES, contacts(2), answer(1, {"id": "v1.x", "signalScore": 0.5}), 1),
        (SEARCH, contacts(26), answer(0, *[{"id": "v1.x"}] * 26), 2),
        (SEARCH, contacts(1), answer(0, {**MISS, "firstName": "Ada"}), 1),
        (SEARCH, contacts(1), {"results": []}, 1),
        (SEARCH, contacts(1), answer(0, {"id": "v1.x", "signalTypes": ["promotion"]}), 2),
        (BOTH, contacts(1), answer(2, PERSON), 2),
        # Revealed before, say: only what looking up costs is charged.
        (BOTH, contacts(1), answer(1, PERSON), 1),
        (ENRICH, ids(1), answer(0, PERSON), 1),
        (ENRICH, ids(1), answer(0, MISS), 0),
        (ENRICH, ids(1), answer(7, PERSON), 7),
        # A job that is under way may find what costs, and no later answer is charged for it.
        (ENRICH, ids(2), answer(1, PERSON, job={"id": "j", "status": "processing"}), 12),
        ("getContactJob", None, {"creditsCharged": 6, "contacts": [PERSON]}, 0),
        (ENRICH_COMPANIES, ids(2), answer(2, {"id": "v1.x"}, {"id": "v1.y"}), 2),
        (ENRICH_COMPANIES, ids(2), answer(0, {"id": "v1.x", "competitors": []}, MISS), 2),
        (PAGE, page(50), answer(2), 2),
        (PAGE, page(50), answer(0), 0),
        (COMPANY_SIGNALS, ids(1, signalTypes=["riskNews"]), answer(0, {"id": "x", "riskNews": [{}]}), 1),
        (COMPANY_SIGNALS, ids(1, signalTypes=["riskNews"]), answer(0, {"id": "x", "riskNews": []}), 0),
    ],
)
def test_what_an_answer_says_a_call_cost(operation: str, body: Any, said: Any, cost: int) -> None:
    worst = quote(PRICES[operation], (), body, has_body=body is not None)
    assert charge(PRICES[operation], worst, 200, said) == cost


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ({"size": "7"}, 7),
        ({"size": "7", "page": "3"}, 7),
        ({"size": "7", "limit": "1"}, 100),
        ({"size": "101"}, None),
        ({"size": "x"}, None),
    ],
)
def test_rows_of_a_table_are_priced_by_the_size_in_the_query(query: dict[str, str], most: int | None) -> None:
    assert worst_case("getContactsTableEntities", [*query.items()], None) == most

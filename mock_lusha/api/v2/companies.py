"""Company enrichment: GET and POST ``/v2/company``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.request import bad_request, id_text, repeated
from mock_lusha.api.v2.shapes import company_bulk, company_single
from mock_lusha.api.v2.signal_input import company_signals, signal_request
from mock_lusha.errors import ApiError
from mock_lusha.services.billing import COMPANY_MISS, company_item, signal_items
from mock_lusha.services.enrichment import find_company
from mock_lusha.world.resolver import CompanyQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.errors import Detail
    from mock_lusha.services.signals import SignalRequest
    from mock_lusha.state.ledger import Item
    from mock_lusha.world.resolver import CompanyMatch


def search_single_company(call: ApiRequest) -> Reply:
    """Look up one company (GET ``/v2/company`` and ``/company``).

    A miss is 404, or 200 with ``errors`` where the setting ``company_miss`` says so.
    """
    fields = call.query
    query = CompanyQuery(fields.get("companyId"), fields.get("domain"), fields.get("company"))
    if query == CompanyQuery():
        raise bad_request("one of these is needed: domain, company, companyId; none was sent")
    signal_choice = signal_request(
        call, fields.get("signals"), fields.get("signalsStartDate"), None, "signalsStartDate"
    )
    match = _find(call, query, partial=fields.get("partialCompany", True))
    if match is None:
        if call.settings.company_miss == "errors":
            call.settle([COMPANY_MISS])
            return Reply({"errors": {"message": "Could not find requested data"}, "meta": {}})
        raise ApiError("not-found")
    items, signals = _items_and_signals(call, match, signal_choice)
    call.settle(items, companies={match.company.id: match.company.domain})
    return Reply({"data": company_single(match.company, match.domain, call.live) | signals, "meta": {}})


def search_multiple_companies(call: ApiRequest) -> Reply:
    """Look up 1 to 100 companies (POST ``/v2/company``, ``/bulk/company/v2``).

    The answer is a bare map keyed by the request's ``id``; a miss is an absent key.
    """
    companies = call.body["companies"]
    queries = [_bulk_query(item) for item in companies]
    problems: list[Detail | str] = [*repeated([item["id"] for item in companies], "companies", "id")]
    problems += [
        f"companies.{index} must have name, domain, fqdn or companyId"
        for index, query in enumerate(queries)
        if query == CompanyQuery()
    ]
    if problems:
        raise bad_request(*problems)
    signal_choice = signal_request(
        call,
        call.body.get("signals"),
        call.body.get("signalsStartDate"),
        call.body.get("signalsFilters"),
        "signalsStartDate",
    )
    matches = [_find(call, query, partial=call.body.get("partialCompany", True)) for query in queries]
    items: list[Item] = []
    rows: dict[str, Any] = {}
    domains: dict[int, str] = {}
    for item, match in zip(companies, matches, strict=True):
        if match is None:
            items.append(COMPANY_MISS)
            continue
        own, signals = _items_and_signals(call, match, signal_choice)
        items += own
        domains[match.company.id] = match.company.domain
        rows[item["id"]] = company_bulk(match.company, match.domain) | signals
    call.settle(items, companies=domains)
    return Reply(rows)


def _bulk_query(item: Mapping[str, Any]) -> CompanyQuery:
    fields = {name: id_text(value) for name, value in item.items() if value is not None}
    return CompanyQuery(
        fields.get("companyId") or None,
        fields.get("domain") or fields.get("fqdn") or None,
        fields.get("name") or None,
    )


def _find(call: ApiRequest, query: CompanyQuery, *, partial: bool) -> CompanyMatch | None:
    match, miss = find_company(call.lookup, query, partial=partial)
    if miss == "partial":
        call.lookup.note("not shown: it is partial (see partialCompany)")
    return match if miss is None else None


def _items_and_signals(
    call: ApiRequest, match: CompanyMatch, signal_choice: SignalRequest | None
) -> tuple[list[Item], dict[str, Any]]:
    """What a company costs, and its signals."""
    item = company_item(match.company.id)
    if signal_choice is None:
        return [item], {}
    signals = company_signals(call.world, signal_choice, match)
    return [item, *signal_items(signals, item.entity)], signals


HANDLERS = {
    "searchSingleCompanyV2": search_single_company,
    "searchMultipleCompaniesV2": search_multiple_companies,
}

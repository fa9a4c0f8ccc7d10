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
    sent = call.query
    query = CompanyQuery(sent.get("companyId"), sent.get("domain"), sent.get("company"))
    if query == CompanyQuery():
        raise bad_request("one of these is needed: domain, company, companyId; none was sent")
    wanted = signal_request(call, sent.get("signals"), sent.get("signalsStartDate"), None, "signalsStartDate")
    match = _find(call, query, partial=sent.get("partialCompany", True))
    if match is None:
        if call.settings.company_miss == "errors":
            call.settle([COMPANY_MISS])
            return Reply({"errors": {"message": "Could not find requested data"}, "meta": {}})
        raise ApiError("not-found")
    items, signals = _priced(call, match, wanted)
    call.settle(items, companies={match.company.id: match.company.domain})
    return Reply({"data": company_single(match.company, match.shown, call.live) | signals, "meta": {}})


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
    wanted = signal_request(
        call,
        call.body.get("signals"),
        call.body.get("signalsStartDate"),
        call.body.get("signalsFilters"),
        "signalsStartDate",
    )
    matches = [_find(call, query, partial=call.body.get("partialCompany", True)) for query in queries]
    items: list[Item] = []
    rows: dict[str, Any] = {}
    given: dict[int, str] = {}
    for item, match in zip(companies, matches, strict=True):
        if match is None:
            items.append(COMPANY_MISS)
            continue
        own, signals = _priced(call, match, wanted)
        items += own
        given[match.company.id] = match.company.domain
        rows[item["id"]] = company_bulk(match.company, match.shown) | signals
    call.settle(items, companies=given)
    return Reply(rows)


def _bulk_query(item: Mapping[str, Any]) -> CompanyQuery:
    given = {name: id_text(value) for name, value in item.items() if value is not None}
    return CompanyQuery(
        given.get("companyId") or None,
        given.get("domain") or given.get("fqdn") or None,
        given.get("name") or None,
    )


def _find(call: ApiRequest, query: CompanyQuery, *, partial: bool) -> CompanyMatch | None:
    match, miss = find_company(call.lookup, query, partial=partial)
    if miss == "partial":
        call.lookup.note("not shown: it is partial (see partialCompany)")
    return match if miss is None else None


def _priced(
    call: ApiRequest, match: CompanyMatch, wanted: SignalRequest | None
) -> tuple[list[Item], dict[str, Any]]:
    """What a company costs, and its signals."""
    item = company_item(match.company.id)
    if wanted is None:
        return [item], {}
    signals = company_signals(call.world, wanted, match)
    return [item, *signal_items(signals, item.entity)], signals


HANDLERS = {
    "searchSingleCompanyV2": search_single_company,
    "searchMultipleCompaniesV2": search_multiple_companies,
}

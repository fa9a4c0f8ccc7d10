"""Companies: POST ``/v3/companies/search``, ``/enrich`` and ``/search-and-enrich``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.v3.company_shapes import company_enriched, company_facts, company_preview
from mock_lusha.api.v3.identifiers import company_queries, id_query, reference
from mock_lusha.api.v3.ids import request_id
from mock_lusha.api.v3.item_errors import company_error, note_miss
from mock_lusha.api.v3.prices import is_documented, search_price
from mock_lusha.api.v3.signal_input import signals_block
from mock_lusha.services.billing import COMPANY_MISS, company_fact_item, company_reveal_item, signal_items
from mock_lusha.services.enrichment import find_company
from mock_lusha.services.signals import signal_types_of_company
from mock_lusha.world.resolver import CompanyQuery

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.enrichment import CompanyResult
    from mock_lusha.state.ledger import Charge, Item
    from mock_lusha.world.resolver import CompanyMatch


def search_companies(call: ApiRequest) -> Reply:
    """Look up 1 to 100 companies: one result for each item, in the order of the request.

    1 credit for each 25 results begun; each type of signals that was asked for and had is 1 credit more, for
    each company.
    """
    companies = _find(call, company_queries(call))
    signals = signals_block(call)
    items: list[Item] = []
    results: list[Shape] = []
    for item, (match, miss) in zip(call.body["companies"], companies, strict=True):
        if match is None or miss is not None:
            results.append({**reference(item), "error": company_error()})
            continue
        result = {**reference(item), **company_preview(call.account, call.world, match.company, match.domain)}
        if signals is not None:
            result["signalTypes"] = signal_types_of_company(call.world, signals, match.company)
            items += signal_items(result["signalTypes"], f"company:{match.company.id}")
        results.append(result)
    matches = _matches(companies)
    charge = _settle(call, matches, [*search_price(call, len(matches)), *items])
    return _reply(call, results, charge, len(matches))


def enrich_companies(call: ApiRequest) -> Reply:
    """All that is known of 1 to 100 companies by their ids, and the facts named in ``reveal``.

    Each company is 1 credit every time, and so is each fact there is.
    """
    ids = call.body["ids"]
    companies = _find(call, [CompanyQuery(company_id=id_query(call, "company", text)) for text in ids])
    return _enriched(call, [{"id": text} for text in ids], companies, 0)


def search_and_enrich_companies(call: ApiRequest) -> Reply:
    """Look up 1 to 100 companies and enrich them in one call.

    It costs the search and each company, as observed; as documented, each company alone.
    """
    companies = _find(call, company_queries(call))
    results = 0 if is_documented(call) else len(_matches(companies))
    return _enriched(call, [reference(item) for item in call.body["companies"]], companies, results)


def _enriched(
    call: ApiRequest, marks: Sequence[Shape], companies: Sequence[CompanyResult], results: int
) -> Reply:
    """An answer with details; ``marks`` are what results begin with, and ``results`` are paid as a search."""
    wanted: Collection[str] = call.body.get("reveal") or ()
    items: list[Item] = search_price(call, results) if results else []
    rows: list[Shape] = []
    for mark, (match, miss) in zip(marks, companies, strict=True):
        if match is None or miss is not None:
            items.append(COMPANY_MISS)
            rows.append({**mark, "error": company_error()})
            continue
        company = match.company
        facts = company_facts(call.account, call.world, company, wanted)
        items.append(company_reveal_item(company.id))
        # A fact that is asked for and not known is free.
        items += [company_fact_item(company.id, name) for name, value in facts.items() if value is not None]
        rows.append({**mark, **company_enriched(call.account, call.world, company, match.domain), **facts})
    matches = _matches(companies)
    return _reply(call, rows, _settle(call, matches, items), len(matches))


def _find(call: ApiRequest, queries: Sequence[CompanyQuery]) -> list[CompanyResult]:
    partial = (call.body.get("options") or {}).get("includePartialProfiles", True)
    results = []
    for query in queries:
        results.append(find_company(call.lookup, query, partial=partial))
        note_miss(call, query, results[-1].miss)
    return results


def _matches(companies: Sequence[CompanyResult]) -> list[CompanyMatch]:
    """Those that are shown."""
    return [match for match, miss in companies if match is not None and miss is None]


def _settle(call: ApiRequest, matches: Sequence[CompanyMatch], items: Sequence[Item]) -> Charge:
    """Charge for a call, and remember which companies ids are given out for."""
    return call.settle(items, companies={match.company.id: match.company.domain for match in matches})


def _reply(call: ApiRequest, results: list[Shape], charge: Charge, found: int) -> Reply:
    billing = {"creditsCharged": charge.cost, "resultsReturned": found}
    answer: dict[str, Any] = {"requestId": request_id(call.account), "results": results, "billing": billing}
    return Reply(answer)


HANDLERS = {
    "searchCompanies": search_companies,
    "enrichCompanies": enrich_companies,
    "searchAndEnrichCompanies": search_and_enrich_companies,
}

"""Companies: POST ``/v3/companies/search``, ``/enrich`` and ``/search-and-enrich``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply, json_text, json_texts
from mock_lusha.api.v3.cache import WorldCache
from mock_lusha.api.v3.company_shapes import company_facts
from mock_lusha.api.v3.identifiers import company_queries, id_queries, reference
from mock_lusha.api.v3.ids import entity_ids, request_id
from mock_lusha.api.v3.item_errors import company_error, note_miss
from mock_lusha.api.v3.prices import is_documented, search_price
from mock_lusha.api.v3.signal_input import signals_block
from mock_lusha.api.v3.table_writes import member_text, write_table
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

_MISS = json_text({"error": company_error()})[1:-1]


def search_companies(call: ApiRequest) -> Reply:
    """Look up 1 to 100 companies: one result for each item, in the order of the request.

    1 credit for each 25 results begun; each type of signals that was asked for and had is 1 credit more, for
    each company.
    """
    companies = _find(call, company_queries(call))
    matches = _matches(companies)
    signals = signals_block(call)
    items: list[Item] = []
    results: list[str] = []
    texts = call.world_caches.get(WorldCache).companies
    ids = iter(_ids(call, matches))
    for mark, (match, miss) in zip(_marks(call), companies, strict=True):
        if match is None or miss is not None:
            results.append(f"{{{mark}{_MISS}}}")
            continue
        text = texts.preview(call.account, call.world, match.company, match.domain)
        if signals is not None:
            kinds = signal_types_of_company(call.world, signals, match.company)
            items += signal_items(kinds, f"company:{match.company.id}")
            text += f',"signalTypes":{json_text(kinds)}'
        results.append(f'{{{mark}"id":"{next(ids)}",{text}}}')
    charge = _settle(call, matches, [*search_price(call, len(matches)), *items])
    return _reply(call, results, charge, len(matches))


def enrich_companies(call: ApiRequest) -> Reply:
    """All that is known of 1 to 100 companies by their ids, and the facts named in ``reveal``.

    Each company is 1 credit every time, and so is each fact there is.
    """
    ids = call.body["ids"]
    companies = _find(call, [CompanyQuery(company_id=text) for text in id_queries(call, "company", ids)])
    return _enriched(
        call, [""] * len(ids), [f'"id":{text},' for text in json_texts(ids)], companies, 0, writes=True
    )


def search_and_enrich_companies(call: ApiRequest) -> Reply:
    """Look up 1 to 100 companies and enrich them in one call.

    It costs the search and each company, as observed; as documented, each company alone.
    """
    companies = _find(call, company_queries(call))
    results = 0 if is_documented(call) else len(_matches(companies))
    marks = _marks(call)
    return _enriched(call, marks, marks, companies, results)


def _enriched(
    call: ApiRequest,
    marks: Sequence[str],
    error_marks: Sequence[str],
    companies: Sequence[CompanyResult],
    results: int,
    *,
    writes: bool = False,
) -> Reply:
    """An answer with details; ``marks`` are what results begin with, and ``results`` are paid as a search.
    With ``writes`` they are written to the table that the call names, if it names one."""
    wanted: Collection[str] = call.body.get("reveal") or ()
    account, world = call.account, call.world
    items: list[Item] = search_price(call, results) if results else []
    rows: list[str] = []
    matches = _matches(companies)
    texts = call.world_caches.get(WorldCache).companies
    ids = iter(_ids(call, matches))
    for mark, error_mark, (match, miss) in zip(marks, error_marks, companies, strict=True):
        if match is None or miss is not None:
            items.append(COMPANY_MISS)
            rows.append(f"{{{error_mark}{_MISS}}}")
            continue
        company = match.company
        items.append(company_reveal_item(company.id))
        text = texts.enriched(account, world, company, match.domain)
        facts = company_facts(account, world, company, wanted)
        if facts:
            # A fact that is asked for and not known is free.
            items += [
                company_fact_item(company.id, name) for name, value in facts.items() if value is not None
            ]
            text += f",{json_text(facts)[1:-1]}"
        rows.append(f'{{{mark}"id":"{next(ids)}",{text}}}')
    charge = _settle(call, matches, items)
    written = [match.company.id for match in matches]
    table_write = write_table(call, "companies", written, paid=True) if writes else {}
    return _reply(call, rows, charge, len(matches), table_write)


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


def _marks(call: ApiRequest) -> list[str]:
    """What the result of each item begins with, as JSON."""
    marks = [reference(item) for item in call.body["companies"]]
    return [f"{json_text(mark)[1:-1]}," if mark else "" for mark in marks]


def _ids(call: ApiRequest, matches: Sequence[CompanyMatch]) -> list[str]:
    return entity_ids(call.account, "company", [match.company.id for match in matches])


def _settle(call: ApiRequest, matches: Sequence[CompanyMatch], items: Sequence[Item]) -> Charge:
    """Charge for a call, and remember which companies ids are given out for."""
    return call.settle(items, companies={match.company.id: match.company.domain for match in matches})


def _reply(
    call: ApiRequest, results: Sequence[str], charge: Charge, found: int, table_write: Shape | None = None
) -> Reply:
    billing = json_text({"creditsCharged": charge.cost, "resultsReturned": found})
    head = f'{{"requestId":"{request_id(call.account)}","results":['
    return Reply(f'{head}{",".join(results)}]{member_text(table_write or {})},"billing":{billing}}}'.encode())


HANDLERS = {
    "searchCompanies": search_companies,
    "enrichCompanies": enrich_companies,
    "searchAndEnrichCompanies": search_and_enrich_companies,
}

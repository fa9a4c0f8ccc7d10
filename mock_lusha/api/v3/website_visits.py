"""Website visits: POST ``/v3/companies/website-visits``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_lusha.api.reply import Reply, json_text
from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.ids import request_id
from mock_lusha.api.v3.pages import shown_size
from mock_lusha.api.v3.search_rows import ListedCompany
from mock_lusha.api.v3.signal_input import day_of
from mock_lusha.domains import ascii_domain, clean_domain
from mock_lusha.errors import Detail, alike, shorten
from mock_lusha.services.signals import months_before
from mock_lusha.services.website_visits import visiting_companies
from mock_lusha.world.website_visitors import WebsiteVisitors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.services.website_visits import VisitingCompany

MOST_MONTHS = 3
_NUMBERS: Final[Mapping[str, Callable[[VisitingCompany], float]]] = {
    "score": lambda company: company.score,
    "totalSessions": lambda company: company.sessions,
    "uniqueVisitors": lambda company: company.people,
    "avgSessionMinutes": lambda company: company.average_minutes,
    "daysVisited": lambda company: company.days,
    "highIntentPageviews": lambda company: company.high_intent_views,
    "daysSinceLastVisit": lambda company: company.days_since,
}
"""What is told of a company's visits in numbers, by which it can be filtered."""
_ORDERS: Final[Mapping[str, Callable[[VisitingCompany], Any]]] = {
    **_NUMBERS,
    "lastVisit": lambda company: company.last,
    "name": lambda company: company.name.casefold(),
}
"""Values of ``sort.by``."""


def website_visits(call: ApiRequest) -> Reply:
    """Companies that visited websites which the account tracks, a page of them; free of charge.

    Where no order is asked for, the highest score comes first.

    Raises:
        ApiError: 400 for a domain that the account does not track, for days that are not there or too far
            apart, and for an order by what there is not.
    """
    body = call.body
    websites = _websites(call)
    since, until = _days(body)
    order = _order(body.get("sort") or {})
    companies: Sequence[VisitingCompany] = visiting_companies(
        call.world_caches.get(WebsiteVisitors), call.world, websites, since, until, call.today
    )
    erased = call.lookup.erased.companies
    companies = [company for company in companies if company.domain not in erased]
    companies = order(_filtered(companies, body.get("filters") or {}))
    page, size = int(body["pagination"]["page"]), int(body["pagination"]["size"])
    shown = companies[page * size : (page + 1) * size]
    rows = _rows(call, shown)
    pagination = {
        "size": shown_size(call, len(rows), size),
        "page": page,
        "total": len(companies),
    }
    billing = {"creditsCharged": 0, "resultsReturned": len(rows)}
    head = f'{{"requestId":"{request_id(call.account)}","results":['
    return Reply(
        f"{head}{','.join(rows)}],{json_text({'pagination': pagination, 'billing': billing})[1:]}".encode()
    )


def _websites(call: ApiRequest) -> list[str]:
    """The domains of the body in the form in which they are compared."""
    tracked = {ascii_domain(domain) for domain in call.account.tracked_domains}
    names = ", ".join(call.account.tracked_domains)
    known = f"tracked are {names}" if names else "it tracks none"
    websites = []
    problems = []
    for at, text in enumerate(call.body["domains"]):
        domain = ascii_domain(clean_domain(text) or "")
        if domain in tracked:
            websites.append(domain)
        else:
            problems.append(
                Detail(f"domains.{at} is not a domain that this account tracks; {known}", shorten(text))
            )
    if problems:
        raise bad_request(*problems)
    return websites


def _days(body: Mapping[str, Any]) -> tuple[date, date]:
    since, until = day_of(body["startDate"], "startDate"), day_of(body["endDate"], "endDate")
    if since > until:
        raise bad_request(Detail("startDate must not be after endDate", f"{since} and {until}"))
    if until.year > since.year + 1 or since < months_before(until, MOST_MONTHS):
        raise bad_request(
            Detail(f"endDate must be at most {MOST_MONTHS} months after startDate", f"{since} and {until}")
        )
    return since, until


def _order(
    sort: Mapping[str, str],
) -> Callable[[Sequence[VisitingCompany]], Sequence[VisitingCompany]]:
    by = sort.get("by", "score")
    if by not in _ORDERS:
        raise bad_request(
            Detail(
                f"sort.by must be one of the following values: {', '.join(_ORDERS)}",
                shorten(by),
                nearest=alike(by, _ORDERS),
            )
        )
    falling = sort.get("order", "desc") == "desc"
    return lambda companies: sorted(companies, key=_ORDERS[by], reverse=falling)


def _filtered(companies: Sequence[VisitingCompany], filters: Mapping[str, Any]) -> Sequence[VisitingCompany]:
    """The companies that pass all filters; a list without any values asks for nothing."""
    bands = filters.get("scoreBands")
    if bands:
        companies = [company for company in companies if company.band in bands]
    countries = filters.get("visitorCountries") or {}
    if countries.get("include"):
        included = {code.strip().upper() for code in countries["include"]}
        companies = [company for company in companies if company.country in included]
    if countries.get("exclude"):
        excluded = {code.strip().upper() for code in countries["exclude"]}
        companies = [company for company in companies if company.country not in excluded]
    for name, value_of in _NUMBERS.items():
        limits = filters.get(name)
        if limits:
            least, most = limits.get("min"), limits.get("max")
            companies = [
                company
                for company in companies
                if (least is None or value_of(company) >= least)
                and (most is None or value_of(company) <= most)
            ]
    return companies


def _rows(call: ApiRequest, companies: Sequence[VisitingCompany]) -> list[str]:
    """Companies as JSON: what prospecting shows of them, and their visits."""
    index = call.index
    rows = index.company_rows(company.domain for company in companies)
    listed = list(map(index.remembering(ListedCompany), rows))
    pins = index.world.pins.companies
    pinned = {each.company.id: each.company.domain for each in listed if each.company.domain in pins}
    call.settle((), companies=pinned)
    return [
        f"{one.row(call.account)[:-1]},{json_text(_visits(company))[1:]}"
        for one, company in zip(listed, companies, strict=True)
    ]


def _visits(company: VisitingCompany) -> dict[str, Any]:
    return {
        **{name: value_of(company) for name, value_of in _NUMBERS.items()},
        "scoreBand": company.band,
        "lastVisit": company.last.isoformat(),
        "visitorCountry": company.country,
    }


HANDLERS = {"getWebsiteVisits": website_visits}

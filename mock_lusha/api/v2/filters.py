"""Contact and company filters: the values that prospecting knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.company_facts import logo_url
from mock_lusha.api.reply import Reply, json_bytes
from mock_lusha.api.request import bad_request
from mock_lusha.api.shape import bounds, known
from mock_lusha.api.v2.cache import ListCache
from mock_lusha.world.pools import REVENUES, SENIORITIES, SIZES
from mock_lusha.world.search.catalog import DATA_POINTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.world.search.catalog import Location


def _whole(call: ApiRequest, make: Callable[[], Any]) -> Reply:
    """A list that is the same for everybody; it is written once."""
    lists = call.caches.get(ListCache).lists
    if call.operation not in lists:
        lists[call.operation] = json_bytes(make())
    return Reply(lists[call.operation])


def departments(call: ApiRequest) -> Reply:
    """The departments."""
    return _whole(call, lambda: call.catalog.departments)


def seniority(call: ApiRequest) -> Reply:
    """The levels, ``{id, name}``, in the order of the API."""
    return _whole(call, lambda: [{"id": level.id, "name": level.name} for level in SENIORITIES])


def data_points(call: ApiRequest) -> Reply:
    """The kinds of details a contact may be known to have."""
    return _whole(call, lambda: list(DATA_POINTS))


def countries(call: ApiRequest) -> Reply:
    """The countries, ``{name, code}``."""
    return _whole(call, lambda: call.catalog.countries)


def industries(call: ApiRequest) -> Reply:
    """Main industries with their sub-industries."""
    return _whole(call, lambda: call.catalog.industries)


def sizes(call: ApiRequest) -> Reply:
    """Ranges of employees."""
    return _whole(call, lambda: [bounds(size) for size in SIZES])


def revenues(call: ApiRequest) -> Reply:
    """Ranges of revenue in US dollars."""
    return _whole(call, lambda: [bounds(revenue) for revenue in REVENUES])


def sics(call: ApiRequest) -> Reply:
    """SIC codes."""
    return _whole(call, lambda: call.catalog.sics)


def naics(call: ApiRequest) -> Reply:
    """NAICS codes."""
    return _whole(call, lambda: call.catalog.naics)


def intent_topics(call: ApiRequest) -> Reply:
    """Intent topics."""
    return _whole(call, lambda: call.catalog.topics)


def contact_locations(call: ApiRequest) -> Reply:
    """Countries, states and cities by what was typed."""
    return Reply([_location(spot) for spot in call.catalog.locations(_text(call))])


def company_locations(call: ApiRequest) -> Reply:
    """Countries by what was typed."""
    return Reply([_location(spot) for spot in call.catalog.company_locations(_text(call))])


def company_names(call: ApiRequest) -> Reply:
    """Known companies by what was typed; those outside the directory are not listed."""
    companies = [call.world.company(domain) for domain in call.catalog.company_names(call.world, _text(call))]
    return Reply(
        [
            {
                "companyId": company.id,
                "name": company.name,
                "logoUrl": logo_url(company),
                "fqdn": company.domain,
            }
            for company in companies
        ]
    )


def technologies(call: ApiRequest) -> Reply:
    """Technologies by what was typed."""
    return Reply([{"name": name} for name in call.catalog.technologies(_text(call))])


def _text(call: ApiRequest) -> str:
    text: str = call.body["text"]
    if not text.strip():
        raise bad_request("text should not be empty")
    return text


def _location(spot: Location) -> dict[str, Any]:
    return known(
        continent=spot.continent,
        country=spot.country,
        country_grouping=spot.grouping,
        state=spot.state,
        city=spot.city,
    )


HANDLERS = {
    "getContactDepartments": departments,
    "getContactSeniority": seniority,
    "getContactDataPoints": data_points,
    "getContactCountries": countries,
    "searchContactLocations": contact_locations,
    "searchCompanyNames": company_names,
    "getCompanyIndustries": industries,
    "getCompanySizes": sizes,
    "getCompanyRevenues": revenues,
    "searchCompanyLocations": company_locations,
    "getCompanySicCodes": sics,
    "getCompanyNaicsCodes": naics,
    "getCompanyIntentTopics": intent_topics,
    "searchCompanyTechnologies": technologies,
}

"""Criteria of companies as they are sent to v3, and which companies they mean in other words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY
from mock_lusha.world.generate.signals import Hiring, company_signals
from mock_lusha.world.postal_codes import miles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_lusha.world.company_profile import CompanyProfile
    from mock_lusha.world.entities import Company, FundingRound, Place
    from mock_lusha.world.world import World

SINCE = "2025-06-01"
MUCH = 20_000_000


class Case(NamedTuple):
    """The fields of a criterion, and which companies they mean in other words."""

    fields: dict[str, Any]
    means: Callable[[Company], Any]


class EveryCompany:
    """Companies of a small world, as they are made one by one."""

    def __init__(self, world: World) -> None:
        self.world = world
        listed = (company.domain for company in world.directory.companies)
        self.companies = [world.company(domain) for domain in dict.fromkeys([*world.pins.companies, *listed])]

    def first(self, is_so: Callable[[Company], Any]) -> Company:
        return next(filter(is_so, self.companies))

    def profile(self, company: Company) -> CompanyProfile:
        return self.world.company_profile(company.domain)

    def hires(self, company: Company, kind: str, since: str, **facts: str) -> bool:
        world = self.world
        days = date.fromisoformat(since), world.as_of
        signals = company_signals(world.seed, world.as_of, world.pools, company, [kind], *days).get(kind, ())
        return any(
            isinstance(signal.facts, Hiring) and all(getattr(signal.facts, k) == v for k, v in facts.items())
            for signal in signals
        )

    def has_signal(self, company: Company, kind: str, since: str) -> bool:
        world = self.world
        days = date.fromisoformat(since), world.as_of
        return kind in company_signals(world.seed, world.as_of, world.pools, company, [kind], *days)


def offices(company: Company) -> Sequence[Place]:
    return company.offices or (company.place,)


def rounds(company: Company) -> Sequence[FundingRound]:
    return company.funding.rounds if company.funding else ()


def last(company: Company) -> Sequence[FundingRound]:
    return rounds(company)[-1:]


def begun(text: str, *texts: str | None) -> bool:
    return any(
        word.startswith(text) for each in texts for word in (each or "").lower().replace("-", " ").split()
    )


def company_cases(every: EveryCompany) -> dict[str, Case]:
    """Leaf of the schema -> a case."""
    profile = every.profile
    some = every.first(lambda c: len(c.intent) > 2 and len(c.technologies) > 3 and c.place.state)
    place = some.place
    coded = every.first(lambda c: len(c.offices) > 1 and all(profile(c).postal_codes))
    code = profile(coded).postal_codes[0]
    further = profile(coded).postal_codes[-1]
    topics = [topic.name for topic in some.intent[:2]]
    technologies = list(some.technologies[:2])
    speciality = some.specialities[0]
    industry = some.industry
    assert industry is not None

    def at(where: Place) -> dict[str, str]:
        return {"countryIso2": where.country_code}

    def near(distance: int) -> Callable[[Company], bool]:
        return lambda c: any(miles(coded.place, office) <= distance for office in offices(c))

    def around(distance: int, country: str) -> dict[str, Any]:
        return {"geographicDetails": [{"country": country, "zipcode": code, "distance": distance}]}

    def signals(kind: str, since: str = SINCE, **narrowed: Any) -> dict[str, Any]:
        return {"signals": {"types": [kind], "startDate": since, **narrowed}}

    def both(own: Sequence[str], wanted: Sequence[str]) -> bool:
        return set(wanted) <= set(own)

    department, country = "surgeInHiringByDepartment", "surgeInHiringByLocation"
    united = {"country": "United States"}
    californian = {"country": "United States", "state": "California"}

    def all_topics(c: Company) -> bool:
        return both([topic.name for topic in c.intent], topics)

    def is_in(**names: str) -> Callable[[Company], bool]:
        return lambda c: all(getattr(c.place, name) == value for name, value in names.items())

    amount = "funding.ranges"
    day = date(2022, 1, 1)
    return {
        "names": Case({"names": [some.name.upper()]}, lambda c: c.name == some.name),
        "domains": Case({"domains": [f"www.{some.domain}"]}, lambda c: c.domain == some.domain),
        "ids": Case({"ids": [str(some.id), str(coded.id)]}, lambda c: c in {some, coded}),
        "searchText": Case({"searchText": some.name}, lambda c: c.name == some.name),
        "locations.city": Case({"locations": [{"city": place.city}]}, is_in(city=place.city)),
        "locations.state": Case({"locations": [{"state": str(place.state)}]}, is_in(state=str(place.state))),
        "locations.country": Case({"locations": [united]}, is_in(country="United States")),
        "locations.continent": Case({"locations": [{"continent": "Europe"}]}, is_in(continent="Europe")),
        "locations.countryGrouping": Case(
            {"locations": [{"countryGrouping": "NA"}]}, lambda c: c.place.country_code in {"US", "CA"}
        ),
        "locations.region": Case(
            {"locations": [{"region": str(place.state)}]}, is_in(state=str(place.state))
        ),
        "sizes.min": Case({"sizes": [{"min": 501}]}, lambda c: c.size and c.size[0] >= 501),
        "sizes.max": Case({"sizes": [{"min": 1, "max": 50}]}, lambda c: c.size and c.size[0] <= 50),
        "revenues.min": Case(
            {"revenues": [{"min": 100_000_000}]}, lambda c: c.revenue and c.revenue[0] >= 100_000_000
        ),
        "revenues.max": Case(
            {"revenues": [{"min": 1, "max": 10_000_000}]}, lambda c: c.revenue and c.revenue[0] < 10_000_000
        ),
        "technologies": Case(
            {"technologies": technologies}, lambda c: set(technologies) & set(c.technologies)
        ),
        "technologiesCondition": Case(
            {"technologies": technologies, "technologiesCondition": "and"},
            lambda c: both(c.technologies, technologies),
        ),
        "industriesLabels": Case(
            {"industriesLabels": [industry.sub.upper()]},
            lambda c: c.industry and c.industry.sub == industry.sub,
        ),
        "mainIndustriesIds": Case(
            {"mainIndustriesIds": [industry.main_id]},
            lambda c: c.industry and c.industry.main_id == industry.main_id,
        ),
        "subIndustriesIds": Case(
            {"subIndustriesIds": [industry.sub_id]},
            lambda c: c.industry and c.industry.sub_id == industry.sub_id,
        ),
        "intentTopics": Case(
            {"intentTopics": topics}, lambda c: set(topics) & {topic.name for topic in c.intent}
        ),
        "intentTopicsCondition": Case({"intentTopics": topics, "intentTopicsCondition": "and"}, all_topics),
        "intentTopicsOperator": Case({"intentTopics": topics, "intentTopicsOperator": "all"}, all_topics),
        "intentMinScore": Case({"intentMinScore": 95}, lambda c: any(t.score >= 95 for t in c.intent)),
        "intentMaxScore": Case({"intentMaxScore": 63}, lambda c: any(t.score <= 63 for t in c.intent)),
        "topicCountThreshold.min": Case(
            {"topicCountThreshold": [{"min": 4, "max": 5}]}, lambda c: len(c.intent) in {4, 5}
        ),
        "topicCountThreshold.max": Case(
            {"topicCountThreshold": [{"min": 1, "max": 3}]}, lambda c: 1 <= len(c.intent) <= 3
        ),
        "sicCodes": Case(
            {"sicCodes": [f"{some.sic[0][0]:04d}"]}, lambda c: some.sic[0][0] in {code for code, _ in c.sic}
        ),
        "naicsCodes": Case(
            {"naicsCodes": [str(some.naics[0][0])]},
            lambda c: any(str(code).startswith(str(some.naics[0][0])) for code, _ in c.naics),
        ),
        "funding.isIpo": Case({"funding": {"isIpo": True}}, lambda c: c.funding and c.funding.is_ipo),
        f"{amount}.coverage": Case(
            {"funding": {"ranges": [{"coverage": "total_funds", "min": MUCH}]}},
            lambda c: sum(r.amount for r in rounds(c)) >= MUCH,
        ),
        f"{amount}.min": Case(
            {"funding": {"ranges": [{"coverage": "last_funding", "min": MUCH}]}},
            lambda c: any(r.amount >= MUCH for r in last(c)),
        ),
        f"{amount}.max": Case(
            {"funding": {"ranges": [{"coverage": "any_round", "min": 1, "max": 2_000_000}]}},
            lambda c: any(r.amount <= 2_000_000 for r in rounds(c)),
        ),
        "funding.date.coverage": Case(
            {"funding": {"date": {"coverage": "last_round", "date": "2022-01-01"}}},
            lambda c: any(r.day >= day for r in last(c)),
        ),
        "funding.date.date": Case(
            {"funding": {"date": {"coverage": "any_round", "date": "2022-01-01"}}},
            lambda c: any(r.day >= day for r in rounds(c)),
        ),
        "funding.rounds.coverage": Case(
            {"funding": {"rounds": [{"coverage": "last_round", "round": "series_a"}]}},
            lambda c: any(r.kind == "Series A" for r in last(c)),
        ),
        "funding.rounds.round": Case(
            {"funding": {"rounds": [{"coverage": "any_round", "round": "series_b"}]}},
            lambda c: any(r.kind == "Series B" for r in rounds(c)),
        ),
        "funding.names.coverage": Case(
            {"funding": {"names": [{"coverage": "last_round", "name": "venture"}]}},
            lambda c: any(r.kind != "Private Equity Round" for r in last(c)),
        ),
        "funding.names.name": Case(
            {"funding": {"isIpo": False, "names": [{"coverage": "any_round", "name": "venture"}]}},
            lambda c: c.funding and not c.funding.is_ipo,
        ),
        # Accepted, and not applied.
        "funding.investors": Case(
            {"funding": {"isIpo": True, "investors": ["Nobody"]}}, lambda c: c.funding and c.funding.is_ipo
        ),
        "funding.types": Case(
            {"funding": {"isIpo": True, "types": ["none"]}}, lambda c: c.funding and c.funding.is_ipo
        ),
        "foundedYear.min": Case({"foundedYear": [{"min": 2015}]}, lambda c: c.founded and c.founded >= 2015),
        "foundedYear.max": Case({"foundedYear": [{"max": 1999}]}, lambda c: c.founded and c.founded <= 1999),
        "businessModel": Case({"businessModel": ["B2G"]}, lambda c: "B2G" in profile(c).business_model),
        "companyType": Case(
            {"companyType": ["Public Company", "Educational"]},
            lambda c: profile(c).company_type in {"Public Company", "Educational"},
        ),
        "linkedinUrls": Case(
            {"linkedinUrls": [f"https://www.linkedin.com/company/mock-lusha-{some.handle}"]},
            lambda c: c.handle == some.handle,
        ),
        "keywords": Case({"keywords": ["Fina"]}, lambda c: begun("fina", *profile(c).keywords)),
        "keywordsSearchFields": Case(
            {"keywords": ["software"], "keywordsSearchFields": ["description"]},
            lambda c: begun("software", c.description),
        ),
        "specialities": Case(
            {"specialities": [speciality.split()[0]]},
            lambda c: begun(speciality.split()[0].lower(), *c.specialities),
        ),
        "exactKeywords": Case({"exactKeywords": ["FINANCE"]}, lambda c: "finance" in profile(c).keywords),
        "exactSpecialities": Case(
            {"exactSpecialities": [speciality.upper()]}, lambda c: speciality in c.specialities
        ),
        "geographicDetails.country": Case(around(10, coded.place.country), near(10)),
        "geographicDetails.zipcode": Case(around(10, coded.place.country_code), near(10)),
        "geographicDetails.distance": Case(around(400, coded.place.country), near(400)),
        "locationsZipcodes.countryIso2": Case(
            {"locationsZipcodes": [{**at(coded.offices[-1]), "zipcode": further}]},
            lambda c: further in profile(c).postal_codes,
        ),
        "locationsZipcodes.zipcode": Case(
            {"locationsZipcodes": [{"zipcode": further}, {**at(coded.place), "zipcode": code}]},
            lambda c: {code, further} & set(profile(c).postal_codes),
        ),
        "headquarterZipcodes.countryIso2": Case(
            {"headquarterZipcodes": [{**at(coded.place), "zipcode": code}]},
            lambda c: code in profile(c).postal_codes[:1],
        ),
        "headquarterZipcodes.zipcode": Case(
            {"headquarterZipcodes": [{"zipcode": code}]}, lambda c: code in profile(c).postal_codes[:1]
        ),
        "signals.types": Case(signals("riskNews"), lambda c: every.has_signal(c, "riskNews", SINCE)),
        "signals.startDate": Case(
            signals("peopleNews", "2026-01-01"), lambda c: every.has_signal(c, "peopleNews", "2026-01-01")
        ),
        "signals.filterByLocation.country": Case(
            signals(country, filterByLocation=[united]),
            lambda c: every.hires(c, country, SINCE, country="United States"),
        ),
        "signals.filterByLocation.state": Case(
            signals(country, filterByLocation=[californian, {"country": "Germany"}]),
            lambda c: (
                every.hires(c, country, SINCE, country="United States", state="California")
                or every.hires(c, country, SINCE, country="Germany")
            ),
        ),
        "signals.filterByLocation.startDate": Case(
            signals(country, filterByLocation=[{**united, "startDate": "2025-11-01"}]),
            lambda c: every.hires(c, country, "2025-11-01", country="United States"),
        ),
        "signals.filterByDepartment.department": Case(
            signals(department, filterByDepartment=[{"department": "marketing"}, {"department": "Sales"}]),
            lambda c: (
                every.hires(c, department, SINCE, department="Marketing")
                or every.hires(c, department, SINCE, department="Sales")
            ),
        ),
        "signals.filterByDepartment.startDate": Case(
            signals(
                department,
                filterByDepartment=[
                    {"department": name, "startDate": "2025-10-01"}
                    for name in ("Finance", "Operations", "Sales")
                ],
            ),
            lambda c: any(
                every.hires(c, department, "2025-10-01", department=name)
                for name in ("Finance", "Operations", "Sales")
            ),
        ),
        "signals.filterByIntentCategory": Case(
            signals(LINKEDIN_ACTIVITY, filterByIntentCategory=["Technology"]),
            lambda c: any(
                "Technology" in {category for _, category in row.topics}
                for row in every.world.linkedin_activities(c.domain, date.min, every.world.as_of)
            ),
        ),
    }

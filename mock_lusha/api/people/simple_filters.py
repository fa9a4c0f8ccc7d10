"""Filters in simple words, such as ``country=Germany``, as the filters of prospecting.

Values of one filter are alternatives, but for ``has``, of which each is wanted; filters go together.
"""

from __future__ import annotations

import difflib
import math
import re
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.api.request import bad_request
from mock_lusha.domains import clean_domain
from mock_lusha.errors import Detail, alike, shorten
from mock_lusha.world.identity import fold
from mock_lusha.world.pools import SENIORITIES
from mock_lusha.world.search.catalog import DATA_POINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_lusha.world.pools import Pools
    from mock_lusha.world.search.catalog import Catalog

    Filters = Mapping[str, Sequence[str]]
    Listed = Mapping[str, tuple[str, Any]]
    """Folded name -> how the list spells it, and what it stands for."""

_OF_COMPANY: Final = ("industry", "companySize", "revenue", "technology", "topic", "founded")
PEOPLE_FILTERS: Final = (
    "country", "state", "city", "department", "seniority", "title", "name", "has", "company",
    "companyCountry", *_OF_COMPANY,
)  # fmt: skip
"""Names of the filters of people."""
COMPANY_FILTERS: Final = ("name", "domain", "country", "state", "city", *_OF_COMPANY)
"""Names of the filters of companies."""
_MOST_PLACES = 1_000
_MOST_NAMED = 20
"""Values that an error names all; of a longer list it names the nearest alone."""
_CODE = 2
"""Letters of the code of a country, to which any slip is near."""
_LIKE = 0.6
_UNITS: Final = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_NUMBER = r"\$?(\d{1,15})([kmb]?)"
_RANGE = re.compile(rf"{_NUMBER}(?:-{_NUMBER}|(\+))?", re.ASCII)


class SimpleFilters:
    """Reads simple filters, whose values are checked against the lists of a catalogue."""

    def __init__(self, catalog: Catalog, pools: Pools) -> None:
        self._catalog = catalog
        self._pools = pools

    def of_people(self, filters: Filters) -> dict[str, Any]:
        """Filters of people as prospecting takes them; empty where there are none.

        Raises:
            ApiError: 400 with all that is wrong.
        """
        reading = _Reading(filters, PEOPLE_FILTERS)
        contacts = self._places(reading)
        contacts |= _terms("departments", reading.listed("department", _names(self._catalog.departments)))
        contacts |= _terms("seniorityIds", reading.listed("seniority", _levels()))
        contacts |= _terms("jobTitles", reading.texts("title"))
        contacts |= _terms("names", reading.texts("name"))
        points = list(dict.fromkeys(reading.listed("has", _points())))
        if points:
            contacts |= {"existingDataPoints": points, "existingDataPointsCondition": "and"}
        companies = self._of_companies(reading) | _employers(reading)
        countries = reading.listed("companyCountry", self._countries())
        companies |= _terms("locations", [{"country": name} for name in countries])
        reading.check()
        return _included(contacts=contacts, companies=companies)

    def of_companies(self, filters: Filters) -> dict[str, Any]:
        """Filters of companies as prospecting takes them; empty where there are none.

        Raises:
            ApiError: 400 with all that is wrong.
        """
        reading = _Reading(filters, COMPANY_FILTERS)
        companies = self._places(reading) | self._of_companies(reading)
        companies |= _terms("names", reading.texts("name"))
        domains = reading.texts("domain")
        for text in domains:
            if clean_domain(text) is None:
                reading.refuse("domain must be a domain such as acme.com", text)
        companies |= _terms("domains", domains)
        reading.check()
        return _included(companies=companies)

    def _of_companies(self, reading: _Reading) -> dict[str, Any]:
        # Sub-industries alone: prospecting joins those and main industries by AND.
        ids = [id_ for ids in reading.listed("industry", self._industries()) for id_ in ids]
        return {
            **_terms("subIndustriesIds", sorted(set(ids))),
            **_terms("sizes", reading.ranges("companySize", "51-200 or 1000+")),
            **_terms("revenues", reading.ranges("revenue", "1M-5M or 1B+")),
            **_terms("technologies", reading.listed("technology", _names(self._pools.technologies))),
            **_terms("intentTopics", reading.listed("topic", _names(self._catalog.topics))),
            **_terms("foundedYear", reading.ranges("founded", "1990-1999 or 2015+")),
        }

    def _places(self, reading: _Reading) -> dict[str, Any]:
        """Places at the levels that are given: of several values at several levels each with each."""
        levels = {"country": reading.listed("country", self._countries())}
        for level in ("state", "city"):
            if reading.texts(level):
                own = (getattr(place, level) for place in self._pools.places)
                levels[level] = reading.listed(level, _names(name for name in own if name is not None))
        wanted = {level: list(dict.fromkeys(values)) for level, values in levels.items() if values}
        count = math.prod(map(len, wanted.values()))
        if count > _MOST_PLACES:
            reading.refuse(f"country, state and city must make at most {_MOST_PLACES} places", str(count))
            return {}
        places = [dict(zip(wanted, names, strict=True)) for names in product(*wanted.values())]
        return _terms("locations", [place for place in places if place])

    def _countries(self) -> Listed:
        """Countries by their names and two-letter codes."""
        rows = self._catalog.countries
        codes = {row["code"].lower(): (row["name"], row["name"]) for row in rows}
        return {**codes, **_names(row["name"] for row in rows)}

    def _industries(self) -> Listed:
        """Main and sub-industries; each stands for the ids of the sub-industries in it."""
        ids: dict[str, tuple[str, tuple[int, ...]]] = {}
        for row in self._catalog.industries:
            subs = row["sub_industries"]
            named = [(row["main_industry"], [sub["id"] for sub in subs])]
            named += [(sub["value"], [sub["id"]]) for sub in subs]
            for name, own in named:
                _, others = ids.get(fold(name), (name, ()))
                ids[fold(name)] = name, (*others, *own)
        return ids


class _Reading:
    """The filters of one search, and what is wrong with them.

    Raises:
        ApiError: 400 for a filter that nobody knows.
    """

    def __init__(self, filters: Filters, known: Sequence[str]) -> None:
        self._filters = filters
        self._problems: list[Detail] = []
        unknown = [name for name in filters if name not in known]
        if unknown:
            raise bad_request(
                *(
                    Detail(f"property {shorten(name)} should not exist", nearest=alike(name, known))
                    for name in unknown
                )
            )

    def refuse(self, text: str, sent: str, nearest: str | None = None) -> None:
        """Note what is wrong."""
        self._problems.append(Detail(text, shorten(sent), nearest=nearest))

    def check(self) -> None:
        """Refuse the search if something is wrong.

        Raises:
            ApiError: 400 with all of it.
        """
        if self._problems:
            raise bad_request(*self._problems)

    def texts(self, name: str) -> list[str]:
        """The values of a filter as they were sent."""
        texts = [text.strip() for text in self._filters.get(name, ())]
        if "" in texts:
            self.refuse(f"{name} should not be empty", "a value without a letter")
        return [text for text in texts if text]

    def listed(self, name: str, known: Listed) -> list[Any]:
        """What the values of a filter stand for that a list has."""
        values = []
        for text in self.texts(name):
            row = known.get(fold(text))
            if row is None:
                self.refuse(_expectation(name, known), text, _nearest(text, known))
            else:
                values.append(row[1])
        return values

    def ranges(self, name: str, example: str) -> list[dict[str, int]]:
        """The values of a filter that are numbers or ranges of them, both ends included."""
        ranges = []
        for text in self.texts(name):
            plain = re.sub(r"[\s,_]", "", text).replace("\N{EN DASH}", "-").lower()
            match = _RANGE.fullmatch(plain)
            if match is None:
                self.refuse(f"{name} must be a number or a range, such as {example}", text)
                continue
            low = int(match[1]) * _UNITS[match[2]]
            high = low if match[3] is None else int(match[3]) * _UNITS[match[4]]
            if high < low:
                self.refuse(f"{name} must not end before it begins", text)
            ranges.append({"min": low} if match[5] else {"min": low, "max": high})
        return ranges


def _names(names: Iterable[str]) -> Listed:
    return {fold(name): (name, name) for name in names}


def _levels() -> Listed:
    """Seniorities by their names and numbers."""
    by_name = {fold(level.name): (level.name, level.id) for level in SENIORITIES}
    return {**by_name, **{str(level.id): (level.name, level.id) for level in SENIORITIES}}


def _points() -> Listed:
    """Data points of prospecting, and shorter words for two of them."""
    own = {"phones": ("phones", "phone"), "emails": ("emails", "email")}
    return {**own, **{fold(point): (point, point) for point in DATA_POINTS}}


def _employers(reading: _Reading) -> dict[str, Any]:
    texts = reading.texts("company")
    domains = [text for text in texts if clean_domain(text) is not None]
    if domains and len(domains) < len(texts):
        reading.refuse("company must be names or domains, not both in one search", ", ".join(texts))
    return _terms("domains", domains) if domains else _terms("names", texts)


def _terms(name: str, values: Sequence[Any]) -> dict[str, Any]:
    """A criterion, if it has any values."""
    return {name: list(values)} if values else {}


def _included(**sides: dict[str, Any]) -> dict[str, Any]:
    return {entity: {"include": criteria} for entity, criteria in sides.items() if criteria}


def _expectation(name: str, known: Listed) -> str:
    names = list(dict.fromkeys(shown for shown, _ in known.values()))
    if len(names) <= _MOST_NAMED:
        return f"{name} must be one of the following values: {', '.join(names)}"
    if name.lower().endswith("country"):
        return f"{name} must be a country by its name or two-letter code"
    return f"{name} must be one of the {len(names):,} that the lists of filters have"


def _nearest(text: str, known: Listed) -> str | None:
    names = [name for name in known if len(name) > _CODE]
    close = difflib.get_close_matches(fold(text[:60]), names, n=1, cutoff=_LIKE)
    return known[close[0]][0] if close else None

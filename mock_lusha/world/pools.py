"""The lists everything is picked from, read once from data files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.seeded import number
from mock_lusha.values import frozen
from mock_lusha.world.entities import Industry, Place, Range, Seniority

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EU = frozenset(
    {
        "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT",
        "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
    }
)  # fmt: skip
"""Members of the European Union, by ISO 3166 code."""
SENIORITIES = tuple(
    Seniority(*row)
    for row in (
        (10, "founder"), (7, "partner"), (9, "c-suite"), (8, "vice president"), (6, "director"),
        (5, "manager"), (4, "senior"), (3, "entry"), (2, "intern"), (1, "other"),
    )
)  # fmt: skip
"""The ten levels, in the order of the API."""
SIZES: tuple[Range, ...] = (
    (1, 10), (11, 50), (51, 200), (201, 500), (501, 1000), (1001, 5000), (5001, 10000), (10001, 100000),
    (100001, None),
)  # fmt: skip
"""The nine ranges of employees."""
REVENUES: tuple[Range, ...] = (
    (1, 1_000_000), (1_000_000, 5_000_000), (5_000_000, 10_000_000), (10_000_000, 50_000_000),
    (50_000_000, 100_000_000), (100_000_000, 250_000_000), (250_000_000, 500_000_000),
    (500_000_000, 1_000_000_000), (1_000_000_000, 10_000_000_000), (10_000_000_000, None),
)  # fmt: skip
"""The ten ranges of yearly revenue in US dollars."""


@frozen
class Trade:
    """What companies of one sub-industry are called, do and are classified as."""

    industry: Industry
    endings: tuple[str, ...]
    does: tuple[str, ...]
    specialities: tuple[str, ...]
    sic: tuple[tuple[int, str], ...]
    naics: tuple[tuple[int, str], ...]


@frozen
class Names:
    """Given and family names of one locale."""

    first: tuple[str, ...]
    last: tuple[str, ...]


class _NamesByLocale(Mapping[str, Names]):
    """Names by locale, taken apart when a locale is first asked for: few are, and there are 29,000 names."""

    def __init__(self, joined: Mapping[str, Mapping[str, str]]) -> None:
        self._joined = joined
        self._names: dict[str, Names] = {}

    def __getitem__(self, locale: str) -> Names:
        names = self._names.get(locale)
        if names is None:
            joined = self._joined[locale]
            names = Names(tuple(joined["first"].split(",")), tuple(joined["last"].split(",")))
            self._names[locale] = names
        return names

    def __iter__(self) -> Iterator[str]:
        return iter(self._joined)

    def __len__(self) -> int:
        return len(self._joined)


@frozen
class Careers:
    """Titles by department and level, and what a department knows and is honoured for."""

    titles: Mapping[str, Mapping[str, Sequence[str]]]
    skills: Mapping[str, Sequence[str]]
    certifications: Mapping[str, Sequence[Mapping[str, str]]]
    courses: Mapping[str, Sequence[Mapping[str, str]]]
    schools: Sequence[str]
    awards: Sequence[str]


@frozen
class Newsroom:
    """Texts of news about companies; templates take {company} and {other}."""

    events: Mapping[str, Mapping[str, Sequence[str]]]
    investors: Sequence[str]
    publishers: Sequence[str]


@frozen
class Pools:
    """All lists. Those called weighted, and ``business_trades``, hold each entry as often as it weighs.

    ``postal_codes`` are places with patterns (see ``world.postal_codes``).
    """

    places: tuple[Place, ...]
    weighted_places: tuple[Place, ...]
    places_in: Mapping[str, tuple[Place, ...]]
    postal_codes: tuple[tuple[Place, str], ...]
    names: Mapping[str, Names]
    trades: tuple[Trade, ...]
    weighted_trades: tuple[Trade, ...]
    business_trades: tuple[Trade, ...]
    stems: tuple[str, ...]
    technologies: tuple[str, ...]
    topics: tuple[str, ...]
    careers: Careers
    newsroom: Newsroom

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls, reference: Path) -> Pools:
        """Read the lists: those shared with the filters from ``reference``, the others from this package.

        The files ship and nobody changes the lists, so that all worlds of a process have the same.
        """
        own = Path(__file__).parent / "data"
        rows = _json(reference / "places.json")
        places = tuple(_place(row) for row in rows)
        weights = [int(row["weight"]) for row in rows]
        in_country: dict[str, list[Place]] = {}
        for place, weight in zip(places, weights, strict=True):
            in_country.setdefault(place.country_code, []).extend([place] * weight)
        trades = _trades(_json(reference / "industries.json"), _json(own / "trades.json"))
        weighted = tuple(t for t in trades for _ in range(_TRADE_WEIGHTS.get(t.industry.main_id, 2)))
        careers = _json(own / "careers.json")
        newsroom = _json(own / "newsroom.json")
        return cls(
            places=places,
            weighted_places=tuple(p for p, w in zip(places, weights, strict=True) for _ in range(w)),
            places_in={code: tuple(pool) for code, pool in in_country.items()},
            postal_codes=tuple(
                (place, row["postal_codes"])
                for place, row in zip(places, rows, strict=True)
                if "postal_codes" in row
            ),
            names=_NamesByLocale(_json(own / "names.json")),
            trades=trades,
            weighted_trades=weighted,
            business_trades=tuple(t for t in weighted if t.industry.main_id not in _PUBLIC),
            stems=tuple(_json(own / "stems.json")["stems"]),
            technologies=tuple(row["name"] for row in _json(reference / "technologies.json")),
            topics=tuple(_json(reference / "intent_topics.json")),
            careers=Careers(**careers),
            newsroom=Newsroom(**newsroom),
        )


# How common each of a main industry's trades is in a directory of businesses; the others weigh 2.
_TRADE_WEIGHTS = {17: 12, 9: 7, 14: 6, 12: 5, 16: 4, 11: 4, 18: 4, 3: 4, 15: 3}

# Main industries that a company nobody knows is not guessed to be in: nonprofits, education, government.
_PUBLIC = frozenset({5, 6, 10})


def _json(path: Path) -> Any:
    return orjson.loads(path.read_bytes())


def _place(row: Mapping[str, Any]) -> Place:
    code = row["country_code"]
    return Place(
        city=row["city"],
        state=row.get("state"),
        state_code=row.get("state_code"),
        country=row["country"],
        country_code=code,
        continent=row["continent"],
        coordinates=(row["longitude"], row["latitude"]),
        city_id=1_000_000 + number("city", row["city"], row.get("state"), code) % 9_000_000,
        area_code=row.get("area_code"),
        locale=row["locale"],
        in_eu=code in EU,
    )


def _trades(industries: list[Mapping[str, Any]], texts: Mapping[str, Any]) -> tuple[Trade, ...]:
    return tuple(
        Trade(
            industry=Industry(main["main_industry_id"], main["main_industry"], sub["id"], sub["value"]),
            endings=tuple(text["endings"]),
            does=tuple(text["does"]),
            specialities=tuple(text["specialities"]),
            sic=tuple((int(code), label) for code, label in text["sic"]),
            naics=tuple((int(code), label) for code, label in text["naics"]),
        )
        for main in industries
        for sub in main["sub_industries"]
        for text in (texts[str(sub["id"])],)
    )

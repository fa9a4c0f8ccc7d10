"""Values of criteria that are more than a list, and how texts, numbers and ranges are compared.

Fields of a search are joined by AND, the values of a field by OR unless it says ``every``. Case and accents
never matter; a value nobody knows matches nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from mock_lusha.values import frozen
from mock_lusha.world.identity import fold
from mock_lusha.world.postal_codes import same_code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mock_lusha.world.entities import Place, Range

    Bounds = tuple[int | None, int | None]  # (min, max), None is open
    Mask = Any  # a numpy array of bool, one a row

Coverage = Literal["last_funding", "last_round", "any_round", "total_funds"]
"""Which of a company's rounds of funding a criterion looks at; ``total_funds`` is the sum of all."""


@frozen
class Terms:
    """Values of which one is enough, or ``every`` one is wanted."""

    values: tuple[str, ...]
    every: bool = False


@frozen
class SignalCriterion:
    """Signal types (or ``allSignals``) and the days that count, both included.

    What follows narrows the signals of one type each, those about hiring in a department or at a place (with
    the first day that counts for it) and about what people write of on LinkedIn; None narrows nothing.
    """

    names: tuple[str, ...]
    since: date
    until: date
    departments: tuple[tuple[str, date], ...] | None = None
    locations: tuple[tuple[str | None, str | None, date], ...] | None = None
    categories: tuple[str, ...] | None = None
    later: bool = False
    """Whether also what came after the world's day counts (see ``generate.events``)."""


@frozen
class IntentCriterion:
    """Topics that a company reads about (none: any topic), each with a score in the bounds."""

    topics: Terms
    score: Bounds = (None, None)


@frozen
class FundingCriterion:
    """What is known of a company's funding; all that is given has to be so.

    ``amounts`` are in US dollars, ``since`` is the first day of a round, ``rounds`` are such as ``series_a``,
    and ``names`` such as ``venture``.
    """

    is_ipo: bool | None = None
    amounts: tuple[tuple[Coverage, Bounds], ...] = ()
    since: tuple[Coverage, date] | None = None
    rounds: tuple[tuple[Coverage, str], ...] = ()
    names: tuple[tuple[Coverage, str], ...] = ()


@frozen
class KeywordCriterion:
    """Words that describe a company, looked for in ``fields`` (none: in its keywords)."""

    values: tuple[str, ...]
    fields: tuple[str, ...] = ()


@frozen
class PostalCriterion:
    """A postal code of a country, which is named or has its ISO 3166 code; no country: of any."""

    code: str
    country: str | None = None

    def is_in(self, place: Place) -> bool:
        """Whether a place is in the country."""
        return self.country is None or fold(self.country) in {fold(place.country), place.country_code.lower()}

    def matches(self, place: Place, code: str | None) -> bool:
        """Whether a place with a code is meant."""
        return code is not None and self.is_in(place) and same_code(code, self.code, place.country_code)


@frozen
class AreaCriterion:
    """Within so many miles of the place of a postal code."""

    code: str
    country: str
    miles: int


def overlaps(limits: tuple[int, int | None] | None, bounds: Bounds) -> bool:
    """Whether two ranges, ends included, have anything in common; what is not known has not."""
    if limits is None:
        return False
    least, most = limits
    return (bounds[1] is None or least <= bounds[1]) and (
        bounds[0] is None or most is None or most >= bounds[0]
    )


def touches(revenue: Range | None, bounds: Bounds) -> bool:
    """Whether ranges whose edges are shared overlap: what ends where another begins does not lie in it."""
    if revenue is None:
        return False
    least, most = revenue
    low, high = bounds
    below = high is None or least < high or least == low == high
    return below and (low is None or most is None or most > low)


def within(value: int | None, bounds: Bounds) -> bool:
    """Whether a number is in a range; what is not known is in none."""
    return value is not None and overlaps((value, value), bounds)


def number_of(value: float | str) -> float | None:
    """An id sent as a number or as a text, None for what is neither."""
    try:
        return float(value)
    except ValueError:
        return None


def terms_of(values: Sequence[str] | Terms) -> Terms:
    """A list of values, which is one of which one is enough unless it says otherwise."""
    return values if isinstance(values, Terms) else Terms(tuple(values))


def search_words(text: str) -> list[str]:
    """The folded words of a searched text, each once, without small ones."""
    return [word for word in dict.fromkeys(fold(text).split("-")) if word and word not in SMALL_WORDS]


def words_in(words: Sequence[str], folded: str) -> bool:
    """Whether each word begins some word of a folded text."""
    hay = f"-{folded}"
    return all(f"-{word}" in hay for word in words)


SMALL_WORDS = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "the"})
"""Words that a text search passes over."""

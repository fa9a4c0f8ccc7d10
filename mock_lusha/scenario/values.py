"""The values that a scenario's fields take; what cannot be one is an error that names its place."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import CATALOGUE, nearest
from mock_lusha.scenario.model import WINDOWS, Moment
from mock_lusha.yamlfile import plain, said

if TYPE_CHECKING:
    from mock_lusha.yamlfile import SourcePlace

LONGEST_DELAY: Final = 3_600
HEADER_VALUE: Final = r"[\t\x20-\x7e]*"
_SPAN = re.compile(r"([0-9]{1,9})\.\.([0-9]{1,9})?")
_YEARS = range(1971, 3000)


def shown(place: SourcePlace) -> str:
    """A place's value as a message shows it."""
    return said(place)


def json_value(place: SourcePlace) -> Any:
    """A value that JSON can say."""

    def check(value: Any) -> None:
        if isinstance(value, dict):
            for item in value.values():
                check(item)
        elif isinstance(value, list):
            for item in value:
                check(item)
        elif isinstance(value, float) and not math.isfinite(value):
            raise place.error(f"JSON has no {value}")
        elif isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
            raise place.error("a whole number has at most 64 bits")
        elif not isinstance(value, str | int | float | bool | None):
            raise place.error(f"JSON has no {type(value).__name__}: put {value} in quotes")
        elif isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise place.error("a text holds half a surrogate pair")

    value = plain(place)
    check(value)
    return value


def word(place: SourcePlace, what: str, known: Any) -> str:
    """One of the words that are known."""
    if isinstance(place.value, str) and place.value in known:
        return place.value
    raise place.error(f"{what} is not {shown(place)}: {nearest(str(plain(place)), known)}")


def error_name(place: SourcePlace) -> str:
    """The name of an error of the catalogue."""
    if isinstance(place.value, str) and place.value in CATALOGUE:
        return place.value
    if isinstance(place.value, int) and not isinstance(place.value, bool):
        names = [kind.name for kind in CATALOGUE.values() if kind.status == place.value]
        hint = f"errors of that status are {', '.join(names)}; or write `status: {place.value}`"
        if not names:
            hint = f"write `status: {place.value}`"
        raise place.error(f"an error goes by its name in the catalogue, not by {place.value}: {hint}")
    raise place.error(
        f"no error of the catalogue is called {shown(place)}: {nearest(str(plain(place)), CATALOGUE)}"
    )


def plain_text(place: SourcePlace, what: str) -> str:
    """A text that is not empty."""
    if not isinstance(place.value, str) or not place.value:
        raise place.error(f"{what} is a text, not {shown(place)}")
    return place.value


def identifier(place: SourcePlace) -> str:
    """A magic word."""
    if not isinstance(place.value, str) or re.fullmatch(r"[a-z0-9][a-z0-9_-]*", place.value) is None:
        raise place.error(
            f"identifier is a word in lower case such as nobody (nobody@acme.com, Jane Nobody, "
            f"nobody.example), not {shown(place)}"
        )
    return place.value


def moment(place: SourcePlace) -> Moment:
    """A moment of the clock, or seconds after the first call."""
    value = place.value
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10**9:
        return Moment(float(value), relative=True)
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS or isinstance(value, int | float):
        raise place.error(
            f"a moment is one such as 2026-03-31T12:00:00Z, or seconds after the first call, "
            f"not {shown(place)}"
        )
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Moment(moment.timestamp(), relative=False)


def nth(place: SourcePlace) -> tuple[tuple[int, int | None], ...]:
    """Ranges of calls, counted from 1; None is without end."""
    places = place.value if isinstance(place.value, list) else [place]
    if not places:
        raise place.error("no call fits: nth is an empty list")
    return tuple(map(_span, places))


def _span(place: SourcePlace) -> tuple[int, int | None]:
    if isinstance(place.value, int) and not isinstance(place.value, bool):
        first = place.whole("nth", 1)
        return first, first
    found = _SPAN.fullmatch(place.value) if isinstance(place.value, str) else None
    if found is None:
        raise place.error(f"nth is a number such as 3, or a range such as 2..5 or 2.., not {shown(place)}")
    first, last = int(found[1]), int(found[2]) if found[2] else None
    if first < 1 or (last is not None and last < first):
        raise place.error(f"no call fits: nth counts from 1 and upwards, not {place.value}")
    return first, last


def share(place: SourcePlace) -> float:
    """A share over 0 up to 1."""
    value = place.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise place.error(f"share is a number over 0 up to 1, not {shown(place)}")
    return float(value)


def seconds(place: SourcePlace, what: str) -> float:
    """Seconds of a delay."""
    value = place.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST_DELAY:
        raise place.error(f"{what} is seconds from 0 to {LONGEST_DELAY}, not {shown(place)}")
    return float(value)


def header_value(place: SourcePlace) -> str:
    """A header's value: a line of printable ASCII."""
    value = place.value
    text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if not isinstance(text, str) or re.fullmatch(HEADER_VALUE, text) is None:
        raise place.error(f"the value of a header is a line of printable ASCII, not {shown(place)}")
    return text.strip()


def drain(place: SourcePlace) -> int:
    """Credits that are left."""
    return place.whole("drain", 0, 1_000_000_000)


def windows(place: SourcePlace) -> tuple[str, ...]:
    """Rate-limit windows that are spent."""
    places = place.value if isinstance(place.value, list) else [place]
    if not places:
        raise place.error(f"spend is one of {', '.join(WINDOWS)}, or a list of some")
    return tuple(word(each, "spend", WINDOWS) for each in places)


def takes(pattern: str, path: str) -> bool:
    """Whether a path of the contract stands for a path."""
    if "{" not in pattern:
        return pattern == path
    return re.fullmatch(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(pattern)), path) is not None

"""On which days companies have signals, without what they say: all that a search asks of them.

A test holds this equal to ``signals.company_signals``.
"""

from __future__ import annotations

from datetime import timedelta
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.seeded import begun
from mock_lusha.world import arrays as np
from mock_lusha.world.fast.draws import digests, lanes_in
from mock_lusha.world.generate.signals import COMPANY_TYPES, NEWS_EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mock_lusha.world.entities import Company

_FIRST_LANES = Struct("<12H").unpack_from
_PARITY, _WHETHER, _COUNT, _DAYS = 0, 1, 2, (4, 11)
_TWICE = 1 << 15
_WINDOW, _HEADCOUNT_WINDOW = 360, 28
_NEWS_BOUND, _BOUND = 26_000, 21_000


class _Kind(NamedTuple):
    """A type of signals: the family it is drawn with, as bytes; the parity that draws it, None for both; how
    often it is there (of 65536); within how many days; whether there may be two."""

    name: str
    family: bytes
    parity: int | None
    bound: int
    window: int
    twice: bool


def _kind(name: str) -> _Kind:
    family = name.replace("Increase", "Change").replace("Decrease", "Change")
    headcount = name.startswith("headcount")
    return _Kind(
        name,
        family.encode(),
        None if family == name else int("Increase" not in name),
        _NEWS_BOUND if name in NEWS_EVENTS else _BOUND,
        _HEADCOUNT_WINDOW if headcount else _WINDOW,
        not headcount,
    )


_KINDS = {name: _kind(name) for name in COMPANY_TYPES}
_FAMILIES = tuple(dict.fromkeys(kind.family for kind in _KINDS.values()))


def _grows_from_nothing(kind: _Kind) -> bool:
    # There is no smaller company that one of a single person could have grown from.
    return kind.name.startswith("headcountIncrease")


def signal_days(seed: str, as_of: date, company: Company) -> dict[str, list[date]]:
    """The days of each type of signal that a company has."""
    if company.partial or company.employees is None:
        return {}
    family_digests = digests(begun(seed, "signals", company.domain), _FAMILIES)
    draws = {family: _FIRST_LANES(digest) for family, digest in zip(_FAMILIES, family_digests, strict=True)}
    days_by_kind: dict[str, list[date]] = {}
    for kind in _KINDS.values():
        draw = draws[kind.family]
        if draw[_WHETHER] > kind.bound or (kind.parity is not None and draw[_PARITY] & 1 != kind.parity):
            continue
        if company.employees < 2 and _grows_from_nothing(kind):
            continue
        days = _DAYS if kind.twice and draw[_COUNT] >= _TWICE else _DAYS[:1]
        days_by_kind[kind.name] = [
            as_of - timedelta(days=1 + draw[lane] * kind.window // 65536) for lane in days
        ]
    return days_by_kind


class SignalDays:
    """The signals of many companies, drawn when they are first asked for.

    ``employees`` are -1 where a company has no signals.
    """

    def __init__(self, seed: str, as_of: date, domains: Sequence[bytes], employees: Any) -> None:
        self._seed = seed
        self._as_of = as_of
        self._domains = domains
        self._employees = employees
        self._families: dict[bytes, _Family] = {}

    def between(self, names: Iterable[str], since: date, until: date) -> Any:
        """Which companies have a signal of one of the types from ``since`` to ``until``, both included."""
        youngest, oldest = max((self._as_of - until).days, 1), (self._as_of - since).days
        mask = np.zeros(len(self._domains), dtype=bool)
        for kind in (_KINDS[name] for name in names if name in _KINDS):
            # Only companies that no earlier type has settled are looked at.
            open_ = ~mask & (self._employees >= (2 if _grows_from_nothing(kind) else 0))
            family = self._family(kind.family, open_)
            if kind.parity is not None:
                open_ &= family.parity == kind.parity
            for ages in family.ages:
                mask |= open_ & (ages >= youngest) & (ages <= oldest)
        return mask

    def ages(self, name: str) -> Any:
        """How many days old the signals of a type are, the first and the second; 0 where there is none."""
        kind = _KINDS[name]
        has_signals = self._employees >= 0
        return self._family(kind.family, has_signals).ages * has_signals

    def _family(self, name: bytes, mask: Any) -> _Family:
        """A family, drawn at least for the companies that are wanted."""
        size = len(self._domains)
        family = self._families.get(name)
        if family is None:
            family = self._families[name] = _Family(
                np.zeros(size, dtype=bool), np.zeros(size, dtype=np.int8), np.zeros((2, size), dtype=np.int16)
            )
        # A family is drawn for those who may need it: most searches leave few.
        rows = np.flatnonzero(mask & ~family.ready)
        if len(rows):
            kind = next(kind for kind in _KINDS.values() if kind.family == name)
            rest = b"\x1f" + name
            family_digests = digests(
                begun(self._seed, "signals"), [self._domains[row] + rest for row in rows.tolist()]
            )
            parity, whether, count, *days = lanes_in(family_digests, (_PARITY, _WHETHER, _COUNT, *_DAYS))
            has = whether <= kind.bound
            family.ready[rows] = True
            family.parity[rows] = parity & 1
            for ages, there, lane in zip(
                family.ages, (has, has & (count >= _TWICE) & kind.twice), days, strict=True
            ):
                # Days as 16-bit ages, 0 for none, in place of an object a day.
                ages[rows] = np.where(there, 1 + lane * kind.window // 65536, 0)
        return family


class _Family(NamedTuple):
    """Signals that are drawn together, by company: whether they are drawn yet, the parity that tells opposite
    types apart, and how many days old the first and the second one are; 0 where there is none."""

    ready: Any
    parity: Any
    ages: Any

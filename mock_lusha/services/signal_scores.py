"""How strong the present signals of a company or a person are: a number from 0 to 1, by a rule of ours.

It looks at the signals that are shown of the last six months on the account's clock. Each leaves a share of
what the others left of 1, and the share halves with every ``HALF_LIFE`` of age. The score is what is gone in
the end::

    score = 1 - product of (1 - share * 0.5 ** (days / HALF_LIFE))

So more signals and newer ones score higher. Without any the score is 0; with one it is at least
``LEAST``. ``docs/data.md`` tells users the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mock_lusha.caching import GenerationalMap
from mock_lusha.services.signals import (
    DEFAULT_MONTHS,
    SignalRequest,
    activities_of_company,
    months_before,
    signals_of_company,
    signals_of_person,
)
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY
from mock_lusha.world.generate.signals import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.world import World

SHARE_OF_MOVE, SHARE_OF_SIGNAL, SHARE_OF_ACTIVITY = 0.6, 0.25, 0.02
"""Shares of a move of a person, a signal of a company, and what somebody there wrote on LinkedIn."""
HALF_LIFE = 60
"""Days after which a signal counts half."""
LEAST = 0.01
_KEPT = 2_000


class SignalScore(NamedTuple):
    """A score with two decimals, and the types of signals that made it."""

    score: float
    kinds: list[str]


class CompanyScores:
    """The scores of companies of one world, by day, as far as they are kept: signals take longer to make than
    to count."""

    def __init__(self) -> None:
        self._scores: GenerationalMap[tuple[str, date], tuple[SignalScore | None]] = GenerationalMap(_KEPT)

    def of(self, world: World, company: Company, today: date) -> SignalScore | None:
        """What ``score_of_company`` says."""
        key = (company.domain, today)
        kept = self._scores.get(key)
        if kept is None:
            kept = (score_of_company(world, company, today),)
            self._scores.update({key: kept})
        return kept[0]


def score_of_person(world: World, person: Person, today: date) -> SignalScore | None:
    """The score of a person; None for one who is known in part alone and has no signals (our rule)."""
    days = {
        kind: [signal.day for signal in signals]
        for kind, signals in signals_of_person(world, _request(today), person).items()
    }
    if not days and person.partial:
        return None
    return _score(days, today, SHARE_OF_MOVE)


def score_of_company(world: World, company: Company, today: date) -> SignalScore | None:
    """The score of a company; None for one of which so little is known that there can be no signals: it is
    partial, or nobody knows its employees (our rule)."""
    request = _request(today)
    days = {
        kind: [signal.day for signal in signals]
        for kind, signals in signals_of_company(world, request, company).items()
    }
    activities = activities_of_company(world, request, company)
    if activities:
        days[LINKEDIN_ACTIVITY] = [activity.day for activity in activities]
    if not days and (company.partial or company.employees is None):
        return None
    return _score(days, today, SHARE_OF_SIGNAL)


def _request(today: date) -> SignalRequest:
    """The same that the signals themselves are shown by, where no day is named."""
    return SignalRequest(kinds=(ALL,), since=months_before(today, DEFAULT_MONTHS), until=today, later=True)


def _score(days: Mapping[str, Iterable[date]], today: date, share: float) -> SignalScore:
    if not days:
        return SignalScore(0.0, [])
    rest = 1.0
    for kind, of_kind in days.items():
        first = SHARE_OF_ACTIVITY if kind == LINKEDIN_ACTIVITY else share
        for day in of_kind:
            rest *= 1 - first * 0.5 ** ((today - day).days / HALF_LIFE)
    return SignalScore(max(LEAST, round(1 - rest, 2)), list(days))

"""What will happen to those whom an account subscribed to: the events of its world, in the order of time."""

from __future__ import annotations

from collections import deque
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.api.webhooks.payloads import signal_data
from mock_lusha.clock import date_of
from mock_lusha.seeded import number
from mock_lusha.state.webhooks import Event
from mock_lusha.world import signal_lookup
from mock_lusha.world.generate.events import MOST_MONTHS
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY
from mock_lusha.world.generate.signals import ALL, COMPANY_TYPES, CONTACT_TYPES
from mock_lusha.world.resolver import CompanyQuery, PersonMatch, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mock_lusha.state.accounts import Account
    from mock_lusha.state.webhooks import SubscribedType, Subscription
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.resolver import CompanyMatch
    from mock_lusha.world.world import World

_DAY = 86_400
_MONTH = 31
OPT_OUT: Final = "optOut"
"""The type of an opt-out subscription."""
SIGNAL_TYPES: dict[SubscribedType, tuple[str, ...]] = {
    "contact": (ALL, *CONTACT_TYPES),
    "company": (ALL, *COMPANY_TYPES, LINKEDIN_ACTIVITY),
}
"""The types of signals that one can subscribe to."""


def match_of(
    account: Account, lookup: AccountLookup, entity_type: SubscribedType, entity: int | None
) -> PersonMatch | CompanyMatch | None:
    """Whom a subscription is about; None where nobody has that id, or must not be shown."""
    if entity is None:
        return None
    if entity_type == "company":
        return lookup.company(CompanyQuery(company_id=str(entity)))
    known_as = account.people.get(entity) or ""
    email = known_as.split(" ", 2)[-1] if "@" in known_as else None
    match = lookup.person(PersonQuery(person_id=str(entity), email=email))
    return None if match is None or match.person.restricted is not None else match


def plan_events(account: Account, world: World, lookup: AccountLookup, now: float) -> None:
    """Plan what will happen to all subscribed entities after a moment, and after they were subscribed to, as
    the account's world has it now."""
    hooks = account.webhooks
    hooks.world = world
    for subscription in hooks.subscriptions.values():
        since = max(now, subscription.created)
        subscription.events = deque(upcoming(account, world, lookup, subscription, since))
        hooks.plan(subscription)


def upcoming(
    account: Account, world: World, lookup: AccountLookup, subscription: Subscription, now: float
) -> list[Event]:
    """What will happen to a subscribed entity after a moment, in the order of time.

    Something that happens on a day comes at a moment of that day which follows from the seed.
    """
    if subscription.is_opt_out:
        return []
    match = match_of(account, lookup, subscription.entity_type, subscription.number)
    if match is None:
        return []
    last = world.as_of + timedelta(days=MOST_MONTHS * _MONTH)
    signals = signals_between(world, match, subscription.types, date_of(now), last)
    events = [
        Event(_moment(account.seed, subscription, signal.day, kind), kind, signal_data(world, signal, match))
        for kind, signal in signals
    ]
    return sorted((event for event in events if event.due > now), key=lambda event: (event.due, event.type))


def signals_between(
    world: World, match: PersonMatch | CompanyMatch, types: Collection[str], since: date, until: date
) -> Sequence[tuple[str, Any]]:
    """The signals of an entity in a span of days, each with its type, the newest first of each type."""
    if isinstance(match, PersonMatch):
        moves = signal_lookup.signals_of_person(world, match.person, types, since, until, later=True)
        return [(move.kind, move) for move in moves]
    by_kind = signal_lookup.signals_of_company(world, match.company, types, since, until, later=True)
    signals: list[tuple[str, Any]] = [(kind, each) for kind, found in by_kind.items() for each in found]
    if LINKEDIN_ACTIVITY in types or ALL in types:
        rows = signal_lookup.activities_of_company(world, match.company, since, until, later=True)
        signals += [(LINKEDIN_ACTIVITY, row) for row in rows]
    return signals


def _moment(seed: str, subscription: Subscription, day: date, kind: str) -> float:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    return midnight + number(seed, "webhook", subscription.entity_type, subscription.number, kind, day) % _DAY

"""What a test of a subscription delivers: the newest signal that its entity has, or an invented one of the
same form."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from mock_lusha.api.webhooks.payloads import signal_data
from mock_lusha.api.webhooks.planning import SIGNAL_TYPES, match_of, signals_between
from mock_lusha.clock import date_of, timestamp_of
from mock_lusha.values import frozen
from mock_lusha.world.entities import Job, PersonKey
from mock_lusha.world.generate.events import ContactEvent
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY, LinkedinActivity
from mock_lusha.world.generate.signals import ALL, dated_signals
from mock_lusha.world.resolver import CompanyMatch, PersonMatch

if TYPE_CHECKING:
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.webhooks import Subscription
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.generate.signals import CompanySignal
    from mock_lusha.world.world import World

OPT_OUT: Final = "optOut"
"""The type of the subscription to people who ask to be forgotten."""
_FIRST: Final = date(1971, 1, 1)
_DOMAIN: Final = "quillmark-robotics.example"
_FORMER: Final = ("Quill Works", "quill-works.example")


@frozen
class Sample:
    """A signal to test with: its type, and what a delivery tells of it."""

    type: str
    data: Shape


def sample_of(
    account: Account, world: World, lookup: AccountLookup, subscription: Subscription, now: float
) -> Sample:
    """A signal of the first type of a subscription, as of a moment."""
    if subscription.is_opt_out:
        return Sample(OPT_OUT, _opt_out(now))
    kind = subscription.types[0]
    today = date_of(now)
    match = match_of(account, lookup, subscription.entity_type, subscription.number)
    if match is not None:
        signals = signals_between(world, match, (kind,), _FIRST, today)
        if signals:
            newest, signal = max(signals, key=lambda row: row[1].day)
            return Sample(newest, signal_data(world, signal, match))
    if kind == ALL:
        kind = SIGNAL_TYPES[subscription.entity_type][1]
    if subscription.entity_type == "contact":
        person = match if isinstance(match, PersonMatch) else _somebody(world)
        return Sample(kind, signal_data(world, _move(kind, today, person), person))
    company = match if isinstance(match, CompanyMatch) else _some_company(world)
    return Sample(kind, signal_data(world, _news(world, kind, today, company), company))


def _somebody(world: World) -> PersonMatch:
    key = PersonKey("ada-quill", _DOMAIN)
    return PersonMatch(world.person(key), world.company(_DOMAIN), _DOMAIN, "invented")


def _some_company(world: World) -> CompanyMatch:
    return CompanyMatch(world.company(_DOMAIN), _DOMAIN, "invented")


def _move(kind: str, day: date, match: PersonMatch) -> ContactEvent:
    job = match.person.job
    title, company, domain = job.title, *_FORMER
    if kind == "promotion":
        title, company, domain = "Associate", job.company, job.domain
    return ContactEvent(kind, day, job, Job(title, job.departments, job.seniority, company, domain))


def _news(world: World, kind: str, day: date, match: CompanyMatch) -> CompanySignal | LinkedinActivity:
    if kind != LINKEDIN_ACTIVITY:
        return dated_signals(world.seed, world.pools, match.company, [(kind, day)])[0]
    return LinkedinActivity(
        id=1,
        day=day,
        category="Strategic Initiative",
        topics=(),
        author=PersonKey("ada-quill", match.company.domain),
        people=(),
        companies=(),
        url="https://www.linkedin.com/posts/mock-1",
        summary=None,
        likes=0,
        comments=0,
        shares=0,
        kind="post",
    )


def _opt_out(now: float) -> Shape:
    moment = timestamp_of(now).replace("T", " ").rstrip("Z")
    return {
        "contactId": "1",
        "fullName": "Ada Quill",
        "companyName": "Quillmark Robotics",
        "jobTitle": "Head of Archives",
        "linkedinUrl": "https://www.linkedin.com/in/mock-ada-quill",
        "contactOptOutDate": moment,
        "contactExposureDate": moment,
        "datapoints": [{"datapointId": f"ada.quill@{_DOMAIN}", "datapointType": "email"}],
        "partnerClientId": None,
    }

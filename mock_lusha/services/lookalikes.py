"""Lookalikes of people and companies: seeds, sessions, and what a call gives of those who are like them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from mock_lusha.seeded import number
from mock_lusha.services.enrichment import find_company, find_person
from mock_lusha.state.lookalike_sessions import LookalikeSession
from mock_lusha.state.ranking import Ranking
from mock_lusha.world.identity import LINKEDIN_MARK, parse_linkedin_company, titled
from mock_lusha.world.resolver import CompanyQuery
from mock_lusha.world.search.lookalikes import SessionResults, people_in, pick_companies, pick_people
from mock_lusha.world.search.similarity import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mock_lusha.state.accounts import Account
    from mock_lusha.state.lookalike_sessions import Subject
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.entities import Company, Person, PersonKey
    from mock_lusha.world.resolver import PersonQuery
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.search.lookalikes import LikePerson, Pick

T = TypeVar("T")


class Lookalikes(NamedTuple, Generic[T]):
    """What a call gives, best first. Nothing is noted in the ``session`` before ``keep`` is called.

    ``numbers`` and ``others`` are who is given, as sessions note it; ``seeds`` stands for the seeds.
    """

    session: LookalikeSession
    results: Sequence[T]
    has_more: bool
    ranking: Ranking
    numbers: Sequence[int]
    others: Sequence[str]
    seeds: int


def session_of(
    account: Account, session_id: str | None, subject: Subject, now: float
) -> LookalikeSession | None:
    """The session that a call goes on with, a new one where it names none; None for one that the account has
    not, or has no longer."""
    if session_id is None:
        return LookalikeSession(subject, now)
    return account.lookalikes.get(session_id, subject, now)


def keep(account: Account, session_id: str, lookalikes: Lookalikes[Any]) -> bool:
    """Note what was given, and keep the session under its id if it is new. Gives whether it is, though one
    was begun with the same seeds: the same results are paid for twice then."""
    session, sessions = lookalikes.session, account.lookalikes
    is_new = sessions.get(session_id, session.subject, session.began) is None
    is_again = is_new and len(lookalikes.results) > 0
    is_again = is_again and sessions.has_begun(session.subject, lookalikes.seeds, session.began)
    session.add(lookalikes.numbers, lookalikes.others)
    if is_new:
        session.seeds = lookalikes.seeds
        sessions.add(session_id, session)
    return is_again


def people_like(
    index: SearchIndex,
    lookup: AccountLookup,
    session: LookalikeSession,
    queries: Sequence[PersonQuery],
    exclude: Sequence[PersonQuery],
    limit: int,
) -> Lookalikes[LikePerson]:
    """The people who are most like those that queries mean, without them and those to exclude.

    Whom no query finds, or who must not be shown, is no seed.
    """
    seeds: dict[PersonKey, tuple[Person, Company]] = {}
    for query in queries:
        match, miss = find_person(lookup, query)
        if match is None or miss is not None:
            lookup.note(f"no seed: {miss}")
            continue
        lookup.note("a seed")
        seeds.setdefault(match.person.key, (match.person, match.company))
    excluded = [match.person.key for match in map(lookup.person, exclude) if match is not None]
    if not seeds:
        return _nothing(session, len(queries))
    pick = pick_people(index, list(seeds.values()), excluded, lookup.erased, _previous(session), limit)
    people = people_in(index, pick.rows)
    names = [f"{person.first_name} {person.last_name}" for person in people]
    ranking = _ranking(session, len(queries), len(seeds), pick, [person.id for person in people], names)
    numbers = [person.number for person in people if person.number is not None]
    others = [person.identity for person in people if person.number is None]
    return Lookalikes(session, people, pick.total > len(people), ranking, numbers, others, _mark(seeds))


def companies_like(
    index: SearchIndex,
    lookup: AccountLookup,
    session: LookalikeSession,
    queries: Sequence[CompanyQuery],
    exclude: Sequence[CompanyQuery],
    limit: int,
) -> Lookalikes[Company]:
    """The companies that are most like those that queries mean, without them and those to exclude."""
    seeds: dict[str, Company] = {}
    for query in queries:
        match, miss = find_company(lookup, query)
        if match is None:
            lookup.note(f"no seed: {miss}")
            continue
        lookup.note("a seed")
        seeds.setdefault(match.company.domain, match.company)
    excluded = [match.company.domain for match in map(lookup.company, exclude) if match is not None]
    if not seeds:
        return _nothing(session, len(queries))
    pick = pick_companies(index, list(seeds.values()), excluded, lookup.erased, _previous(session), limit)
    companies = list(map(index.company, pick.rows))
    ranking = _ranking(
        session, len(queries), len(seeds), pick, [each.id for each in companies], [e.name for e in companies]
    )
    number_of = index.world.directory.company_number
    numbers = [at for at in (number_of(each.domain) for each in companies) if at is not None]
    others = [each.domain for each in companies if number_of(each.domain) is None]
    return Lookalikes(session, companies, pick.total > len(companies), ranking, numbers, others, _mark(seeds))


def query_of_page(url: str) -> CompanyQuery:
    """Which company the URL of a page on LinkedIn means: one made here says its domain, another a name."""
    slug = parse_linkedin_company(url)
    if slug is None:
        return CompanyQuery()
    if slug.startswith(LINKEDIN_MARK):
        return CompanyQuery(domain=f"{slug.removeprefix(LINKEDIN_MARK)}.example")
    return CompanyQuery(name=titled(slug))


def _mark(seeds: Iterable[PersonKey] | Iterable[str]) -> int:
    """A number that stands for seeds, in whatever order."""
    return number("seeds", *sorted(map(str, seeds)))


def _previous(session: LookalikeSession) -> SessionResults:
    return SessionResults(session.numbers, session.others)


def _nothing(session: LookalikeSession, sent: int) -> Lookalikes[Any]:
    ranking = Ranking(sent, 0, len(session), 0, WHOLE, (), (), {})
    return Lookalikes(session, [], False, ranking, (), (), 0)


def _ranking(
    session: LookalikeSession, sent: int, seeds: int, pick: Pick, ids: Sequence[int], names: Sequence[str]
) -> Ranking:
    return Ranking(sent, seeds, len(session), pick.total, WHOLE, ids, names, pick.parts)

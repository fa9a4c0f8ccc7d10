"""The world of one seed and one day: every company and person by identity or id."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from mock_lusha.seeded import Shuffle, lanes, number, pick
from mock_lusha.world.directory import Directory
from mock_lusha.world.generate.companies import make_company
from mock_lusha.world.generate.company_peers import CompanyPeers
from mock_lusha.world.generate.employers import Employer
from mock_lusha.world.generate.people import HOME_LANE, ID_LANE, People
from mock_lusha.world.identity import fold, own_handle, readable_name, titled
from mock_lusha.world.pins import NO_PINS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from mock_lusha.seeded import Lanes
    from mock_lusha.world.company_profile import CompanyProfile
    from mock_lusha.world.directory import Employee
    from mock_lusha.world.entities import Company, Job, Person, PersonKey
    from mock_lusha.world.generate.company_profiles import CompanyProfiles
    from mock_lusha.world.generate.linkedin_activity import LinkedinActivity
    from mock_lusha.world.pins import DatedSignals, Pins
    from mock_lusha.world.pools import Pools
    from mock_lusha.world.postal_codes import PostalCodes

_CACHE = 2048
_TRIES = 8
# Directory ids are a keyed bijection of the numbers; ids of the open world are hashes above them.
PERSON_IDS = (1_000_000_000, 999_999_937)
FIRST_OPEN_ID, OPEN_IDS = 4_000_000_000, 5_000_000_000
_COMPANY_IDS = (10_000_000, 89_999_999)
_OPEN_COMPANY_IDS = (100_000_000, 900_000_000)


class World:
    """All that exists for a seed and a day. Nothing in it changes.

    ``people`` and ``companies`` size the directory; ``pins`` lays given facts over what is made.
    ``directory`` and ``peers`` may be another world's of the same seed and size.
    """

    def __init__(
        self,
        seed: str,
        as_of: date,
        pools: Pools,
        *,
        people: int = 20_000,
        companies: int = 2_000,
        pins: Pins = NO_PINS,
        directory: Directory | None = None,
        peers: CompanyPeers | None = None,
    ) -> None:
        self.seed = seed
        self.as_of = as_of
        self.pools = pools
        self.pins = pins
        self.directory = directory or Directory(seed, companies, people, pools)
        self._peers = peers or CompanyPeers(seed, self.directory)
        self._person_ids = Shuffle(PERSON_IDS[1], seed, "person-ids")
        self._company_ids = Shuffle(_COMPANY_IDS[1], seed, "company-ids")
        renamed = {domain: pinned.name for domain, pinned in pins.companies.items() if pinned.name}
        self.maker = People(seed, as_of, pools.careers, self.directory.companies, renamed)
        self.company = lru_cache(maxsize=_CACHE)(self._company)
        self.company_profile = lru_cache(maxsize=_CACHE)(self._company_profile)
        self.employer = lru_cache(maxsize=_CACHE)(self._employer)
        self.person = lru_cache(maxsize=_CACHE)(self._person)

    @cached_property
    def postal_codes(self) -> PostalCodes:
        """The postal codes of the world's places."""
        from mock_lusha.world.postal_codes import PostalCodes  # noqa: PLC0415 - v3 alone has them

        return PostalCodes(self.pools.postal_codes)

    def pinned_with(self, pins: Pins) -> World:
        """The same world with other pinned entities."""
        return World(
            self.seed, self.as_of, self.pools, pins=pins, directory=self.directory, peers=self._peers
        )

    # Companies

    def _company(self, domain: str) -> Company:
        """The company of an identity domain, known or not."""
        pinned = self.pins.companies.get(domain)
        index = self.directory.company_number(domain)
        if index is None:
            trade = pick(self.pools.business_trades, lanes(self.seed, "trade", domain)[0])
            name = readable_name(domain)
            id_ = _OPEN_COMPANY_IDS[0] + number(self.seed, "company-id", domain) % _OPEN_COMPANY_IDS[1]
        else:
            name, _, trade = self.directory.companies[index]
            id_ = _COMPANY_IDS[0] + self._company_ids.forward(index)
        if pinned is not None:
            name = pinned.name or name
            trade = next((t for t in self.pools.trades if t.industry == pinned.industry), trade)
        company = make_company(
            self.seed, self.as_of, self.pools, domain=domain, id_=id_, name=name, trade=trade,
            staff=None if index is None or pinned is not None else self.directory.staff_size(index),
            pinned=pinned,
        )  # fmt: skip
        return company if pinned is None else pinned.applied_to(company)

    @cached_property
    def _profiles(self) -> CompanyProfiles:
        from mock_lusha.world.generate.company_profiles import CompanyProfiles  # noqa: PLC0415 - v3 alone shows them

        return CompanyProfiles(
            self.seed, self.as_of, self.pools, company=self.company, peers=self._peers,
            pinned=self.pins.companies, postal_codes=self.postal_codes,
        )  # fmt: skip

    def _company_profile(self, domain: str) -> CompanyProfile:
        """What v3 shows besides of the company of an identity domain."""
        profile = self._profiles.make(self.company(domain))
        pinned = self.pins.companies.get(domain)
        return profile if pinned is None else pinned.applied_to_profile(profile)

    def given_signals(self, domain: str) -> DatedSignals | None:
        """The signals that a pinned company is said to have."""
        pinned = self.pins.companies.get(domain) if self.pins.companies else None
        return None if pinned is None else pinned.signals

    def use_sizes(self, employees: Callable[[Sequence[int]], Sequence[int]]) -> None:
        """Take employees of the directory's companies, by their numbers, from somebody who has drawn them; -1
        where they are not known."""
        self._peers.use(employees)

    def company_outline(self, domain: str) -> CompanyProfile:
        """A profile of which only holds what is known and what is not, at a fraction of the price."""
        from mock_lusha.world.fast.profile_outlines import profile_outline  # noqa: PLC0415 - v3 alone shows it

        if domain in self.pins.companies:
            return self.company_profile(domain)
        return profile_outline(self.seed, self.as_of, self.company(domain), self._peers, self.pins.companies)

    def colleagues(self, domain: str) -> Sequence[PersonKey]:
        """Those of the people of a company who are listed or pinned."""
        index = self.directory.company_number(domain)
        if index is not None:
            return list(self.staff(index))
        return [key for key in self.pins.people if key.domain == domain]

    def linkedin_activities(self, domain: str, since: date, until: date) -> list[LinkedinActivity]:
        """What the people of a company wrote from one day to another, both included, newest first."""
        from mock_lusha.world.generate.linkedin_activity import activities_of  # noqa: PLC0415 - v3 alone shows it

        people = self.colleagues(domain)
        if not people:
            return []  # of whom nobody is known nobody writes: the profile need not be made
        others = (*self.company_profile(domain).competitors, domain)
        rows = activities_of(self.seed, self.as_of, self.pools, self.company(domain), people, others)
        return [row for row in rows if since <= row.day <= until]

    def listed_company(self, company_number: int) -> tuple[int, str, str]:
        """Id, name and identity domain of a company of the directory that is not pinned over."""
        listed = self.directory.companies[company_number]
        return _COMPANY_IDS[0] + self._company_ids.forward(company_number), listed.name, listed.domain

    def company_by_id(self, company_id: int) -> Company | None:
        """A company of the directory or a pinned one by its id."""
        pinned = self._pinned_companies.get(company_id)
        if pinned is not None:
            return self.company(pinned)
        index = self._company_ids.back(company_id - _COMPANY_IDS[0])
        if 0 <= company_id - _COMPANY_IDS[0] < _COMPANY_IDS[1] and index < self.directory.size:
            return self.company(self.directory.companies[index].domain)
        return None

    def is_pinned_company(self, company_id: int) -> bool:
        """Whether an id is of a pinned company."""
        return company_id in self._pinned_companies

    def has_company_id(self, company_id: int) -> bool:
        """Whether an id is of a pinned company or one of the directory."""
        at = company_id - _COMPANY_IDS[0]
        is_of_directory = 0 <= at < _COMPANY_IDS[1] and self._company_ids.back(at) < self.directory.size
        return is_of_directory or company_id in self._pinned_companies

    @cached_property
    def _pinned_companies(self) -> dict[int, str]:
        return {self.company(domain).id: domain for domain in self.pins.companies}

    @cached_property
    def _pinned_people(self) -> dict[int, PersonKey]:
        return {self.person(key).id: key for key in self.pins.people}

    def knows_company(self, domain: str) -> bool:
        """Whether the company is pinned or in the directory."""
        return domain in self.pins.companies or self.directory.company_number(domain) is not None

    # People

    def staff(self, company: int) -> dict[PersonKey, Employee]:
        """The people of a company of the directory by identity, in the order of their numbers."""
        domain = self.directory.companies[company].domain
        return self.directory.staff(company, self.company(domain).place.country_code)

    def employee(self, key: PersonKey) -> Employee | None:
        """The entry of a person in the directory."""
        index = self.directory.company_number(key.domain)
        return None if index is None else self.staff(index).get(key)

    def person_number(self, key: PersonKey) -> int | None:
        """The number of a person in the directory."""
        employee = self.employee(key)
        return None if employee is None else employee.number

    def knows_person(self, key: PersonKey) -> bool:
        """Whether the person is pinned or in the directory."""
        return key in self.pins.people or self.person_number(key) is not None

    def key_of_number(self, person_number: int) -> PersonKey | None:
        """The identity of the person with a number in the directory."""
        if not 0 <= person_number < self.directory.people:
            return None
        index = self.directory.company_of(person_number)
        slot = person_number - self.directory.first_number(index)
        return list(self.staff(index))[slot]

    def is_pinned_person(self, person_id: int) -> bool:
        """Whether an id is of a pinned person."""
        return person_id in self._pinned_people

    def has_person_id(self, person_id: int) -> bool:
        """Whether an id is of a pinned person or one of the directory."""
        at = person_id - PERSON_IDS[0]
        is_of_directory = 0 <= at < PERSON_IDS[1] and self._person_ids.back(at) < self.directory.people
        return is_of_directory or person_id in self._pinned_people

    def key_of_id(self, person_id: int) -> PersonKey | None:
        """The identity of a person of the directory or a pinned one by id."""
        pinned = self._pinned_people.get(person_id)
        if pinned is not None:
            return pinned
        if not 0 <= person_id - PERSON_IDS[0] < PERSON_IDS[1]:
            return None
        return self.key_of_number(self._person_ids.back(person_id - PERSON_IDS[0]))

    def _person(self, key: PersonKey) -> Person:
        """The person of an identity, known or not."""
        return self._build_person(key, self.employee(key))

    def employments(self, person: Person) -> tuple[Job, ...]:
        """The jobs that somebody had before the present one, the latest first; ``Person.previous`` is the
        first of them."""
        pinned = self.pins.people.get(person.key) if self.pins.people else None
        if pinned is not None and pinned.former is not None:
            return pinned.former
        if person.previous is None:
            return ()
        draw = self._draw(person.key, self.employer(person.key.domain))
        return (person.previous, *self.maker.employments_before(person.previous, draw))

    def _draw(self, key: PersonKey, employer: Employer) -> Lanes:
        return self.maker.draw(key.name.encode("utf-8", "surrogatepass") + employer.rest)

    def build_stranger(self, key: PersonKey) -> Person:
        """A person outside the directory, not kept in any cache."""
        return self._build_person(key, None)

    def _build_person(self, key: PersonKey, employee: Employee | None) -> Person:
        employer = self.employer(key.domain)
        pinned = self.pins.people.get(key) if self.pins.people else None
        draw = self._draw(key, employer)
        if employee is None:
            first, _, last = key.name.partition("-")
            names = (titled(first), titled(last))
            place = employer.home(draw[HOME_LANE])
            id_ = FIRST_OPEN_ID + draw[ID_LANE] % OPEN_IDS
            handle = own_handle(key)
        else:
            names, place = employee.names, employee.place
            id_ = PERSON_IDS[0] + self._person_ids.forward(employee.number)
            handle = f"{key.name}-{employee.number}"
        if pinned is not None:
            names = pinned.names
            place = pinned.place or place
        number = None if pinned is not None or employee is None else employee.number
        person = self.maker.make(key, draw, id_, names, employer, place, number, handle, pinned)
        if pinned is None:
            return person
        others = (self.draw_company("before", key.name, key.domain, n) for n in range(_TRIES))
        domain = next((other for other in others if other != key.domain), key.domain)
        return pinned.applied_to(person, (self.company(domain).name, domain))

    def _employer(self, domain: str) -> Employer:
        company = self.company(domain)
        places = self.pools.places_in[company.place.country_code]
        return Employer(company, self.as_of, self.maker.career_templates(company), places)

    # What an identifier leaves open is drawn from it

    def draw_company(self, *identifier: object) -> str:
        """The identity domain of a company of the directory, for someone whose employer nobody named."""
        return self.directory.companies[
            number(self.seed, "employer", *identifier) % self.directory.size
        ].domain

    def draw_name(self, domain: str, *identifier: str) -> str:
        """A folded full name for someone of whom only an opaque identifier is known."""
        first = self._draw_name_part(domain, "first", identifier)
        return f"{fold(first)}-{self.draw_last_name(domain, *identifier)}"

    def draw_last_name(self, domain: str, *identifier: str) -> str:
        """A folded family name for someone of whom only a given name is known."""
        return fold(self._draw_name_part(domain, "last", identifier))

    def _draw_name_part(self, domain: str, which: str, identifier: tuple[str, ...]) -> str:
        names = self.pools.names[self.company(domain).place.locale]
        pool = names.first if which == "first" else names.last
        return pool[number(self.seed, which, domain, *identifier) % len(pool)]

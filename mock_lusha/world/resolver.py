"""The resolver: whom or what identifiers mean in a world, whoever asks.

Identifiers speak in order of precedence: person id, LinkedIn URL, email, name with company. The first that
names somebody decides; what it leaves open (a mailbox ``jane@`` says no family name) the next ones say,
and what none says is drawn from the identifier, so that it alone always leads to the same person.
What the caller wrote is echoed as written.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mock_lusha.domains import clean_domain, mail_form
from mock_lusha.seeded import share
from mock_lusha.values import frozen, light
from mock_lusha.world.entities import Email, PersonKey
from mock_lusha.world.fast.lookup import FastLookup, split_address
from mock_lusha.world.identity import (
    FREE_MAIL,
    LINKEDIN_MARK,
    PRIVATE_MAIL,
    company_domain,
    fold,
    identity_domain,
    key_in_handle,
    name_in_slug,
    parse_email,
    parse_linkedin,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mock_lusha.world.entities import Company, EmailKind, Person
    from mock_lusha.world.fast.lookup import Stranger
    from mock_lusha.world.identity import Mailbox
    from mock_lusha.world.world import World

NAMES_NOBODY = "no identifier of these names anybody"
_CACHE_SIZE = 256
"""How many answers a resolver caches."""
_NUMBERED = re.compile(r"(.*?[^\d-])-?(\d+)", re.DOTALL)


class PersonQuery(NamedTuple):
    """Identifiers of a person as sent; blank ones are None."""

    person_id: str | None = None
    linkedin_url: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    company_domain: str | None = None


class CompanyQuery(NamedTuple):
    """Identifiers of a company as sent; blank ones are None."""

    company_id: str | None = None
    domain: str | None = None
    name: str | None = None


@light
class PersonMatch:
    """A person with their company, both under what the caller sent; ``by`` names what decided."""

    person: Person
    company: Company
    company_domain: str
    by: str


@frozen
class CompanyMatch:
    """A company; ``domain`` is its domain as the caller wrote it."""

    company: Company
    domain: str
    by: str


class Lookup(NamedTuple):
    """One lookup: the query, the identifier that decided (None: no match), and the match in short.

    ``why`` is the reason for a miss, or what else is special; ``forced`` says that a scenario or an erasure
    decided it.
    """

    query: PersonQuery | CompanyQuery
    by: str | None
    id: int | None = None
    name: str | None = None
    domain: str | None = None
    why: str | None = None
    forced: bool = False


class LookupTrail:
    """Lookups, in their order. Those of strangers are kept as addresses and ids: they say little more."""

    __slots__ = ("_looks",)

    def __init__(self) -> None:
        self._looks: list[Lookup | tuple[str, array[int]]] = []

    def add(self, looks: Sequence[Lookup]) -> None:
        """Add lookups."""
        self._looks += looks

    def add_strangers(self, addresses: Sequence[str], ids: Sequence[int]) -> None:
        """Add lookups that ``FastLookup.find`` answered."""
        self._looks.append(("\n".join(addresses), array("Q", ids)))

    def __iter__(self) -> Iterator[Lookup]:
        for entry in self._looks:
            if isinstance(entry, Lookup):
                yield entry
            else:
                addresses, ids = entry
                yield from map(_stranger_lookup, addresses.split("\n"), ids)


class PersonLookup(NamedTuple):
    """The match, or None, and the record of the lookup."""

    match: PersonMatch | None
    lookup: Lookup


class CompanyLookup(NamedTuple):
    """The match, or the reason why there is none."""

    match: CompanyMatch | None
    reason: str = ""


class Resolver:
    """Resolves queries in one world, open or closed, at a match rate; the last answers are cached.

    ``known_key`` and ``known_domain`` are what an id in the query stands for, if the caller knows it: which
    ids an account was given is up to that account.
    """

    def __init__(self, world: World, *, open_world: bool, match_rate: float, fast: bool = True) -> None:
        self.world = world
        self._open = open_world
        self._rate = match_rate
        self.person = lru_cache(maxsize=_CACHE_SIZE)(self._person)
        self.company = lru_cache(maxsize=_CACHE_SIZE)(self._company)
        strangers = FastLookup(world)
        self.stranger = strangers.find if fast and open_world and match_rate >= 1 else _nobody
        """Who is a stranger, by a mailbox (see ``FastLookup.find``)."""

    def _outside(self) -> str:
        why = "the match rate leaves it out" if self._open else "the world is closed"
        return f"outside the directory, and {why}"

    # People

    def _person(self, query: PersonQuery, known_key: PersonKey | None = None) -> PersonLookup:
        """The person that a query means."""
        mailbox = parse_email(query.email) if query.email is not None else None
        key, by = (known_key, "personId") if known_key is not None else self._decide(query, mailbox)
        if key is None:
            return PersonLookup(None, Lookup(query, None, why=NAMES_NOBODY))
        world = self.world
        listed = world.knows_person(key)
        # An id that was given out is somebody's, whatever the match rate.
        if by != "personId" and not listed and not self._resolves(key):
            return PersonLookup(None, Lookup(query, None, why=self._outside()))
        # A stranger is cached with the answer alone.
        person = world.person(key) if listed else world.build_stranger(key)
        company = world.company(key.domain)
        name = f"{query.first_name} {query.last_name}"
        if not listed and query.first_name and query.last_name and fold(name) == key.name:
            person = replace(person, first_name=query.first_name, last_name=query.last_name, full_name=name)
        if mailbox is not None and query.email is not None and self._fits(mailbox, query.email.strip(), key):
            person = _with_email(person, mailbox, query.email.strip(), add=not listed)
        if query.linkedin_url is not None and by == "linkedinUrl" and not listed:
            profile = parse_linkedin(query.linkedin_url)
            if profile is not None and profile != parse_linkedin(person.linkedin_url):
                person = replace(person, linkedin_url=query.linkedin_url)
        domain, company = self._as_written(company, query.company_domain, query.company_name)
        if mailbox is not None and domain == company.domain and identity_domain(mailbox.domain) == domain:
            domain = mailbox.domain
        lookup = Lookup(query, by, person.id, person.full_name, domain)
        return PersonLookup(PersonMatch(person, company, domain, by), lookup)

    def resolves(self, key: PersonKey) -> bool:
        """Whether an identity is found at all: in the open world, by its match rate."""
        return self.world.knows_person(key) or self._resolves(key)

    def _resolves(self, key: PersonKey) -> bool:
        if self._rate >= 1:
            return self._open
        return self._open and share(self.world.seed, "match", key.name, key.domain) < self._rate

    def _decide(self, query: PersonQuery, mailbox: Mailbox | None) -> tuple[PersonKey | None, str]:
        """The identity meant and the identifier that decided."""
        world = self.world
        profile = parse_linkedin(query.linkedin_url) if query.linkedin_url is not None else None
        full_name = self._name_and_company(query)
        if profile is not None:
            key = self._by_profile(profile)
            if key is None:
                name = (
                    name_in_slug(profile)
                    or (mailbox and _spelled(mailbox))
                    or (full_name[0] if full_name else "")
                )
                domain = self._employer(mailbox, query) or world.draw_company("linkedin", profile)
                key = PersonKey(name or world.draw_name(domain, "linkedin", profile), domain)
            return key, "linkedinUrl"
        if mailbox is not None and query.email is not None:
            key = world.pins.emails.get(mail_form(query.email)) or self._by_mailbox(mailbox)
            if key is None:
                domain = self._employer(mailbox, query) or world.draw_company(
                    "email", mailbox.name, mailbox.domain
                )
                name = _spelled(mailbox)
                if not name and full_name:
                    name = full_name[0]
                last = "" if name else world.draw_last_name(domain, mailbox.name, mailbox.domain)
                key = PersonKey(name or f"{mailbox.name}-{last}", domain)
            return key, "email"
        if full_name is not None and full_name[1] is not None:
            return PersonKey(full_name[0], full_name[1]), "name"
        return None, "nothing"

    def _fits(self, mailbox: Mailbox, address: str, key: PersonKey) -> bool:
        """Whether a mailbox can be this person's: nobody else's, and of no other name or employer."""
        owner = self.world.pins.emails.get(mail_form(address)) or self._by_mailbox(mailbox)
        if owner is not None:
            return owner == key
        at_home = mailbox.private or self._identity(mailbox.domain) == key.domain
        return at_home and _spelled(mailbox) in {"", key.name}

    def _name_and_company(self, query: PersonQuery) -> tuple[str, str | None] | None:
        """(folded full name, identity domain of the company sent) where a full name was sent."""
        if not query.first_name or not query.last_name:
            return None
        first, last = fold(query.first_name), fold(query.last_name)
        return (f"{first}-{last}", self._company_domain(query)) if first and last else None

    def _identity(self, domain: str) -> str:
        """The identity of the company that a clean domain is of, its own one or a pinned other one."""
        own = identity_domain(domain)
        return self.world.pins.other_domains.get(own, own)

    def _company_domain(self, query: PersonQuery) -> str | None:
        if query.company_domain is not None:
            clean = clean_domain(query.company_domain)
            if clean is not None:
                return self._identity(clean)
        return company_domain(query.company_name) if query.company_name is not None else None

    def _employer(self, mailbox: Mailbox | None, query: PersonQuery) -> str | None:
        if mailbox is not None and mailbox.domain not in FREE_MAIL and mailbox.domain not in PRIVATE_MAIL:
            return self._identity(mailbox.domain)
        return self._company_domain(query)

    def _by_profile(self, profile: str) -> PersonKey | None:
        """Whom a profile URL made here, or a pinned one, belongs to."""
        pinned = self.world.pins.linkedin.get(profile)
        if pinned is not None or not profile.startswith(LINKEDIN_MARK):
            return pinned
        handle = profile.removeprefix(LINKEDIN_MARK)
        return key_in_handle(handle) or self._by_number(handle)

    def _by_mailbox(self, mailbox: Mailbox) -> PersonKey | None:
        """Whom a private mailbox made here belongs to; the others say it themselves."""
        if mailbox.domain not in PRIVATE_MAIL:
            return None
        if mailbox.tag:
            return key_in_handle(f"{mailbox.name}--at--{mailbox.tag}")
        return self._by_number(mailbox.name)

    def _by_number(self, text: str) -> PersonKey | None:
        match = _NUMBERED.fullmatch(text)
        key = self.world.key_of_number(int(match[2])) if match and len(match[2]) < 10 else None
        return key if key is not None and match is not None and key.name == fold(match[1]) else None

    # Companies

    def _company(self, query: CompanyQuery, known_domain: str | None = None) -> CompanyLookup:
        """The company that a query means. A company id goes before a domain, a domain before a name."""
        world = self.world
        if known_domain is not None:
            return CompanyLookup(CompanyMatch(world.company(known_domain), known_domain, "companyId"))
        clean = clean_domain(query.domain) if query.domain is not None else None
        domain = self._identity(clean) if clean is not None else None
        by = "domain"
        if domain is None and query.name is not None:
            domain, by = company_domain(query.name), "name"
        if domain is None:
            return CompanyLookup(None, NAMES_NOBODY)
        if not world.knows_company(domain) and not (
            self._open and share(world.seed, "match", domain) < self._rate
        ):
            return CompanyLookup(None, self._outside())
        caller_domain, company = self._as_written(world.company(domain), query.domain, query.name)
        return CompanyLookup(CompanyMatch(company, caller_domain, by))

    def _as_written(self, company: Company, domain: str | None, name: str | None) -> tuple[str, Company]:
        """The domain as the caller wrote it, and the company under the name they wrote."""
        clean = clean_domain(domain) if domain is not None else None
        caller_domain = (
            clean if clean is not None and identity_domain(clean) == company.domain else company.domain
        )
        if name is not None and not self.world.knows_company(company.domain):
            foreign = domain is not None and caller_domain != company.domain
            if foreign or company_domain(name) == company.domain:
                new_name = " ".join(name.split())
                description = company.description and company.description.replace(company.name, new_name)
                company = replace(
                    company, name=new_name, alternative_name=new_name.lower(), description=description
                )
        return caller_domain, company


def _nobody(_: str) -> Stranger | None:
    """Nobody is a stranger where not everybody is found."""
    return None


def identity_of(text: str) -> PersonKey:
    """The identity that a text of one is of (see ``PersonKey.text``), also with a mailbox behind it, or the
    address of a stranger."""
    if " " in text:
        name, domain, *_ = text.split(" ", 2)
        return PersonKey(name, domain)
    first, last, host = split_address(text)
    return PersonKey(f"{first}-{last}", identity_domain(host))


def _stranger_lookup(address: str, id_: int) -> Lookup:
    """The record of a lookup that ``FastLookup.find`` answered."""
    first, last, host = split_address(address)
    name = f"{first.capitalize()} {last.capitalize()}"
    return Lookup(PersonQuery(email=address), "email", id_, name, host)


def _spelled(mailbox: Mailbox) -> str:
    """The full name a mailbox spells, '' if it has one word only."""
    return mailbox.name if "-" in mailbox.name else ""


def _with_email(person: Person, mailbox: Mailbox, address: str, *, add: bool) -> Person:
    """The person with the address as the caller wrote it among their mailboxes."""
    emails = person.emails
    kind: EmailKind = "private" if mailbox.private else "work"
    folded = mail_form(address)
    position = -1
    for index, email in enumerate(emails):
        if email.address == address:
            return person
        if mail_form(email.address) == folded:
            position = index
            break
        if position < 0 and email.kind == kind:
            position = index
    if position >= 0:
        old = emails[position]
        changed = Email(address, old.kind, old.confidence, old.updated)
        return person.with_emails((*emails[:position], changed, *emails[position + 1 :]))
    return person.with_emails((Email(address, kind, "A", person.updated), *emails)) if add else person

"""Finding whom or what a caller means.

Identifiers speak in order of precedence: person id, LinkedIn URL, email, name with company. The first that
names somebody decides; what it leaves open (a mailbox ``jane@`` says no family name) the next ones say,
and what none says is drawn from the identifier, so that it alone always leads to the same person.
What the caller wrote is echoed as written.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from mock_lusha.keyed import share
from mock_lusha.values import frozen, mutable
from mock_lusha.world.entities import Email, PersonKey, Phone
from mock_lusha.world.identity import (
    FREE_MAIL,
    LINKEDIN_MARK,
    PRIVATE_MAIL,
    clean_domain,
    company_domain,
    fold,
    identity_domain,
    key_in_handle,
    name_in_slug,
    parse_email,
    parse_linkedin,
)
from mock_lusha.world.phones import phone_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_lusha.world.entities import Company, EmailKind, Person, Restriction
    from mock_lusha.world.identity import Mailbox
    from mock_lusha.world.world import World

_NOTED = 100
_NAMES_NOBODY = "no identifier of these names anybody"
_RESTRICTIONS: Mapping[str, Restriction] = {"gdpr": "gdpr", "compliance": "compliance"}
_NUMBERED = re.compile(r"(.*?[^\d-])-?(\d+)", re.DOTALL)


@frozen
class PersonQuery:
    """Identifiers of a person as sent; blank ones are None."""

    person_id: str | None = None
    linkedin_url: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    company_domain: str | None = None


@frozen
class CompanyQuery:
    """Identifiers of a company as sent; blank ones are None."""

    company_id: str | None = None
    domain: str | None = None
    name: str | None = None


@frozen
class PersonMatch:
    """A person with their company, both under what the caller sent; ``by`` names what decided."""

    person: Person
    company: Company
    company_shown: str
    by: str


@frozen
class CompanyMatch:
    """A company; ``shown`` is its domain as the caller wrote it."""

    company: Company
    shown: str
    by: str


@mutable
class Erased:
    """Whom and what an account's world has no more: people by identity, companies by identity domain."""

    people: set[Any] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)


@frozen
class Looked:
    """One look: what was asked for, by which identifier it was found (None: it was not), and whom or what.

    ``why`` says why not, or what else is special; ``forced`` that a scenario or an erasure decided it.
    """

    query: PersonQuery | CompanyQuery
    by: str | None
    id: int | None = None
    name: str | None = None
    domain: str | None = None
    why: str | None = None
    forced: bool = False


class Lookup:
    """Looks into a world on behalf of an account.

    ``people`` and ``companies`` are ids the account was given for those outside the directory. ``erased`` is
    whom it has no more; the first ``erase`` that are found join them. ``outcome_of`` tells what looking up
    somebody comes to, if not to what the world says. ``trail`` notes each look.
    """

    def __init__(
        self,
        world: World,
        *,
        open_world: bool,
        match_rate: float,
        people: Mapping[int, tuple[str, str]],
        companies: Mapping[int, str],
        erased: Erased | None = None,
        erase: int = 0,
        outcome_of: Callable[[PersonQuery | CompanyQuery], str | None] | None = None,
    ) -> None:
        self._world = world
        self._open = open_world
        self._rate = match_rate
        self._people = people
        self._companies = companies
        self.erased = erased or Erased()
        self._erase = erase
        self._outcome_of = outcome_of
        self.trail: list[Looked] = []
        self._missed = _NAMES_NOBODY

    # People

    def person(self, query: PersonQuery) -> PersonMatch | None:
        """The person meant, or None."""
        match = self._person(query)
        why = None if match is not None else self._missed
        forced = False
        if match is not None and self._vanishes(match.person.key, self.erased.people):
            match, why, forced = None, "erased from this account's world", True
        outcome = None if match is None or self._outcome_of is None else self._outcome_of(query)
        if match is not None and outcome is not None:
            match, why, forced = _come_to(match, outcome), f"outcome {outcome}", True
        if len(self.trail) < _NOTED:
            looked = Looked(query, None, why=why, forced=forced)
            if match is not None:
                person = match.person
                looked = Looked(
                    query, match.by, person.id, person.full_name, match.company_shown, why, forced
                )
            self.trail.append(looked)
        return match

    def note(self, why: str) -> None:
        """Add to the last look what became of it."""
        if 0 < len(self.trail) < _NOTED:
            self.trail[-1] = replace(self.trail[-1], why=why)

    def _outside(self) -> str:
        why = "the match rate leaves it out" if self._open else "the world is closed"
        return f"outside the directory, and {why}"

    def _vanishes(self, identity: Any, erased: set[Any]) -> bool:
        if self._erase and identity not in erased:
            self._erase -= 1
            erased.add(identity)
        return identity in erased

    def _person(self, query: PersonQuery) -> PersonMatch | None:
        mailbox = parse_email(query.email) if query.email is not None else None
        key, by = self._decide(query, mailbox)
        # An id that was given out is somebody's, whatever the match rate.
        self._missed = _NAMES_NOBODY
        if key is None:
            return None
        if by != "personId" and not self.resolves(key):
            self._missed = self._outside()
            return None
        world = self._world
        person = world.person(key)
        company = world.company(key.domain)
        known = world.knows_person(key)
        name = f"{query.first_name} {query.last_name}"
        if not known and query.first_name and query.last_name and fold(name) == key.name:
            person = replace(person, first_name=query.first_name, last_name=query.last_name, full_name=name)
        if mailbox is not None and query.email is not None and self._fits(mailbox, query.email.strip(), key):
            person = _with_email(person, mailbox, query.email.strip(), add=not known)
        if query.linkedin_url is not None and by == "linkedinUrl" and not known:
            sent = parse_linkedin(query.linkedin_url)
            if sent is not None and sent != parse_linkedin(person.linkedin_url):
                person = replace(person, linkedin_url=query.linkedin_url)
        shown, company = self._shown(company, query.company_domain, query.company_name)
        if mailbox is not None and shown == company.domain and identity_domain(mailbox.domain) == shown:
            shown = mailbox.domain
        return PersonMatch(person, company, shown, by)

    def resolves(self, key: PersonKey) -> bool:
        """Whether an identity is found at all: in the open world, by its match rate."""
        if self._world.knows_person(key):
            return True
        return self._open and share(self._world.seed, "match", key.name, key.domain) < self._rate

    def _decide(self, query: PersonQuery, mailbox: Mailbox | None) -> tuple[PersonKey | None, str]:
        """The identity meant and the identifier that decided."""
        world = self._world
        person_id = _id(query.person_id)
        if person_id is not None:
            key = world.key_of_id(person_id) or self._remembered(person_id)
            if key is not None:
                return key, "personId"
        profile = parse_linkedin(query.linkedin_url) if query.linkedin_url is not None else None
        named = self._named(query)
        if profile is not None:
            key = self._by_profile(profile)
            if key is None:
                name = name_in_slug(profile) or (mailbox and _spelled(mailbox)) or (named[0] if named else "")
                domain = self._employer(mailbox, query) or world.drawn_company("linkedin", profile)
                key = PersonKey(name or world.drawn_name(domain, "linkedin", profile), domain)
            return key, "linkedinUrl"
        if mailbox is not None and query.email is not None:
            key = world.pins.emails.get(query.email.strip().lower()) or self._by_mailbox(mailbox)
            if key is None:
                domain = self._employer(mailbox, query) or world.drawn_company(
                    "email", mailbox.name, mailbox.domain
                )
                name = _spelled(mailbox)
                if not name and named:
                    name = named[0]
                last = "" if name else world.drawn_last_name(domain, mailbox.name, mailbox.domain)
                key = PersonKey(name or f"{mailbox.name}-{last}", domain)
            return key, "email"
        if named is not None and named[1] is not None:
            return PersonKey(named[0], named[1]), "name"
        return None, "nothing"

    def _fits(self, mailbox: Mailbox, sent: str, key: PersonKey) -> bool:
        """Whether a mailbox can be this person's: nobody else's, and of no other name or employer."""
        owner = self._world.pins.emails.get(sent.lower()) or self._by_mailbox(mailbox)
        if owner is not None:
            return owner == key
        at_home = mailbox.private or identity_domain(mailbox.domain) == key.domain
        return at_home and _spelled(mailbox) in {"", key.name}

    def _remembered(self, person_id: int) -> PersonKey | None:
        found = self._people.get(person_id)
        return None if found is None else PersonKey(*found)

    def _named(self, query: PersonQuery) -> tuple[str, str | None] | None:
        """(folded full name, identity domain of the company sent) where a full name was sent."""
        if not query.first_name or not query.last_name:
            return None
        first, last = fold(query.first_name), fold(query.last_name)
        return (f"{first}-{last}", self._company_sent(query)) if first and last else None

    @staticmethod
    def _company_sent(query: PersonQuery) -> str | None:
        if query.company_domain is not None:
            clean = clean_domain(query.company_domain)
            if clean is not None:
                return identity_domain(clean)
        return company_domain(query.company_name) if query.company_name is not None else None

    def _employer(self, mailbox: Mailbox | None, query: PersonQuery) -> str | None:
        if mailbox is not None and mailbox.domain not in FREE_MAIL and mailbox.domain not in PRIVATE_MAIL:
            return identity_domain(mailbox.domain)
        return self._company_sent(query)

    def _by_profile(self, profile: str) -> PersonKey | None:
        """Whom a profile URL made here, or a pinned one, belongs to."""
        pinned = self._world.pins.linkedin.get(profile)
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
        found = _NUMBERED.fullmatch(text)
        key = self._world.key_of_number(int(found[2])) if found and len(found[2]) < 10 else None
        return key if key is not None and found is not None and key.name == fold(found[1]) else None

    # Companies

    def company(self, query: CompanyQuery) -> CompanyMatch | None:
        """The company meant, or None. A company id speaks before a domain, a domain before a name."""
        match = self._company(query)
        why = None if match is not None else self._missed
        forced = False
        if match is not None and self._vanishes(match.company.domain, self.erased.companies):
            match, why, forced = None, "erased from this account's world", True
        if match is not None and self._outcome_of is not None and self._outcome_of(query) == "not-found":
            match, why, forced = None, "outcome not-found", True
        if len(self.trail) < _NOTED:
            looked = Looked(query, None, why=why, forced=forced)
            if match is not None:
                company = match.company
                looked = Looked(query, match.by, company.id, company.name, match.shown, why, forced)
            self.trail.append(looked)
        return match

    def _company(self, query: CompanyQuery) -> CompanyMatch | None:
        world = self._world
        company_id = _id(query.company_id)
        if company_id is not None:
            found = world.company_by_id(company_id)
            remembered = self._companies.get(company_id)
            if found is None and remembered is not None:
                found = world.company(remembered)
            if found is not None:
                return CompanyMatch(found, found.domain, "companyId")
        clean = clean_domain(query.domain) if query.domain is not None else None
        domain = identity_domain(clean) if clean is not None else None
        by = "domain"
        if domain is None and query.name is not None:
            domain, by = company_domain(query.name), "name"
        self._missed = _NAMES_NOBODY
        if domain is None:
            return None
        if not world.knows_company(domain) and not (
            self._open and share(world.seed, "match", domain) < self._rate
        ):
            self._missed = self._outside()
            return None
        shown, company = self._shown(world.company(domain), query.domain, query.name)
        return CompanyMatch(company, shown, by)

    def _shown(self, company: Company, domain: str | None, name: str | None) -> tuple[str, Company]:
        """The domain as the caller wrote it, and the company under the name they wrote."""
        clean = clean_domain(domain) if domain is not None else None
        shown = clean if clean is not None and identity_domain(clean) == company.domain else company.domain
        if name is not None and not self._world.knows_company(company.domain):
            foreign = domain is not None and shown != company.domain
            if foreign or company_domain(name) == company.domain:
                sent = " ".join(name.split())
                described = company.description and company.description.replace(company.name, sent)
                company = replace(company, name=sent, alternative_name=sent.lower(), description=described)
        return shown, company


def _id(text: str | None) -> int | None:
    """A numeric id, None if it is none of the length ids have."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 20 else None


def _spelled(mailbox: Mailbox) -> str:
    """The full name a mailbox spells, '' if it has one word only."""
    return mailbox.name if "-" in mailbox.name else ""


def _come_to(match: PersonMatch, outcome: str) -> PersonMatch | None:
    """What looking somebody up comes to when a scenario decides it."""
    person = match.person
    if outcome == "not-found":
        return None
    if outcome in _RESTRICTIONS:
        person = replace(person, restricted=_RESTRICTIONS[outcome])
    elif outcome == "partial":
        person = replace(person, emails=(), phones=())
    elif outcome == "no-phones":
        person = replace(person, phones=())
    else:
        number = phone_number(person.place, mobile=True, lane=0, digits=person.id % 65_536)
        phones = person.phones or (Phone(number, "mobile", True, person.updated),)
        person = replace(person, phones=tuple(replace(phone, do_not_call=True) for phone in phones))
    return replace(match, person=person)


def _with_email(person: Person, mailbox: Mailbox, sent: str, *, add: bool) -> Person:
    """The person with the address as the caller wrote it among their mailboxes."""
    if any(email.address == sent for email in person.emails):
        return person
    kind: EmailKind = "private" if mailbox.private else "work"
    emails = list(person.emails)
    same = [i for i, email in enumerate(emails) if email.address.lower() == sent.lower()]
    like = same or [i for i, email in enumerate(emails) if email.kind == kind]
    if like:
        emails[like[0]] = replace(emails[like[0]], address=sent)
    elif add:
        emails.insert(0, Email(sent, kind, "A", person.updated))
    return replace(person, emails=tuple(emails))

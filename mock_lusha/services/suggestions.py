"""Suggestions: the people and companies near an identifier that matches nobody."""

from __future__ import annotations

import difflib
from itertools import islice
from typing import TYPE_CHECKING

from mock_lusha.domains import clean_domain
from mock_lusha.world.identity import company_domain, fold, identity_domain, parse_email

if TYPE_CHECKING:
    from mock_lusha.world.entities import PersonKey
    from mock_lusha.world.resolver import PersonQuery
    from mock_lusha.world.world import World

_MOST = 3
_LOOKED_AT = 20_000


def nearest_companies(world: World, text: str) -> list[str]:
    """Domains of pinned companies and those of the directory that are near a domain or a name."""
    clean = clean_domain(text)
    domain = identity_domain(clean) if clean is not None else company_domain(text)
    if domain is None:
        return []
    domains = dict.fromkeys((*world.pins.companies, *(key.domain for key in world.pins.people)))
    domains |= dict.fromkeys(company.domain for company in islice(world.directory.companies, _LOOKED_AT))
    return difflib.get_close_matches(domain, domains, n=_MOST, cutoff=0.6)


def nearest_people(world: World, query: PersonQuery) -> list[str]:
    """People with a similar name at that company or a similar one; without any, the similar companies."""
    companies = _companies_near(world, query)
    return [f"{key.name} at {key.domain}" for key in _close(world, query, companies)] or companies


def nearest_keys(world: World, query: PersonQuery) -> list[PersonKey]:
    """The identities of people with a similar name at that company or a similar one."""
    return _close(world, query, _companies_near(world, query))


def _companies_near(world: World, query: PersonQuery) -> list[str]:
    mailbox = parse_email(query.email) if query.email is not None else None
    domain = query.company_domain or (mailbox.domain if mailbox else "") or query.company_name or ""
    return nearest_companies(world, domain) if domain else []


def _close(world: World, query: PersonQuery, companies: list[str]) -> list[PersonKey]:
    mailbox = parse_email(query.email) if query.email is not None else None
    name = fold(f"{query.first_name or ''} {query.last_name or ''}") or (mailbox.name if mailbox else "")
    people: dict[PersonKey, None] = {}
    for company in companies:
        index = world.directory.company_number(company)
        keys = [key for key in world.pins.people if key.domain == company]
        keys += [] if index is None else list(world.staff(index))
        people |= dict.fromkeys(keys)
    close = difflib.get_close_matches(name, [key.name for key in people], n=_MOST, cutoff=0.5)
    near = sorted((key for key in people if key.name in close), key=lambda key: close.index(key.name))
    return near[:_MOST]

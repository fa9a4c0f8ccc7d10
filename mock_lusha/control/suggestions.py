"""Who and what is near an identifier that found nobody."""

from __future__ import annotations

import difflib
from itertools import islice
from typing import TYPE_CHECKING

from mock_lusha.domains import clean_domain
from mock_lusha.world.identity import company_domain, fold, identity_domain, parse_email

if TYPE_CHECKING:
    from mock_lusha.world.resolver import PersonQuery
    from mock_lusha.world.world import World

_MOST = 3
_LOOKED_AT = 20_000


def nearest_companies(world: World, sent: str) -> list[str]:
    """Domains of pinned companies and those of the directory that are near a domain or a name."""
    clean = clean_domain(sent)
    wanted = identity_domain(clean) if clean is not None else company_domain(sent)
    if wanted is None:
        return []
    known = dict.fromkeys((*world.pins.companies, *(key.domain for key in world.pins.people)))
    known |= dict.fromkeys(each.domain for each in islice(world.directory.companies, _LOOKED_AT))
    return difflib.get_close_matches(wanted, known, n=_MOST, cutoff=0.6)


def nearest_people(world: World, query: PersonQuery) -> list[str]:
    """People whose name is near the one sent, at the company meant or one near it; else those companies."""
    mailbox = parse_email(query.email) if query.email is not None else None
    name = fold(f"{query.first_name or ''} {query.last_name or ''}") or (mailbox.name if mailbox else "")
    domain = query.company_domain or (mailbox.domain if mailbox else "") or query.company_name or ""
    if not domain:
        return []
    companies = nearest_companies(world, domain)
    people: dict[str, str] = {}
    for company in companies:
        index = world.directory.company_number(company)
        keys = [key for key in world.pins.people if key.domain == company]
        keys += [] if index is None else list(world.staff(index))
        people |= {f"{key.name} at {key.domain}": key.name for key in keys}
    close = difflib.get_close_matches(name, list(people.values()), n=_MOST, cutoff=0.5)
    near = sorted(
        (text for text, each in people.items() if each in close), key=lambda t: close.index(people[t])
    )
    return near[:_MOST] or companies

"""Profiles of companies: what v3 shows of them, made from the company and believable beside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import date
from typing import TYPE_CHECKING

from mock_lusha.seeded import between, lanes, pick, some
from mock_lusha.world.company_profile import BUSINESS_MODELS, CompanyProfile, WebTraffic
from mock_lusha.world.generate.companies import EDUCATION
from mock_lusha.world.generate.head_counts import (
    departments_of,
    home_of,
    locations_of,
    open_jobs_of,
    seniorities_of,
)
from mock_lusha.world.generate.phones import phone_number
from mock_lusha.world.generate.signals import ItSpend, Traffic, company_signals
from mock_lusha.world.identity import LINKEDIN_MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from mock_lusha.seeded import Lanes
    from mock_lusha.world.entities import Company, Industry
    from mock_lusha.world.generate.company_peers import CompanyPeers
    from mock_lusha.world.pools import Pools, Trade
    from mock_lusha.world.postal_codes import PostalCodes

B2G_LANE, POSTAL_LANES = 0, (1, 2, 3, 4)
"""Lanes of a profile that searches read too."""
B2G_BELOW = 7_000
SPEND_BELOW, TRAFFIC_BELOW = 57_000, 52_000
"""Lanes up to these: what is spent on IT is known without a signal, and how many visits there are."""
SITES_ABOVE, PHONES_ABOVE, EMAILS_ABOVE = (38_000, 58_000), (14_000, 52_000), (9_000, 56_000)
"""Lanes above these: there is one further domain, telephone or mailbox, and there are two."""
# Whom the companies of a main industry sell to, where it is not businesses alone.
_CONSUMERS, _BOTH, _STATE = ("B2C",), ("B2B", "B2C"), ("B2G",)
_MODEL_OF_MAIN = {
    1: _CONSUMERS, 5: _CONSUMERS, 6: _CONSUMERS, 7: _CONSUMERS, 9: _BOTH, 10: _STATE, 11: _CONSUMERS,
    15: _BOTH, 16: _CONSUMERS, 18: _BOTH, 19: _BOTH,
}  # fmt: skip
_MODEL_OF_SUB = {
    5: ("B2B",), 16: ("B2B", "B2G"), 23: _BOTH, 26: _BOTH, 38: ("B2B",), 41: ("B2B",), 43: ("B2B", "B2G"),
    70: _BOTH, 76: _BOTH, 77: _BOTH, 83: _BOTH, 84: _BOTH, 86: ("B2B", "B2G"), 105: _BOTH, 106: ("B2B",),
    116: _BOTH, 117: _BOTH, 118: _BOTH, 119: _BOTH, 124: _BOTH, 126: _CONSUMERS, 130: _BOTH, 131: ("B2B",),
    132: _BOTH, 133: ("B2B",), 134: ("B2B",), 135: ("B2B",), 139: ("B2B",),
}  # fmt: skip
_TYPES = {
    "Government agency": "Government",
    "Nonprofit": "Non Profit",
    "Public company": "Public Company",
}
_MOST_TAGS = 4
_SITES = ("go", "get", "shop", "careers", "info", "portal", "online", "group")
_MAILBOXES = ("info", "hello", "contact", "office")


class CompanyProfiles:
    """Makes the profiles of one world's companies.

    ``company`` gives the company of an identity domain, and ``pinned`` are domains of those whose facts are
    given: they are nobody's competitors or parents by what is drawn of them.
    """

    def __init__(
        self,
        seed: str,
        as_of: date,
        pools: Pools,
        *,
        company: Callable[[str], Company],
        peers: CompanyPeers,
        pinned: Collection[str],
        postal_codes: PostalCodes,
    ) -> None:
        self._seed = seed
        self._as_of = as_of
        self._pools = pools
        self._company = company
        self._peers = peers
        self._pinned = pinned
        self._postal_codes = postal_codes
        self._trades = {trade.industry.sub_id: trade for trade in pools.trades}
        self._tags = {sub_id: trade_tags(trade) for sub_id, trade in self._trades.items()}

    def make(self, company: Company) -> CompanyProfile:
        """The profile of a company. One that is partial has little more than a domain."""
        seed, industry = self._seed, company.industry
        if company.partial or industry is None:
            return CompanyProfile(company.domain)
        own = profile_lanes(seed, company.domain)
        trade, tags = self._trades[industry.sub_id], self._tags[industry.sub_id]
        counts = departments_of(seed, company), seniorities_of(seed, company), locations_of(company, own[5])
        parent = self._peers.parent(company, self._pinned)
        model = business_model(industry, own[B2G_LANE])
        label = company.handle
        return CompanyProfile(
            domain=company.domain,
            departments=counts[0],
            seniorities=counts[1],
            locations=counts[2],
            open_jobs=open_jobs_of(company, counts, own[6]),
            competitors=self._peers.competitors(company, self._pinned),
            it_spend=self._it_spend(company, own),
            traffic=self._traffic(company, own),
            direct_parent=parent,
            ultimate_parent=self._top(parent),
            business_model=model,
            company_type=company_type(company),
            keywords=keywords_of(tags, company),
            industry_tags=(*tags, *(name.lower() for name in model)),
            offering=_offering(seed, trade, company),
            alternative_domains=_alternative_domains(company, own),
            phones=_phones(company, own),
            emails=_emails(company, own),
            facebook_url=f"https://www.facebook.com/{LINKEDIN_MARK}{label}" if own[18] < 40_000 else None,
            x_url=f"https://x.com/mock_lusha_{label.replace('-', '_')}" if own[19] < 36_000 else None,
            crunchbase_urls=()
            if company.funding is None
            else (f"https://www.crunchbase.com/organization/{LINKEDIN_MARK}{label}",),
            additional_industries=_additional_industries(self._pools, industry, own),
            additional_descriptions=_additional_descriptions(company, own),
            postal_codes=postal_codes_of(self._postal_codes, company, own),
        )

    def _top(self, parent: str | None) -> str | None:
        """The company at the top of a chain of parents, each of which is larger than the one before."""
        top = None
        while parent is not None:
            top = parent
            parent = self._peers.parent(self._company(parent), self._pinned)
        return top

    def _it_spend(self, company: Company, own: Lanes) -> int | None:
        """What a company spends on IT in a year: what its last signal says, if it has one."""
        last = self._last(company, ("itSpendIncrease", "itSpendDecrease"))
        if isinstance(last, ItSpend):
            return last.annual
        if own[7] > SPEND_BELOW:
            return None
        return (company.employees or 1) * between(900, 9_000, own[8]) // 1000 * 1000 + 1000

    def _traffic(self, company: Company, own: Lanes) -> WebTraffic | None:
        """The visits of the last whole month, from its last signal if it has one."""
        last = self._last(company, ("websiteTrafficIncrease", "websiteTrafficDecrease"))
        change = between(-120, 149, own[11]) / 10
        if isinstance(last, Traffic):
            visits = last.last_month
            change = abs(change) if last.change > 0 else -abs(change)
        elif own[9] > TRAFFIC_BELOW:
            return None
        else:
            visits = (company.employees or 1) * between(40, 400, own[10])
        year, month = divmod(self._as_of.year * 12 + self._as_of.month - 2, 12)
        return WebTraffic(visits, change, f"{year:04d}-{month + 1:02d}")

    def _last(self, company: Company, kinds: tuple[str, ...]) -> object:
        """The facts of the newest signal of the kinds."""
        by_kind = company_signals(
            self._seed, self._as_of, self._pools, company, kinds, date.min, self._as_of
        ).values()
        newest = max((signals[0] for signals in by_kind), key=lambda signal: signal.day, default=None)
        return None if newest is None else newest.facts


def profile_lanes(seed: str, domain: str) -> Lanes:
    """What is drawn of a company's profile."""
    return lanes(seed, "company-profile", domain)


def business_model(industry: Industry, lane: int) -> tuple[str, ...]:
    """Whom companies of an industry sell to; by the lane, those that sell to businesses also to the state."""
    models = _MODEL_OF_SUB.get(industry.sub_id) or _MODEL_OF_MAIN.get(industry.main_id, ("B2B",))
    if lane < B2G_BELOW and "B2B" in models:
        return tuple(name for name in BUSINESS_MODELS if name in {*models, "B2G"})
    return models


def company_type(company: Company) -> str | None:
    """What kind of a company it is, in v3's words; None where that is not known."""
    if company.kind is None or company.industry is None:
        return None
    if company.kind in _TYPES:
        return _TYPES[company.kind]
    if company.industry.main_id == EDUCATION:
        return "Educational"
    return "Self Employed" if company.employees == 1 else "Private Company"


def trade_tags(trade: Trade) -> tuple[str, ...]:
    """What a trade is about in a few words of lower case, each once."""
    industry = trade.industry
    sub = "" if industry.sub == "Other" else industry.sub
    names = [part.strip().lower() for part in re.split(r"[,&]", f"{sub},{industry.main}")]
    tags = tuple(dict.fromkeys(name for name in names if name))
    further = next(ending.lower() for ending in trade.endings if ending.lower() not in tags)
    return tags[:_MOST_TAGS] if len(tags) > 1 else (*tags, further)


def keywords_of(tags: Sequence[str], company: Company) -> tuple[str, ...]:
    """Five to ten words that describe a company: its specialities and its trade's tags, in lower case."""
    words = (*(text.lower() for text in company.specialities), *tags)
    return tuple(dict.fromkeys(words))


def _offering(seed: str, trade: Trade, company: Company) -> str:
    does = pick(trade.does, lanes(seed, "company", company.domain)[7]).rstrip(".")
    return does[:1].upper() + does[1:]


def _alternative_domains(company: Company, own: Lanes) -> tuple[str, ...]:
    """Up to two further hosts, which lead to the company as its domain does (see ``identity_domain``)."""
    count = bisect_left(SITES_ABOVE, own[12])
    return tuple(f"{site}.{company.domain}" for site in some(_SITES, count, own[13]))


def _phones(company: Company, own: Lanes) -> tuple[str, ...]:
    count = bisect_left(PHONES_ABOVE, own[14])
    home = home_of(company)
    numbers = (phone_number(home, False, own[15], own[16] + at * 7) for at in range(count))
    return tuple(dict.fromkeys(numbers))


def _emails(company: Company, own: Lanes) -> tuple[str, ...]:
    count = bisect_left(EMAILS_ABOVE, own[17])
    further = pick(_MAILBOXES[1:], own[17] << 4 & 0xFFFF)
    return tuple(f"{name}@{company.domain}" for name in (_MAILBOXES[0], further)[:count])


def _additional_industries(pools: Pools, industry: Industry, own: Lanes) -> tuple[Industry, ...]:
    """Up to two neighbours of an industry."""
    count = (own[20] > 42_000) + (own[20] > 60_000)
    others = [
        trade.industry
        for trade in pools.trades
        if trade.industry.main_id == industry.main_id and trade.industry.sub_id != industry.sub_id
        if trade.industry.sub != "Other"
    ]
    return some(others, count, own[21]) if others else ()


def _additional_descriptions(company: Company, own: Lanes) -> tuple[str, ...]:
    if own[22] < 40_000 or len(company.specialities) < 2:
        return ()
    *most, last = company.specialities[:3]
    return (f"{company.name} is known for {', '.join(most)} and {last}.",)


def postal_codes_of(codes: PostalCodes, company: Company, own: Lanes) -> tuple[str | None, ...]:
    """The postal codes of a company's offices, in their order."""
    return tuple(
        codes.postal_code(place, own[lane])
        for place, lane in zip(company.offices, POSTAL_LANES, strict=False)
    )

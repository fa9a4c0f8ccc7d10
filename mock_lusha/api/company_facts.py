"""Facts of companies that answers of every generation write alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from mock_lusha.api.shape import Shape
    from mock_lusha.world.entities import Company


def logo_url(company: Company) -> str:
    """Where a logo would be."""
    return f"https://logos.example/{company.handle}.png"


def linkedin_url(company: Company) -> str:
    """The profile on LinkedIn, which nobody has."""
    return f"https://www.linkedin.com/company/mock-lusha-{company.handle}"


def crunchbase_url(company: Company) -> str:
    """The profile on Crunchbase, which nobody has."""
    return f"https://www.crunchbase.com/organization/mock-lusha-{company.handle}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _american(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def funding(company: Company) -> Shape | None:
    """All rounds of funding, in US dollars, and their sum; None where nothing is known."""
    if company.funding is None:
        return None
    rounds = company.funding.rounds
    return {
        "rounds": [
            {
                "currency": "USD",
                "roundAmount": entry.amount,
                "roundType": entry.kind,
                "roundDate": _american(entry.day),
            }
            for entry in rounds
        ],
        "totalRounds": len(rounds),
        "totalRoundsAmount": sum(entry.amount for entry in rounds),
        "currency": "USD",
        "isIpo": company.funding.is_ipo,
        "lastRoundType": rounds[-1].kind,
        "lastRoundAmount": rounds[-1].amount,
        "lastRoundDate": _american(rounds[-1].day),
    }

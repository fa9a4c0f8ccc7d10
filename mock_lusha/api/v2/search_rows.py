"""Rows of searches in JSON: who or what was found, and what enriching would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.api.company_facts import logo_url
from mock_lusha.api.shape import known
from mock_lusha.world.fast.columns import bit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.shape import Shape
    from mock_lusha.world.entities import Company


def json_text(value: Any) -> str:
    """A value in JSON."""
    return orjson.dumps(value).decode()


def _flags(company: Company) -> Shape:
    """What is known of a company, as searches announce it."""
    return {
        "hasCompanyEmployeesCount": company.size is not None,
        "hasCompanyRevenue": company.revenue is not None,
        "hasCompanyMainIndustry": company.industry is not None,
        "hasCompanySubIndustry": company.industry is not None,
        "hasCompanyFunding": company.funding is not None,
        "hasCompanyIntent": bool(company.intent),
        "hasCompanyTechnologies": bool(company.technologies),
        "hasCompanyCity": True,
        "hasCompanyCountry": True,
    }


def _details(points: int) -> str:
    shape = {
        name: bool(points & bit_of(point))
        for name, point in (
            ("hasEmails", "email"),
            ("hasWorkEmail", "work_email"),
            ("hasPrivateEmail", "private_email"),
            ("hasPhones", "phone"),
            ("hasMobilePhone", "mobile_phone"),
            ("hasDirectPhone", "direct_phone"),
        )
    }
    return json_text(shape)[1:-1]


_SHOWN_POINTS = 0x3F
"""Bits of details that rows tell."""
_DETAILS = tuple(_details(points) for points in range(_SHOWN_POINTS + 1))
_FLAGS = ("false", "true")


def employer(company: Company, fqdn: str) -> str:
    """What rows of people say of their company; ``fqdn`` is its domain as the caller wrote it."""
    shape = {"companyId": company.id, "companyName": company.name, "fqdn": fqdn, **_flags(company)}
    return json_text(shape)[1:-1]


def contact_text(name: str, title: str, at: str, points: int, *, has_department: bool = True) -> str:
    """What a search tells of a person, whoever asks and whenever: the middle of a row.

    ``at`` is their ``employer``, ``points`` are the bits of what enriching would bring, ``has_department``
    says whether they are in any department.
    """
    return (
        f'"name":{json_text(name)},"jobTitle":{json_text(title)},{at},"hasDepartment":{_FLAGS[has_department]},'
        '"hasSeniority":true,"hasContactLocation":true,"hasSocialLink":true,'
        f"{_DETAILS[points & _SHOWN_POINTS]}"
    )


def contact_row(id_: str, text: str, signals: str, *, is_shown: bool) -> str:
    """A person as a search gives them; ``signals`` is the list of their types in JSON."""
    return f'{{"contactId":"{id_}","isShown":{_FLAGS[is_shown]},{text},"signalTypes":{signals}}}'


def company_text(company: Company, fqdn: str) -> str:
    """What a search tells of a company, whoever asks and whenever: the beginning of a row."""
    shape = known(
        id=str(company.id),
        name=company.name,
        fqdn=fqdn,
        description=company.description,
        logoUrl=logo_url(company),
        **_flags(company),
    )
    return json_text(shape)[:-1]


def company_row(text: str, signals: Sequence[str]) -> str:
    """A company as a search gives it; ``signals`` are their types."""
    return f'{text},"signalTypes":{json_text(signals)}}}'

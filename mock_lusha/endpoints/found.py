"""Rows of searches, as bytes: who or what was found, and what enriching would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from mock_lusha.endpoints.shapes_v2 import known, logo_url
from mock_lusha.world.columns import bit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.endpoints.shapes_v2 import Shape
    from mock_lusha.world.entities import Company


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


def _details(points: int) -> bytes:
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
    return orjson.dumps(shape)[1:-1]


_SHOWN_POINTS = 0x3F
"""Bits of details that rows tell."""
_DETAILS = tuple(_details(points) for points in range(_SHOWN_POINTS + 1))


def employer(company: Company, fqdn: str) -> bytes:
    """What rows of people say of their company; ``fqdn`` is its domain as the caller wrote it."""
    shape = {"companyId": company.id, "companyName": company.name, "fqdn": fqdn, **_flags(company)}
    return orjson.dumps(shape)[1:-1]


def contact_found(
    id_: str,
    name: str,
    title: str,
    at: bytes,
    points: int,
    signals: Sequence[str],
    *,
    shown: bool,
    placed: bool,
) -> bytes:
    """A person as a search gives them. ``at`` is their ``employer``, ``points`` are the bits of what enriching
    would bring, ``placed`` says whether they are in any department."""
    return b"".join(
        (
            b'{"contactId":"',
            id_.encode(),
            b'","isShown":true,"name":' if shown else b'","isShown":false,"name":',
            orjson.dumps(name),
            b',"jobTitle":',
            orjson.dumps(title),
            b",",
            at,
            b',"hasDepartment":true' if placed else b',"hasDepartment":false',
            b',"hasSeniority":true,"hasContactLocation":true,"hasSocialLink":true,',
            _DETAILS[points & _SHOWN_POINTS],
            b',"signalTypes":',
            orjson.dumps(signals),
            b"}",
        )
    )


def company_found(company: Company, fqdn: str, signals: Sequence[str]) -> bytes:
    """A company as a search gives it."""
    shape = known(
        id=str(company.id),
        name=company.name,
        fqdn=fqdn,
        description=company.description,
        logoUrl=logo_url(company),
        **_flags(company),
    )
    return orjson.dumps(shape | {"signalTypes": signals})

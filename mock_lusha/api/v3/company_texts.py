"""Companies in JSON behind their ids: all that is the same to all accounts, written once.

The shapes are those of ``company_shapes``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.reply import json_text
from mock_lusha.api.v3.company_shapes import company_enriched, company_preview
from mock_lusha.caching import SizedLRU

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from mock_lusha.api.shape import Shape
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.entities import Company
    from mock_lusha.world.world import World

_MOST = 1_500_000
"""Bytes of JSON that are kept: of some 400 companies with all their facts, and as many without."""


class CompanyTexts:
    """JSON of companies of one world, without the brace at its end. ``domain`` is as the caller wrote it."""

    def __init__(self) -> None:
        self._texts = SizedLRU(_MOST)

    def enriched(self, account: Account, world: World, company: Company, domain: str) -> str:
        """What ``company_enriched`` shapes, behind the id."""
        return self._text(
            (_identity(company), domain, account.dialect),
            lambda: company_enriched(account, world, company, domain),
        )

    def preview(self, account: Account, world: World, company: Company, domain: str) -> str:
        """What ``company_preview`` shapes, behind the id."""
        return self._text(
            (_identity(company), domain), lambda: company_preview(account, world, company, domain)
        )

    def _text(self, key: Hashable, shape: Callable[[], Shape]) -> str:
        return self._texts.get_or_make(key, lambda: _behind_id(shape()), len)


def _identity(company: Company) -> tuple[str, str, str | None]:
    """What tells companies apart: a stranger has the name that the caller wrote."""
    return company.domain, company.name, company.alternative_name


def _behind_id(shape: Shape) -> str:
    del shape["id"]
    return json_text(shape)[1:-1]

"""What prospecting shows of people, where it differs from searches by identifiers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_lusha.api.v3.person_shapes import contact_preview

if TYPE_CHECKING:
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.resolver import PersonMatch


def contact_prospect(account: Account, match: PersonMatch) -> Shape:
    """A person without what is paid for. Industries are never shown; in the dialect ``live`` the level is in
    lower case and the domain without ``www.``.

    People who must not be shown have nothing that could be revealed.
    """
    person = match.person
    if person.restricted is not None:
        match = replace(match, person=replace(person, emails=(), phones=()))
    shape = contact_preview(account, match)
    shape["company"].pop("industry", None)
    if account.dialect == "live":
        shape["jobTitle"]["seniority"] = person.job.seniority.name
        shape["company"]["domain"] = match.company_domain
    return shape

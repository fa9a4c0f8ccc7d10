"""What somebody who types a text may mean by it: an e-mail address, a profile, an id, a domain or a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from mock_lusha.domains import clean_domain
from mock_lusha.world.identity import parse_linkedin, parse_linkedin_company

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["email", "linkedinUrl", "linkedinCompanyUrl", "id", "domain", "name"]
_ID = re.compile(r"[0-9]+|v[0-9]+\.[A-Za-z0-9_-]+", re.ASCII)
_AT = re.compile(r"\s*(?:,|\s@\s|\sat\s|\()\s*")


class Meaning(NamedTuple):
    """What a text is taken for, and the identifiers that it makes."""

    kind: Kind
    fields: Mapping[str, str]


def meaning_of(text: str) -> Meaning:
    """What a text is taken for; a name may have its company behind ``at``, a comma, or as a domain."""
    text = " ".join(text.split())
    if parse_linkedin(text) is not None:
        return Meaning("linkedinUrl", {"linkedinUrl": text})
    if parse_linkedin_company(text) is not None:
        return Meaning("linkedinCompanyUrl", {"linkedinUrl": text})
    if "@" in text and " " not in text:
        return Meaning("email", {"email": text})
    if _ID.fullmatch(text):
        return Meaning("id", {"id": text})
    if clean_domain(text) is not None:
        return Meaning("domain", {"domain": text})
    return Meaning("name", _named(text))


def _named(text: str) -> dict[str, str]:
    parts = _AT.split(text.removesuffix(")"), maxsplit=1)
    name, company = parts[0], parts[1] if len(parts) > 1 else ""
    words = name.split()
    if not company and len(words) > 1 and clean_domain(words[-1]) is not None:
        company = words.pop()
    fields = {"firstName": words[0] if words else "", "lastName": " ".join(words[1:])}
    if company:
        fields["companyName" if clean_domain(company) is None else "companyDomain"] = company
    return {field: value for field, value in fields.items() if value}

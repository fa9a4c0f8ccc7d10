"""The words that identifiers spell: ``nobody`` is spelled by nobody@acme.com, Jane Nobody, nobody.example.

An email spells its local part up to a plus sign, a person their last name, a domain under a reserved ending
its first label. Whoever is asked for by several spells several words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from mock_lusha.domains import unicode_domain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_RESERVED = (".example", ".test")
_EMAILS = ("email", "emailAddress")
_DOMAINS = ("domain", "companyDomain", "fqdn")
_FULL_NAMES = ("fullName", "full_name")
_LISTS = ("contacts", "companies")


def spelled(
    *, email: str | None = None, last_name: str | None = None, domain: str | None = None
) -> Iterator[str]:
    """The words that one person's or company's identifiers spell, in lower case; a name its last word."""
    if email is not None:
        local, _, host = email.strip().lower().rpartition("@")
        if local:
            yield local.partition("+")[0]
            yield from spelled(domain=host)
    if last_name is not None:
        yield last_name.strip().lower().rpartition(" ")[2]
    if domain is not None:
        text = domain.strip().lower().partition("://")[2] or domain.strip().lower()
        host = text.partition("/")[0].removeprefix("www.")
        if not host.isascii() or "xn--" in host:
            host = unicode_domain(host)
        if host.endswith(_RESERVED):
            yield host.rpartition(".")[0].rpartition(".")[2]


def flattened(query: bytes, body: bytes) -> bytes | None:
    """A call in lower case, in which the words that it spells stand as they are; None where some may not."""
    if b"\\" in body:
        return None
    if b"%" in query or b"+" in query:
        query = unquote_to_bytes(query.replace(b"+", b" "))
    return (query + b"&" + body).lower()


def words_of_query(query: Mapping[str, Sequence[str]]) -> set[str]:
    """The words spelled in a query string."""
    found: set[str] = set()
    for name in _EMAILS:
        for text in query.get(name, ()):
            found.update(spelled(email=text))
    for text in query.get("lastName", ()):
        found.update(spelled(last_name=text))
    for name in _DOMAINS:
        for text in query.get(name, ()):
            found.update(spelled(domain=text))
    return found


def words_of_body(body: Any) -> set[str]:
    """The words spelled by the people and companies a body asks for."""
    found: set[str] = set()
    if not isinstance(body, dict):
        return found
    for name in _LISTS:
        items = body.get(name)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                found.update(_of_item(item))
    return found


def _of_item(item: Mapping[str, Any]) -> Iterator[str]:
    for name, value in item.items():
        if name in _EMAILS and isinstance(value, str):
            yield from spelled(email=value)
        elif name in _FULL_NAMES and isinstance(value, str):
            yield from spelled(last_name=value)
        elif name in _DOMAINS and isinstance(value, str):
            yield from spelled(domain=value)
        elif name == "companies" and isinstance(value, list):
            for company in value:
                if isinstance(company, dict):
                    yield from _of_item(company)

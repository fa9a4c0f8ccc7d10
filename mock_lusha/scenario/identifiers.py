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
SPELLING: Mapping[str, str] = {
    "email": "email",
    "last-name": "last_name",
    "full-name": "last_name",
    "domain": "domain",
}
"""Kinds of identifiers that spell words, and what ``spelled`` takes them as."""


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


def words_of(identifiers: Mapping[str, str], query: Mapping[str, Sequence[str]], body: Any) -> set[str]:
    """The words that a call spells: ``identifiers`` are those of its operation, as the contract has them."""
    words: set[str] = set()
    for place, kind in identifiers.items():
        if kind in SPELLING:
            source, _, rest = place.partition(".")
            texts = query.get(rest, ()) if source == "query" else _values(body, rest.split("."))
            for text in texts:
                if isinstance(text, str):
                    words.update(spelled(**{SPELLING[kind]: text}))
    return words


def _values(value: Any, steps: Sequence[str]) -> Iterator[Any]:
    """What stands at a place of a body; items of lists are in the place of the list."""
    if isinstance(value, list):
        for item in value:
            yield from _values(item, steps)
    elif not steps:
        yield value
    elif isinstance(value, dict) and steps[0] in value:
        yield from _values(value[steps[0]], steps[1:])

"""What identifies a person in a bulk, shared by enrichment and signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.errors import ApiError, Detail, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_lusha.world.resolver import PersonQuery


def filled(text: str | None) -> str | None:
    """A text without its margins, None for a blank one."""
    return text.strip() or None if text is not None else None


def split_name(full_name: str | None) -> tuple[str | None, str | None]:
    """First word and the others."""
    first, _, last = " ".join((full_name or "").split()).partition(" ")
    return first or None, last or None


def current(companies: Sequence[Mapping[str, Any]], flag: str) -> Mapping[str, Any]:
    """The company marked as current by ``flag``, or not marked; else the first."""
    return next((c for c in companies if c.get(flag, True)), companies[0] if companies else {})


def is_identified(query: PersonQuery) -> bool:
    """Whether a query says enough to mean somebody."""
    if query.person_id or query.linkedin_url or query.email:
        return True
    return bool(query.first_name and query.last_name and (query.company_name or query.company_domain))


def is_bad_name(full_name: str | None, query: PersonQuery) -> bool:
    """Whether a full name was sent that is not two words. A blank one does not count beside other
    identifiers.
    """
    if full_name is None or query.last_name is not None:
        return False
    return bool(full_name.strip()) or not (query.person_id or query.linkedin_url or query.email)


def refuse_bad_names(items: Iterable[tuple[str, str | None, PersonQuery]]) -> None:
    """Refuse a bulk whose full names are not all two words; items are (path, full name, query).

    Raises:
        ApiError: ``bad-full-name``, naming each.
    """
    problems = [
        Detail(f"{path} must have a first and a last name", shorten(full_name or ""))
        for path, full_name, query in items
        if is_bad_name(full_name, query)
    ]
    if problems:
        raise ApiError("bad-full-name", problems)

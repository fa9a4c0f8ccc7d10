"""What requests for lookalikes of every generation name: seeds, and whom to leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_lusha.api.request import bad_request
from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.services.lookalikes import query_of_page, session_of
from mock_lusha.world.resolver import CompanyQuery, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.state.lookalike_sessions import LookalikeSession, Subject

LEAST_SEEDS: Final = 5
MOST_SEEDS: Final = 100
"""How many seeds a call has, over all lists together."""
_DEFAULT_LIMIT = 25


def check_seeds(count: int) -> None:
    """Refuse too few seeds, and too many.

    Raises:
        ApiError: 400, which says how many were sent.
    """
    if not LEAST_SEEDS <= count <= MOST_SEEDS:
        rule = f"at least {LEAST_SEEDS}" if count < LEAST_SEEDS else f"no more than {MOST_SEEDS}"
        raise bad_request(Detail(f"seeds must contain {rule} identifiers over all lists", str(count)))


def session_for(call: ApiRequest, subject: Subject) -> LookalikeSession:
    """The session that a call goes on with, or a new one.

    Raises:
        ApiError: ``dedupe-session-invalid`` where the account has no such session, or has it no longer.
    """
    session_id = call.body.get("dedupeSessionId")
    session = session_of(call.account, session_id, subject, call.record.now)
    if session is None:
        hint = (
            f"this account has no session of {subject} lookalikes with this id, or it is over: they last 30 "
            "days; a call without dedupeSessionId begins one"
        )
        raise ApiError("dedupe-session-invalid", [Detail(hint, shorten(session_id), hint=True)])
    return session


def people_in(batch: Mapping[str, Any] | None, where: str) -> list[PersonQuery]:
    """Whom the lists of a batch mean, but those of ids.

    Raises:
        ApiError: 400 for somebody by name without a company.
    """
    lists: Mapping[str, Any] = batch or {}
    contacts = [
        PersonQuery(
            first_name=_filled(item, "firstName"),
            last_name=_filled(item, "lastName"),
            company_name=_filled(item, "companyName"),
            company_domain=_filled(item, "companyDomain"),
        )
        for item in lists.get("contacts") or ()
    ]
    problems = [
        f"{where}.contacts.{index} must have firstName and lastName with companyName or companyDomain"
        for index, query in enumerate(contacts)
        if not (query.first_name and query.last_name and (query.company_name or query.company_domain))
    ]
    if problems:
        raise bad_request(*problems)
    queries = [PersonQuery(linkedin_url=url) for url in lists.get("linkedinUrls") or ()]
    return queries + contacts + [PersonQuery(email=email) for email in lists.get("emails") or ()]


def companies_in(batch: Mapping[str, Any] | None) -> list[CompanyQuery]:
    """Which companies the lists of a batch mean."""
    lists: Mapping[str, Any] = batch or {}
    queries = [CompanyQuery(domain=domain) for domain in lists.get("domains") or ()]
    return queries + [query_of_page(url) for url in lists.get("linkedinUrls") or ()]


def page_size(body: Mapping[str, Any]) -> int:
    """How many results are asked for at the most."""
    return int(body.get("limit", _DEFAULT_LIMIT))


def _filled(item: Mapping[str, Any], name: str) -> str | None:
    value = item.get(name)
    return value.strip() or None if isinstance(value, str) else None

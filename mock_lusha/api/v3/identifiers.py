"""What identifies the people and companies of a request: ids, and the items of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.ids import numbers_of
from mock_lusha.errors import Detail, shorten
from mock_lusha.world.identity import parse_email
from mock_lusha.world.resolver import CompanyQuery, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.v3.ids import Kind

_CONTACT = "id, linkedinUrl, email, or firstName and lastName with companyName or companyDomain"
_COMPANY = "id, name or domain"
NOBODY = "0"
"""An id that nobody has."""


def id_query(call: ApiRequest, kind: Kind, text: str) -> str:
    """The digits of an id; those of nobody for one of another account.

    Raises:
        ApiError: 400 for what is neither a token nor digits.
    """
    return id_queries(call, kind, [text])[0]


def id_queries(call: ApiRequest, kind: Kind, texts: Sequence[str]) -> list[str]:
    """The digits of ids; those of nobody for one of another account.

    Raises:
        ApiError: 400 for what is neither a token nor digits.
    """
    try:
        numbers = numbers_of(call.account, kind, [text.strip() for text in texts])
    except ValueError as exc:
        raise bad_request(Detail(f"Invalid {kind} id", shorten(str(exc)))) from None
    return [NOBODY if number is None else str(number) for number in numbers]


def contact_queries(call: ApiRequest) -> list[PersonQuery]:
    """Whom each of ``contacts`` means; of several identifiers the first decides.

    Raises:
        ApiError: 400 for an item that has too little (our rule: the whole call is refused).
    """
    return _queries(call.body["contacts"], "contacts", _CONTACT, lambda item: _contact_query(call, item))


def company_queries(call: ApiRequest) -> list[CompanyQuery]:
    """Which company each of ``companies`` means; an id speaks before a domain, a domain before a name.

    Raises:
        ApiError: 400 for an item that has too little (our rule: the whole call is refused).
    """
    return _queries(call.body["companies"], "companies", _COMPANY, lambda item: _company_query(call, item))


def single_company_queries(call: ApiRequest, names: Sequence[str]) -> list[CompanyQuery]:
    """Which company each of ``companies`` means by exactly one of ``names``; an ``email`` means the company
    whose mailbox it is.

    Raises:
        ApiError: 400 for an item that has none of them, or several.
    """
    queries = []
    problems = []
    expected = f"must have exactly one of {', '.join(names)}"
    for index, item in enumerate(call.body["companies"]):
        fields = _filled(item)
        there = [name for name in names if name in fields]
        if len(there) != 1:
            problems.append(Detail(f"companies.{index} {expected}", ", ".join(there) or "none of them"))
            continue
        queries.append(_single_query(call, there[0], fields[there[0]]))
    if problems:
        raise bad_request(*problems)
    return queries


def _single_query(call: ApiRequest, name: str, text: str) -> CompanyQuery:
    if name == "id":
        return CompanyQuery(company_id=id_query(call, "company", text))
    if name == "name":
        return CompanyQuery(name=text)
    return CompanyQuery(domain=mail_host(text) if name == "email" else text)


def mail_host(address: str) -> str:
    """The domain of a mailbox, as it was written; empty where anybody may have one there."""
    host = address.rpartition("@")[2]
    mailbox = parse_email(address)
    return "" if mailbox is None or mailbox.private else host


def _queries(items: Iterable[Mapping[str, Any]], where: str, identifiers: str, query: Any) -> list[Any]:
    queries = [query(item) for item in items]
    problems = [
        f"{where}.{index} must have {identifiers}" for index, each in enumerate(queries) if each is None
    ]
    if problems:
        raise bad_request(*problems)
    return queries


def _filled(item: Mapping[str, Any]) -> dict[str, str]:
    # What is no text is a property that nobody knows, which an account may allow.
    return {name: text for name, value in item.items() if isinstance(value, str) and (text := value.strip())}


def _contact_query(call: ApiRequest, item: Mapping[str, Any]) -> PersonQuery | None:
    fields = _filled(item)
    if "id" in fields:
        return person_query(call, id_query(call, "contact", fields["id"]))
    query = PersonQuery(
        linkedin_url=fields.get("linkedinUrl"),
        email=fields.get("email"),
        first_name=fields.get("firstName"),
        last_name=fields.get("lastName"),
        company_name=fields.get("companyName"),
        company_domain=fields.get("companyDomain"),
    )
    is_named = query.first_name and query.last_name and (query.company_name or query.company_domain)
    return query if query.linkedin_url or query.email or is_named else None


def person_query(call: ApiRequest, digits: str) -> PersonQuery:
    """Whom the digits of an id mean, by their mailbox too if the account got the id of a stranger by it."""
    return PersonQuery(person_id=digits, email=known_mailbox(call, digits))


def known_mailbox(call: ApiRequest, digits: str) -> str | None:
    """The mailbox by which the account got the id of a stranger: it says how their domain was written."""
    known_as = call.account.people.get(int(digits))
    return None if known_as is None else mailbox_in(known_as)


def mailbox_in(text: str) -> str | None:
    """The mailbox in what an account remembers of somebody (see ``services.enrichment.remembered``)."""
    return text.split(" ", 2)[-1] if "@" in text else None


def _company_query(call: ApiRequest, item: Mapping[str, Any]) -> CompanyQuery | None:
    fields = _filled(item)
    if "id" in fields:
        return CompanyQuery(company_id=id_query(call, "company", fields["id"]))
    query = CompanyQuery(domain=fields.get("domain"), name=fields.get("name"))
    return None if query == CompanyQuery() else query


def reference(item: Mapping[str, Any]) -> dict[str, str]:
    """The caller's own mark of an item, which comes back with its result, if there is one."""
    mark = item.get("clientReferenceId")
    return {} if mark is None else {"clientReferenceId": mark}

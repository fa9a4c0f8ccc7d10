"""People and companies as they are given back to Python, and who finds them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Protocol, TypedDict

from mock_lusha.client.protocol import hides
from mock_lusha.errors import MockLushaError
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Unpack

    Answer = dict[str, Any]
    Texts = str | Sequence[str]

__tracebackhide__ = hides

_LIMIT = 20
_MOST_AT_ONCE = 100
_CANDIDATES = 25
"""People who are looked at for one who can be reached."""


class NobodyError(MockLushaError, LookupError):
    """Nobody fits, or is known by identifiers; the message has the reason, and who is near."""


class CompanyFilters(TypedDict, total=False):
    """Filters of companies: of several values of one, one is enough. ``company_size``, ``revenue`` and
    ``founded`` are ranges such as ``51-200``, ``1M-5M``, ``2015+``."""

    name: Texts
    domain: Texts
    country: Texts
    state: Texts
    city: Texts
    industry: Texts
    company_size: Texts
    revenue: Texts
    technology: Texts
    topic: Texts
    founded: Texts


class PeopleFilters(TypedDict, total=False):
    """Filters of people, and of their companies. Of several values of one, one is enough, but ``has``
    (``phones``, ``emails`` and the data points of prospecting) wants each."""

    country: Texts
    state: Texts
    city: Texts
    department: Texts
    seniority: Texts
    title: Texts
    name: Texts
    has: Texts
    company: Texts
    company_country: Texts
    industry: Texts
    company_size: Texts
    revenue: Texts
    technology: Texts
    topic: Texts
    founded: Texts


class PersonIdentifiers(TypedDict, total=False):
    """Identifiers of a person: one, or names with a company."""

    email: str
    linkedin_url: str
    id: str | int
    first_name: str
    last_name: str
    company_name: str
    company_domain: str


class CompanyIdentifiers(TypedDict, total=False):
    """Identifiers of a company."""

    domain: str
    name: str
    id: str | int


@frozen
class EmailView:
    """A mailbox; ``type`` is work or private, ``confidence`` A+, A or B."""

    email: str
    type: str
    confidence: str


@frozen
class PhoneView:
    """A telephone; ``type`` is mobile, direct or unknown."""

    number: str
    type: str
    do_not_call: bool


@frozen
class EmployerView:
    """The company of a person; ``v3_id`` is None where no account was named."""

    id: int
    v3_id: str | None
    name: str
    domain: str


@frozen
class PersonView:
    """A person as the double has them. ``id`` is the number of version 2, ``v3_id`` the account's token for
    them, None where no account was named. ``restricted`` says why they must not be shown. ``json`` is all
    that the control API said."""

    id: int
    v3_id: str | None
    name: str
    first_name: str
    last_name: str
    job_title: str
    departments: tuple[str, ...]
    seniority: str
    country: str
    state: str | None
    city: str
    company: EmployerView
    emails: tuple[EmailView, ...]
    phones: tuple[PhoneView, ...]
    linkedin_url: str
    restricted: str | None
    pinned: bool
    json: Mapping[str, Any]

    @classmethod
    def of(cls, shape: Mapping[str, Any]) -> PersonView:
        """A person of an answer."""
        company = shape["company"]
        return cls(
            id=shape["id"],
            v3_id=shape.get("v3Id"),
            name=shape["name"],
            first_name=shape["firstName"],
            last_name=shape["lastName"],
            job_title=shape["jobTitle"],
            departments=tuple(shape.get("departments", ())),
            seniority=shape["seniority"],
            country=shape["country"],
            state=shape.get("state"),
            city=shape["city"],
            company=EmployerView(company["id"], company.get("v3Id"), company["name"], company["domain"]),
            emails=tuple(EmailView(**email) for email in shape["emails"]),
            phones=tuple(
                PhoneView(phone["number"], phone["type"], phone["doNotCall"]) for phone in shape["phones"]
            ),
            linkedin_url=shape["linkedinUrl"],
            restricted=shape.get("restricted"),
            pinned=shape["pinned"],
            json=shape,
        )

    @property
    def email(self) -> str | None:
        """The first work mailbox, or the first of any type; None where there is none."""
        work = [email for email in self.emails if email.type == "work"]
        return next((email.email for email in (*work, *self.emails)), None)

    @property
    def phone(self) -> str | None:
        """The first telephone, None where there is none."""
        return self.phones[0].number if self.phones else None

    def __repr__(self) -> str:
        return f"<{self.name}, {self.job_title} at {self.company.name}, {self.country}>"


@frozen
class CompanyView:
    """A company as the double has it. ``employees`` is the exact number; ``size`` and ``revenue`` are (least,
    most), the latter None where there is no end. What is None is not known."""

    id: int
    v3_id: str | None
    name: str
    domain: str
    industry: str | None
    sub_industry: str | None
    employees: int | None
    size: tuple[int, int | None] | None
    revenue: tuple[int, int | None] | None
    founded: int | None
    country: str
    state: str | None
    city: str
    technologies: tuple[str, ...]
    linkedin_url: str
    pinned: bool
    json: Mapping[str, Any]

    @classmethod
    def of(cls, shape: Mapping[str, Any]) -> CompanyView:
        """A company of an answer."""
        count = shape.get("employeeCount")
        return cls(
            id=shape["id"],
            v3_id=shape.get("v3Id"),
            name=shape["name"],
            domain=shape["domain"],
            industry=shape.get("industry"),
            sub_industry=shape.get("subIndustry"),
            employees=None if count is None else count.get("exact"),
            size=_range(count),
            revenue=_range(shape.get("revenueRange")),
            founded=shape.get("yearFounded"),
            country=shape["country"],
            state=shape.get("state"),
            city=shape["city"],
            technologies=tuple(shape["technologies"]),
            linkedin_url=shape["linkedinUrl"],
            pinned=shape["pinned"],
            json=shape,
        )

    def __repr__(self) -> str:
        return f"<{self.name}, {self.domain}, {self.country}>"


def _range(limits: Mapping[str, int] | None) -> tuple[int, int | None] | None:
    return None if limits is None else (limits["min"], limits.get("max"))


class PeopleSource(Protocol):
    """What answers as the control API does: a client of it, or a world in this process."""

    def people(self, *, page: int | None = None, size: int | None = None, **filters: Any) -> Answer:
        """A page of the people there are."""

    def companies(self, *, page: int | None = None, size: int | None = None, **filters: Any) -> Answer:
        """A page of the companies there are."""

    def person(self, find: str | None = None, **identifiers: Any) -> Answer:
        """Whom identifiers lead to."""

    def company(self, find: str | None = None, **identifiers: Any) -> Answer:
        """Which company identifiers lead to."""


class PeopleViews(ABC):
    """Who exists, and whom identifiers lead to; nothing is charged or counted.

    Raises:
        ControlError: from every method, for a filter or an identifier that cannot be; the nearest is named.
    """

    @property
    @abstractmethod
    def _source(self) -> PeopleSource:
        """What is asked."""

    def people(self, *, limit: int = _LIMIT, **filters: Unpack[PeopleFilters]) -> list[PersonView]:
        """The first people that pass filters, in the order of prospecting:
        ``people(country="Germany", has="phones", limit=5)``."""
        shapes = _shapes("people", self._source.people, limit, filters)
        return list(map(PersonView.of, shapes))

    def companies(self, *, limit: int = _LIMIT, **filters: Unpack[CompanyFilters]) -> list[CompanyView]:
        """The first companies that pass filters: ``companies(country="Germany", company_size="51-200")``."""
        shapes = _shapes("companies", self._source.companies, limit, filters)
        return list(map(CompanyView.of, shapes))

    def person(self, find: str | None = None, /, **identifiers: Unpack[PersonIdentifiers]) -> PersonView:
        """Whom identifiers lead to, or a text that is an e-mail address, a LinkedIn URL, an id or a name.

        Raises:
            NobodyError: nobody; the message says why, and who is near.
        """
        answer = self._source.person(find, **identifiers)
        if "person" not in answer:
            _nobody(answer, find, identifiers)
        return PersonView.of(answer["person"])

    def company(self, find: str | None = None, /, **identifiers: Unpack[CompanyIdentifiers]) -> CompanyView:
        """Which company identifiers lead to, or a text that is a domain, an e-mail address, an id or a name.

        Raises:
            NobodyError: none; the message says why, and which is near.
        """
        answer = self._source.company(find, **identifiers)
        if "company" not in answer:
            _nobody(answer, find, identifiers)
        return CompanyView.of(answer["company"])

    def someone(self, **filters: Unpack[PeopleFilters]) -> PersonView:
        """One who passes filters, the same always: the first who may be shown and has a mailbox, if there is
        one among the first 25.

        Raises:
            NobodyError: nobody passes them.
        """
        people = self.people(limit=_CANDIDATES, **filters)
        if not people:
            raise NobodyError(f"nobody there is passes {_said(filters)}")
        shown = [person for person in people if person.restricted is None]
        reachable = [person for person in shown if person.emails]
        return (reachable or shown or people)[0]


def _shapes(
    name: Literal["people", "companies"], ask: Callable[..., Answer], limit: int, filters: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """The first so many, page by page."""
    if type(limit) is not int or limit < 0:
        raise ValueError(f"limit is how many to give back, from 0, not {limit!r}")
    size = min(_MOST_AT_ONCE, max(1, limit))
    left, page, more = limit, 0, True
    while left > 0 and more:
        answer = ask(page=page, size=size, **filters)
        yield from answer[name][:left]
        left, page, more = left - size, page + 1, answer["more"]


def _said(fields: Mapping[str, Any]) -> str:
    texts = [f"{name}={value!r}" for name, value in fields.items()]
    return ", ".join(texts) or "no filter at all"


def _nobody(answer: Answer, find: str | None, identifiers: Mapping[str, Any]) -> NoReturn:
    what = repr(find) if find is not None else _said(identifiers)
    near = ", ".join(f"{each['name']} ({_where(each)})" for each in answer.get("nearest", ())[:3])
    text = f"{what} leads to nobody: {answer['why']}"
    if answer["found"]:
        text = f"{what} leads to no person, but to the company {answer['company']['name']}"
    raise NobodyError(f"{text}; near are {near}" if near else text)


def _where(shape: Mapping[str, Any]) -> str:
    company = shape.get("company")
    return str(shape["domain"] if company is None else company["domain"])

"""Buying groups: POST ``/v3/contacts/buying-group``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mock_lusha.api.reply import Reply, json_text
from mock_lusha.api.v3.identifiers import reference, single_company_queries
from mock_lusha.api.v3.ids import entity_id, request_id
from mock_lusha.api.v3.item_errors import company_error, note_miss
from mock_lusha.api.v3.pages import shown_size
from mock_lusha.api.v3.prospect_shapes import contact_prospect
from mock_lusha.api.v3.search_rows import ListedPeople, contact_rows
from mock_lusha.services.billing import buying_group_item
from mock_lusha.services.buying_roles import ROLES, fit_of_person, fits_of_rows
from mock_lusha.services.enrichment import find_company
from mock_lusha.world.resolver import PersonMatch
from mock_lusha.world.search.staff import staff_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.buying_roles import BuyingRole, Fit
    from mock_lusha.world.entities import Person
    from mock_lusha.world.resolver import CompanyMatch

PERSONAS: Final[Mapping[str, BuyingRole]] = {role.replace(" ", "_"): role for role in ROLES}
"""Values of ``personas`` -> the roles they are."""
_NAMES: Final[Mapping[BuyingRole, str]] = {role: name for name, role in PERSONAS.items()}
_IDENTIFIERS = ("domain", "id")
_LIMIT, _SIZE = 60, 100
_HUNDRED = 100


class _Member(NamedTuple):
    """Somebody in a buying group: a person, or else the row of one of the directory."""

    fit: Fit
    person: Person | None
    row: int


class _Group(NamedTuple):
    """The people of a company who are shown; without a ``match`` the company is not known."""

    mark: Shape
    match: CompanyMatch | None
    members: Sequence[_Member]


def buying_group(call: ApiRequest) -> Reply:
    """The people of 1 to 25 companies who take part in buying, by role and the fittest first.

    A page goes over the people of all companies; a company without anybody on it is left out. One that is
    not known is left out in the dialect ``live``, and has an ``error`` in ``documented``. 1 credit for each
    person on the page, every time; somebody who is there twice is paid once.

    Raises:
        ApiError: 400 for a company with both a domain and an id, or neither.
    """
    pagination = call.body.get("pagination") or {}
    page, size = int(pagination.get("page", 0)), int(pagination.get("size", _SIZE))
    groups = _groups(call)
    total = sum(len(group.members) for group in groups)
    shown = _cut(groups, page * size, size)
    people = _Page(call, shown)
    texts = iter(people.texts)
    results = []
    for group in shown:
        if group.match is None:
            if not call.live:
                results.append(json_text(group.mark | {"error": company_error()}))
        elif group.members:
            identity = group.mark | {"companyId": entity_id(call.account, "company", group.match.company.id)}
            contacts = ",".join(next(texts) for _ in group.members)
            results.append(f'{json_text(identity)[:-1]},"contacts":[{contacts}]}}')
    count = len(people.ids)
    charge = call.settle(map(buying_group_item, people.ids), people=people.people, companies=people.companies)
    end = json_text(
        {
            "pagination": {"page": page, "size": shown_size(call, count, size), "total": total},
            "billing": {"creditsCharged": charge.cost, "resultsReturned": count},
        }
    )
    begin = f'{{"requestId":"{request_id(call.account)}","results":['
    return Reply(f"{begin}{','.join(results)}],{end[1:]}".encode())


def _groups(call: ApiRequest) -> list[_Group]:
    wanted = {PERSONAS[name] for name in call.body.get("personas") or PERSONAS}
    limit = int(call.body.get("contactsLimit", _LIMIT))
    groups = []
    for item, query in zip(call.body["companies"], single_company_queries(call, _IDENTIFIERS), strict=True):
        match, miss = find_company(call.lookup, query)
        note_miss(call, query, miss)
        members = [] if match is None else _members(call, match, wanted)[:limit]
        groups.append(_Group(reference(item), match, members))
    return groups


def _members(call: ApiRequest, match: CompanyMatch, wanted: set[BuyingRole]) -> list[_Member]:
    """The people of a company who have one of the roles, the fittest first."""
    staff = staff_of(call.index, call.lookup, match.company)
    members = [_Member(fit_of_person(person), person, -1) for person in staff.persons]
    members += [
        _Member(fit, None, row)
        for fit, row in zip(fits_of_rows(call.index, staff.rows), staff.rows, strict=True)
    ]
    members = [member for member in members if member.fit.role in wanted]
    # Equal ones stay in the order of a search.
    return sorted(members, key=lambda member: -member.fit.points)


def _cut(groups: Sequence[_Group], offset: int, size: int) -> list[_Group]:
    """The groups with those of their people who are on a page."""
    shown = []
    for group in groups:
        shown.append(group._replace(members=group.members[max(0, offset) : max(0, offset + size)]))
        offset -= len(group.members)
    return shown


class _Page:
    """The people of groups on a page, and they as JSON in their order (``texts``)."""

    def __init__(self, call: ApiRequest, groups: Sequence[_Group]) -> None:
        self.ids: list[int] = []
        self.people: dict[int, str] = {}
        """What the account remembers of those whom the world does not find by their ids."""
        self.companies = {
            group.match.company.id: group.match.company.domain
            for group in groups
            if group.match is not None and group.members
        }
        account = call.account
        rows = [member.row for group in groups for member in group.members if member.person is None]
        listed = call.world_caches.get(ListedPeople).get(call.index, rows, account.dialect)
        texts_of_listed = contact_rows(account, listed, [""] * len(listed))
        next_listed = iter(zip(listed, texts_of_listed, strict=True))
        self.texts: list[str] = []
        for group in groups:
            for member in group.members:
                if member.person is None or group.match is None:
                    one, text = next(next_listed)
                    self.ids.append(one.id)
                else:
                    text = self._text_of(call, member.person, group.match)
                self.texts.append(_with_fit(text, member.fit))

    def _text_of(self, call: ApiRequest, person: Person, match: CompanyMatch) -> str:
        self.ids.append(person.id)
        self.people[person.id] = person.key.text
        employee = PersonMatch(person, match.company, match.domain, "company")
        return json_text(contact_prospect(call.account, employee))


def _with_fit(text: str, fit: Fit) -> str:
    return f'{text[:-1]},"roles":["{_NAMES[fit.role]}"],"score":{fit.points / _HUNDRED}}}'


HANDLERS: Mapping[str, Any] = {"getContactsBuyingGroup": buying_group}

"""Seed from truth: recorded people and companies as pinned entities of the double.

What comes out is what a file of fixtures holds (``people`` and ``companies``). Values are taken as they stand
in the cassette, which is redacted already.

Where an answer describes people and companies is the fact ``x-mock-lusha-entities`` of its operation:
``people`` and ``companies`` are lists of places. ``at`` is where each of them stands, and ``facts`` the
member of that which describes them, if not all of it does. One with an ``error`` is nobody. The company
of a person is their member ``company``, or that of the answer's map ``companies`` which has the name of their
``companyId``. ``id`` is the member that is the id of a company (``*``: its name in the map), ``only`` the
facts to be taken.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.recorded_facts import (
    ANY,
    Vocabulary,
    company_facts,
    domain_of,
    folded,
    id_of,
    integer_of,
    mapping,
    person_facts,
    text_of,
)
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mock_lusha.recorder.cassette import Cassette

_EVERY: Final = "*"
_PERSON_ORDER: Final = (
    *("firstName", "lastName", "companyDomain", "personId", "jobTitle", "departments", "seniority", "city"),
    *("country", "emails", "phones", "linkedinUrl", "jobStartDate", "previousEmployment", "skills", "tags"),
)
_COMPANY_ORDER: Final = (
    *("domain", "name", "companyId", "subIndustry", "employees", "founded", "city", "country", "description"),
    *("specialities", "technologies", "companyType", "businessModel", "revenue", "keywords", "phones"),
    *("emails", "alternativeDomains"),
)


def pins(cassette: Cassette, vocabulary: Vocabulary = ANY) -> dict[str, Any]:
    """``{"people": [...], "companies": [...]}`` of the recorded answers, in the form of a file of fixtures.

    Who was seen several times is one, and later answers fill in what earlier ones lack. People are in the
    order of their company's domain and name, companies in that of their domain. People without a company's
    domain, and namesakes at one company, are left out: see ``skipped``.
    """
    entities = _Entities(cassette, vocabulary)
    return {"people": entities.people(), "companies": entities.companies()}


def skipped(cassette: Cassette) -> list[str]:
    """Who was recorded and cannot be pinned: the place in the cassette, the name, and why."""
    return list(dict.fromkeys(_Entities(cassette, ANY).skipped))


def dumps(pins: Mapping[str, Any]) -> str:
    """The text of a file of fixtures."""
    import yaml  # noqa: PLC0415 - for files alone

    dumper = getattr(yaml, "CSafeDumper", None) or yaml.SafeDumper
    return str(yaml.dump(dict(pins), Dumper=dumper, sort_keys=False, allow_unicode=True, width=100))


@frozen
class _Person:
    """A person as an answer describes them, and what it says of their company."""

    where: str
    data: Mapping[str, Any]
    company: Mapping[str, Any]


@mutable
class _FactIndex:
    """Facts by the keys that lead to them; facts found by either key are one."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    by_id: dict[int | str, dict[str, Any]] = field(default_factory=dict)
    by_key: dict[Any, dict[str, Any]] = field(default_factory=dict)

    def add(self, facts: dict[str, Any], key: Any, id_: int | str | None) -> bool:
        """Take facts; False where another has that key already."""
        by_key = self.by_key.get(key)
        by_id = None if id_ is None else self.by_id.get(id_)
        if by_id is None and by_key is not None and id_ is not None and by_key["_id"] not in {None, id_}:
            return False
        entry = by_id if by_id is not None else by_key
        if entry is None:
            entry = {"_id": id_}
            self.facts.append(entry)
        self.by_key.setdefault(key, entry)
        if id_ is not None:
            entry["_id"] = id_
            self.by_id[id_] = entry
        for name, value in facts.items():
            if entry.get(name) in (None, "", []):
                entry[name] = value
        return True


class _Entities:
    """The people and companies in a cassette."""

    def __init__(self, cassette: Cassette, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._people = _FactIndex()
        self._companies = _FactIndex()
        self._domains: dict[int | str, str] = {}
        self.skipped: list[str] = []
        operations = Registry.load().operations
        people: list[_Person] = []
        for index, interaction in enumerate(cassette.interactions):
            operation = operations.get(interaction.operation or "")
            places = (operation and operation.entities) or {}
            if interaction.status == 200 and isinstance(interaction.answer, dict):
                where = f"interactions[{index}]"
                for place in places.get("companies", ()):
                    for at, facts, id_ in _companies_in(interaction.answer, place, where):
                        self._company(facts, id_, at)
                for place in places.get("people", ()):
                    people += _people_in(interaction.answer, place, where)
        # Only now are the domains of all companies known: an enriched contact has but its company's id.
        for person in people:
            self._person(person)

    def people(self) -> list[dict[str, Any]]:
        """The people, in order, without identifiers that somebody before them has."""
        people = sorted(
            self._people.facts,
            key=lambda person: (
                person["companyDomain"],
                person["lastName"],
                person["firstName"],
                str(person["_id"] or ""),
            ),
        )
        identifiers: set[str] = set()
        return [_in_order(_own_facts(person, identifiers), _PERSON_ORDER) for person in people]

    def companies(self) -> list[dict[str, Any]]:
        """The companies, in order."""
        companies = sorted(self._companies.facts, key=lambda company: company["domain"])
        return [_in_order(company, _COMPANY_ORDER) for company in companies]

    def _company(self, item: Mapping[str, Any], id_: int | str | None, where: str) -> None:
        domain = domain_of(item)
        if domain is None:
            return
        if id_ is not None:
            self._domains.setdefault(id_, domain)
        facts = company_facts(item, self._vocabulary) | {"domain": domain, "companyId": integer_of(id_)}
        if len(facts) > 2 and not self._companies.add(facts, domain, id_):
            self.skipped.append(f"{where}: {domain} is there already with another companyId")

    def _person(self, person: _Person) -> None:
        first, last = (text_of(person.data.get(name)) for name in ("firstName", "lastName"))
        label = " ".join(part for part in (first, last) if part) or "somebody"
        domain = domain_of(person.company) or self._domains.get(integer_of(person.data.get("companyId")) or 0)
        if first is None or last is None or not folded(first) or not folded(last):
            self.skipped.append(f"{person.where}: {label} has no first and last name")
        elif domain is None:
            self.skipped.append(f"{person.where}: {label} has no company domain")
        else:
            id_ = id_of(person.data.get("personId")) or id_of(person.data.get("id"))
            facts = person_facts(person.data, self._vocabulary)
            facts |= {
                "firstName": first,
                "lastName": last,
                "companyDomain": domain,
                "personId": integer_of(id_),
            }
            if not self._people.add(facts, (folded(f"{first} {last}"), domain), id_):
                self.skipped.append(f"{person.where}: {label} at {domain} is there already with another id")


# Answers


def _people_in(answer: Mapping[str, Any], place: Mapping[str, Any], where: str) -> Iterable[_Person]:
    """The people at a place of an answer."""
    for at, _, item in _at(answer, place["at"], where):
        data = mapping(mapping(item).get(place["facts"]) if "facts" in place else item)
        if data and "error" not in data:
            company = data.get(place.get("company", ""))
            if "companies" in place:
                company = mapping(answer.get(place["companies"])).get(str(data.get("companyId")))
            yield _Person(at, data, mapping(company))


def _companies_in(
    answer: Mapping[str, Any], place: Mapping[str, Any], where: str
) -> Iterable[tuple[str, Mapping[str, Any], int | str | None]]:
    """The companies at a place of an answer: where they are, their facts, and the id."""
    for at, name, item in _at(answer, place["at"], where):
        holder = mapping(item)
        facts, place_of_facts = holder, at
        if "facts" in place:
            facts, place_of_facts = mapping(holder.get(place["facts"])), f"{at}.{place['facts']}"
        if "only" in place:
            facts = {fact: facts.get(fact) for fact in place["only"]}
        yield place_of_facts, facts, id_of(name if place["id"] == _EVERY else holder.get(place["id"]))


def _at(value: Any, place: str, where: str) -> Iterator[tuple[str, str, Any]]:
    """What stands at a place: where that is, the last name on the way there, and the value."""
    step, _, rest = place.partition(".")
    members: Iterable[tuple[str, str, Any]] = ()
    if step != _EVERY:
        members = [(f"{where}.{step}", step, mapping(value).get(step))]
    elif isinstance(value, dict):
        members = [(f"{where}.{name}", name, item) for name, item in value.items()]
    elif isinstance(value, list):
        members = [(f"{where}[{index}]", "", item) for index, item in enumerate(value)]
    for at, name, item in members:
        if rest:
            yield from _at(item, rest, at)
        else:
            yield at, name, item


# Order


def _own_facts(facts: Mapping[str, Any], identifiers: set[str]) -> dict[str, Any]:
    """The facts without emails and profiles that are in ``identifiers``: a pin's lead to one person alone."""
    rest = dict(facts)
    if "emails" in rest:
        mine = {email["email"].lower(): email for email in rest["emails"]}
        rest["emails"] = [email for address, email in mine.items() if address not in identifiers]
        identifiers.update(mine)
    profile = rest.get("linkedinUrl", "").lower().rstrip("/").rpartition("/")[2]
    if profile and f"in/{profile}" in identifiers:
        del rest["linkedinUrl"]
    identifiers.add(f"in/{profile}")
    return rest


def _in_order(facts: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: facts[name] for name in names if facts.get(name) not in (None, [])}


# Values

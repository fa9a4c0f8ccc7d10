"""Tables of accounts as files of fixtures and the control API say them.

    tables:
      - name: Autumn fair
        kind: contacts
        rows: [ada@quill-works.example, {linkedinUrl: "https://www.linkedin.com/in/…"}]
      - name: Suppliers
        kind: companies
        account: acme-ci
        visibility: shared
        rows: [quill-works.example]

A table without ``account`` is there for every account, and one without ``owner`` belongs to the first of its
users.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_lusha import yamlfile
from mock_lusha.table_limits import ENTITY_KINDS, LONGEST_NAME, MOST_FIXTURE_ROWS, MOST_FIXTURES
from mock_lusha.values import frozen
from mock_lusha.world.resolver import CompanyQuery, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_lusha.table_limits import EntityKind
    from mock_lusha.yamlfile import SourcePlace

FIELDS: Final = ("name", "kind", "account", "owner", "visibility", "rows")
_VISIBILITIES: Final = ("private", "shared")
PERSON_QUERY: Final = {
    "personId": "person_id",
    "linkedinUrl": "linkedin_url",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company_name",
    "companyDomain": "company_domain",
}
COMPANY_QUERY: Final = {"companyId": "company_id", "domain": "domain", "name": "name"}
"""The identifiers by which files and the control API name somebody, and what lookups call them."""


@frozen
class TableFixture:
    """A table that an account has from the start: ``account`` is its key, None for every account; ``owner``
    the e-mail address of its user, None for the first one. ``source`` says where it was read from."""

    name: str
    kind: EntityKind
    account: str | None
    owner: str | None
    is_shared: bool
    rows: Sequence[PersonQuery | CompanyQuery]
    source: str


def table_fixtures(documents: Iterable[Mapping[str, SourcePlace]]) -> tuple[TableFixture, ...]:
    """The tables of documents.

    Raises:
        DataFileError: with file and line, for anything that cannot be used, or a name that comes twice.
    """
    fixtures: list[TableFixture] = []
    for document in documents:
        for spot in yamlfile.entries(document, "tables"):
            fixture = read_table(spot)
            for other in fixtures:
                is_same_account = None in {other.account, fixture.account} or other.account == fixture.account
                if other.name == fixture.name and is_same_account:
                    raise spot.error(f"a table named {fixture.name} is there already: {other.source}")
            fixtures.append(fixture)
            if sum(len(each.rows) for each in fixtures) > MOST_FIXTURE_ROWS:
                raise spot.error(
                    f"tables of fixtures have {MOST_FIXTURE_ROWS} rows in all at most: add more by calls"
                )
            if len(fixtures) > MOST_FIXTURES:
                raise spot.error(f"there are at most {MOST_FIXTURES} tables of fixtures")
    return tuple(fixtures)


def read_table(spot: SourcePlace) -> TableFixture:
    """One table.

    Raises:
        DataFileError: for anything that cannot be used.
    """
    entry = spot.mapping("a table", FIELDS)
    entry = {name: place for name, place in entry.items() if place.value is not None}
    for field in ("name", "kind"):
        if field not in entry:
            raise spot.error(f"a table needs {field}")
    kind = ENTITY_KINDS[entry["kind"].one_of("kind", ENTITY_KINDS)]
    visibility = (
        entry["visibility"].one_of("visibility", _VISIBILITIES) if "visibility" in entry else "private"
    )
    read = _person if kind == "contacts" else _company
    name = entry["name"].text("name")
    if len(name) > LONGEST_NAME:
        raise entry["name"].error(f"name has at most {LONGEST_NAME} characters, not {len(name)}")
    return TableFixture(
        name=name,
        kind=kind,
        account=entry["account"].text("account") if "account" in entry else None,
        owner=entry["owner"].text("owner") if "owner" in entry else None,
        is_shared=visibility == "shared",
        rows=tuple(map(read, yamlfile.entries(entry, "rows"))),
        source=str(spot.path) if spot.line is None else f"{spot.path}:{spot.line}",
    )


def _person(spot: SourcePlace) -> PersonQuery:
    """Somebody: an e-mail address, a LinkedIn profile, or identifiers by their names."""
    if isinstance(spot.value, str):
        text = spot.text("a row")
        if "linkedin." in text:
            return PersonQuery(linkedin_url=text)
        if "@" not in text:
            raise spot.error(
                "a row of contacts is an e-mail address, a LinkedIn profile or a mapping of "
                f"{', '.join(PERSON_QUERY)}, not {yamlfile.said(text)}"
            )
        return PersonQuery(email=text)
    return PersonQuery(**_identifiers(spot, PERSON_QUERY))


def _company(spot: SourcePlace) -> CompanyQuery:
    """A company: a domain, or identifiers by their names."""
    if isinstance(spot.value, str):
        return CompanyQuery(domain=spot.text("a row"))
    return CompanyQuery(**_identifiers(spot, COMPANY_QUERY))


def _identifiers(spot: SourcePlace, names: Mapping[str, str]) -> dict[str, str]:
    entry = spot.mapping("a row", tuple(names))
    identifiers = {
        names[name]: str(place.whole(name, 1)) if isinstance(place.value, int) else place.text(name)
        for name, place in entry.items()
    }
    if not identifiers:
        raise spot.error(f"a row needs one of {', '.join(names)}")
    return identifiers

"""Who exists, for Python: out of a server by the handle, and out of a world in this process."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import click
import pytest
from documents import PAGES

from mock_lusha import ControlError, MockLusha, NobodyError, World
from mock_lusha.api.people.simple_filters import COMPANY_FILTERS, PEOPLE_FILTERS
from mock_lusha.cli.main import main
from mock_lusha.client.async_control import AsyncControl
from mock_lusha.client.facts import camel
from mock_lusha.client.people import CompanyFilters, PeopleFilters
from mock_lusha.contract.document import Contract
from mock_lusha.errors import ConfigError, MockLushaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.client.people import PeopleViews

SETTINGS: dict[str, Any] = {"people": 600, "companies": 60, "as_of": "2026-03-31", "seed": "fair"}
KEY = "people-of-python"
ADA = "ada.quill@quill-works.example"


@pytest.fixture(scope="module")
def lusha() -> Iterator[MockLusha]:
    with MockLusha(api_key=KEY, in_process=True, **SETTINGS) as running:
        yield running


@pytest.fixture(scope="module")
def world() -> World:
    return World(account=KEY, **SETTINGS)


@pytest.fixture(params=["handle", "world"])
def views(request: pytest.FixtureRequest, lusha: MockLusha, world: World) -> PeopleViews:
    """A handle on a server, and a world without one."""
    return lusha if request.param == "handle" else world


def test_a_world_has_whom_a_server_with_its_settings_has(lusha: MockLusha, world: World) -> None:
    assert world.people(country="US", limit=150) == lusha.people(country="US", limit=150)
    assert world.companies(limit=100) == lusha.companies(limit=100)
    for text in (ADA, "jane.doe@acme.com", "Ada Quill"):
        assert world.person(text) == lusha.person(text)
    assert world.company("acme.com") == lusha.company("acme.com")


def test_people_have_what_calls_need(lusha: MockLusha) -> None:
    someone = lusha.someone(has="phones", seniority="director")

    body = {"contacts": [{"email": someone.email}], "reveal": ["emails", "phones"]}
    (shown,) = lusha.client.post("/v3/contacts/search-and-enrich", json=body).json()["results"]

    assert someone.seniority == "Director"
    assert shown["id"] == someone.v3_id
    assert [phone["number"] for phone in shown["phones"]] == [phone.number for phone in someone.phones]
    assert shown["company"]["domain"].removeprefix("www.") == someone.company.domain


def test_whoever_someone_is_can_be_shown_and_has_a_mailbox(views: PeopleViews) -> None:
    for department in ("Sales", "Product", "Legal", "Finance"):
        someone = views.someone(department=department)
        assert someone.restricted is None
        assert someone.email is not None
        assert department in someone.departments
        assert views.person(email=someone.email).id == someone.id


def test_a_look_is_no_call(lusha: MockLusha) -> None:
    def counted() -> list[Any]:
        account = lusha.control.accounts()
        return [account["requests"], account["credits"], lusha.control.journal(), lusha.control.ledger()]

    before = counted()

    lusha.people(country="US", limit=3)
    lusha.person(email=ADA)

    assert counted() == before


def test_the_limit_is_how_many_come_back(views: PeopleViews) -> None:
    assert [len(views.people(limit=limit)) for limit in (0, 1, 101)] == [0, 1, 101]
    assert len({person.id for person in views.people(limit=604)}) == 604
    assert len(views.people(limit=10_000)) == 604
    for limit in (-1, True, "5", 1.5, None):
        with pytest.raises(ValueError, match="limit is how many to give back"):
            views.people(limit=limit)  # type: ignore[arg-type] # is refused


def test_several_values_are_alternatives_and_a_comma_is_a_letter(views: PeopleViews) -> None:
    both = views.people(industry=["Technology, Information & Media", "Construction"], limit=600)
    one = views.people(industry="Technology, Information & Media", limit=600)

    assert len(both) > len(one) > 0


def test_people_are_shown_in_a_line(views: PeopleViews) -> None:
    ada, works = views.person(ADA), views.company("quill-works.example")

    assert repr(ada) == "<Ada Quill, Head of Archives at Quill Works, United States>"
    assert repr(works) == "<Quill Works, quill-works.example, United States>"
    assert (ada.pinned, ada.first_name, ada.email, ada.city) == (True, "Ada", ADA, "Boston")
    assert (ada.phone, ada.phones[1].do_not_call) == ("+1 617-555-0142", True)
    assert (works.employees, works.size, works.founded) == (42, (11, 50), 2011)


# Method, arguments, options -> part of the error
NOBODY: dict[str, tuple[str, list[Any], dict[str, Any], str]] = {
    "a magic word": ("person", ["nobody@acme.com"], {}, "'nobody@acme.com' leads to nobody: outcome not-found"),
    "an id": ("person", [], {"id": 5}, "id=5 leads to nobody: nobody has this id"),
    "a common name": ("person", ["Ada"], {}, "say at which company; near are Ada Quill (quill-works.example)"),
    "a domain": ("person", ["acme.com"], {}, "leads to no person, but to the company Acme"),
    "a private mailbox": ("company", ["a@gmail.com"], {}, "ask for the person"),
    "no company": ("company", [], {"domain": "nobody.example"}, "domain='nobody.example' leads to nobody"),
    "filters": ("someone", [], {"name": "Xqzv Wqzv"}, "nobody there is passes name='Xqzv Wqzv'"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOBODY)
def test_nobody_is_a_lookup_error_with_its_reason(case: str, views: PeopleViews) -> None:
    method, args, options, problem = NOBODY[case]

    with pytest.raises(NobodyError) as caught:
        getattr(views, method)(*args, **options)

    assert isinstance(caught.value, LookupError)
    assert isinstance(caught.value, MockLushaError)
    assert problem in str(caught.value)


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "a country": ("people", {"country": "Germny"}, "did you mean Germany?"),
    "a filter": ("companies", {"contry": "Germany"}, "did you mean country?"),
    "a size": ("someone", {"company_size": "big"}, "such as 51-200"),
    "a filter that is empty": ("people", {"country": ""}, "country should not be empty"),
    "an empty list": ("people", {"country": []}, "country should not be empty: leave it out"),
    "no identifier": ("person", {}, "name somebody by find"),
    "half a name": ("person", {"first_name": "Ada", "company_name": "Acme"}, "firstName and lastName with"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_refused_with_what_would_work(case: str, views: PeopleViews) -> None:
    method, options, problem = WRONG[case]

    with pytest.raises(ControlError, match=r"\w") as caught:
        getattr(views, method)(**options)

    assert caught.value.status == 400
    assert problem in str(caught.value)


def test_a_world_takes_settings_by_their_names() -> None:
    assert World(seed="other", people=10, companies=2, as_of="2026-03-31").counts == (14, 3)
    with pytest.raises(ConfigError, match="is no setting: did you mean people"):
        World(peple=5)
    with pytest.raises(ControlError, match="stands for one Lusha does not know"):
        World(account="invalid")


def test_everyone_of_a_world_is_whom_its_lists_have(world: World) -> None:
    people = {person["id"]: person for person in world.everyone()}

    listed = world.people(limit=604)
    assert {person.id: person.json for person in listed} == people
    assert world.counts[0] == len(people)
    domains = [company["domain"] for company in world.every_company()]
    assert len(set(domains)) == len(domains) == world.counts[1]


def test_the_async_client_takes_lists_too(lusha: MockLusha) -> None:
    async def ask() -> Any:
        async with AsyncControl(lusha.url, KEY) as control:
            return await control.people(country=["United States", "India"], size=100)

    total = sum(lusha.control.people(country=name)["total"] for name in ("US", "IN"))
    assert asyncio.run(ask())["total"] == total


OF: dict[str, tuple[tuple[str, ...], type, str]] = {
    "people": (PEOPLE_FILTERS, PeopleFilters, "getPeople"),
    "companies": (COMPANY_FILTERS, CompanyFilters, "getCompanies"),
}


@pytest.mark.parametrize("entity", OF)
def test_a_filter_is_there_over_http_in_python_on_the_command_line_and_in_the_document(entity: str) -> None:
    names, keywords, operation = OF[entity]
    parameters = {each["name"] for each in Contract.load("control").operations[operation].parameters}
    command = main.get_command(click.Context(main), entity)
    assert command is not None
    flags = {flag for parameter in command.params for flag in parameter.opts}

    assert parameters == {*names, "account", "page", "size"}
    assert sorted(camel(dict.fromkeys(keywords.__annotations__))) == sorted(names)
    for keyword in keywords.__annotations__:
        assert f"--{keyword.replace('_', '-')}" in flags
    for name in names:
        assert re.search(rf"^\| .*`{name}`", PAGES["docs/people.md"], re.MULTILINE), name

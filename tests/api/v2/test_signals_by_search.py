"""POST /api/signals/contacts/search and /companies/search: signals of whom the caller describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.world.generate.signals import COMPANY_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.clock import Clock
    from mock_lusha.world.entities import Person
    from mock_lusha.world.world import World

CONTACTS = "/api/signals/contacts/search"
COMPANIES = "/api/signals/companies/search"
TODAY = "2026-03-31"
SIX_MONTHS_AGO = "2025-09-30"
LONG_AGO = "1990-01-01"
DAY = 86_400
ADA = {"full_name": "Ada Quill", "companies": [{"name": "Quill Works"}]}


def lately_moved(world: World) -> Person:
    """Someone of the directory who moved within the last five months."""
    for number in range(world.directory.people):
        key = world.key_of_number(number)
        assert key is not None
        person = world.person(key)
        if person.previous is not None and 15 <= (world.as_of - person.job_start).days <= 150:
            return person
    raise LookupError("nobody moved lately")


def contacts(client: CheckedClient, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post(CONTACTS, json={"contacts": list(items), "signals": ["allSignals"], **more})

    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def companies(client: CheckedClient, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post(COMPANIES, json={"companies": list(items), "signals": ["allSignals"], **more})

    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refusal(client: CheckedClient, path: str, body: Any, status: int = 400) -> Any:
    answer = client.post(path, json=body)

    assert answer.status_code == status, answer.text
    assert client.used() == 0
    return answer.json()["message"]


@pytest.fixture
def live(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(error_format="live")


def types_of(entry: dict[str, Any]) -> set[str]:
    return {name for name, value in entry.items() if isinstance(value, list)}


def ten(world: World) -> list[dict[str, Any]]:
    """Ten companies of the directory, by domain, each under its domain as the caller's id."""
    return [{"id": listing.domain, "domain": listing.domain} for listing in world.directory.companies[:10]]


# Who is in the answer


def test_the_map_of_people_is_keyed_by_the_caller_s_id(client: CheckedClient, world: World) -> None:
    person = lately_moved(world)
    answer = contacts(
        client,
        {"id": "signal-request-1", "social_link": person.linkedin_url},
        {"id": "b 2/ü", "email": "jane.doe@acme.com"},
        {"id": "nobody", "email": "nobody"},
    )

    assert set(answer) == {"contacts", "startDate", "endDate", "creditCharged"}
    assert list(answer["contacts"]) == ["signal-request-1", "b 2/ü"]
    assert answer["contacts"]["signal-request-1"]["personId"] == str(person.id)


def test_the_map_of_companies_is_keyed_by_the_caller_s_id(client: CheckedClient) -> None:
    answer = companies(
        client,
        {"id": "x", "name": "Quill Works"},
        {"id": "y", "domain": "https://www.acme.com/about"},
        {"id": "z", "domain": "..."},
    )

    assert set(answer) == {"companies", "startDate", "endDate", "creditCharged"}
    assert list(answer["companies"]) == ["x", "y"]
    assert answer["companies"]["x"]["companyName"] == "Quill Works"
    assert answer["companies"]["x"]["domain"] == "quill-works.example"
    assert answer["companies"]["y"]["domain"] == "acme.com", "as the caller knows it"


def test_in_a_closed_world_only_known_ones_are_found(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(open_world=False)
    people = contacts(client, {"id": "a", **ADA}, {"id": "b", "email": "jane.doe@acme.com"})
    houses = companies(client, {"id": "a", "name": "Quill Works"}, {"id": "b", "domain": "acme.com"})

    assert list(people["contacts"]) == ["a"]
    assert list(houses["companies"]) == ["a"]


IDENTIFIERS: dict[str, dict[str, Any]] = {
    "email": {"email": "ada.quill@quill-works.example"},
    "private email": {"email": "ada.quill@inbox.example"},
    "name and company name": ADA,
    "name and domain": {"full_name": "Ada Quill", "companies": [{"domain": "quill-works.example"}]},
    "domain one level up": {
        "full_name": "Ada Quill",
        "companies": [{"name": "Quill"}],
        "domain": "quill-works.example",
        "is_current": True,
    },
    "no companies but a domain": {"full_name": "Ada Quill", "domain": "quill-works.example"},
    "the current of two companies": {
        "full_name": "Ada Quill",
        "companies": [
            {"name": "Acme", "is_current": False},
            {"name": "Quill Works", "domain": "quill-works.example", "is_current": True},
        ],
    },
    "blank ones beside": {**ADA, "email": " ", "social_link": ""},
    "margins and case": {"full_name": "  ada   QUILL ", "companies": [{"name": "quill works"}]},
}


@pytest.mark.parametrize("case", IDENTIFIERS)
def test_each_identifier_finds_the_same_person(client: CheckedClient, case: str) -> None:
    sent = {"email": "ada.quill@quill-works.example"}
    ada = client.get("/v2/person", params=sent).json()["contact"]["data"]
    answer = contacts(client, {"id": "1", **IDENTIFIERS[case]})

    assert answer["contacts"]["1"]["personId"] == str(ada["personId"])


@pytest.mark.parametrize("name", ["Greta Datenschutz", "Conrad Withheld"])
def test_a_restricted_person_is_absent(client: CheckedClient, name: str) -> None:
    restricted = {"id": "1", "full_name": name, "companies": [{"domain": "quill-works.example"}]}
    answer = contacts(client, restricted, {"id": "2", **ADA}, startDate=LONG_AGO)

    assert list(answer["contacts"]) == ["2"]
    assert answer["creditCharged"] == len(types_of(answer["contacts"]["2"]))


def test_someone_without_signals_has_an_entry_without_arrays(client: CheckedClient) -> None:
    answer = contacts(client, {"id": "1", **ADA}, startDate=TODAY)

    assert list(answer["contacts"]["1"]) == ["personId"]
    assert answer["creditCharged"] == 0


# The same as elsewhere


def test_a_person_s_signals_are_those_of_enrichment(client: CheckedClient) -> None:
    found = 0
    for number in range(12):
        email = f"jane.doe@acme{number}.com"
        sent = {"email": email, "signals": "allSignals", "signalsStartDate": LONG_AGO}
        data = client.get("/v2/person", params=sent).json()["contact"]["data"]
        entry = contacts(client, {"id": "1", "email": email}, startDate=LONG_AGO)["contacts"]["1"]

        assert entry == {"personId": str(data["personId"]), **data["signals"]}
        found += len(data["signals"])
    assert found > 3


def test_a_company_s_signals_are_those_of_enrichment_and_by_id(client: CheckedClient, world: World) -> None:
    answer = companies(client, *ten(world))["companies"]
    found = 0
    for domain, entry in answer.items():
        data = client.get("/v2/company", params={"domain": domain, "signals": "allSignals"}).json()["data"]
        by_id = {"companyIds": [int(entry["companyId"])], "signals": ["allSignals"]}

        assert entry["companyId"] == str(data["id"])
        assert {kind: entry[kind] for kind in types_of(entry)} == {
            kind: data[kind] for kind in COMPANY_TYPES if kind in data
        }
        assert client.post("/api/signals/companies", json=by_id).json()["companies"] == {
            entry["companyId"]: entry
        }
        found += len(types_of(entry))
    assert found > 10


def test_a_company_outside_the_directory_is_named_as_it_was_sent(client: CheckedClient) -> None:
    entry = companies(client, {"id": "1", "name": "Zyxwvu  Holdings"})["companies"]["1"]
    sent = {"company": "Zyxwvu Holdings", "signals": "allSignals"}
    data = client.get("/v2/company", params=sent).json()["data"]

    assert entry["companyName"] == "Zyxwvu Holdings" == data["name"]
    assert {kind: entry[kind] for kind in types_of(entry)} == {
        kind: data[kind] for kind in COMPANY_TYPES if kind in data
    }


# Days and numbers


def test_the_default_window_is_six_months_and_moves_with_the_clock(
    client: CheckedClient, clock: Clock
) -> None:
    before = contacts(client, {"id": "1", **ADA})
    clock.advance(31 * DAY)
    after = companies(client, {"id": "1", "domain": "acme.com"})

    assert (before["startDate"], before["endDate"]) == (SIX_MONTHS_AGO, TODAY)
    assert (after["startDate"], after["endDate"]) == ("2025-11-01", "2026-05-01")


@pytest.mark.parametrize("start", ["1969-07-20", "2026-03-31", "2027-01-01"])
def test_a_start_is_echoed(client: CheckedClient, start: str) -> None:
    answer = contacts(client, {"id": "1", **ADA}, startDate=start)

    assert (answer["startDate"], answer["endDate"]) == (start, TODAY)


@pytest.mark.parametrize(("path", "name"), [(CONTACTS, "contacts"), (COMPANIES, "companies")])
@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"startDate": "soon"}, "startDate must be a valid ISO 8601 date string"),
        ({"startDate": "2026-02-30"}, "startDate must be a valid ISO 8601 date string"),
        ({"maxResultsPerSignal": 0}, "maxResultsPerSignal must not be less than 1"),
        ({"maxResultsPerSignal": "x"}, "maxResultsPerSignal must be an integer number"),
        ({"signals": []}, "signals must contain at least 1 elements"),
        ({"signals": "promotion"}, "signals must be an array"),
    ],
)
def test_options_are_checked(
    live: CheckedClient, path: str, name: str, more: dict[str, Any], text: str
) -> None:
    item = {"id": "1", "email": "a.b@acme.com"} if name == "contacts" else {"id": "1", "domain": "acme.com"}

    assert refusal(live, path, {name: [item], "signals": ["allSignals"], **more}) == [text]


def test_most_results_keeps_the_newest(client: CheckedClient, world: World) -> None:
    everything = companies(client, *ten(world), startDate="2025-01-01")["companies"]
    newest = companies(client, *ten(world), startDate="2025-01-01", maxResultsPerSignal=1)["companies"]
    counts = [len(entry[kind]) for entry in everything.values() for kind in types_of(entry)]

    assert max(counts) > 1
    assert newest == {
        id_: {name: value[:1] if isinstance(value, list) else value for name, value in entry.items()}
        for id_, entry in everything.items()
    }


def test_sub_filters_narrow_their_own_types(client: CheckedClient, world: World) -> None:
    filters = {"include": {"newsEventTypes": ["partnership"], "hiringByDepartments": ["SALES"]}}
    sent = {"startDate": "2025-01-01", "filters": filters}
    found = companies(client, *ten(world), **sent)["companies"]
    everything = companies(client, *ten(world), startDate="2025-01-01")["companies"]

    def kept(kind: str, signal: dict[str, Any]) -> bool:
        wanted = {"eventType": "Partnership"} if kind.endswith("News") else {}
        wanted = {"department": "Sales"} if kind == "surgeInHiringByDepartment" else wanted
        return all(signal[name] == value for name, value in wanted.items())

    for id_, entry in everything.items():
        expected = {kind: [s for s in entry[kind] if kept(kind, s)] for kind in types_of(entry)}
        assert {kind: found[id_][kind] for kind in types_of(found[id_])} == {
            kind: signals for kind, signals in expected.items() if signals
        }
    assert found != everything


def test_a_state_without_its_country_is_refused(live: CheckedClient) -> None:
    filters = {"include": {"hiringByLocations": [{"state": "Texas"}]}}
    body = {"companies": [{"id": "1", "name": "Acme"}], "signals": ["surgeInHiring"], "filters": filters}

    assert refusal(live, COMPANIES, body) == [
        "filters.include.hiringByLocations.0.country should not be empty"
    ]


# What is refused


@pytest.mark.parametrize("name", ["Ada", "  Ada  ", ""])
def test_a_full_name_of_one_word_refuses_the_whole_request(live: CheckedClient, name: str) -> None:
    items = [{"id": "1", **ADA}, {"id": "2", "full_name": name, "companies": [{"name": "Acme"}]}]

    assert refusal(live, CONTACTS, {"contacts": items, "signals": ["allSignals"]}, 412) == (
        "The request failed due to invalid syntax that was provided. "
        "Please make sure to send a full name field that contains a valid first & last name"
    )


def test_a_blank_full_name_beside_another_identifier_is_none(client: CheckedClient) -> None:
    answer = contacts(client, {"id": "1", "full_name": " ", "email": "ada.quill@quill-works.example"})

    assert list(answer["contacts"]) == ["1"]


NO_CONTACTS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a name alone": {"full_name": "Ada Quill"},
    "a company alone": {"companies": [{"name": "Quill Works"}]},
    "blank ones": {"email": " ", "social_link": ""},
    "a company without name": {"full_name": "Ada Quill", "companies": [{"is_current": True}]},
}


@pytest.mark.parametrize("case", NO_CONTACTS)
def test_a_person_needs_an_identifier(live: CheckedClient, case: str) -> None:
    items = [{"id": "1", **ADA}, {"id": "2", **NO_CONTACTS[case]}]
    (message,) = refusal(live, CONTACTS, {"contacts": items, "signals": ["allSignals"]})

    assert message == (
        "contacts.1 must have social_link, email, or full_name with companies[].name, companies[].domain or "
        "domain"
    )


@pytest.mark.parametrize("item", [{}, {"name": " "}, {"domain": ""}, {"name": "", "domain": " "}])
def test_a_company_needs_a_name_or_a_domain(live: CheckedClient, item: dict[str, str]) -> None:
    body = {"companies": [{"id": "1", "name": "Acme"}, {"id": "2", **item}], "signals": ["allSignals"]}

    assert refusal(live, COMPANIES, body) == ["companies.1 must have name or domain"]


@pytest.mark.parametrize(("path", "name"), [(CONTACTS, "contacts"), (COMPANIES, "companies")])
@pytest.mark.parametrize(
    ("ids", "text"),
    [
        (["a", "b", "a"], "{}.2.id must be unique; {}.0 has it too"),
        ([1], "{}.0.id must be a string"),
        ([""], "{}.0.id should not be empty"),
        ([None], "{}.0.id must be a string"),
        ([], "{} must contain at least 1 elements"),
        ([str(number) for number in range(101)], "{} must contain no more than 100 elements"),
    ],
)
def test_items_are_1_to_100_under_ids_of_their_own(
    live: CheckedClient, path: str, name: str, ids: list[Any], text: str
) -> None:
    known = {"email": "a.b@acme.com"} if name == "contacts" else {"domain": "acme.com"}
    body = {name: [{"id": id_, **known} for id_ in ids], "signals": ["allSignals"]}

    assert refusal(live, path, body) == [text.format(name, name)]


@pytest.mark.parametrize(("path", "name"), [(CONTACTS, "contacts"), (COMPANIES, "companies")])
def test_an_item_needs_an_id(live: CheckedClient, path: str, name: str) -> None:
    body = {name: [{"email": "a.b@acme.com"} if name == "contacts" else {"name": "Acme"}]}

    assert refusal(live, path, {**body, "signals": ["allSignals"]}) == [f"{name}.0.id should not be empty"]


@pytest.mark.parametrize("path", [CONTACTS, COMPANIES])
def test_a_hundred_items_are_fine(client: CheckedClient, path: str) -> None:
    items = [{"id": str(n), "email": f"a.b@acme{n}.com", "domain": f"acme{n}.com"} for n in range(100)]
    name = path.split("/")[3]
    answer = client.post(path, json={name: items, "signals": ["allSignals"]})

    assert answer.status_code == 200
    assert len(answer.json()[name]) == 100


# Prices and plans


def test_the_charge_is_told_and_agrees_with_usage(client: CheckedClient, world: World) -> None:
    person = lately_moved(world)
    one = contacts(client, {"id": "1", "social_link": person.linkedin_url})
    many = companies(client, *ten(world))

    assert one["creditCharged"] == 1
    assert many["creditCharged"] == sum(len(types_of(entry)) for entry in many["companies"].values()) > 10
    assert client.used() == one["creditCharged"] + many["creditCharged"]


def test_one_entity_under_two_ids_is_answered_twice_and_paid_once(
    client: CheckedClient, world: World
) -> None:
    person = lately_moved(world)
    both = contacts(
        client,
        {"id": "a", "social_link": person.linkedin_url},
        {"id": "b", "social_link": person.linkedin_url},
    )
    domain = next(
        id_ for id_, entry in companies(client, *ten(world))["companies"].items() if types_of(entry)
    )
    once = companies(client, {"id": "a", "domain": domain})
    twice = companies(client, {"id": "a", "domain": domain}, {"id": "b", "domain": domain})

    assert both["contacts"]["a"] == both["contacts"]["b"]
    assert twice["companies"]["a"] == twice["companies"]["b"] == once["companies"]["a"]
    assert both["creditCharged"] == 1
    assert twice["creditCharged"] == once["creditCharged"]


def test_what_the_balance_cannot_pay_is_refused_whole(
    make_client: Callable[..., CheckedClient], world: World
) -> None:
    price = companies(make_client(), *ten(world))["creditCharged"]
    body = {"companies": ten(world), "signals": ["allSignals"]}
    poor, rich = make_client(credits=price - 1), make_client(credits=price)

    assert refusal(poor, COMPANIES, body, 402) == "Insufficient credits"
    assert rich.post(COMPANIES, json=body).status_code == 200
    assert rich.used() == price


@pytest.mark.parametrize("plan", ["free", "pro", "premium"])
@pytest.mark.parametrize("path", [CONTACTS, COMPANIES])
def test_signals_need_a_plan_that_has_them(
    make_client: Callable[..., CheckedClient], plan: str, path: str
) -> None:
    name = path.split("/")[3]
    known = {"email": "a.b@acme.com"} if name == "contacts" else {"domain": "acme.com"}
    body = {name: [{"id": "1", **known}], "signals": ["allSignals"]}

    assert refusal(make_client(key=plan), path, body, 403) == (
        "Your pricing version does not support this feature"
    )
    assert make_client(key=plan, gates="open").post(path, json=body).status_code == 200

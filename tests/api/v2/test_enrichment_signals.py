"""Signals asked for with an enrichment: where they are, since when, and which."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.world.generate.signals import COMPANY_TYPES, NEWS_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import CheckedClient

    from mock_lusha.clock import Clock
    from mock_lusha.world.entities import Person
    from mock_lusha.world.world import World

TODAY = "2026-03-31"
SIX_MONTHS_AGO = "2025-09-30"
DAY = 86_400


def moved(world: World, promoted: bool, least: int, most: int) -> Person:
    """Someone of the directory whose last move was ``least`` to ``most`` days ago."""
    for number in range(world.directory.people):
        key = world.key_of_number(number)
        assert key is not None
        person = world.person(key)
        ago = (world.as_of - person.job_start).days
        same_house = person.previous is not None and person.previous.domain == person.job.domain
        if person.previous is not None and same_house is promoted and least <= ago <= most:
            return person
    raise LookupError("nobody moved then")


def of_person(client: CheckedClient, person: Person, **sent: Any) -> dict[str, Any]:
    params = {"personId": str(person.id), "partialProfile": "true", **sent}
    data = client.get("/v2/person", params=params).json()["contact"]["data"]
    signals: dict[str, Any] = data["signals"]
    return signals


@pytest.fixture
def scale(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(limits="headers", credits="unlimited")


def hundred(client: CheckedClient, world: World, **more: Any) -> dict[str, Any]:
    """The signals of the directory's first hundred companies."""
    companies = [{"id": each.domain, "domain": each.domain} for each in world.directory.companies[:100]]
    answer = client.post("/v2/company", json={"companies": companies, "signals": ["allSignals"], **more})

    assert answer.status_code == 200, answer.text
    return {
        domain: {kind: data[kind] for kind in COMPANY_TYPES if kind in data}
        for domain, data in answer.json().items()
    }


def each_of(companies: dict[str, Any], *kinds: str) -> Iterator[dict[str, Any]]:
    for signals in companies.values():
        for kind, found in signals.items():
            if not kinds or kind in kinds:
                yield from found


def days(companies: dict[str, Any]) -> set[str]:
    return {signal.get("signalDate") or signal["articlePublishedDate"] for signal in each_of(companies)}


# People


@pytest.mark.parametrize(("promoted", "kind"), [(True, "promotion"), (False, "companyChange")])
def test_a_move_is_a_signal_that_agrees_with_the_person(
    client: CheckedClient, world: World, promoted: bool, kind: str
) -> None:
    person = moved(world, promoted, 15, 150)
    params = {"personId": person.id, "signals": "allSignals", "partialProfile": "true"}
    data = client.get("/v2/person", params=params).json()["contact"]["data"]
    ((only, (signal,)),) = data["signals"].items()

    assert only == kind
    assert signal["personId"] == str(data["personId"]), "text in signals, a number in people"
    assert signal["currentCompanyId"] == data["companyId"]
    assert signal["currentCompanyName"] == data["company"]["name"]
    assert signal["currentTitle"] == data["jobTitle"]["title"]
    assert signal["currentSeniorityLabel"] == data["jobTitle"]["seniority"].lower()
    assert signal["currentDepartments"] == ", ".join(data["jobTitle"]["departments"])
    assert signal["previousCompanyName"] == data["previousJob"]["company"]["name"]
    assert signal["previousDomain"] == data["previousJob"]["company"]["domain"]
    assert (signal["previousDomain"] == signal["currentDomain"]) is promoted
    assert SIX_MONTHS_AGO <= signal["signalDate"] == data["jobStartDate"] <= TODAY


def test_only_the_types_asked_for_are_given(client: CheckedClient, world: World) -> None:
    person = moved(world, True, 15, 150)

    assert list(of_person(client, person, signals="promotion")) == ["promotion"]
    assert of_person(client, person, signals="companyChange") == {}
    assert list(of_person(client, person, signals=["promotion", "allSignals", "promotion"])) == ["promotion"]


def test_without_any_in_the_period_signals_are_an_empty_object(client: CheckedClient, world: World) -> None:
    assert of_person(client, moved(world, True, 400, 4000), signals="allSignals") == {}


def test_not_asked_for_there_is_no_key(client: CheckedClient, world: World) -> None:
    person = moved(world, True, 15, 150)
    for sent in ({}, {"signals": ""}, {"signalsStartDate": "2025-01-01"}):
        params = {"personId": person.id, "partialProfile": "true", **sent}
        data = client.get("/v2/person", params=params).json()["contact"]["data"]

        assert "signals" not in data


def test_an_unknown_type_is_refused_with_the_known_ones(client: CheckedClient) -> None:
    answer = client.get("/v2/person", params={"email": "a.b@acme.com", "signals": "promotion,retirement"})

    assert answer.status_code == 400
    assert (
        "each value in signals must be one of the following values: allSignals, promotion, companyChange"
        in answer.json()["message"]
    )


def test_an_earlier_start_finds_earlier_moves_and_its_day_is_included(
    client: CheckedClient, world: World
) -> None:
    person = moved(world, False, 200, 2000)
    start = person.job_start

    assert of_person(client, person, signals="allSignals") == {}
    found = of_person(client, person, signals="allSignals", signalsStartDate=start.isoformat())
    assert [signal["signalDate"] for signal in found["companyChange"]] == [start.isoformat()]
    day_after = (start + timedelta(days=1)).isoformat()
    assert of_person(client, person, signals="allSignals", signalsStartDate=day_after) == {}


def test_a_bulk_gives_signals_to_each_person(client: CheckedClient, world: World) -> None:
    people = [moved(world, True, 15, 150), moved(world, False, 15, 150), moved(world, True, 400, 4000)]
    contacts = [{"contactId": str(n), "personId": person.id} for n, person in enumerate(people)]
    body = {"contacts": contacts, "metadata": {"signals": ["allSignals"], "partialProfile": True}}
    answer = client.post("/v2/person", json=body).json()["contacts"]

    assert [list(answer[str(n)]["data"]["signals"]) for n in range(3)] == [
        ["promotion"],
        ["companyChange"],
        [],
    ]


def test_the_default_window_moves_with_the_clock(client: CheckedClient, clock: Clock, world: World) -> None:
    person = moved(world, True, 60, 170)
    before = of_person(client, person, signals="promotion")
    clock.advance(DAY * (184 - (world.as_of - person.job_start).days))

    assert list(before) == ["promotion"]
    assert of_person(client, person, signals="promotion") == {}
    assert of_person(client, person, signals="promotion", signalsStartDate="2025-09-01") == before


# Companies


def test_the_default_start_is_six_months_ago(scale: CheckedClient, world: World) -> None:
    default = hundred(scale, world)

    assert default == hundred(scale, world, signalsStartDate=SIX_MONTHS_AGO)
    assert default != hundred(scale, world, signalsStartDate="2025-04-10")
    assert SIX_MONTHS_AGO <= min(days(default)) <= max(days(default)) <= TODAY


@pytest.mark.parametrize("start", ["2025-03-31", "2025-12-24", "2026-03-20", TODAY])
def test_signals_are_of_the_days_from_the_start_to_today(
    scale: CheckedClient, world: World, start: str
) -> None:
    everything = hundred(scale, world, signalsStartDate="2020-01-01")
    since = hundred(scale, world, signalsStartDate=start)
    kept = [
        signal
        for signal in each_of(everything)
        if start <= (signal.get("signalDate") or signal["articlePublishedDate"])
    ]

    assert sorted(signal["signalId"] for signal in each_of(since)) == sorted(s["signalId"] for s in kept)
    assert all(day <= TODAY for day in days(everything))


def test_the_window_of_companies_moves_with_the_clock_and_the_data_stays(
    scale: CheckedClient, world: World, clock: Clock
) -> None:
    before = hundred(scale, world)
    clock.advance(DAY * 30)
    after = hundred(scale, world)

    assert min(days(before)) < "2025-10-30" <= min(days(after)), "six months before 2026-04-30"
    assert {s["signalId"] for s in each_of(after)} < {s["signalId"] for s in each_of(before)}


def test_six_months_before_the_end_of_a_month_is_a_day_that_exists(
    scale: CheckedClient, world: World, clock: Clock
) -> None:
    hundred(scale, world)
    clock.advance(DAY * 153)

    assert clock.today() == date(2026, 8, 31)
    assert hundred(scale, world) == hundred(scale, world, signalsStartDate="2026-02-28")


def test_the_directory_shows_every_type_of_signal(scale: CheckedClient, world: World) -> None:
    found = hundred(scale, world, signalsStartDate="2025-03-31")

    assert {kind for signals in found.values() for kind in signals} == set(COMPANY_TYPES)


def test_a_single_company_has_the_signals_of_the_bulk(scale: CheckedClient, world: World) -> None:
    domain, signals = next((d, s) for d, s in hundred(scale, world).items() if len(s) > 2)
    data = scale.get("/v2/company", params={"domain": domain, "signals[]": "allSignals"}).json()["data"]

    assert {kind: data[kind] for kind in COMPANY_TYPES if kind in data} == signals
    assert all(s["companyId"] == str(data["id"]) for found in signals.values() for s in found)


def test_types_of_company_signals_are_picked(scale: CheckedClient, world: World) -> None:
    everything = hundred(scale, world)
    picked = hundred(scale, world, signals=["peopleNews", "surgeInHiring"])

    assert picked == {
        domain: {kind: found for kind, found in signals.items() if kind in {"peopleNews", "surgeInHiring"}}
        for domain, signals in everything.items()
    }


def include(**filters: Any) -> dict[str, Any]:
    return {"signalsStartDate": "2025-03-31", "signalsFilters": {"include": filters}}


@pytest.mark.parametrize(
    "spelled",
    [
        ["Partnership", "M&A"],
        ["partnership", "m&a"],
        ["PARTNERSHIP", " M&A "],
        ["Partnership", "no such event", "M&A"],
    ],
)
def test_events_of_news_are_picked_in_any_case_and_unknown_ones_ignored(
    scale: CheckedClient, world: World, spelled: list[str]
) -> None:
    found = hundred(scale, world, **include(newsEventTypes=spelled))
    everything = hundred(scale, world, signalsStartDate="2025-03-31")

    assert {news["eventType"] for news in each_of(found, *NEWS_EVENTS)} == {"Partnership", "M&A"}
    assert [n for n in each_of(everything, *NEWS_EVENTS) if n["eventType"] in {"Partnership", "M&A"}] == list(
        each_of(found, *NEWS_EVENTS)
    )


def test_a_filter_speaks_of_its_own_types_only(scale: CheckedClient, world: World) -> None:
    everything = hundred(scale, world, signalsStartDate="2025-03-31")
    found = hundred(scale, world, **include(newsEventTypes=["Partnership"]))
    others = [kind for kind in COMPANY_TYPES if kind not in NEWS_EVENTS]

    assert list(each_of(found, *others)) == list(each_of(everything, *others))


@pytest.mark.parametrize(
    ("name", "values", "kinds"),
    [
        ("newsEventTypes", ["no such event"], tuple(NEWS_EVENTS)),
        ("hiringByDepartments", ["Alchemy"], ("surgeInHiringByDepartment",)),
        ("hiringByLocations", [{"country": "Atlantis"}], ("surgeInHiringByLocation",)),
    ],
)
def test_unknown_values_alone_match_nothing(
    scale: CheckedClient, world: World, name: str, values: list[Any], kinds: tuple[str, ...]
) -> None:
    assert list(each_of(hundred(scale, world, **include(**{name: values})), *kinds)) == []


@pytest.mark.parametrize("spelled", ["Sales", "sales", "SALES"])
def test_departments_of_hiring_are_picked_in_any_case(
    scale: CheckedClient, world: World, spelled: str
) -> None:
    kind = "surgeInHiringByDepartment"
    found = list(each_of(hundred(scale, world, **include(hiringByDepartments=[spelled])), kind))
    everything = each_of(hundred(scale, world, signalsStartDate="2025-03-31"), kind)

    assert found == [signal for signal in everything if signal["department"] == "Sales"]
    assert found


def test_places_of_hiring_are_picked_by_country_and_state(scale: CheckedClient, world: World) -> None:
    kind = "surgeInHiringByLocation"
    everything = list(each_of(hundred(scale, world, signalsStartDate="2025-03-31"), kind))
    somewhere = next(signal for signal in everything if "state" in signal)
    country, state = somewhere["country"], somewhere["state"]
    in_country = hundred(scale, world, **include(hiringByLocations=[{"country": country.upper()}]))
    place = {"country": country.lower(), "state": state.lower()}
    in_state = hundred(scale, world, **include(hiringByLocations=[place, {"country": "Atlantis"}]))

    assert list(each_of(in_country, kind)) == [s for s in everything if s["country"] == country]
    assert list(each_of(in_state, kind)) == [s for s in everything if s.get("state") == state]
    assert len(list(each_of(in_country, kind))) < len(everything)


def test_places_are_or_ed(scale: CheckedClient, world: World) -> None:
    kind = "surgeInHiringByLocation"
    everything = list(each_of(hundred(scale, world, signalsStartDate="2025-03-31"), kind))
    countries = sorted({signal["country"] for signal in everything})[:2]
    places = [{"country": country} for country in countries]
    found = list(each_of(hundred(scale, world, **include(hiringByLocations=places)), kind))

    assert len(countries) == 2
    assert found == [signal for signal in everything if signal["country"] in countries]


@pytest.mark.parametrize("kind", ["surgeInHiringByLocation", "peopleNews"])
def test_a_state_without_its_country_is_refused(client: CheckedClient, kind: str) -> None:
    body = {
        "companies": [{"id": "1", "domain": "acme.com"}],
        "signals": [kind],
        "signalsFilters": {"include": {"hiringByLocations": [{"state": "Texas"}]}},
    }
    answer = client.post("/v2/company", json=body)

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        "signalsFilters.include.hiringByLocations.0.country should not be empty"
    ]


# Days, plans and prices

CALLS: dict[str, Callable[[CheckedClient, str], Any]] = {
    "GET person": lambda client, day: client.get(
        "/v2/person", params={"email": "a.b@acme.com", "signals": "allSignals", "signalsStartDate": day}
    ),
    "POST person": lambda client, day: client.post(
        "/v2/person",
        json={
            "contacts": [{"contactId": "1", "email": "a.b@acme.com"}],
            "metadata": {"signals": ["allSignals"], "signalsStartDate": day},
        },
    ),
    "GET company": lambda client, day: client.get(
        "/v2/company", params={"domain": "acme.com", "signals": "allSignals", "signalsStartDate": day}
    ),
    "POST company": lambda client, day: client.post(
        "/v2/company",
        json={
            "companies": [{"id": "1", "domain": "acme.com"}],
            "signals": ["allSignals"],
            "signalsStartDate": day,
        },
    ),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "day",
    ["yesterday", "2026-3-1", "20260301", "2026-13-01", "2026-02-31", "2025-02-29", "01.03.2026",
     "2026-03-01T00:00:00Z", "0000-00-00"],
)  # fmt: skip
def test_a_start_that_is_no_day_is_refused(client: CheckedClient, call: str, day: str) -> None:
    answer = CALLS[call](client, day)
    field = "metadata.signalsStartDate" if call == "POST person" else "signalsStartDate"

    assert answer.status_code == 400
    assert answer.json()["errors"] == [f"{field} must be a valid ISO 8601 date string (sent: {day})"]
    assert client.used() == 0


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("day", ["2026-04-01", "2031-01-01", "9999-12-31"])
def test_a_start_in_the_future_finds_none(client: CheckedClient, call: str, day: str) -> None:
    answer = CALLS[call](client, day)

    assert answer.status_code == 200
    assert all(f'"{kind}"' not in answer.text for kind in (*COMPANY_TYPES, "promotion", "companyChange"))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("day", ["0001-01-01", "1970-01-01", "2024-02-29"])
def test_a_start_long_ago_is_fine(client: CheckedClient, call: str, day: str) -> None:
    assert CALLS[call](client, day).status_code == 200


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("plan", ["free", "pro", "premium"])
def test_a_plan_without_signals_is_refused_only_when_it_asks(
    make_client: Callable[..., CheckedClient], call: str, plan: str
) -> None:
    client = make_client(key=plan)
    answer = CALLS[call](client, "2026-01-01")

    assert answer.status_code == 403
    assert answer.json()["message"] == "Your pricing version does not support this feature"
    assert client.used() == 0
    assert client.get("/v2/person", params={"email": "a.b@acme.com"}).status_code == 200


def test_each_type_with_results_costs_one_credit_on_top(client: CheckedClient, world: World) -> None:
    person = moved(world, True, 15, 150)
    sent = {"personId": person.id, "revealEmails": "false", "revealPhones": "false", "partialProfile": "true"}
    asked = {**sent, "signals": "allSignals"}

    assert client.get("/v2/person", params=sent).json()["contact"]["isCreditCharged"] is False
    assert client.used() == 0
    assert client.get("/v2/person", params=asked).json()["contact"]["isCreditCharged"] is True
    assert client.used() == 1
    client.get("/v2/person", params={**asked, "signals": "companyChange"})
    assert client.used() == 1, "nothing of that type"


def test_a_company_s_signals_cost_one_credit_a_type(client: CheckedClient, world: World) -> None:
    domain = world.directory.companies[0].domain
    data = client.get("/v2/company", params={"domain": domain, "signals": "allSignals"}).json()["data"]

    assert client.used() == 1 + sum(kind in data for kind in COMPANY_TYPES)

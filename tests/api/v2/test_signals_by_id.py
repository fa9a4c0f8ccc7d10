"""POST /api/signals/contacts and /companies, and the options: signals of those whose ids are known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.world.entities import PersonKey
from mock_lusha.world.generate.signals import COMPANY_TYPES, NEWS_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support import CheckedClient

    from mock_lusha.clock import Clock
    from mock_lusha.world.entities import Person
    from mock_lusha.world.world import World

CONTACTS = "/api/signals/contacts"
COMPANIES = "/api/signals/companies"
OPTIONS = "/api/signals/filters"
TODAY = "2026-03-31"
SIX_MONTHS_AGO = "2025-09-30"
DAY = 86_400
NOBODY = 7
BY_PATH = [(CONTACTS, "contactIds"), (COMPANIES, "companyIds")]


def moved(world: World, promoted: bool, least: int, most: int) -> Person:
    """Someone of the directory whose last move was ``least`` to ``most`` days ago."""
    for number in range(world.directory.people):
        key = world.key_of_number(number)
        assert key is not None
        person = world.person(key)
        ago = (world.as_of - person.job_start).days
        if person.previous is None or not least <= ago <= most:
            continue
        if (person.previous.domain == person.job.domain) is promoted:
            return person
    raise LookupError("nobody moved then")


@pytest.fixture
def scale(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(limits="headers", credits="unlimited")


@pytest.fixture(scope="session")
def hundred(world: World) -> list[int]:
    """Ids of the directory's first hundred companies."""
    return [world.company(listing.domain).id for listing in world.directory.companies[:100]]


def contacts(client: CheckedClient, *ids: int, **more: Any) -> dict[str, Any]:
    body = {"contactIds": list(ids), "signals": ["allSignals"], **more}
    answer = client.post(CONTACTS, json=body)

    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def companies(client: CheckedClient, *ids: int, **more: Any) -> dict[str, Any]:
    body = {"companyIds": list(ids), "signals": ["allSignals"], **more}
    answer = client.post(COMPANIES, json=body)

    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def types_of(entry: dict[str, Any]) -> set[str]:
    return {name for name, value in entry.items() if isinstance(value, list)}


def each_of(answer: dict[str, Any], *kinds: str) -> Iterator[dict[str, Any]]:
    for entry in answer["companies"].values():
        for kind in sorted(types_of(entry)):
            if not kinds or kind in kinds:
                yield from entry[kind]


def day_of(signal: dict[str, Any]) -> str:
    day: str = signal.get("signalDate") or signal["articlePublishedDate"]
    return day


# Options

COMPANY_SIGNALS = [
    "allSignals", "websiteTrafficIncrease", "websiteTrafficDecrease", "itSpendIncrease", "itSpendDecrease",
    "headcountIncrease1m", "headcountDecrease1m", "headcountIncrease3m", "headcountDecrease3m",
    "headcountIncrease6m", "headcountDecrease6m", "headcountIncrease12m", "headcountDecrease12m",
    "surgeInHiring", "surgeInHiringByDepartment", "surgeInHiringByLocation", "riskNews",
    "commercialActivityNews", "corporateStrategyNews", "financialEventsNews", "peopleNews",
    "marketIntelligenceNews", "productActivityNews",
]  # fmt: skip
EVENTS = [
    "Asset Investment", "Asset Sale", "Competitor Activity", "Event Participation", "Executive Departure",
    "Executive Hire", "Executive Promotion", "Facilities Expansion", "Facility Closure", "Funding Round",
    "Headcount Decrease", "Headcount Increase", "IPO", "Lawsuit Faced", "Lawsuit Filed", "M&A",
    "New Customer", "New Location", "New Vendor", "Partnership", "Product Development",
    "Product Integration", "Product Launch", "Recognition", "Security Issue", "Strategic Investment",
]  # fmt: skip


def test_a_contact_has_promotions_and_changes_of_company(client: CheckedClient) -> None:
    answer = client.get(f"{OPTIONS}/contact")

    assert answer.status_code == 200
    assert answer.json().keys() == {"signals", "objectType"}
    assert answer.json()["objectType"] == "contact"
    assert set(answer.json()["signals"]) == {"promotion", "companyChange", "allSignals"}
    assert len(answer.json()["signals"]) == 3


def test_a_company_has_22_types_and_values_to_narrow_them_by(client: CheckedClient) -> None:
    answer = client.get(f"{OPTIONS}/company").json()
    departments = client.get("/prospecting/filters/contacts/departments").json()

    assert answer == {
        "signals": COMPANY_SIGNALS,
        "objectType": "company",
        "filterOptions": {"newsEventTypes": EVENTS, "hiringByDepartments": departments},
    }
    assert len(departments) == 16


@pytest.mark.parametrize("kind", ["contacts", "Company", "person", "0", "a%20b"])
def test_another_object_type_is_refused_with_the_known_ones(client: CheckedClient, kind: str) -> None:
    answer = client.get(f"{OPTIONS}/{kind}")

    assert answer.status_code == 400
    assert "objectType must be one of the following values: contact, company" in answer.json()["message"]


def test_options_cost_nothing(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key="out-of-credits")

    assert client.get(f"{OPTIONS}/company").status_code == 200
    assert client.used() == 0


# Who is in the answer


def test_the_map_is_keyed_by_the_id_as_text_and_leaves_out_whom_nobody_knows(
    client: CheckedClient, world: World
) -> None:
    person = moved(world, True, 15, 150)
    answer = contacts(client, person.id, NOBODY)

    assert set(answer) == {"contacts", "startDate", "endDate", "creditCharged"}
    assert list(answer["contacts"]) == [str(person.id)]
    entry = answer["contacts"][str(person.id)]
    assert entry["personId"] == str(person.id)
    assert types_of(entry) == {"promotion"}
    assert answer["creditCharged"] == 1 == client.used()


def test_someone_without_signals_has_an_entry_without_arrays(client: CheckedClient, world: World) -> None:
    person = moved(world, True, 400, 4_000)
    answer = contacts(client, person.id)

    assert answer["contacts"] == {str(person.id): {"personId": str(person.id)}}
    assert answer["creditCharged"] == 0 == client.used()


def test_a_company_without_signals_has_an_entry_without_arrays(
    client: CheckedClient, hundred: list[int]
) -> None:
    company = companies(client, hundred[0], startDate=TODAY, signals=["itSpendIncrease"])

    assert company["companies"] == {
        str(hundred[0]): {
            "companyId": str(hundred[0]),
            "companyName": company["companies"][str(hundred[0])]["companyName"],
            "domain": company["companies"][str(hundred[0])]["domain"],
        }
    }
    assert company["creditCharged"] == 0


def test_nobody_known_is_an_empty_map(client: CheckedClient) -> None:
    assert contacts(client, NOBODY, -1, 10**18)["contacts"] == {}
    assert companies(client, NOBODY, -1, 10**18)["companies"] == {}


def test_an_id_sent_twice_is_one_entry_paid_once(client: CheckedClient, world: World) -> None:
    person = moved(world, False, 15, 150)
    answer = contacts(client, person.id, person.id)

    assert list(answer["contacts"]) == [str(person.id)]
    assert answer["creditCharged"] == 1


def test_ids_that_enrichment_gave_lead_to_signals(client: CheckedClient) -> None:
    sent = {"email": "jane.doe@acme.example", "signals": "allSignals", "signalsStartDate": "2000-01-01"}
    data = client.get("/v2/person", params=sent).json()["contact"]["data"]
    answer = contacts(client, data["personId"], startDate="2000-01-01")

    assert answer["contacts"] == {
        str(data["personId"]): {"personId": str(data["personId"]), **data["signals"]}
    }


def test_pinned_people_and_companies_are_known_by_id_at_once(
    make_client: Callable[..., CheckedClient],
) -> None:
    ada = make_client().get("/v2/person", params={"email": "ada.quill@quill-works.example"}).json()
    data = ada["contact"]["data"]
    fresh = make_client()

    assert list(contacts(fresh, data["personId"])["contacts"]) == [str(data["personId"])]
    assert list(companies(fresh, data["companyId"])["companies"]) == [str(data["companyId"])]


@pytest.mark.parametrize("restriction", ["gdpr", "compliance"])
def test_a_restricted_person_is_absent(
    make_client: Callable[..., CheckedClient], tmp_path: Path, restriction: str
) -> None:
    person = "{firstName: %s, lastName: Doe, companyDomain: acme.com, personId: %d%s}"
    pins = [person % ("Jane", 501, ""), person % ("John", 502, f", restricted: {restriction}")]
    (tmp_path / "own.yaml").write_text("people:\n" + "".join(f"  - {pin}\n" for pin in pins), "utf-8")
    answer = contacts(make_client(fixtures=tmp_path), 501, 502, startDate="1990-01-01")

    assert list(answer["contacts"]) == ["501"]
    assert answer["creditCharged"] == len(types_of(answer["contacts"]["501"]))


def test_a_shipped_restricted_person_is_absent_even_after_a_refusal(
    client: CheckedClient, world: World
) -> None:
    greta = {"firstName": "Greta", "lastName": "Datenschutz", "companyDomain": "quill-works.example"}
    id_ = world.person(PersonKey("greta-datenschutz", "quill-works.example")).id

    assert client.get("/v2/person", params=greta).status_code == 451
    assert contacts(client, id_)["contacts"] == {}


# The same as enrichment


@pytest.mark.parametrize("promoted", [True, False])
def test_a_person_s_signals_are_those_of_enrichment(
    client: CheckedClient, world: World, promoted: bool
) -> None:
    person = moved(world, promoted, 15, 150)
    sent = {"personId": str(person.id), "signals": "allSignals", "partialProfile": "true"}
    data = client.get("/v2/person", params=sent).json()["contact"]["data"]
    entry = contacts(client, person.id)["contacts"][str(person.id)]

    assert entry.pop("personId") == str(data["personId"])
    assert entry == data["signals"]
    assert entry


def test_a_company_s_signals_are_those_of_enrichment(scale: CheckedClient, hundred: list[int]) -> None:
    answer = companies(scale, *hundred[:20])
    for id_, entry in answer["companies"].items():
        data = scale.get("/v2/company", params={"companyId": id_, "signals": "allSignals"}).json()["data"]

        assert (entry["companyId"], entry["companyName"], entry["domain"]) == (
            id_,
            data["name"],
            data["fqdn"],
        )
        assert {kind: entry[kind] for kind in types_of(entry)} == {
            kind: data[kind] for kind in COMPANY_TYPES if kind in data
        }
    assert sum(len(types_of(entry)) for entry in answer["companies"].values()) > 20


def test_the_dialects_agree(make_client: Callable[..., CheckedClient], hundred: list[int]) -> None:
    live, documented = (
        companies(make_client(dialect=dialect), *hundred[:5]) for dialect in ("live", "documented")
    )

    assert live == documented


# Days


def test_without_a_start_it_is_six_months_before_today(client: CheckedClient, hundred: list[int]) -> None:
    answer = companies(client, *hundred)

    assert (answer["startDate"], answer["endDate"]) == (SIX_MONTHS_AGO, TODAY)
    assert all(SIX_MONTHS_AGO <= day_of(signal) <= TODAY for signal in each_of(answer))
    assert answer["companies"] == companies(client, *hundred, startDate=SIX_MONTHS_AGO)["companies"]


def test_the_window_moves_with_the_clock(client: CheckedClient, clock: Clock, hundred: list[int]) -> None:
    before = companies(client, *hundred)
    clock.advance(30 * DAY)
    after = companies(client, *hundred)

    assert (after["startDate"], after["endDate"]) == ("2025-10-30", "2026-04-30")
    assert min(map(day_of, each_of(before))) < "2025-10-30" <= min(map(day_of, each_of(after)))
    assert {s["signalId"] for s in each_of(after)} < {s["signalId"] for s in each_of(before)}


def test_an_earlier_start_finds_an_earlier_move_its_own_day_included(
    client: CheckedClient, world: World
) -> None:
    person = moved(world, False, 200, 2_000)
    start = person.job_start

    assert types_of(contacts(client, person.id)["contacts"][str(person.id)]) == set()
    on_the_day = contacts(client, person.id, startDate=start.isoformat())
    (signal,) = on_the_day["contacts"][str(person.id)]["companyChange"]
    assert signal["signalDate"] == on_the_day["startDate"] == start.isoformat()
    day_after = (start + timedelta(days=1)).isoformat()
    assert types_of(contacts(client, person.id, startDate=day_after)["contacts"][str(person.id)]) == set()


@pytest.mark.parametrize("start", ["2026-04-01", "2031-01-01", "9999-12-31"])
def test_a_start_in_the_future_is_echoed_and_finds_none(
    client: CheckedClient, hundred: list[int], start: str
) -> None:
    answer = companies(client, *hundred, startDate=start)

    assert (answer["startDate"], answer["endDate"]) == (start, TODAY)
    assert list(each_of(answer)) == []
    assert answer["creditCharged"] == 0


@pytest.mark.parametrize("start", ["1969-12-31", "1900-01-01", "0001-01-01"])
def test_a_start_before_1970_finds_all(client: CheckedClient, hundred: list[int], start: str) -> None:
    answer = companies(client, *hundred, startDate=start)

    assert answer["startDate"] == start
    assert answer["companies"] == companies(client, *hundred, startDate="2020-01-01")["companies"]


@pytest.mark.parametrize(("path", "name"), BY_PATH)
@pytest.mark.parametrize(
    "start",
    ["yesterday", "2026-3-1", "20260301", "2026-13-01", "2026-02-30", "2026-03-01T00:00:00Z", ""],
)
def test_a_start_that_is_no_day_is_refused(
    make_client: Callable[..., CheckedClient], path: str, name: str, start: str
) -> None:
    body = {name: [1], "signals": ["allSignals"], "startDate": start}
    answer = make_client(error_format="live").post(path, json=body)

    assert answer.status_code == 400
    assert answer.json()["message"] == ["startDate must be a valid ISO 8601 date string"]


# How many, which


def test_most_results_keeps_the_newest_of_each_type(client: CheckedClient, hundred: list[int]) -> None:
    everything = companies(client, *hundred, startDate="2025-01-01")
    newest = companies(client, *hundred, startDate="2025-01-01", maxResultsPerSignal=1)

    for id_, entry in everything["companies"].items():
        for kind in types_of(entry):
            days = [day_of(signal) for signal in entry[kind]]
            assert days == sorted(days, reverse=True)
            assert newest["companies"][id_][kind] == entry[kind][:1]
    assert len(list(each_of(newest))) < len(list(each_of(everything)))
    assert newest["creditCharged"] == everything["creditCharged"]


def test_more_results_than_there_are_changes_nothing(client: CheckedClient, hundred: list[int]) -> None:
    assert companies(client, *hundred, maxResultsPerSignal=10**9) == companies(client, *hundred)


@pytest.mark.parametrize(("path", "name"), BY_PATH)
@pytest.mark.parametrize(
    ("most", "text"),
    [
        (0, "maxResultsPerSignal must not be less than 1"),
        (-1, "maxResultsPerSignal must not be less than 1"),
        ("x", "maxResultsPerSignal must be an integer number"),
        ("1", "maxResultsPerSignal must be an integer number"),
        (1.5, "maxResultsPerSignal must be an integer number"),
        (None, "maxResultsPerSignal must be an integer number"),
    ],
)
def test_the_number_of_results_is_a_whole_one_from_1(
    make_client: Callable[..., CheckedClient], path: str, name: str, most: Any, text: str
) -> None:
    body = {name: [1], "signals": ["allSignals"], "maxResultsPerSignal": most}
    answer = make_client(error_format="live").post(path, json=body)

    assert answer.status_code == 400
    assert answer.json()["message"] == [text]


def test_only_the_types_asked_for_are_given(client: CheckedClient, hundred: list[int]) -> None:
    everything = companies(client, *hundred)
    picked = companies(client, *hundred, signals=["peopleNews", "surgeInHiring", "peopleNews"])
    wanted = {"peopleNews", "surgeInHiring"}

    assert set().union(*map(types_of, picked["companies"].values())) == wanted
    assert list(each_of(picked)) == list(each_of(everything, *wanted))
    assert picked["creditCharged"] == sum(
        len(types_of(entry) & wanted) for entry in everything["companies"].values()
    )


@pytest.mark.parametrize(("path", "name"), BY_PATH)
@pytest.mark.parametrize(
    ("signals", "text"),
    [
        ([], "signals must contain at least 1 elements"),
        ("allSignals", "signals must be an array"),
        (["retirement"], "each value in signals must be one of the following values: allSignals, "),
        (None, "signals must be an array"),
    ],
)
def test_known_types_are_needed(
    make_client: Callable[..., CheckedClient], path: str, name: str, signals: Any, text: str
) -> None:
    body = {name: [1], "signals": signals}
    answer = make_client(error_format="live").post(path, json=body)

    assert answer.status_code == 400
    (message,) = answer.json()["message"]
    assert message.startswith(text)


# Sub-filters


def narrowed(client: CheckedClient, ids: list[int], **include: Any) -> dict[str, Any]:
    return companies(client, *ids, startDate="2025-01-01", filters={"include": include})


@pytest.mark.parametrize("spelled", [["Partnership", "M&A"], ["PARTNERSHIP", "m&a", "no such event"]])
def test_news_is_narrowed_by_event_in_any_case(
    client: CheckedClient, hundred: list[int], spelled: list[str]
) -> None:
    everything = companies(client, *hundred, startDate="2025-01-01")
    found = narrowed(client, hundred, newsEventTypes=spelled)
    others = [kind for kind in COMPANY_TYPES if kind not in NEWS_EVENTS]

    assert {news["eventType"] for news in each_of(found, *NEWS_EVENTS)} == {"Partnership", "M&A"}
    assert list(each_of(found, *NEWS_EVENTS)) == [
        news for news in each_of(everything, *NEWS_EVENTS) if news["eventType"] in {"Partnership", "M&A"}
    ]
    assert list(each_of(found, *others)) == list(each_of(everything, *others))


@pytest.mark.parametrize("spelled", ["Sales", "sales", " SALES "])
def test_hiring_is_narrowed_by_department_in_any_case(
    client: CheckedClient, hundred: list[int], spelled: str
) -> None:
    kind = "surgeInHiringByDepartment"
    everything = companies(client, *hundred, startDate="2025-01-01")
    found = list(each_of(narrowed(client, hundred, hiringByDepartments=[spelled]), kind))

    assert found
    assert found == [signal for signal in each_of(everything, kind) if signal["department"] == "Sales"]


def test_hiring_is_narrowed_by_country_and_state_in_any_case(
    client: CheckedClient, hundred: list[int]
) -> None:
    kind = "surgeInHiringByLocation"
    everything = list(each_of(companies(client, *hundred, startDate="2025-01-01"), kind))
    somewhere = next(signal for signal in everything if "state" in signal)
    country, state = somewhere["country"], somewhere["state"]
    by_country = narrowed(client, hundred, hiringByLocations=[{"country": country.upper()}])
    place = {"country": country.lower(), "state": state.upper()}
    by_state = narrowed(client, hundred, hiringByLocations=[{"country": "Atlantis"}, place])

    assert list(each_of(by_country, kind)) == [s for s in everything if s["country"] == country]
    assert list(each_of(by_state, kind)) == [
        s for s in everything if (s["country"], s.get("state")) == (country, state)
    ]
    assert len(list(each_of(by_country, kind))) < len(everything)


@pytest.mark.parametrize(
    ("include", "kind"),
    [
        ({"newsEventTypes": ["no such event"]}, "peopleNews"),
        ({"hiringByDepartments": ["Alchemy"]}, "surgeInHiringByDepartment"),
        ({"hiringByLocations": [{"country": "Atlantis"}]}, "surgeInHiringByLocation"),
        ({"hiringByLocations": [{"country": "Germany", "state": "Texas"}]}, "surgeInHiringByLocation"),
    ],
)
def test_an_unknown_value_alone_matches_nothing_and_costs_nothing(
    client: CheckedClient, hundred: list[int], include: dict[str, Any], kind: str
) -> None:
    answer = companies(client, *hundred, signals=[kind], filters={"include": include})

    assert list(each_of(answer)) == []
    assert len(answer["companies"]) == 100
    assert answer["creditCharged"] == 0 == client.used()


@pytest.mark.parametrize("filters", [{}, {"include": {}}, {"include": {"newsEventTypes": []}}])
def test_filters_without_values_change_nothing(
    client: CheckedClient, hundred: list[int], filters: dict[str, Any]
) -> None:
    assert companies(client, *hundred, filters=filters) == companies(client, *hundred)


def test_a_state_without_its_country_is_refused(make_client: Callable[..., CheckedClient]) -> None:
    body = {
        "companyIds": [1],
        "signals": ["allSignals"],
        "filters": {"include": {"hiringByLocations": [{"country": "Canada"}, {"state": "Texas"}]}},
    }
    answer = make_client(error_format="live").post(COMPANIES, json=body)

    assert answer.status_code == 400
    assert answer.json()["message"] == ["filters.include.hiringByLocations.1.country should not be empty"]


# Prices and plans


def test_each_entity_and_type_with_results_costs_a_credit_every_time(
    client: CheckedClient, hundred: list[int]
) -> None:
    first = companies(client, *hundred)
    again = companies(client, *hundred)
    one = companies(client, hundred[0])

    assert first["creditCharged"] == sum(len(types_of(entry)) for entry in first["companies"].values()) > 100
    assert again == first
    assert client.used() == 2 * first["creditCharged"] + one["creditCharged"]


def test_what_the_balance_cannot_pay_is_refused_whole(
    make_client: Callable[..., CheckedClient], hundred: list[int]
) -> None:
    price = companies(make_client(), *hundred)["creditCharged"]
    poor = make_client(credits=price - 1)
    body = {"companyIds": hundred, "signals": ["allSignals"]}
    refused = poor.post(COMPANIES, json=body)

    assert refused.status_code == 402
    assert refused.json()["message"] == "Insufficient credits"
    assert poor.used() == 0
    assert make_client(credits=price).post(COMPANIES, json=body).status_code == 200


def test_without_credits_no_result_is_still_an_answer(make_client: Callable[..., CheckedClient]) -> None:
    assert contacts(make_client(credits=0), NOBODY)["creditCharged"] == 0


@pytest.mark.parametrize("plan", ["free", "starter", "pro", "premium", "legacy"])
@pytest.mark.parametrize(("path", "name"), BY_PATH)
def test_signals_need_a_plan_that_has_them(
    make_client: Callable[..., CheckedClient], plan: str, path: str, name: str
) -> None:
    body = {name: [NOBODY], "signals": ["allSignals"]}
    refused = make_client(key=plan).post(path, json=body)

    assert refused.status_code == 403
    assert refused.json()["message"] == "Your pricing version does not support this feature"
    assert make_client(key=plan, gates="open").post(path, json=body).status_code == 200


def test_options_need_a_plan_with_signals_too(make_client: Callable[..., CheckedClient]) -> None:
    assert make_client(key="premium").get(f"{OPTIONS}/contact").status_code == 403


# Ids


@pytest.mark.parametrize(("path", "name"), BY_PATH)
@pytest.mark.parametrize(
    ("ids", "text"),
    [
        (["4100200301"], "{}.0 must be an integer number"),
        ([1, 1.5], "{}.1 must be an integer number"),
        ([None], "{}.0 must be an integer number"),
        ([True], "{}.0 must be an integer number"),
        (4100200301, "{} must be an array"),
        ([], "{} must contain at least 1 elements"),
        (list(range(101)), "{} must contain no more than 100 elements"),
    ],
)
def test_ids_are_1_to_100_numbers(
    make_client: Callable[..., CheckedClient], path: str, name: str, ids: Any, text: str
) -> None:
    client = make_client(error_format="live")
    answer = client.post(path, json={name: ids, "signals": ["allSignals"]})

    assert answer.status_code == 400
    assert answer.json()["message"] == [text.format(name)]


@pytest.mark.parametrize(("path", "name"), BY_PATH)
def test_ids_in_the_query_without_a_body_are_none(client: CheckedClient, path: str, name: str) -> None:
    answer = client.post(f"{path}?{name}=1&{name}=2&signals=allSignals")

    assert answer.status_code == 400
    assert {f"{name} should not be empty", "signals should not be empty"} <= set(answer.json()["errors"])
    assert f"property {name} was sent, but is not read here" in answer.json()["errors"]


def test_live_errors_carry_no_hints_of_ours(make_client: Callable[..., CheckedClient]) -> None:
    answer = make_client(error_format="live").post(f"{CONTACTS}?contactIds=1&signals=allSignals")

    assert answer.status_code == 400
    assert sorted(answer.json()["message"]) == [
        "contactIds should not be empty",
        "signals should not be empty",
    ]

"""The same entities as on the wire (live) and as the published document says (documented)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

ADA = "ada.quill@quill-works.example"
QUILL = "quill-works.example"


@pytest.fixture
def live(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(dialect="live")


@pytest.fixture
def documented(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(dialect="documented")


def single(client: CheckedClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/v2/person", params={"email": ADA}).json()["contact"]["data"]
    return found


def bulk(client: CheckedClient) -> dict[str, Any]:
    body = {"contacts": [{"contactId": "1", "email": ADA}]}
    answer = client.post("/v2/person", json=body).json()
    (company,) = answer["companies"].values()
    return {**answer["contacts"]["1"]["data"], "company": company}


@pytest.mark.parametrize("person_of", [single, bulk])
def test_people_differ_in_mailboxes_phones_and_places(
    live: CheckedClient, documented: CheckedClient, person_of: Callable[[CheckedClient], dict[str, Any]]
) -> None:
    wire, published = person_of(live), person_of(documented)
    differing = {name for name in {*wire, *published} if wire.get(name) != published.get(name)}

    assert differing == {"emailAddresses", "phoneNumbers", "location", "company"}


@pytest.mark.parametrize("person_of", [single, bulk])
def test_documented_mailboxes_have_both_spellings(
    live: CheckedClient, documented: CheckedClient, person_of: Callable[[CheckedClient], dict[str, Any]]
) -> None:
    plain = person_of(live)["emailAddresses"]

    assert all(set(email) == {"email", "emailType", "emailConfidence", "updateDate"} for email in plain)
    assert person_of(documented)["emailAddresses"] == [
        {**email, "address": email["email"]} for email in plain
    ]


@pytest.mark.parametrize("person_of", [single, bulk])
def test_documented_kinds_of_phones_are_capitalised(
    live: CheckedClient, documented: CheckedClient, person_of: Callable[[CheckedClient], dict[str, Any]]
) -> None:
    assert [phone["phoneType"] for phone in person_of(live)["phoneNumbers"]] == ["mobile", "direct"]
    assert [phone["phoneType"] for phone in person_of(documented)["phoneNumbers"]] == ["Mobile", "Direct"]


@pytest.mark.parametrize("person_of", [single, bulk])
def test_places_of_people_are_snake_case_live_and_camel_case_documented(
    live: CheckedClient, documented: CheckedClient, person_of: Callable[[CheckedClient], dict[str, Any]]
) -> None:
    wire, published = person_of(live)["location"], person_of(documented)["location"]

    assert {name: value for name, value in published.items() if name not in wire} == {
        "countryIso2": wire["country_iso2"],
        "rawLocation": "Boston, MA, US",
        "cityId": wire["city_id"],
        "stateCode": wire["state_code"],
        "isEuContact": wire["is_eu_contact"],
        "locationCoordinates": wire["location_coordinates"],
    }
    assert not any(letter.isupper() for name in wire for letter in name)
    assert set(wire) - set(published) == {"city_id", "is_eu_contact", "location_coordinates"}, (
        "what the published schema does not have; it has both of country_iso2 and state_code"
    )


@pytest.mark.parametrize("person_of", [single, bulk])
def test_a_person_s_company_has_no_domain_in_the_published_schema(
    live: CheckedClient, documented: CheckedClient, person_of: Callable[[CheckedClient], dict[str, Any]]
) -> None:
    wire, published = person_of(live)["company"], person_of(documented)["company"]

    assert wire.pop("domain") == QUILL
    assert published == wire


def test_a_single_company_s_second_id_is_live_only_and_its_founding_a_whole_day_documented(
    live: CheckedClient, documented: CheckedClient
) -> None:
    wire, published = (
        client.get("/v2/company", params={"domain": QUILL}).json()["data"] for client in (live, documented)
    )

    assert wire.pop("lushaCompanyId").isdecimal()
    assert (wire.pop("founded"), published.pop("founded")) == ("2011", "January 1, 2011")
    assert wire == published


def test_a_bulk_company_is_the_same_in_both(live: CheckedClient, documented: CheckedClient) -> None:
    wire, published = (
        client.post("/v2/company", json={"companies": [{"id": "1", "domain": QUILL}]}).json()["1"]
        for client in (live, documented)
    )

    assert published["founded"] == "2011", "a year in the published bulk, a day in the published single"
    assert wire == published


def test_usage_is_of_credits_live_and_of_bulk_credits_documented(
    live: CheckedClient, documented: CheckedClient
) -> None:
    assert list(live.get("/account/usage").json()["usage"]) == ["credits"]
    assert list(documented.get("/account/usage").json()["usage"]) == ["bulkCredits"]


def test_signals_are_the_same_in_both(live: CheckedClient, documented: CheckedClient) -> None:
    sent = {"domain": "acme.com", "signals": "allSignals"}
    wire, published = (client.get("/v2/company", params=sent).json()["data"] for client in (live, documented))
    kinds = [name for name, value in wire.items() if isinstance(value, list) and "signalId" in str(value)]

    assert kinds
    assert [wire[kind] for kind in kinds] == [published[kind] for kind in kinds]


def test_misses_and_refusals_are_the_same_in_both(
    make_client: Callable[..., CheckedClient],
) -> None:
    clients = [make_client(dialect=dialect, open_world=False) for dialect in ("live", "documented")]
    for method, path, sent in (
        ("GET", "/v2/person?email=jane.doe@acme.com", None),
        ("GET", "/v2/person", None),
        ("GET", "/v2/company?domain=acme.com", None),
        ("POST", "/v2/person", {"contacts": [{"contactId": "1", "email": "jane.doe@acme.com"}]}),
        ("POST", "/v2/company", {"companies": [{"id": "1", "domain": "acme.com"}]}),
        ("POST", "/v2/company", {"companies": []}),
    ):
        answers = [client.request(method, path, json=sent) for client in clients]

        assert answers[0].status_code == answers[1].status_code
        assert answers[0].content == answers[1].content

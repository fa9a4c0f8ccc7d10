"""GET /v2/person: who is found, in which shape, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.world.entities import Person
    from mock_lusha.world.world import World

ADA = "ada.quill@quill-works.example"
PAULA = {"firstName": "Paula", "lastName": "Partial", "companyDomain": "quill-works.example"}
MISS = {
    "contact": {
        "error": {"code": 3, "name": "EMPTY_DATA", "message": "Could not find requested data"},
        "isCreditCharged": False,
        "data": None,
    }
}
FIELDS = {
    "personId",
    "companyId",
    "firstName",
    "lastName",
    "fullName",
    "contactTags",
    "emails",
    "emailAddresses",
    "phones",
    "phoneNumbers",
    "location",
    "jobTitle",
    "socialLinks",
    "jobStartDate",
    "previousJob",
    "updateDate",
    "linkedinFollowersCount",
    "linkedinConnectionsCount",
    "linkedinCertifications",
    "linkedinCourses",
    "linkedinAwards",
    "linkedinSkills",
    "company",
}


def found(client: CheckedClient, **sent: str) -> dict[str, Any]:
    answer = client.get("/v2/person", params=sent)
    contact = answer.json()["contact"]

    assert answer.status_code == 200
    assert contact["error"] is None
    data: dict[str, Any] = contact["data"]
    return data


def missed(client: CheckedClient, **sent: str) -> bool:
    answer = client.get("/v2/person", params=sent)
    return answer.status_code == 200 and answer.json() == MISS


def listed(world: World, wanted: Callable[[Person], bool]) -> Person:
    """The first person of the directory that is wanted."""
    keys = (world.key_of_number(number) for number in range(world.directory.people))
    return next(person for key in keys if key and wanted(person := world.person(key)))


@pytest.fixture
def wide(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(limits="headers")


@pytest.fixture(params=["pinned", "listed", "open"])
def known(request: pytest.FixtureRequest, world: World, wide: CheckedClient) -> dict[str, Any]:
    """What is answered about a pinned person, one of the directory, and one of the open world."""
    if request.param == "pinned":
        return found(wide, email=ADA)
    if request.param == "open":
        return found(wide, email="jane.doe@acme.com")
    person = listed(world, lambda p: {"work", "private"} <= {email.kind for email in p.emails})
    return found(wide, linkedinUrl=person.linkedin_url)


@pytest.mark.parametrize("kind", ["work", "private"])
def test_every_mailbox_leads_to_its_person(wide: CheckedClient, known: dict[str, Any], kind: str) -> None:
    boxes = [email["email"] for email in known["emailAddresses"] if email["emailType"] == kind]
    if not boxes:
        assert known["fullName"] == "Jane Doe", "the others were chosen for having both kinds"

    for box in boxes:
        assert found(wide, email=box)["personId"] == known["personId"]
        assert found(wide, email=box.upper())["personId"] == known["personId"]


@pytest.mark.parametrize("scheme", ["https://", "http://", ""])
@pytest.mark.parametrize("end", ["", "/", "?trk=public_profile"])
def test_the_profile_leads_to_its_person(
    wide: CheckedClient, known: dict[str, Any], scheme: str, end: str
) -> None:
    profile = known["socialLinks"]["linkedin"].removeprefix("https://")

    assert found(wide, linkedinUrl=scheme + profile + end)["personId"] == known["personId"]


def test_a_name_with_the_company_s_domain_leads_to_its_person(
    wide: CheckedClient, known: dict[str, Any]
) -> None:
    names = {"firstName": known["firstName"], "lastName": known["lastName"]}
    domain = known["company"]["domain"]

    assert found(wide, **names, companyDomain=domain)["personId"] == known["personId"]
    assert found(wide, **names, companyDomain=f"https://www.{domain}/about")["personId"] == known["personId"]


def test_a_name_with_the_company_s_name_leads_to_its_person(wide: CheckedClient, world: World) -> None:
    person = listed(world, lambda p: bool(p.emails))
    names = {"firstName": person.first_name, "lastName": person.last_name}

    assert found(wide, **names, companyName=person.job.company)["personId"] == person.id
    assert (
        found(wide, firstName="Ada", lastName="Quill", companyName="Quill Works")["personId"]
        == found(wide, email=ADA)["personId"]
    )


def test_the_person_s_id_leads_to_its_person(wide: CheckedClient, known: dict[str, Any]) -> None:
    again = found(wide, personId=str(known["personId"]))

    assert (again["personId"], again["fullName"]) == (known["personId"], known["fullName"])


@pytest.mark.parametrize(
    ("sent", "last_name"),
    [
        (("personId", "linkedinUrl", "email", "name"), "Quill"),
        (("linkedinUrl", "email", "name"), "Second"),
        (("email", "name"), "Third"),
        (("name",), "Fourth"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_the_strongest_identifier_decides(
    client: CheckedClient, sent: tuple[str, ...], last_name: str
) -> None:
    ids = {
        "personId": {"personId": str(found(client, email=ADA)["personId"])},
        "linkedinUrl": {"linkedinUrl": "https://www.linkedin.com/in/mia-second"},
        "email": {"email": "tom.third@acme.com"},
        "name": {"firstName": "Fay", "lastName": "Fourth", "companyDomain": "acme.com"},
    }
    together = {name: value for each in sent for name, value in ids[each].items()}
    alone = found(client, **{**ids[sent[0]], "companyDomain": "acme.com"})

    assert found(client, **together)["personId"] == alone["personId"]
    assert alone["lastName"] == last_name


def test_what_was_sent_is_echoed_and_what_is_added_is_reserved(client: CheckedClient) -> None:
    data = found(client, email="Jane.Doe@acme.com", companyName="ACME Rockets", companyDomain="acme.com")
    added = [email for email in data["emails"] if email != "Jane.Doe@acme.com"]

    assert "Jane.Doe@acme.com" in data["emails"]
    assert all(email.endswith((".example", ".test")) for email in added)
    assert (data["company"]["domain"], data["company"]["name"]) == ("acme.com", "ACME Rockets")
    assert data["company"]["homepageUrl"] == "https://www.acme-com.example"
    assert data["socialLinks"]["linkedin"].startswith("https://www.linkedin.com/in/mock-lusha-")


def test_an_answer_has_exactly_the_fields_of_the_wire(wide: CheckedClient, known: dict[str, Any]) -> None:
    answer = wide.get("/v2/person", params={"personId": str(known["personId"])}).json()

    assert set(answer) == {"contact"}
    assert set(answer["contact"]) == {"error", "isCreditCharged", "data"}
    assert set(answer["contact"]["data"]) == FIELDS


def test_what_is_in_an_answer_has_the_types_clients_read(client: CheckedClient) -> None:
    data = found(client, email=ADA)

    assert isinstance(data["personId"], int)
    assert isinstance(data["companyId"], int)
    assert data["jobTitle"] == {
        "title": "Head of Archives", "departments": ["Product"], "seniority": "Director",
    }  # fmt: skip
    assert data["emails"] == [ADA, "ada.quill@inbox.example"]
    assert [list(email) for email in data["emailAddresses"]] == [
        ["email", "emailType", "emailConfidence", "updateDate"]
    ] * 2
    assert [(e["email"], e["emailType"], e["emailConfidence"]) for e in data["emailAddresses"]] == [
        (ADA, "work", "A+"),
        ("ada.quill@inbox.example", "private", "A"),
    ]
    assert data["phones"] == ["+1 617-555-0142", "+1 617-555-0107"]
    assert [(p["number"], p["phoneType"], p["doNotCall"]) for p in data["phoneNumbers"]] == [
        ("+1 617-555-0142", "mobile", False),
        ("+1 617-555-0107", "direct", True),
    ]
    assert set(data["previousJob"]) == {"company", "jobTitle"}
    assert date.fromisoformat(data["jobStartDate"]) <= date(2026, 3, 31)
    assert date.fromisoformat(data["updateDate"]) <= date(2026, 3, 31)


def test_a_person_s_place_is_in_snake_case_and_their_company_s_in_camel_case(client: CheckedClient) -> None:
    data = found(client, email=ADA)

    assert set(data["location"]) == {
        "country",
        "country_iso2",
        "continent",
        "state",
        "state_code",
        "city",
        "city_id",
        "is_eu_contact",
        "location_coordinates",
    }
    assert data["location"]["country_iso2"] == "US"
    assert data["location"]["is_eu_contact"] is False
    assert data["location"]["location_coordinates"] == [-71.0589, 42.3601], "longitude first"
    assert set(data["company"]["location"]) == {
        "city",
        "continent",
        "country",
        "countryIso2",
        "state",
        "stateCode",
        "rawLocation",
        "street",
        "locationCoordinates",
    }


def test_the_company_of_a_person_has_what_clients_read(client: CheckedClient) -> None:
    company = found(client, email=ADA)["company"]

    assert {
        *(
            [
                "name",
                "domain",
                "fqdn",
                "description",
                "homepageUrl",
                "companySize",
                "revenueRange",
                "mainIndustry",
                "subIndustry",
            ]
        ),
        *(["logoUrl", "specialities", "technologies", "social", "location"]),
    } <= set(company)
    assert company["companySize"] == [11, 50]
    assert company["mainIndustry"] == "Technology, Information & Media"
    assert all(isinstance(url, str) for url in company["social"].values())
    assert all(set(technology) == {"name"} for technology in company["technologies"])


def test_plain_and_detailed_lists_say_the_same(wide: CheckedClient, world: World) -> None:
    for number in range(60):
        key = world.key_of_number(number)
        assert key is not None
        profile = world.person(key).linkedin_url
        data = found(wide, linkedinUrl=profile, partialProfile="true")

        assert data["emails"] == [email["email"] for email in data["emailAddresses"]]
        assert data["phones"] == [phone["number"] for phone in data["phoneNumbers"]]
        assert {phone["phoneType"] for phone in data["phoneNumbers"]} <= {"mobile", "direct", "phone"}
        assert {email["emailType"] for email in data["emailAddresses"]} <= {"work", "private"}
        assert {email["emailConfidence"] for email in data["emailAddresses"]} <= {"A+", "A", "B"}


@pytest.mark.parametrize("settings", [{"open_world": False}, {"match_rate": 0.0}], ids=["closed", "no match"])
@pytest.mark.parametrize(
    "sent",
    [
        {"email": "jane.doe@acme.com"},
        {"linkedinUrl": "https://www.linkedin.com/in/jane-doe"},
        {"firstName": "Jane", "lastName": "Doe", "companyName": "Acme"},
        {"personId": "12"},
    ],
    ids=lambda sent: next(iter(sent)),
)
def test_a_miss_is_200_with_code_3_and_no_data(
    make_client: Callable[..., CheckedClient], settings: dict[str, Any], sent: dict[str, str]
) -> None:
    assert missed(make_client(**settings), **sent)


@pytest.mark.parametrize(
    "sent",
    [
        {"email": "not an address"},
        {"email": "jane@"},
        {"linkedinUrl": "https://www.linkedin.com/company/acme"},
        {"personId": "jane"},
        {"personId": "9" * 40},
    ],
    ids=lambda sent: next(iter(sent.values()))[:20],
)
def test_what_identifies_nobody_is_a_miss(client: CheckedClient, sent: dict[str, str]) -> None:
    assert missed(client, **sent)


def test_a_person_under_gdpr_restriction_is_451(client: CheckedClient) -> None:
    answer = client.get("/v2/person", params={"email": "greta.datenschutz@quill-works.example"})

    assert answer.status_code == 451
    assert (
        answer.json()["message"]
        == "We are unable to process this contact request due to our GDPR regulations"
    )
    assert client.used() == 0


def test_a_person_withheld_for_compliance_is_code_5(client: CheckedClient) -> None:
    answer = client.get(
        "/v2/person", params={"firstName": "Conrad", "lastName": "Withheld", "companyName": "Quill Works"}
    )
    contact = answer.json()["contact"]

    assert answer.status_code == 200
    assert (contact["error"]["code"], contact["error"]["name"]) == (5, "COMPLIANCE_CONTACT_ERROR")
    assert (contact["isCreditCharged"], contact["data"]) == (False, None)


@pytest.mark.parametrize(
    ("filter_by", "lacking", "having"),
    [("emailAddresses", "emails", "phones"), ("phoneNumbers", "phones", "emails")],
)
def test_filter_by_makes_a_miss_of_who_lacks_the_detail(
    client: CheckedClient, world: World, filter_by: str, lacking: str, having: str
) -> None:
    lacks = listed(world, lambda p: not getattr(p, lacking) and bool(getattr(p, having)))
    has = listed(world, lambda p: bool(getattr(p, lacking)))

    assert missed(client, linkedinUrl=lacks.linkedin_url, filterBy=filter_by)
    assert client.used() == 0
    assert found(client, linkedinUrl=lacks.linkedin_url)["personId"] == lacks.id
    assert found(client, linkedinUrl=has.linkedin_url, filterBy=filter_by)["personId"] == has.id


def test_a_partial_profile_is_shown_only_on_request(client: CheckedClient) -> None:
    assert missed(client, **PAULA)
    assert missed(client, **PAULA, partialProfile="false")

    data = found(client, **PAULA, partialProfile="true")
    assert (data["emails"], data["phones"]) == ([], [])
    assert client.used() == 0


def test_a_partial_profile_is_partial_by_whatever_identifier(client: CheckedClient) -> None:
    email = "paula.partial@quill-works.example"

    assert missed(client, email=email)
    assert found(client, email=email, partialProfile="true")["emails"] == []
    assert client.used() == 0


def test_an_address_that_is_sent_is_not_added_to_a_person_of_whom_none_is_known(
    client: CheckedClient, world: World
) -> None:
    person = listed(world, lambda p: bool(p.phones) and not p.emails)
    name = person.key.name.replace("-", ".")

    data = found(client, email=f"{name}@{person.key.domain}")
    assert data["personId"] == person.id
    assert data["emails"] == []


def test_refreshed_job_info_is_of_today(client: CheckedClient) -> None:
    assert found(client, email=ADA)["updateDate"] < "2026-03-31"
    assert found(client, email=ADA, refreshJobInfo="true")["updateDate"] == "2026-03-31"


@pytest.mark.parametrize(
    ("emails", "phones", "keys", "price"),
    [
        (None, None, "both", 6),
        ("true", None, "emails", 1),
        (None, "true", "phones", 5),
        ("false", None, "phones", 5),
        (None, "false", "emails", 1),
        ("true", "false", "emails", 1),
        ("false", "true", "phones", 5),
        ("true", "true", "both", 6),
        ("false", "false", "neither", 0),
    ],
)
def test_the_reveal_flags_decide_what_is_shown_and_paid(
    client: CheckedClient, emails: str | None, phones: str | None, keys: str, price: int
) -> None:
    flags = {"revealEmails": emails, "revealPhones": phones}
    sent = {name: value for name, value in flags.items() if value is not None}
    contact = client.get("/v2/person", params={"email": ADA, **sent}).json()["contact"]
    hidden = {
        "both": set(),
        "emails": {"phones", "phoneNumbers"},
        "phones": {"emails", "emailAddresses"},
        "neither": {"phones", "phoneNumbers", "emails", "emailAddresses"},
    }

    assert set(contact["data"]) == FIELDS - hidden[keys]
    assert contact["isCreditCharged"] is (price > 0)
    assert client.used() == price


@pytest.mark.parametrize("word", ["false", "False", "FALSE", "0"])
def test_booleans_are_text_in_any_case(client: CheckedClient, word: str) -> None:
    assert "emails" not in found(client, email=ADA, revealEmails=word)


@pytest.mark.parametrize("word", ["yes", "null", "2", "truee"])
def test_what_is_no_boolean_is_refused(client: CheckedClient, word: str) -> None:
    answer = client.get("/v2/person", params={"email": ADA, "revealEmails": word})

    assert answer.status_code == 400
    assert "revealEmails must be a boolean value" in answer.json()["message"]


def test_a_flag_sent_empty_is_not_sent(client: CheckedClient) -> None:
    assert set(found(client, email=ADA, revealEmails="")) == FIELDS


@pytest.mark.parametrize(
    "query",
    [
        "signals=promotion&signals=companyChange",
        "signals[]=promotion&signals[]=companyChange",
        "signals%5B%5D=promotion&signals%5B%5D=companyChange",
        "signals=promotion,companyChange",
        "signals=promotion%2C%20companyChange",
        "signals=allSignals",
    ],
)
def test_lists_are_read_in_every_form_clients_write(client: CheckedClient, world: World, query: str) -> None:
    person = listed(
        world, lambda p: p.previous is not None and p.job_start >= date(2025, 10, 10) and not p.partial
    )
    start = "signalsStartDate=2025-10-01"
    answer = client.get(f"/v2/person?personId={person.id}&{query}&{start}")
    (signals,) = answer.json()["contact"]["data"]["signals"].values()

    assert [signal["signalDate"] for signal in signals] == [person.job_start.isoformat()]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "none was sent"),
        ({"firstName": "Jane"}, "only firstName was sent"),
        ({"firstName": "Jane", "lastName": "Doe"}, "only firstName, lastName was sent"),
        ({"companyDomain": "acme.com"}, "only companyDomain was sent"),
        ({"lastName": "Doe", "companyName": "Acme"}, "only lastName, companyName was sent"),
        ({"email": "  ", "personId": ""}, "none was sent"),
        ({"fullName": "Jane Doe", "companyName": "Acme"}, "property fullName was sent, but is not read here"),
        (
            {"firstName": "Jane", "lastName": "Doe", "company": "Acme"},
            "property company was sent, but is not read here",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
def test_too_little_to_identify_anybody_is_400_and_says_what_is_needed(
    client: CheckedClient, sent: dict[str, str], told: str
) -> None:
    answer = client.get("/v2/person", params=sent)
    message, *others = answer.json()["errors"]

    assert answer.status_code == 400
    assert (
        "personId, linkedinUrl, email, or firstName and lastName with companyName or companyDomain" in message
    )
    assert answer.json()["message"] == message
    assert told in " ".join([message, *others])
    assert client.used() == 0


def test_an_unknown_filter_is_refused_with_the_known_ones(client: CheckedClient) -> None:
    answer = client.get("/v2/person", params={"email": ADA, "filterBy": "faxNumbers"})

    assert answer.status_code == 400
    assert (
        "filterBy must be one of the following values: phoneNumbers, emailAddresses"
        in answer.json()["message"]
    )


def test_the_message_of_a_refused_get_is_one_string_on_the_wire(
    make_client: Callable[..., CheckedClient],
) -> None:
    answer = make_client(error_format="live").get("/v2/person")

    assert answer.status_code == 400
    assert set(answer.json()) == {"statusCode", "message", "error"}
    assert isinstance(answer.json()["message"], str)
    assert answer.json()["error"] == "Bad Request"


def test_an_unknown_parameter_is_read_over_unless_strict(make_client: Callable[..., CheckedClient]) -> None:
    sent = {"email": ADA, "favouriteColour": "blue"}
    refused = make_client(strict=True).get("/v2/person", params=sent)

    assert found(make_client(), **sent)["fullName"] == "Ada Quill"
    assert refused.status_code == 400
    assert refused.json()["errors"] == ["property favouriteColour should not exist"]


def test_a_weaker_identifier_does_not_rewrite_whom_the_stronger_found(client: CheckedClient) -> None:
    tom = found(client, email="tom.third@acme.com")
    sent = {"email": "jane.roe@other.com", "firstName": "Fay", "lastName": "Fourth"}
    data = found(client, personId=str(tom["personId"]), **sent)

    assert (data["personId"], data["fullName"]) == (tom["personId"], "Tom Third")
    assert "jane.roe@other.com" not in data["emails"], "that is somebody else's, who is found by it"


@pytest.mark.parametrize(
    "mailbox",
    [
        "jane@acme.com",
        "jdoe@acme.com",
        "jane.doe@acme.com",
        "jane.doe@gmail.com",
    ],
)
def test_a_mailbox_and_a_name_and_a_company_are_the_person_of_that_name(
    client: CheckedClient, mailbox: str
) -> None:
    name = {"firstName": "Jane", "lastName": "Doe", "companyDomain": "acme.com"}
    data = found(client, email=mailbox, **name)

    assert data["personId"] == found(client, **name)["personId"]
    assert (data["fullName"], mailbox in data["emails"]) == ("Jane Doe", True)

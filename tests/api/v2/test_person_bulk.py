"""POST /v2/person: maps by the caller's ids, outcomes one by one, and what refuses the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

ADA = "ada.quill@quill-works.example"
NEEDED = "must have personId, linkedinUrl, email, or fullName with companies[].name or companies[].domain"


@pytest.fixture
def unlimited(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(limits="off", credits="unlimited")


def bulk(client: CheckedClient, *contacts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The answer to contacts, whose ids are 1, 2, … unless they have their own."""
    items = [{"contactId": str(number), **contact} for number, contact in enumerate(contacts, 1)]
    answer = client.post("/v2/person", json={"contacts": items, **more})

    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refusal(client: CheckedClient, *contacts: dict[str, Any], status: int = 400, **more: Any) -> Any:
    answer = client.post("/v2/person", json={"contacts": list(contacts), **more})

    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_answer_is_two_maps(client: CheckedClient) -> None:
    answer = bulk(client, {"contactId": "mine", "email": ADA})
    contact = answer["contacts"]["mine"]

    assert set(answer) == {"contacts", "companies"}
    assert set(contact) == {"error", "isCreditCharged", "data"}
    assert (contact["error"], contact["isCreditCharged"]) == (None, True)
    assert list(answer["companies"]) == [str(contact["data"]["companyId"])]
    assert answer["companies"][str(contact["data"]["companyId"])]["name"] == "Quill Works"


def test_a_bulk_item_is_the_single_answer_without_its_company(client: CheckedClient) -> None:
    single = client.get("/v2/person", params={"email": ADA}).json()["contact"]["data"]
    company = single.pop("company")
    answer = bulk(client, {"email": ADA})

    assert answer["contacts"]["1"]["data"] == single
    assert answer["companies"] == {str(single["companyId"]): company}


@pytest.mark.parametrize("more", [{}, {"revealEmails": True}, {"revealPhones": True}], ids=str)
def test_each_item_is_its_single_answer_whatever_stands_around_it(
    make_client: Callable[..., CheckedClient], more: dict[str, bool]
) -> None:
    singles = [
        {"email": "jane.doe@acme.com"},
        {"firstName": "Jane", "lastName": "Doe", "companyDomain": "acme.com"},
        {"email": "max.poe@other.com"},
        {"email": "nobody@acme.com"},
        {"email": ADA},
        {"email": "ann.lee@acme.com"},
        {"email": "Bob.Stone@acme-com.example"},
    ]
    items: list[dict[str, Any]] = [*singles]
    items[1] = {"fullName": "Jane Doe", "companies": [{"domain": "acme.com", "isCurrent": True}]}
    one, all_ = make_client(), make_client()

    alone = [one.get("/v2/person", params={**each, **more}).json()["contact"] for each in singles]
    companies = [each["data"].pop("company") for each in alone if each["data"]]
    answer = bulk(all_, *items, metadata=more)
    looks = all_.get("/_mock/explain/last").json()["lookups"]
    paid = [client.get("/account/usage").json()["usage"]["credits"]["used"] for client in (one, all_)]

    assert list(answer["contacts"].values()) == alone
    assert [each["by"] for each in looks] == ["email", "name", "email", None, "email", "email", "email"]
    assert [each.get("name") for each in looks if each["by"]] == [
        each["data"]["fullName"] for each in alone if each["data"]
    ]
    assert all(company in companies for company in answer["companies"].values())
    assert paid[0] == paid[1]


@pytest.mark.parametrize(
    "id_", ["1", "日本語-42", "__proto__", "constructor", " ", "a/b?c=d", '"quoted"', "\n", "x" * 500, "🦉"]
)
def test_the_caller_s_id_is_the_key_as_sent(client: CheckedClient, id_: str) -> None:
    assert list(bulk(client, {"contactId": id_, "email": ADA})["contacts"]) == [id_]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=20, unique=True))
def test_any_distinct_ids_come_back_in_their_order(unlimited: CheckedClient, ids: list[str]) -> None:
    answer = bulk(unlimited, *({"contactId": id_, "email": f"p{n}@acme.com"} for n, id_ in enumerate(ids)))

    assert list(answer["contacts"]) == ids


def test_the_maps_hold_each_person_and_each_company_once(client: CheckedClient) -> None:
    answer = bulk(
        client,
        {"email": "jane.doe@acme.com"},
        {"email": "john.roe@acme.com"},
        {"email": ADA},
        {"email": "nobody"},
    )
    people = [contact["data"] for contact in answer["contacts"].values()]

    assert list(answer["contacts"]) == ["1", "2", "3", "4"]
    assert people[3] is None
    assert people[0]["companyId"] == people[1]["companyId"]
    assert set(answer["companies"]) == {str(person["companyId"]) for person in people[:3]}
    assert {company["fqdn"] for company in answer["companies"].values()} == {
        "acme.com",
        "quill-works.example",
    }


def test_a_hundred_people_are_served(client: CheckedClient) -> None:
    answer = bulk(client, *({"email": f"person.no{chr(97 + n % 26)}{n}@acme.com"} for n in range(100)))

    assert len(answer["contacts"]) == 100
    assert all(contact["data"] is not None for contact in answer["contacts"].values())


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "contacts must contain at least 1 elements"),
        (101, "contacts must contain no more than 100 elements"),
    ],
)
def test_none_and_more_than_a_hundred_are_refused(
    make_client: Callable[..., CheckedClient], count: int, text: str
) -> None:
    client = make_client(error_format="live")
    people = ({"contactId": str(n), "email": f"p{n}@acme.com"} for n in range(count))

    assert refusal(client, *people)["message"] == text
    assert client.used() == 0


@pytest.mark.parametrize(
    ("contact", "text"),
    [
        ({"contactId": 1, "email": ADA}, "contacts.0.contactId must be a string"),
        ({"contactId": None, "email": ADA}, "contacts.0.contactId must be a string"),
        ({"contactId": "", "email": ADA}, "contacts.0.contactId should not be empty"),
        ({"email": ADA}, "contacts.0.contactId should not be empty"),
        ({"contactId": "1", "email": 5}, "contacts.0.email must be a string"),
        ({"contactId": "1", "companies": {}}, "contacts.0.companies must be an array"),
        (
            {"contactId": "1", "fullName": "A B", "companies": [{"name": "C", "isCurrent": "yes"}]},
            "contacts.0.companies.0.isCurrent must be a boolean value",
        ),
    ],
)
def test_a_malformed_item_is_refused_in_class_validator_s_words(
    make_client: Callable[..., CheckedClient], contact: dict[str, Any], text: str
) -> None:
    live = refusal(make_client(error_format="live"), contact)
    both = refusal(make_client(), contact)

    assert (live["className"], live["message"]) == ("bad-request", text)
    assert both["statusCode"] == 400
    assert both["errors"][0].startswith(text)
    assert both["error"] == {"code": 400, "message": both["message"]}


def test_metadata_may_be_empty_or_absent(client: CheckedClient) -> None:
    assert bulk(client, {"email": ADA}, metadata={}) | {"contacts": 0} == bulk(client, {"email": ADA}) | {
        "contacts": 0
    }


@pytest.mark.parametrize(
    ("metadata", "hidden", "price"),
    [
        ({"revealEmails": True}, {"phones", "phoneNumbers"}, 1),
        ({"revealPhones": True}, {"emails", "emailAddresses"}, 5),
        ({"revealEmails": False, "revealPhones": False}, {"phones", "phoneNumbers", "emails"}, 0),
        ({"revealEmails": True, "revealPhones": True}, set(), 6),
        ({}, set(), 6),
    ],
)
def test_metadata_decides_what_is_revealed(
    client: CheckedClient, metadata: dict[str, Any], hidden: set[str], price: int
) -> None:
    contact = bulk(client, {"email": ADA}, metadata=metadata)["contacts"]["1"]
    details = {"phones", "phoneNumbers", "emails", "emailAddresses"}

    assert hidden.isdisjoint(contact["data"])
    assert (details & set(contact["data"]) == details) is (price == 6)
    assert contact["isCreditCharged"] is (price > 0)
    assert client.used() == price


def test_metadata_holds_for_every_item(client: CheckedClient) -> None:
    paula = {"fullName": "Paula Partial", "companies": [{"name": "Quill Works", "isCurrent": True}]}
    by_phone = bulk(client, {"email": ADA}, paula, metadata={"filterBy": "phoneNumbers"})["contacts"]
    partial = bulk(client, {"email": ADA}, paula, metadata={"partialProfile": True})["contacts"]
    fresh = bulk(client, {"email": ADA}, metadata={"refreshJobInfo": True})["contacts"]

    assert [contact["error"] is None for contact in by_phone.values()] == [True, False]
    assert [contact["error"] is None for contact in partial.values()] == [True, True]
    assert fresh["1"]["data"]["updateDate"] == "2026-03-31"


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({"revealEmails": "true"}, "metadata.revealEmails must be a boolean value"),
        ({"signals": "promotion"}, "metadata.signals must be an array"),
        ({"filterBy": "fax"}, "metadata.filterBy must be one of the following values"),
        ([], "metadata must be an object"),
    ],
)
def test_wrong_metadata_is_refused(client: CheckedClient, metadata: Any, text: str) -> None:
    refused = refusal(client, {"contactId": "1", "email": ADA}, metadata=metadata)

    assert refused["errors"][0].startswith(text)


def test_each_item_has_its_own_outcome(client: CheckedClient) -> None:
    answer = bulk(
        client,
        {"email": ADA},
        {"email": "not an address"},
        {"email": "greta.datenschutz@quill-works.example"},
        {"email": "conrad.withheld@quill-works.example"},
    )
    errors = [contact["error"] and contact["error"]["name"] for contact in answer["contacts"].values()]
    codes = [contact["error"] and contact["error"]["code"] for contact in answer["contacts"].values()]

    assert errors == [None, "EMPTY_DATA", "COMPLIANCE_CONTACT_ERROR", "COMPLIANCE_CONTACT_ERROR"]
    assert codes == [None, 3, 5, 5]
    assert [c["isCreditCharged"] for c in answer["contacts"].values()] == [True, False, False, False]
    assert [c["data"] is None for c in answer["contacts"].values()] == [False, True, True, True]
    assert len(answer["companies"]) == 1
    assert client.used() == 6


def test_misses_alone_are_still_200(make_client: Callable[..., CheckedClient]) -> None:
    answer = bulk(make_client(open_world=False), {"email": "jane.doe@acme.com"})

    assert answer["contacts"]["1"] == {
        "error": {"code": 3, "name": "EMPTY_DATA", "message": "Could not find requested data"},
        "isCreditCharged": False,
        "data": None,
    }
    assert answer["companies"] == {}


@pytest.mark.parametrize("name", ["Madonna", "", "   ", "\tCher\n"])
def test_a_full_name_that_is_not_two_words_refuses_the_whole_call(client: CheckedClient, name: str) -> None:
    refused = refusal(
        client,
        {"contactId": "good", "email": ADA},
        {"contactId": "bad", "fullName": name, "companies": [{"domain": "acme.com", "isCurrent": True}]},
        status=412,
    )

    assert refused["message"] == (
        "The request failed due to invalid syntax that was provided. "
        "Please make sure to send a full name field that contains a valid first & last name"
    )
    assert refused["errors"][0].startswith("contacts.1.fullName must have a first and a last name")
    assert client.used() == 0


def test_a_bad_full_name_refuses_even_beside_an_email(client: CheckedClient) -> None:
    refusal(client, {"contactId": "1", "fullName": "Madonna", "email": ADA}, status=412)

    assert client.used() == 0


def test_a_full_name_of_more_than_two_words_is_a_name(client: CheckedClient) -> None:
    works = [{"domain": "acme.com", "isCurrent": True}]
    answer = bulk(client, {"fullName": "  Maria  de la Cruz ", "companies": works})
    data = answer["contacts"]["1"]["data"]

    assert (data["firstName"], data["lastName"], data["fullName"]) == (
        "Maria", "de la Cruz", "Maria de la Cruz",
    )  # fmt: skip


@pytest.mark.parametrize(
    "contact",
    [
        {},
        {"fullName": "Jane Doe"},
        {"fullName": "Jane Doe", "companies": []},
        {"fullName": "Jane Doe", "companies": [{"jobTitle": "CEO", "isCurrent": True}]},
        {"companies": [{"domain": "acme.com", "isCurrent": True}]},
        {"email": " ", "linkedinUrl": ""},
    ],
)
def test_an_item_without_identifiers_refuses_the_call_and_is_named(
    client: CheckedClient, contact: dict[str, Any]
) -> None:
    refused = refusal(client, {"contactId": "1", "email": ADA}, {"contactId": "2", **contact})

    assert f"contacts.1 {NEEDED}" in refused["errors"]
    assert client.used() == 0


def test_two_items_with_one_id_are_refused_as_the_answer_could_hold_one_only(client: CheckedClient) -> None:
    refused = refusal(
        client,
        {"contactId": "a", "email": ADA},
        {"contactId": "b", "email": ADA},
        {"contactId": "a", "email": "jane.doe@acme.com"},
    )

    assert refused["errors"] == ["contacts.2.contactId must be unique; contacts.0 has it too (sent: a)"]
    assert client.used() == 0


def test_a_person_s_id_may_be_text_or_a_number(client: CheckedClient) -> None:
    person_id = bulk(client, {"email": ADA})["contacts"]["1"]["data"]["personId"]
    answer = bulk(client, {"personId": person_id}, {"personId": str(person_id)})

    assert [c["data"]["fullName"] for c in answer["contacts"].values()] == ["Ada Quill", "Ada Quill"]


@pytest.mark.parametrize(
    ("companies", "domain"),
    [
        ([{"domain": "old.com", "isCurrent": False}, {"domain": "new.com", "isCurrent": True}], "new.com"),
        ([{"domain": "old.com", "isCurrent": False}, {"domain": "new.com"}], "new.com"),
        ([{"domain": "first.com"}, {"domain": "second.com"}], "first.com"),
        ([{"domain": "old.com", "isCurrent": False}, {"domain": "older.com", "isCurrent": False}], "old.com"),
        ([{"fqdn": "www.acme.com", "isCurrent": True}], "acme.com"),
        ([{"name": "Acme", "fqdn": "www.acme.com", "isCurrent": True}], "acme.com"),
        ([{"name": "Quill Works", "isCurrent": True}], "quill-works.example"),
    ],
)
def test_the_current_company_is_where_the_person_is(
    client: CheckedClient, companies: list[dict[str, Any]], domain: str
) -> None:
    answer = bulk(client, {"fullName": "Jane Doe", "companies": companies})
    (company,) = answer["companies"].values()

    assert company["domain"] == domain


def test_a_bulk_finds_whom_the_single_call_finds(client: CheckedClient) -> None:
    ways: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
        "mail": ({"email": ADA}, {"email": ADA}),
        "profile": (
            {"linkedinUrl": "https://www.linkedin.com/in/jane-doe-1a2b"},
            {"linkedinUrl": "https://www.linkedin.com/in/jane-doe-1a2b"},
        ),
        "name": (
            {"fullName": "Jane Doe", "companies": [{"domain": "acme.com", "isCurrent": True}]},
            {"firstName": "Jane", "lastName": "Doe", "companyDomain": "acme.com"},
        ),
    }
    answer = bulk(client, *({"contactId": name, **contact} for name, (contact, _) in ways.items()))

    for name, (_, sent) in ways.items():
        single = client.get("/v2/person", params=sent).json()["contact"]["data"]
        assert answer["contacts"][name]["data"]["personId"] == single["personId"]


def test_unknown_properties_are_refused_unless_that_is_not_wanted(
    make_client: Callable[..., CheckedClient],
) -> None:
    contact = {"contactId": "1", "email": ADA, "favouriteColour": "blue"}
    refused = refusal(make_client(), contact, extra=1)

    assert bulk(make_client(strict="no"), contact)["contacts"]["1"]["error"] is None
    assert refused["errors"] == [
        "property extra should not exist",
        "contacts.0.property favouriteColour should not exist",
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{", "the body is not JSON"),
        ("[]", "body must be an object"),
        ("", "contacts should not be empty"),
        ('{"contacts": "all"}', "contacts must be an array"),
        ('{"contacts": [1]}', "contacts.0 must be an object"),
        ('{"contacts": [{"contactId": "\\ud800", "email": "a.b@c.de"}]}', "the body is not JSON"),
    ],
)
def test_a_body_of_another_form_is_refused(client: CheckedClient, body: str, told: str) -> None:
    answer = client.post("/v2/person", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert told in answer.json()["message"]

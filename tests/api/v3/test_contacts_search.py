"""POST ``/v3/contacts/search``: a preview for each item, in order, and one ledger for both generations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

PATH = "/v3/contacts/search"
IDENTIFIERS = "id, linkedinUrl, email, or firstName and lastName with companyName or companyDomain"
BAD_ID = "Invalid contact id (sent: somebody)"
ADA = "ada.quill@quill-works.example"
GRETA = "greta.datenschutz@quill-works.example"  # whom the law keeps from being shown


def search(client: CheckedClient, *contacts: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post(PATH, json={"contacts": contacts, **more})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_each_item_has_a_result_in_its_place(client: CheckedClient) -> None:
    answer = search(
        client,
        {"clientReferenceId": "a", "email": ADA},
        {"clientReferenceId": "", "email": GRETA},
        {"id": "1"},
        {"email": ADA},
    )

    first, barred, unknown, again = answer["results"]
    assert list(answer) == ["requestId", "results", "billing"]
    assert (first["clientReferenceId"], first["firstName"], first["lastName"]) == ("a", "Ada", "Quill")
    assert first["company"]["domain"] == "www.quill-works.example"
    assert barred == {
        "clientReferenceId": "",
        "error": {
            "code": "COMPLIANCE_RESTRICTED",
            "message": "Contact is restricted due to compliance regulations",
        },
    }
    assert unknown == {"error": {"code": "NOT_FOUND", "message": "Contact not found"}}
    assert again == {name: value for name, value in first.items() if name != "clientReferenceId"}
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 2}


def test_a_search_shows_neither_mailbox_nor_number(client: CheckedClient) -> None:
    ada = {"firstName": "Ada", "lastName": "Quill", "companyName": "Quill Works"}

    answer = client.post(PATH, json={"contacts": [ada]})

    assert ADA not in answer.text
    assert {"emails", "phones"} <= set(answer.json()["results"][0]["has"])


@pytest.mark.parametrize(("people", "credits_"), [(0, 0), (1, 1), (25, 1), (26, 2), (100, 4)])
def test_a_credit_is_charged_for_each_25_results_begun(make_client: Make, people: int, credits_: int) -> None:
    client = make_client()
    contacts = [{"email": f"jane.number{n}@acme.com"} for n in range(people)] or [{"id": "1"}]

    assert search(client, *contacts)["billing"] == {"creditsCharged": credits_, "resultsReturned": people}
    assert client.used() == credits_


def test_a_reveal_by_one_generation_is_free_in_the_other(client: CheckedClient) -> None:
    before = search(client, {"email": ADA})["results"][0]
    client.get("/v2/person", params={"email": ADA, "revealPhones": True})
    after = search(client, {"email": ADA})["results"][0]

    assert before["canReveal"] == [{"field": "emails", "credits": 1}, {"field": "phones", "credits": 5}]
    assert after["canReveal"] == [{"field": "emails", "credits": 1}, {"field": "phones", "credits": 0}]


def test_an_id_leads_back_for_the_account_it_was_given_to(make_client: Make) -> None:
    client = make_client()
    preview = search(client, {"email": "jane.doe@acme.com"})["results"][0]
    again = search(client, {"id": preview["id"]})["results"][0]
    client.key = "another-key-0123456789"
    foreign = search(client, {"id": preview["id"]})["results"][0]

    assert preview["id"].startswith("v1.")
    assert len(preview["id"]) == len("v1.") + 34
    assert (again["firstName"], again["id"]) == ("Jane", preview["id"])
    assert foreign["error"]["code"] == "NOT_FOUND"


def test_ids_are_the_digits_of_v2_where_answers_are_as_documented(make_client: Make) -> None:
    client = make_client(dialect="documented")
    preview = search(client, {"email": ADA})["results"][0]
    person = client.get("/v2/person", params={"email": ADA}).json()["contact"]["data"]

    assert (preview["id"], preview["company"]["id"]) == (str(person["personId"]), str(person["companyId"]))
    assert search(client, {"id": preview["id"]})["results"][0]["lastName"] == "Quill"


@pytest.mark.parametrize(
    ("contact", "finding"),
    [
        ({"id": "somebody"}, "Invalid contact id (sent: somebody)"),
        ({"id": "v1.short!"}, "Invalid contact id (sent: v1.short!)"),
        (
            {"contactId": "1", "email": ADA},
            "contacts.0.property contactId should not exist; did you mean id?",
        ),
        (
            {"firstName": "Ada", "lastName": "Quill"},
            f"contacts.0 must have {IDENTIFIERS}",
        ),
        ({"email": 5}, "contacts.0.email must be a string (sent: 5)"),
    ],
)
def test_an_item_that_cannot_be_read_refuses_the_call(
    client: CheckedClient, contact: dict[str, Any], finding: str
) -> None:
    answer = client.post(PATH, json={"contacts": [contact]})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [finding]
    assert client.used() == 0


@pytest.mark.parametrize(
    ("error_format", "body"),
    [
        ("openapi", {"statusCode": 400, "message": BAD_ID, "errors": [BAD_ID]}),
        ("guide", {"error": {"code": 400, "message": BAD_ID}}),
        (
            "live",
            {
                "name": "BadRequest",
                "message": "Invalid contact id",
                "code": 400,
                "className": "bad-request",
                "errors": {},
            },
        ),
    ],
)
def test_a_refusal_has_the_envelope_of_its_generation(
    make_client: Make, error_format: str, body: dict[str, Any]
) -> None:
    client = make_client(error_format=error_format)

    assert client.post(PATH, json={"contacts": [{"id": "somebody"}]}).json() == body


def test_a_live_refusal_that_is_none_of_validation_names_its_status(make_client: Make) -> None:
    client = make_client(error_format="live", credits=0)

    body = client.post(PATH, json={"contacts": [{"email": ADA}]}).json()

    assert body.keys() == {"statusCode", "timestamp", "message", "error"}
    assert (body["statusCode"], body["error"]) == (402, "Payment Required")


def test_signals_that_were_asked_for_are_named_and_paid(client: CheckedClient) -> None:
    signals = {"types": ["allSignals"], "startDate": "2020-01-01"}
    people = [{"email": f"jane.number{n}@acme.com"} for n in range(20)]

    answer = search(client, *people, signals=signals)

    kinds = [kind for result in answer["results"] for kind in result["signalTypes"]]
    assert set(kinds) == {"promotion", "companyChange"}
    assert answer["billing"]["creditsCharged"] == 1 + len(kinds)


def test_partial_people_can_be_left_out(make_client: Make) -> None:
    client = make_client(limits="off", credits="unlimited")
    people = [{"email": f"jane.number{n}@acme{n}.com"} for n in range(100)]

    every = search(client, *people)["results"]
    whole = search(client, *people, options={"includePartialProfiles": False})["results"]

    bare = [not {"emails", "phones"} & set(result["has"]) for result in every]
    assert ["error" in result for result in whole] == bare


@pytest.mark.parametrize("value", [5, None, ["x"], {"x": 1}])
def test_an_unknown_property_of_any_type_is_ignored_where_the_account_allows_it(
    make_client: Make, value: Any
) -> None:
    client = make_client(strict="no")

    (result,) = search(client, {"email": ADA, "score": value})["results"]

    assert result["firstName"] == "Ada"


def test_an_id_decides_whatever_else_is_sent(client: CheckedClient) -> None:
    id_ = search(client, {"email": ADA})["results"][0]["id"]

    both = search(client, {"id": id_, "email": "jane.doe@acme.com"}, {"id": "1", "email": ADA})["results"]

    assert both[0]["firstName"] == "Ada"
    assert both[1] == {"error": {"code": "NOT_FOUND", "message": "Contact not found"}}


@pytest.mark.parametrize("mailbox", ["jane.doe", "jane", "x"])
def test_somebody_who_was_found_by_a_mailbox_has_it_when_they_are_enriched(
    client: CheckedClient, mailbox: str
) -> None:
    address = f"{mailbox}@acme.com"
    preview = search(client, {"email": address})["results"][0]

    answer = client.post("/v3/contacts/enrich", json={"ids": [preview["id"]], "reveal": ["emails"]}).json()
    again = search(client, {"id": preview["id"]})["results"][0]

    assert answer["results"][0]["emails"][0]["email"] == address
    assert answer["results"][0]["company"]["domain"] == again["company"]["domain"] == "www.acme.com"
    assert {"field": "emails", "credits": answer["billing"]["creditsCharged"]} in preview["canReveal"]

"""POST ``/v3/contacts/enrich`` and ``/search-and-enrich``: what is revealed, where, and at what price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

ENRICH = "/v3/contacts/enrich"
BOTH = "/v3/contacts/search-and-enrich"
ADA = {"email": "ada.quill@quill-works.example"}
GRETA = {"email": "greta.datenschutz@quill-works.example"}  # whom the law keeps from being shown
NOBODY = {"code": "NOT_FOUND", "message": "Contact not found"}
LAW = {"code": "COMPLIANCE_RESTRICTED", "message": "Contact is restricted due to compliance regulations"}
FIXTURES = """
people:
  - {firstName: Mute, lastName: Phoneless, companyDomain: quill-works.example, emails: [mute@quill-works.example], phones: []}
  - {firstName: Bare, lastName: Nothing, companyDomain: quill-works.example, emails: [], phones: []}
"""  # noqa: E501 - one person a line


def post(client: CheckedClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def ids_of(client: CheckedClient, *contacts: dict[str, Any]) -> list[str]:
    results = post(client, "/v3/contacts/search", {"contacts": contacts})["results"]
    return [result["id"] for result in results]


@pytest.fixture
def pinned(make_client: Make, tmp_path: Any) -> CheckedClient:
    (tmp_path / "people.yaml").write_text(FIXTURES, encoding="utf-8")
    return make_client(fixtures=tmp_path)


def test_each_id_has_a_result_in_its_place(client: CheckedClient) -> None:
    (ada,) = ids_of(client, ADA)

    answer = post(client, ENRICH, {"ids": [ada, "1", ada, "v1." + "A" * 34]})

    first, unknown, again, foreign = answer["results"]
    assert list(answer) == ["requestId", "results", "billing"]
    assert (first["id"], first["fullName"]) == (ada, "Ada Quill")
    assert [mail["type"] for mail in first["emails"]] == ["work", "private"]
    assert first["phones"][0]["number"].startswith("+1 617-555-01")
    assert first["company"]["domain"] == "www.quill-works.example"
    assert again == {**first, "credits": 0}, "somebody named twice is shown twice, and paid once"
    assert unknown == {"id": "1", "error": NOBODY}
    assert foreign["error"] == NOBODY
    assert answer["billing"] == {"creditsCharged": first["credits"], "resultsReturned": 2}


@pytest.mark.parametrize(
    ("reveal", "price"), [(["emails"], 1), (["phones"], 5), (["emails", "phones"], 6), (None, 6)]
)
def test_a_kind_of_detail_has_its_price_and_is_free_once_it_was_paid(
    client: CheckedClient, reveal: list[str] | None, price: int
) -> None:
    (ada,) = ids_of(client, ADA)
    body = {"ids": [ada]} if reveal is None else {"ids": [ada], "reveal": reveal}

    costs = [post(client, ENRICH, body)["billing"]["creditsCharged"] for _ in range(2)]
    quotes = post(client, "/v3/contacts/search", {"contacts": [ADA]})["results"][0]["canReveal"]

    assert costs == [price, 0]
    kinds = reveal or ["emails", "phones"]
    assert {row["field"]: row["credits"] for row in quotes} == {
        "emails": 0 if "emails" in kinds else 1,
        "phones": 0 if "phones" in kinds else 5,
    }
    assert client.used() == price + 2


@pytest.mark.parametrize(
    ("dialect", "reveal", "keys"),
    [
        ("live", None, {"emails": 1, "phones": 0}),
        ("live", ["emails", "phones"], {"emails": 1}),
        ("live", ["emails"], {"emails": 1}),
        ("live", ["phones"], {}),
        ("documented", ["phones"], {"emails": 0, "phones": 0}),
        ("documented", None, {"emails": 1, "phones": 0}),
    ],
)
def test_a_kind_that_is_not_named_or_not_held_is_absent_or_empty(
    make_client: Make, tmp_path: Any, dialect: str, reveal: list[str] | None, keys: dict[str, int]
) -> None:
    (tmp_path / "people.yaml").write_text(FIXTURES, encoding="utf-8")
    client = make_client(fixtures=tmp_path, dialect=dialect)
    named = {} if reveal is None else {"reveal": reveal}

    answer = post(client, BOTH, {"contacts": [{"email": "mute@quill-works.example"}], **named})

    (result,) = answer["results"]
    assert {name: len(result[name]) for name in ("emails", "phones") if name in result} == keys
    is_partial = dialect == "live" and "phones" in (reveal or ())
    assert answer.get("statusReason") == ("WATERFALL_NOT_CONFIGURED" if is_partial else None)
    missing = [{"type": "phone", "status": "NOT_FOUND"}] if is_partial else None
    assert result.get("missingDataPoints") == missing


@pytest.mark.parametrize(
    ("contacts", "reveal", "price"),
    [
        ([ADA], ["emails"], 1 + 1),
        ([ADA], ["phones"], 1 + 5),
        ([ADA], ["emails", "phones"], 1 + 6),
        ([ADA], [], 1),
        ([ADA, ADA], ["emails"], 1 + 1),
        ([{"email": "mute@quill-works.example"}], ["phones"], 1),
        ([{"id": "1"}], ["emails"], 0),
        ([GRETA], ["emails"], 0),
    ],
)
def test_search_and_enrich_costs_the_search_and_what_is_revealed(
    pinned: CheckedClient, contacts: list[dict[str, str]], reveal: list[str], price: int
) -> None:
    answer = post(pinned, BOTH, {"contacts": contacts, "reveal": reveal})

    assert answer["billing"]["creditsCharged"] == price
    assert pinned.used() == price
    assert post(pinned, BOTH, {"contacts": contacts, "reveal": reveal})["billing"]["creditsCharged"] == (
        1 if price else 0
    ), "the search is paid again, details are not"


def test_items_keep_their_places_and_marks(client: CheckedClient) -> None:
    contacts = [
        {"clientReferenceId": "x", **GRETA},
        ADA,
        {"clientReferenceId": "", **ADA},
        {"clientReferenceId": "y", "id": "1"},
    ]

    results = post(client, BOTH, {"contacts": contacts})["results"]

    assert [result.get("clientReferenceId") for result in results] == ["x", None, "", "y"]
    assert [result.get("error") for result in results] == [LAW, None, None, NOBODY]


def test_a_search_without_results_costs_a_credit_where_prices_are_as_documented(make_client: Make) -> None:
    client = make_client(search_price="documented")

    assert post(client, BOTH, {"contacts": [{"id": "1"}]})["billing"]["creditsCharged"] == 1
    assert post(client, BOTH, {"contacts": [ADA], "reveal": ["emails"]})["billing"]["creditsCharged"] == 2


def test_a_call_that_cannot_be_paid_reveals_nothing(make_client: Make) -> None:
    client = make_client(credits=6)

    answer = client.post(BOTH, json={"contacts": [ADA]})

    assert answer.status_code == 402
    assert "this request costs 7, and 6 of 6 credits are left" in answer.text
    assert client.used() == 0


def test_partial_people_are_not_found_where_they_are_not_wanted(pinned: CheckedClient) -> None:
    bare = {"firstName": "Bare", "lastName": "Nothing", "companyDomain": "quill-works.example"}

    shown = post(pinned, BOTH, {"contacts": [bare]})["results"]
    left_out = post(pinned, BOTH, {"contacts": [bare], "options": {"includePartialProfiles": False}})

    assert shown[0]["partialProfile"] is True
    assert left_out["results"] == [{"error": NOBODY}]


@pytest.mark.parametrize(
    ("path", "body", "finding"),
    [
        (ENRICH, {}, "ids should not be empty"),
        (ENRICH, {"ids": []}, "ids must contain at least 1 elements"),
        (ENRICH, {"ids": ["1"] * 101}, "ids must contain no more than 100 elements"),
        (ENRICH, {"ids": ["1"], "reveal": []}, "reveal must contain at least 1 elements"),
        (ENRICH, {"ids": ["1"], "reveal": ["faxes"]}, "each value in reveal must be one of"),
        (ENRICH, {"ids": ["someone"]}, "Invalid contact id (sent: someone)"),
        (ENRICH, {"ids": [4711]}, " must be a string"),
        (ENRICH, {"contacts": [{"id": "1"}]}, "property contacts should not exist"),
        (ENRICH, {"ids": ["1"], "waterfallEnabled": "no"}, "waterfallEnabled must be a boolean"),
        (BOTH, {"contacts": []}, "contacts must contain at least 1 elements"),
        (BOTH, {"contacts": [ADA] * 101}, "contacts must contain no more than 100 elements"),
        (BOTH, {"contacts": [{}]}, "contacts.0 must have id, linkedinUrl, email, or firstName and lastName"),
        (BOTH, {"contacts": [ADA], "tableId": "1"}, "property tableId should not exist"),
        (BOTH, {"contacts": [ADA], "signals": {"types": ["promotion"]}}, "property signals should not exist"),
        (BOTH, {"firstName": "Ada"}, "property firstName should not exist"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_whole(
    client: CheckedClient, path: str, body: dict[str, Any], finding: str
) -> None:
    answer = client.post(path, json=body)

    assert answer.status_code == 400
    assert finding in answer.json()["message"]
    assert client.used() == 0


def test_the_waterfall_finds_details_that_complete_on_the_clock(make_client: Make, clock: Any) -> None:
    client = make_client(waterfall=True)
    people = [{"firstName": "Jane", "lastName": f"Number{n}", "companyDomain": "acme.com"} for n in range(60)]
    ids = ids_of(client, *people)
    spent = client.used()

    answer = post(client, ENRICH, {"ids": ids, "reveal": ["phones"]})
    job = answer["job"]
    path = f"/v3/contacts/jobs/{job['id']}"
    early = client.get(path).json()
    clock.set(clock_after(clock, 2))
    late = client.get(path).json()

    lacking = [result["id"] for result in answer["results"] if "phones" not in result]
    assert (job["status"], job["retryAfter"]) == ("processing", 2)
    assert early == {"jobId": job["id"], "status": "processing", "retryAfter": 2, "covers": lacking}
    assert late["status"] == "complete"
    assert [contact["id"] for contact in late["contacts"]] == lacking
    numbers = [phone for contact in late["contacts"] for phone in contact.get("phones", ())]
    assert 0 < len(numbers) < len(lacking)
    assert {phone["dataSource"] for phone in numbers} == {"waterfall"}
    assert late["creditsCharged"] == 5 * len(numbers)
    assert client.used() - spent == answer["billing"]["creditsCharged"], "the job is paid with its call"
    assert client.get(path).json() == late, "looking changes nothing"
    assert client.get(path, key="another-key-0123456789").status_code == 404
    clock.set(clock_after(clock, 86_400))
    assert client.get(path).status_code == 404, "a job is kept for a day"


def clock_after(clock: Any, seconds: float) -> Any:
    from datetime import UTC, datetime  # noqa: PLC0415

    return datetime.fromtimestamp(clock.now() + seconds, UTC)


@pytest.mark.parametrize("body", [{"waterfallEnabled": False}, {"reveal": ["emails"]}])
def test_no_job_begins_where_it_is_not_wanted_or_nothing_lacks(
    make_client: Make, body: dict[str, Any]
) -> None:
    client = make_client(waterfall=True)
    (ada,) = ids_of(client, ADA)

    assert "job" not in post(client, ENRICH, {"ids": [ada], **body})

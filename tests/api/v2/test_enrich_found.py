"""Enriching what a search found: whose ids count, what is shown, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

SEARCH = "/prospecting/contact/search"
ENRICH = "/prospecting/contact/enrich"
COMPANIES = "/prospecting/company/search"
ENRICH_COMPANIES = "/prospecting/company/enrich"
ANY_UUID = "5d0c1a52-7f0e-4b7e-9d6a-3c1f0b8e2a44"
QUILL = {"filters": {"companies": {"include": {"names": ["Quill Works"]}}}}
SETTINGS: dict[str, Any] = {
    "people": 600, "companies": 60, "limits": "off", "credits": "unlimited", "search_price": "documented",
}  # fmt: skip
"""Searches are free, so that what is used is what enrichment cost."""
EMAILS: dict[str, Any] = {"revealEmails": True}
PHONES: dict[str, Any] = {"revealPhones": True}
NEITHER: dict[str, Any] = {"revealEmails": False, "revealPhones": False}


@pytest.fixture
def small(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(**SETTINGS)


def searched(client: CheckedClient, body: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    answer = client.post(SEARCH, json={**(body or {"filters": {}}), **more})

    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def enrich(client: CheckedClient, request: str, ids: list[str], **flags: Any) -> dict[str, Any]:
    answer = client.post(ENRICH, json={"requestId": request, "contactIds": ids, **flags})

    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def ids_of(page: dict[str, Any]) -> list[str]:
    return [row["contactId"] for row in page["data"]]


def quill(client: CheckedClient) -> tuple[str, dict[str, dict[str, Any]]]:
    """A search for the pinned people: its request id, and the rows by name."""
    page = searched(client, QUILL)
    return page["requestId"], {row["name"]: row for row in page["data"]}


def ada(client: CheckedClient, **flags: Any) -> dict[str, Any]:
    """Ada's enrichment after a search of her own."""
    request, rows = quill(client)
    return enrich(client, request, [rows["Ada Quill"]["contactId"]], **flags)


# Whose ids count


def test_ids_of_a_search_are_enriched_in_the_order_sent(small: CheckedClient) -> None:
    page = searched(small, pages={"page": 2, "size": 50})
    ids = ids_of(page)[::-1]
    answer = enrich(small, page["requestId"], ids)

    assert answer["requestId"] == page["requestId"]
    assert [row["id"] for row in answer["contacts"]] == ids
    assert all(row["isSuccess"] for row in answer["contacts"])
    assert [row["data"]["fullName"] for row in answer["contacts"]] == [r["name"] for r in page["data"]][::-1]


def test_each_page_and_each_search_has_ids_of_its_own(small: CheckedClient) -> None:
    pages = [searched(small) for _ in range(3)] + [searched(small, pages={"page": 1})]
    requests = [page["requestId"] for page in pages]
    contacts = [each for page in pages for each in ids_of(page)]

    assert len(set(requests)) == 4
    assert len(set(contacts)) == len(contacts) == 80
    assert [str(UUID(request)) for request in requests] == requests
    assert {row["name"] for row in pages[0]["data"]} == {row["name"] for row in pages[1]["data"]}


def test_company_searches_have_request_ids_of_their_own(small: CheckedClient) -> None:
    first, second = (small.post(COMPANIES, json={"filters": {}}).json() for _ in range(2))

    assert first["requestId"] != second["requestId"]
    assert str(UUID(first["requestId"])) == first["requestId"]
    assert first["data"] == second["data"], "company ids are the same in every search"


@pytest.mark.parametrize("id_", ["", "x", ANY_UUID, "0", "7be0c3a4-1d52-4f6b-9a80-6ec5pb215776", "ä" * 500])
def test_an_id_of_nobody_fails_alone(small: CheckedClient, id_: str) -> None:
    page = searched(small)
    good = ids_of(page)[10]
    rows = enrich(small, page["requestId"], [id_, good])["contacts"]

    assert rows[0] == {"id": id_, "isSuccess": False, "data": None}
    assert (rows[1]["id"], rows[1]["isSuccess"]) == (good, True)


def test_an_id_of_another_search_fails(small: CheckedClient) -> None:
    first, second = searched(small), searched(small)
    crossed = enrich(small, second["requestId"], ids_of(first))

    assert [row["isSuccess"] for row in crossed["contacts"]] == [False] * 20
    assert [row["data"] for row in crossed["contacts"]] == [None] * 20
    assert crossed["creditsCharged"] == crossed["billing"]["resultsReturned"] == small.used() == 0
    own = enrich(small, first["requestId"], ids_of(first))["contacts"]
    assert [row["isSuccess"] for row in own].count(True) == 18, "all but the two who are withheld"


@pytest.mark.parametrize("request_id", [ANY_UUID, "nonsense", "", "0"])
def test_with_another_request_id_nobody_is_found(small: CheckedClient, request_id: str) -> None:
    rows = enrich(small, request_id, ids_of(searched(small)))["contacts"]

    assert {row["isSuccess"] for row in rows} == {False}
    assert small.used() == 0


@pytest.mark.parametrize("request_id", [ANY_UUID, "nonsense", ""])
def test_strict_accounts_are_told_that_the_request_is_unknown(
    make_client: Callable[..., CheckedClient], request_id: str
) -> None:
    strict = make_client(**SETTINGS, strict=True)
    page = searched(strict)
    answer = strict.post(ENRICH, json={"requestId": request_id, "contactIds": ids_of(page)})
    rows = enrich(strict, page["requestId"], [*ids_of(page)[10:12], "x"])["contacts"]

    assert answer.status_code == 400
    assert "requestId" in answer.text
    assert [row["isSuccess"] for row in rows] == [True, True, False], "an unknown id still fails alone"


def test_ids_in_capitals_are_the_same(small: CheckedClient) -> None:
    page = searched(small)
    id_ = ids_of(page)[10]

    assert enrich(small, page["requestId"].upper(), [id_.upper()])["contacts"][0]["isSuccess"] is True


def test_whom_the_api_may_not_show_fails_and_costs_nothing(small: CheckedClient) -> None:
    request, rows = quill(small)
    ids = [rows[name]["contactId"] for name in ("Greta Datenschutz", "Conrad Withheld", "Ada Quill")]
    answer = enrich(small, request, ids)

    assert [(row["isSuccess"], row["data"] is None) for row in answer["contacts"]] == [
        (False, True), (False, True), (True, False),
    ]  # fmt: skip
    assert answer["creditsCharged"] == small.used() == 6
    assert answer["billing"]["resultsReturned"] == 1
    _, later = quill(small)
    assert later["Greta Datenschutz"]["isShown"] is later["Conrad Withheld"]["isShown"] is False


def test_a_person_of_whom_nothing_is_known_is_enriched_for_nothing(small: CheckedClient) -> None:
    request, rows = quill(small)
    answer = enrich(small, request, [rows["Paula Partial"]["contactId"]])
    data = answer["contacts"][0]["data"]

    assert (data["emailAddresses"], data["phoneNumbers"]) == ([], [])
    assert answer["creditsCharged"] == small.used() == 0


# Shown


@pytest.mark.parametrize("flags", [{}, EMAILS, PHONES], ids=["both", "emails", "phones"])
def test_after_an_enrichment_a_person_is_shown(small: CheckedClient, flags: dict[str, Any]) -> None:
    assert quill(small)[1]["Ada Quill"]["isShown"] is False
    ada(small, **flags)
    rows = quill(small)[1]
    assert rows["Ada Quill"]["isShown"] is True
    assert [name for name, row in rows.items() if row["isShown"]] == ["Ada Quill"]


def test_after_a_lookup_a_person_is_shown(small: CheckedClient) -> None:
    small.get("/v2/person", params={"email": "ada.quill@quill-works.example"})

    assert quill(small)[1]["Ada Quill"]["isShown"] is True


def test_after_a_bulk_lookup_a_person_is_shown(small: CheckedClient) -> None:
    contact = {"contactId": "1", "email": "ada.quill@quill-works.example"}
    small.post("/v2/person", json={"contacts": [contact]})

    assert quill(small)[1]["Ada Quill"]["isShown"] is True


def test_where_no_detail_was_shown_a_person_is_not_yet_revealed(small: CheckedClient) -> None:
    ada(small, **NEITHER)
    small.get("/v2/person", params={"email": "ada.quill@quill-works.example", **NEITHER})

    assert quill(small)[1]["Ada Quill"]["isShown"] is False
    assert ada(small)["creditsCharged"] == 6


def test_what_an_account_was_shown_another_was_not(small: CheckedClient) -> None:
    ada(small)
    other = small.post(SEARCH, json=QUILL, key="another-key-0123456789").json()

    assert not any(row["isShown"] for row in other["data"])


def test_the_same_requests_give_the_same_bytes(make_client: Callable[..., CheckedClient]) -> None:
    def bytes_of(client: CheckedClient) -> list[bytes]:
        first = client.post(SEARCH, json={"filters": {}})
        sent = {"requestId": first.json()["requestId"], "contactIds": ids_of(first.json())}
        second = client.post(ENRICH, json=sent)
        third = client.post(SEARCH, json={"filters": {}})
        companies = client.post(COMPANIES, json={"filters": {}})
        return [answer.content for answer in (first, second, third, companies)]

    assert bytes_of(make_client(**SETTINGS)) == bytes_of(make_client(**SETTINGS))


# What is shown, and its price

FLAGS: dict[str, tuple[dict[str, Any], set[str], int]] = {
    "none sent": ({}, {"emailAddresses", "phoneNumbers"}, 6),
    "both true": ({**EMAILS, **PHONES}, {"emailAddresses", "phoneNumbers"}, 6),
    "emails": (EMAILS, {"emailAddresses"}, 1),
    "phones": (PHONES, {"phoneNumbers"}, 5),
    "emails, no phones": ({**EMAILS, "revealPhones": False}, {"emailAddresses"}, 1),
    "phones, no emails": ({"revealEmails": False, **PHONES}, {"phoneNumbers"}, 5),
    "no phones": ({"revealPhones": False}, {"emailAddresses"}, 1),
    "no emails": ({"revealEmails": False}, {"phoneNumbers"}, 5),
    "neither": (NEITHER, set(), 0),
}


@pytest.mark.parametrize(("flags", "kinds", "price"), FLAGS.values(), ids=FLAGS)
def test_flags_choose_what_is_shown_and_paid(
    small: CheckedClient, flags: dict[str, Any], kinds: set[str], price: int
) -> None:
    answer = ada(small, **flags)
    (row,) = answer["contacts"]

    assert row["isSuccess"] is True
    assert {name for name in ("emailAddresses", "phoneNumbers") if name in row["data"]} == kinds
    assert answer["creditsCharged"] == price
    assert answer["billing"] == {"creditsCharged": price, "resultsReturned": 1}
    assert small.used() == price
    for name in kinds:
        assert len(row["data"][name]) == 2


def test_what_was_revealed_is_free_in_every_later_search(small: CheckedClient) -> None:
    assert ada(small, **EMAILS)["creditsCharged"] == 1
    assert ada(small, **EMAILS)["creditsCharged"] == 0
    assert ada(small)["creditsCharged"] == 5
    assert ada(small)["creditsCharged"] == 0
    assert small.used() == 6


def test_what_a_lookup_revealed_is_free(small: CheckedClient) -> None:
    lookup = {"email": "ada.quill@quill-works.example", "revealPhones": "true"}

    assert small.get("/v2/person", params=lookup).json()["contact"]["isCreditCharged"] is True
    assert ada(small, **PHONES)["creditsCharged"] == 0
    assert ada(small)["creditsCharged"] == 1
    assert (
        small.get("/v2/person", params={"email": lookup["email"]}).json()["contact"]["isCreditCharged"]
        is False
    )
    assert small.used() == 6


def test_the_same_id_twice_is_charged_once(small: CheckedClient) -> None:
    request, rows = quill(small)
    answer = enrich(small, request, [rows["Ada Quill"]["contactId"]] * 3)

    assert [row["isSuccess"] for row in answer["contacts"]] == [True] * 3
    assert answer["creditsCharged"] == small.used() == 6


def test_a_page_costs_what_its_rows_announce(small: CheckedClient) -> None:
    page = searched(small, pages={"page": 3, "size": 50})
    expected = sum(row["hasEmails"] + 5 * row["hasPhones"] for row in page["data"])
    answer = enrich(small, page["requestId"], ids_of(page))

    assert 50 < expected < 300
    assert answer["creditsCharged"] == answer["billing"]["creditsCharged"] == small.used() == expected
    assert answer["billing"]["resultsReturned"] == 50


@pytest.mark.parametrize(("credits_left", "status", "used"), [(6, 200, 6), (5, 402, 0), (0, 402, 0)])
def test_what_the_balance_cannot_pay_is_refused_whole(
    make_client: Callable[..., CheckedClient], credits_left: int, status: int, used: int
) -> None:
    client = make_client(**{**SETTINGS, "credits": credits_left})
    request, rows = quill(client)
    ids = [rows[name]["contactId"] for name in ("Ada Quill", "Paula Partial")]

    assert client.post(ENRICH, json={"requestId": request, "contactIds": ids}).status_code == status
    assert client.used() == used
    assert quill(client)[1]["Ada Quill"]["isShown"] is (status == 200)


def test_documented_answers_say_nothing_of_credits(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(**SETTINGS, dialect="documented")
    page = client.post(SEARCH, json=QUILL).json()
    ids = [row["contactId"] for row in page["contacts"]]
    answer = enrich(client, page["requestId"], ids)
    companies = {"requestId": page["requestId"], "companiesIds": [str(page["contacts"][0]["companyId"])]}

    assert set(answer) == {"requestId", "contacts"}
    assert client.used() == 6
    assert set(client.post(ENRICH_COMPANIES, json=companies).json()) == {"requestId", "companies"}
    types = {
        phone["phoneType"]
        for row in answer["contacts"]
        if row["isSuccess"]
        for phone in row["data"]["phoneNumbers"]
    }
    assert types == {"Mobile", "Direct"}


def test_without_unified_credits_a_match_costs_one_and_flags_are_refused(
    make_client: Callable[..., CheckedClient], tmp_path: Path
) -> None:
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text(
        "accounts:\n  old-contract:\n    unified_credits: false\n"
        "    features: [enrichment, account, prospecting]\n"
    )
    client = make_client(**SETTINGS, key="old-contract", accounts=accounts)
    request, rows = quill(client)
    body = {"requestId": request, "contactIds": [rows["Ada Quill"]["contactId"]]}
    for flags in (EMAILS, PHONES, NEITHER):
        assert client.post(ENRICH, json={**body, **flags}).status_code == 403
    assert client.used() == 0
    assert ada(client)["creditsCharged"] == 1
    assert ada(client)["creditsCharged"] == 0


# How many


@pytest.mark.parametrize(
    ("url", "name"),
    [(ENRICH, "contactIds"), (ENRICH_COMPANIES, "companiesIds")],
    ids=["contacts", "companies"],
)
@pytest.mark.parametrize(
    ("ids", "finding"),
    [
        ([], "{} must contain at least 1 elements"),
        (["x"] * 101, "{} must contain no more than 100 elements"),
        (None, "{} must be an array"),
        ("x", "{} must be an array"),
        ([1], "{}.0 must be a string"),
        ([None], "{}.0 must be a string"),
    ],
    ids=["none", "101", "null", "text", "number", "null inside"],
)
def test_one_to_a_hundred_ids_are_taken(
    small: CheckedClient, url: str, name: str, ids: Any, finding: str
) -> None:
    answer = small.post(url, json={"requestId": ANY_UUID, name: ids})

    assert answer.status_code == 400
    assert any(e.startswith(finding.format(name)) for e in answer.json()["errors"]), answer.text


@pytest.mark.parametrize(("url", "name"), [(ENRICH, "contactIds"), (ENRICH_COMPANIES, "companiesIds")])
def test_a_hundred_ids_are_answered_and_both_fields_needed(small: CheckedClient, url: str, name: str) -> None:
    hundred = [str(number) for number in range(100)]

    assert small.post(url, json={"requestId": ANY_UUID, name: hundred}).status_code == 200
    assert small.post(url, json={name: hundred}).status_code == 400
    assert small.post(url, json={"requestId": ANY_UUID}).status_code == 400
    assert small.post(url, json={"requestId": None, name: hundred}).status_code == 400
    assert small.post(url, json={"requestId": 7, name: hundred}).status_code == 400


@pytest.mark.parametrize("flags", [{"revealEmails": "true"}, {"revealPhones": 1}, {"revealEmails": None}])
def test_flags_are_booleans(small: CheckedClient, flags: dict[str, Any]) -> None:
    page = searched(small)
    body = {"requestId": page["requestId"], "contactIds": ids_of(page), **flags}

    assert small.post(ENRICH, json=body).status_code == 400
    assert small.used() == 0


# Companies


def company_ids(client: CheckedClient) -> list[str]:
    return [row["id"] for row in client.post(COMPANIES, json={"filters": {}}).json()["data"]]


@pytest.mark.parametrize("request_id", [ANY_UUID, "anything", ""])
@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_companies_are_enriched_with_any_request_id(
    make_client: Callable[..., CheckedClient], request_id: str, strict: bool
) -> None:
    client = make_client(**SETTINGS, strict=strict)
    ids = company_ids(client)
    answer = client.post(ENRICH_COMPANIES, json={"requestId": request_id, "companiesIds": ids})

    assert answer.status_code == 200
    assert answer.json()["requestId"] == request_id
    assert [str(company["id"]) for company in answer.json()["companies"]] == ids
    assert answer.json()["billing"] == {"creditsCharged": 20, "resultsReturned": 20}
    assert client.used() == 20


def test_unknown_companies_are_left_out_and_repeated_ones_come_once(small: CheckedClient) -> None:
    first, second = company_ids(small)[:2]
    body = {"requestId": ANY_UUID, "companiesIds": [second, "999", "x", "", first, second, f" {first} "]}
    answer = small.post(ENRICH_COMPANIES, json=body).json()

    assert [str(company["id"]) for company in answer["companies"]] == [second, first]
    assert answer["billing"] == {"creditsCharged": 2, "resultsReturned": 2}
    assert small.post(ENRICH_COMPANIES, json=body).json()["billing"] == {
        "creditsCharged": 0, "resultsReturned": 2,
    }  # fmt: skip
    assert small.used() == 2


def test_a_company_that_a_lookup_showed_is_free(small: CheckedClient) -> None:
    id_ = company_ids(small)[3]
    data = small.get("/v2/company", params={"companyId": id_}).json()["data"]
    answer = small.post(ENRICH_COMPANIES, json={"requestId": ANY_UUID, "companiesIds": [id_]}).json()

    assert answer["billing"]["creditsCharged"] == 0
    assert answer["companies"][0]["name"] == data["name"]
    assert small.used() == 1


def test_companies_that_the_balance_cannot_pay_are_refused_whole(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(**{**SETTINGS, "credits": 2})
    ids = company_ids(client)

    def sent(*chosen: str) -> int:
        return client.post(
            ENRICH_COMPANIES, json={"requestId": ANY_UUID, "companiesIds": list(chosen)}
        ).status_code

    assert sent(*ids[:3]) == 402
    assert client.used() == 0
    assert sent(*ids[:2]) == 200
    assert sent(*ids[:2]) == 200
    assert client.used() == 2


# The price of searching


@pytest.mark.parametrize("url", [SEARCH, COMPANIES])
@pytest.mark.parametrize(
    ("size", "page", "price"), [(10, 0, 1), (25, 0, 1), (26, 0, 2), (50, 0, 2), (50, 12, 1), (50, 500, 0)]
)
def test_a_search_costs_one_credit_for_each_25_results_begun(
    make_client: Callable[..., CheckedClient], url: str, size: int, page: int, price: int
) -> None:
    client = make_client(**{**SETTINGS, "search_price": "observed"})
    if url == COMPANIES and page == 12:
        page, price = 1, 1  # 61 companies: the last page has 11
    answer = client.post(url, json={"filters": {}, "pages": {"size": size, "page": page}}).json()

    assert answer["billing"]["creditsCharged"] == price
    assert answer["billing"]["resultsReturned"] == answer["pageLength"]
    assert client.used() == price
    client.post(url, json={"filters": {}, "pages": {"size": size, "page": page}})
    assert client.used() == 2 * price, "each search is paid"


@pytest.mark.parametrize("url", [SEARCH, COMPANIES])
def test_a_search_is_free_where_the_price_is_the_documented(small: CheckedClient, url: str) -> None:
    answer = small.post(url, json={"filters": {}, "pages": {"size": 50}}).json()

    assert answer["billing"] == {"creditsCharged": 0, "resultsReturned": 50}
    assert small.used() == 0


@pytest.mark.parametrize("side", ["contacts", "companies"])
def test_a_signal_filter_costs_one_credit_a_type_among_the_results(small: CheckedClient, side: str) -> None:
    url = SEARCH if side == "contacts" else COMPANIES
    options = small.get(f"/api/signals/filters/{'contact' if side == 'contacts' else 'company'}").json()
    for names in (["allSignals"], options["signals"][:2], options["signals"][1:2]):
        body = {"filters": {side: {"include": {"signal": {"names": names}}}}, "pages": {"size": 10}}
        before = small.used()
        answer = small.post(url, json=body).json()
        among = {kind for row in answer["data"] for kind in row["signalTypes"]}
        paid = among if "allSignals" in names else among & set(names)

        assert answer["billing"]["creditsCharged"] == len(paid)
        assert small.used() == before + len(paid)


def test_a_signal_filter_without_results_is_free(small: CheckedClient) -> None:
    signal = {"names": ["promotion"], "startDate": "2026-03-31"}
    include = {"signal": signal, "departments": ["Alchemy"]}
    answer = searched(small, {"filters": {"contacts": {"include": include}}})

    assert answer["billing"] == {"creditsCharged": 0, "resultsReturned": 0}
    assert small.used() == 0


def test_both_prices_of_a_search_are_added(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(**{**SETTINGS, "search_price": "observed"})
    body = {"filters": {"contacts": {"include": {"signal": {"names": ["promotion"]}}}}, "pages": {"size": 50}}
    answer = client.post(SEARCH, json=body).json()

    assert answer["pageLength"] > 25
    assert answer["billing"]["creditsCharged"] == client.used() == 2 + 1


def test_a_search_that_the_balance_cannot_pay_is_refused(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(**{**SETTINGS, "search_price": "observed", "credits": 1})

    assert client.post(SEARCH, json={"filters": {}, "pages": {"size": 50}}).status_code == 402
    assert client.used() == 0
    assert client.post(SEARCH, json={"filters": {}, "pages": {"size": 10}}).status_code == 200
    assert client.post(SEARCH, json={"filters": {}, "pages": {"size": 10}}).status_code == 402
    nobody = {"filters": {"contacts": {"include": {"departments": ["Alchemy"]}}}}
    assert client.post(SEARCH, json=nobody).status_code == 200, "nothing found is free"
    assert client.used() == 1

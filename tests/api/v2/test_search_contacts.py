"""Searching people: what is sent, in all its spellings, and what the answer says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support import CheckedClient

SEARCH = "/prospecting/contact/search"
ENRICH = "/prospecting/contact/enrich"
PINNED = 4
EVERYBODY = 600 + PINNED
WITHHELD = {"Greta Datenschutz", "Conrad Withheld"}


def contacts(**include: Any) -> dict[str, Any]:
    return {"filters": {"contacts": {"include": include}}}


def companies(**include: Any) -> dict[str, Any]:
    return {"filters": {"companies": {"include": include}}}


def asked(client: CheckedClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(SEARCH, json=body)

    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def pages(client: CheckedClient, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    number = 0
    while (page := asked(client, {**body, "pages": {"page": number, "size": 50}}))["data"]:
        yield page
        number += 1


def names(client: CheckedClient, body: dict[str, Any]) -> list[str]:
    """Full names with company, for everybody who matches."""
    return [f"{row['name']} at {row['fqdn']}" for page in pages(client, body) for row in page["data"]]


def total(client: CheckedClient, body: dict[str, Any]) -> int:
    found: int = asked(client, body)["totalResults"]
    return found


# Shapes


def test_live_answers_carry_data_and_billing(small: CheckedClient) -> None:
    answer = asked(small, contacts(departments=["Sales"]))

    assert set(answer) == {"requestId", "currentPage", "pageLength", "totalResults", "data", "billing"}
    assert answer["currentPage"] == 0
    assert answer["pageLength"] == len(answer["data"]) == 20
    assert answer["billing"] == {"creditsCharged": 1, "resultsReturned": 20}


def test_documented_answers_carry_contacts_and_no_billing(
    make_client: Callable[..., CheckedClient], small: CheckedClient
) -> None:
    documented = make_client(
        small.key, people=600, companies=60, limits="off", credits="unlimited", dialect="documented"
    )
    answer = asked(documented, contacts(departments=["Sales"]))

    assert set(answer) == {"requestId", "currentPage", "pageLength", "totalResults", "contacts"}
    assert answer["contacts"] == asked(small, contacts(departments=["Sales"]))["data"]


def test_a_row_has_all_the_documented_fields(small: CheckedClient, contract: Any) -> None:
    documented = set(contract.schemas["ContactSearchData"]["properties"])
    rows = [row for page in pages(small, {"filters": {}}) for row in page["data"]]

    assert len(rows) == EVERYBODY
    assert len(documented) == 8 + 19, "19 of them say what is known"
    for row in rows:
        assert set(row) == documented


# Nothing asked for is everybody


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"contacts": {}},
        {"companies": {}},
        {"contacts": {"include": {}}, "companies": {"include": {}}},
        {"contacts": {"include": {}, "exclude": {}}},
        {"contacts": {"include": {"departments": [], "seniority": [], "locations": [], "searchText": ""}}},
        {"contacts": {"exclude": {"departments": [], "searchText": "  ", "linkedinUrls": []}}},
        {"contacts": {"include": {"signal": {}, "signals": {"names": []}, "countries": []}}},
        {"companies": {"include": {"names": [], "sizes": [], "technologies": [], "employeesInLinkedIn": {}}}},
    ],
)
def test_without_a_criterion_everybody_is_found(small: CheckedClient, filters: dict[str, Any]) -> None:
    assert total(small, {"filters": filters}) == EVERYBODY


# Spellings


@pytest.mark.parametrize(
    ("documented", "alias"),
    [
        (contacts(existing_data_points=["mobile_phone"]), contacts(existingDataPoints=["mobile_phone"])),
        (
            contacts(signal={"names": ["promotion"], "startDate": "2025-06-01"}),
            contacts(signals={"names": ["promotion"], "startDate": "2025-06-01"}),
        ),
        (contacts(locations=[{"country": "Germany"}]), contacts(countries=["Germany"])),
        (contacts(locations=[{"country": "Germany"}, {"country": "US"}]), contacts(countries=["DE", "us"])),
        (
            contacts(locations=[{"country": "Germany"}, {"country": "France"}]),
            contacts(locations=[{"country": "Germany"}], countries=["FR"]),
        ),
        (
            contacts(existing_data_points=["direct_phone", "private_email"]),
            contacts(existing_data_points=["direct_phone"], existingDataPoints=["private_email"]),
        ),
        (companies(sicCodes=["7372"]), companies(sics=["7372"])),
        (companies(naicsCodes=["54"]), companies(naics=["54"])),
        (companies(mainIndustriesIds=[17]), companies(mainIndustriesIds=["17"])),
        (companies(technologies=["Zammad"]), companies(technologies=[{"name": "Zammad"}])),
        (
            companies(signal={"names": ["surgeInHiring"]}),
            companies(signals={"names": ["surgeInHiring"]}),
        ),
        (
            companies(sizes=[{"min": 100001}]),
            companies(sizes=[{"min": 100001, "max": 999999}]),
        ),
    ],
    ids=lambda body: "-".join(body["filters"].get("contacts", body["filters"].get("companies"))["include"]),
)
def test_two_spellings_find_the_same(
    small: CheckedClient, documented: dict[str, Any], alias: dict[str, Any]
) -> None:
    found = names(small, documented)

    assert 0 < len(found) < EVERYBODY
    assert names(small, alias) == found


def test_spellings_work_in_exclude_too(small: CheckedClient) -> None:
    def without(**criteria: Any) -> dict[str, Any]:
        return {"filters": {"contacts": {"exclude": criteria}}}

    found = names(small, without(locations=[{"country": "Germany"}]))

    assert 0 < len(found) < EVERYBODY
    assert names(small, without(countries=["DE"])) == found


def test_a_whole_title_is_matched_whole(small: CheckedClient) -> None:
    rows = asked(small, contacts(jobTitlesExactMatch=["content strategist"]))["data"]
    wider = total(small, contacts(jobTitles=["strategist"]))

    assert {row["jobTitle"] for row in rows} == {"Content Strategist"}
    assert len(rows) < wider


def test_an_empty_second_spelling_takes_nothing_away(small: CheckedClient) -> None:
    alone = total(small, contacts(signal={"names": ["promotion"]}))

    assert 0 < alone < EVERYBODY
    assert total(small, contacts(signal={"names": ["promotion"]}, signals={})) == alone


@pytest.mark.parametrize("sent", [["5"], ["manager"], [5, "6"], "5", {"id": 5}, [{"id": 5}], [5.5], [None]])
def test_levels_are_numbers_and_text_is_refused(small: CheckedClient, sent: Any) -> None:
    answer = small.post(SEARCH, json=contacts(seniority=sent))

    assert answer.status_code == 400
    assert "filters.contacts.include.seniority" in answer.text


def test_each_level_finds_those_whose_enrichment_says_so(small: CheckedClient) -> None:
    for level in small.get("/prospecting/filters/contacts/seniority").json():
        page = asked(small, {**contacts(seniority=[level["id"]]), "pages": {"size": 50}})
        ids = [row["contactId"] for row in page["data"]]
        sent = {"requestId": page["requestId"], "contactIds": ids, "revealEmails": False}
        rows = small.post(ENRICH, json=sent).json()["contacts"]
        said = [row["data"]["seniority"] for row in rows if row["isSuccess"]]

        assert said
        assert all(each == [{"id": level["id"], "value": level["name"]}] for each in said)


# Combining


def test_fields_are_joined_by_and_and_values_by_or(small: CheckedClient) -> None:
    sales = set(names(small, contacts(departments=["Sales"])))
    legal = set(names(small, contacts(departments=["Legal"])))
    managers = set(names(small, contacts(seniority=[5])))
    large = set(names(small, companies(sizes=[{"min": 1001, "max": 5000}])))
    both = {
        "contacts": {"include": {"departments": ["Sales", "Legal"], "seniority": [5]}},
        "companies": {"include": {"sizes": [{"min": 1001, "max": 5000}]}},
    }
    expected = (sales | legal) & managers & large

    assert expected
    assert set(names(small, {"filters": both})) == expected


def test_exclude_takes_away_whoever_has_any_of_it(small: CheckedClient) -> None:
    sales = set(names(small, contacts(departments=["Sales"])))
    managers = set(names(small, contacts(seniority=[5])))
    german = set(names(small, contacts(countries=["DE"])))
    body = {
        "contacts": {
            "include": {"departments": ["Sales"]},
            "exclude": {"seniority": [5], "countries": ["DE"]},
        }
    }

    assert sales & managers
    assert sales & german
    assert set(names(small, {"filters": body})) == sales - managers - german


# Switches of the search


def test_partial_contacts_are_left_out_when_asked(small: CheckedClient) -> None:
    every = [row for page in pages(small, {"filters": {}}) for row in page["data"]]
    # The two whom enriching will not bring have details, though no flag announces them.
    restricted = {"Greta Datenschutz", "Conrad Withheld"}
    bare = [row for row in every if not row["hasEmails"] and not row["hasPhones"]]
    partial = [row for row in bare if row["name"] not in restricted]
    body = {"filters": {}, "includePartialContact": False}

    assert "Paula Partial" in {row["name"] for row in partial}
    assert total(small, body) == EVERYBODY - len(partial)
    assert total(small, {"filters": {}, "includePartialContact": True}) == EVERYBODY
    for page in pages(small, body):
        known = [row for row in page["data"] if row["name"] not in restricted]
        assert all(row["hasEmails"] or row["hasPhones"] for row in known)


def test_people_of_partial_companies_are_left_out_when_asked(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(people=600, companies=300, limits="off", credits="unlimited")
    every = {row["companyId"] for page in pages(client, {"filters": {}}) for row in page["data"]}
    kept = {
        row["companyId"]
        for page in pages(client, companies(excludePartialCompanies=True))
        for row in page["data"]
    }

    assert kept < every
    assert total(client, companies(excludePartialCompanies=False)) == EVERYBODY
    for row in (row for page in pages(client, {"filters": {}}) for row in page["data"]):
        if row["companyId"] in every - kept:
            assert row["hasCompanyEmployeesCount"] is False


def barred(client: CheckedClient, page: dict[str, Any]) -> list[str]:
    ids = [row["contactId"] for row in page["data"]]
    answer = client.post(ENRICH, json={"requestId": page["requestId"], "contactIds": ids}).json()
    return [
        row["data"]["fullName"]
        for row in answer["contacts"]
        if row["isSuccess"] and any(phone["doNotCall"] for phone in row["data"]["phoneNumbers"])
    ]


RESTRICTED = 2
"""How many are pinned whose telephones nobody is shown."""


def test_people_on_do_not_call_registers_are_left_out_when_asked(small: CheckedClient) -> None:
    every = [name for page in pages(small, {"filters": {}}) for name in barred(small, page)]
    kept = [
        name for page in pages(small, {"filters": {}, "excludeDnc": True}) for name in barred(small, page)
    ]

    assert len(every) > 10
    assert kept == []
    callable_ = EVERYBODY - len(every)
    assert callable_ - RESTRICTED <= total(small, {"filters": {}, "excludeDnc": True}) <= callable_


def test_excluding_dnc_needs_a_plan_that_has_it(
    make_client: Callable[..., CheckedClient], tmp_path: Path
) -> None:
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text("accounts:\n  some-prospecting:\n    features: [enrichment, account, prospecting]\n")
    client = make_client(key="some-prospecting", people=600, companies=60, accounts=accounts, limits="off")
    answer = client.post(SEARCH, json={"filters": {}, "excludeDnc": True})

    assert answer.status_code == 403
    assert answer.json()["message"] == (
        "Exclude DNC is not supported on your current plan. "
        "Please contact support or your account manager for assistance."
    )
    assert client.used() == 0
    assert client.post(SEARCH, json={"filters": {}, "excludeDnc": False}).status_code == 200
    assert client.post(SEARCH, json={"filters": {}}).status_code == 200
    assert client.post(SEARCH, json=contacts(signal={"names": ["promotion"]})).status_code == 403


@pytest.mark.parametrize("key", ["free", "starter", "pro", "premium", "legacy"])
def test_self_service_plans_have_no_search(make_client: Callable[..., CheckedClient], key: str) -> None:
    client = make_client(key=key, people=600, companies=60)

    assert client.post(SEARCH, json={"filters": {}}).status_code == 403
    assert client.post(ENRICH, json={"requestId": "x", "contactIds": ["x"]}).status_code == 403


# Text


@pytest.mark.parametrize(
    "text", ["Ada Quill", "ada", "QUILL ADA", "Ádà Quïll", "head of archives quill", "ada bost"]
)
def test_a_text_finds_a_person_by_words_of_name_title_company_and_place(
    small: CheckedClient, text: str
) -> None:
    assert "Ada Quill" in {row["name"] for row in asked(small, contacts(searchText=text))["data"]}


def test_a_text_none_of_whose_words_fit_finds_nobody(small: CheckedClient) -> None:
    answer = asked(small, contacts(searchText="Ada Quillmaker"))

    assert (answer["totalResults"], answer["pageLength"], answer["data"]) == (0, 0, [])
    assert answer["billing"] == {"creditsCharged": 0, "resultsReturned": 0}


# Unknown fields

UNKNOWN = {
    "top level": ({"filters": {}, "sort": "name"}, "property sort should not exist"),
    "filters": ({"filters": {"people": {}}}, "filters.property people should not exist"),
    "a side": (
        {"filters": {"contacts": {"includes": {}}}},
        "filters.contacts.property includes should not exist; did you mean include?",
    ),
    "a criterion": (
        contacts(titles=["CEO"]),
        "filters.contacts.include.property titles should not exist; did you mean jobTitles?",
    ),
    "a level": (
        contacts(locations=[{"country": "US", "zip": "1"}]),
        "filters.contacts.include.locations.0.property zip should not exist",
    ),
    "pages": ({"filters": {}, "pages": {"number": 1}}, "pages.property number should not exist"),
}


@pytest.mark.parametrize(("body", "finding"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_fields_are_passed_over_or_refused_when_strict(
    make_client: Callable[..., CheckedClient],
    small: CheckedClient,
    body: dict[str, Any],
    finding: str,
) -> None:
    strict = make_client(people=600, companies=60, strict=True)
    refused = strict.post(SEARCH, json=body)

    assert small.post(SEARCH, json=body).status_code == 200
    assert refused.status_code == 400
    assert finding in refused.json()["errors"]
    assert strict.used() == 0


def test_an_unknown_criterion_does_not_narrow_the_search(small: CheckedClient) -> None:
    assert total(small, contacts(titles=["CEO"])) == EVERYBODY


def test_the_spellings_of_official_clients_pass_when_strict(
    make_client: Callable[..., CheckedClient],
) -> None:
    strict = make_client(people=600, companies=60, strict=True, limits="off")
    for body in (
        contacts(existingDataPoints=["email"], countries=["US"], jobTitlesExactMatch=["x"], signals={}),
        companies(sics=["7372"], naics=["54"], signals={}, searchText="x", technologies=["x", {"name": "y"}]),
    ):
        assert strict.post(SEARCH, json=body).status_code == 200


# What a row announces


def bought(client: CheckedClient) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each row of a search with what its enrichment gives."""
    for page in pages(client, {"filters": {}}):
        sent = {"requestId": page["requestId"], "contactIds": [row["contactId"] for row in page["data"]]}
        for row, given in zip(page["data"], client.post(ENRICH, json=sent).json()["contacts"], strict=True):
            assert given["id"] == row["contactId"]
            assert given["isSuccess"] is (row["name"] not in WITHHELD)
            if given["isSuccess"]:
                yield row, given["data"]


def test_a_row_announces_exactly_what_enrichment_brings(small: CheckedClient) -> None:
    seen = 0
    for row, data in bought(small):
        emails = {email["emailType"] for email in data["emailAddresses"]}
        phones = {phone["phoneType"] for phone in data["phoneNumbers"]}
        company = data["company"]
        seen += 1

        assert {name: row[name] for name in row if name.startswith("has") and "Company" not in name} == {
            "hasDepartment": bool(data["departments"]),
            "hasSeniority": bool(data["seniority"]),
            "hasContactLocation": bool(data["location"]),
            "hasSocialLink": "linkedin" in data["socialLinks"],
            "hasEmails": bool(emails),
            "hasWorkEmail": "work" in emails,
            "hasPrivateEmail": "private" in emails,
            "hasPhones": bool(phones),
            "hasMobilePhone": "mobile" in phones,
            "hasDirectPhone": "direct" in phones,
        }
        assert row["hasCompanyRevenue"] is ("revenueRange" in company)
        assert row["hasCompanyFunding"] is ("funding" in company)
        assert row["hasCompanyIntent"] is ("intent" in company)
        assert row["hasCompanyMainIndustry"] is ("mainIndustry" in company)
        assert row["hasCompanySubIndustry"] is ("subIndustry" in company)
        assert row["hasCompanyTechnologies"] is bool(company.get("technologies"))
        assert (row["name"], row["jobTitle"]) == (data["fullName"], data["jobTitle"])
        assert (row["companyId"], row["companyName"]) == (data["companyId"], data["companyName"])
    assert seen == EVERYBODY - len(WITHHELD)


def test_a_row_announces_the_signals_that_the_signals_endpoint_gives(small: CheckedClient) -> None:
    profiles: dict[str, tuple[str, list[str]]] = {}
    for row, data in bought(small):
        profiles[f"c{len(profiles)}"] = (data["socialLinks"]["linkedin"], row["signalTypes"])
    ids = list(profiles)
    types: set[str] = set()
    for start in range(0, len(ids), 100):
        asked_for = ids[start : start + 100]
        body = {
            "contacts": [{"id": each, "social_link": profiles[each][0]} for each in asked_for],
            "signals": ["allSignals"],
        }
        given = small.post("/api/signals/contacts/search", json=body).json()["contacts"]
        for each in asked_for:
            found = sorted(set(given.get(each, {})) & {"promotion", "companyChange"})
            types |= set(found)

            assert sorted(profiles[each][1]) == found
    assert types == {"promotion", "companyChange"}


def test_with_a_signal_filter_rows_show_the_signals_since_its_start(small: CheckedClient) -> None:
    since = {"names": ["allSignals"], "startDate": "2020-01-01"}
    rows = [row for page in pages(small, contacts(signal=since)) for row in page["data"]]
    recent = [
        row for page in pages(small, contacts(signal={"names": ["allSignals"]})) for row in page["data"]
    ]

    assert 0 < len(recent) < len(rows)
    assert all(row["signalTypes"] for row in rows)
    assert all(row["signalTypes"] for row in recent)
    promoted = [
        row
        for page in pages(small, contacts(signal={**since, "names": ["promotion"]}))
        for row in page["data"]
    ]
    assert {tuple(row["signalTypes"]) for row in promoted} == {("promotion",)}

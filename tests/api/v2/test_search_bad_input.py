"""What a search makes of input that nobody should send: an answer or a refusal, never a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import CheckedClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployment import NewApp
    from support import AnswerCheck

CONTACTS = "/prospecting/contact/search"
COMPANIES = "/prospecting/company/search"
BOTH = [CONTACTS, COMPANIES]
JSON = {"content-type": "application/json"}


def contacts(**include: Any) -> dict[str, Any]:
    return {"filters": {"contacts": {"include": include}}}


def companies(**include: Any) -> dict[str, Any]:
    return {"filters": {"companies": {"include": include}}}


def found(client: CheckedClient, url: str, body: dict[str, Any]) -> int:
    answer = client.post(url, json=body)

    assert answer.status_code == 200, answer.text
    total: int = answer.json()["totalResults"]
    return total


# Contradictions find nothing


@pytest.mark.parametrize(
    ("side", "criteria"),
    [
        ("contacts", {"departments": ["Sales"]}),
        ("contacts", {"seniority": [5, 6]}),
        ("contacts", {"locations": [{"country": "Germany"}]}),
        ("contacts", {"searchText": "Ada Quill"}),
        ("contacts", {"signal": {"names": ["allSignals"], "startDate": "2020-01-01"}}),
        ("companies", {"names": ["Quill Works"]}),
        ("companies", {"domains": ["acme.com"]}),
        ("companies", {"sizes": [{"min": 11, "max": 50}]}),
    ],
)
def test_what_is_included_and_excluded_is_not_found(
    small: CheckedClient, side: str, criteria: dict[str, Any]
) -> None:
    url = CONTACTS if side == "contacts" else COMPANIES

    assert found(small, url, {"filters": {side: {"include": criteria}}}) > 0
    assert found(small, url, {"filters": {side: {"include": criteria, "exclude": criteria}}}) == 0


# Refused, and said where

UPSIDE_DOWN = {
    "sizes": ({"sizes": [{"min": 1}, {"min": 50, "max": 11}]}, "sizes.1.max must not be less than"),
    "revenues": ({"revenues": [{"min": 5, "max": 4}]}, "revenues.0.max must not be less than"),
    "linkedin": (
        {"employeesInLinkedIn": {"min": 9, "max": 1}},
        "employeesInLinkedIn.max must not be less than",
    ),
    "past the top for none": ({"sizes": [{"min": 1000000, "max": 999999}]}, "sizes.0.max must not be less"),
}


@pytest.mark.parametrize("url", BOTH)
@pytest.mark.parametrize("side", ["include", "exclude"])
@pytest.mark.parametrize(("criteria", "finding"), UPSIDE_DOWN.values(), ids=UPSIDE_DOWN)
def test_ranges_upside_down_are_refused(
    small: CheckedClient, url: str, side: str, criteria: dict[str, Any], finding: str
) -> None:
    answer = small.post(url, json={"filters": {"companies": {side: criteria}}})

    assert answer.status_code == 400
    assert f"filters.companies.{side}.{finding}" in answer.text
    assert small.used() == 0


@pytest.mark.parametrize("same", [{"min": 20, "max": 20}, {"min": 0, "max": 0}, {}, {"min": -5}])
def test_ranges_of_one_number_or_none_are_taken(small: CheckedClient, same: dict[str, int]) -> None:
    assert small.post(COMPANIES, json=companies(sizes=[same])).status_code == 200


@pytest.mark.parametrize("url", BOTH)
@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ({}, "filters should not be empty"),
        ({"pages": {"page": 0}}, "filters should not be empty"),
        ({"filters": None}, "filters must be an object"),
        ({"filters": []}, "filters must be an object"),
        ({"filters": "all"}, "filters must be an object"),
        ({"filters": {"companies": None}}, "filters.companies must be an object"),
        ({"filters": {"companies": []}}, "filters.companies must be an object"),
        ({"filters": {"companies": {"include": None}}}, "filters.companies.include must be an object"),
        ({"filters": {"companies": {"include": []}}}, "filters.companies.include must be an object"),
        ({"filters": {"companies": {"exclude": "x"}}}, "filters.companies.exclude must be an object"),
        (companies(names="Acme"), "filters.companies.include.names must be an array"),
        (companies(names=[7]), "filters.companies.include.names.0 must be a string"),
        (companies(names=["Acme", None]), "filters.companies.include.names.1 must be a string"),
        (companies(sizes=[1]), "filters.companies.include.sizes.0 must be an object"),
        (companies(sizes=[{"min": "1"}]), "filters.companies.include.sizes.0.min must be an integer"),
        (companies(sizes=[{"max": None}]), "filters.companies.include.sizes.0.max must be an integer"),
        (companies(sizes={"min": 1}), "filters.companies.include.sizes must be an array"),
        (companies(revenues=[{"min": 1.5}]), "filters.companies.include.revenues.0.min must be an integer"),
        (companies(searchText=["x"]), "filters.companies.include.searchText must be a string"),
        (companies(locations=["US"]), "filters.companies.include.locations.0 must be an object"),
        (companies(companyLocations=[{"state": "Texas"}]), "companyLocations.0.country should not be empty"),
        (companies(technologies=[{}]), "technologies.0.name should not be empty"),
        (companies(technologies=[7]), "filters.companies.include.technologies.0 must be"),
        (companies(mainIndustriesIds=[1.5]), "filters.companies.include.mainIndustriesIds.0 must be"),
        (companies(mainIndustriesIds=[True]), "filters.companies.include.mainIndustriesIds.0 must be"),
        (companies(sicCodes=[7372]), "filters.companies.include.sicCodes.0 must be a string"),
        (companies(employeesInLinkedIn=[1, 2]), "employeesInLinkedIn must be an object"),
        (companies(excludePartialCompanies="yes"), "excludePartialCompanies must be a boolean"),
        (companies(signal={"names": ["retirement"]}), "signal.names must be one of"),
        (companies(signal={"names": "peopleNews"}), "signal.names must be an array"),
        (companies(signal={"names": ["peopleNews"], "startDate": "1/1/2026"}), "signal.startDate must be"),
        (companies(signal={"names": ["peopleNews"], "startDate": "2026-02-30"}), "startDate must be"),
    ],
)
def test_what_is_of_the_wrong_kind_is_refused_with_its_path(
    small: CheckedClient, url: str, body: dict[str, Any], finding: str
) -> None:
    answer = small.post(url, json=body)

    assert answer.status_code == 400
    assert finding in answer.text
    assert small.used() == 0


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ({"filters": {"contacts": None}}, "filters.contacts must be an object"),
        (contacts(departments=[1]), "filters.contacts.include.departments.0 must be"),
        (contacts(countries="US"), "filters.contacts.include.countries must be an array"),
        (
            contacts(locations=[{"country": 1}]),
            "filters.contacts.include.locations.0.country must be a string",
        ),
        (contacts(linkedinUrls=[None]), "filters.contacts.include.linkedinUrls.0 must be a string"),
        (contacts(signal={"names": ["peopleNews"]}), "signal.names must be one of"),
        ({"filters": {}, "includePartialContact": "false"}, "includePartialContact must be a boolean value"),
        ({"filters": {}, "excludeDnc": 1}, "excludeDnc must be a boolean value"),
    ],
)
def test_what_is_of_the_wrong_kind_about_people_is_refused(
    small: CheckedClient, body: dict[str, Any], finding: str
) -> None:
    answer = small.post(CONTACTS, json=body)

    assert answer.status_code == 400
    assert finding in answer.text


@pytest.mark.parametrize("url", BOTH)
@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"null", b'"x"', b"{", b'{"filters": {}}}', b'{"filters": NaN}', b"\xff\xfe",
     b'{"filters": {"companies": {"include": {"names": ["\\ud800"]}}}}'],
)  # fmt: skip
def test_a_body_that_is_no_object_of_json_is_refused(small: CheckedClient, url: str, raw: bytes) -> None:
    assert small.post(url, content=raw, headers=JSON).status_code == 400


def test_a_body_nested_without_end_is_refused(small: CheckedClient) -> None:
    raw = b'{"filters": ' * 3_000 + b"{}" + b"}" * 3_000

    assert small.post(CONTACTS, content=raw, headers=JSON).status_code == 400


MISPLACED = {
    "names of people": {"contacts": {"include": {"names": ["Ada Quill"]}}},
    "domains of people": {"contacts": {"exclude": {"domains": ["acme.com"]}}},
    "sizes of people": {"contacts": {"include": {"sizes": [{"min": 1}]}}},
    "offices of people": {"contacts": {"include": {"companyLocations": [{"country": "US"}]}}},
    "industries of people": {"contacts": {"include": {"mainIndustriesIds": [17]}}},
    "odd sizes of people": {"contacts": {"include": {"sizes": "large", "companyLocations": [7]}}},
    "departments of companies": {"companies": {"include": {"departments": ["Sales"]}}},
    "titles of companies": {"companies": {"exclude": {"jobTitles": ["CEO"]}}},
    "levels of companies": {"companies": {"include": {"seniority": [5]}}},
    "profiles of companies": {"companies": {"include": {"linkedinUrls": ["linkedin.com/in/x-y"]}}},
}


@pytest.mark.parametrize("url", BOTH)
@pytest.mark.parametrize("filters", MISPLACED.values(), ids=MISPLACED)
def test_a_criterion_on_the_wrong_side_is_an_unknown_field(
    small: CheckedClient, url: str, filters: dict[str, Any]
) -> None:
    assert found(small, url, {"filters": filters}) == found(small, url, {"filters": {}})


@pytest.mark.parametrize(
    "contacts",
    [
        None,
        "all",
        [],
        {"include": "all"},
        {"include": {"departments": 7, "seniority": ["x"]}},
        {"include": {"locations": [None], "linkedinUrls": [7]}},
        {"exclude": {"signal": {"names": ["retirement"], "startDate": "soon"}}},
    ],
    ids=repr,
)
def test_a_company_search_does_not_read_what_is_said_of_people(small: CheckedClient, contacts: Any) -> None:
    assert found(small, COMPANIES, {"filters": {"contacts": contacts}}) == 61


# Long and strange, but text

STRANGE = {
    "long word": "x" * 10_000,
    "many words": " ".join(f"w{n}" for n in range(1_500)),
    "a word again and again": "xylo " * 2_000,
    "emoji": "\N{ROCKET} Rockets \N{PERSON WITH BALL}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u202eevil",
    "japanese": "株式会社アクメ",
    "null character": "qq\x00zz",
    "only marks": "\u0301\u0302",
    "only signs": "%_*?[](){}\\'\"",
    "capital sharp s": "STRA\u1e9eE",
    "digits of other scripts": "\u0661\u0662\u0663 \u00b2",
    "dots": "a.b..c." * 200,
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_strange_text_is_searched_for_like_any(small: CheckedClient, text: str) -> None:
    assert found(small, CONTACTS, contacts(searchText=text, jobTitles=[text])) == 0
    assert found(small, CONTACTS, contacts(jobTitlesExactMatch=[text], departments=[text])) == 0
    assert found(small, CONTACTS, contacts(linkedinUrls=[text], countries=[text])) == 0
    assert found(small, CONTACTS, contacts(existing_data_points=[text])) == 0
    assert found(small, COMPANIES, companies(sicCodes=[text], naicsCodes=[text], searchText=text)) == 0
    assert found(small, COMPANIES, companies(mainIndustriesIds=[text], subIndustriesIds=[text])) == 0
    assert found(small, COMPANIES, companies(technologies=[text], intentTopics=[text])) == 0
    assert found(small, COMPANIES, companies(locations=[{"country": text, "state": text}])) == 0
    for criteria in ({"names": [text]}, {"domains": [text]}, {"domains": [f"{text}.com"]}):
        page = small.post(CONTACTS, json=companies(**criteria))

        assert page.status_code == 200
        assert page.json()["totalResults"] <= 8
        ids = [row["contactId"] for row in page.json()["data"]]
        if ids:
            body = {"requestId": page.json()["requestId"], "contactIds": ids}
            rows = small.post("/prospecting/contact/enrich", json=body).json()["contacts"]

            assert all(row["isSuccess"] for row in rows)


@pytest.mark.parametrize("number", [-1, 0, 2**31, 2**63 - 1, 2**63, 2**64 - 1, 10**30, -(10**30)])
def test_numbers_of_any_size_are_compared(small: CheckedClient, number: int) -> None:
    for url, body in (
        (CONTACTS, contacts(seniority=[number])),
        (COMPANIES, companies(mainIndustriesIds=[number])),
        (COMPANIES, companies(employeesInLinkedIn={"min": number, "max": number})),
    ):
        raw = str(body).replace("'", '"')

        assert small.post(url, content=raw, headers=JSON).json()["totalResults"] == 0


def test_a_list_of_very_many_values_is_taken_up_to_a_thousand(small: CheckedClient) -> None:
    names = [f"Nobody {number}" for number in range(1_000)]
    refused = small.post(CONTACTS, json=contacts(departments=[*names, "Sales"]))

    assert found(small, CONTACTS, contacts(departments=[*names[1:], "Sales"])) == found(
        small, CONTACTS, contacts(departments=["Sales"])
    )
    assert refused.status_code == 400
    assert refused.json()["errors"] == [
        "filters.contacts.include.departments must contain no more than 1000 elements (sent: a list of 1001)"
    ]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(["Sales", "US", "acme.com", "Quill Works", "peopleNews", "promotion", "2026-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["min", "max", "names", "name", "country", "state", "startDate"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "departments", "seniority", "existing_data_points", "existingDataPoints", "locations", "countries",
        "jobTitles", "jobTitlesExactMatch", "linkedinUrls", "searchText", "signal", "signals", "names",
        "domains", "companyLocations", "technologies", "intentTopics", "sizes", "revenues", "sicCodes",
        "sics", "naicsCodes", "naics", "mainIndustriesIds", "subIndustriesIds", "employeesInLinkedIn",
        "excludePartialCompanies",
    ]
)  # fmt: skip
SIDES = st.dictionaries(
    st.sampled_from(["include", "exclude"]),
    st.dictionaries(FIELDS, st.lists(VALUES, max_size=3) | VALUES, max_size=3),
    max_size=2,
)


@pytest.fixture(scope="module")
def fuzzed(new_module_app: NewApp, answer_check: AnswerCheck) -> Iterator[CheckedClient]:
    app = new_module_app(people=100, companies=10, limits="off", credits=None)
    client = CheckedClient(app, answer_check, "a-key-for-anything")
    yield client
    client.close()


@pytest.mark.parametrize("url", BOTH)
@given(
    people=SIDES,
    employers=SIDES,
    pages=st.dictionaries(st.sampled_from(["page", "size"]), st.integers(-1, 1001), max_size=2),
)
def test_whatever_is_sent_is_answered_or_refused(
    fuzzed: CheckedClient, url: str, people: Any, employers: Any, pages: dict[str, int]
) -> None:
    body = {"filters": {"contacts": people, "companies": employers}, "pages": pages}
    answer = fuzzed.post(url, json=body)

    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert answer.json()["pageLength"] <= answer.json()["totalResults"]

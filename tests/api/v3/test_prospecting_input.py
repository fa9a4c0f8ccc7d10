"""What prospecting refuses, what it takes and finds nothing for, and what it says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support import CheckedClient

CONTACTS, COMPANIES = "/v3/contacts/prospecting", "/v3/companies/prospecting"
SALES: dict[str, Any] = {"contacts": {"include": {"departments": ["Sales"]}}}
EVERY: dict[str, Any] = {"companies": {"include": {}}}
POINTS = "phone, direct_phone, mobile_phone, unknown_phone, no_dnc_phone, email, work_email, private_email"
AT = "filters.contacts.include"


def people(**fields: Any) -> dict[str, Any]:
    return {"contacts": {"include": fields}}


def firms(**fields: Any) -> dict[str, Any]:
    return {"companies": {"include": fields}}


def send(client: CheckedClient, path: str, filters: Any, **more: Any) -> Any:
    return client.post(path, json={"pagination": {"page": 0, "size": 10}, "filters": filters} | more)


NO_CRITERION = "filters must have at least one criterion in contacts or companies"
REFINED = "filters.contacts must have another criterion beside those that refine it"
NO_DATE = "must be a valid ISO 8601 date string"
REFUSED: dict[str, tuple[str, Any, str]] = {
    "no filters": (CONTACTS, {}, NO_CRITERION),
    "no contacts": (CONTACTS, people(), NO_CRITERION),
    "an empty list": (CONTACTS, people(departments=[], skills=[]), NO_CRITERION),
    "an empty block": (CONTACTS, people(signals={}), NO_CRITERION),
    "a condition alone": (CONTACTS, people(existingDataPointsCondition="and"), NO_CRITERION),
    "no companies": (CONTACTS, firms(), NO_CRITERION),
    "a score alone": (CONTACTS, people(score={"minScore": 50}), REFINED),
    "education alone": (CONTACTS, people(education={"degrees": ["MBA"]}), REFINED),
    "a day alone": (CONTACTS, people(jobChangedAfterDate="2025-01-01"), REFINED),
    "refiners alone": (
        CONTACTS, people(jobChangedLastViewDate="2025-01-01", score={"maxScore": 9}), REFINED,
    ),
    "a list of fields": (CONTACTS, {"contacts": ["Sales"]}, "filters.contacts must be an object"),
    "a field beside the sides": (
        CONTACTS, {"contacts": {"departments": ["Sales"]}},
        "filters.contacts.property departments should not exist",
    ),
    "a field of companies": (CONTACTS, people(sizes=[]), f"{AT}.property sizes should not exist"),
    "no list": (CONTACTS, people(departments="Sales"), f"{AT}.departments must be an array"),
    "no text": (CONTACTS, people(skills=[5]), f"{AT}.each value in skills must be a string"),
    "no number": (
        CONTACTS, people(seniorityIds=["5"]), f"{AT}.each value in seniorityIds must be an integer number",
    ),
    "a long country": (
        CONTACTS, people(countries=["Germany"]),
        f"{AT}.each value in countries must be shorter than or equal to 2 characters",
    ),
    "a kind of detail that is none": (
        CONTACTS, people(existingDataPoints=["work_phone"]),
        f"{AT}.each value in existingDataPoints must be one of the following values: {POINTS}",
    ),
    "a condition that is none": (
        CONTACTS, people(existingDataPoints=["phone"], existingDataPointsCondition="xor"),
        f"{AT}.existingDataPointsCondition must be one of the following values: or, and",
    ),
    "no id": (CONTACTS, people(ids=["ada"]), "Invalid contact id"),
    "an empty id": (CONTACTS, people(ids=[""]), "Invalid contact id"),
    "an id of v2": (CONTACTS, people(ids=["01234567-89ab-4def-8123-456789abcdef"]), "Invalid contact id"),
    "a number for an id": (CONTACTS, people(ids=[12]), f"{AT}.each value in ids must be a string"),
    "no id of a company": (CONTACTS, firms(ids=["acme"]), "Invalid company id"),
    "no mailbox": (CONTACTS, people(emails=["ada"]), f"{AT}.each value in emails must be an email"),
    "no former mailbox": (
        CONTACTS, people(previousEmails=["a@"]), f"{AT}.each value in previousEmails must be an email",
    ),
    "a long text": (
        CONTACTS, people(searchText="x" * 201),
        f"{AT}.searchText must be shorter than or equal to 200 characters",
    ),
    "no day of a job change": (
        CONTACTS, people(jobChangedAfterDate="yesterday"), f"{AT}.jobChangedAfterDate {NO_DATE}",
    ),
    "a day that does not exist": (
        CONTACTS, people(jobChangedLastViewDate="2025-02-30"), f"{AT}.jobChangedLastViewDate {NO_DATE}",
    ),
    "no day of signals": (
        CONTACTS, people(signals={"startDate": "1/2/2025"}), f"{AT}.signals.startDate {NO_DATE}",
    ),
    "a type of signals of companies": (
        CONTACTS, people(signals={"types": ["surgeInHiring"]}),
        f"{AT}.signals.each value in types must be one of the following values: allSignals, promotion",
    ),
    "a score below all": (
        CONTACTS, people(score={"minScore": -1}), f"{AT}.score.minScore must not be less than 0",
    ),
    "a score above all": (
        CONTACTS, people(score={"maxScore": 101}), f"{AT}.score.maxScore must not be greater than 100",
    ),
    "a score upside down": (
        CONTACTS, people(departments=["Sales"], score={"minScore": 50, "maxScore": 40}),
        f"{AT}.score.maxScore must not be less than {AT}.score.minScore",
    ),
    "a year that is none": (
        CONTACTS, people(departments=["Sales"], education={"startYearGte": "2005"}),
        f"{AT}.education.startYearGte must be an integer number",
    ),
    "a distance round nothing": (
        CONTACTS, people(geographicDetails=[{"country": "US", "distance": 5}]),
        f"{AT}.geographicDetails.0.zipcode should not be empty",
    ),
    "a distance below none": (
        CONTACTS, people(geographicDetails=[{"country": "US", "zipcode": "94105", "distance": -1}]),
        f"{AT}.geographicDetails.0.distance must not be less than 0",
    ),
    "a range upside down": (
        CONTACTS, firms(sizes=[{"min": 1}, {"min": 5, "max": 1}]),
        "filters.companies.include.sizes.1.max must not be less than filters.companies.include.sizes.1.min",
    ),
    "countries of companies": (
        CONTACTS, firms(countries=["US"]), "filters.companies.include.property countries should not exist",
    ),
    "companies without filters": (COMPANIES, {}, "filters.companies should not be empty"),
    "companies without a side": (
        COMPANIES, {"companies": {}}, "filters.companies.include should not be empty",
    ),
    "companies with an exclusion alone": (
        COMPANIES, {"companies": {"exclude": {"names": ["Acme"]}}},
        "filters.companies.include should not be empty",
    ),
    "the code of a country": (
        COMPANIES, firms(locations=[{"country": "France"}, {"countryIso2": "US"}]),
        "filters.companies.include.locations.1.property countryIso2 should not exist",
    ),
    "funding of companies": (
        COMPANIES, firms(funding={"isIpo": True}),
        "filters.companies.include.property funding should not exist",
    ),
    "mailboxes of companies' people": (
        COMPANIES, EVERY | people(emails=["a@b.co"]), f"{AT}.property emails should not exist",
    ),
    **{
        f"{name} with people": (
            COMPANIES, firms(**{name: value}) | people(departments=["Legal"]),
            f"filters.companies.include.{name} must not be sent together with filters.contacts",
        )
        for name, value in {
            "searchText": "cloud", "signals": {"types": ["surgeInHiring"]}, "technologies": ["Salesforce"],
            "intentTopics": ["Cloud"], "intentMinScore": 5, "topicCountThreshold": [{"min": 1}],
        }.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_place(small: CheckedClient, name: str) -> None:
    path, filters, text = REFUSED[name]
    answer = send(small, path, filters)

    assert answer.status_code == 400, answer.text
    assert any(error.startswith(text) for error in answer.json()["errors"]), answer.json()["errors"]
    assert small.used() == 0


@pytest.mark.parametrize("path", [CONTACTS, COMPANIES])
@pytest.mark.parametrize(
    ("pagination", "text"),
    [
        ({"page": 0, "size": 9}, "pagination.size must not be less than 10"),
        ({"page": 0, "size": 101}, "pagination.size must not be greater than 100"),
        ({"page": 1001, "size": 10}, "pagination.page must not be greater than 1000"),
        ({"page": -1, "size": 10}, "pagination.page must not be less than 0"),
        ({"page": 1.5, "size": 10}, "pagination.page must be an integer number"),
        ({"page": "1", "size": 10}, "pagination.page must be an integer number"),
        ({"page": 0}, "pagination.size should not be empty"),
        ({}, "pagination.page should not be empty"),
        (None, "pagination must be an object"),
    ],
)
def test_a_page_that_there_is_not_is_refused(
    small: CheckedClient, path: str, pagination: Any, text: str
) -> None:
    answer = send(small, path, SALES | EVERY, pagination=pagination)

    assert answer.status_code == 400
    assert any(error.startswith(text) for error in answer.json()["errors"])
    assert small.used() == 0


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"excludeDnc": True}, "property excludeDnc should not exist"),
        ({"searchText": "archives"}, "property searchText should not exist"),
        ({"signals": {"types": ["promotion"]}}, "property signals should not exist"),
        ({"options": {"maxContactsPerCompany": 0}}, "options.maxContactsPerCompany must not be less than 1"),
        (
            {"options": {"maxContactsPerCompany": 21}},
            "options.maxContactsPerCompany must not be greater than",
        ),
        ({"options": {"includePartialProfiles": "yes"}}, "options.includePartialProfiles must be a boolean"),
        ({"options": None}, "options must be an object"),
        ({"tableId": 482910}, "tableId must be a string"),
    ],
)
def test_an_option_that_there_is_not_is_refused(
    small: CheckedClient, more: dict[str, Any], text: str
) -> None:
    answer = send(small, CONTACTS, SALES, **more)

    assert answer.status_code == 400
    assert any(error.startswith(text) for error in answer.json()["errors"])


NOBODY: dict[str, tuple[str, Any]] = {
    "values that nobody knows": (CONTACTS, people(departments=["Alchemy"])),
    "a blank value": (CONTACTS, people(departments=["Sales"], skills=[" "])),
    "a blank education": (CONTACTS, people(departments=["Sales"], education={"schools": [""]})),
    "blank names": (CONTACTS, people(names=["", "-"])),
    "an industry that is not used": (COMPANIES, firms(mainIndustriesIds=[999])),
    "what is excluded, too": (
        CONTACTS, {"contacts": {"include": {"seniorityIds": [5]}, "exclude": {"seniorityIds": [5]}}},
    ),
    "companies that are excluded, too": (
        COMPANIES,
        {"companies": {"include": {"mainIndustriesIds": [17]}, "exclude": {"mainIndustriesIds": [17]}}},
    ),
    "a day that is to come": (CONTACTS, people(departments=["Sales"], jobChangedAfterDate="2099-01-01")),
    "signals that are to come": (CONTACTS, people(signals={"startDate": "2099-01-01"})),
    "years upside down": (
        CONTACTS,
        people(departments=["Sales"], education={"startYearGte": 2015, "graduationYearLte": 2010}),
    ),
    "digits of nobody": (CONTACTS, people(ids=["12", "9" * 40])),
    "a token of nobody": (CONTACTS, people(ids=["v1.abc", f"v1.{'A' * 34}"])),
    "digits of no company": (COMPANIES, firms(ids=["12"])),
    "the code of a country of companies": (CONTACTS, firms(locations=[{"countryIso2": "US"}])),
    "a country that there is not": (
        CONTACTS, people(geographicDetails=[{"country": "Nowhere", "zipcode": "1", "distance": 9000}]),
    ),
    "a detail that there is not, and another": (
        COMPANIES, EVERY | people(departments=["Alchemy"], existingDataPoints=["phone"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOBODY)
def test_what_nobody_is_finds_nobody_and_costs_nothing(small: CheckedClient, name: str) -> None:
    path, filters = NOBODY[name]
    answer = send(small, path, filters)

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["results"], body["pagination"]["total"]) == ([], 0)
    assert body["billing"] == {"creditsCharged": 0, "resultsReturned": 0}
    assert small.used() == 0


def test_codes_may_be_numbers_and_investors_are_taken_and_not_applied(small: CheckedClient) -> None:
    def total(path: str, filters: Any) -> int:
        answer = send(small, path, filters)
        assert answer.status_code == 200, answer.text
        count: int = answer.json()["pagination"]["total"]
        return count

    for path in (CONTACTS, COMPANIES):
        texts, numbers = firms(sicCodes=["7372"], naicsCodes=["54"]), firms(sicCodes=[7372], naicsCodes=[54])
        assert total(path, texts) == total(path, numbers)
    investors = firms(funding={"investors": ["Sequoia"], "types": ["venture"]})
    assert total(CONTACTS, investors) == total(CONTACTS, people(seniorityIds=list(range(1, 11))))


def test_ids_of_another_account_or_of_the_other_kind_are_nobodys(small: CheckedClient) -> None:
    mine = send(small, CONTACTS, SALES).json()["results"]
    ids = [row["id"] for row in mine]
    own, company = people(ids=ids), people(ids=[row["company"]["id"] for row in mine])
    assert send(small, CONTACTS, own).json()["results"] == mine
    assert send(small, CONTACTS, company).json()["results"] == []
    small.key = "another-key-of-a-test"

    assert send(small, CONTACTS, own).json()["results"] == []


def test_a_company_is_found_by_the_id_that_its_people_have(small: CheckedClient) -> None:
    row = send(small, CONTACTS, firms(domains=["acme.com"])).json()["results"][0]
    found = send(small, COMPANIES, firms(ids=[row["company"]["id"]])).json()["results"]

    assert [(company["id"], company["name"]) for company in found] == [
        (row["company"]["id"], row["company"]["name"])
    ]


def test_details_that_nobody_knows_match_nobody_where_nothing_is_strict(
    make_client: Any,
) -> None:
    client = make_client(people=600, companies=60, strict="no")

    for condition in ("or", "and"):
        points = people(existingDataPoints=["work_phone"], existingDataPointsCondition=condition)
        assert send(client, CONTACTS, points).json()["results"] == []


MANY: dict[str, list[Any]] = {
    "names": [f"Nobody{number} Atall" for number in range(999)],
    "jobTitles": [f"alchemist {number}" for number in range(999)],
    "skills": [f"alchemy {number}" for number in range(999)],
    "ids": [str(number) for number in range(999)],
    "emails": [f"nobody@{number}" + ".invalid" for number in range(999)],
    "locations": [{"city": f"Nowhere {number}"} for number in range(999)],
}


@pytest.mark.parametrize("field", MANY)
def test_a_thousand_values_find_the_one_that_is_of_somebody_and_more_are_refused(
    small: CheckedClient, field: str
) -> None:
    one = send(small, CONTACTS, SALES).json()["results"][0]
    value = {
        "names": f"{one['firstName']} {one['lastName']}",
        "jobTitles": one["jobTitle"]["title"],
        "skills": "Salesforce",
        "ids": one["id"],
        "emails": "ada.quill@quill-works.example",
        "locations": {"city": one["location"]["city"]},
    }[field]

    most, more = (
        send(small, CONTACTS, people(**{field: [*MANY[field], *[value] * count]})) for count in (1, 2)
    )

    assert most.status_code == 200, most.text
    assert most.json()["pagination"]["total"] >= 1
    assert more.status_code == 400
    text = f"{AT}.{field} must contain no more than 1000 elements (sent: a list of 1001)"
    assert more.json()["errors"] == [text]

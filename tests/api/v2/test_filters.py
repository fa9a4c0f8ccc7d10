"""The values that prospecting filters know: lists that are always the same, and text searches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

    from mock_lusha.world.world import World

CONTACTS = "/prospecting/filters/contacts"
COMPANIES = "/prospecting/filters/companies"
LISTS = {
    "departments": f"{CONTACTS}/departments",
    "seniority": f"{CONTACTS}/seniority",
    "data points": f"{CONTACTS}/existing_data_points",
    "countries": f"{CONTACTS}/all_countries",
    "industries": f"{COMPANIES}/industries_labels",
    "sizes": f"{COMPANIES}/sizes",
    "revenues": f"{COMPANIES}/revenues",
    "sics": f"{COMPANIES}/sics",
    "naics": f"{COMPANIES}/naics",
    "topics": f"{COMPANIES}/intent_topics",
}
SEARCHES = {
    "contact locations": f"{CONTACTS}/locations",
    "company locations": f"{COMPANIES}/locations",
    "names": f"{COMPANIES}/names",
    "technologies": f"{COMPANIES}/technologies",
}
DIALECTS = ("live", "documented")


@pytest.fixture
def scale(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(limits="headers")


def listed(client: CheckedClient, name: str) -> list[Any]:
    answer = client.get(LISTS[name])

    assert answer.status_code == 200
    found = answer.json()
    assert isinstance(found, list), "a bare array, not wrapped"
    return found


def searched(client: CheckedClient, name: str, text: str) -> list[Any]:
    answer = client.post(SEARCHES[name], json={"text": text})

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert isinstance(found, list), "a bare array, not wrapped"
    return found


def called(client: CheckedClient, name: str) -> Any:
    if name in LISTS:
        return client.get(LISTS[name])
    return client.post(SEARCHES[name], json={"text": "co"})


# Lists


def test_there_are_sixteen_departments(scale: CheckedClient) -> None:
    assert listed(scale, "departments") == [
        "Business Development", "Consulting", "Customer Service", "Engineering & Technical", "Finance",
        "General Management", "Health Care & Medical", "Human Resources", "Information Technology", "Legal",
        "Marketing", "Operations", "Other", "Product", "Research & Analytics", "Sales",
    ]  # fmt: skip


def test_seniority_is_objects_from_founder_down(scale: CheckedClient) -> None:
    ids = {
        10: "founder", 7: "partner", 9: "c-suite", 8: "vice president", 6: "director", 5: "manager",
        4: "senior", 3: "entry", 2: "intern", 1: "other",
    }  # fmt: skip

    assert listed(scale, "seniority") == [{"id": id_, "name": name} for id_, name in ids.items()]


def test_data_points_are_the_eight_that_were_seen(scale: CheckedClient) -> None:
    assert listed(scale, "data points") == [
        "phone", "direct_phone", "mobile_phone", "unknown_phone", "no_dnc_phone", "email", "work_email",
        "private_email",
    ]  # fmt: skip


def test_countries_come_by_size_of_data(scale: CheckedClient) -> None:
    found = listed(scale, "countries")
    first = (
        "US IN GB BR CA AU FR DE NL IT ZA MX TR SE CN ID BE ES AE AR".split()  # noqa: SIM905 - reads better
    )

    assert [row["code"] for row in found[:20]] == first
    assert [row["name"] for row in found[:3]] == ["United States", "India", "United Kingdom"]
    assert all(list(row) == ["name", "code"] for row in found)
    assert 240 <= len(found) <= 250
    assert len({row["code"] for row in found}) == len({row["name"] for row in found}) == len(found)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("TW", "Taiwan, Province Of China"),
        ("TZ", "Tanzania, United Republic Of"),
        ("CI", "Cote D'Ivoire"),
        ("LA", "Lao People'S Democratic Republic"),
        ("SY", "Syrian Arab Republic"),
        ("MK", "Macedonia"),
        ("SZ", "Swaziland"),
        ("CV", "Cape Verde"),
        ("RE", "Reunion"),
        ("CW", "Curacao"),
        ("VI", "American Virgin Islands"),
        ("PS", "Palestine"),
        ("MO", "Macao"),
        ("CD", "Democratic Republic Of The Congo"),
        ("CG", "Congo"),
        ("BQ", "Bonaire"),
        ("AN", "Netherlands Antilles"),
        ("VA", "Vatican City"),
        ("IO", "British Indian Ocean"),
        ("SX", "Sint Maarten (Dutch Part)"),
        ("AX", "Aland Islands"),
    ],
)
def test_some_countries_have_names_of_their_own(scale: CheckedClient, code: str, name: str) -> None:
    assert {"name": name, "code": code} in listed(scale, "countries")


def test_there_are_nine_sizes_and_the_last_is_open(scale: CheckedClient) -> None:
    edges = [
        (1, 10), (11, 50), (51, 200), (201, 500), (501, 1_000), (1_001, 5_000), (5_001, 10_000),
        (10_001, 100_000),
    ]  # fmt: skip

    assert listed(scale, "sizes") == [{"min": least, "max": most} for least, most in edges] + [
        {"min": 100_001}
    ]


def test_revenues_go_from_one_dollar_to_ten_billion_and_beyond(scale: CheckedClient) -> None:
    found = listed(scale, "revenues")
    million = 1_000_000
    edges = [
        million, 5 * million, 10 * million, 50 * million, 100 * million, 250 * million, 500 * million,
        1_000 * million, 10_000 * million,
    ]  # fmt: skip

    assert [row["max"] for row in found[:-1]] == edges
    assert set(found[-1]) == {"min"}
    assert found[0]["min"] == 1
    for below, row in zip(edges, found[1:], strict=True):
        assert row["min"] in {below, below + 1}, "the published example has the second form"


MAIN_INDUSTRIES = {
    1: "Hospitality", 3: "Construction", 5: "Community & Nonprofit Organizations", 6: "Education",
    7: "Entertainment", 8: "Farming, Ranching, Forestry", 9: "Finance", 10: "Government", 11: "Healthcare",
    12: "Manufacturing", 13: "Oil, Gas & Mining", 14: "Business Services", 15: "Real Estate",
    16: "Retail & Wholesale Trade", 17: "Technology, Information & Media", 18: "Transportation & Logistics",
    19: "Utilities",
}  # fmt: skip
SUB_INDUSTRIES = {
    1: {1, 2, 3, 5, 11, 778},
    3: {13, 15, 16, 791},
    5: {7, 18, 20, 21, 22, 793},
    6: {23, 24, 25, 26, 27, 50, 140, 794},
    7: {28, 29, 30, 31, 32, 33, 34, 35, 795},
    8: {36},
    9: {37, 38, 40, 41, 42, 43, 44, 92, 797},
    10: {45, 46, 49, 52, 56, 779},
    11: {59, 60, 62, 64, 65, 66, 106, 108, 780},
    12: {68, 69, 70, 71, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 86, 87, 89, 781},
    13: {90, 91, 782},
    14: {8, 9, 10, 12, 93, 96, 97, 98, 99, 100, 101, 104, 105, 783},
    15: {6, 142, 143, 144, 796},
    16: {110, 111, 113, 114, 115, 138, 139, 145, 146, 147, 785},
    17: {103, 116, 117, 118, 119, 120, 122, 123, 124, 126, 128, 129, 148, 786},
    18: {130, 131, 132, 133, 134, 135, 787},
    19: {136},
}


def test_there_are_seventeen_main_industries_and_no_ids_2_4_and_20(scale: CheckedClient) -> None:
    found = listed(scale, "industries")

    assert {row["main_industry_id"]: row["main_industry"] for row in found} == MAIN_INDUSTRIES
    assert len(found) == 17
    assert not {row["main_industry_id"] for row in found} & {2, 4, 20}


def test_every_sub_industry_has_its_id_under_its_main_industry(scale: CheckedClient) -> None:
    found = {row["main_industry_id"]: row["sub_industries"] for row in listed(scale, "industries")}

    assert {main: {sub["id"] for sub in subs} for main, subs in found.items()} == SUB_INDUSTRIES
    assert {"value": "Software Development", "id": 129} in found[17]
    assert {"value": "Farming, Ranching, Forestry", "id": 36} in found[8]
    assert all(set(sub) == {"value", "id"} for subs in found.values() for sub in subs)
    others = [sub["value"] for subs in found.values() for sub in subs if 778 <= sub["id"] <= 797]
    assert set(others) == {"Other"}


def test_sic_codes_are_texts_of_four_digits(scale: CheckedClient) -> None:
    found = listed(scale, "sics")
    codes = [row["code"] for row in found]

    assert all(set(row) == {"code", "label"} and row["label"] for row in found)
    assert all(len(code) == 4 and code.isdecimal() for code in codes)
    assert 1_000 <= len(set(codes)) == len(codes) <= 1_010
    assert {"code": "0111", "label": "Wheat"} in found, "a leading nought stays"


def test_naics_codes_are_texts_of_two_to_six_digits(scale: CheckedClient) -> None:
    found = listed(scale, "naics")
    codes = [row["code"] for row in found]

    assert all(set(row) == {"code", "label"} and row["label"] for row in found)
    assert all(code.isdecimal() for code in codes)
    assert {len(code) for code in codes} == {2, 3, 4, 5, 6}
    assert len(set(codes)) == len(codes) > 2_000
    assert {"code": "111", "label": "Crop Production"} in found


def test_intent_topics_are_texts_among_them_the_known_ones(scale: CheckedClient) -> None:
    found = listed(scale, "topics")
    known = {"Android", "Accounting", "Zero Trust", "Digital Sales", "Remote Sales", "Cloud Migration"}

    assert known <= set(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", [*LISTS, *SEARCHES])
def test_both_dialects_have_the_same_values(make_client: Callable[..., CheckedClient], name: str) -> None:
    live, documented = (called(make_client(dialect=dialect), name) for dialect in DIALECTS)

    assert live.status_code == documented.status_code == 200
    assert live.json()
    assert live.json() == documented.json()


# Text searches


def technologies(client: CheckedClient, text: str) -> list[str]:
    found = searched(client, "technologies", text)

    assert all(set(row) == {"name"} for row in found)
    return [row["name"] for row in found]


@pytest.mark.parametrize("text", ["work", "WORK", "Work", "  work  "])
def test_what_begins_with_the_text_comes_before_words_that_do_before_the_rest(
    scale: CheckedClient, text: str
) -> None:
    assert technologies(scale, text) == [
        "Workflow Automation", "Workforce Scheduling",
        "Google Workspace",
        "Affiliate Network", "Content Delivery Network", "Network Monitoring", "Zero Trust Network Access",
    ]  # fmt: skip


def test_no_technology_is_said_twice_and_none_found_is_an_empty_array(scale: CheckedClient) -> None:
    assert technologies(scale, "sql") == ["SQLite", "MySQL", "PostgreSQL"]
    assert technologies(scale, "no such thing") == []


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("düsseldorf", "Düsseldorf"), ("dusseldorf", "Düsseldorf"), ("DUSSELDORF", "Düsseldorf"),
        ("gdansk", "Gdańsk"), ("wroclaw", "Wrocław"), ("Malaga", "Málaga"), ("québec c", "Quebec City"),
        ("frankfurt am", "Frankfurt am Main"),
    ],
)  # fmt: skip
def test_case_and_accents_of_places_do_not_matter(scale: CheckedClient, text: str, city: str) -> None:
    assert [row.get("city") for row in searched(scale, "contact locations", text)] == [city]


LONDON = {"continent": "Europe", "country": "United Kingdom", "country_grouping": "emea", "state": "England"}
ONTARIO = {"continent": "North America", "country": "Canada", "country_grouping": "na", "state": "Ontario"}
ITALY = {"continent": "Europe", "country": "Italy", "country_grouping": "emea"}
SINGAPORE = {"continent": "Asia", "country": "Singapore", "country_grouping": "apac"}
SAO_PAULO = {
    "continent": "South America",
    "country": "Brazil",
    "country_grouping": "latam",
    "state": "São Paulo",
}
PLACES: dict[str, list[dict[str, str]]] = {
    "italy": [ITALY],
    "singapore": [SINGAPORE, {**SINGAPORE, "city": "Singapore"}],
    "sao paulo": [SAO_PAULO, {**SAO_PAULO, "city": "São Paulo"}],
    "ontario": [ONTARIO],
    "atlantis": [],
}


@pytest.mark.parametrize("text", PLACES)
def test_a_place_is_its_country_state_and_city_of_that_name(scale: CheckedClient, text: str) -> None:
    assert searched(scale, "contact locations", text) == PLACES[text]


def test_a_city_found_twice_is_told_apart_by_its_state_and_country(scale: CheckedClient) -> None:
    found = searched(scale, "contact locations", "london")

    assert len(found) == 2
    assert {**LONDON, "city": "London"} in found
    assert {**ONTARIO, "city": "London"} in found


def test_countries_come_before_states_before_cities(scale: CheckedClient) -> None:
    found = searched(scale, "contact locations", "mexico")
    levels = [(row["country"], row.get("state"), row.get("city")) for row in found]

    assert levels == [
        ("Mexico", None, None),
        ("Mexico", "Mexico City", None),
        ("Mexico", "Mexico City", "Mexico City"),
        ("United States", "New Mexico", None),
    ]


@pytest.mark.parametrize("name", ["contact locations", "company locations"])
@pytest.mark.parametrize(
    ("code", "country"), [("us", "United States"), ("US", "United States"), ("gb", "United Kingdom")]
)
def test_a_country_is_found_by_its_code(scale: CheckedClient, name: str, code: str, country: str) -> None:
    first = searched(scale, name, code)[0]

    assert first["country"] == country
    assert not {"state", "city"} & set(first)


def test_company_locations_are_countries_alone(scale: CheckedClient) -> None:
    found = searched(scale, "company locations", "states")

    assert [row["country"] for row in found] == ["United States"]
    assert found[0] == {"country": "United States", "continent": "North America", "country_grouping": "na"}
    assert searched(scale, "company locations", "ontario") == []


def test_every_country_of_the_list_is_found_as_a_location(scale: CheckedClient) -> None:
    for country in listed(scale, "countries")[::12]:
        found = searched(scale, "company locations", country["name"])

        assert found[0]["country"] == country["name"]


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("text", ["a", "e"])
def test_a_short_text_finds_no_more_than_fifty(scale: CheckedClient, name: str, text: str) -> None:
    assert 30 < len(searched(scale, name, text)) <= 50


@pytest.mark.parametrize("name", ["contact locations", "company locations", "technologies"])
@pytest.mark.parametrize("text", ["'", '"', "@", "/", "%", "日本", "a'b", "\u0000", "x" * 5_000])
def test_any_text_is_fine_where_no_alphabet_is_set(scale: CheckedClient, name: str, text: str) -> None:
    assert len(searched(scale, name, text)) <= 50


BAD_TEXTS: dict[str, tuple[Any, str]] = {
    "empty": ({"text": ""}, "text should not be empty"),
    "blank": ({"text": "   "}, "text should not be empty"),
    "missing": ({}, "text should not be empty"),
    "number": ({"text": 7}, "text must be a string"),
    "null": ({"text": None}, "text must be a string"),
    "list": ({"text": ["a"]}, "text must be a string"),
    "no object": (["a"], "body must be an object"),
}


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("case", BAD_TEXTS)
def test_a_text_is_needed(make_client: Callable[..., CheckedClient], name: str, case: str) -> None:
    body, message = BAD_TEXTS[case]
    answer = make_client(error_format="live").post(SEARCHES[name], json=body)

    assert answer.status_code == 400
    assert answer.json() == {"statusCode": 400, "message": [message], "error": "Bad Request"}


@pytest.mark.parametrize("name", SEARCHES)
def test_a_text_in_the_query_is_none(scale: CheckedClient, name: str) -> None:
    answer = scale.post(f"{SEARCHES[name]}?text=new")

    assert answer.status_code == 400
    assert "text should not be empty" in answer.json()["errors"]


# Company names

ALPHABET = "Text can only contain alphanumeric characters, spaces, and basic punctuation (.,&-_())."


def test_a_pinned_company_is_found_by_its_name(scale: CheckedClient) -> None:
    (found,) = searched(scale, "names", "QUILL works")
    data = scale.get("/v2/company", params={"companyId": found["companyId"]}).json()["data"]

    assert (found["name"], found["fqdn"]) == ("Quill Works", "quill-works.example")
    assert (data["id"], data["name"]) == (found["companyId"], "Quill Works")
    assert found["logoUrl"] == data["logoUrl"]


def test_companies_of_the_directory_are_found_and_are_the_company_endpoint_s(
    scale: CheckedClient, world: World
) -> None:
    for listing in world.directory.companies[::200]:
        found = searched(scale, "names", listing.name.lower())
        row = next(row for row in found if row["fqdn"] == listing.domain)
        data = scale.get("/v2/company", params={"companyId": str(row["companyId"])}).json()["data"]

        assert set(row) == {"companyId", "name", "logoUrl", "fqdn"}
        assert (data["id"], data["name"], data["fqdn"]) == (row["companyId"], listing.name, listing.domain)


def test_companies_outside_the_directory_are_not_listed(scale: CheckedClient) -> None:
    scale.get("/v2/company", params={"company": "Zyxwvu Holdings"})

    assert searched(scale, "names", "Zyxwvu") == []


def test_a_pinned_company_without_a_given_name_is_listed_under_its_made_one(
    make_client: Callable[..., CheckedClient], tmp_path: Path
) -> None:
    pins = "companies:\n  - {domain: zyxwvu-holdings.example, employees: 7}\n"
    (tmp_path / "own.yaml").write_text(pins, encoding="utf-8")
    client = make_client(fixtures=tmp_path)
    name = client.get("/v2/company", params={"domain": "zyxwvu-holdings.example"}).json()["data"]["name"]

    assert [row["fqdn"] for row in searched(client, "names", name)] == ["zyxwvu-holdings.example"]


def test_a_pinned_company_of_the_directory_stays_listed(
    make_client: Callable[..., CheckedClient], tmp_path: Path, world: World
) -> None:
    name, domain, _ = world.directory.companies[5]
    (tmp_path / "own.yaml").write_text(f"companies:\n  - {{domain: {domain}, employees: 7}}\n", "utf-8")
    found = searched(make_client(fixtures=tmp_path), "names", name)

    assert [row["fqdn"] for row in found].count(domain) == 1


@pytest.mark.parametrize("letter", ["@", "/", "'", '"', ":", "!", "+", "#"])
def test_letters_outside_the_alphabet_are_refused_in_the_words_that_were_seen(
    make_client: Callable[..., CheckedClient], letter: str
) -> None:
    client = make_client(error_format="live")
    answer = client.post(SEARCHES["names"], json={"text": f"Quill{letter}Works"})

    assert answer.status_code == 400
    assert answer.json()["message"] == [ALPHABET]


@pytest.mark.parametrize("text", ["Quill Works", "a.b,c", "R&D", "x-y_z", "(Q)", "42"])
def test_letters_of_the_alphabet_are_fine(scale: CheckedClient, text: str) -> None:
    searched(scale, "names", text)


# Plans and prices


@pytest.mark.parametrize("name", [*LISTS, *SEARCHES])
def test_filters_need_the_scale_plan(make_client: Callable[..., CheckedClient], name: str) -> None:
    refused = called(make_client(key="premium"), name)

    assert refused.status_code == 403
    assert refused.json()["message"] == "Your pricing version does not support this feature"
    assert called(make_client(key="premium", gates="open"), name).status_code == 200


def test_filters_cost_nothing(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key="out-of-credits")
    statuses = {called(client, name).status_code for name in (*LISTS, *SEARCHES)}

    assert statuses == {200}
    assert client.used() == 0

"""POST /v2/company: a bare map of flat companies by the caller's ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.world.world import World

QUILL = "quill-works.example"
FLAT_FIELDS = {
    "id", "lushaCompanyId", "name", "alternativeName", "description", "founded", "fqdn", "emailDomain",
    "companySize", "employeesInLinkedin", "revenueRange", "mainIndustry", "subIndustry",
    "industryPrimaryGroupDetails", "specialities", "technologies", "funding", "intent", "linkedin",
    "crunchbase", "city", "state", "country", "countryIso2", "continent", "rawLocation", "companyLocations",
    "logoUrl", "linkedinFollowers", "companyType", "lushaPopularityTier",
}  # fmt: skip


def bulk(client: CheckedClient, *companies: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The answer to companies, whose ids are 1, 2, … unless they have their own."""
    items = [{"id": str(number), **company} for number, company in enumerate(companies, 1)]
    answer = client.post("/v2/company", json={"companies": items, **more})

    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refusal(client: CheckedClient, *companies: dict[str, Any], **more: Any) -> Any:
    answer = client.post("/v2/company", json={"companies": list(companies), **more})

    assert answer.status_code == 400, answer.text
    assert client.used() == 0
    return answer.json()


@pytest.mark.parametrize("path", ["/v2/company", "/v2/company/", "/bulk/company/v2", "/bulk/company/v2/"])
def test_every_spelling_of_the_path_answers(client: CheckedClient, path: str) -> None:
    answer = client.post(path, json={"companies": [{"id": "1", "domain": QUILL}]})

    assert answer.status_code == 200
    assert answer.json()["1"]["name"] == "Quill Works"


@pytest.mark.parametrize("id_", ["1", "日本語", "__proto__", "data", "companies", "errors", " ", "🦉"])
def test_the_answer_is_a_bare_map_by_the_caller_s_id(client: CheckedClient, id_: str) -> None:
    assert list(bulk(client, {"id": id_, "domain": QUILL})) == [id_]


def test_a_company_is_flat_here(client: CheckedClient) -> None:
    data = bulk(client, {"domain": QUILL})["1"]

    assert set(data) == FLAT_FIELDS
    assert data["companySize"] == [11, 50]
    assert data["employeesInLinkedin"] == 42
    assert (data["city"], data["state"], data["country"], data["countryIso2"]) == (
        "Boston", "Massachusetts", "United States", "US",
    )  # fmt: skip
    assert data["linkedin"] == "https://www.linkedin.com/company/mock-lusha-quill-works"
    assert data["founded"] == "2011"


def test_flat_and_nested_tell_of_the_same_company(client: CheckedClient) -> None:
    flat = bulk(client, {"domain": "acme.com"})["1"]
    nested = client.get("/v2/company", params={"domain": "acme.com"}).json()["data"]
    same = FLAT_FIELDS & set(nested) - {"companySize"}

    assert {name: flat.get(name) for name in same} == {name: nested.get(name) for name in same}
    assert flat["companySize"] == [nested["companySize"]["min"], nested["companySize"]["max"]]
    assert flat["employeesInLinkedin"] == nested["companySize"]["employeesInLinkedin"]
    assert flat["linkedin"] == nested["social"]["linkedin"]["url"]
    assert flat["city"] == nested["location"]["city"]


def test_an_open_top_range_has_its_least_only(client: CheckedClient, world: World) -> None:
    giant = next(
        company
        for listed in world.directory.companies
        if (company := world.company(listed.domain)).size == (100001, None)
    )

    assert bulk(client, {"domain": giant.domain})["1"]["companySize"] == [100001]


def test_each_identifier_finds_the_same_company(client: CheckedClient) -> None:
    quill = client.get("/v2/company", params={"domain": QUILL}).json()["data"]["id"]
    answer = bulk(
        client,
        {"domain": QUILL},
        {"fqdn": "www.quill-works.example"},
        {"name": "Quill Works"},
        {"companyId": str(quill)},
        {"companyId": quill},
        {"companyId": quill, "domain": "acme.com", "name": "Zyx Ltd"},
    )

    assert [company["id"] for company in answer.values()] == [quill] * 6


def test_a_company_not_found_has_no_key(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(open_world=False)

    assert list(bulk(client, {"domain": "acme.com"}, {"domain": QUILL}, {"name": "Zyx Ltd"})) == ["2"]
    assert bulk(client, {"domain": "acme.com"}) == {}
    assert client.used() == 1


def test_partial_companies_are_left_out_on_request(client: CheckedClient, world: World) -> None:
    partial = next(
        company.domain
        for listed in world.directory.companies
        if (company := world.company(listed.domain)).partial
    )
    asked = ({"domain": partial}, {"domain": QUILL})

    assert list(bulk(client, *asked)) == ["1", "2"]
    assert list(bulk(client, *asked, partialCompany=True)) == ["1", "2"]
    assert list(bulk(client, *asked, partialCompany=False)) == ["2"]


def test_a_hundred_companies_are_served(client: CheckedClient, world: World) -> None:
    domains = [listed.domain for listed in world.directory.companies[:100]]
    answer = bulk(client, *({"domain": domain} for domain in domains))

    assert [company["fqdn"] for company in answer.values()] == domains
    assert len({company["id"] for company in answer.values()}) == 100
    assert client.used() == 100


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "companies must contain at least 1 elements"),
        (101, "companies must contain no more than 100 elements"),
    ],
)
def test_none_and_more_than_a_hundred_are_refused(
    make_client: Callable[..., CheckedClient], count: int, text: str
) -> None:
    client = make_client(error_format="live")
    companies = ({"id": str(n), "domain": f"c{n}.com"} for n in range(count))

    assert refusal(client, *companies)["message"] == text


@pytest.mark.parametrize(
    ("company", "text"),
    [
        ({"id": 1, "domain": QUILL}, "companies.0.id must be a string"),
        ({"domain": QUILL}, "companies.0.id should not be empty"),
        ({"id": "", "domain": QUILL}, "companies.0.id should not be empty"),
        ({"id": "1"}, "companies.0 must have name, domain, fqdn or companyId"),
        ({"id": "1", "domain": "  ", "name": ""}, "companies.0 must have name, domain, fqdn or companyId"),
        ({"id": "1", "domain": 7}, "companies.0.domain must be a string"),
    ],
)
def test_a_malformed_item_is_refused_in_class_validator_s_words(
    make_client: Callable[..., CheckedClient], company: dict[str, Any], text: str
) -> None:
    refused = refusal(make_client(error_format="live"), company)

    assert (refused["className"], refused["message"]) == ("bad-request", text)


def test_two_items_with_one_id_are_refused_as_the_answer_could_hold_one_only(client: CheckedClient) -> None:
    refused = refusal(client, {"id": "a", "domain": QUILL}, {"id": "a", "domain": "acme.com"})

    assert refused["errors"] == ["companies.1.id must be unique; companies.0 has it too (sent: a)"]


def test_one_company_under_two_ids_has_two_entries(client: CheckedClient) -> None:
    answer = bulk(client, {"domain": QUILL}, {"name": "Quill Works"})

    assert answer["1"]["id"] == answer["2"]["id"]
    assert client.used() == 1

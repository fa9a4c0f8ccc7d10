"""GET /v2/company: which company is found, in which shape, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.world.entities import Company
    from mock_lusha.world.world import World

QUILL = "quill-works.example"
LIVE_FIELDS = {
    "id", "lushaCompanyId", "name", "alternativeName", "description", "founded", "domain", "fqdn",
    "website", "emailDomain", "employees", "companySize", "revenueRange", "mainIndustry", "subIndustry",
    "categories", "industryPrimaryGroupDetails", "specialities", "technologies", "funding", "intent",
    "social", "address", "location", "companyLocations", "logoUrl", "linkedinFollowers", "companyType",
    "lushaPopularityTier",
}  # fmt: skip


def found(client: CheckedClient, path: str = "/v2/company", **sent: str) -> dict[str, Any]:
    answer = client.get(path, params=sent)

    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"data", "meta"}
    assert answer.json()["meta"] == {}
    data: dict[str, Any] = answer.json()["data"]
    return data


def listed(world: World, wanted: Callable[[Company], bool]) -> Company:
    """The first company of the directory that is wanted."""
    companies = (world.company(each.domain) for each in world.directory.companies)
    return next(company for company in companies if wanted(company))


@pytest.mark.parametrize("path", ["/v2/company", "/v2/company/", "/company", "/company/"])
def test_every_spelling_of_the_path_answers(client: CheckedClient, path: str) -> None:
    assert found(client, path, domain=QUILL) == found(client, domain=QUILL)


@pytest.mark.parametrize(
    "sent",
    [
        {"domain": QUILL},
        {"domain": "www.quill-works.example"},
        {"domain": "https://www.quill-works.example/about?x=1"},
        {"domain": "QUILL-WORKS.example"},
        {"company": "Quill Works"},
        {"company": "  quill   works "},
    ],
    ids=lambda sent: next(iter(sent.values())),
)
def test_each_identifier_finds_the_same_company(client: CheckedClient, sent: dict[str, str]) -> None:
    assert found(client, **sent)["name"] == "Quill Works"
    assert found(client, **sent)["id"] == found(client, domain=QUILL)["id"]


def test_a_company_s_id_finds_it_again(client: CheckedClient, world: World) -> None:
    full = listed(world, lambda c: not c.partial)
    for sent in ({"domain": QUILL}, {"domain": full.domain}, {"domain": "acme.com"}, {"company": "Zyx Ltd"}):
        first = found(client, **sent)
        again = found(client, companyId=str(first["id"]))

        assert (again["id"], again["founded"]) == (first["id"], first["founded"])
        assert again["lushaCompanyId"] == first["lushaCompanyId"]


def test_the_id_decides_before_the_domain_and_the_domain_before_the_name(client: CheckedClient) -> None:
    quill = found(client, domain=QUILL)["id"]
    acme = found(client, domain="acme.com")["id"]

    assert found(client, companyId=str(quill), domain="acme.com", company="Zyx Ltd")["id"] == quill
    assert found(client, domain="acme.com", company="Quill Works")["id"] == acme


@pytest.mark.parametrize("email", ["ada.quill@quill-works.example", "jane.doe@acme.com"])
def test_a_person_s_company_is_the_company_endpoint_s(client: CheckedClient, email: str) -> None:
    person = client.get("/v2/person", params={"email": email}).json()["contact"]["data"]
    company = found(client, companyId=str(person["companyId"]))
    nested = person["company"]

    assert company["id"] == person["companyId"]
    for name in (
        "name",
        "description",
        "mainIndustry",
        "subIndustry",
        "revenueRange",
        "logoUrl",
        "technologies",
    ):
        assert company[name] == nested[name]
    assert [company["companySize"]["min"], company["companySize"]["max"]] == nested["companySize"]
    assert company["social"]["linkedin"]["url"] == nested["social"]["linkedin"]
    assert company["location"]["rawLocation"] == nested["location"]["rawLocation"]


def test_a_directory_person_s_company_is_the_company_endpoint_s(client: CheckedClient, world: World) -> None:
    key = world.key_of_number(4321)
    assert key is not None
    answer = client.get("/v2/person", params={"linkedinUrl": world.person(key).linkedin_url})
    person = answer.json()["contact"]["data"]

    assert found(client, companyId=str(person["companyId"]))["domain"] == key.domain
    assert found(client, domain=key.domain)["id"] == person["companyId"]
    assert found(client, company=person["company"]["name"])["id"] == person["companyId"]


def test_a_company_has_the_nested_shape_of_the_wire(client: CheckedClient) -> None:
    data = found(client, domain=QUILL)

    assert set(data) == LIVE_FIELDS
    assert isinstance(data["id"], int)
    assert data["lushaCompanyId"].isdecimal()
    assert int(data["lushaCompanyId"]) != data["id"]
    assert data["founded"] == "2011"
    assert data["employees"] == "11 - 50"
    assert data["companySize"] == {"min": 11, "max": 50, "employeesInLinkedin": 42}
    assert set(data["social"]["linkedin"]) == {"url"}
    assert data["location"] == {
        "city": "Boston", "country": "United States", "countryIso2": "US", "state": "Massachusetts",
        "stateCode": "MA", "rawLocation": "35 Mill Lane; Boston, MA, US",
        "fullLocation": "35 Mill Lane, Boston, MA, US",
    }  # fmt: skip
    assert (data["mainIndustry"], data["subIndustry"]) == (
        "Technology, Information & Media",
        "Software Development",
    )
    assert all(set(technology) == {"name"} for technology in data["technologies"])


def test_codes_of_industries_are_numbers_in_both_spellings(client: CheckedClient) -> None:
    details = found(client, domain=QUILL)["industryPrimaryGroupDetails"]

    assert all(
        isinstance(each["sic"], int) and each["sicCodes"] == each["sic"] for each in details["sicCodes"]
    )
    assert all(
        isinstance(each["naics"], int) and each["naicsCodes"] == each["naics"]
        for each in details["naicsCodes"]
    )


@pytest.mark.parametrize(
    ("size", "employees", "shape"),
    [
        ((201, 500), "201 - 500", {"min": 201, "max": 500}),
        ((10001, 100000), "10001 - 100000", {"min": 10001, "max": 100000}),
        ((100001, None), "100001+", {"min": 100001}),
    ],
)
def test_sizes_are_written_as_on_the_wire(
    client: CheckedClient, world: World, size: tuple[int, int | None], employees: str, shape: dict[str, int]
) -> None:
    company = listed(world, lambda c: c.size == size)
    data = found(client, domain=company.domain)
    of_linkedin = data["companySize"].pop("employeesInLinkedin")

    assert data["employees"] == employees
    assert data["companySize"] == shape
    assert isinstance(of_linkedin, int)


def test_what_was_sent_is_echoed_and_what_is_added_is_reserved(client: CheckedClient) -> None:
    data = found(client, domain="acme.com", company="ACME Rockets GmbH")

    assert (data["domain"], data["fqdn"], data["name"]) == ("acme.com", "acme.com", "ACME Rockets GmbH")
    assert data["website"] == "https://www.acme-com.example"
    assert data["emailDomain"] == "acme-com.example"
    assert data["social"]["linkedin"]["url"].startswith("https://www.linkedin.com/company/mock-lusha-")


@pytest.mark.parametrize(
    "sent", [{"domain": "acme.com"}, {"company": "Zyx Ltd"}, {"companyId": "12"}], ids=lambda s: next(iter(s))
)
def test_a_miss_is_404(make_client: Callable[..., CheckedClient], sent: dict[str, str]) -> None:
    client = make_client(open_world=False)
    answer = client.get("/v2/company", params=sent)

    assert answer.status_code == 404
    assert answer.json()["message"] == "Resource not found"
    assert client.used() == 0


def test_a_miss_may_be_200_with_errors_instead(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(company_miss="errors", match_rate=0.0)
    answer = client.get("/v2/company", params={"domain": "acme.com"})

    assert answer.status_code == 200
    assert set(answer.json()) == {"errors", "meta"}
    assert answer.json()["errors"]["message"]
    assert client.used() == 0


@pytest.mark.parametrize("text", ["not a domain", "acme", "...", "@", "-"])
def test_a_domain_that_is_none_is_a_miss(client: CheckedClient, text: str) -> None:
    assert client.get("/v2/company", params={"domain": text}).status_code == 404


def test_a_partial_company_is_left_out_on_request(client: CheckedClient, world: World) -> None:
    partial = listed(world, lambda c: c.partial)
    data = found(client, domain=partial.domain)

    assert data["name"] == partial.name
    assert {"employees", "companySize", "founded", "description", "technologies"}.isdisjoint(data)
    assert found(client, domain=partial.domain, partialCompany="true")["id"] == data["id"]
    assert (
        client.get("/v2/company", params={"domain": partial.domain, "partialCompany": "false"}).status_code
        == 404
    )
    assert found(client, domain=QUILL, partialCompany="false")["name"] == "Quill Works"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, []),
        ({"domain": ""}, []),
        (
            {"companyName": "Acme"},
            ["property companyName was sent, but is not read here; did you mean company?"],
        ),
        ({"name": "Acme"}, ["property name was sent, but is not read here"]),
    ],
)
def test_no_identifier_is_400_and_says_what_is_needed(
    make_client: Callable[..., CheckedClient], sent: dict[str, str], told: list[str]
) -> None:
    answer = make_client(strict="no").get("/v2/company", params=sent)

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        "one of these is needed: domain, company, companyId; none was sent",
        *told,
    ]

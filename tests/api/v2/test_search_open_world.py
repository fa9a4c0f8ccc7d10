"""A search that names somebody outside the directory finds them, the same that enrichment knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

KEY = "a-key-of-our-own-4711"
CONTACTS = "/prospecting/contact/search"
COMPANIES = "/prospecting/company/search"
ENRICH = "/prospecting/contact/enrich"
NAMED = {
    "a domain": ({"domains": ["acme.com"]}, "acme.com"),
    "a web site": ({"domains": ["https://www.acme.com/about"]}, "acme.com"),
    "a domain with a part above": ({"domains": ["eu.globex.co.uk"]}, "eu.globex.co.uk"),
    "a name": ({"names": ["Initech"]}, "initech.example"),
    "a name of two words": ({"names": ["Hooli & Sons"]}, "hooli-sons.example"),
    "a name with accents": ({"names": ["Café Zürich"]}, "cafe-zurich.example"),
}


def found(
    client: CheckedClient, companies: dict[str, Any] | None = None, url: str = CONTACTS, **contacts: Any
) -> dict[str, Any]:
    filters = {"companies": {"include": companies or {}}, "contacts": {"include": contacts}}
    answer = client.post(url, json={"filters": filters, "pages": {"size": 50}})

    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def enriched(client: CheckedClient, page: dict[str, Any]) -> list[dict[str, Any]]:
    sent = {"requestId": page["requestId"], "contactIds": [row["contactId"] for row in page["data"]]}
    rows = client.post(ENRICH, json=sent).json()["contacts"]

    assert all(row["isSuccess"] for row in rows)
    return [row["data"] for row in rows]


def looked_up(client: CheckedClient, **params: str) -> dict[str, Any]:
    contact = client.get("/v2/person", params={**params, "partialProfile": "true"}).json()["contact"]

    assert contact["error"] is None
    data: dict[str, Any] = contact["data"]
    return data


@pytest.mark.parametrize(("include", "shown"), NAMED.values(), ids=NAMED)
def test_a_company_that_is_named_joins_with_a_handful_of_its_people(
    small: CheckedClient, include: dict[str, Any], shown: str
) -> None:
    people = found(small, include)
    companies = found(small, include, COMPANIES)

    assert 3 <= people["totalResults"] <= 8
    assert companies["totalResults"] == 1
    assert companies["data"][0]["fqdn"] == shown
    assert {row["fqdn"] for row in people["data"]} == {shown}
    assert {str(row["companyId"]) for row in people["data"]} == {companies["data"][0]["id"]}
    assert len({row["name"] for row in people["data"]}) == people["totalResults"]


@pytest.mark.parametrize("name", ["Initech", "ACME Rockets GmbH", "Café Zürich"])
def test_a_company_bears_the_name_it_was_sent_under(small: CheckedClient, name: str) -> None:
    assert {row["name"] for row in found(small, {"names": [name]}, COMPANIES)["data"]} == {name}
    assert {row["companyName"] for row in found(small, {"names": [name]})["data"]} == {name}


@pytest.mark.parametrize(("include", "shown"), NAMED.values(), ids=NAMED)
def test_its_people_are_those_that_enrichment_knows(
    small: CheckedClient, include: dict[str, Any], shown: str
) -> None:
    page = found(small, include)
    for row, data in zip(page["data"], enriched(small, page), strict=True):
        by_profile = looked_up(small, linkedinUrl=data["socialLinks"]["linkedin"])
        by_name = looked_up(
            small, firstName=data["firstName"], lastName=data["lastName"], companyDomain=shown
        )
        emails = [email["email"] for email in data["emailAddresses"]]
        by_email = [looked_up(small, email=email) for email in emails]

        assert row["name"] == data["fullName"] == by_profile["fullName"]
        assert {each["personId"] for each in (by_name, *by_email)} == {by_profile["personId"]}
        assert by_name["companyId"] == row["companyId"]
        assert by_name["jobTitle"]["title"] == row["jobTitle"] == data["jobTitle"]
        assert [e["email"] for e in by_profile["emailAddresses"]] == emails


def test_the_same_people_join_again_and_for_others(
    make_client: Callable[..., CheckedClient], small: CheckedClient
) -> None:
    def who(client: CheckedClient) -> list[str]:
        return [row["name"] for row in found(client, {"domains": ["acme.com"]})["data"]]

    assert who(small) == who(small) == who(make_client(people=10, companies=2))


def test_they_are_still_under_the_other_filters(small: CheckedClient) -> None:
    many = {"domains": [f"acme{n}.com" for n in range(20)]}
    every = found(small, many)
    managers = found(small, many, seniority=[5])
    large = found(small, {**many, "sizes": [{"min": 1001}]})
    nobody = found(small, many, departments=["Alchemy"])

    assert 60 <= every["totalResults"] <= 160
    assert 0 < managers["totalResults"] < every["totalResults"]
    assert 0 < large["totalResults"] < every["totalResults"]
    assert nobody["totalResults"] == 0
    assert all(data["seniority"][0]["id"] == 5 for data in enriched(small, managers))


def test_a_name_and_the_domain_of_another_fit_nobody(small: CheckedClient) -> None:
    assert found(small, {"names": ["Initech"], "domains": ["acme.com"]})["totalResults"] == 0


def test_directory_and_joined_companies_stand_side_by_side(small: CheckedClient) -> None:
    listed = found(small, url=COMPANIES)["data"][5]
    page = found(small, {"names": [listed["name"], "Initech"]}, COMPANIES)

    assert {row["name"] for row in page["data"]} == {listed["name"], "Initech"}


def test_a_company_named_twice_joins_once(small: CheckedClient) -> None:
    once = found(small, {"domains": ["acme.com"]})["totalResults"]

    assert found(small, {"domains": ["acme.com", "ACME.com", "www.acme.com"]})["totalResults"] == once
    assert found(small, {"domains": ["acme.com", "acme.com"]}, COMPANIES)["totalResults"] == 1


def test_a_company_of_the_directory_that_is_named_brings_nobody_new(small: CheckedClient) -> None:
    row = found(small, url=COMPANIES)["data"][5]
    by_name = found(small, {"names": [row["name"]]})["totalResults"]

    assert by_name == found(small, {"domains": [row["fqdn"]]})["totalResults"]
    assert found(small)["totalResults"] == 604


def test_a_company_that_is_excluded_does_not_join(small: CheckedClient) -> None:
    body = {"filters": {"companies": {"exclude": {"domains": ["acme.com"], "names": ["Initech"]}}}}

    assert small.post(CONTACTS, json=body).json()["totalResults"] == 604
    assert small.post(COMPANIES, json=body).json()["totalResults"] == 61


def test_nobody_stays_in_a_search_that_does_not_name_them(small: CheckedClient) -> None:
    found(small, {"domains": ["acme.com"]})
    looked_up(small, email="jane.doe@globex.com")
    names = {row["fqdn"] for row in found(small)["data"]}

    assert found(small)["totalResults"] == 604
    assert found(small, url=COMPANIES)["totalResults"] == 61
    assert all(name.endswith(".example") for name in names)


# People by their profile


URL = "https://www.linkedin.com/in/jane-doe-4b2a19"


def test_a_person_named_by_profile_joins(small: CheckedClient) -> None:
    page = found(small, linkedinUrls=[URL])
    (data,) = enriched(small, page)
    known = looked_up(small, linkedinUrl=URL)

    assert page["totalResults"] == 1
    assert page["data"][0]["name"] == data["fullName"] == "Jane Doe" == known["fullName"]
    assert [e["email"] for e in data["emailAddresses"]] == [e["email"] for e in known["emailAddresses"]]
    assert data["companyId"] == known["companyId"] == page["data"][0]["companyId"]
    assert data["jobTitle"] == known["jobTitle"]["title"]


def test_a_person_made_here_is_found_by_the_profile_enrichment_gave(small: CheckedClient) -> None:
    given = looked_up(small, email="jane.doe@acme.com")
    page = found(small, linkedinUrls=[given["socialLinks"]["linkedin"]])
    (data,) = enriched(small, page)

    assert data["fullName"] == "Jane Doe"
    assert data["socialLinks"] == given["socialLinks"]
    assert page["data"][0]["isShown"] is True, "she was revealed by the lookup"
    assert data["companyId"] == given["companyId"]


def test_a_person_named_by_profile_is_still_under_the_other_filters(small: CheckedClient) -> None:
    (data,) = enriched(small, found(small, linkedinUrls=[URL]))
    level = data["seniority"][0]["id"]

    assert found(small, linkedinUrls=[URL], seniority=[level])["totalResults"] == 1
    assert found(small, linkedinUrls=[URL], seniority=[level % 10 + 1])["totalResults"] == 0


def test_one_profile_included_and_another_excluded(small: CheckedClient) -> None:
    other = "https://www.linkedin.com/in/john-roe-77c"
    body = {
        "filters": {
            "contacts": {"include": {"linkedinUrls": [URL, other]}, "exclude": {"linkedinUrls": [other]}}
        }
    }

    assert [row["name"] for row in small.post(CONTACTS, json=body).json()["data"]] == ["Jane Doe"]


def test_the_company_of_a_person_who_joins_is_not_found_on_its_own(small: CheckedClient) -> None:
    given = looked_up(small, email="jane.doe@acme.com")
    body = {
        "filters": {"contacts": {"include": {"linkedinUrls": [given["socialLinks"]["linkedin"]]}}},
        "pages": {"size": 50},
    }

    assert small.post(COMPANIES, json=body).json()["totalResults"] == 61


# A closed world


@pytest.mark.parametrize("closed", [{"open_world": False}, {"match_rate": 0}], ids=["closed", "no matches"])
def test_a_closed_world_joins_nobody(
    make_client: Callable[..., CheckedClient], closed: dict[str, Any]
) -> None:
    client = make_client(people=600, companies=60, limits="off", credits="unlimited", **closed)

    assert found(client, {"domains": ["acme.com"]})["totalResults"] == 0
    assert found(client, {"names": ["Initech"]}, COMPANIES)["totalResults"] == 0
    assert found(client, linkedinUrls=[URL])["totalResults"] == 0
    assert found(client)["totalResults"] == 604
    assert found(client, {"names": ["Quill Works"]})["totalResults"] == 4, "pinned ones are there"


def test_where_a_share_matches_whoever_joins_can_be_enriched(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(people=60, companies=6, limits="off", credits="unlimited", match_rate=0.5)
    joined = 0
    for number in range(20):
        page = found(client, {"domains": [f"acme{number}.com"]})
        joined += page["totalResults"] > 0
        if page["data"]:
            assert len(enriched(client, page)) == page["totalResults"]
    assert 0 < joined < 20


# Pinned people whose employer nobody pinned

PINS = """
people:
- {firstName: Zoe, lastName: Pinned, companyDomain: acme.com}
- {firstName: Bob, lastName: Pinned, companyDomain: globex.com}
"""


@pytest.fixture
def pinned(make_client: Callable[..., CheckedClient], tmp_path: Path) -> CheckedClient:
    (tmp_path / "people.yaml").write_text(PINS)
    settings = {"limits": "off", "credits": "unlimited", "fixtures": tmp_path}
    return make_client(key=KEY, people=60, companies=6, **settings)


def test_pinned_people_are_found_by_their_employer_before_those_who_join(pinned: CheckedClient) -> None:
    page = found(pinned, {"domains": ["acme.com"]})

    assert page["data"][0]["name"] == "Zoe Pinned"
    assert 4 <= page["totalResults"] <= 9
    assert {row["fqdn"] for row in page["data"]} == {"acme.com"}
    assert [row["name"] for row in found(pinned, searchText="pinned")["data"]] == ["Zoe Pinned", "Bob Pinned"]


def test_their_employer_bears_the_name_it_is_sent_under(pinned: CheckedClient) -> None:
    for name in ("Acme Com", "ACME com", "Acme Com"):
        page = found(pinned, {"names": [name]}, searchText="acme")

        assert page["data"][0]["name"] == "Zoe Pinned"
        assert {row["companyName"] for row in page["data"]} == {name}
    assert {row["companyName"] for row in found(pinned, searchText="zoe")["data"]} == {"Acme"}


@pytest.mark.parametrize(
    "erased",
    [
        {"people": [{"firstName": "Zoe", "lastName": "Pinned", "companyDomain": "acme.com"}]},
        {"companies": [{"domain": "acme.com"}]},
    ],
    ids=["person", "employer"],
)
@pytest.mark.parametrize("companies", [{}, {"names": ["Acme Com"]}, {"domains": ["globex.com", "acme.com"]}])
def test_a_search_that_found_them_finds_them_no_more_when_they_are_erased(
    pinned: CheckedClient, erased: dict[str, Any], companies: dict[str, Any]
) -> None:
    before = found(pinned, companies)
    pinned.post(f"/_mock/entities/erase?account={KEY}", json=erased).raise_for_status()
    after = found(pinned, companies)

    assert "Zoe Pinned" in {row["name"] for row in before["data"]}
    assert "Zoe Pinned" not in {row["name"] for row in after["data"]}
    assert after["totalResults"] < before["totalResults"]
    elsewhere = pinned.post(CONTACTS, json={"filters": {}}, key="somebody-else-0000001")
    assert "Zoe Pinned" in {row["name"] for row in elsewhere.json()["data"]}

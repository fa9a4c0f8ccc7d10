"""Seed from truth: recorded people and companies become pinned entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.recorder.cassette import Cassette
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.pinning import dumps, pins, skipped
from mock_lusha.recorder.recorded_facts import Vocabulary
from mock_lusha.world.pin_files import load_pins

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

    from mock_lusha.world.pins import Pins
    from mock_lusha.world.pools import Pools

WORLD: dict[str, Any] = {"people": 400, "companies": 40, "limits": "off"}
QUILL = "quill-works.example"


def single(data: Any, **more: Any) -> Interaction:
    contact = {"error": None, "isCreditCharged": True, "data": data}
    return recorded("searchSingleContact", {"contact": contact}, **more)


def recorded(operation: str, answer: Any, status: int = 200) -> Interaction:
    return Interaction("GET", "/", status, operation=operation, answer=answer, has_answer=True)


def person(first: str = "Jane", last: str = "Doe", domain: str | None = "acme.test", **more: Any) -> Any:
    company = {"company": {"name": "Acme", "fqdn": domain}} if domain else {}
    return {"firstName": first, "lastName": last, **company, **more}


def tape(*interactions: Interaction) -> Cassette:
    return Cassette(interactions)


def people(*interactions: Interaction) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pins(tape(*interactions))["people"]
    return found


def companies(*interactions: Interaction) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pins(tape(*interactions))["companies"]
    return found


def loaded(text: str, folder: Path, pools: Pools) -> Pins:
    (folder / "pinned.yaml").write_text(text, encoding="utf-8")
    return load_pins([folder], pools)


def vocabulary(pools: Pools) -> Vocabulary:
    return Vocabulary(
        departments=frozenset(pools.careers.titles),
        sub_industries=frozenset(trade.industry.sub for trade in pools.trades),
        places=frozenset((place.city, place.country) for place in pools.places),
    )


@pytest.fixture
def double(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(**WORLD)


@pytest.fixture
def walk(double: CheckedClient) -> Cassette:
    """The six operations that tell of people and companies, and the search before two of them."""

    def get(operation: str, path: str, **query: str) -> Any:
        return kept(operation, double.get(path, params=query).json())

    def post(operation: str, path: str, body: Any) -> Any:
        return kept(operation, double.post(path, json=body).json())

    def kept(operation: str, answer: Any) -> Any:
        made.append(recorded(operation, answer))
        return answer

    made: list[Interaction] = []
    get("searchSingleContact", "/v2/person", firstName="Ada", lastName="Quill", companyDomain=QUILL)
    get("searchSingleCompanyV2", "/v2/company", domain=QUILL)
    both = [
        {"contactId": str(index), "fullName": name, "companies": [{"domain": domain, "isCurrent": True}]}
        for index, (name, domain) in enumerate([("Ada Quill", QUILL), ("Jane Doe", "acme.com")])
    ]
    post("searchMultipleContacts", "/v2/person", {"contacts": [*both, {"contactId": "9", "email": "x"}]})
    items = [{"id": "1", "domain": "acme.com"}, {"id": "2", "domain": "beta.org"}]
    post("searchMultipleCompaniesV2", "/v2/company", {"companies": items})
    filters = {"filters": {"contacts": {"include": {"departments": ["Product"]}}}}
    found = post("searchProspectingContacts", "/prospecting/contact/search", filters)
    ids = [row["contactId"] for row in found["data"][:5]]
    sent = {"requestId": found["requestId"], "contactIds": ids}
    post("enrichProspectingContacts", "/prospecting/contact/enrich", sent)
    named = {"filters": {"companies": {"include": {"names": ["Quill Works"]}}}}
    rows = post("searchProspectingCompanies", "/prospecting/company/search", named)
    sent = {"requestId": rows["requestId"], "companiesIds": [row["id"] for row in rows["data"]]}
    post("enrichProspectingCompanies", "/prospecting/company/enrich", sent)
    return tape(*made)


# Into the double


def test_what_was_recorded_loads_as_fixtures(walk: Cassette, tmp_path: Path, pools: Pools) -> None:
    made = pins(walk)

    held = loaded(dumps(made), tmp_path, pools)

    assert len(held.people) == len(made["people"]) == 6
    assert len(held.companies) == len(made["companies"]) >= 3
    assert skipped(walk) == []


def test_ada_is_pinned_with_all_that_was_told_of_her(walk: Cassette) -> None:
    (ada,) = [each for each in pins(walk)["people"] if each["lastName"] == "Quill"]

    assert list(ada) == [
        "firstName", "lastName", "companyDomain", "personId", "jobTitle", "departments", "seniority", "city",
        "country", "emails", "phones", "linkedinUrl", "jobStartDate", "skills",
    ]  # fmt: skip
    assert (ada["companyDomain"], ada["jobTitle"], ada["seniority"]) == (
        QUILL,
        "Head of Archives",
        "director",
    )
    assert (ada["departments"], ada["city"], ada["country"]) == (["Product"], "Boston", "United States")
    assert ada["emails"] == [
        {"email": f"ada.quill@{QUILL}", "emailType": "work", "emailConfidence": "A+"},
        {"email": "ada.quill@inbox.example", "emailType": "private", "emailConfidence": "A"},
    ]
    assert ada["phones"] == [
        {"number": "+1 617-555-0142", "phoneType": "mobile", "doNotCall": False},
        {"number": "+1 617-555-0107", "phoneType": "direct", "doNotCall": True},
    ]


def test_quill_works_is_pinned_with_all_that_was_told_of_it(walk: Cassette) -> None:
    (quill,) = [each for each in pins(walk)["companies"] if each["domain"] == QUILL]

    assert list(quill) == [
        "domain", "name", "companyId", "subIndustry", "employees", "founded", "city", "country",
        "description", "specialities", "technologies",
    ]  # fmt: skip
    assert (quill["name"], quill["employees"], quill["founded"]) == ("Quill Works", 42, 2011)
    assert (quill["subIndustry"], quill["city"]) == ("Software Development", "Boston")


def test_a_double_of_another_seed_tells_of_pinned_people_what_was_recorded(
    walk: Cassette, tmp_path: Path, make_client: Callable[..., CheckedClient]
) -> None:
    # The shipped fixtures pin Ada already, and nobody may be pinned twice.
    made = {
        "people": [each for each in pins(walk)["people"] if each["companyDomain"] != QUILL],
        "companies": [each for each in pins(walk)["companies"] if each["domain"] != QUILL],
    }
    (tmp_path / "pinned.yaml").write_text(dumps(made), encoding="utf-8")
    other = make_client(**WORLD, seed="another", fixtures=tmp_path)

    for each in made["people"]:
        query = {name: each[name] for name in ("firstName", "lastName", "companyDomain")}
        answer = other.get("/v2/person", params=query).json()
        again = pins(tape(recorded("searchSingleContact", answer)))["people"][0]
        assert {**again, "companyDomain": ""} == {**again, **each, "companyDomain": ""}


def test_two_times_the_same_gives_the_same_text(walk: Cassette) -> None:
    backwards = Cassette(walk.interactions[::-1])

    assert dumps(pins(walk)) == dumps(pins(walk))
    assert [each["personId"] for each in pins(backwards)["people"] if "personId" in each] == [
        each["personId"] for each in pins(walk)["people"] if "personId" in each
    ]
    assert pins(walk)["companies"] == sorted(pins(walk)["companies"], key=lambda each: str(each["domain"]))


def test_a_cassette_without_people_gives_none(tmp_path: Path, pools: Pools) -> None:
    nothing = tape(
        recorded("getAccountUsageStats", {"usage": {}}),
        single(None),
        single(person(), status=201),
        recorded("searchSingleCompanyV2", {"errors": {"message": "none"}}),
        recorded("searchMultipleContacts", []),
        Interaction("GET", "/v2/person", 200, operation="searchSingleContact", text="<html>"),
    )

    assert pins(nothing) == {"people": [], "companies": []}
    assert skipped(nothing) == []
    assert loaded(dumps(pins(nothing)), tmp_path, pools).people == {}


# Who is who


def test_a_later_answer_completes_an_earlier_one_and_does_not_replace_it() -> None:
    first = person(personId=7, jobTitle={"title": "Clerk", "departments": [], "seniority": "Entry"})
    later = person(
        personId=7,
        jobTitle={"title": "Chief", "departments": ["Sales"], "seniority": "C-Suite"},
        emailAddresses=[{"email": "jane@acme.test"}],
    )

    (jane,) = people(single(first), single(later))

    assert (jane["jobTitle"], jane["seniority"], jane["departments"]) == ("Clerk", "entry", ["Sales"])
    assert jane["emails"] == [{"email": "jane@acme.test"}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person(personId=7), person("JANE", "Döe", domain="www.ACME.test")),
        (person("Jané"), person(personId=7)),
        (person(personId=7), person("Jane", "Roe", "beta.test", personId=7)),
    ],
)
def test_the_same_person_is_pinned_once(one: Any, other: Any) -> None:
    (found,) = people(single(one), single(other))

    assert found["personId"] == 7
    assert (found["firstName"], found["companyDomain"]) == (one["firstName"], "acme.test")


def test_a_namesake_at_the_same_company_is_skipped_and_told_of() -> None:
    answers = single(person(personId=7)), single(person(personId=8))

    assert [each["personId"] for each in people(*answers)] == [7]
    assert skipped(tape(*answers)) == [
        "interactions[1].contact: Jane Doe at acme.test is there already with another id"
    ]


def test_who_has_no_company_domain_is_skipped_and_told_of() -> None:
    bulk = {
        "contacts": {"a": {"data": person("Ann", domain=None, companyId=5)}, "b": {"data": None}},
        "companies": {},
    }
    answers = single(person(domain=None)), recorded("searchMultipleContacts", bulk), single({"lastName": "X"})

    assert people(*answers) == []
    assert skipped(tape(*answers)) == [
        "interactions[0].contact: Jane Doe has no company domain",
        "interactions[1].contacts.a: Ann Doe has no company domain",
        "interactions[2].contact: X has no first and last name",
    ]


@pytest.mark.parametrize(
    "known",
    [
        recorded("searchProspectingContacts", {"data": [{"companyId": 5, "fqdn": "acme.test"}]}),
        recorded("searchSingleCompanyV2", {"data": {"id": 5, "name": "Acme", "domain": "acme.test"}}),
        recorded("searchMultipleContacts", {"contacts": {}, "companies": {"5": {"fqdn": "acme.test"}}}),
    ],
)
def test_an_enriched_contact_gets_the_domain_of_the_company_with_its_id(known: Interaction) -> None:
    data = person(domain=None, companyId=5, jobTitle="Chief", seniority=[{"id": 9, "value": "c-suite"}])
    enriched = recorded("enrichProspectingContacts", {"contacts": [{"id": "x", "data": data}]})

    for order in ((known, enriched), (enriched, known)):
        (jane,) = people(*order)
        assert (jane["companyDomain"], jane["jobTitle"], jane["seniority"]) == (
            "acme.test",
            "Chief",
            "c-suite",
        )


def test_an_email_and_a_profile_lead_to_one_person_alone(pools: Pools, tmp_path: Path) -> None:
    shared: dict[str, Any] = {
        "emailAddresses": [{"email": "Info@acme.test"}],
        "socialLinks": {"linkedin": "https://www.linkedin.com/in/mock-lusha-acme"},
    }
    answers = single(person("Zoe", "Zed", **shared)), single(person("Ann", "Abel", **shared))

    ann, zoe = people(*answers)

    assert [each["email"] for each in ann["emails"]] == ["Info@acme.test"]
    assert "emails" not in zoe
    assert "linkedinUrl" not in zoe
    assert len(loaded(dumps(pins(tape(*answers))), tmp_path, pools).emails) == 1


def test_one_company_under_two_ids_is_pinned_once_and_told_of() -> None:
    answers = [
        recorded("searchSingleCompanyV2", {"data": {"id": number, "name": "Acme", "fqdn": "acme.test"}})
        for number in (5, 6)
    ]

    assert companies(*answers) == [{"domain": "acme.test", "name": "Acme", "companyId": 5}]
    assert skipped(tape(*answers)) == [
        "interactions[1].data: acme.test is there already with another companyId"
    ]


# Values


def test_values_that_no_pin_can_hold_are_left_out(tmp_path: Path, pools: Pools) -> None:
    odd = person(
        personId=True,
        jobTitle={"title": " ", "departments": [None, ""], "seniority": "Grand Vizier"},
        emailAddresses=[{"email": "no address"}, {"address": "j@acme.test", "emailType": "odd"}, 5],
        phoneNumbers=[{"number": ""}, {"number": "+15550100", "phoneType": "Fax", "doNotCall": "no"}],
        socialLinks={"linkedin": "https://example.test/jane"},
        jobStartDate="2024-13-45",
        linkedinSkills=["SQL", "SQL", 3],
        contactTags=[{"name": "vip"}, {}],
        location="Boston",
    )
    answer = single(odd)

    assert people(answer) == [
        {
            "firstName": "Jane", "lastName": "Doe", "companyDomain": "acme.test",
            "emails": [{"email": "j@acme.test"}],
            "phones": [{"number": "+15550100", "phoneType": "phone"}],
            "skills": ["SQL"], "tags": ["vip"],
        }
    ]  # fmt: skip
    assert len(loaded(dumps(pins(tape(answer))), tmp_path, pools).people) == 1


def test_a_vocabulary_leaves_out_what_the_double_does_not_know(tmp_path: Path, pools: Pools) -> None:
    answers = tape(
        single(
            person(
                jobTitle={"title": "T", "departments": ["Sales", "Witchcraft"], "seniority": "Manager"},
                location={"city": "Little Hamlet", "country": "France"},
            )
        ),
        single(person("Bob", location={"city": "Boston", "country": "United States"})),
        single(person("Cid", location={"city": "Troy", "country": "Atlantis"})),
        recorded(
            "searchSingleCompanyV2",
            {"data": {"id": 3, "name": "B", "domain": "b.test", "subIndustry": "Alchemy", "founded": "87"}},
        ),
    )

    made = pins(answers, vocabulary(pools))

    bob, cid, jane = made["people"]
    assert (jane["departments"], jane["country"], "city" in jane) == (["Sales"], "France", False)
    assert (bob["city"], bob["country"]) == ("Boston", "United States")
    assert {"city", "country"}.isdisjoint(cid)
    assert made["companies"][1] == {"domain": "b.test", "name": "B", "companyId": 3}
    assert len(loaded(dumps(made), tmp_path, pools).people) == 3


def test_without_a_vocabulary_such_values_stay() -> None:
    (jane,) = people(single(person(location={"city": "Little Hamlet", "country": "France"})))

    assert (jane["city"], jane["country"]) == ("Little Hamlet", "France")

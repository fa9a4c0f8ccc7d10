"""Finding whom a caller means: the same person from each identifier."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.world.account_lookup import AccountLookup
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.identity import fold
from mock_lusha.world.resolver import CompanyMatch, CompanyQuery, PersonMatch, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.world import World

SAMPLE = range(0, 20_000, 53)
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzéüøßłçñабвгджзиклмнопabcαβγδεζ山田太郎김이박אבגד")
NAMES = st.text(LETTERS, min_size=1, max_size=12).map(str.title)
FAMILY_NAMES = st.lists(NAMES, min_size=1, max_size=2).map(" ".join) | st.just("O'Brien-Smith")
LABELS = st.from_regex(r"[a-z][a-z0-9]{0,14}(?:-[a-z0-9]{1,10}){0,2}", fullmatch=True)
FOREIGN = st.tuples(LABELS, st.sampled_from(["com", "co.uk", "de", "io", "museum"])).map(".".join)
RESERVED = st.tuples(LABELS, st.sampled_from(["example", "test"])).map(".".join)
MAIL_WORDS = st.from_regex(r"[a-z][a-z0-9]{0,14}(?:-[a-z0-9]{1,10})?", fullmatch=True)
JANE = {"first_name": "Jane", "last_name": "Doe"}


def look(
    world: World,
    *,
    open_world: bool = True,
    match_rate: float = 1.0,
    people: Mapping[int, str] | None = None,
    companies: Mapping[int, str] | None = None,
) -> AccountLookup:
    return AccountLookup(
        world, open_world=open_world, match_rate=match_rate, people=people or {}, companies=companies or {}
    )


def found(lookup: AccountLookup, **query: Any) -> PersonMatch:
    match = lookup.person(PersonQuery(**query))

    assert match is not None, query
    return match


def found_company(lookup: AccountLookup, **query: Any) -> CompanyMatch:
    match = lookup.company(CompanyQuery(**query))

    assert match is not None, query
    return match


def identifiers(person: Person, company: Company) -> Iterable[dict[str, str]]:
    """Each way of naming somebody by what an answer said of them."""
    names = {"first_name": person.first_name, "last_name": person.last_name}
    yield {"person_id": str(person.id)}
    yield {"linkedin_url": person.linkedin_url}
    for email in person.emails:
        yield {"email": email.address}
    yield {**names, "company_domain": company.domain}


# The directory


@pytest.fixture(scope="module")
def listed(world: World) -> list[Person]:
    keys = [world.key_of_number(number) for number in SAMPLE]
    return [world.person(key) for key in keys if key is not None]


def test_a_listed_person_is_found_by_each_identifier(world: World, listed: list[Person]) -> None:
    lookup = look(world, open_world=False)
    for person in listed:
        company = world.company(person.key.domain)
        by_name = {"first_name": person.first_name, "last_name": person.last_name}
        for query in (*identifiers(person, company), {**by_name, "company_name": company.name}):
            match = found(lookup, **query)

            assert match.person == person, query
            assert match.company == company, query


def test_the_case_and_accents_of_an_identifier_do_not_matter(world: World, listed: list[Person]) -> None:
    lookup = look(world, open_world=False)
    for person in listed[:100]:
        plain = fold(person.first_name).upper(), fold(person.last_name).upper()
        queries: list[dict[str, str]] = [
            {
                "linkedin_url": person.linkedin_url.removeprefix("https://www.")
                .upper()
                .replace("/IN/", "/in/")
            },
            {"first_name": plain[0], "last_name": plain[1], "company_domain": person.key.domain.upper()},
            {
                "first_name": person.first_name,
                "last_name": person.last_name,
                "company_domain": f"https://www.{person.key.domain}/team",
            },
        ]
        for query in queries:
            assert found(lookup, **query).person == person, query


def test_an_upper_case_mailbox_leads_to_the_same_person(world: World, listed: list[Person]) -> None:
    lookup = look(world, open_world=False)
    for person in listed[:200]:
        for email in person.emails:
            match = found(lookup, email=email.address.upper())

            assert match.person.id == person.id
            assert email.address.upper() in {shown.address for shown in match.person.emails}


def test_the_company_of_a_person_is_what_the_company_lookup_finds(world: World, listed: list[Person]) -> None:
    lookup = look(world, open_world=False)
    for person in listed:
        company = found(lookup, person_id=str(person.id)).company

        assert found_company(lookup, company_id=str(company.id)).company == company
        assert found_company(lookup, domain=company.domain).company == company
        assert found_company(lookup, name=company.name).company == company


def test_someone_else_at_a_listed_company_is_only_in_the_open_world(
    world: World, listed: list[Person]
) -> None:
    query = {"first_name": "Zebulon", "last_name": "Quatermass", "company_domain": listed[0].key.domain}

    assert look(world, open_world=False).person(PersonQuery(**query)) is None
    assert found(look(world), **query).company == world.company(listed[0].key.domain)


# The open world


def same_from_each(world: World, first: PersonMatch) -> None:
    """The person of a match is found again by each identifier the match shows."""
    person, company = first.person, first.company
    lookup = look(
        world,
        people={person.id: person.key.text},
        companies={company.id: company.domain},
    )

    assert person.emails or person.phones
    for query in identifiers(person, company):
        match = found(lookup, **query)

        assert match.person.id == person.id, query
        assert match.person.key == person.key, query
        assert match.company.id == company.id, query
        assert match.person.emails == person.emails, query
        assert match.person.job.title == person.job.title, query
    assert found_company(lookup, company_id=str(company.id)).company.id == company.id
    assert found_company(lookup, domain=first.company_domain).company.id == company.id


@given(first=NAMES, last=FAMILY_NAMES, domain=FOREIGN | RESERVED)
def test_anybody_at_any_domain_is_one_person(world: World, first: str, last: str, domain: str) -> None:
    match = found(look(world), first_name=first, last_name=last, company_domain=domain)

    assert (match.person.first_name, match.person.last_name) == (first, last)
    assert match.company_domain == domain
    assert match.company.domain.endswith((".example", ".test"))
    same_from_each(world, match)


@given(first=NAMES, last=FAMILY_NAMES, company=NAMES)
def test_anybody_at_any_company_name_is_one_person(world: World, first: str, last: str, company: str) -> None:
    lookup = look(world)
    match = found(lookup, first_name=first, last_name=last, company_name=company)

    assert match.company.domain.endswith(".example")
    assert match.company_domain == match.company.domain
    assert found_company(lookup, name=company).company == match.company
    again = found(lookup, first_name=first, last_name=last, company_domain=match.company.domain)
    assert again.person.id == match.person.id
    same_from_each(world, match)


@given(first=MAIL_WORDS, last=MAIL_WORDS, domain=FOREIGN | RESERVED)
def test_a_mailbox_and_name_with_domain_are_one_person(
    world: World, first: str, last: str, domain: str
) -> None:
    lookup = look(world)
    match = found(lookup, email=f"{first}.{last}@{domain}")

    named = found(lookup, first_name=first, last_name=last, company_domain=domain)

    assert named.person.id == match.person.id
    assert match.company_domain == named.company_domain == domain
    same_from_each(world, named)


@given(
    query=st.one_of(
        st.from_regex(r"[a-z]{1,12}(?:-[a-z]{1,12}){0,2}(?:-[0-9a-f]{6}[0-9])?", fullmatch=True).map(
            lambda slug: {"linkedin_url": f"https://www.linkedin.com/in/{slug}"}
        ),
        st.from_regex(r"[a-z]{1,12}[0-9]{0,3}", fullmatch=True).map(
            lambda box: {"email": f"{box}@gmail.com"}
        ),
        st.tuples(MAIL_WORDS, FOREIGN).map(lambda parts: {"email": f"{parts[0]}@{parts[1]}"}),
    )
)
def test_what_an_opaque_identifier_leaves_open_is_drawn_once(world: World, query: dict[str, str]) -> None:
    first = found(look(world), **query)

    assert found(look(world), **query) == first
    key = first.person.key
    plain = PersonMatch(world.person(key), world.company(key.domain), key.domain, "name")
    assert plain.person.id == first.person.id
    if not world.knows_person(key):
        same_from_each(world, plain)


def test_a_long_domain_and_a_long_name_still_lead_back(world: World) -> None:
    for domain in ("international-consulting-and-engineering-services-group.co.uk", f"{'a' * 60}.com"):
        for first in ("Maximiliana", "Александра-Константина", "Bartholomew-Christopher-Montgomery"):
            for last in ("Wolfeschlegelsteinhausen", "Константинопольская"):
                match = found(look(world), first_name=first, last_name=last, company_domain=domain)

                for email in match.person.emails:
                    assert len(email.address.rpartition("@")[0]) <= 64
                same_from_each(world, match)


def test_every_mailbox_in_the_open_world_leads_back(world: World) -> None:
    lookup = look(world)
    for number in range(500):
        name = f"jane-doe{'x' * (number % 40)}"
        person = world.person(PersonKey(name, f"{'acme-' * (number % 11)}works-{number}.example"))
        for email in person.emails:
            assert found(lookup, email=email.address).person.key == person.key, email.address


# What was sent is echoed


def test_what_was_sent_is_echoed(world: World) -> None:
    lookup = look(world)
    url = "https://www.linkedin.com/in/Jane-DOE-4b2a19/"
    match = found(
        lookup, **JANE, email="Jane.Doe@Acme.com", linkedin_url=url, company_domain="WWW.acme.com",
        company_name="ACME  Inc.",
    )  # fmt: skip

    assert match.person.linkedin_url == url
    assert "Jane.Doe@Acme.com" in {email.address for email in match.person.emails}
    assert (match.person.first_name, match.person.last_name) == ("Jane", "Doe")
    assert match.person.full_name == "Jane Doe"
    assert match.company_domain == "acme.com"
    assert match.company.name == "ACME Inc."


def test_a_foreign_mailbox_shows_its_host_as_the_company(world: World) -> None:
    match = found(look(world), email="jane.doe@acme.com")

    assert match.company_domain == "acme.com"
    assert match.company.domain == "acme-com.example"
    assert match.company.name == "Acme"
    assert match.person.full_name == "Jane Doe"
    assert [e.address for e in match.person.emails if e.kind == "work"] == ["jane.doe@acme.com"]


@pytest.mark.parametrize("email", ["jane.doe@gmail.com", "jane@gmail.com"])
def test_a_free_mailbox_is_shown_as_private_and_names_no_employer(world: World, email: str) -> None:
    match = found(look(world), email=email)

    assert email in {e.address for e in match.person.emails if e.kind == "private"}
    assert "gmail" not in match.company.domain
    assert world.knows_company(match.company.domain)
    assert match.company_domain == match.company.domain


def test_what_is_added_for_a_foreign_domain_is_on_a_reserved_one(world: World) -> None:
    sent = "jane.doe@acme.com"
    for number in range(200):
        first = f"Jane{'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]}"
        match = found(look(world), first_name=first, last_name="Doe", company_domain="acme.com")
        hosts = {email.address.rpartition("@")[2] for email in match.person.emails}

        assert match.company_domain == "acme.com"
        assert hosts <= {"acme-com.example", "inbox.example", "postbox.test"}
        assert match.person.linkedin_url.startswith("https://www.linkedin.com/in/mock-lusha-")
        assert sent not in {email.address for email in match.person.emails}


def test_the_name_sent_does_not_rename_a_listed_person(world: World, listed: list[Person]) -> None:
    person = listed[0]
    match = found(look(world), person_id=str(person.id), first_name="Somebody", last_name="Else")

    assert match.person == person


# Precedence


def test_identifiers_speak_in_their_order(world: World, listed: list[Person]) -> None:
    lookup = look(world)
    one, two, three, four = [person for person in listed if person.emails][:4]
    query: dict[str, str] = {
        "person_id": str(one.id),
        "linkedin_url": two.linkedin_url,
        "email": three.emails[0].address,
        "first_name": four.first_name,
        "last_name": four.last_name,
        "company_domain": four.key.domain,
    }
    decided = []
    for left_out in ((), ("person_id",), ("linkedin_url",), ("email",)):
        for name in left_out:
            del query[name]
        match = found(lookup, **query)
        decided.append((match.by, match.person.id))

    assert decided == [("personId", one.id), ("linkedinUrl", two.id), ("email", three.id), ("name", four.id)]


@pytest.mark.parametrize("unknown", ["1", "999999999999", "0", "v1.abc", "-5", "1" * 30])
def test_an_id_that_names_nobody_leaves_it_to_the_next_identifier(
    world: World, listed: list[Person], unknown: str
) -> None:
    match = found(look(world), person_id=unknown, linkedin_url=listed[3].linkedin_url)

    assert (match.by, match.person) == ("linkedinUrl", listed[3])


def test_a_malformed_identifier_leaves_it_to_the_next(world: World) -> None:
    match = found(look(world), linkedin_url="https://acme.com/jane", email="jane.doe@acme.com")

    assert match.by == "email"
    assert match.person.linkedin_url.startswith("https://www.linkedin.com/in/mock-lusha-")


def test_a_name_completes_a_mailbox_that_tells_half_of_it(world: World) -> None:
    match = found(look(world), email="jane@acme.com", **JANE)

    assert match.by == "email"
    assert match.person.key == PersonKey("jane-doe", "acme-com.example")


def test_a_mailbox_tells_the_employer_of_a_profile(world: World) -> None:
    match = found(look(world), linkedin_url="https://www.linkedin.com/in/jane-doe", email="jd@acme.com")

    assert match.by == "linkedinUrl"
    assert match.person.key == PersonKey("jane-doe", "acme-com.example")


def test_a_domain_speaks_before_a_company_name(world: World) -> None:
    match = found(look(world), **JANE, company_domain="acme.com", company_name="Other Works")

    assert match.company.domain == "acme-com.example"
    assert match.company.name == "Other Works"


# Nobody


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"person_id": "12"},
        {"person_id": "abc"},
        {"person_id": "٣"},
        {"linkedin_url": "https://acme.com/in/jane-doe"},
        {"linkedin_url": "jane-doe"},
        {"email": "jane.doe"},
        {"email": "jane.doe@acme"},
        {"email": "not an address@acme.com"},
        JANE,
        {"first_name": "Jane", "company_domain": "acme.com"},
        {"last_name": "Doe", "company_domain": "acme.com"},
        {**JANE, "company_domain": "not a domain"},
        {**JANE, "company_name": "&"},
        {"first_name": "!", "last_name": "?", "company_domain": "acme.com"},
        {"first_name": "Jane", "last_name": ".", "company_domain": "acme.com"},
        {"first_name": "-", "last_name": "Doe", "company_domain": "acme.com"},
        {"company_domain": "acme.com"},
    ],
)
def test_what_is_not_well_formed_or_complete_finds_nobody(world: World, query: dict[str, str]) -> None:
    assert look(world).person(PersonQuery(**query)) is None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"company_id": "12"},
        {"company_id": "acme"},
        {"domain": "acme"},
        {"domain": "not a domain"},
        {"name": "&!"},
        {"name": "  "},
    ],
)
def test_what_is_not_well_formed_finds_no_company(world: World, query: dict[str, str]) -> None:
    assert look(world).company(CompanyQuery(**query)) is None


@pytest.mark.parametrize(
    "query",
    [
        {"linkedin_url": "https://www.linkedin.com/in/mock-lusha-jane-doe-20000"},
        {"linkedin_url": "https://www.linkedin.com/in/mock-lusha-jane-doe-0"},
    ],
)
def test_a_profile_that_no_listed_person_has_is_another_person(world: World, query: dict[str, str]) -> None:
    match = found(look(world), **query)

    assert not world.knows_person(match.person.key)
    assert look(world, open_world=False).person(PersonQuery(**query)) is None


@pytest.mark.parametrize(
    "query",
    [
        {"email": "jane.doe@acme.com"},
        {"email": "jane.doe@gmail.com"},
        {"linkedin_url": "https://www.linkedin.com/in/jane-doe"},
        {**JANE, "company_domain": "acme.com"},
        {**JANE, "company_name": "Acme"},
    ],
)
def test_a_closed_world_holds_only_the_directory(world: World, query: dict[str, str]) -> None:
    closed = look(world, open_world=False)

    assert look(world).person(PersonQuery(**query)) is not None
    assert closed.person(PersonQuery(**query)) is None
    assert closed.company(CompanyQuery(domain="acme.com")) is None
    assert closed.company(CompanyQuery(name="Acme")) is None


def test_an_open_world_id_is_known_once_it_was_given_out(world: World) -> None:
    match = found(look(world), email="jane.doe@acme.com")
    person, company = match.person, match.company
    new = look(world)
    reminded = look(
        world,
        people={person.id: person.key.text},
        companies={company.id: company.domain},
    )

    assert new.person(PersonQuery(person_id=str(person.id))) is None
    assert new.company(CompanyQuery(company_id=str(company.id))) is None
    assert found(reminded, person_id=str(person.id)).person.key == person.key
    assert found_company(reminded, company_id=str(company.id)).company == world.company(company.domain)


# The share that is found


def test_a_share_of_the_open_world_is_found_and_always_the_same(world: World) -> None:
    half = look(world, match_rate=0.5)
    queries = [PersonQuery(email=f"jane.doe{number}@acme.com") for number in range(2000)]
    companies = [CompanyQuery(domain=f"acme{number}.com") for number in range(2000)]
    hits = [half.person(query) is not None for query in queries]

    assert 900 < sum(hits) < 1100
    assert hits == [look(world, match_rate=0.5).person(query) is not None for query in queries]
    assert 900 < sum(half.company(query) is not None for query in companies) < 1100


def test_a_larger_share_holds_the_smaller_one(world: World) -> None:
    queries = [PersonQuery(email=f"jane.doe{number}@acme.com") for number in range(500)]
    little, much = look(world, match_rate=0.2), look(world, match_rate=0.8)

    assert all(much.person(query) for query in queries if little.person(query))


def test_each_identifier_of_someone_is_found_or_none(world: World) -> None:
    half = look(world, match_rate=0.5)
    for number in range(200):
        by_email = half.person(PersonQuery(email=f"jane.doe{number}@acme.com"))
        by_name = half.person(
            PersonQuery(first_name="Jane", last_name=f"Doe{number}", company_domain="acme.com")
        )

        assert (by_email is None) == (by_name is None)


def test_at_a_rate_of_nothing_only_the_directory_is_found(world: World, listed: list[Person]) -> None:
    nothing = look(world, match_rate=0.0)

    assert all(found(nothing, person_id=str(person.id)).person == person for person in listed[:50])
    assert all(found_company(nothing, domain=person.key.domain) for person in listed[:50])
    for number in range(300):
        assert nothing.person(PersonQuery(email=f"jane.doe{number}@acme.com")) is None
        assert nothing.company(CompanyQuery(domain=f"acme{number}.com")) is None


# Companies


def test_a_listed_company_is_found_by_id_domain_url_and_name(world: World) -> None:
    lookup = look(world, open_world=False)
    for listed in world.directory.companies[::7]:
        company = world.company(listed.domain)
        queries: list[tuple[str, dict[str, str]]] = [
            ("companyId", {"company_id": str(company.id)}),
            ("domain", {"domain": listed.domain}),
            ("domain", {"domain": f"https://www.{listed.domain.upper()}/about"}),
            ("name", {"name": listed.name}),
            ("name", {"name": f"  {listed.name.upper()} "}),
        ]
        for by, query in queries:
            match = found_company(lookup, **query)

            assert match == CompanyMatch(company, listed.domain, by), query


def test_identifiers_of_a_company_speak_in_their_order(world: World) -> None:
    one, two, three = world.directory.companies[:3]
    lookup = look(world)
    query = {"company_id": str(world.company(one.domain).id), "domain": two.domain, "name": three.name}

    assert found_company(lookup, **query).company.domain == one.domain
    del query["company_id"]
    assert found_company(lookup, **query).company.domain == two.domain
    del query["domain"]
    assert found_company(lookup, **query).company.domain == three.domain


def test_a_company_nobody_knows_carries_the_name_and_domain_sent(world: World) -> None:
    named = found_company(look(world), name="ACME  Rockets")
    both = found_company(look(world), domain="http://www.acme.com/", name="Acme Works")
    plain = found_company(look(world), domain="acme-rockets.com")

    assert (named.company.name, named.domain) == ("ACME Rockets", "acme-rockets.example")
    assert (both.company.name, both.domain) == ("Acme Works", "acme.com")
    assert (plain.company.name, plain.domain) == ("Acme Rockets", "acme-rockets.com")
    assert both.company.description is not None
    assert both.company.description.startswith("Acme Works ")


def test_the_name_sent_does_not_rename_a_listed_company(world: World) -> None:
    listed = world.directory.companies[5]
    match = found_company(look(world), domain=listed.domain, name="Somebody Else")

    assert match.company == world.company(listed.domain)


def test_a_lookup_leaves_the_world_as_it_was(world: World) -> None:
    key = PersonKey("jane-doe", "acme-com.example")
    before = replace(world.person(key)), replace(world.company(key.domain))
    found(look(world), email="JANE.DOE@acme.com", **JANE, company_name="ACME")

    assert (world.person(key), world.company(key.domain)) == before

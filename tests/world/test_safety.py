"""Nothing that is made leads to a real person, company, host or telephone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.world.account_lookup import AccountLookup
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.generate.signals import News, company_signals
from mock_lusha.world.identity import company_domain, fold, identity_domain
from mock_lusha.world.resolver import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import CheckedClient

    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.pools import Pools
    from mock_lusha.world.world import World

RESERVED = (".example", ".test")
# Ranges that regulators keep for fiction, as digits, from what they publish.
FICTION = {
    "NANPA": r"1[2-9]\d\d55501\d\d",
    "Ofcom": r"44(7700900\d{3}|11[3-8]4960\d{3}|1[2-6]14960\d{3}|1914980\d{3}|2079460\d{3}"
    r"|2896496\d{3}|2920180\d{3}|1632960\d{3})",
    "ACMA": r"61([2378](5550|7010)\d{4}|491570(006|110|156|157|158|159))",
    "BNetzA": r"49(3023125\d{3}|6990009\d{3}|4066969\d{3}|2214710\d{3}|8999998\d{3}"
    r"|17139200\d\d|176040690\d\d)",
    "Arcep": r"33(19900|26191|35301|46571|53649|63998)\d{4}",
    "PTS": r"46(7017406(0[5-9]|[1-9]\d)|8465004\d\d|3139006\d\d|4062804\d\d|9803192\d\d)",
    "ComReg": r"3532091\d{5}",
}
OWN_RANGE = {"GB": "Ofcom", "AU": "ACMA", "DE": "BNetzA", "FR": "Arcep", "SE": "PTS", "IE": "ComReg"}
EUROPEAN_UNION = {
    "Austria", "Belgium", "Bulgaria", "Croatia", "Cyprus", "Czechia", "Czech Republic", "Denmark", "Estonia",
    "Finland", "France", "Germany", "Greece", "Hungary", "Ireland", "Italy", "Latvia", "Lithuania",
    "Luxembourg", "Malta", "Netherlands", "Poland", "Portugal", "Romania", "Slovakia", "Slovenia", "Spain",
    "Sweden",
}  # fmt: skip
PROFILES = {
    "www.linkedin.com": r"/(in|company)/mock-lusha-[a-z0-9-]+",
    "x.com": r"/mock_lusha_[a-z0-9_-]+",
    "www.crunchbase.com": r"/organization/mock-lusha-[a-z0-9-]+",
}
NAMES = st.text(min_size=1, max_size=20).filter(lambda text: bool(fold(text)))
LETTER = st.sampled_from("abcxyzéüßабв山김")


@pytest.fixture(scope="module")
def people(world: World) -> list[Person]:
    """Four thousand people of the directory and a thousand of the open world."""
    keys = [world.key_of_number(number) for number in range(0, 20_000, 5)]
    strangers = [PersonKey(f"jane-doe{n}", f"acme{n % 200}-com.example") for n in range(1000)]
    return [world.person(key) for key in (*(key for key in keys if key is not None), *strangers)]


@pytest.fixture(scope="module")
def companies(world: World) -> list[Company]:
    known = [world.company(listed.domain) for listed in world.directory.companies]
    return known + [world.company(f"acme{number}-com.example") for number in range(200)]


def safe_host(host: str) -> bool:
    return host.isascii() and host.endswith(RESERVED)


def safe_url(url: str) -> bool:
    parts = urlsplit(url)
    own = PROFILES.get(parts.netloc)
    return safe_host(parts.netloc) if own is None else bool(re.fullmatch(own, parts.path))


def check_person(person: Person) -> None:
    assert safe_host(person.key.domain)
    assert safe_host(person.job.domain)
    assert person.previous is None or safe_host(person.previous.domain)
    assert all(safe_host(email.address.rpartition("@")[2]) for email in person.emails)
    assert all(email.address.isascii() for email in person.emails)
    assert urlsplit(person.linkedin_url).netloc == "www.linkedin.com"
    assert safe_url(person.linkedin_url)
    assert person.x_url is None or (urlsplit(person.x_url).netloc == "x.com" and safe_url(person.x_url))
    assert all(regulator(phone.number) for phone in person.phones)


def regulator(number: str) -> str | None:
    """Who keeps a number for fiction."""
    digits = re.sub(r"[ -]", "", number).removeprefix("+")
    return next((name for name, pattern in FICTION.items() if re.fullmatch(pattern, digits)), None)


def test_nobody_listed_or_asked_for_has_an_address_that_exists(people: list[Person]) -> None:
    for person in people:
        check_person(person)


@given(first=NAMES, last=NAMES, company=NAMES)
def test_whatever_name_is_asked_for_nothing_made_exists(
    world: World, first: str, last: str, company: str
) -> None:
    domain = company_domain(company)
    assert domain is not None

    check_person(world.person(PersonKey(fold(f"{first} {last}"), domain)))


@given(
    st.lists(st.text(LETTER, min_size=1, max_size=12), min_size=2, max_size=3).map(".".join)
    | st.text(LETTER, min_size=1, max_size=12).map(lambda label: f"{label}.example")
)
def test_whatever_domain_is_asked_for_nothing_made_exists(world: World, domain: str) -> None:
    check_person(world.person(PersonKey("jane-doe", identity_domain(domain))))


@given(
    local=st.from_regex(r"[a-z]{1,10}(?:[.+_-][a-z0-9]{1,8}){0,2}", fullmatch=True),
    host=st.sampled_from(["gmail.com", "acme.com", "mail.acme.co.uk", "xn--bcher-kva.de", "acme.example"]),
)
def test_beside_what_was_sent_everything_is_made_up(world: World, local: str, host: str) -> None:
    sent = f"{local}@{host}"
    lookup = AccountLookup(world, open_world=True, match_rate=1.0, people={}, companies={})
    match = lookup.person(PersonQuery(email=sent))

    assert match is not None
    others = [email.address for email in match.person.emails if email.address != sent]
    assert all(safe_host(address.rpartition("@")[2]) for address in others)
    assert match.company_domain == host or safe_host(match.company_domain)
    assert safe_host(match.company.domain)
    assert safe_url(match.person.linkedin_url)


def test_every_phone_is_in_a_range_kept_for_fiction(people: list[Person]) -> None:
    seen = set()
    for person in people:
        for phone in person.phones:
            keeper = regulator(phone.number)
            seen.add(keeper)

            assert keeper == OWN_RANGE.get(person.place.country_code, "NANPA"), phone.number
            assert re.fullmatch(r"\+[0-9][0-9 -]+[0-9]", phone.number)

    assert seen == set(FICTION)


def test_companies_are_on_reserved_domains(companies: list[Company], pools: Pools, world: World) -> None:
    for company in companies:
        assert safe_host(company.domain)
        assert re.fullmatch(r"[a-z0-9-]+", company.handle)


def test_news_is_published_nowhere(companies: list[Company], world: World) -> None:
    seen = 0
    for company in companies:
        found = company_signals(
            world.seed, world.as_of, world.pools, company, ["allSignals"], world.as_of.replace(year=2025),
            world.as_of,
        )  # fmt: skip
        for signals in found.values():
            for signal in signals:
                if isinstance(signal.facts, News):
                    seen += 1

                    assert safe_host(urlsplit(signal.facts.url).netloc)

    assert seen > 1000


def test_people_in_the_union_are_marked_and_only_they(people: list[Person], pools: Pools) -> None:
    for place in (*pools.places, *(person.place for person in people)):
        assert place.in_eu == (place.country in EUROPEAN_UNION), place

    assert {person.place.in_eu for person in people} == {True, False}
    assert len({place.country for place in pools.places if place.in_eu}) > 15


# The same, in what is answered


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string in an answer, with where it stands."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from strings(item, f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, path)
    elif isinstance(value, str):
        yield path, value


def check_answer(answer: Any, sent: str) -> None:
    hosts = 0
    for path, text in strings(answer):
        for url in re.findall(r"https?://[^\s\"]+", text):
            hosts += 1

            assert safe_url(url) or urlsplit(url).netloc == sent, (path, url)
        for host in re.findall(r"\b[\w.+-]+@([\w.-]+)", text):
            hosts += 1

            assert safe_host(host), (path, text)
        if path.endswith((".fqdn", ".domain", ".homepage", ".email")) and "@" not in text:
            assert safe_host(urlsplit(text).netloc or text) or text == sent, (path, text)
        if path.endswith((".number", ".phones")):
            assert regulator(text), (path, text)

    assert hosts


@pytest.mark.parametrize("dialect", ["live", "documented"])
def test_answers_lead_nowhere(make_client: Callable[..., CheckedClient], world: World, dialect: str) -> None:
    client = make_client(limits="off", credits=1_000_000, dialect=dialect, as_of=world.as_of)
    for start in (0, 7000, 14_000):
        ids = [world.key_of_number(number) for number in range(start, start + 6000, 61)]
        contacts = [
            {"contactId": str(n), "personId": str(world.person(key).id)} for n, key in enumerate(ids) if key
        ]
        listed = client.post("/v2/person", json={"contacts": contacts}).json()

        check_answer(listed, "")
        assert sum(entry["data"] is not None for entry in listed["contacts"].values()) > 90
    asked = [
        {
            "contactId": str(number),
            "fullName": f"Jane Doe{number}",
            "companies": [{"domain": "acme.com", "isCurrent": True}],
        }
        for number in range(100)
    ]
    check_answer(client.post("/v2/person", json={"contacts": asked}).json(), "acme.com")
    wanted = [
        {"id": str(n), "domain": listed_.domain} for n, listed_ in enumerate(world.directory.companies[:90])
    ]
    check_answer(client.post("/v2/company", json={"companies": wanted}).json(), "")
    check_answer(client.get("/v2/company", params={"domain": "acme.com"}).json(), "acme.com")


def test_marks_of_the_union_reach_the_answers(
    make_client: Callable[..., CheckedClient], world: World
) -> None:
    client = make_client(limits="off", credits=1_000_000, as_of=world.as_of)
    ids = [world.key_of_number(number) for number in range(0, 20_000, 201)]
    contacts = [
        {"contactId": str(n), "personId": str(world.person(key).id)} for n, key in enumerate(ids) if key
    ]
    found = client.post("/v2/person", json={"contacts": contacts}).json()["contacts"]
    places = [entry["data"]["location"] for entry in found.values() if entry["data"] is not None]

    assert {place["is_eu_contact"] for place in places} == {True, False}
    for place in places:
        assert place["is_eu_contact"] == (place["country"] in EUROPEAN_UNION)

"""People who are written from what is drawn of them are those that the world has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.api.v2.fast_people import stranger_data
from mock_lusha.api.v2.fragments import Fragments
from mock_lusha.api.v2.person_shapes import person_data
from mock_lusha.caching import SecondHitCache
from mock_lusha.config import data_folder
from mock_lusha.world.entities import Email, PersonKey
from mock_lusha.world.pins import PinnedPerson, indexed
from mock_lusha.world.pools import Pools
from mock_lusha.world.resolver import LookupTrail, PersonQuery, Resolver
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.world.resolver import PersonMatch

DAY = date(2026, 3, 31)


@cache
def resolver(seed: str = "lusha", day: date = DAY) -> Resolver:
    pools = Pools.load(data_folder("fixtures") / "reference")
    world = World(seed, day, pools, companies=60, people=400)
    return Resolver(world, open_world=True, match_rate=1.0)


def meant(resolver: Resolver, address: str) -> PersonMatch:
    match = resolver.person(PersonQuery(email=address)).match
    assert match is not None
    return match


words = st.from_regex(r"[a-z][a-z0-9]{0,30}", fullmatch=True)
hosts = st.one_of(
    st.integers(0, 60).map("company{}.com".format),
    st.sampled_from(
        ["acme.com", "acme-rockets.co.uk", "acme.example", "münchen.de", "a.test", "shop.acme.io"]
    ),
    st.from_regex(r"[a-z][a-z0-9-]{0,50}[a-z]\.(com|test|de)", fullmatch=True),
)
addresses = st.builds("{}.{}@{}".format, words, words, hosts)


@given(
    address=addresses,
    seed=st.sampled_from(["lusha", "ünï-2"]),
    day=st.sampled_from([DAY, date(2024, 2, 29)]),
    emails=st.booleans(),
    phones=st.booleans(),
)
def test_a_stranger_is_written_as_their_person_is(
    address: str, seed: str, day: date, emails: bool, phones: bool
) -> None:
    found, fragments = resolver(seed, day), Fragments()
    met = found.stranger(address)
    if met is None:
        return
    house, shown = met[:2]
    match = meant(found, address)
    person, company = match.person, match.company

    written = b"".join(stranger_data(fragments, met, address, day, emails, phones))

    assert orjson.loads(written) == orjson.loads(
        orjson.dumps(
            person_data(
                fragments,
                person,
                company.id,
                live=True,
                emails=emails,
                phones=phones,
                updated=person.updated,
            )
        )
    )
    assert (met[5], company.id, shown) == (person.id, house.company.id, match.company_domain)
    assert (f"{met[2]} {house.domain}", match.by) == (person.key.text, "email")


def test_the_looks_for_strangers_are_told_as_those_for_their_people() -> None:
    found = resolver()
    queries = [PersonQuery(email=f"jane.number{number}@acme{number % 3}.com") for number in range(20)]
    looks = [found.person(query).lookup for query in queries]
    trail = LookupTrail()

    trail.add(looks[:1])
    trail.add_strangers([query.email or "" for query in queries[1:]], [each.id or 0 for each in looks[1:]])
    trail.add(looks[:2])

    assert list(trail) == [*looks, *looks[:2]]


def test_what_was_made_of_an_input_is_kept_when_it_comes_again() -> None:
    kept = SecondHitCache(2)
    kept.put(b"once", 1)
    kept.put(b"again", 2)
    kept.put(b"again", 3)

    assert (kept.get(b"once"), kept.get(b"again")) == (None, 3)
    for number in range(4):
        kept.put(b"%d" % (number // 2), number)
    assert [kept.get(each) for each in (b"again", b"0", b"1")] == [None, 1, 3]


def test_a_thousand_strangers_are_written_to_the_byte_as_their_people_are() -> None:
    found, fragments = resolver(), Fragments()
    lives = set()
    for number in range(1000):
        address = f"jane.number{number}@company{number % 50}.com"
        met = found.stranger(address)
        assert met is not None
        lives.add(id(met[8]))
        person = meant(found, address).person
        data = person_data(
            fragments, person, met[0].company.id, live=True, emails=True, phones=True, updated=person.updated
        )

        assert b"".join(stranger_data(fragments, met, address, DAY, True, True)) == orjson.dumps(data)
    assert len(lives) > 400


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("jane@acme.com", id="one name"),
        pytest.param("jane.van.doe@acme.com", id="three names"),
        pytest.param("Jane.Doe@acme.com", id="capitals"),
        pytest.param("jane.doe+news@acme.com", id="a tag"),
        pytest.param("jäne.doe@acme.com", id="letters that are not ASCII"),
        pytest.param("jane.doe@Acme.com", id="capitals in the host"),
        pytest.param("jane.doe@www.acme.com", id="a host that is read otherwise"),
        pytest.param("jane.doe@gmail.com", id="a mailbox that everybody may have"),
        pytest.param("jane.doe@inbox.example", id="a mailbox of ours"),
        pytest.param("jane.doe@", id="no host"),
        pytest.param("@acme.com", id="no name"),
        pytest.param(f"{'j' * 31}.{'d' * 31}@{'a' * 40}.com", id="names that are too long for mailboxes"),
    ],
)
def test_the_world_is_asked_where_a_mailbox_does_not_say_all(address: str) -> None:
    assert resolver().stranger(address) is None


def test_the_world_is_asked_at_companies_that_it_knows() -> None:
    world = resolver().world

    for listed in world.directory.companies[:5]:
        assert resolver().stranger(f"jane.doe@{listed.domain}") is None


def test_the_world_is_asked_where_not_everybody_is_found() -> None:
    world = resolver().world

    assert Resolver(world, open_world=True, match_rate=0.5).stranger("jane.doe@acme.com") is None
    assert Resolver(world, open_world=False, match_rate=1.0).stranger("jane.doe@acme.com") is None


class Counting(dict[Any, Any]):
    """A mapping that counts how often all of it is gone through."""

    walks = 0

    def __iter__(self) -> Iterator[Any]:
        self.walks += 1
        return super().__iter__()


def test_those_who_are_pinned_are_not_gone_through_for_a_new_company() -> None:
    ada = PinnedPerson(
        PersonKey("ada-quill", "quill.example"),
        ("Ada", "Quill"),
        emails=(Email("ada@else.example", "work", "A", DAY),),
    )
    pins = indexed({ada.key: ada}, {})
    people, emails = Counting(pins.people), Counting(pins.emails)
    pinned = resolver().world.pinned_with(replace(pins, people=people, emails=emails))
    found = Resolver(pinned, open_world=True, match_rate=1.0)

    asked = [found.stranger(f"jane.doe@{host}") for host in ("quill.example", "else.example", "new.example")]

    assert [stranger is None for stranger in asked] == [True, True, False]
    assert (people.walks, emails.walks) == (0, 0)

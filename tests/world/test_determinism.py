"""The world is a function of seed and day, and of nothing else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import orjson
import pytest

from mock_lusha.config import data_folder
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.generate.signals import company_signals, contact_signals
from mock_lusha.world.pools import Pools
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.entities import Company, Person

DAY = date(2026, 3, 31)
STRANGERS = tuple(PersonKey(f"jane-doe{n}", f"acme{n % 7}-com.example") for n in range(40))
# The same version gives the same data. A change of these is a change of everybody's data: say so in the
# changelog, then take the new ones from `python tests/world/test_determinism.py`.
DIGESTS = {
    ("lusha", date(2026, 3, 31)): "f6f7fd5b0a85eb25b57be789c940ab6f941090585476e60fde8b5157a3754e7f",
    ("lusha", date(2024, 2, 29)): "bfb18e5feee30b270c56fe038fb437583de2b3676dc0d0cfebb9ea8260d5929e",
    ("ünï-2", date(2026, 3, 31)): "d34c27a457c6b6082f5e24072ba315686343be9cfd083f0f7331a18968b70333",
}


@cache
def lists() -> Pools:
    return Pools.load(data_folder("fixtures") / "reference")


def small(seed: str = "lusha", day: date = DAY) -> World:
    return World(seed, day, lists(), companies=60, people=400)


def keys_of(world: World) -> list[PersonKey]:
    listed = [world.key_of_number(number) for number in range(world.directory.people)]
    return [*(key for key in listed if key is not None), *STRANGERS]


def told(world: World, key: PersonKey) -> bytes:
    """All that the world says of a person."""
    person = world.person(key)
    signals = contact_signals(person, ["allSignals"], date.min, date.max)
    return orjson.dumps([person, signals], default=PersonKey._asdict)


def told_of_company(world: World, domain: str) -> bytes:
    """All that the world says of a company."""
    company = world.company(domain)
    found = company_signals(world.seed, world.as_of, world.pools, company, ["allSignals"], date.min, date.max)
    return orjson.dumps([company, found])


def everything(world: World) -> list[bytes]:
    keys = keys_of(world)
    domains = dict.fromkeys(
        [*(listed.domain for listed in world.directory.companies), *(key.domain for key in STRANGERS)]
    )
    return [*(told(world, key) for key in keys), *(told_of_company(world, domain) for domain in domains)]


def digest(seed: str, day: date) -> str:
    return hashlib.sha256(b"\n".join(everything(small(seed, day)))).hexdigest()


@pytest.mark.parametrize(("seed", "day"), DIGESTS)
def test_a_small_world_is_what_it_always_was(seed: str, day: date) -> None:
    assert digest(seed, day) == DIGESTS[seed, day]


def test_the_order_of_asking_changes_nothing() -> None:
    forward, backward = small(), small()
    keys = keys_of(forward)
    domains = [listed.domain for listed in forward.directory.companies]
    said = [told(forward, key) for key in keys] + [told_of_company(forward, domain) for domain in domains]
    reverse = [told_of_company(backward, domain) for domain in reversed(domains)]
    reverse += [told(backward, key) for key in reversed(keys)]

    assert said == reverse[::-1]


def test_asking_for_one_alone_says_the_same_as_asking_for_all() -> None:
    whole = small()
    said = {key: told(whole, key) for key in keys_of(whole)}
    for key in list(said)[::29]:
        assert told(small(), key) == said[key]


def test_ids_are_the_same_by_number_and_by_name() -> None:
    by_number, by_name = small(), small()
    for number in range(0, 400, 13):
        key = by_number.key_of_number(number)
        assert key is not None

        assert by_name.person(PersonKey(key.name, key.domain)) == by_number.person(key)


def test_another_seed_has_other_people_and_companies() -> None:
    one, other = small("lusha"), small("another")
    people = {key for key in keys_of(one) if key not in STRANGERS}
    domains = {listed.domain for listed in one.directory.companies}

    assert not people & {key for key in keys_of(other) if key not in STRANGERS}
    assert len(domains & {listed.domain for listed in other.directory.companies}) < 3
    for key in STRANGERS:
        assert one.person(key).id != other.person(key).id


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_another_process_with_other_hashes_has_the_same_world(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, __file__],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Pacific/Auckland", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout.split() == [digest(*of) for of in DIGESTS]


# Another day


def undated(person: Person) -> Person:
    """The person without anything that has to do with the calendar."""
    return replace(
        person,
        job_start=DAY,
        updated=DAY,
        emails=tuple(replace(email, updated=DAY) for email in person.emails),
        phones=tuple(replace(phone, updated=DAY) for phone in person.phones),
        certifications=tuple(replace(item, year=0) for item in person.certifications),
        awards=tuple(replace(item, year=0) for item in person.awards),
        courses=tuple(replace(item, start_year=0, end_year=0) for item in person.courses),
    )


def undated_company(company: Company) -> Company:
    funding = company.funding and replace(
        company.funding, rounds=tuple(replace(round_, day=DAY) for round_ in company.funding.rounds)
    )
    return replace(company, founded=0, description="", funding=funding)


@pytest.mark.parametrize("day", [DAY + timedelta(days=40), date(2027, 1, 1), date(2020, 2, 29)])
def test_another_day_changes_only_what_is_dated(day: date) -> None:
    now, then = small(), small(day=day)

    assert then.directory.companies == now.directory.companies
    for key in keys_of(now):
        assert undated(then.person(key)) == undated(now.person(key))
    for listed in now.directory.companies:
        assert undated_company(then.company(listed.domain)) == undated_company(now.company(listed.domain))


def test_dates_keep_their_distance_from_the_day() -> None:
    step = timedelta(days=40)
    now, then = small(), small(day=DAY + step)
    moved = 0
    for key in keys_of(now):
        before, after = now.person(key), then.person(key)
        founded = now.company(key.domain).founded
        # Who began in the year of the foundation stays there.
        moved += after.job_start - before.job_start == step

        assert after.updated - before.updated == step
        assert [a.updated - b.updated for a, b in zip(after.emails, before.emails, strict=True)] == [
            step for _ in before.emails
        ]
        assert after.job_start - before.job_start == step or before.job_start.year == founded

    assert moved > 350


def test_signals_keep_their_distance_from_the_day() -> None:
    step = timedelta(days=40)
    now, then = small(), small(day=DAY + step)
    seen = 0
    for listed in now.directory.companies:
        before, after = (
            [
                (signal.kind, signal.id, world.as_of - signal.day)
                for signals in company_signals(
                    "lusha", world.as_of, world.pools, world.company(listed.domain), ["allSignals"],
                    date.min, date.max,
                ).values()
                for signal in signals
            ]
            for world in (now, then)
        )  # fmt: skip
        seen += len(before)

        assert before == after

    assert seen > 60


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31), date(2000, 1, 1)])
def test_nothing_lies_ahead_on_any_day(day: date) -> None:
    world = small(day=day)
    for key in keys_of(world):
        person, company = world.person(key), world.company(key.domain)
        days = [person.job_start, person.updated]
        days += [email.updated for email in person.emails]
        days += [phone.updated for phone in person.phones]
        days += [] if company.funding is None else [round_.day for round_ in company.funding.rounds]

        assert max(days) <= day
        assert company.founded is None or company.founded <= min(person.job_start.year, day.year)


if __name__ == "__main__":
    print(*(digest(*of) for of in DIGESTS), sep="\n")

"""What loads must have cost, by the rules of the API, to be compared with what the double's ledgers hold.

A person's email costs 1 and their phones 5, a company 1, once for each account; a search 1 for each 25
results begun, and 1 for each type of signal that was asked for and found (in v3 for each person and type).
What one generation has revealed of people is free in the other; a company of v3 is 1 every time.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Any

from mock_lusha.config import data_folder
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.identity import identity_domain
from mock_lusha.world.pools import Pools
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from loads import Load, Shape

EMAIL, PHONES = 1, 5
_CHUNK = 5_000


@cache
def _world(seed: str, as_of: str) -> World:
    return World(seed, date.fromisoformat(as_of), Pools.load(data_folder("fixtures") / "reference"))


def _of_chunk(people_at: Sequence[tuple[int, str]], seed: str, as_of: str) -> dict[int, bool]:
    """Whether there are phones, by id; of numbers, and domains of employers."""
    world = _world(seed, as_of)
    people = (
        world.person(PersonKey(f"jane-number{number}", identity_domain(domain)))
        for number, domain in people_at
    )
    found: dict[int, bool] = {}
    for person in people:
        found[person.id] = found.get(person.id, False) or bool(person.phones)
    return found


def of_people(people: Iterable[tuple[int, str]], seed: str, as_of: str) -> tuple[int, int]:
    """What revealing these people costs, in a world of this seed and day (as ISO 8601), and how much more it
    may be. People are numbers, and domains of employers.

    Ids of people outside the directory are drawn from five billion: of very many, two have the same, and
    the second one costs nothing unless the ledger has forgotten the first by then.
    """
    every = list(people)
    chunks = [every[at : at + _CHUNK] for at in range(0, len(every), _CHUNK)]
    phones: dict[int, bool] = {}
    with ProcessPoolExecutor(os.cpu_count()) if len(chunks) > 1 else nullcontext() as pool:
        of_chunks = (pool.map if pool else map)(_of_chunk, chunks, repeat(seed), repeat(as_of))
        for found in of_chunks:
            for person_id, has in found.items():
                phones[person_id] = phones.get(person_id, False) or has
    # Who is asked for by an email, or by an id that was given out for one, has it.
    least = sum(EMAIL + PHONES * has for has in phones.values())
    return least, (len(every) - len(phones)) * (EMAIL + PHONES)


def of_search(body: str, answer: Mapping[str, Any]) -> int:
    """What a search costs, by what was sent and found."""
    filters = json.loads(body)["filters"]
    sides = [(filters.get(name) or {}).get("include") or {} for name in ("contacts", "companies")]
    asked = {name for side in sides for name in (side.get("signal") or {}).get("names", ())}
    found = {kind for row in answer["data"] for kind in row["signalTypes"]}
    return -(-len(answer["data"]) // 25) + len(asked & found)


def of_prospecting(answer: Mapping[str, Any]) -> int:
    """What a page of v3's prospecting costs, by what was found."""
    return -(-len(answer["results"]) // 25) + sum(
        len(row.get("signalTypes", ())) for row in answer["results"]
    )


def of_found_people(answer: Mapping[str, Any]) -> int:
    """What enriching what was found costs, by what was revealed."""
    people = [each["data"] for each in answer["contacts"] if each["isSuccess"]]
    emails = sum(bool(person["emailAddresses"]) for person in people)
    return EMAIL * emails + PHONES * sum(bool(person["phoneNumbers"]) for person in people)


def prices(load: Load, ask: Callable[[str, str, str], Any]) -> dict[Shape, int]:
    """What the searches and enrichments of a load cost; ``ask`` gives the JSON of the answer to each."""
    found = {}
    for shape in load.shapes:
        if shape.kind not in {"search", "prospecting", "found people", "found companies"}:
            continue
        answer = ask(shape.method, shape.path, shape.body)
        if shape.kind == "search":
            found[shape] = of_search(shape.body, answer)
        elif shape.kind == "prospecting":
            found[shape] = of_prospecting(answer)
        elif shape.kind == "found people":
            found[shape] = of_found_people(answer)
        else:
            found[shape] = len(answer["companies"])
    return found


@dataclass(frozen=True)
class Due:
    """What was asked for of each account: the requests by (key, status), and the credits by key.

    ``dearest`` is what one request costs at the most, ``more`` what may be due by key beyond the credits.
    """

    answers: Mapping[tuple[str, int], int]
    credits: Mapping[str, int]
    dearest: int
    more: Mapping[str, int] = field(default_factory=dict)


def due(load: Load, sent: Iterable[range], priced: Mapping[Shape, int], seed: str, as_of: str) -> Due:
    """What the requests of a load come to, which are given by their numbers."""
    answers: Counter[tuple[str, int]] = Counter()
    cost: Counter[str] = Counter(load.prepaid)
    people: defaultdict[str, set[tuple[int, str]]] = defaultdict(set)
    companies: defaultdict[str, set[int]] = defaultdict(set)
    once: set[Shape] = set()
    for numbers in sent:
        for i in numbers:
            shape = load.shape(i)
            if shape.kind == "control":
                continue
            answers[shape.key, shape.status] += 1
            cost[shape.key] += shape.always
            if shape.kind == "person":
                people[shape.key].update((number, shape.domain(number)) for number in load.numbers(i))
            elif shape.kind == "company":
                companies[shape.key].update(load.numbers(i))
            elif shape.kind in {"search", "prospecting"}:
                cost[shape.key] += priced[shape]
            elif shape.kind:
                once.add(shape)
    for shape in once:
        cost[shape.key] += priced[shape]
    for key, known in companies.items():
        cost[key] += len(known)
    of_same: dict[frozenset[tuple[int, str]], tuple[int, int]] = {}
    more: dict[str, int] = {}
    for key, numbers_ in people.items():
        same = frozenset(numbers_)
        if same not in of_same:
            of_same[same] = of_people(same, seed, as_of)
        least, more[key] = of_same[same]
        cost[key] += least
    kinds = [shape.always + (EMAIL + PHONES) * shape.each * (shape.kind == "person") for shape in load.shapes]
    dearest = max([1, *priced.values(), *kinds])
    keys = {*load.prepaid, *(key for key, _ in answers)}  # a slow machine may not come to all of them
    return Due(answers, {key: cost[key] for key in keys}, dearest, more)


def wrong(told: Due, spent: Mapping[str, int], counted: Mapping[int, int], in_flight: int) -> list[str]:
    """What does not hold, in sentences.

    ``spent`` are the credits that the ledgers hold, by key, and ``counted`` the exchanges that the journal
    has counted, by status. Where wrk ended, up to ``in_flight`` requests that it made may not have arrived:
    as many as the journal lacks, and each may have been the dearest one. Else all must be exact.
    """
    problems = []
    made = sum(told.answers.values())
    missing = made - sum(counted.values())
    if not 0 <= missing <= in_flight:
        problems.append(f"the journal counts {sum(counted.values()):,} exchanges, and {made:,} were made")
    for status in {*counted, *(status for _, status in told.answers)}:
        expected = sum(number for (_, each), number in told.answers.items() if each == status)
        if not 0 <= expected - counted.get(status, 0) <= missing:
            problems.append(f"{counted.get(status, 0):,} answers of {status}, and {expected:,} were due")
    slack = max(0, min(missing, in_flight)) * told.dearest
    for key in {*spent, *told.credits}:
        owed, has = told.credits.get(key, 0), spent.get(key, 0)
        if not -told.more.get(key, 0) <= owed - has <= slack:
            problems.append(f"the ledger of {key} holds {has:,} credits, and {owed:,} were due")
    return problems

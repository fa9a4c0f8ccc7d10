"""What is handed on in bytes goes on as if it had always been there."""

from __future__ import annotations

import json
import pickle
import struct
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from walks import KEYS, OF_ACCOUNTS, READS, STRANGE, Double, Machine, Walk, copied

from mock_lusha.captures.captures import CAPTURED, MADE_AGAIN
from mock_lusha.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = KEYS[0]
SEEDS = [1, 2, 3]
STEPS, FURTHER = 120, 40
HEAD = 8
"""Bytes that say when a capture was taken."""


class Trap:
    """What does something as it is read, where one lets it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("trapped",))


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def new(machine: Machine) -> Iterator[Callable[..., Double]]:
    made: list[Double] = []

    def new(**options: Any) -> Double:
        made.append(Double(machine, **options))
        return made[-1]

    yield new
    for double in made:
        with closing(double):
            pass


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_takes_on_what_another_has_become_goes_on_as_that_does(
    seed: int, machine: Machine, new: Callable[[], Double]
) -> None:
    one, other = new(), new()
    random = Random(seed)
    walk = Walk(random, machine)
    for _ in range(STEPS):
        walk.step([one])
        walk.step([other])  # something else, which is gone then

    copied(one, other, random)

    assert other.reads() == one.reads()
    for _ in range(FURTHER):
        answer, same = walk.step([one, other])
        sent = answer.request.method, answer.request.url
        assert (sent, same.status_code, same.content) == (sent, answer.status_code, answer.content)
        assert same.headers == answer.headers, sent
    assert other.reads() == one.reads()


@pytest.mark.parametrize("seed", SEEDS)
def test_newer_accounts_take_the_place_of_older_ones_and_nothing_is_counted_twice(
    seed: int, machine: Machine, new: Callable[[], Double]
) -> None:
    one, other = new(), new()
    random = Random(seed)
    walk = Walk(random, machine)
    for _ in range(STEPS):
        walk.step([one])
    copied(one, other, random)
    for _ in range(FURTHER):
        walk.step([one], OF_ACCOUNTS)

    copied(one, other, random, server=False)
    copied(one, other, random, server=False)

    # Which account was used last, and so stands last, is a fact of the server's.
    in_order = {"/_mock/accounts", "/_mock/conduct"}
    assert in_order < set(READS)
    read, expected = other.reads(), one.reads()
    assert {path: read[path] for path in read if path not in in_order} == {
        path: expected[path] for path in expected if path not in in_order
    }
    for path in in_order:
        accounts, same = (json.loads(each[path])["accounts"] for each in (expected, read))
        assert sorted(map(str, same)) == sorted(map(str, accounts))


def test_what_was_taken_on_is_the_same_bytes_again(machine: Machine, new: Callable[[], Double]) -> None:
    one, other = new(), new()
    walk = Walk(Random(4), machine)
    for _ in range(STEPS):
        walk.step([one])
    copied(one, other, Random(4))
    copied(other, one, Random(4))

    assert one.captures.of_server() == other.captures.of_server()
    for key in [*KEYS, *STRANGE]:
        assert one.captures.of_account(key)[HEAD:] == other.captures.of_account(key)[HEAD:], key


def test_a_server_that_is_captured_shows_what_another_does(
    machine: Machine, new: Callable[..., Double]
) -> None:
    one, other = new(journal=1_000), new(captured=False, journal=1_000)
    walk = Walk(Random(5), machine)

    for _ in range(STEPS):
        walk.step([one, other])

    assert one.reads() == other.reads()


def test_other_accounts_stay_as_they_are(new: Callable[[], Double]) -> None:
    one, other = new(), new()
    for key, calls in ((KEY, 2), (KEYS[1], 3)):
        for _ in range(calls):
            one.ask("POST", "/v3/companies/search-and-enrich", key, {"companies": [{"domain": "acme.com"}]})
            other.ask("GET", "/v3/account/usage", key)
    before = other.ask("GET", f"/_mock/journal?account={KEYS[1]}").json()

    other.captures.put_account(KEY, one.captures.of_account(KEY))

    assert other.ask("GET", f"/_mock/journal?account={KEYS[1]}").json() == before
    kept = other.ask("GET", f"/_mock/journal?account={KEY}").json()["exchanges"]
    assert [each["operation"] for each in kept] == ["searchAndEnrichCompanies"] * 2
    assert other.ask("GET", "/_mock/health").json()["exchanges"] == 5


def test_a_key_that_nobody_used_leaves_none_behind(new: Callable[[], Double]) -> None:
    one, other = new(), new()
    other.ask("GET", "/v3/account/usage", KEY)

    other.captures.put_account(KEY, one.captures.of_account(KEY))

    assert other.ask("GET", "/_mock/health").json()["accounts"] == 0
    assert 'status="200"' not in other.ask("GET", "/_mock/metrics").text


def test_exchanges_from_another_machine_are_as_long_ago_as_they_were(new: Callable[[], Double]) -> None:
    one, other = new(), new()
    one.ask("GET", "/v3/account/usage", KEY)
    content = one.captures.of_account(KEY)
    (lag,) = struct.unpack(">d", content[:HEAD])

    other.captures.put_account(KEY, struct.pack(">d", lag + 1_000) + content[HEAD:])

    (before,), (after,) = (list(double.app.state.journal.records(KEY)) for double in (one, other))
    assert after.started - before.started == pytest.approx(1_000, abs=60)
    assert after.answer == before.answer


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        bytes(HEAD) + b"no pickle",
        bytes(HEAD) + pickle.dumps([]),
        bytes(HEAD) + pickle.dumps({"account": None}),
        bytes(HEAD) + pickle.dumps(Trap()),
        bytes(HEAD) + pickle.dumps(Machine()),
        bytes(HEAD) + b"cbuiltins\neval\n(S'1'\ntR.",
    ],
)
def test_other_bytes_are_refused_and_change_nothing(
    content: bytes, new: Callable[[], Double], capsys: pytest.CaptureFixture[str]
) -> None:
    double = new()
    double.ask("GET", "/v3/account/usage", KEY)
    before = double.captures.of_server(), double.captures.of_account(KEY)[HEAD:]

    with pytest.raises(StoreError, match="begin with an empty store"):
        double.captures.put_account(KEY, content)
    with pytest.raises(StoreError, match="begin with an empty store"):
        double.captures.put_server(content[HEAD:])

    assert (double.captures.of_server(), double.captures.of_account(KEY)[HEAD:]) == before
    assert capsys.readouterr().out == ""


def test_a_part_of_a_capture_is_refused(new: Callable[[], Double]) -> None:
    double = new()
    double.ask("GET", "/v3/account/usage", KEY)
    content = double.captures.of_account(KEY)

    for size in range(0, len(content), 97):
        with pytest.raises(StoreError):
            double.captures.put_account(KEY, content[:size])


def test_a_scenario_of_a_file_that_is_another_one_there_is_refused(
    new: Callable[..., Double], tmp_path: Path
) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text("rules:\n  - respond: gdpr\n")
    one = new(scenarios=tmp_path)
    one.ask("PUT", f"/_mock/scenario?account={KEY}", body={"name": "ours"})
    file.write_text("rules:\n  - respond: server-error\n")
    other = new(scenarios=tmp_path)

    with pytest.raises(StoreError, match="the scenario ours is another one here"):
        other.captures.put_account(KEY, one.captures.of_account(KEY))


# Whatever is added to what a server keeps belongs to one of these.

PARTS: dict[str, tuple[set[str], set[str]]] = {
    "clock": ({"_start", "_offset", "_frozen"}, {"_source", "_moment"}),
    "accounts": (
        {"_with_profile", "_others", "_titles", "profiles", "scenario", "totals"},
        {
            "_settings",
            "_clock",
            "_unnamed",
            "_scenario_of",
            "_preset",
            "_initial",
            "on_planned",
            "on_idle",
            "_shipped",
            "_ranks",
            "number",
        },
    ),
    "journal": (
        {"_past", "_logs", "_count", "_bytes", "last_id"},
        {
            *("_ring_size", "_read", "_most", "interner", "watchers", "dropped", "sender", "arrivals"),
            *("seen", "awaited", "unused", "_counts_of_idle"),
        },
    ),
    "worlds": (
        {"shared"},
        {
            *("_settings", "_fast", "_pools", "_file_pins", "_pins", "_table_fixtures", "_reference"),
            *("_catalog", "_overlaid", "_of_files", "_of", "_view"),
        },
    ),
    "webhooks": (
        {"_taken", "_sent"},
        {
            *("_accounts", "_worlds", "_settings", "_silent", "_running", "shared", "_timers", "_tasks"),
            *("_loop", "deliverer", "_engine", "_runs"),
        },
    ),
    "library": (set(), {"_facts", "_files", "_own", "_read", "_by_file", "magic"}),
}
"""By part of a server: what is captured of it, and what is each process's own, or follows from the rest."""


def test_all_that_changes_is_captured(machine: Machine, new: Callable[[], Double]) -> None:
    double = new()
    walk = Walk(Random(6), machine)
    seen: set[str] = set()
    for _ in range(STEPS):
        walk.step([double])
        seen = seen.union(*map(vars, double.captures.context.accounts))

    assert seen - {"fingerprint"} == (CAPTURED | MADE_AGAIN) - {"fingerprint"}
    for name, (captured, own) in PARTS.items():
        there = set(vars(getattr(double.captures.context, name)))
        assert there <= captured | own, f"{name}: {there - captured - own} is neither captured nor left out"
        assert captured <= there

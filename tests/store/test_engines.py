"""What both engines do alike, against the real ones."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_lusha.errors import StoreError, StoreLostError, StoreRefusedError
from mock_lusha.store.engine import (
    MOST_BYTES,
    MOST_ENTRIES,
    SERVER,
    Appended,
    Snapshot,
    SnapshotPlace,
    Stored,
    StoreState,
)
from mock_lusha.store.opening import open_store

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from mock_lusha.store.opening import Store

A, B = b"a" * 16, b"\0\xff" * 8
TENANTS = (A, B)


async def _settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


@pytest.fixture
def run(runner: asyncio.Runner) -> Callable[[Any], Any]:
    """What a method of an engine answers, at once or later."""
    return lambda value: runner.run(_settled(value))


@pytest.fixture
def calls(url: str, connect: Callable[..., Store], runner: asyncio.Runner) -> Callable[..., Any]:
    """Calls a method of an engine over an empty store."""
    engine = connect(url).engine

    async def call(name: str, *values: Any, **options: Any) -> Any:
        return await _settled(getattr(engine, name)(*values, **options))

    return lambda name, *values, **options: runner.run(call(name, *values, **options))


class Model:
    """The rules of a store, as plainly as they can be written."""

    def __init__(self) -> None:
        self.entries: list[Stored] = []
        self.counts: dict[bytes, int] = {}
        self.snapshots: dict[bytes, Snapshot] = {}
        self.last = self.checkpoint = self.kept = 0
        self.lasts: dict[bytes, int] = {}

    @property
    def server(self) -> int:
        return self.counts.get(SERVER, 0)

    def _push(self, tenant: bytes, content: bytes) -> int:
        self.last += 1
        position = self.counts.get(tenant, 0) + 1
        self.entries.append(Stored(self.last, tenant, position, self.server, content))
        self.counts[tenant] = position
        return self.last

    def append(self, tenant: bytes, expected: int, server: int, content: bytes) -> Appended:
        fits = (expected, server) == (self.counts.get(tenant, 0), self.server)
        number = self._push(tenant, content) if fits else None
        return Appended(number, self.counts.get(tenant, 0), self.server)

    def append_server(self, last: int, content: bytes, *, clears: bool = False) -> Appended:
        number = None
        if last == self.last:
            if clears:
                self.entries, self.counts, self.snapshots = [], {SERVER: self.server}, {}
                self.checkpoint = 0
            number = self._push(SERVER, content)
        return Appended(number, self.server, self.server)

    def read(self, tenant: bytes, after: int) -> list[Stored]:
        return [entry for entry in self.entries if entry.tenant == tenant and entry.position > after]

    def read_all(self, after: int) -> list[Stored]:
        return [entry for entry in self.entries if entry.number > after]

    def state(self) -> StoreState:
        return StoreState(self.last, self.server, self.checkpoint, self.kept)

    def snapshot(self, tenant: bytes) -> Snapshot | None:
        return self.snapshots.get(tenant)

    def places(self, after: int) -> list[SnapshotPlace]:
        return [SnapshotPlace(t, s.position) for t, s in self.snapshots.items() if self.lasts[t] > after]

    def put_snapshot(self, tenant: bytes, snapshot: Snapshot) -> bool:
        kept = self.snapshots.get(tenant)
        fits = self.checkpoint == self.server == snapshot.server
        if not fits or (kept is not None and kept.position >= snapshot.position):
            return False
        self._keep(tenant, snapshot)
        return True

    def _keep(self, tenant: bytes, snapshot: Snapshot) -> None:
        self.snapshots[tenant], self.lasts[tenant] = snapshot, self.last
        self.entries = [e for e in self.entries if e.tenant != tenant or e.position > snapshot.position]
        self.kept += 1

    def put_checkpoint(self, last: int, snapshots: dict[bytes, Snapshot]) -> bool:
        server = snapshots[SERVER].server
        if server != self.server or self.checkpoint >= server:
            return False
        self.checkpoint, self.snapshots = server, {}
        for tenant, snapshot in snapshots.items():
            self._keep(tenant, snapshot)
        return True


SMALL = st.integers(0, 6)
EVERY = st.sampled_from((SERVER, *TENANTS))
CONTENT = st.binary(max_size=5)
STEPS = st.lists(
    st.one_of(
        # Mostly with the numbers that are right, which None stands for.
        st.tuples(st.just("append"), st.sampled_from(TENANTS), st.none() | SMALL, st.none() | SMALL, CONTENT),
        st.tuples(st.just("append_server"), st.none() | SMALL, CONTENT, st.booleans()),
        st.tuples(st.just("read"), EVERY, SMALL),
        st.tuples(st.just("read_all"), SMALL),
        st.tuples(st.just("snapshots"), SMALL),
        st.tuples(st.just("put_snapshot"), st.sampled_from(TENANTS), SMALL, st.none() | SMALL, CONTENT),
        st.tuples(st.just("put_checkpoint"), st.none() | SMALL, CONTENT),
    ),
    max_size=40,
)


@given(steps=STEPS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_an_engine_does_what_the_rules_say(calls: Callable[..., Any], steps: list[tuple[Any, ...]]) -> None:
    before = calls("state")
    calls("append_server", before.last, b"", clears=True)
    model = Model()
    model.last, model.counts[SERVER] = before.last, before.server
    model.kept = before.snapshots
    model.append_server(before.last, b"", clears=True)

    for name, *drawn in steps:
        values: list[Any] = drawn
        options: dict[str, Any] = {}
        if name == "append":
            tenant, expected, server, content = values
            right = (model.counts.get(tenant, 0), model.server)
            values = [tenant, right[0] if expected is None else expected, server or right[1], content]
        elif name == "append_server":
            options["clears"] = values.pop()
            values[0] = model.last if values[0] is None else values[0]
        elif name == "put_checkpoint":
            server = model.server if values[0] is None else values[0]
            values = [model.last, {t: Snapshot(c, server, values[1]) for t, c in model.counts.items()}]
        elif name == "put_snapshot":
            tenant, position, server, content = values
            values = [tenant, Snapshot(position, model.server if server is None else server, content)]
        elif name in {"read_all", "snapshots"}:
            values[0] += before.last
        if name == "snapshots":
            places = sorted(model.places(*values), key=lambda place: place.tenant)
            assert sorted(calls(name, *values), key=lambda place: place.tenant) == places
            continue

        assert calls(name, *values, **options) == getattr(model, name)(*values, **options), (name, values)
        assert calls("state") == model.state()
    for tenant in (SERVER, *TENANTS):
        assert calls("read", tenant, 0) == model.read(tenant, 0)
        assert calls("snapshot", tenant) == model.snapshot(tenant)


def test_one_read_is_bounded_by_entries_and_by_bytes(calls: Callable[..., Any]) -> None:
    for position in range(MOST_ENTRIES + 1):
        calls("append", A, position, 0, b"x")
    for position in range(2):
        calls("append", B, position, 0, bytes(MOST_BYTES))

    assert len(calls("read", A, 0)) == MOST_ENTRIES
    assert len(calls("read_all", 1)) == MOST_ENTRIES
    assert [entry.position for entry in calls("read", A, MOST_ENTRIES)] == [MOST_ENTRIES + 1]
    assert [entry.position for entry in calls("read", B, 0)] == [1]
    assert [entry.position for entry in calls("read", B, 1)] == [2]


def test_a_store_that_is_opened_again_has_all_that_it_had(url: str, connect: Any, run: Any) -> None:
    first = connect(url).engine
    run(first.append(A, 0, 0, b"one"))
    first.close()

    assert run(connect(url).engine.read(A, 0)) == [Stored(1, A, 1, 0, b"one")]


def test_what_needs_an_open_store_says_so(url: str, run: Any) -> None:
    engine = open_store(url, "a secret of the tests", {}).engine

    with pytest.raises(StoreError, match="not open"):
        run(engine.append(A, 0, 0, b""))


@pytest.mark.parametrize(
    ("secret", "facts", "message"),
    [
        ("another secret of the tests", {"seed": "a"}, "sealed with another secret"),
        ("a secret of the tests", {"seed": "b"}, "seed is a there and b here"),
        ("a secret of the tests", {}, "seed is a there and absent here"),
        ("a secret of the tests", {"seed": "a", "version": "2"}, "version is absent there and 2 here"),
    ],
)
def test_a_store_of_another_server_is_refused(
    url: str, connect: Any, secret: str, facts: dict[str, str], message: str
) -> None:
    connect(url, seed="a")

    with pytest.raises(StoreRefusedError, match=rf"{message}.*name another"):
        connect(url, secret, **facts)


WRITER = """
import asyncio, inspect, sys
from mock_lusha.store.opening import open_store

async def main(url, amount, tenants):
    engine = open_store(url, "a secret of the tests", {}).engine
    await engine.open()
    print("open", flush=True)
    sys.stdin.readline()
    for at in range(int(amount)):
        tenant = bytes([at % int(tenants)]) * 16
        position = 0
        while True:
            answer = engine.append(tenant, position, 0, b"content")
            answer = await answer if inspect.isawaitable(answer) else answer
            if answer.number is not None:
                break
            position = answer.position
        print(answer.number, answer.position, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def _writer(url: str, amount: int, tenants: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, str(amount), str(tenants)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _entries(run: Any, engine: Any) -> list[Stored]:
    entries: list[Stored] = []
    while page := run(engine.read_all(entries[-1].number if entries else 0)):
        entries += page
    return entries


@pytest.mark.parametrize("tenants", [1, 7])
def test_processes_that_append_at_once_lose_nothing(url: str, connect: Any, run: Any, tenants: int) -> None:
    writers = [_writer(url, 500, tenants) for _ in range(4)]
    for writer in writers:  # each has opened the store, which the first made
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    acknowledged = "".join(writer.communicate(timeout=60)[0] for writer in writers).split("\n")

    entries = _entries(run, connect(url).engine)
    assert [entry.number for entry in entries] == list(range(1, 2001))
    assert sorted(filter(None, acknowledged)) == sorted(f"{e.number} {e.position}" for e in entries)
    for tenant in range(tenants):
        positions = [entry.position for entry in entries if entry.tenant == bytes([tenant]) * 16]
        assert positions == list(range(1, len(positions) + 1))


def test_a_process_that_is_killed_leaves_a_good_store(url: str, connect: Any, run: Any) -> None:
    writer = _writer(url, 100_000, 3)
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()
    lines = [writer.stdout.readline() for _ in range(200)]
    writer.kill()
    rest = writer.stdout.read()
    writer.communicate()

    entries = _entries(run, connect(url).engine)
    acknowledged = len(lines) - 1 + rest.count("\n")
    assert len(entries) - acknowledged in {0, 1}
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert run(connect(url).engine.append(A, 0, 0, b"")).number == len(entries) + 1


def test_a_store_that_was_emptied_is_lost_until_it_is_opened_again(
    request: pytest.FixtureRequest, url: str, connect: Any, run: Any
) -> None:
    engine = connect(url).engine
    run(engine.append(A, 0, 0, b"one"))
    if url.startswith("redis"):
        request.getfixturevalue("shared_redis").command("FLUSHALL")
    else:
        engine.path.unlink()

    with pytest.raises(StoreLostError):
        run(engine.append(B, 0, 0, b""))
    with pytest.raises(StoreLostError):
        run(engine.state())
    run(engine.open())
    assert run(engine.append(A, 0, 0, b"")) == Appended(1, 1, 0)

"""How a server ends: ready no more, nobody new, what is under way answered, the rest cut as a connection."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from raw_http import Wire, running

from mock_lusha.app import create_app
from mock_lusha.config import Settings
from mock_lusha.lifecycle import Patience
from mock_lusha.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, MutableMapping
    from pathlib import Path

    from raw_http import Running

HEAD = b"Host: localhost\r\napi_key: k\r\n\r\n"
LONG = 600.0
"""Seconds that no test waits for."""


class Held:
    """An application whose answers to ``/held`` wait until it is let go; it notes who went away."""

    def __init__(self) -> None:
        self.readiness = Readiness()
        self.held = threading.Event()
        self.gone = threading.Event()
        self._go = asyncio.Event()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == "/held":
            self.held.set()
            await receive()
            leaving = asyncio.ensure_future(receive())
            going = asyncio.ensure_future(self._go.wait())
            await asyncio.wait([leaving, going], return_when=asyncio.FIRST_COMPLETED)
            if not self._go.is_set():
                self.gone.set()
                return
            leaving.cancel()
        body = self.readiness.state.encode()
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", b"%d" % len(body))],
            }
        )
        await send({"type": "http.response.body", "body": body})

    def let_go(self, found: Running) -> None:
        found.server.loop.call_soon_threadsafe(self._go.set)


def signalled(found: Running) -> None:
    """A signal came, and was heard."""
    heard = threading.Event()

    def hear() -> None:
        found.server.handle_exit(signal.SIGTERM, None)
        heard.set()

    found.server.loop.call_soon_threadsafe(hear)
    assert heard.wait(20)


def asked(wire: Wire, path: str = "/") -> None:
    wire.send(b"GET " + path.encode() + b" HTTP/1.1\r\n" + HEAD)


def test_while_it_drains_it_serves_on_but_is_not_ready_and_keeps_no_connection() -> None:
    app = Held()
    patience = Patience(drain_delay=LONG, grace=LONG)
    with running(app, readiness=app.readiness, patience=patience) as found:
        with Wire(found.port) as kept, Wire(found.port) as held:
            asked(kept)
            first = kept.answer()
            assert first is not None
            assert (first.body, first.headers.get("connection")) == (b"ready", None)
            asked(held, "/held")
            assert app.held.wait(20)

            signalled(found)
            app.let_go(found)
            with Wire(found.port) as new:
                for wire in (held, kept, new):
                    if wire is not held:
                        asked(wire)
                    answer = wire.answer()
                    assert answer is not None
                    assert (answer.status, answer.body) == (200, b"draining")
                    assert answer.headers["connection"] == "close"
                    assert wire.answer() is None
        signalled(found)  # or the listener stays open
        found.thread.join(20)
        assert not found.thread.is_alive()


def test_then_nobody_new_is_let_in_and_what_is_under_way_is_answered() -> None:
    app = Held()
    with (
        running(app, readiness=app.readiness, patience=Patience(grace=LONG)) as found,
        Wire(found.port) as held,
    ):
        asked(held, "/held")
        assert app.held.wait(20)
        with Wire(found.port) as idle:
            signalled(found)
            assert idle.answer() is None
        with pytest.raises(ConnectionError):
            Wire(found.port)
        app.let_go(found)
        answer = held.answer()
        found.thread.join(20)

        assert answer is not None
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert not found.thread.is_alive()


def test_a_call_that_waits_in_the_kernel_while_the_listener_closes_is_answered() -> None:
    app = Held()
    with running(app, readiness=app.readiness) as found:
        wires: list[Wire] = []
        (listener,) = found.server.servers

        def close_while_calls_come() -> None:
            # The loop is here: it cannot take what comes now before it has closed its listener.
            wires.extend(Wire(found.port) for _ in range(5))
            for wire in wires:
                asked(wire)
            listener.close()

        found.server.servers[0] = Mock(wraps=listener, close=close_while_calls_come)
        signalled(found)
        found.thread.join(20)

        answers = []
        for wire in wires:
            with wire:
                answers.append(wire.answer())

    assert [answer and answer.status for answer in answers] == [200] * 5


@pytest.mark.parametrize(("grace", "signals"), [(0.0, 1), (LONG, 2)], ids=["no grace", "a second signal"])
def test_what_is_left_is_cut_as_a_connection(grace: float, signals: int) -> None:
    app = Held()
    with (
        running(app, readiness=app.readiness, patience=Patience(grace=grace)) as found,
        Wire(found.port) as held,
    ):
        asked(held, "/held")
        assert app.held.wait(20)
        for _ in range(signals):
            signalled(found)
        try:
            answer = held.answer()
        except ConnectionResetError:
            answer = None
        found.thread.join(20)

        assert answer is None
        assert app.gone.is_set()
        assert not found.thread.is_alive()


def test_a_head_that_has_begun_is_under_way_too() -> None:
    app = Held()
    with (
        running(app, readiness=app.readiness, patience=Patience(grace=LONG)) as found,
        Wire(found.port) as wire,
    ):
        asked(wire)
        assert wire.answer() is not None
        wire.send(b"GET / HT")
        with Wire(found.port) as other:
            for _ in range(3):  # then what was sent before is read
                asked(other)
                assert other.answer() is not None
            signalled(found)
            assert other.answer() is None
        wire.send(b"TP/1.1\r\n" + HEAD)
        answer = wire.answer()
        found.thread.join(20)

        assert answer is not None
        assert (answer.status, answer.headers["connection"]) == (200, "close")


def test_a_call_that_a_scenario_delays_is_answered(tmp_path: Path) -> None:
    scenario = tmp_path / "slow.yaml"
    scenario.write_text(
        "name: slow\ndescription: waits\nrules: [{respond: {delay: 0.3}}]\n", encoding="utf-8"
    )
    app = create_app(Settings(scenario=str(scenario)))
    with running(app, readiness=app.state.readiness, patience=Patience(grace=LONG)) as found:
        with Wire(found.port) as wire:
            asked(wire, "/v2/company?domain=acme.com")
            while not found.server.server_state.tasks:
                assert found.thread.is_alive()
            signalled(found)
            answer = wire.answer()
        found.thread.join(20)

        assert answer is not None
        assert answer.status == 200
        assert answer.headers["connection"] == "close"
        assert not found.thread.is_alive()


def test_ready_says_503_and_why_while_it_warms_up_and_while_it_drains() -> None:
    app = create_app(Settings())
    warmed, ready = threading.Event(), threading.Event()

    async def warm() -> AsyncIterator[None]:
        while not warmed.is_set():
            await asyncio.sleep(0)
            yield

    def told(wire: Wire) -> tuple[int, str]:
        asked(wire, "/_mock/ready")
        answer = wire.answer()
        assert answer is not None
        assert "date" in answer.headers
        return answer.status, answer.told["status"]

    options = {"readiness": app.state.readiness, "patience": Patience(drain_delay=LONG)}
    with running(app, warm=warm, on_ready=ready.set, **options) as found, Wire(found.port) as wire:
        assert told(wire) == (503, "warming")
        assert not ready.is_set()
        warmed.set()
        assert ready.wait(20)
        assert told(wire) == (200, "ready")
        signalled(found)
        assert told(wire) == (503, "draining")
        signalled(found)


def test_a_signal_while_it_warms_up_ends_it() -> None:
    app = create_app(Settings())
    ready = threading.Event()

    async def warm() -> AsyncIterator[None]:
        while True:
            await asyncio.sleep(0)
            yield

    with running(app, warm=warm, on_ready=ready.set, readiness=app.state.readiness) as found:
        signalled(found)
        found.thread.join(20)

        assert not found.thread.is_alive()
        assert not ready.is_set()

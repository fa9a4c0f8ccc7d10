"""What a handler of signals raises reaches the test as it is, and leaves the double whole."""

from __future__ import annotations

import queue
import signal
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest

from mock_lusha import MockLusha
from mock_lusha.client.interrupts import is_of_handler, may_interrupt
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="signals are of POSIX")
COMPANY = "/v2/company?domain=acme.com"


class TooSlowError(Exception):
    """What a suite of somebody's raises where a test takes too long."""


RAISED: list[type[BaseException]] = [TooSlowError, TimeoutError, RuntimeError, queue.Empty]


@pytest.fixture
def raising() -> Iterator[Callable[[type[BaseException]], None]]:
    """Installs a handler that raises."""
    before = signal.getsignal(signal.SIGUSR1)

    def install(kind: type[BaseException]) -> None:
        def handler(number: int, frame: Any) -> None:
            raise kind("from a handler")

        signal.signal(signal.SIGUSR1, handler)

    yield install
    signal.signal(signal.SIGUSR1, before)


@pytest.fixture(scope="module")
def double() -> Iterator[MockServer]:
    """A server that the tests of this module share."""
    with MockServer(Settings(port=0, people=0, companies=1, limits="headers")) as running:
        yield running


def interrupted(step: int, call: Callable[[], object]) -> bool:
    """Whether ``call`` came to that step, where a signal arrived, and raised what its handler did."""
    seen = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal seen
        # Other libraries take locks in ways that a handler leaves them held: http.cookiejar, for one.
        if not frame.f_globals.get("__name__", "").startswith("mock_lusha."):
            return
        # No signal is handled between the end of a block and the end of its lock; a profiler is told of it.
        if event == "c_call" and argument.__name__ == "__exit__":
            return
        seen += 1
        if seen == step:
            sys.setprofile(None)
            signal.raise_signal(signal.SIGUSR1)

    sys.setprofile(count)
    try:
        call()
    except BaseException as error:
        if "from a handler" not in str(error) or not is_of_handler(error):
            raise
        return True
    finally:
        sys.setprofile(None)
    return False


def in_another_thread(call: Callable[[], object]) -> object:
    """What it gives there, where a lock that was left would be waited for."""
    found: queue.SimpleQueue[object] = queue.SimpleQueue()
    threading.Thread(target=lambda: found.put(call()), daemon=True).start()
    return found.get(timeout=10)


def by_orders(lusha: MockLusha) -> object:
    return lusha.control.accounts()


def by_client(lusha: MockLusha) -> object:
    return lusha.client.get(COMPANY).status_code


def by_interception(lib: Any, lusha: MockLusha) -> object:
    url, key = "https://api.lusha.com" + COMPANY, {"api_key": "any"}
    with lusha.intercept():  # certificates take long to load, and are not looked at
        return lib.get(url, headers=key, verify=False, trust_env=False).status_code


CALLS: dict[str, Callable[[MockLusha], object]] = {
    "orders": by_orders,
    "a client in process": by_client,
    "httpx, intercepted": partial(by_interception, httpx),
    "httpx2, intercepted": partial(by_interception, httpx2),
}


@pytest.mark.parametrize("kind", RAISED)
@pytest.mark.parametrize("name", CALLS)
def test_it_is_raised_wherever_it_comes_and_the_double_goes_on(
    name: str,
    kind: type[BaseException],
    double: MockServer,
    raising: Callable[[type[BaseException]], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    call = CALLS[name]
    with MockLusha(
        server=double, api_key=f"{name}-{kind.__name__}".replace(" ", ""), in_process=True
    ) as lusha:
        call(lusha)  # what is imported and made once
        raising(kind)
        step = 1
        while interrupted(step, lambda: call(lusha)):
            step += 7 if "intercepted" in name else 3
        assert step > 1

        assert lusha.ledger.spent in {0, 1}
        assert in_another_thread(lambda: by_orders(lusha)) is not None
        assert in_another_thread(lambda: by_client(lusha)) == 200
        assert in_another_thread(lambda: call(lusha)) is not None

    # Nothing went wrong in the double, which would be logged.
    assert [record for record in caplog.records if record.name.startswith("mock_lusha")] == []


def test_an_order_is_carried_out_whole_or_not_at_all(
    double: MockServer, raising: Callable[[type[BaseException]], None]
) -> None:
    raising(TooSlowError)
    with MockLusha(server=double, api_key="whole-or-not") as lusha:
        step, credits_ = 1, 0
        while interrupted(step, partial(lusha.credits, step)):
            before, credits_ = credits_, lusha.control.accounts()["credits"]["remaining"]
            assert credits_ in {before, step} or step == 1
            step += 3


@pytest.mark.parametrize("at", [1, 2], ids=["until the thread runs", "until it serves"])
def test_a_start_that_is_interrupted_leaves_no_server(
    at: int, monkeypatch: pytest.MonkeyPatch, raising: Callable[[type[BaseException]], None]
) -> None:
    raising(TooSlowError)
    server = MockServer(Settings(port=0, people=0, companies=1))
    wait = threading.Event.wait
    done = []

    def interrupted_wait(self: threading.Event, timeout: float | None = None) -> bool:
        found = wait(self, timeout)
        if threading.current_thread() is threading.main_thread():
            done.append(True)
            if len(done) != at:
                return found
            signal.raise_signal(signal.SIGUSR1)
        return found

    monkeypatch.setattr(threading.Event, "wait", interrupted_wait)
    before = threading.active_count()

    with pytest.raises(TooSlowError):
        server.start()

    assert threading.active_count() == before
    with server:
        assert httpx.get(server.url + "/_mock/ready", trust_env=False).status_code == 200


class Handler:
    """A handler that is an object."""

    def __call__(self, number: int, frame: Any) -> None:
        raise TooSlowError("from an object")

    def method(self, number: int, frame: Any) -> None:
        raise TooSlowError("from a method")


def plain(number: int, frame: Any, text: str = "") -> None:
    fail(text)


def fail(text: str) -> None:
    raise TooSlowError(text)


@pytest.mark.parametrize(
    "handler",
    [plain, Handler(), Handler().method, partial(plain, text="x"), lambda number, frame: fail("x")],
    ids=["function", "object", "method", "partial", "lambda"],
)
def test_what_a_handler_raises_is_known(handler: Any) -> None:
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with pytest.raises(TooSlowError) as caught:
            signal.raise_signal(signal.SIGUSR1)
        assert may_interrupt()
        assert in_another_thread(may_interrupt) is False
        assert is_of_handler(caught.value)
        with pytest.raises(TooSlowError) as other:
            raise TooSlowError
        assert not is_of_handler(other.value)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_without_a_handler_nothing_may_interrupt() -> None:
    # Coverage, for one, has a handler of its own for SIGTERM.
    installed = {
        each: handler
        for each in signal.valid_signals()
        if callable(handler := signal.getsignal(each)) and handler is not signal.default_int_handler
    }
    try:
        for each in installed:
            signal.signal(each, signal.SIG_DFL)
        assert not may_interrupt()
    finally:
        for each, handler in installed.items():
            signal.signal(each, handler)

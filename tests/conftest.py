from __future__ import annotations

import logging
import os
import sys
import threading
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from deployment import Deployment, add_options, apps_of
from support import AnswerCheck, CheckedClient

from mock_lusha.clock import Clock
from mock_lusha.config import Settings, data_folder
from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import Registry
from mock_lusha.server import MockServer
from mock_lusha.world.pools import Pools
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployment import NewApp

# The same examples in every run: what fails here fails everywhere, and no slow machine fails by itself.
hypothesis.settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    max_examples=25,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
# Many more, and others each time: `pytest --hypothesis-profile=thorough`.
hypothesis.settings.register_profile(
    "thorough", deadline=None, max_examples=500, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")

# Tests start many processes; what one of them compiled is there for the next.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 31)


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about one process, or about one like this, where others are called."""
    left_out = {
        "one_process": config.getoption("--replicas") or config.getoption("--workers"),
        "in_process": config.getoption("--workers"),
    }
    for item in items:
        for name in (name for name, is_left_out in left_out.items() if is_left_out):
            mark = item.get_closest_marker(name)
            if mark is not None:
                item.add_marker(pytest.mark.skip(f"{name}: {mark.args[0]}"))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no setting of the machine reaches a test, nor whether it is one of CI."""
    for name in list(os.environ):
        if name == "CI" or name.startswith("MOCK_LUSHA_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """A command that a test runs in this process sets up logging, which is not left to the next test."""
    logger = logging.getLogger("mock_lusha")
    level, handlers, propagate = logger.level, list(logger.handlers), logger.propagate
    yield
    logger.setLevel(level)
    logger.handlers[:] = handlers
    logger.propagate = propagate


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads that take over from one another all the time.

    They are not measured: CPython raises where two threads install a trace function at once.
    """
    interval, trace = sys.getswitchinterval(), threading.gettrace()
    threading.settrace(None)
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
    threading.settrace(trace)


@pytest.fixture(scope="session")
def now() -> datetime:
    """When it is in tests."""
    return NOW


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract.load()


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture(scope="session")
def answer_check() -> AnswerCheck:
    return AnswerCheck(Registry.load())


@pytest.fixture(scope="session")
def pools() -> Pools:
    return Pools.load(data_folder("fixtures") / "reference")


@pytest.fixture(scope="session")
def world(pools: Pools) -> World:
    """The default world on a fixed day, without pinned entities."""
    return World("lusha", TODAY, pools)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at NOW until a test advances it."""
    return Clock(source=NOW.timestamp)


@pytest.fixture(scope="session")
def deployment(request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """What is called, as the options say."""
    deployment = Deployment(request.config)
    yield deployment
    deployment.end()


@pytest.fixture
def new_app(deployment: Deployment) -> Iterator[NewApp]:
    """Makes applications that end with the test: ``new_app(clock, plan="free")``; what has a name is a
    setting."""
    yield from apps_of(deployment)


@pytest.fixture(scope="module")
def new_module_app(deployment: Deployment) -> Iterator[NewApp]:
    """The same, that end with the tests of a module."""
    yield from apps_of(deployment)


@pytest.fixture(scope="session")
def new_session_app(deployment: Deployment) -> Iterator[NewApp]:
    """The same, that end with all tests."""
    yield from apps_of(deployment)


@pytest.fixture
def make_client(
    answer_check: AnswerCheck, clock: Clock, new_app: NewApp, request: pytest.FixtureRequest
) -> Callable[..., CheckedClient]:
    """A client of an app of its own: ``make_client(key="free", dialect="documented")``.

    Every answer is validated against the contract. Keyword arguments but ``key`` are settings.
    """

    def make(key: str | None = "test-key-0123456789", **settings: Any) -> CheckedClient:
        client = CheckedClient(new_app(clock, **settings), answer_check, key)
        request.addfinalizer(client.close)
        return client

    return make


@pytest.fixture
def client(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    """A client with the default settings."""
    return make_client()


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    """A real server on a real socket, with wide limits; use a key of your own in each test."""
    with MockServer(Settings(port=0, limits="headers")) as running:
        yield running


@pytest.fixture
def answers() -> Iterator[Callable[[int, bytes], str]]:
    """Makes a server that is none of ours, and gives every GET one answer: its URL."""
    running: list[ThreadingHTTPServer] = []

    def serve(status: int, content: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def lines(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """The lines of the request log, as they are written."""
    if request.config.getoption("--workers"):
        pytest.skip("in_process: the log is that of other processes")
    written: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(record.getMessage())

    logger = logging.getLogger("mock_lusha.requests")
    handler, level = Keep(), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield written
    logger.removeHandler(handler)
    logger.setLevel(level)

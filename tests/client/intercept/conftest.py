from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from client.intercept.ways import (
    KEYS,
    LOCAL,
    WAYS,
    Way,
)

from mock_lusha import MockLusha
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts that were looked up or connected to; none but this machine can be."""
    hosts: list[str] = []
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        hosts.append(address[0])
        if address[0] not in LOCAL:
            raise ConnectionRefusedError(f"{address[0]} is not this machine")
        connect(self, address)

    def looking_up(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        hosts.append(name)
        if name not in LOCAL:
            raise socket.gaierror(socket.EAI_NONAME, f"{name} is not this machine")
        return getaddrinfo(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    return hosts


@pytest.fixture(scope="module")
def double() -> Iterator[MockServer]:
    """A server that the tests of this module share, each with a key of its own."""
    with MockServer(Settings(port=0, people=0, companies=1, limits="headers")) as running:
        yield running


@pytest.fixture
def handle(double: MockServer) -> Iterator[Callable[..., MockLusha]]:
    """Makes a started handle of the shared server with a key of its own, ended after the test."""
    made: list[MockLusha] = []

    def make(**options: Any) -> MockLusha:
        made.append(MockLusha(server=double, api_key=next(KEYS), **options).start())
        return made[-1]

    yield make
    for each in reversed(made):
        each.stop()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    """Each way to call, one after the other."""
    return WAYS[request.param]


@pytest.fixture
def lusha(handle: Callable[..., MockLusha], way: Way) -> MockLusha:
    """A handle that intercepts, for calls in that way."""
    made = handle(in_process=way.in_process)
    made.intercept()
    return made


@pytest.fixture
def socketed(handle: Callable[..., MockLusha]) -> MockLusha:
    """A handle that does not intercept yet."""
    return handle()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of a server that is none of ours, and gives every request back."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got = {"path": self.path, "host": self.headers["host"], "key": self.headers["api_key"]}
            content = json.dumps(got).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()

"""Receivers of webhooks for the tests, and the state of an account that no answer lets them set."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from mock_lusha.http.guards.auth import AuthGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.applications import Starlette

    from mock_lusha.state.accounts import Account


CLOSE = object()
"""What a receiver does before it answers, to close the connection in place of that."""


class Receiver:
    """A receiver on a socket of this machine, which answers every request with ``status`` and keeps them."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}/hooks?from=lusha"
        self.status = 201
        self.body = b""
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.then: Callable[[], object] = lambda: None
        """What it does before it answers."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.requests.append((dict(self.headers), body))
            if receiver.then() is CLOSE:
                return
            self.send_response(receiver.status)
            self.send_header("location", "http://127.0.0.1:9/elsewhere")
            self.send_header("content-length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def account_of(app: Starlette, key: str) -> Account:
    """An account as the application has it."""
    router: Any = app.router
    route, _ = router.table.find("GET", "/api/subscriptions")
    return next(step for step in route.app.steps if isinstance(step, AuthGuard)).accounts.get(key)

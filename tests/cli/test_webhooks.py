"""The commands ``webhooks …``: the exam of a receiver, and the way of deliveries to one."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from click.testing import CliRunner
from client.webhooks.receivers import SECRET, Hook, Unverified, wsgi

from mock_lusha.cli.main import main
from mock_lusha.client.webhook_listener import Forwarder, WaitingDeliveries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

NOBODY = "http://127.0.0.1:9"


def run(*args: str, **environ: str) -> Result:
    return CliRunner().invoke(main, ["webhooks", *args], env=environ, prog_name="mock-lusha")


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The URL of a WSGI application on a socket."""
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


# The exam


def test_a_good_receiver_passes_and_a_bad_one_fails_with_the_table() -> None:
    with serving(wsgi(Hook())) as url:
        good = run("exam", url, "--secret-env", "OURS", "--path", "/hooks", "--opt-out", OURS=SECRET)
    with serving(wsgi(Unverified())) as url:
        bad = run("exam", url, "--secret-env", "OURS", OURS=SECRET)

    assert good.exit_code == 0, good.output
    assert f"exam of {url.rpartition(':')[0]}:" in good.stdout
    assert "/hooks: 17 passed, 2 skipped, 1 to note" in good.stdout
    assert bad.exit_code == 1
    assert "8 failed" in bad.stdout
    assert "FAIL     no signature " in bad.stdout
    assert SECRET not in good.output + bad.output


def test_programs_get_json_and_secrets_come_from_files(tmp_path: Path) -> None:
    file, old = tmp_path / "secret", tmp_path / "old"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    old.write_text("whsec_before", encoding="utf-8")
    with serving(wsgi(Hook())) as url:
        done = run(
            "exam", url, "--secret-file", str(file), "--old-secret-file", str(old), "--tolerance", "300",
            "--format", "json",
        )  # fmt: skip

    shown = json.loads(done.stdout)
    assert (done.exit_code, shown["passed"], shown["target"]) == (1, False, url)
    verdicts = {check["name"]: check["verdict"] for check in shown["checks"]}
    assert verdicts["old-secret"] == "pass"
    assert [name for name, verdict in verdicts.items() if verdict == "fail"] == ["old-timestamp"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([NOBODY], "the secret is needed: --secret-env NAME or --secret-file FILE"),
        ([NOBODY, "--secret-env", "OURS"], "--secret-env: the variable OURS is not set"),
        ([NOBODY, "--secret-file", "nowhere.txt"], "nowhere.txt: No such file or directory"),
        ([NOBODY, "--secret", SECRET, "--secret-env", "A"], "is enough"),
        ([NOBODY, "--secret", SECRET], "takes no deliveries: cannot be reached"),
        ([NOBODY, "--secret", "Kq3mWz7T"], "it begins with whsec_"),
        (["http://192.0.2.7/", "--secret", SECRET], "--webhook-allow 192.0.2.7 allows it"),
        (["ours.example", "--secret", SECRET], "takes an http or https URL with a host"),
        ([NOBODY, "--secret", SECRET, "--limit", "0"], "--limit"),
    ],
)
def test_what_cannot_be_examined_is_another_failure_than_a_bad_receiver(
    args: list[str], message: str
) -> None:
    done = run("exam", *args)

    assert done.exit_code == 2
    assert message in done.stderr
    assert "Kq3m" not in done.output


# Forwarding


class Waiting:
    """A server whose deliveries wait: what it hands out, and what it is told of each."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str | None]] = []
        self.refusal: int | None = None

    def add(self, delivery: str, body: str) -> None:
        headers = {"Content-Type": "application/json", "X-Lusha-Timestamp": "1", "X-Lusha-Signature": "ab"}
        url = "https://ours.example/hooks"
        self.requests.append(
            {"delivery": delivery, "method": "POST", "url": url, "headers": headers, "body": body}
        )

    def answer(self, method: str, path: str, body: Any) -> dict[str, Any]:
        if (method, path) == ("GET", "/_mock/webhooks/deliveries?account=ours&state=waiting"):
            return {"deliveries": [{"id": request["delivery"]} for request in self.requests]}
        if (method, path) == ("POST", "/_mock/webhooks/take?account=ours"):
            return {"request": self.requests.pop(0) if self.requests else None}
        assert (method, path) == ("POST", "/_mock/webhooks/answered?account=ours")
        self.answers.append(body)
        return {}


@pytest.fixture
def waiting() -> Iterator[tuple[Waiting, str]]:
    """Such a server, and its URL."""
    state = Waiting()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            state.calls.append((self.path, self.headers.get("x-mock-lusha-token")))
            status, body = 200, b""
            if state.refusal is None:
                body = json.dumps(
                    state.answer(self.command, self.path, json.loads(content or "null"))
                ).encode()
            else:
                status, body = state.refusal, b'{"message":"a token is needed"}'
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815 - names of the library

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield state, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _receiver(seen: list[tuple[str, str, bytes]]) -> Callable[..., list[bytes]]:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        seen.append((environ["PATH_INFO"], environ["HTTP_X_LUSHA_SIGNATURE"], body))
        start_response("500 Internal Server Error" if b"bad" in body else "201 Created", [])
        return [b""]

    return app


def test_what_waits_is_forwarded_in_order_and_answered(waiting: tuple[Waiting, str]) -> None:
    state, url = waiting
    state.add("d1", '{"name":"Zoë"}')
    state.add("d2", '{"bad":1}')
    seen: list[tuple[str, str, bytes]] = []

    with serving(_receiver(seen)) as target:
        done = run(
            "listen", "--forward-to", f"{target}/in", "--account", "ours", "--url", url, "--once",
            MOCK_LUSHA_CONTROL_TOKEN="t0ken",
        )  # fmt: skip

    assert done.exit_code == 0, done.output
    assert seen == [("/in", "ab", '{"name":"Zoë"}'.encode()), ("/in", "ab", b'{"bad":1}')]
    assert state.answers == [
        {"delivery": "d1", "status": 201, "error": None},
        {"delivery": "d2", "status": 500, "error": None},
    ]
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["d1", "201"], ["d2", "500"]]
    assert {token for _, token in state.calls} == {"t0ken"}


def test_a_receiver_that_is_away_is_an_answer_without_a_status(waiting: tuple[Waiting, str]) -> None:
    state, url = waiting
    state.add("d1", "{}")

    done = run("listen", "--forward-to", NOBODY, "--account", "ours", "--url", url, "--once")

    (answer,) = state.answers
    assert done.exit_code == 0
    assert (answer["status"], answer["error"].partition(":")[0]) == (None, "cannot be reached")
    assert "d1  no answer: cannot be reached" in done.stdout


def test_it_goes_on_until_it_is_interrupted(
    waiting: tuple[Waiting, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, url = waiting
    rounds = iter(["d1", "d2"])

    def sleep(_: float) -> None:
        name = next(rounds, None)
        if name is None:
            raise KeyboardInterrupt
        state.add(name, "{}")

    monkeypatch.setattr("mock_lusha.cli.webhooks.time.sleep", sleep)
    with serving(_receiver([])) as target:
        done = run("listen", "--forward-to", target, "--account", "ours", "--url", url)

    assert done.exit_code == 0
    assert [answer["delivery"] for answer in state.answers] == ["d1", "d2"]
    assert f"forwarding deliveries of {url} to {target}" in done.stderr


def test_a_server_that_is_away_for_a_while_is_waited_for(
    waiting: tuple[Waiting, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, url = waiting
    rounds = iter(range(3))

    def sleep(_: float) -> None:
        if next(rounds, None) is None:
            raise KeyboardInterrupt
        monkeypatch.setattr(WaitingDeliveries, "are_there", WaitingDeliveries(NOBODY, "ours").are_there)

    monkeypatch.setattr("mock_lusha.cli.webhooks.time.sleep", sleep)
    done = run("listen", "--forward-to", NOBODY, "--account", "ours", "--url", url)

    assert done.exit_code == 0
    assert done.stderr.count("trying again") == 1


@pytest.mark.parametrize("refusal", [None, 401])
def test_a_server_that_is_not_there_or_refuses_ends_it(
    waiting: tuple[Waiting, str], refusal: int | None
) -> None:
    state, url = waiting
    state.refusal = refusal
    address = NOBODY if refusal is None else url

    done = run("listen", "--forward-to", NOBODY, "--account", "ours", "--url", address)

    assert done.exit_code == 1
    assert ("cannot be asked" if refusal is None else "a token is needed") in done.stderr


def test_a_delivery_that_was_taken_is_given_back_when_it_is_interrupted(waiting: tuple[Waiting, str]) -> None:
    state, url = waiting
    state.add("d1", "{}")

    class Interrupted:
        def deliver(self, url: str, headers: Any, body: bytes) -> Any:
            raise KeyboardInterrupt

    deliveries = WaitingDeliveries(url, "ours")
    with deliveries, pytest.raises(KeyboardInterrupt):
        Forwarder(deliveries, Interrupted(), NOBODY, print).forward()

    (answer,) = state.answers
    assert (answer["delivery"], answer["status"]) == ("d1", None)
    assert "stopped in the middle" in answer["error"]

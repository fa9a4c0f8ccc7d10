"""What a receiver is: an address, an application of either kind, a function; and what is none."""

from __future__ import annotations

import asyncio
import contextvars
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from client.webhooks.receivers import Hook, asgi, wsgi
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mock_lusha.client.receivers import OwnedReceiver, ReceiverAnswer, deliver_async, receiver_of
from mock_lusha.errors import ConfigError

if TYPE_CHECKING:
    from starlette.requests import Request

URL = "https://ours.example/hooks/lusha?team=red%20one"
HEADERS = {"Content-Type": "application/json", "X-Lusha-Signature": "ab"}
WHO = contextvars.ContextVar("WHO", default="nobody")


def delivered(target: object, **options: Any) -> ReceiverAnswer:
    receiver = receiver_of(target, **options)
    assert isinstance(receiver, OwnedReceiver)
    with receiver:
        return receiver.deliver(URL, HEADERS, b'{"id":"1"}')


async def _echo(request: Request) -> PlainTextResponse:
    body = (await request.body()).decode()
    sent = f"{request.method} {request.url} {request.headers['x-lusha-signature']} {body} {WHO.get()}"
    return PlainTextResponse(sent, 202)


ECHO = Starlette(routes=[Route("/hooks/lusha", _echo, methods=["POST"])])


class FlaskLike:
    """Its class says what it is, whatever it is called with."""

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("207 Multi-Status", [])
        return [environ["wsgi.input"].read()]

    def __call__(self, *arguments: Any) -> Any:
        return self.wsgi_app(*arguments)


async def _asynchronous(method: str, url: str, headers: dict[str, str], body: bytes) -> int:
    await asyncio.sleep(0)
    return 204


def _failing(*_: Any) -> Any:
    raise LookupError("no database")


@pytest.mark.parametrize(
    ("target", "status", "body"),
    [
        (FlaskLike(), 207, b'{"id":"1"}'),
        (wsgi(Hook()), 401, b'{"received":true}'),
        (partial(lambda tag, method, url, headers, body: (200, tag), "x"), 200, b"x"),
        (lambda method, url, headers, body: 503, 503, b""),
        (lambda method, url, headers, body: (200, body), 200, b'{"id":"1"}'),
        (
            lambda *_, **__: SimpleNamespace(status_code=299, content=b"of a test client"),
            299,
            b"of a test client",
        ),
        (_asynchronous, 204, b""),
    ],
)
def test_each_kind_of_receiver_answers(target: Any, status: int, body: bytes) -> None:
    is_open = getattr(target, "__name__", "") == "<lambda>" and target.__code__.co_flags & 4
    answer = delivered(target, **({"kind": "callable"} if is_open else {}))

    assert (answer.status, answer.body, answer.error) == (status, body, None)
    assert 0 <= answer.seconds < 5


def test_an_asgi_application_sees_the_request_and_the_context_of_the_caller() -> None:
    WHO.set("me")

    answer = delivered(ECHO)

    assert answer.status == 202
    assert answer.body.decode() == f'POST {URL} ab {{"id":"1"}} me'


def test_it_answers_before_its_background_tasks_are_over_and_they_are_waited_for() -> None:
    done: list[str] = []
    gate = asyncio.Event()

    async def work() -> None:
        gate.set()
        await asyncio.sleep(0)
        done.append("worked")

    async def receive(request: Request) -> PlainTextResponse:
        return PlainTextResponse("", background=BackgroundTask(work))

    answer = delivered(Starlette(routes=[Route("/hooks/lusha", receive, methods=["POST"])]))

    assert answer.status == 200
    assert done == ["worked"]


@pytest.mark.parametrize(("target", "kind"), [(_failing, "callable"), (_failing, "wsgi"), (_failing, "asgi")])
def test_one_that_raises_is_a_server_that_answers_500(target: Any, kind: Any) -> None:
    answer = delivered(target, kind=kind)

    assert (answer.status, answer.error) == (500, "it raised LookupError('no database')")


def test_an_application_that_ends_without_an_answer_answers_500() -> None:
    async def silent(scope: Any, receive: Any, send: Any) -> None:
        return

    answer = delivered(silent)

    assert (answer.status, answer.error) == (500, "it ended without an answer")


@pytest.mark.parametrize("hangs", ["asgi", "callable"])
def test_one_that_hangs_is_given_up(hangs: str) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    async def function(method: Any, url: Any, headers: Any, body: Any) -> int:
        await asyncio.Event().wait()
        return 200

    answer = delivered(application if hangs == "asgi" else function, timeout=0.02)

    assert (answer.status, answer.error) == (None, "no answer within 0.02 s")


def test_all_of_them_work_from_a_running_loop() -> None:
    async def statuses() -> list[int | None]:
        targets = [ECHO, wsgi(Hook()), _asynchronous, lambda method, url, headers, body: 201]
        waited = [receiver_of(target) for target in targets]
        answers = [await deliver_async(receiver, URL, HEADERS, b"{}") for receiver in waited]
        blocked = [receiver.deliver(URL, HEADERS, b"{}") for receiver in waited]
        for receiver in waited:
            receiver.close()  # type: ignore[attr-defined]
        return [answer.status for answer in (*answers, *blocked)]

    assert asyncio.run(statuses()) == [202, 401, 204, 201] * 2


def test_a_receiver_of_somebody_else_is_taken_as_it_is() -> None:
    class Own:
        def deliver(self, url: str, headers: Any, body: bytes) -> ReceiverAnswer:
            return ReceiverAnswer(418, body, 0.0)

    own = Own()

    assert receiver_of(own) is own
    assert asyncio.run(deliver_async(own, URL, HEADERS, b"")).status == 418


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (7, "an object of int receives nothing: a receiver is a URL, an ASGI application"),
        (Starlette, "Starlette is a class: a receiver is an object of it, such as Starlette()"),
        (lambda *arguments: 200, "takes any number of arguments .*kind='asgi', 'wsgi' or 'callable' says"),
        (lambda request: 200, "takes other arguments than a receiver .wsgi takes 2, asgi takes 3, callable"),
        ("ours.example/hooks", "takes an http or https URL with a host"),
        ("ftp://127.0.0.1/", "takes an http or https URL"),
        ("http://me:secret@127.0.0.1/", "a name or a password in it"),
        ("http://[::1", "it is not a URL"),
    ],
)
def test_what_is_no_receiver_is_refused_with_what_would_be_one(target: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        receiver_of(target)


@pytest.mark.parametrize("answer", ["200", None, (200, {"a": 1}), True, (1, 2, 3)])
def test_a_function_that_answers_something_else_is_told_so(answer: Any) -> None:
    with pytest.raises(ConfigError, match=r"answers a status, \(status, body\) or a response"):
        delivered(lambda method, url, headers, body: answer)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match="asgi, wsgi or callable, not 'cgi'"):
        delivered(asgi(Hook()), kind="cgi")

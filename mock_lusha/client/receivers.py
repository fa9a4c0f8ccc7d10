"""Receivers of webhooks, whatever they are: a URL, an application in this process, or a function.

    receiver = receiver_of(app)
    receiver.deliver("http://receiver.example/hooks", headers, body).status

Nothing here follows a redirect, and a URL of another machine has to be allowed.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, runtime_checkable
from urllib.parse import urlsplit

from mock_lusha.client.protocol import hides
from mock_lusha.client.scope import http_scope
from mock_lusha.clock import Clock
from mock_lusha.errors import ConfigError, shorten
from mock_lusha.outbound import AllowedTargets, RefusedTargetError, post, read_target
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence

    Headers = Mapping[str, str]

__tracebackhide__ = hides

ReceiverKind = Literal["asgi", "wsgi", "callable"]
PATIENCE: Final = 10.0
"""Seconds within which a receiver must answer (Lusha's document)."""
_AFTERWARDS = 1.0
"""How long is waited for what an application still does after its answer, such as background tasks."""
_ARGUMENTS: Final[dict[ReceiverKind, int]] = {"wsgi": 2, "asgi": 3, "callable": 4}
"""How many arguments a receiver of each kind is called with."""
_FRAMEWORKS: Final[dict[str, ReceiverKind]] = {"asgi_app": "asgi", "wsgi_app": "wsgi"}
"""What frameworks have whose applications can be called either way, or with any arguments."""
_FORMS = (
    "a URL, an ASGI application (FastAPI, Starlette), a WSGI application (Flask, Django) or a function "
    "(method, url, headers, body) that answers status or (status, body)"
)


@frozen
class ReceiverAnswer:
    """What a receiver answered, and in how many seconds. ``status`` is None where no answer came; ``error``
    says why then, or what an application raised."""

    status: int | None
    body: bytes
    seconds: float
    error: str | None = None


@runtime_checkable
class Receiver(Protocol):
    """Whatever takes deliveries."""

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> ReceiverAnswer:
        """POST a body to it and wait for its answer; a failure of the receiver is an answer, too."""


class OwnedReceiver(ABC):
    """A receiver that was made here; it is closed in the end, or used with ``with``.

    ``url`` is where deliveries go unless another one is named; None where the receiver has no address.
    """

    url: str | None = None

    @abstractmethod
    def deliver(self, url: str, headers: Headers, body: bytes) -> ReceiverAnswer:
        """POST a body to it and wait for its answer; a failure of the receiver is an answer, too."""

    async def deliver_async(self, url: str, headers: Headers, body: bytes) -> ReceiverAnswer:
        """The same for a caller with a running loop, which goes on while the receiver takes its time."""
        return await asyncio.to_thread(self.deliver, url, headers, body)

    @abstractmethod
    def close(self) -> None:
        """End what it started."""

    def __enter__(self) -> OwnedReceiver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def receiver_of(
    target: object,
    *,
    kind: ReceiverKind | None = None,
    allow: Sequence[str] = (),
    timeout: float = PATIENCE,
) -> Receiver:
    """The receiver that something is.

    Args:
        target: a URL, an ASGI or WSGI application, a function, or a receiver already. The lifespan of an
            application is not run.
        kind: what it is, where its arguments do not tell.
        allow: further hosts, addresses and networks that a URL may lead to; this machine always may be.
        timeout: seconds after which no answer is waited for. A WSGI application or function runs in the
            thread of the caller and is not interrupted.

    Raises:
        ConfigError: it is nothing of these, or a URL of another form.
    """
    if isinstance(target, str):
        return _UrlReceiver(target, AllowedTargets.of(allow), timeout)
    if isinstance(target, Receiver) and not inspect.isclass(target):
        return target
    made: Any = target
    match kind or _kind_of(target):
        case "asgi":
            return _AsgiReceiver(made, timeout)
        case "wsgi":
            return _WsgiReceiver(made)
        case "callable":
            return _CallableReceiver(made, timeout)
        case other:
            raise ConfigError(f"a kind of receiver is asgi, wsgi or callable, not {other!r}")


async def deliver_async(receiver: Receiver, url: str, headers: Headers, body: bytes) -> ReceiverAnswer:
    """POST a body to any receiver from a running loop."""
    if isinstance(receiver, OwnedReceiver):
        return await receiver.deliver_async(url, headers, body)
    return await asyncio.to_thread(receiver.deliver, url, headers, body)


def _kind_of(target: object) -> ReceiverKind:
    name = shorten(getattr(target, "__qualname__", None) or f"an object of {type(target).__qualname__}")
    if not callable(target):
        raise ConfigError(f"{name} receives nothing: a receiver is {_FORMS}")
    if inspect.isclass(target):
        raise ConfigError(f"{name} is a class: a receiver is an object of it, such as {name}()")
    for attribute, kind in _FRAMEWORKS.items():
        if hasattr(target, attribute):
            return kind
    kinds = [kind for kind, count in _ARGUMENTS.items() if _takes(target, count)]
    if len(kinds) == 1 and not (kinds[0] == "wsgi" and _is_async(target)):
        return kinds[0]
    arguments = ", ".join(f"{kind} takes {count}" for kind, count in _ARGUMENTS.items())
    which = "any number of arguments" if len(kinds) > 1 else "other arguments than a receiver"
    raise ConfigError(
        f"{name} takes {which} ({arguments}): a receiver is {_FORMS}; kind='asgi', 'wsgi' or 'callable' says "
        f"which it is"
    )


def _takes(target: Callable[..., object], count: int) -> bool:
    try:
        inspect.signature(target).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


def _is_async(target: object) -> bool:
    return inspect.iscoroutinefunction(target) or inspect.iscoroutinefunction(
        getattr(type(target), "__call__", None)  # noqa: B004 - whether it is a coroutine function
    )


class _OwnLoop:
    """A loop in a thread of its own: whoever calls needs none, and may have one that runs."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, coroutine: Coroutine[Any, Any, ReceiverAnswer]) -> ReceiverAnswer:
        """Run something there, with the context variables of the caller, and wait for it."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="receiver", daemon=True)
            self._thread.start()
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """End the loop, and what still runs on it."""
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(_end(loop), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()
        loop.close()


async def _end(loop: asyncio.AbstractEventLoop) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()


class _LoopReceiver(OwnedReceiver):
    """A receiver that is asynchronous itself."""

    def __init__(self) -> None:
        self._loop = _OwnLoop()

    def deliver(self, url: str, headers: Headers, body: bytes) -> ReceiverAnswer:
        return self._loop.run(self.deliver_async(url, headers, body))

    @abstractmethod
    async def deliver_async(self, url: str, headers: Headers, body: bytes) -> ReceiverAnswer: ...

    def close(self) -> None:
        self._loop.close()


class _UrlReceiver(_LoopReceiver):
    def __init__(self, url: str, allowed: AllowedTargets, timeout: float) -> None:
        super().__init__()
        try:
            read_target(url)
        except RefusedTargetError as error:
            raise ConfigError(f"{shorten(url)} receives nothing: {error}") from None
        self.url = url
        self._allowed = allowed
        self._timeout = timeout

    async def deliver_async(self, url: str, headers: Headers, body: bytes) -> ReceiverAnswer:
        answer = await post(url, headers, body, timeout=self._timeout, allowed=self._allowed)
        return ReceiverAnswer(answer.status, answer.body, answer.ms / 1_000, answer.error)


class _AsgiReceiver(_LoopReceiver):
    """An ASGI application.

    It is called by hand, because the transport of httpx answers only once background tasks are over, which
    is not when a client over a socket has its answer.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], timeout: float) -> None:
        super().__init__()
        self._app = app
        self._timeout = timeout
        self._running: set[asyncio.Future[None]] = set()

    async def deliver_async(self, url: str, headers: Headers, body: bytes) -> ReceiverAnswer:
        conversation = _Conversation(body)
        task = asyncio.create_task(self._call(_scope(url, headers, body), conversation))
        answered = asyncio.ensure_future(conversation.is_over.wait())
        try:
            await asyncio.wait({task, answered}, timeout=self._timeout, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and not conversation.is_over.is_set():
                return conversation.answer(f"no answer within {self._timeout:g} s")
            if not task.done():
                await asyncio.wait({task}, timeout=_AFTERWARDS)
            return conversation.answer(_failure_of(task))
        finally:
            answered.cancel()
            self._let_go(task, conversation)

    async def _call(self, scope: dict[str, Any], conversation: _Conversation) -> None:
        await self._app(scope, conversation.receive, conversation.send)

    def _let_go(self, task: asyncio.Future[None], conversation: _Conversation) -> None:
        if not conversation.is_over.is_set():
            task.cancel()
        if not task.done():
            self._running.add(task)
            task.add_done_callback(self._over)

    def _over(self, task: asyncio.Future[None]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not complain of it


def _failure_of(task: asyncio.Future[None]) -> str | None:
    if not task.done():
        return None
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    return None if error is None else _raised(error)


class _Conversation:
    """One request to an ASGI application, and its answer."""

    def __init__(self, body: bytes) -> None:
        self.is_over = asyncio.Event()
        self._begun = Clock.stopwatch()
        self._seconds: float | None = None
        self._body: bytes | None = body
        self._status: int | None = None
        self._content = b""

    async def receive(self) -> dict[str, Any]:
        """The body, and then the end of the connection once everything is answered."""
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        await self.is_over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        """A part of the answer."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "http.response.body":
            self._content += message.get("body", b"")
            if not message.get("more_body", False) and self._seconds is None:
                self._seconds = Clock.stopwatch() - self._begun
                self.is_over.set()

    def answer(self, error: str | None) -> ReceiverAnswer:
        """The answer, with what went wrong; an application that raises is a server that answers 500."""
        seconds = Clock.stopwatch() - self._begun if self._seconds is None else self._seconds
        if self.is_over.is_set():
            return ReceiverAnswer(self._status, self._content, seconds, error)
        if error is not None and error.startswith("no answer"):
            return ReceiverAnswer(None, b"", seconds, error)
        return ReceiverAnswer(500, b"", seconds, error or "it ended without an answer")


def _scope(url: str, headers: Headers, body: bytes) -> dict[str, Any]:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Host": parts.netloc, **headers, "Content-Length": str(len(body))}
    rows = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()]
    return {**http_scope("POST", target.encode("ascii"), rows), "scheme": parts.scheme}


class _WsgiReceiver(OwnedReceiver):
    def __init__(self, app: Any) -> None:
        import httpx  # noqa: PLC0415 - where there is such an application

        self._request = httpx.Request
        self._transport = httpx.WSGITransport(app=app, raise_app_exceptions=False)

    def deliver(self, url: str, headers: Headers, body: bytes) -> ReceiverAnswer:
        begun = Clock.stopwatch()
        try:
            response = self._transport.handle_request(
                self._request("POST", url, headers=dict(headers), content=body)
            )
            content = response.read()
        except Exception as error:  # noqa: BLE001 - a server answers 500 where its application raises
            return ReceiverAnswer(500, b"", Clock.stopwatch() - begun, _raised(error))
        return ReceiverAnswer(response.status_code, content, Clock.stopwatch() - begun)

    def close(self) -> None:
        self._transport.close()


class _CallableReceiver(_LoopReceiver):
    def __init__(self, function: Callable[..., Any], timeout: float) -> None:
        super().__init__()
        self._function = function
        self._timeout = timeout

    def deliver(self, url: str, headers: Headers, body: bytes) -> ReceiverAnswer:
        if _is_async(self._function):
            return super().deliver(url, headers, body)
        begun = Clock.stopwatch()
        try:
            answer = self._function("POST", url, dict(headers), body)
        except Exception as error:  # noqa: BLE001 - the same
            return ReceiverAnswer(500, b"", Clock.stopwatch() - begun, _raised(error))
        return _read_answer(answer, Clock.stopwatch() - begun)

    async def deliver_async(self, url: str, headers: Headers, body: bytes) -> ReceiverAnswer:
        if not _is_async(self._function):
            return await asyncio.to_thread(self.deliver, url, headers, body)
        begun = Clock.stopwatch()
        try:
            answer = await asyncio.wait_for(self._function("POST", url, dict(headers), body), self._timeout)
        except TimeoutError:
            late = f"no answer within {self._timeout:g} s"
            return ReceiverAnswer(None, b"", Clock.stopwatch() - begun, late)
        except Exception as error:  # noqa: BLE001 - the same
            return ReceiverAnswer(500, b"", Clock.stopwatch() - begun, _raised(error))
        return _read_answer(answer, Clock.stopwatch() - begun)


def _raised(error: BaseException) -> str:
    return f"it raised {shorten(repr(error), 100)}"


def _read_answer(answer: Any, seconds: float) -> ReceiverAnswer:
    """What a function answered: a status, one with a body, or the response of a test client."""
    status, body = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, b"")
    if hasattr(status, "status_code"):
        status, body = status.status_code, getattr(status, "content", b"")
    body = body.encode() if isinstance(body, str) else body
    if not isinstance(status, int) or isinstance(status, bool) or not isinstance(body, bytes):
        raise ConfigError(
            f"a receiver that is a function answers a status, (status, body) or a response with status_code, "
            f"not {shorten(repr(answer))}"
        )
    return ReceiverAnswer(int(status), body, seconds)

"""An exam for receivers of webhooks: does one accept what Lusha sends, and refuse everything else?

    report = exam(app, "whsec_...", path="/hooks/lusha")
    report.assert_passed()

It sends deliveries of a made-up person and company, signed as Lusha signs them, forged, twice, late and out
of order, and says for each what the receiver did and what it should have done.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, TypedDict, Unpack
from urllib.parse import quote, urlsplit

from mock_lusha.client.protocol import hides
from mock_lusha.client.receivers import PATIENCE, OwnedReceiver, deliver_async, receiver_of
from mock_lusha.client.webhook_examination import Examination, ExamOptions, Pause
from mock_lusha.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mock_lusha.client.receivers import Receiver, ReceiverAnswer, ReceiverKind
    from mock_lusha.client.webhook_report import ExamReport

__tracebackhide__ = hides

_SOMEWHERE = "http://receiver.example/"
"""Where applications and functions seem to be."""
_SAFE = "/%?&=:@!$'()*+,;~"
"""What is not quoted in a path, besides letters and digits."""


def exam(
    receiver: object,
    secret: str,
    *,
    path: str | None = None,
    url: str | None = None,
    old_secret: str | None = None,
    rotate: Callable[[str], object] | None = None,
    processed: Callable[[], int] | None = None,
    tolerance: float | None = None,
    limit: float = PATIENCE,
    opt_out: bool = False,
    allow: Sequence[str] = (),
    kind: ReceiverKind | None = None,
    now: Callable[[], float] | None = None,
    run: str | None = None,
) -> ExamReport:
    """Examine a receiver of webhooks.

    Args:
        receiver: a URL, an ASGI or WSGI application, a function, or a ``Receiver``, see ``receiver_of``.
        secret: the secret that the receiver verifies with, ``whsec_`` included.
        path: where in the application or below the URL deliveries go.
        url: the whole URL where they go, in place of ``path``.
        old_secret: a secret that the receiver had before this one, which it must not accept any more.
        rotate: a function that gives the receiver another secret. It is called with a new one, and in the end
            with ``secret`` again.
        processed: a function that says how many deliveries the receiver has processed so far. With it the
            exam knows whether one that comes twice is processed once, and none that is refused.
        tolerance: how many seconds a timestamp may be away. Without it, as Lusha documents none, what the
            receiver does with an old one is told and not judged.
        limit: seconds within which the receiver must answer.
        opt_out: whether it has to take deliveries of an opt-out, too, which have no envelope.
        allow: hosts, addresses and networks besides this machine that a URL may lead to.
        kind: ``asgi``, ``wsgi`` or ``callable``, where the arguments of the receiver do not tell.
        now: seconds since the epoch, for the timestamps; the machine's clock by default.
        run: what the ids of payloads follow from; the time by default, so that a receiver which remembers
            them can be examined again.

    Raises:
        ConfigError: an argument is not what it should be.
        ReceiverError: deliveries do not get there.
    """
    options = ExamOptions(old_secret, rotate, processed, tolerance, limit, opt_out, now, run)
    taker = receiver_of(receiver, kind=kind, allow=allow, timeout=limit)
    steps = Examination(secret, _address(taker, path, url), options).steps()
    with _owned(taker, receiver), contextlib.closing(steps):
        answer: ReceiverAnswer | None = None
        while True:
            try:
                step = steps.send(answer)
            except StopIteration as end:
                return _report(end)
            if isinstance(step, Pause):
                time.sleep(step.seconds)
                answer = None
            else:
                answer = taker.deliver(step.url, step.headers, step.body)


class ExamArguments(TypedDict, total=False):
    """Further arguments of ``exam``."""

    old_secret: str | None
    rotate: Callable[[str], object] | None
    processed: Callable[[], int] | None
    tolerance: float | None
    limit: float
    opt_out: bool
    now: Callable[[], float] | None
    run: str | None


async def exam_async(
    receiver: object,
    secret: str,
    *,
    path: str | None = None,
    url: str | None = None,
    allow: Sequence[str] = (),
    kind: ReceiverKind | None = None,
    **options: Unpack[ExamArguments],
) -> ExamReport:
    """Examine a receiver from a running loop, where an ASGI application then runs; as ``exam`` otherwise."""
    chosen = ExamOptions(**options)
    taker = receiver_of(receiver, kind=kind, allow=allow, timeout=chosen.limit)
    steps = Examination(secret, _address(taker, path, url), chosen).steps()
    with _owned(taker, receiver), contextlib.closing(steps):
        answer: ReceiverAnswer | None = None
        while True:
            try:
                step = steps.send(answer)
            except StopIteration as end:
                return _report(end)
            if isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
                answer = None
            else:
                answer = await deliver_async(taker, step.url, step.headers, step.body)


def _report(end: StopIteration) -> ExamReport:
    report: ExamReport = end.value
    return report


@contextlib.contextmanager
def _owned(taker: Receiver, receiver: object) -> Iterator[None]:
    """Close a receiver in the end if it was made here."""
    try:
        yield
    finally:
        if isinstance(taker, OwnedReceiver) and taker is not receiver:
            taker.close()


def _address(taker: Receiver, path: str | None, url: str | None) -> str:
    if url is not None and path is not None:
        raise ConfigError("url is the whole address: path is not needed beside it")
    base = url or getattr(taker, "url", None) or _SOMEWHERE
    if path is None:
        return base
    parts = urlsplit(base)
    below = f"{parts.path.rstrip('/')}/{quote(path.lstrip('/'), safe=_SAFE)}"
    return f"{parts.scheme}://{parts.netloc}{below}"

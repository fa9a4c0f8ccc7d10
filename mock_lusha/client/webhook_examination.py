"""An exam of a receiver of webhooks, step by step: what is sent, and what is made of the answers.

It sends nothing itself, so that one exam serves callers with and without a loop.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from mock_lusha.client.protocol import hides
from mock_lusha.client.receivers import PATIENCE
from mock_lusha.client.webhook_examples import ExampleDeliveries
from mock_lusha.client.webhook_report import Check, ExamReport
from mock_lusha.clock import Clock
from mock_lusha.errors import ConfigError, MockLushaError
from mock_lusha.values import frozen
from mock_lusha.webhooks import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from mock_lusha.client.receivers import ReceiverAnswer
    from mock_lusha.client.webhook_report import Verdict

    Sending = Generator["Sent | Pause", "ReceiverAnswer | None", "ReceiverAnswer"]
    Checking = Generator["Sent | Pause", "ReceiverAnswer | None", None]

__tracebackhide__ = hides

_OLD = 600.0
"""Seconds that an old delivery is old, at least."""
_UNREACHABLE = ("refused: ", "cannot be reached", "the host has no address")
_PAUSE = 0.02
_PAUSES = 100
"""How often, and how many times, ``processed`` is asked until a delivery is processed."""
_ACCEPT = "accept it: 2xx"
_REFUSE = "refuse it: 4xx, 401 for example"
_RAW_BODY = (
    "the signature is the hexadecimal HMAC-SHA256 of timestamp, full stop and the body as it was received, "
    "keyed with the whole secret, whsec_ included"
)
_UNSIGNED = "whatever a stranger posts to this URL is taken for Lusha's"
_PARTLY = "compare whole signatures: hmac.compare_digest, crypto.timingSafeEqual, hmac.Equal"
_DATED = "the timestamp is signed with the body: without that an old delivery can be sent again as new"
_FORGERIES = (
    ("changed-body", "a body in which one letter changed", _UNSIGNED),
    ("wrong-secret", "signed with another secret", _UNSIGNED),
    ("no-signature", "no signature", _UNSIGNED),
    ("empty-signature", "an empty signature", _PARTLY),
    ("short-signature", "the first 16 digits of the signature", _PARTLY),
    ("near-signature", "a signature whose last digit is wrong", _PARTLY),
    ("no-timestamp", "no timestamp", _DATED),
    ("changed-timestamp", "a timestamp that is not the signed one", _DATED),
)


class ReceiverError(MockLushaError):
    """A receiver cannot be examined, because deliveries do not get there."""


@frozen
class Sent:
    """A delivery that an exam sends."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@frozen
class Pause:
    """How many seconds an exam waits."""

    seconds: float


@frozen
class ExamOptions:
    """How a receiver is examined; see ``exam``."""

    old_secret: str | None = None
    rotate: Callable[[str], object] | None = None
    processed: Callable[[], int] | None = None
    tolerance: float | None = None
    limit: float = PATIENCE
    opt_out: bool = False
    now: Callable[[], float] | None = None
    run: str | None = None


class Examination:
    """An exam, step by step: what to send comes out, and what was answered goes in."""

    def __init__(self, secret: str, url: str, options: ExamOptions) -> None:
        for value in (secret, options.old_secret):
            if value is not None and (not value.startswith("whsec_") or value != value.strip()):
                raise ConfigError("a secret is given whole, as Lusha shows it: it begins with whsec_")
        if options.limit <= 0 or (options.tolerance is not None and options.tolerance <= 0):
            raise ConfigError("limit and tolerance are seconds above 0")
        for name in ("rotate", "processed"):
            if inspect.iscoroutinefunction(getattr(options, name)):
                raise ConfigError(f"{name} is a plain function, not an async one")
        self._secret = secret
        self._url = url
        self._options = options
        self._now = options.now or Clock().now
        run = f"{self._now():.6f}" if options.run is None else options.run
        self._examples = ExampleDeliveries(run)
        self._checks: list[Check] = []
        self._slowest = 0.0
        self._late = 0
        self._good_status: int | None = None
        """What a good delivery was answered with, if that was no acknowledgement; 0 for no answer."""
        self._lag = 0
        self._pauses = _PAUSES

    def steps(self) -> Generator[Sent | Pause, ReceiverAnswer | None, ExamReport]:
        """All deliveries; the report comes in the end."""
        yield from self._good()
        yield from self._forged()
        yield from self._aged()
        yield from self._repeated()
        yield from self._unusual()
        yield from self._rotated()
        self._in_time()
        return ExamReport(self._url, tuple(self._checks))

    # The groups of checks

    def _good(self) -> Checking:
        before = self._count()
        answer = yield from self._send(self._examples.promotion())
        if answer.status is None and (answer.error or "").startswith(_UNREACHABLE):
            raise ReceiverError(f"{self._url} takes no deliveries: {answer.error}")
        self._judge_accepted("good", "a delivery as Lusha signs it", answer, _RAW_BODY)
        if not _accepted(answer):
            self._good_status = answer.status or 0
            return
        if before is None:
            return
        count = yield from self._count_of(before + 1)
        if count != before + 1:
            self._add(
                "processed", "the same: is it processed?", f"processed {count - before}", "process it once",
                "fail", "processed() should count deliveries that are accepted and dealt with",
            )  # fmt: skip

    def _forged(self) -> Checking:
        other_secret = self._examples.secret()
        for name, sent, hint in _FORGERIES:
            # Each has an id of its own: a receiver that knows an id would not process it again.
            body, now = self._examples.promotion(), self._timestamp()
            right = sign(self._secret, now, body)
            signature: str | None = right
            timestamp: str | None = now
            if name == "changed-body":
                body = _changed(body)
            elif name == "wrong-secret":
                signature = sign(other_secret, now, body)
            elif name == "no-signature":
                signature = None
            elif name == "empty-signature":
                signature = ""
            elif name == "short-signature":
                signature = right[:16]
            elif name == "near-signature":
                signature = f"{right[:-1]}{'0' if right[-1] != '0' else '1'}"
            elif name == "no-timestamp":
                timestamp = None
            else:
                timestamp = str(int(now) - 1)
            headers = {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signature}
            present = {name: value for name, value in headers.items() if value is not None}
            yield from self._refuses(name, sent, hint, body=body, headers=present)

    def _aged(self) -> Checking:
        tolerance = self._options.tolerance
        age = _OLD if tolerance is None else max(_OLD, 2 * tolerance)
        sent = f"a timestamp that is {age / 60:g} minutes old"
        body, then = self._examples.promotion(), self._timestamp(-age)
        headers = {TIMESTAMP_HEADER: then, SIGNATURE_HEADER: sign(self._secret, then, body)}
        if tolerance is not None:
            hint = f"it should tolerate {tolerance:g} s; signed long ago, this may be somebody who repeats it"
            yield from self._refuses("old-timestamp", sent, hint, body=body, headers=headers)
            return
        answer = yield from self._post(body, headers)
        broken = answer.status is None or answer.status >= 500
        should = "do either: Lusha documents no tolerance"
        self._add("old-timestamp", sent, _said(answer), should, "fail" if broken else "note")

    def _repeated(self) -> Checking:
        body = self._examples.promotion()
        before = self._count()
        # A retry has the same body, and is signed anew at its own time.
        first = yield from self._send(body, -1.0)
        if before is not None and _accepted(first):
            yield from self._count_of(before + 1)
        second = yield from self._send(body)
        again = "whatever is not acknowledged comes again, and then the subscription is paused"
        self._judge_both("twice", "the same delivery twice, as in a retry", first, second, again)
        if before is None:
            self._add(
                "once", "the same: is it processed once?", "not looked at", "process it once", "skipped",
                "give the exam processed=, a function that counts what the receiver has processed",
            )  # fmt: skip
            return
        if self._lag:
            yield Pause(2 * self._lag * _PAUSE)
        count = (self._count() or 0) - before
        hint = "remember the id in the body: it is the same in every attempt, signature and timestamp are not"
        self._add(
            "once", "the same: is it processed once?", f"processed {count}", "process it once",
            "pass" if count == 1 else "fail", "" if count == 1 else hint,
        )  # fmt: skip

    def _unusual(self) -> Checking:
        earlier, later = self._examples.promotion(1), self._examples.promotion(2)
        second = yield from self._send(later)
        first = yield from self._send(earlier)
        order = "retries bring deliveries out of order: go by the timestamp in the body"
        self._judge_both("out-of-order", "the later of two, then the earlier", second, first, order)
        for name, sent, body, hint in (
            (
                "beyond-ascii", "letters beyond ASCII", self._examples.beyond_ascii(),
                f"JSON that is written again must not be escaped: better, {_RAW_BODY}",
            ),
            ("company", "news of a company", self._examples.news(), "companies have other data than people"),
            (
                "unknown-type", "a type of signals that is new", self._examples.unknown_type(),
                "Lusha adds types: acknowledge what you do not know, or it is tried again and then paused",
            ),
            (
                "large-body", "a body of 300 kB", self._examples.large(),
                "allow larger bodies; a limit of 100 kB is a default of some frameworks",
            ),
        ):  # fmt: skip
            answer = yield from self._send(body)
            self._judge_accepted(name, sent, answer, hint)
        sent = "an opt-out, which has no envelope"
        if not self._options.opt_out:
            self._add("opt-out", sent, "not sent", _ACCEPT, "skipped", "opt_out=True (--opt-out) sends it")
            return
        answer = yield from self._send(self._examples.opt_out())
        self._judge_accepted("opt-out", sent, answer, "it has no id, type and data: look for contactId first")

    def _rotated(self) -> Checking:
        options = self._options
        hint = "after a regeneration the old secret is invalid at once"
        sent = "signed with the secret before"
        if options.rotate is None and options.old_secret is None:
            self._add(
                "old-secret", sent, "not sent", _REFUSE, "skipped",
                "give the exam rotate=, a function that gives the receiver another secret, or old_secret=",
            )  # fmt: skip
            return
        if options.old_secret is not None:
            yield from self._refuses_secret("old-secret", sent, hint, options.old_secret)
        if options.rotate is None:
            return
        fresh = self._examples.secret()
        try:
            options.rotate(fresh)
            yield from self._refuses_secret("rotated-secret", "the secret before, after a rotation", hint)
            answer = yield from self._send(self._examples.promotion(), secret=fresh)
            self._judge_accepted(
                "new-secret", "the new secret, after a rotation", answer,
                "the receiver should read its secret again: one that was read at the start is out of date",
            )  # fmt: skip
        finally:
            options.rotate(self._secret)

    def _in_time(self) -> None:
        limit = self._options.limit
        slowest = "under 0.1 s" if self._slowest < 0.1 else f"{self._slowest:.1f} s"
        is_late = self._late or self._slowest > limit
        self._add(
            "in-time", "all of these: how long does it take?",
            f"no answer {counted(self._late, 'time')}" if self._late else f"{slowest} at most",
            f"answer within {limit:g} s", "fail" if is_late else "pass",
            "acknowledge first and process afterwards, in a queue for example" if is_late else "",
        )  # fmt: skip

    # Sending

    def _timestamp(self, shift: float = 0.0) -> str:
        return str(int(self._now() + shift))

    def _send(self, body: bytes, shift: float = 0.0, secret: str | None = None) -> Sending:
        """Send a body that is signed as Lusha signs it."""
        timestamp = self._timestamp(shift)
        signature = sign(secret or self._secret, timestamp, body)
        return (yield from self._post(body, {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signature}))

    def _post(self, body: bytes, signed: Mapping[str, str]) -> Sending:
        headers = {"Content-Type": "application/json", "User-Agent": "Lusha-Webhooks/1.0", **signed}
        answer = yield Sent(self._url, headers, body)
        if answer is None:
            raise AssertionError("whatever is sent is answered")
        self._slowest = max(self._slowest, answer.seconds)
        self._late += answer.status is None and (answer.error or "").startswith("no answer")
        return answer

    # Judging

    def _add(self, name: str, sent: str, did: str, should: str, verdict: Verdict, hint: str = "") -> None:
        self._checks.append(Check(name, sent, did, should, verdict, hint))

    def _judge_accepted(self, name: str, sent: str, answer: ReceiverAnswer, hint: str) -> None:
        well = _accepted(answer)
        verdict: Verdict = "pass" if well else "fail"
        self._add(name, sent, _said(answer), _ACCEPT, verdict, "" if well else self._why(answer, hint))

    def _judge_both(
        self, name: str, sent: str, first: ReceiverAnswer, second: ReceiverAnswer, hint: str
    ) -> None:
        failed = [answer for answer in (first, second) if not _accepted(answer)]
        did, should = f"{_said(first)}, then {_said(second)}", "accept both: 2xx"
        if failed:
            self._add(name, sent, did, should, "fail", self._why(failed[0], hint))
        else:
            self._add(name, sent, did, should, "pass")

    def _why(self, answer: ReceiverAnswer, hint: str) -> str:
        """A hint, unless the receiver treats good deliveries like that, too: its kind is not why then."""
        return "" if self._is_usual(answer) else hint

    def _is_usual(self, answer: ReceiverAnswer) -> bool:
        """Whether a receiver that does not accept a good delivery answers as it did to that one."""
        return self._good_status is not None and (answer.status or 0) == self._good_status

    def _refuses_secret(self, name: str, sent: str, hint: str, secret: str | None = None) -> Checking:
        body, now = self._examples.promotion(), self._timestamp()
        headers = {TIMESTAMP_HEADER: now, SIGNATURE_HEADER: sign(secret or self._secret, now, body)}
        yield from self._refuses(name, sent, hint, body=body, headers=headers)

    def _refuses(
        self, name: str, sent: str, hint: str, *, body: bytes, headers: Mapping[str, str]
    ) -> Checking:
        """Send what must be refused, and not be processed."""
        before = self._count()
        answer = yield from self._post(body, headers)
        processed = before is not None and not _accepted(answer) and self._count() != before
        did = f"{_said(answer)}, yet processed it" if processed else _said(answer)
        if self._is_usual(answer) and not processed:
            self._add(name, sent, f"{did}, as to a good one", "refuse it, but no good one", "skipped")
            return
        if answer.status is not None and 400 <= answer.status < 500 and not processed:
            self._add(name, sent, did, _REFUSE, "pass")
            return
        if not _accepted(answer) and not processed:
            hint = "a refusal is an answer, 4xx: this is a failure, which only happens to keep it out"
        self._add(name, sent, did, _REFUSE, "fail", hint)

    def _count(self) -> int | None:
        """How many deliveries the receiver has processed, where it can be asked."""
        return None if self._options.processed is None else self._options.processed()

    def _count_of(self, expected: int) -> Generator[Pause, None, int]:
        """How many it has processed, once they are as many as expected or it has had its time."""
        for at in range(self._pauses):
            count = self._count() or 0
            if count >= expected:
                self._lag = max(self._lag, at)
                return count
            yield Pause(_PAUSE)
        self._pauses = 1  # it processes nothing: once is enough to wait for that
        return self._count() or 0


def _accepted(answer: ReceiverAnswer) -> bool:
    return answer.status is not None and 200 <= answer.status < 300


def _said(answer: ReceiverAnswer) -> str:
    if answer.status is None:
        return answer.error or "no answer"
    return str(answer.status) if answer.error is None else f"{answer.status}: {answer.error}"


def _changed(body: bytes) -> bytes:
    """A body in which one letter is another one; it still is JSON."""
    return body.replace(b"Head of Sales", b"Heat of Sales", 1)

"""What happens, told as it happens: one stream of server-sent events."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from mock_lusha.api.reply import StreamReply, json_text
from mock_lusha.clock import timestamp_of
from mock_lusha.control.context import account_for_key, bad_request
from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.state.journal_watch import JournalWatch

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable

    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.state.journal import JournalEntry

MOST_AT_ONCE = 1_000
"""Calls with which a stream begins, and those of one event where it goes on from a number. Our decision."""
MOST_A_TICK = 150
"""Calls that are told in a tick; of more the others come in the next ones, so that a burst is told whole, and
looking costs the same however many come. Our decision."""
MOST_STREAMS = 50
"""Streams at a time. A browser opens six connections to one server at most, and tabs share one of them."""
_MOST_ALIKE = 500
"""Kinds of calls whose common part a stream keeps."""
_TICK = 0.1
"""Seconds between two looks."""
_TICKS_OF_A_PING = 150
_POSITION = re.compile(r"(?:([0-9a-f]{8})-)?([0-9]{1,18})")
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx hands it on at once
)


def stream(context: ControlContext, request: ControlRequest) -> StreamReply:
    """The calls of an account, or of all, as they come, and that something was steered.

    Events: ``hello`` begins, with the number of the last call and a name of this run of the server; ``calls``
    has calls in one line each, and how many were skipped, since they are no longer kept; ``changed`` says
    that somebody steered. The id of an event, as ``1f2e3d4c-17``, is the run and the number of the last call
    it tells of: whoever comes again with it, as ``Last-Event-ID`` or ``after``, goes on behind it, or from
    the first call if the server was started again. Processes that share their state have one run, and number
    calls alike: any of them goes on where another was.

    Raises:
        ApiError: ``bad-request`` for numbers that cannot be used, ``unavailable`` where too many are open.
    """
    query = request.query
    account = None if request.account is None else account_for_key(context, request.account, keep=False)
    most = int(query.get("last", 0))
    if most > MOST_AT_ONCE:
        raise bad_request(Detail(f"last must not be greater than {MOST_AT_ONCE}", query["last"]))
    if context.journal.watchers >= MOST_STREAMS:
        raise ApiError("unavailable", [f"{MOST_STREAMS} streams of events are open: close one"])
    if context.run is None:
        context.run = os.urandom(4).hex()
    last = context.journal.settled
    position, since_begin = 0 if most else last, True
    after, where = query.get("after"), "after"
    if after is None:
        after, where = request.headers.get("last-event-id"), "Last-Event-ID"
    if after is not None:
        found = _POSITION.fullmatch(after)
        if found is None:
            raise bad_request(
                Detail(f"{where} must be the id of an event, or the number of a call", shorten(after))
            )
        position, most = int(found[2]), MOST_AT_ONCE
        since_begin = found[1] not in {None, context.run} or position > last
        position = 0 if since_begin else position
    follow = query.get("follow", "true") == "true"
    fingerprint = None if account is None else account.fingerprint
    events = _events(context, fingerprint, position, most, since_begin=since_begin, follow=follow)
    return StreamReply("text/event-stream; charset=utf-8", list(_HEADERS), events)


def _events(
    context: ControlContext,
    fingerprint: str | None,
    position: int,
    most: int,
    *,
    since_begin: bool,
    follow: bool,
) -> Generator[bytes | float]:
    with context.follow(), JournalWatch(context.journal, position) as watch:
        greeting = {"run": context.run, "last": context.journal.settled}
        yield _event("hello", context, watch, json_text(greeting))
        changes, ticks = context.changes, 0
        lines = _Lines()
        goes_on = not since_begin
        while True:
            if since_begin:  # nobody missed what was before
                entries, skipped, since_begin = watch.newest(most), 0, False
            else:
                entries, skipped = watch.take(most)
            calls = [call for whose, call in map(lines.of, entries) if fingerprint in {None, whose}]
            if calls or skipped:
                yield _event("calls", context, watch, f'{{"calls":[{",".join(calls)}],"skipped":{skipped}}}')
            if context.changes != changes:
                changes = context.changes
                yield _event("changed", context, watch, json_text({"changes": changes}))
            if goes_on and entries and len(entries) == most:
                continue  # what was kept while nobody was there is told at once
            if not follow or context.readiness.state == "draining":
                return
            most, goes_on = MOST_A_TICK, False
            ticks += 1
            if ticks % _TICKS_OF_A_PING == 0:
                yield b": ping\n\n"
            yield _TICK


def _event(name: str, context: ControlContext, watch: JournalWatch, data: str) -> bytes:
    return f"event: {name}\nid: {context.run}-{watch.position}\ndata: {data}\n\n".encode()


class _Lines:
    """Writes calls in one line of JSON each. What calls that are alike have in common is written once: masks
    and JSON cost five times as much as the rest, and whoever is looked at makes calls that are alike."""

    def __init__(self) -> None:
        self._common: dict[Hashable, tuple[str | None, str]] = {}
        self._second, self._begin = -1, ""

    def of(self, entry: JournalEntry) -> tuple[str | None, str]:
        """The fingerprint of a call's account, and the call."""
        alike = entry.sameness()
        found = None if alike is None else self._common.get(alike)
        if found is None:
            call = entry.summary()
            for name in ("id", "time", "ms"):
                del call[name]
            found = call["fingerprint"], json_text(call)[1:]
            if alike is not None:
                if len(self._common) >= _MOST_ALIKE:
                    self._common.clear()
                self._common[alike] = found
        fingerprint, common = found
        second = int(entry.time)
        if second != self._second:
            self._second, self._begin = second, timestamp_of(second)[:-4]
        time = f"{self._begin}{int((entry.time - second) * 1000):03d}Z"
        return fingerprint, f'{{"id":{entry.id},"time":"{time}","ms":{round(entry.ms, 2)},{common}'

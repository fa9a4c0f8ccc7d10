"""What a server was asked, and what that would have cost."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mock_lusha.tls.hosts import API_HOST
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mock_lusha.client.control import Control

_CALLS: Final = re.compile(r'^mock_lusha_calls_total\{operation="([^"]*)",status="([^"]*)"\} (\d+)$', re.M)
_CREDITS: Final = re.compile(r"^mock_lusha_credits_charged_total\{[^}]*\} (\d+)$", re.M)
_GAPS = 3
"""Gaps of coverage that are listed."""
_NO_CALLS = (
    "  the program made none, or its client ignores HTTPS_PROXY (aiohttp without trust_env, urllib3 alone),",
    "  trusts a list of its own, or NO_PROXY hides the host; docs/any-language.md lists clients",
)


class Totals(NamedTuple):
    """Calls by operation and status, and the credits that they cost, of a server since its start.

    They are those of ``/_mock/metrics``, which neither a reset nor accounts that are forgotten take back:
    suites reset between their tests.
    """

    calls: Counter[tuple[str, str]]
    credits: int

    @classmethod
    def of(cls, control: Control) -> Totals:
        """Those of a server now."""
        text = control.metrics()
        calls = Counter({(name, status): int(count) for name, status, count in _CALLS.findall(text)})
        return cls(calls, sum(map(int, _CREDITS.findall(text))))

    def since(self, before: Totals) -> Totals:
        """What came between an earlier moment and this one."""
        return Totals(self.calls - before.calls, self.credits - before.credits)


class Bill:
    """Calls and credits of a server from one moment to another."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._before = Totals.of(control)

    def lines(self, observe: Callable[[], Sequence[str]]) -> Iterator[str]:
        """What came since this was made. ``observe`` tells what connections came to that made no call; it is
        asked when the server has read what the program sent before it ended."""
        totals = Totals.of(self._control).since(self._before)
        observations = [f"  {text}" for text in observe()]
        if not totals.calls:
            yield f"0 calls arrived for {API_HOST}; why that may be:"
            yield from observations
            yield from _NO_CALLS
            return
        yield from bill_lines(totals)
        yield from observations
        yield from conduct_and_coverage_lines(self._control.conduct(), self._control.coverage())


def bill_lines(totals: Totals) -> Iterator[str]:
    """The sum, and a line for each operation and status."""
    calls, credits_ = counted(totals.calls.total(), "call"), counted(totals.credits, "credit")
    yield f"{calls} to {API_HOST} would have cost {credits_}"
    for (operation, status), count in sorted(totals.calls.items()):
        yield f"  {count:6} {operation} {status}"


def conduct_and_coverage_lines(conduct: dict[str, Any], coverage: dict[str, Any]) -> Iterator[str]:
    """A line for each verdict on the client, and the coverage with its first gaps."""
    for name, times, advice in verdicts(conduct):
        yield f"conduct: {name}, {counted(times, 'time')}. {advice}"
    if not coverage["calls"]:
        yield "coverage: no call since everything was reset"
        return
    score, gaps = coverage["score"], coverage["gaps"]
    yield (
        f"coverage: {score['tried']} of {score['concerned']} operations and situations were tried "
        f"({score['percent']} %), {counted(len(gaps), 'gap')}"
    )
    for gap in gaps[:_GAPS]:
        yield f"  {gap['what']}"


def verdicts(conduct: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Name, times and advice of what clients could do better; verdicts on several accounts are one."""
    times: Counter[tuple[str, str]] = Counter()
    for account in conduct["accounts"]:
        for verdict in account["verdicts"]:
            times[verdict["name"], verdict["advice"]] += verdict["times"]
    return [(name, count, advice) for (name, advice), count in times.items()]

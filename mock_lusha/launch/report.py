"""What a program asked of the double, and what that would have cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.tls.hosts import API_HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mock_lusha.client.control import Control

_GAPS = 3
"""Gaps of coverage that are listed."""
_NO_CALLS = (
    "  the program made none, or its client ignores HTTPS_PROXY (aiohttp without trust_env, urllib3 alone),",
    "  trusts a list of its own, or NO_PROXY hides the host; docs/any-language.md lists clients",
)


class Bill:
    """Calls and credits of a server from one moment to another."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._counts, self._spent = self._read()

    def lines(self, observe: Callable[[], Sequence[str]]) -> Iterator[str]:
        """What came since this was made. ``observe`` tells what connections came to that made no call; it is
        asked when the server has read what the program sent before it ended."""
        counts, spent = self._read()
        observations = observe()
        calls = {
            key: count - self._counts.get(key, 0)
            for key, count in counts.items()
            if count > self._counts.get(key, 0)
        }
        total = sum(calls.values())
        if not total:
            yield f"0 calls arrived for {API_HOST}; why that may be:"
            yield from (f"  {text}" for text in observations)
            yield from _NO_CALLS
            return
        yield f"{total} calls to {API_HOST} would have cost {spent - self._spent} credits"
        for (operation, status), count in sorted(calls.items()):
            yield f"  {count:6} {operation} {status}"
        yield from (f"  {text}" for text in observations)
        for account in self._control.conduct()["accounts"]:
            for verdict in account["verdicts"]:
                yield f"conduct: {verdict['name']}, {verdict['times']} times. {verdict['advice']}"
        yield from _coverage(self._control.coverage())

    def _read(self) -> tuple[dict[tuple[str, str], int], int]:
        counts = self._control.journal(last=1)["counts"]
        by_status = {
            (operation, status): count for operation, each in counts.items() for status, count in each.items()
        }
        spent = sum(account["credits"]["spent"] for account in self._control.accounts()["accounts"])
        return by_status, spent


def _coverage(report: dict[str, Any]) -> Iterator[str]:
    score, gaps = report["score"], report["gaps"]
    yield (
        f"coverage: {score['tried']} of {score['concerned']} operations and situations were tried "
        f"({score['percent']} %), {len(gaps)} gaps"
    )
    for gap in gaps[:_GAPS]:
        yield f"  {gap['what']}"

"""Rate-limit windows of an account.

Minute, hour and day windows start at the account's first request and follow one another without gaps on
the account's clock; so do the windows of each endpoint: seconds, unless the contract tells of another one.
A request that is refused with 429 is not counted.
"""

from __future__ import annotations

from copy import copy
from math import inf, nextafter
from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError
from mock_lusha.plans import PER_SECOND
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_lusha.contract.document import Operation
    from mock_lusha.plans import Plan

_SECONDS = {"minute": 60, "hourly": 3_600, "daily": 86_400}
_ERRORS = {"minute": "minute-limit", "hourly": "hourly-limit", "daily": "daily-quota"}
WINDOWS = tuple(_SECONDS)
Headers = list[tuple[bytes, bytes]]


def window_of(error: str) -> str | None:
    """The window that an error is about, None if about none."""
    return next((window for window, name in _ERRORS.items() if name == error), None)


@frozen
class EndpointWindow:
    """The window of an operation beside those of the plan: so many ``requests`` in so many ``seconds``.

    Operations of one ``name`` share it.
    """

    operation: str
    name: str
    requests: int = PER_SECOND
    seconds: int = 1

    @classmethod
    def of(cls, operation: Operation) -> EndpointWindow:
        """The window that the contract gives the operation, else the usual one."""
        return cls(operation.id, **(operation.window or {"name": operation.id}))


@frozen
class FullWindow:
    """A window without room: ``minute``, ``hourly`` or ``daily`` of the plan, or that of the ``operation``.

    It takes so many ``requests`` in its ``seconds``, and ``reopens`` at a moment in seconds since the
    epoch.
    """

    name: str
    requests: int
    seconds: int
    reopens: float


class Windows:
    """Counts requests of one account under the limits of its plan.

    ``spent`` names windows (``hourly``, ``daily``) whose first one begins exhausted.
    """

    def __init__(self, plan: Plan, spent: frozenset[str] = frozenset()) -> None:
        self._start: float | None = None
        self._minute_ends = 0.0
        """When the present minute ends, in seconds since the first request; no other window ends before."""
        self._limits: dict[str, int | None] = {}
        self._lines: list[tuple[str, int, tuple[bytes, bytes], bytes, bytes]] = []
        self.change(plan)
        self._counts = dict.fromkeys(_SECONDS, 0)
        self._numbers = dict.fromkeys(_SECONDS, 0)
        for window in spent:
            limit = self._limits[window]
            if limit is not None:
                self._counts[window] = limit
        # By the name of an endpoint's window: its number, and the requests in it.
        self._endpoints: dict[str, tuple[int, int]] = {}

    def copy(self) -> Windows:
        """The same windows, which are counted in by themselves."""
        other = copy(self)
        other._limits, other._lines = self._limits.copy(), self._lines[:]
        other._counts, other._numbers = self._counts.copy(), self._numbers.copy()
        other._endpoints = self._endpoints.copy()
        return other

    def _begin(self, now: float) -> None:
        self._start = now
        self._minute_ends = 0.0
        self._counts = dict.fromkeys(_SECONDS, 0)
        self._numbers = dict.fromkeys(_SECONDS, 0)
        self._endpoints = {}

    def spend(self, windows: Iterable[str], now: float) -> None:
        """Use up what the named windows (``minute``, ``hourly``, ``daily``) have left.

        A window the plan does not have cannot be spent, and is left alone.
        """
        self._roll(now)
        for window in windows:
            limit = self._limits[window]
            if limit is not None:
                self._counts[window] = max(limit, self._counts[window])

    def left(self, now: float) -> dict[str, dict[str, int]]:
        """Limit, use and what is left of each window, and the seconds until it reopens."""
        # Looking must not begin the windows.
        elapsed = 0.0 if self._start is None else self._roll(now)
        return {
            window: {
                "limit": limit,
                "used": self._counts[window],
                "left": max(0, limit - self._counts[window]),
                "reset_seconds": self._reset(window, elapsed),
            }
            for window, limit in self._limits.items()
            if limit is not None
        }

    def reopen(self, now: float) -> dict[str, float]:
        """When the next one of each window of the plan begins, in seconds since the epoch."""
        start = now if self._start is None else now - self._roll(now)
        return {
            window: start + (self._numbers[window] + 1) * _SECONDS[window]
            for window, limit in self._limits.items()
            if limit is not None
        }

    def _roll(self, now: float) -> float:
        """Move to the windows that ``now`` is in; the seconds since the first request."""
        if self._start is None:
            self._start = now
        if now < self._start:  # the clock was set back
            self._begin(now)
        elapsed = now - self._start
        if elapsed < self._minute_ends:
            return elapsed
        for window, seconds in _SECONDS.items():
            number = int(elapsed // seconds)
            if number != self._numbers[window]:
                self._numbers[window] = number
                self._counts[window] = 0
        self._minute_ends = (self._numbers["minute"] + 1) * 60.0
        return elapsed

    def _reset(self, window: str, elapsed: float) -> int:
        """Whole seconds until the window's next one begins, 1 or more."""
        seconds = _SECONDS[window]
        return max(1, int((self._numbers[window] + 1) * seconds - elapsed + 0.999))

    def full(self, endpoint: EndpointWindow, now: float) -> FullWindow | None:
        """The window that has no room for a request, the longest of those of the plan first; None if all
        have."""
        elapsed = self._roll(now)
        for window in ("daily", "hourly", "minute"):
            limit = self._limits[window]
            if limit is not None and self._counts[window] >= limit:
                return self._full(window, limit, _SECONDS[window], self._numbers[window])
        number, count = self._endpoint(endpoint, elapsed)
        if count < endpoint.requests:
            return None
        return self._full("operation", endpoint.requests, endpoint.seconds, number)

    def _full(self, name: str, requests: int, seconds: int, number: int) -> FullWindow:
        start = self._start or 0.0
        reopens = start + (number + 1) * seconds
        while (reopens - start) // seconds <= number:  # a moment of today has 7 digits behind the point
            reopens = nextafter(reopens, inf)
        return FullWindow(name, requests, seconds, reopens)

    def check(self, endpoint: EndpointWindow, now: float) -> None:
        """Refuse the request if a window has no room for it.

        Raises:
            ApiError: ``daily-quota``, ``hourly-limit``, ``minute-limit`` or ``too-many-requests``.
        """
        full = self.full(endpoint, now)
        if full is None:
            return
        elapsed = self._roll(now)
        if full.name != "operation":
            values = {"limit": full.requests, "reset": self._reset(full.name, elapsed)}
            raise ApiError(_ERRORS[full.name], values=values)
        if endpoint.seconds == 1:
            raise ApiError(
                "too-many-requests",
                [f"{endpoint.operation} takes {endpoint.requests} requests a second; wait for the next one"],
            )
        number, _ = self._endpoint(endpoint, elapsed)
        reset = max(1, int((number + 1) * endpoint.seconds - elapsed + 0.999))
        unit = "a minute" if endpoint.seconds == _SECONDS["minute"] else f"in {endpoint.seconds} seconds"
        raise ApiError(
            "minute-limit",
            [f"{endpoint.operation} takes {endpoint.requests} requests {unit}, whatever the plan"],
            values={"limit": endpoint.requests, "reset": reset},
        )

    def _endpoint(self, endpoint: EndpointWindow, elapsed: float) -> tuple[int, int]:
        number = int(elapsed // endpoint.seconds)
        last, count = self._endpoints.get(endpoint.name, (number, 0))
        return number, count if last == number else 0

    def count(self, endpoint: EndpointWindow, now: float) -> None:
        """Count a request that is served, or refused with anything but 429."""
        elapsed = self._roll(now)
        for window in _SECONDS:
            self._counts[window] += 1
        number, count = self._endpoint(endpoint, elapsed)
        self._endpoints[endpoint.name] = (number, count + 1)

    def uncount(self, endpoint: EndpointWindow) -> None:
        """Take back the last count: the request was refused with 429 after all."""
        for window in _SECONDS:
            self._counts[window] = max(0, self._counts[window] - 1)
        number, count = self._endpoints.get(endpoint.name, (0, 0))
        self._endpoints[endpoint.name] = (number, max(0, count - 1))

    def terms(self, error: str, now: float) -> dict[str, int]:
        """The numbers in the message of an error about a window: ``limit`` requests, ``reset`` seconds.

        Where the plan does not have the window, the daily one stands in.
        """
        elapsed = self._roll(now)
        window = window_of(error)
        if window is None:
            return {}
        limit = self._limits[window] or self._limits["daily"] or 0
        return {"limit": limit, "reset": self._reset(window, elapsed)}

    def change(self, plan: Plan) -> None:
        """Take the limits of another plan; what was used stays used."""
        self._limits = {"daily": plan.day, "hourly": plan.hour, "minute": plan.minute}
        self._lines = [
            (
                window,
                limit,
                (b"x-rate-limit-" + window.encode(), b"%d" % limit),
                b"x-" + window.encode() + b"-requests-left",
                b"x-" + window.encode() + b"-usage",
            )
            for window, limit in self._limits.items()
            if limit is not None
        ]

    def headers(self, now: float, exhausted: str | None = None) -> Headers:
        """The nine headers of every answer, less the three of a window the plan does not have.

        ``exhausted`` is a window to be shown as used up, whatever it is.
        """
        self._roll(now)
        headers: Headers = []
        for window, limit, limit_header, left_name, usage in self._lines:
            used = self._counts[window]
            if window == exhausted and used < limit:
                used = limit
            headers += (
                limit_header,
                (left_name, b"%d" % (limit - used if used < limit else 0)),
                (usage, b"%d" % used),
            )
        return headers

    def daily_headers(self, now: float, exhausted: str | None = None) -> Headers:
        """The two headers that Lusha's guide tells users to watch: requests left, and whole seconds until the
        next day begins. Their unit is documented nowhere; the texts of its limits count seconds, too."""
        elapsed = self._roll(now)
        remaining = max(0, (self._limits["daily"] or 0) - self._counts["daily"])
        return [
            (b"X-RateLimit-Remaining-Daily", b"%d" % (0 if exhausted == "daily" else remaining)),
            (b"X-RateLimit-Reset-Daily", b"%d" % self._reset("daily", elapsed)),
        ]

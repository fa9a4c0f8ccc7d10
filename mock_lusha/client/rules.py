"""Rules built in a test: ``lusha.on("searchContacts").fail(429, times=2)``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any, Self

from mock_lusha.client.protocol import hides, without_none
from mock_lusha.errors import CATALOGUE, MockLushaError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Unpack

    from mock_lusha.client.literals import (
        CellOutcomeName,
        Counted,
        DeliveryFaultName,
        ErrorName,
        FaultName,
        OutcomeName,
        WindowName,
    )

__tracebackhide__ = hides

_SECRET = frozenset({"api_key", "authorization", "cookie", "x-mock-lusha-token"})
# Which error of a status is meant where a status has several.
_USUAL = {
    400: "bad-request",
    401: "unauthorized",
    403: "plan-restricted",
    404: "not-found",
    410: "retired",
    429: "too-many-requests",
    502: "bad-gateway",
}


class RuleError(MockLushaError):
    """A rule cannot be built so."""


def conditions(name: str, value: Any) -> dict[str, Any] | None:
    """Conditions by the names of what they are about.

    Raises:
        RuleError: they are not a mapping.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise RuleError(f"{name} is a mapping of names to what they must be, not {value!r}")
    return dict(value)


def call_conditions(
    operations: Sequence[str],
    *,
    method: str | None,
    path: Any,
    header: Mapping[str, Any] | None,
    query: Mapping[str, Any] | None,
    body: Any,
    identifier: str | None,
) -> dict[str, Any]:
    """The conditions of a rule, as scenarios have them under ``when``."""
    return without_none(
        operation=list(operations) or None,
        method=method,
        path=path,
        header=conditions("header", header),
        query=conditions("query", query),
        body=body,
        identifier=identifier,
    )


class On:
    """The calls that are meant, and what happens to them. Each step is a rule of the account, in force at
    once; of all rules the first that fits a call and is not used up decides, in the order they were built.

    Every step takes ``times`` (how often it happens; without it always), ``nth`` (of the calls meant: 3,
    ``"2..5"``, ``"2.."``), ``every`` (the k-th) and ``share`` (a seeded part of them), and gives back this
    object, so that steps can follow one another: ``.fail(503, times=2).fail(429, times=1)``.

    Raises:
        ControlError: from each step, where the server refuses the rule; it says why.
    """

    def __init__(self, add: Callable[[Mapping[str, Any]], object], when: Mapping[str, Any]) -> None:
        self._add = add
        self._when = when
        self._rules: list[dict[str, Any]] = []
        self.steps = 0

    def __repr__(self) -> str:
        masked = {**self._when, **_masked(self._when.get("header"))}
        where = [f"{name}={value!r}" for name, value in masked.items() if name != "operation"]
        calls = ", ".join([*self._when.get("operation", ["any call"]), *where])
        return f"<on {calls}: {', then '.join(map(self._description, self._rules)) or 'nothing happens yet'}>"

    def _description(self, rule: Mapping[str, Any]) -> str:
        counted = {name: value for name, value in rule.get("when", {}).items() if name not in self._when}
        counted |= {"times": rule["times"]} if "times" in rule else {}
        what = shorten(", ".join(f"{name} {value!r}" for name, value in rule["respond"].items()), 200)
        return what + "".join(f", {name}={value!r}" for name, value in counted.items())

    def _rule(
        self,
        respond: Any,
        *,
        times: int | None = None,
        nth: int | str | Sequence[int | str] | None = None,
        every: int | None = None,
        share: float | None = None,
    ) -> Self:
        counted = {"nth": nth, "every": every, "share": share}
        when = {**self._when, **{name: value for name, value in counted.items() if value is not None}}
        _check_json(respond, "")
        rule: dict[str, Any] = {"respond": respond}
        if when:
            rule["when"] = when
        if times is not None:
            rule["times"] = times
        self._add(rule)
        self._rules.append(rule)
        self.steps += 1
        return self

    def fail(self, error: ErrorName | int, *, delay: Any = None, **counted: Unpack[Counted]) -> Self:
        """Refuse with an error of the catalogue, by its name or by its status (403 is ``plan-restricted``,
        429 ``too-many-requests``, 401 ``unauthorized``)."""
        name = error if isinstance(error, str) else _name_of(error)
        return self._rule({"error": name, **without_none(delay=_seconds(delay))}, **counted)

    def reply(
        self,
        status: int,
        body: Any = None,
        *,
        headers: Mapping[str, str | int] | None = None,
        content_type: str | None = None,
        delay: Any = None,
        **counted: Unpack[Counted],
    ) -> Self:
        """Answer with a status, and a body (JSON, unless it is a text of another ``content_type``)."""
        if isinstance(body, bytes | bytearray):
            raise RuleError("a body is a JSON value, or a text with its content_type, not bytes")
        response = without_none(
            body=body,
            headers=conditions("headers", headers),
            content_type=content_type,
            delay=_seconds(delay),
        )
        return self._rule({"status": status, **response}, **counted)

    def delay(self, seconds: float | timedelta | Mapping[str, Any], **counted: Unpack[Counted]) -> Self:
        """Hold the real answer back: seconds (or a timedelta), ``{"uniform": [a, b]}`` or
        ``{"lognormal": {"p50": ...}}``."""
        if seconds is None:
            raise RuleError("a delay is seconds, not None")
        return self._rule({"delay": _seconds(seconds)}, **counted)

    def trickle(self, bytes_per_second: int, **counted: Unpack[Counted]) -> Self:
        """Send the body of the real answer so slowly."""
        return self._rule({"bytes_per_second": bytes_per_second}, **counted)

    def cut(self, *, mid_body: bool = False, **counted: Unpack[Counted]) -> Self:
        """Close the connection, before any answer or in the middle of its body."""
        return self._rule({"fault": "cut-mid-body" if mid_body else "cut-before-headers"}, **counted)

    def garble(self, fault: FaultName = "truncated-json", **counted: Unpack[Counted]) -> Self:
        """Spoil the real answer: ``truncated-json``, ``malformed-json``, ``empty-body``,
        ``wrong-content-type`` or ``duplicated``."""
        return self._rule({"fault": fault}, **counted)

    def patch(self, change: Any, **counted: Unpack[Counted]) -> Self:
        """Lay a JSON merge patch (RFC 7396; None takes away) over the real answer."""
        return self._rule({"patch": change}, **counted)

    def outcome(self, outcome: OutcomeName, **counted: Unpack[Counted]) -> Self:
        """Let looking somebody up come to ``not-found``, ``gdpr``, ``compliance``, ``partial``,
        ``no-phones`` or ``do-not-call``."""
        return self._rule({"outcome": outcome}, **counted)

    def cells(self, outcome: CellOutcomeName, **counted: Unpack[Counted]) -> Self:
        """Let all cells of a table that a call runs come to ``no_data`` or ``failed``."""
        return self._rule({"cells": outcome}, **counted)

    def deliver(self, fault: DeliveryFaultName, **counted: Unpack[Counted]) -> Self:
        """Let deliveries of webhooks come ``late``, ``twice``, ``out-of-order``, with a ``wrong-signature``,
        or not at all (``dropped``): ``lusha.on().deliver("twice", times=1)``."""
        return self._rule({"deliver": fault}, **counted)

    def drain(self, leave: int = 0, **counted: Unpack[Counted]) -> Self:
        """Let the credits run out before the call is served."""
        return self._rule({"drain": leave}, **counted)

    def spend(self, window: WindowName, **counted: Unpack[Counted]) -> Self:
        """Use up a window (``minute``, ``hourly``, ``daily``) with the call, which is served."""
        return self._rule({"spend": window}, **counted)


def _seconds(delay: Any) -> Any:
    """A delay as it is sent."""
    if isinstance(delay, timedelta):
        return delay.total_seconds()
    return dict(delay) if isinstance(delay, Mapping) else delay


def _masked(header: Mapping[str, Any] | None) -> dict[str, Any]:
    """Conditions on headers, without what may be a key: failures show them."""
    if header is None:
        return {}
    return {"header": {name: "…" if name.lower() in _SECRET else value for name, value in header.items()}}


def _check_json(value: Any, where: str) -> None:
    """Refuse NaN and infinite numbers, which JSON does not have."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            _check_json(item, f"{where}.{name}" if where else str(name))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check_json(item, f"{where}.{index}")
    elif isinstance(value, float) and not isfinite(value):
        raise RuleError(f"{where} is {value}, which JSON has no number for")


def _name_of(status: int) -> str:
    names = [kind.name for kind in CATALOGUE.values() if kind.status == status]
    if not names:
        statuses = ", ".join(map(str, sorted({kind.status for kind in CATALOGUE.values()})))
        raise RuleError(
            f"no error of Lusha's has status {status} (they have {statuses}); see reply({status})"
        )
    return _USUAL.get(status, names[0])

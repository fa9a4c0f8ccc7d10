"""Requests to the control API: how they are sent, what is read from the answers, and what may be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from mock_lusha.errors import MockLushaError
from mock_lusha.seeded import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    Found = dict[str, Any]


class ControlError(MockLushaError):
    """The server refused an order, or could not be asked. ``status`` is None where no answer came."""

    def __init__(self, message: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(message)


def hides(info: Any) -> bool:
    """Whether pytest leaves out the frames of a module, where this is the module's ``__tracebackhide__``: for
    what is told to the caller, whose own line then stands alone. Not for a defect."""
    return info is not None and isinstance(info.value, MockLushaError | AssertionError)


__tracebackhide__ = hides


class UnexpectedCallsError(MockLushaError, AssertionError):
    """Calls were not made as expected; the message has the nearest misses."""


class ControlProtocol:
    """What both clients share: where an order goes, and what its answer means."""

    def __init__(self, url: str, account: str | None, token: str | None) -> None:
        self.url = url.rstrip("/")
        self.account = account
        self._headers = {} if token is None else {"x-mock-lusha-token": token}

    def __repr__(self) -> str:
        whose = "all accounts" if self.account is None else f"account {fingerprint(self.account)}"
        return f"<{type(self).__name__} of {self.url}, {whose}>"

    def _target(self, path: str, **query: Any) -> str:
        sent = {"account": self.account, **query}
        sent = {name: str(value) for name, value in sent.items() if value is not None}
        return f"/_mock/{path}?{urlencode(sent)}" if sent else f"/_mock/{path}"

    def _read(self, method: str, path: str, status: int, content: bytes) -> Found:
        try:
            body = orjson.loads(content)
        except ValueError:
            body = None
        if 200 <= status < 300 and isinstance(body, dict):
            return body
        text = content[:200].decode("utf-8", "replace")
        problems = body.get("errors") or [body.get("message")] if isinstance(body, dict) else [text]
        # One line a cause.
        told = f" {problems[0]}" if len(problems) == 1 else "".join(f"\n  {each}" for each in problems)
        raise ControlError(f"{method} /_mock/{path} was answered with {status}:{told}", status)

    def _unreachable(self, error: Exception) -> ControlError:
        return ControlError(f"{self.url} cannot be asked: {str(error) or type(error).__name__}")


def fingerprint(key: str) -> str:
    """What tells the account of a key apart where keys are masked: 8 hex digits, as the server has them."""
    return f"{number('fingerprint', key) & 0xFFFFFFFF:08x}"


def encoded(body: Any) -> bytes:
    """An order's body as it is sent.

    Raises:
        ControlError: something in it is no JSON.
    """
    try:
        return orjson.dumps(body)
    except TypeError as error:
        raise ControlError(f"what is sent is JSON, with texts as keys: {error}") from None


def scenario_of(name: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A scenario as it is sent: a name stands for a known one."""
    return {"name": name} if isinstance(name, str) else name


def given(**values: Any) -> dict[str, Any]:
    """What was given; None was not."""
    return {name: value for name, value in values.items() if value is not None}


def checked(found: Found, expected: Mapping[str, Any]) -> Found:
    """What a verification found.

    Raises:
        UnexpectedCallsError: it is not what was expected.
    """
    if found["verified"]:
        return found
    bounds = found["expected"]
    least, most = bounds["at_least"], bounds["at_most"]
    wanted = f"{least}" if least == most else f"at least {least}" if most is None else f"{least} to {most}"
    lines = [f"{wanted} calls were expected of {expected or 'any kind'}; there were {found['count']}"]
    lines += [
        f"  near: exchange {miss['id']} {miss['operation']}: {'; '.join(miss['differences'])}"
        for miss in found.get("near_misses", ())
    ]
    if found.get("matched"):
        lines.append(f"  exchanges {', '.join(map(str, found['matched']))}")
    if not found["complete"]:
        lines.append("  the journal is full: older exchanges were not looked at")
    raise UnexpectedCallsError("\n".join(lines))

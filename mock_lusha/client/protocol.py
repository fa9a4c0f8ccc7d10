"""The protocol of the control API: how requests are sent, how answers are read, and what may go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson

from mock_lusha.config.settings import parse_setting
from mock_lusha.errors import MockLushaError
from mock_lusha.seeded import number
from mock_lusha.wording import noun

if TYPE_CHECKING:
    from collections.abc import Sequence

    Answer = dict[str, Any]

PATIENCE: Final = 15.0
"""Seconds that an answer of the control API may take."""
_NO_TOKEN: Final = 401
_FOR_EACH: Final = 0.1
"""Seconds more for each request that is to be priced: a bulk of 100 takes a tenth of that."""


class ControlError(MockLushaError):
    """The server refused a request, or could not be reached. ``status`` is None where no answer came.

    ``reason`` is the message without ``advice``, which is for callers in Python.
    """

    def __init__(self, message: str, status: int | None = None, advice: str = "") -> None:
        self.status = status
        self.reason = message
        super().__init__(message + advice)


def hides(info: Any) -> bool:
    """Whether pytest leaves out the frames of a module that has this as its ``__tracebackhide__``: for errors
    meant for the caller, whose own line then stands alone, and not for a defect."""
    return info is not None and isinstance(info.value, MockLushaError | AssertionError)


__tracebackhide__ = hides


class UnexpectedCallsError(MockLushaError, AssertionError):
    """Calls were not made as expected; the message has the nearest misses."""


class ControlProtocol:
    """What both clients share: where a request goes, and what its answer means."""

    def __init__(self, url: str, account: str | None, token: str | None) -> None:
        self.url = url.rstrip("/")
        self.account = account
        token = checked_token(token)
        self._headers = {} if token is None else {"x-mock-lusha-token": token}

    def __repr__(self) -> str:
        scope = "all accounts" if self.account is None else f"account {fingerprint(self.account)}"
        return f"<{type(self).__name__} of {self.url}, {scope}>"

    def _target(self, path: str, **query: Any) -> str:
        parameters = {"account": self.account, **query}
        # A list is a parameter several times: a comma is a part of its value.
        parameters = {
            name: list(map(str, value)) if isinstance(value, list | tuple) else str(value)
            for name, value in parameters.items()
            if value is not None
        }
        return f"/_mock/{path}?{urlencode(parameters, doseq=True)}" if parameters else f"/_mock/{path}"

    def _read(self, method: str, path: str, status: int, content: bytes) -> Answer:
        try:
            body = orjson.loads(content)
        except ValueError:
            body = None
        if 200 <= status < 300 and isinstance(body, dict):
            return body
        raise self._refusal(method, path, status, content, body)

    def _read_text(self, method: str, path: str, status: int, content: bytes) -> str:
        if status == 200:
            return content.decode()
        try:
            body = orjson.loads(content)
        except ValueError:
            body = None
        raise self._refusal(method, path, status, content, body)

    def _refusal(self, method: str, path: str, status: int, content: bytes, body: Any) -> ControlError:
        problems: Any = None
        if isinstance(body, dict):  # a server that is not ready says in its status why
            problems = body.get("errors") or body.get("message") or body.get("status")
        problems = [problems] if isinstance(problems, str) else problems
        if not problems or not isinstance(problems, list):
            # What it sent is not shown: a page of another server fills a screen and says nothing.
            return ControlError(
                f"no mock-lusha is at {self.url}: it answers {status} to {method} /_mock/{path}", status
            )
        # One line for each cause.
        causes = (
            f" {problems[0]}" if len(problems) == 1 else "".join(f"\n  {problem}" for problem in problems)
        )
        advice = "; in Python it is the argument token=" if status == _NO_TOKEN else ""
        return ControlError(f"{method} /_mock/{path} was answered with {status}:{causes}", status, advice)

    def _unreachable(self, error: Exception) -> ControlError:
        return ControlError(f"{self.url} cannot be asked: {str(error) or type(error).__name__}")


def checked_token(token: str | None, source: str = "token") -> str | None:
    """A token that can be sent, by the rule of the setting; None is none.

    Raises:
        ConfigError: it cannot be one; it names ``source`` and what would work, and never shows it.
    """
    if token is None:
        return None
    checked: str = parse_setting("control_token", token, source)
    return checked


def fingerprint(key: str) -> str:
    """What identifies the account of a key where keys are masked: 8 hex digits, the same as the server's."""
    return f"{number('fingerprint', key) & 0xFFFFFFFF:08x}"


def encode(body: Any) -> bytes:
    """The body of a request as it is sent.

    Raises:
        ControlError: something in it is not JSON.
    """
    try:
        return orjson.dumps(body)
    except TypeError as error:
        raise ControlError(f"what is sent is JSON, with texts as keys: {error}") from None


def scenario_request(name: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A scenario as it is sent: a name stands for one that the server has."""
    return {"name": name} if isinstance(name, str) else name


def preview_request(
    requests: Mapping[str, Any] | Sequence[Mapping[str, Any]], wait: bool | None, entries: bool | None
) -> dict[str, Any]:
    """Requests to be priced as they are sent: one, or several."""
    one = dict(requests) if isinstance(requests, Mapping) else {"requests": list(requests)}
    return one | without_none(wait=wait, entries=entries)


def patience_for(body: Mapping[str, Any]) -> float:
    """How many seconds one waits for so many previews."""
    return PATIENCE + len(body.get("requests", ())) * _FOR_EACH


def without_none(**values: Any) -> dict[str, Any]:
    """The arguments that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def check_verified(verification: Answer, expected: Mapping[str, Any]) -> Answer:
    """The answer to a verification.

    Raises:
        UnexpectedCallsError: the calls are not as expected.
    """
    if verification["verified"]:
        return verification
    bounds = verification["expected"]
    least, most = bounds["at_least"], bounds["at_most"]
    times = f"{least}" if least == most else f"at least {least}" if most is None else f"{least} to {most}"
    count = verification["count"]
    calls = noun(least if most is None else most, "call was", "calls were")
    lines = [
        f"{times} {calls} expected of {expected or 'any kind'}; there {noun(count, 'was', 'were')} {count}"
    ]
    lines += [
        f"  near: exchange {miss['id']} {miss['operation']}: {'; '.join(miss['differences'])}"
        for miss in verification.get("near_misses", ())
    ]
    if verification.get("matched"):
        lines.append(f"  exchanges {', '.join(map(str, verification['matched']))}")
    if not verification["complete"]:
        lines.append("  the journal is full: older exchanges were not looked at")
    raise UnexpectedCallsError("\n".join(lines))

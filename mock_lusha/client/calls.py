"""The calls of the code under test: the journal of one account as a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload
from urllib.parse import parse_qs

from mock_lusha.client.protocol import hides, without_none
from mock_lusha.values import frozen
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Unpack

    from mock_lusha.client.control import Control
    from mock_lusha.client.literals import CallLike, CallWith, ErrorName, FaultName, OperationId

__tracebackhide__ = hides


@frozen
class Call:
    """One request and its answer. ``body`` and ``answer`` are JSON values, texts where they are not JSON, and
    None where there is none. ``charged`` is in credits, ``ms`` in milliseconds; ``status`` is 0 where no
    answer was sent. ``rules`` of scenarios that fired are written ``scenario/rule#n``."""

    id: int
    time: str
    operation: str | None
    method: str
    path: str
    query: Mapping[str, str]
    queries: Mapping[str, Sequence[str]]
    body: Any
    status: int
    answer: Any
    charged: int
    left: Mapping[str, int]
    error: str | None
    rules: Sequence[str]
    warnings: Sequence[str]
    ms: float

    @classmethod
    def of(cls, exchange: Mapping[str, Any]) -> Call:
        """A call out of an exchange as the control API shows it."""
        queries = parse_qs(exchange["query"], keep_blank_values=True)
        return cls(
            id=exchange["id"],
            time=exchange["time"],
            operation=exchange["operation"],
            method=exchange["method"],
            path=exchange["path"],
            query={name: values[-1] for name, values in queries.items()},
            queries=queries,
            body=exchange["request"],
            status=exchange["status"],
            answer=exchange["answer"],
            charged=exchange["charged"],
            left=exchange["left"],
            error=exchange["error"],
            rules=tuple(exchange["rules"]),
            warnings=tuple(exchange["warnings"]),
            ms=exchange["ms"],
        )

    def __repr__(self) -> str:
        return f"<call #{self.id} {self}>"

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, values in self.queries.items() for value in values)
        request = f"{self.method} {self.path}" + (f"?{query}" if query else "")
        answer = f"{self.status}" if self.status else "no answer"
        parts = [f"{request} -> {answer}", *([self.error] if self.error else [])]
        if self.charged:
            parts.append(counted(self.charged, "credit"))
        return ", ".join([*parts, *(f"rule {rule}" for rule in self.rules)])


class Calls(Sequence[Call]):
    """The calls of an account, oldest first, as they were when this object was made.

    ``len(calls)``, ``calls[0]``, ``for call in calls``; the assertions ask the server again.
    """

    def __init__(self, control: Control) -> None:
        self._control = control
        self._calls = _calls(control)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        return self._calls[index]

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __repr__(self) -> str:
        more = "; …" if len(self) > 5 else ""
        return f"<{counted(len(self), 'call')}: {'; '.join(map(str, self._calls[:5]))}{more}>"

    def filter(
        self,
        operation: OperationId | None = None,
        *,
        status: int | None = None,
        error: ErrorName | FaultName | None = None,
        rule: str | None = None,
    ) -> list[Call]:
        """The calls of an operation, with a status, an error of the catalogue, or a rule that fired.

        Raises:
            ControlError: no operation has this id; the nearest is suggested.
        """
        return _calls(self._control, operation=operation, status=status, error=error, rule=rule)

    def count(
        self,
        operation: OperationId | None = None,
        *,
        status: int | None = None,
        error: ErrorName | FaultName | None = None,
        rule: str | None = None,
    ) -> int:
        """How many calls there were of an operation, or of all; the rest is what ``filter`` takes."""
        return len(self.filter(operation, status=status, error=error, rule=rule))

    @property
    def last(self) -> Call:
        """The last call.

        Raises:
            LookupError: there was none.
        """
        if not self._calls:
            raise LookupError("no call was made")
        return self._calls[-1]

    def assert_called(
        self, operation: OperationId | None = None, *, times: int | None = None, **like: Unpack[CallWith]
    ) -> None:
        """Check that an operation was called, at all or just so many times.

        ``like`` may give ``at_least``, ``at_most``, ``method``, ``path``, ``status``, ``query`` and ``body``.

        Raises:
            UnexpectedCallsError: it was not (an AssertionError); the nearest misses are named.
        """
        self._control.verify(operation, times=times, **like)

    def assert_not_called(self, operation: OperationId | None = None, **like: Unpack[CallWith]) -> None:
        """Check that an operation (or anything at all) was not called.

        Raises:
            UnexpectedCallsError: it was (an AssertionError).
        """
        self._control.verify(operation, times=0, **like)

    def assert_called_with(
        self,
        operation: OperationId | None = None,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        times: int | None = None,
        **like: Unpack[CallLike],
    ) -> None:
        """Check that an operation was called with parameters, or a body, that hold at least these.

        Raises:
            UnexpectedCallsError: it was not (an AssertionError); it says what was different.
        """
        content = without_none(query=query, body=body)
        self._control.verify(operation, times=times, **content, **like)


def _calls(control: Control, **like: Any) -> list[Call]:
    """All matching calls that the journal has, oldest first."""
    page = control.journal(**like)
    calls = [Call.of(exchange) for exchange in page["exchanges"]]
    while page.get("more"):
        page = control.journal(before=calls[0].id, **like)
        calls[:0] = [Call.of(exchange) for exchange in page["exchanges"]]
    return calls

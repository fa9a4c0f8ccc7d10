"""How the code under test behaves as a client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from mock_lusha.client.protocol import hides
from mock_lusha.values import frozen
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection

    from mock_lusha.client.control import Control

__tracebackhide__ = hides


@frozen
class Verdict:
    """A bad habit, such as ``retried-too-early``: advice, how often it happened, and evidence."""

    name: str
    advice: str
    times: int
    evidence: Sequence[str]


class HandleConduct(Sequence[Verdict]):
    """The verdicts on an account's calls, as they were when this object was made."""

    def __init__(self, control: Control) -> None:
        accounts = control.conduct()["accounts"]
        self._verdicts = [
            Verdict(
                verdict["name"],
                verdict["advice"],
                verdict["times"],
                tuple(evidence["text"] for evidence in verdict["evidence"]),
            )
            for account in accounts
            for verdict in account["verdicts"]
        ]

    @overload
    def __getitem__(self, index: int) -> Verdict: ...
    @overload
    def __getitem__(self, index: slice) -> list[Verdict]: ...
    def __getitem__(self, index: int | slice) -> Verdict | list[Verdict]:
        return self._verdicts[index]

    def __len__(self) -> int:
        return len(self._verdicts)

    def __repr__(self) -> str:
        told = [f"{verdict.name} {counted(verdict.times, 'time')}" for verdict in self]
        return f"<conduct: {', '.join(told) or 'clean'}>"

    def assert_clean(self, but: Collection[str] = ()) -> None:
        """Check that there are no verdicts but those named.

        Raises:
            AssertionError: there are; it has their advice and evidence.
        """
        lines = []
        for verdict in self._verdicts:
            if verdict.name not in but:
                lines.append(f"{verdict.name}, {counted(verdict.times, 'time')}. {verdict.advice}")
                lines += [f"  {text}" for text in verdict.evidence[:5]]
        if lines:
            raise AssertionError("\n".join(["the calls were made in a way that does harm:", *lines]))

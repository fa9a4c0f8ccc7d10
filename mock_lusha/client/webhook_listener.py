"""Forwarding of deliveries: what waits on a server is taken there, and posted to a receiver elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.client.control import Control
from mock_lusha.client.protocol import hides
from mock_lusha.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_lusha.client.receivers import Receiver, ReceiverAnswer

__tracebackhide__ = hides

_GIVEN_UP = "whoever forwards deliveries was stopped in the middle of this one"


class WaitingDeliveries(Control):
    """The deliveries of an account that wait on a server until somebody takes them.

    Raises:
        ControlError: from every method, when the server refuses or cannot be reached.
    """

    def are_there(self) -> bool:
        """Whether any waits."""
        return bool(self._send("GET", "webhooks/deliveries", state="waiting").get("deliveries"))

    def take(self) -> Mapping[str, Any] | None:
        """The next one that is due: ``delivery`` is its id; ``method``, ``url``, ``headers``, ``body``."""
        request: Mapping[str, Any] | None = self._send("POST", "webhooks/take")["request"]
        return request

    def answered(self, delivery: str, status: int | None, error: str | None) -> None:
        """Say what a receiver answered, or why there is no answer."""
        answer = {"delivery": delivery, "status": status, "error": error}
        self._send("POST", "webhooks/answered", answer)


class Forwarder:
    """Forwards what waits to ``url`` of a receiver; ``tell`` gets a line for each."""

    def __init__(
        self, waiting: WaitingDeliveries, receiver: Receiver, url: str, tell: Callable[[str], object]
    ) -> None:
        self._waiting = waiting
        self._receiver = receiver
        self._url = url
        self._tell = tell

    def forward(self) -> int:
        """Forward all that are due, in order; how many they were.

        Raises:
            ControlError: the server refuses or cannot be reached.
        """
        count = 0
        if not self._waiting.are_there():
            return count
        while (request := self._waiting.take()) is not None:
            self._forward(request)
            count += 1
        return count

    def _forward(self, request: Mapping[str, Any]) -> None:
        delivery, begun = request["delivery"], Clock.stopwatch()
        try:
            answer = self._receiver.deliver(self._url, request["headers"], request["body"].encode())
        except BaseException:
            # It would be under way forever.
            self._waiting.answered(delivery, None, _GIVEN_UP)
            raise
        # What an application raised is told here; the server judges by the status.
        error = answer.error if answer.status is None else None
        self._waiting.answered(delivery, answer.status, error)
        self._tell(f"{delivery}  {_said(answer)}  {(Clock.stopwatch() - begun) * 1_000:.0f} ms")


def _said(answer: ReceiverAnswer) -> str:
    return str(answer.status) if answer.status is not None else f"no answer: {answer.error}"

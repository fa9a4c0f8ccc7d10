"""What the code under test spent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.client.display import shown_or
from mock_lusha.client.protocol import hides
from mock_lusha.values import frozen
from mock_lusha.wording import counted, noun

if TYPE_CHECKING:
    from mock_lusha.client.control import Control

__tracebackhide__ = hides


@frozen
class Charge:
    """One line of a ledger: ``price`` in credits is 0 where ``why`` says it was free."""

    operation: str
    kind: str
    entity: str
    price: int
    why: str


class HandleLedger:
    """The credits of an account; each property asks the server."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def __repr__(self) -> str:
        return shown_or(
            lambda: f"<ledger: {counted(self.spent, 'credit')} spent, {self._left()} left>", "<ledger>"
        )

    def _left(self) -> str:
        remaining = self.remaining
        return "no end" if remaining is None else str(remaining)

    @property
    def _credits(self) -> dict[str, Any]:
        balance: dict[str, Any] = self._control.accounts()["credits"]
        return balance

    @property
    def spent(self) -> int:
        """All credits that were charged, whatever was drained or renewed since."""
        spent: int = self._credits["spent"]
        return spent

    @property
    def remaining(self) -> int | None:
        """Credits that are left; None is unlimited."""
        remaining: int | None = self._credits["remaining"]
        return remaining

    @property
    def entries(self) -> list[Charge]:
        """What was charged and what was free, oldest first; the last 10,000 of them."""
        entries = self._control.ledger()["entries"]
        return [Charge(**{name: entry[name] for name in Charge.__dataclass_fields__}) for entry in entries]

    def assert_spent(self, credits: int) -> None:  # noqa: A002 - the word of the API
        """Check that exactly so many credits were spent.

        Raises:
            AssertionError: it lists what was charged.
        """
        spent = self.spent
        if spent != credits:
            paid = [
                f"  {e.price} for {e.kind} of {e.entity} ({e.operation})" for e in self.entries if e.price
            ]
            were = noun(spent, "was", "were")
            raise AssertionError(
                "\n".join([f"{counted(spent, 'credit')} {were} spent, not {credits:,}", *paid])
            )

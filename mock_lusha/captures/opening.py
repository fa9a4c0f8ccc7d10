"""The parts of a server whose accounts are captured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.captures.captures import Captures
from mock_lusha.captures.shared_accounts import SharedAccounts
from mock_lusha.captures.shared_journal import SharedJournal
from mock_lusha.captures.shared_log import KeysLogMiddleware, SharedKeysLogMiddleware
from mock_lusha.captures.shared_totals import SharedTotals

if TYPE_CHECKING:
    from mock_lusha.control.context import ControlContext

__all__ = [
    "KeysLogMiddleware",
    "SharedAccounts",
    "SharedJournal",
    "SharedKeysLogMiddleware",
    "SharedTotals",
    "captures_of",
]


def captures_of(context: ControlContext) -> Captures:
    """The captures of a server that is made of these parts."""
    return Captures(context)

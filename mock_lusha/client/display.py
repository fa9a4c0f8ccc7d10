"""Texts of the parts of a handle, as pytest shows them in a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.client.protocol import ControlError

if TYPE_CHECKING:
    from collections.abc import Callable


def shown_or(shown: Callable[[], str], otherwise: str) -> str:
    """A text that asks the server, or ``otherwise`` if the server is gone: a repr must not fail."""
    try:
        return shown()
    except ControlError:
        return otherwise

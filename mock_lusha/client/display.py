"""How the parts of a handle show themselves where somebody looks at them, as pytest does in a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.client.protocol import ControlError

if TYPE_CHECKING:
    from collections.abc import Callable


def told(shown: Callable[[], str], otherwise: str) -> str:
    """What is shown of something that a server must be asked about; ``otherwise`` where that is gone: to show
    a thing must not fail."""
    try:
        return shown()
    except ControlError:
        return otherwise

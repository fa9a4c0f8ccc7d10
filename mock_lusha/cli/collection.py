"""When the garbage collector of a server runs."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_THRESHOLDS = (50_000, 20, 20)
"""When the garbage collector runs, as ``gc.set_threshold`` takes it."""


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Start without the garbage collector: nothing that is made then is garbage, now or later.

    Requests leave almost none behind for the collector, so it runs less often afterwards.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
        gc.set_threshold(*_THRESHOLDS)
    finally:
        gc.enable()

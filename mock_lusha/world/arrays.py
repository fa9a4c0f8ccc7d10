"""numpy, imported when the first search needs it: a third of a start would go to it otherwise."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    import numpy  # noqa: PLC0415 - the point of this module

    return getattr(numpy, name)

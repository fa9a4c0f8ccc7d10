"""A request that the recorder is asked about, however it came."""

from __future__ import annotations

from typing import Any

from mock_lusha.values import frozen


@frozen
class RecorderRequest:
    """A request as it came. ``secrets`` are the keys that its headers carry; ``inexact`` says why it cannot
    be read exactly and so not be priced, and is empty where it can."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    has_body: bool = False
    secrets: tuple[str, ...] = ()
    inexact: str = ""

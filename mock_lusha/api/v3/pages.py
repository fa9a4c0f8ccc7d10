"""Pages of results."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_lusha.api.request import ApiRequest


def shown_size(call: ApiRequest, count: int, size: int) -> int:
    """The size of a page of ``count`` results as its answer has it: how many there are, as observed (what was
    asked for where there are none), or always what was asked for, as documented."""
    return (count or size) if call.live else size

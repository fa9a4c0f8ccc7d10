"""Where API keys are sent in headers, rightly or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def keys_in(headers: Iterable[tuple[str, str]]) -> list[str]:
    """The values of headers that carry a key: as they came, and without a scheme."""
    keys: list[str] = []
    for name, value in headers:
        bare = name.lower().replace("-", "").replace("_", "")
        if ("apikey" in bare or bare.endswith("authorization")) and value.strip():
            keys += [value.strip(), value.strip().rpartition(" ")[2]]
    return keys

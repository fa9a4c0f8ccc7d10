"""Content encodings of answers that others recorded as they came."""

from __future__ import annotations

import gzip
import importlib
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def decoder(name: str) -> Callable[[bytes], bytes] | None:
    """What decodes a content-encoding; None where nothing here can."""
    if name in {"gzip", "x-gzip"}:
        return gzip.decompress
    if name == "deflate":
        return _inflate
    if name == "br":
        for module in ("brotli", "brotlicffi"):
            try:
                decompress: Callable[[bytes], bytes] = importlib.import_module(module).decompress
            except ImportError:
                continue
            return decompress
    return None


def _inflate(content: bytes) -> bytes:
    try:
        return zlib.decompress(content)
    except zlib.error:
        return zlib.decompress(content, -zlib.MAX_WBITS)  # many servers send it without its two bytes ahead

"""What a client of the double verifies: nothing, where it is not spoken to over TLS."""

from __future__ import annotations

import ssl
from functools import cache


def verification(url: str) -> ssl.SSLContext | bool:
    """What ``verify`` of an httpx transport is to be: the machine's certificates take 15 ms to load."""
    return True if url.startswith("https:") else _without_certificates()


@cache
def _without_certificates() -> ssl.SSLContext:
    # It verifies nobody, so whoever was spoken to over TLS with it after all would be refused.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

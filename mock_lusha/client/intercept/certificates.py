"""Which certificates a client of the double loads: none, where it does not use TLS."""

from __future__ import annotations

import ssl
from functools import cache


def verification(url: str) -> ssl.SSLContext | bool:
    """The ``verify`` of an httpx transport. The machine's certificates take 15 ms to load: only for TLS."""
    return True if url.startswith("https:") else _without_certificates()


@cache
def _without_certificates() -> ssl.SSLContext:
    # It trusts nobody: if TLS were used with it after all, the server would be refused.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

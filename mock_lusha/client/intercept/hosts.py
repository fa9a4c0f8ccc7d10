"""Which host a name means, however it is written."""

from __future__ import annotations

import contextlib
import unicodedata
from typing import Final

API_HOST: Final = "api.lusha.com"
DOMAIN: Final = "lusha.com"
# What IDNA takes for a dot, beside the one that NFKC turns into one.
_DOTS = str.maketrans({"\u3002": ".", "\uff61": "."})


def host_name(host: object) -> str | None:
    """The name that a resolver would look up for ``host``: text or bytes, in any case, with full-width
    letters, other dots, brackets or a dot at its end. None for what is not the name of a host.
    """
    if isinstance(host, bytes | bytearray | memoryview):
        host = bytes(host).decode("utf-8", "replace")
    if not isinstance(host, str):
        return None
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host).translate(_DOTS)
        with contextlib.suppress(UnicodeError):  # no resolver of Python would look that up
            # As Python itself does before it asks, which also leaves out what cannot be seen.
            host = host.encode("idna").decode("ascii")
    return host.strip("[]").rstrip(".").lower()


def is_lushas(name: str) -> bool:
    """Whether a name that ``host_name`` gave is of Lusha's domain, the API's or another."""
    return name.endswith(DOMAIN) and (name == DOMAIN or name[-len(DOMAIN) - 1] == ".")

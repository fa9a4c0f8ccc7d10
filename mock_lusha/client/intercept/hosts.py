"""Names of hosts, however they are written."""

from __future__ import annotations

import contextlib
import unicodedata
from typing import Final

API_HOST: Final = "api.lusha.com"
DOMAIN: Final = "lusha.com"
# Characters that IDNA reads as a dot, besides the one that NFKC turns into a dot.
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
        with contextlib.suppress(UnicodeError):  # Python's resolver would not look that up
            # As Python itself does before a lookup, which also removes invisible characters.
            host = host.encode("idna").decode("ascii")
    return host.strip("[]").rstrip(".").lower()


def is_lushas(name: str) -> bool:
    """Whether a name that ``host_name`` gave is of Lusha's domain, the API's or another."""
    return name.endswith(DOMAIN) and (name == DOMAIN or name[-len(DOMAIN) - 1] == ".")

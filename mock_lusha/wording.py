"""Words of messages for people."""

from __future__ import annotations


def noun(count: int, one: str, many: str = "") -> str:
    """The form of a noun that goes with a count; ``many`` is there for one that does not end in s."""
    return one if count == 1 else many or f"{one}s"


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun, such as ``1 call`` and ``2,000 calls``."""
    return f"{count:,} {noun(count, one, many)}"


def without_user(url: str) -> str:
    """A URL as it is shown: without the user and password that it may have."""
    scheme, separator, rest = url.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"

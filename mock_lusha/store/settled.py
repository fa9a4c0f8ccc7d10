"""What an engine answers, at once or later."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


async def settled(value: T | Awaitable[T]) -> T:
    """The value of an answer, which is waited for where it comes later."""
    if hasattr(value, "__await__"):
        return await cast("Awaitable[T]", value)
    return value

"""What was sent, where it stands in a cassette as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection


def with_recorded_texts(original: Any, redacted: Any, texts: Collection[str]) -> Any:
    """The redacted value, but with what was sent where that stands in the cassette as it is."""
    if isinstance(original, dict) and isinstance(redacted, dict) and original.keys() == redacted.keys():
        return {name: with_recorded_texts(original[name], redacted[name], texts) for name in original}
    if isinstance(original, list) and isinstance(redacted, list) and len(original) == len(redacted):
        return [with_recorded_texts(one, other, texts) for one, other in zip(original, redacted, strict=True)]
    if isinstance(original, str | int) and not isinstance(original, bool) and str(original) in texts:
        return original
    return redacted


def with_recorded_segments(original: str, redacted: str, texts: Collection[str]) -> str:
    """The same for a path."""
    segments = with_recorded_texts(original.split("/"), redacted.split("/"), texts)
    return "/".join(segments)

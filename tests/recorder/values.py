"""Values as JSON has them, for tests that take any."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ODD: tuple[str, ...] = (
    *(
        "",
        "null",
        "2024-01-31",
        "2024-01-31T10:00:00Z",
        "1:30",
        "0o17",
        "1_000",
        "1e3",
        "=",
        "<<",
        "~",
        "yes",
    ),
    *("a\x00b", "\x1b[0m", "\x7f", "a\r\nb", " \n ", "\x85", "\u2028", "\ufeff", "\U0001f600"),
    *("José", "&a *b !c", "- x"),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(ODD)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def same(one: Any, other: Any) -> bool:
    """Equal, with 1, 1.0 and true told apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return type(one) is type(other) and bool(one == other)

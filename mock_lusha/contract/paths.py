"""A table of values by method and path, which may have parameters in braces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

_NO_PARAMETERS: Mapping[str, str] = {}


class PathTable(Generic[T]):
    """Values by method and path. Fixed paths are found in a dictionary; patterns are tried after them.

    A trailing slash is read over. HEAD finds what GET does.
    """

    def __init__(self) -> None:
        self._fixed: dict[tuple[str, str], T] = {}
        self._patterns: list[tuple[str, str, re.Pattern[str], T]] = []

    def add(self, method: str, path: str, value: T) -> None:
        """Put a value under a method and a path; each ``{name}`` of it is a parameter."""
        if "{" in path:
            pattern = re.sub(r"\\\{([^}]*)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
            self._patterns.append((method, path, re.compile(pattern), value))
        else:
            self._fixed[method, path.removesuffix("/")] = value

    def find(self, method: str, path: str) -> tuple[T, Mapping[str, str]] | None:
        """The value under a method and a path, and the parameters in the path; None if there is none."""
        if method == "HEAD":
            method = "GET"
        path = path.removesuffix("/")
        value = self._fixed.get((method, path))
        if value is not None:
            return value, _NO_PARAMETERS
        for other, _, pattern, value in self._patterns:
            if other == method:
                match = pattern.fullmatch(path)
                if match is not None:
                    return value, match.groupdict()
        return None

    def methods(self, path: str) -> list[str]:
        """The methods that a path takes, HEAD where it takes GET; none where nothing is served there."""
        path = path.removesuffix("/")
        methods = {method for method, fixed in self._fixed if fixed == path}
        methods |= {method for method, _, pattern, _ in self._patterns if pattern.fullmatch(path)}
        return sorted(methods | ({"HEAD"} if "GET" in methods else set()))

    def __iter__(self) -> Iterator[str]:
        """All paths, each once and with its parameters in braces."""
        fixed = {path or "/" for _, path in self._fixed}
        return iter(sorted(fixed | {path for _, path, _, _ in self._patterns}))


def parameters_from_the_end(path: str) -> list[tuple[int, str]]:
    """The parameters in a path: the number of their segment, counted from the end, and their name.

    Counted from the end, as an old path may have other segments before.
    """
    segments = enumerate(reversed(path.split("/")))
    return [(at, segment.strip("{}")) for at, segment in segments if segment.startswith("{")]

"""Which operation of the contract a path is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_lusha.contract.document import Contract, Operation


class Operations:
    """Finds operations by method and path, old paths and a trailing slash included."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._fixed: dict[tuple[str, str], Operation] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Operation]] = []
        for operation in contract.operations.values():
            for path in operation.paths:
                if "{" in path:
                    pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))
                    self._patterns.append((operation.method, pattern, operation))
                else:
                    self._fixed[operation.method, path] = operation

    @property
    def usage(self) -> Operation | None:
        """The operation that tells how many credits are left, None where the contract has none."""
        return next((one for one in self.contract.operations.values() if one.usage), None)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation, None where the contract has none."""
        method = "GET" if method == "HEAD" else method
        path = path.removesuffix("/") or "/"
        found = self._fixed.get((method, path))
        if found is not None:
            return found
        return next((o for m, pattern, o in self._patterns if m == method and pattern.fullmatch(path)), None)

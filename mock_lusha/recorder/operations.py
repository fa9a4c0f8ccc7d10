"""Which operation of the contract a path is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.contract.paths import PathTable

if TYPE_CHECKING:
    from mock_lusha.contract.document import Contract, Operation


class Operations:
    """Finds operations by method and path, old paths and a trailing slash included."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._table: PathTable[Operation] = PathTable()
        for operation in contract.operations.values():
            for path in operation.paths:
                self._table.add(operation.method, path, operation)

    @property
    def usage(self) -> Operation | None:
        """The operation that reports how many credits are left, None where the contract does not have one."""
        operations = self.contract.operations.values()
        return next((operation for operation in operations if operation.usage), None)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation, None where the contract has none."""
        match = self._table.find(method, path)
        return None if match is None else match[0]

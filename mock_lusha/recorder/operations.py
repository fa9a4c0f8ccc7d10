"""Which operation of the contracts a path is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.contract.paths import PathTable

if TYPE_CHECKING:
    from mock_lusha.contract.document import Operation
    from mock_lusha.contract.registry import Registry


class Operations:
    """Finds operations by method and path, old paths and a trailing slash included."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._table: PathTable[Operation] = PathTable()
        for operation in registry.operations.values():
            for path in operation.paths:
                self._table.add(operation.method, path, operation)

    def usage(self, generation: str) -> Operation | None:
        """The operation of a generation that reports how many credits are left, None where it has none."""
        operations = self._registry.operations.values()
        return next((each for each in operations if each.usage and each.generation == generation), None)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation, None where no contract has it."""
        match = self._table.find(method, path)
        return None if match is None else match[0]

"""What scenarios may speak of: the operations of the contract with their parameters and bodies."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from mock_lusha.errors import CATALOGUE
from mock_lusha.scenario.identifiers import SPELLING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_lusha.contract.document import Contract, Operation


class Facts:
    """Contracts as the checks of scenarios need them."""

    def __init__(self, *contracts: Contract) -> None:
        self._contracts = {contract.generation: contract for contract in contracts}
        self.operations: Mapping[str, Operation] = {
            name: operation for contract in contracts for name, operation in contract.operations.items()
        }

    @cached_property
    def statuses(self) -> frozenset[int]:
        """The statuses an answer may have: HTTP's final ones and those of the catalogue."""
        known = {status.value for status in HTTPStatus if status.value >= 200}
        return frozenset(known | {kind.status for kind in CATALOGUE.values()})

    def _chosen(self, operations: Iterable[str] | None) -> list[Operation]:
        return [self.operations[name] for name in (operations or self.operations)]

    def parameters(self, operations: Iterable[str] | None) -> set[str]:
        """The query parameters of the operations (None: of all)."""
        return {
            parameter["name"]
            for operation in self._chosen(operations)
            for parameter in operation.parameters
            if parameter["in"] == "query"
        }

    def properties(self, operations: Iterable[str] | None) -> set[str]:
        """The properties at the top of the bodies of the operations; empty where those are open."""
        found: set[str] = set()
        for operation in self._chosen(operations):
            if operation.body is not None:
                found |= self._of(self._contracts[operation.generation], operation.body)
        return found

    def identify(self, operations: Iterable[str] | None) -> bool:
        """Whether some of the operations (None: of all) look somebody up by a mailbox, a name or a domain."""
        return any(
            kind in SPELLING
            for operation in self._chosen(operations)
            for kind in (operation.identifiers or {}).values()
        )

    def _of(self, contract: Contract, schema: Mapping[str, Any]) -> set[str]:
        schema = contract.resolve(schema)
        found = set(schema.get("properties", ()))
        for word in ("allOf", "anyOf", "oneOf"):
            for each in schema.get(word, ()):
                found |= self._of(contract, each)
        return found

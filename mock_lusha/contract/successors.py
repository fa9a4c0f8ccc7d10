"""Which operation takes the place of one of an earlier generation, and what changes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.contract.document import Operation


@frozen
class Successor:
    """What takes the place of ``operation``: ``by``, the first of which does the same as it; ``changes`` are
    what is different about requests and answers."""

    operation: Operation
    by: tuple[Operation, ...]
    changes: tuple[str, ...]

    @classmethod
    def of(cls, operation: Operation, operations: Mapping[str, Operation]) -> Successor | None:
        """The successor of one of the contract's operations, None where it has none."""
        fact = operation.successor
        if fact is None:
            return None
        names = (fact["operation"], *fact.get("also", ()))
        return cls(operation, tuple(operations[name] for name in names), tuple(fact["changes"]))

    def __str__(self) -> str:
        first, *others = (f"{each.method} {each.path} ({each.id})" for each in self.by)
        also = f", with {' and '.join(others)}" if others else ""
        return f"the successor of {self.operation.method} {self.operation.path} is {first}{also}"

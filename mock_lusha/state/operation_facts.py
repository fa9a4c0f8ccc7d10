"""What judging a client needs to know of the operations of a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.contract.document import Operation


@frozen
class _Pair:
    """A search, an enrich, and the operation that does both in one."""

    search: str
    enrich: str
    both: str
    search_is_free: bool


@frozen
class OperationFacts:
    """What the rules know of operations: ``bulks`` by the one that looks up one alone, with how many they
    take; the lists of the bodies of bulks, and those that do a search and an enrich in one; how many requests
    those with a window of their own take; who gives out request ids, and who takes them."""

    bulks: Mapping[str, tuple[str, int]]
    lists: Mapping[str, str]
    pairs: tuple[_Pair, ...]
    windows: Mapping[str, int]
    givers: frozenset[str]
    takers: frozenset[str]

    @classmethod
    def of(cls, operations: Mapping[str, Operation], search_price: str) -> OperationFacts:
        """What the facts of a contract's operations say, in a profile of prices."""
        every = operations.values()
        return cls(
            {
                single: (operation.id, operation.bulk["most"])
                for operation in every
                if operation.bulk
                for single in operation.bulk.get("instead_of", ())
            },
            {operation.id: operation.bulk["items"] for operation in every if operation.bulk},
            tuple(
                _Pair(
                    search=fact["search"],
                    enrich=fact["enrich"],
                    both=operation.id,
                    search_is_free=search_price in fact.get("search_free_in", ()),
                )
                for operation in every
                if operation.bulk and (fact := operation.bulk.get("in_one"))
            ),
            {operation.id: operation.window["requests"] for operation in every if operation.window},
            frozenset(operation.id for operation in every if operation.request_id == "gives"),
            frozenset(operation.id for operation in every if operation.request_id == "takes"),
        )

"""The handler of each operation. The modules that have them are imported when they are first called."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from mock_lusha.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from mock_lusha.api.reply import Reply
    from mock_lusha.api.request import ApiRequest
    from mock_lusha.contract.document import Operation

    Handler = Callable[[ApiRequest], Reply | Awaitable[Reply]]
    """What answers the calls of an operation: with a reply, or with what is awaited for it once all that
    changes the account is decided."""
    Table = Mapping[str, Handler]
    """The handlers of a module, by operation."""


def table_of(generation: str, module: str) -> Table:
    """The handlers that a module of a generation has.

    Raises:
        ContractError: there is no such module.
    """
    name = f"mock_lusha.api.{generation}.{module}"
    try:
        table: Table = import_module(name).HANDLERS
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise  # it is there, and lacks something
        raise ContractError(f"the contract names {name} for handlers, and there is no such module") from None
    return table


class Handlers:
    """The handlers of operations, in the modules that their contract names.

    Raises:
        ContractError: the contract names no module for an operation.
    """

    def __init__(
        self, operations: Mapping[str, Operation], tables: Callable[[str, str], Table] = table_of
    ) -> None:
        self._tables = tables
        self._modules: dict[tuple[str, str], set[str]] = {}
        self._checked: set[tuple[str, str]] = set()
        for operation in operations.values():
            if operation.unserved:
                continue
            if not operation.handler:
                raise ContractError(f"the contract does not say where the handler of {operation.id} is")
            self._modules.setdefault((operation.generation, operation.handler), set()).add(operation.id)

    def of(self, operation: Operation) -> Handler:
        """The handler of an operation that is served; its module is imported when it is first called."""
        return DeferredHandler(self, operation)

    def find(self, operation: Operation) -> Handler:
        """The handler itself.

        Raises:
            ContractError: its module lacks the handler of an operation, or has one of no operation.
        """
        return self._table(operation.generation, operation.handler or "")[operation.id]

    def check(self) -> None:
        """Every operation has a handler, and every handler of their modules an operation.

        Raises:
            ContractError: names the operations.
        """
        for generation, module in self._modules:
            self._table(generation, module)

    def _table(self, generation: str, module: str) -> Table:
        table = self._tables(generation, module)
        place = generation, module
        if place not in self._checked:
            operations = self._modules[place]
            for names, problem in (
                (operations - table.keys(), "lacks the handlers of"),
                (table.keys() - operations, "has handlers of what the contract does not have there:"),
            ):
                if names:
                    raise ContractError(f"api.{generation}.{module} {problem} {', '.join(sorted(names))}")
            self._checked.add(place)
        return table


class DeferredHandler:
    """A handler that is looked up at its first call."""

    def __init__(self, handlers: Handlers, operation: Operation) -> None:
        self._handlers = handlers
        self._operation = operation

    @cached_property
    def _handler(self) -> Handler:
        return self._handlers.find(self._operation)

    def __call__(self, call: ApiRequest) -> Reply | Awaitable[Reply]:
        """The reply to a call, or what is awaited for it."""
        return self._handler(call)

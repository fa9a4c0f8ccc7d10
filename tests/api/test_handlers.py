"""The handlers of operations are where the contract says they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from mock_lusha.api.handlers import Handlers, table_of
from mock_lusha.api.reply import Reply
from mock_lusha.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.handlers import Handler
    from mock_lusha.api.request import ApiRequest
    from mock_lusha.contract.document import Contract, Operation

NO_REQUEST = cast("ApiRequest", None)


def tea(request: ApiRequest) -> Reply:
    return Reply("tea")


@pytest.fixture
def operation(contract: Contract) -> Operation:
    """An operation of a generation that is not built."""
    usual = next(iter(contract.operations.values()))
    return replace(usual, id="getTea", generation="v9", handler="drinks")


def handlers(table: Mapping[str, Handler], *operations: Operation) -> Handlers:
    """Handlers of operations, from one module."""
    return Handlers({operation.id: operation for operation in operations}, lambda generation, module: table)


def test_every_operation_has_a_handler_and_every_handler_an_operation(contract: Contract) -> None:
    Handlers(contract.operations).check()


def test_modules_are_looked_for_by_generation_and_name(operation: Operation) -> None:
    imports = []

    def tables(generation: str, module: str) -> Mapping[str, Handler]:
        imports.append((generation, module))
        return {"getTea": tea}

    handler = Handlers({"getTea": operation}, tables).of(operation)

    assert imports == []  # before it is called, nothing is imported
    assert cast("Reply", handler(NO_REQUEST)).body == "tea"
    assert imports == [("v9", "drinks")]


def test_the_start_is_stopped_by_an_operation_that_names_no_module(operation: Operation) -> None:
    with pytest.raises(ContractError, match="handler of getTea"):
        handlers({}, replace(operation, handler=None))


def test_a_missing_handler_is_named(operation: Operation) -> None:
    built = handlers({"getTea": tea}, operation, replace(operation, id="getMilk"))

    with pytest.raises(ContractError, match=r"v9\.drinks lacks the handlers of getMilk$"):
        built.check()


def test_a_superfluous_handler_is_named(operation: Operation) -> None:
    built = handlers({"getTea": tea, "getMilk": tea}, operation)

    with pytest.raises(ContractError, match=r"v9\.drinks has handlers of .*: getMilk$"):
        built.check()


@pytest.mark.parametrize(("generation", "module"), [("v2", "drinks"), ("v9", "persons")])
def test_a_module_that_is_not_there_is_named(generation: str, module: str) -> None:
    with pytest.raises(ContractError, match=f"api.{generation}.{module}"):
        table_of(generation, module)

"""Operations of the contract that are not built: known, gated, and honest about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_lusha.app import HANDLERS, UNBUILT, check_handlers
from mock_lusha.contract.document import Contract
from mock_lusha.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from support import CheckedClient

OPERATIONS = {name: Contract.load().operations[name] for name in UNBUILT}


def path_of(operation: str) -> str:
    return OPERATIONS[operation].path.replace("{objectType}", "contact")


def test_twenty_three_operations_are_unbuilt_and_five_are_built(contract: Contract) -> None:
    assert (len(UNBUILT), len(HANDLERS)) == (23, 5)
    assert {*UNBUILT, *HANDLERS} == set(contract.operations)


@pytest.mark.parametrize("operation", UNBUILT)
@pytest.mark.parametrize("error_format", ["both", "guide", "openapi", "live"])
def test_an_unbuilt_operation_answers_501_and_names_itself(
    make_client: Callable[..., CheckedClient], operation: str, error_format: str
) -> None:
    client = make_client("scale", error_format=error_format)
    method = OPERATIONS[operation].method

    answer = client.request(method, path_of(operation), json={} if method == "POST" else None)

    body = answer.json()
    message = body["error"]["message"] if error_format == "guide" else body["message"]
    assert answer.status_code == 501
    assert message == f"{operation} is not built yet"
    assert client.used() == 0


@pytest.mark.parametrize("operation", UNBUILT)
@pytest.mark.parametrize("plan", ["free", "starter", "pro", "premium", "legacy"])
def test_a_plan_without_it_gets_403_all_the_same(
    make_client: Callable[..., CheckedClient], operation: str, plan: str
) -> None:
    method = OPERATIONS[operation].method

    answer = make_client(plan).request(method, path_of(operation), json={} if method == "POST" else None)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "PLAN_RESTRICTED")


@pytest.mark.parametrize("key", [None, "invalid"])
def test_an_unbuilt_operation_needs_a_key(make_client: Callable[..., CheckedClient], key: str | None) -> None:
    assert make_client(key).get(path_of("getCompanySizes")).status_code == 401


@pytest.mark.parametrize(
    ("handlers", "unbuilt", "problem"),
    [
        ({*HANDLERS} - {"getAccountUsageStats"}, UNBUILT, "operations without handler: getAccountUsageStats"),
        ({*HANDLERS, "makeCoffee"}, UNBUILT, "handlers without operation: makeCoffee"),
        (HANDLERS, (*UNBUILT, "makeCoffee"), "unbuilt, but not in the contract: makeCoffee"),
        (
            HANDLERS,
            (*UNBUILT, "getAccountUsageStats"),
            "built, but listed as unbuilt: getAccountUsageStats",
        ),
    ],
)
def test_an_operation_without_handler_or_the_reverse_stops_the_start(
    contract: Contract, handlers: Collection[str], unbuilt: Collection[str], problem: str
) -> None:
    with pytest.raises(ContractError) as caught:
        check_handlers(contract, handlers, unbuilt)

    assert str(caught.value) == problem

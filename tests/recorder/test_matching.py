"""Which recorded requests are one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.matching import Matching

MATCHING = Matching(Registry.load().operations)
OPTIONS = Interaction("GET", "/api/signals/filters/contact", 200, operation="getSignalOptions")
COMPANY = Interaction("GET", "/v2/company", 200, operation="searchSingleCompanyV2")
TEA = replace(OPTIONS, operation=None)

CASES = {
    "another value of a parameter": (OPTIONS, "/api/signals/filters/company", False),
    "a slash at the end": (OPTIONS, "/api/signals/filters/contact/", True),
    "another path before a parameter": (OPTIONS, "/v1/signals/contact", True),
    "an old path": (COMPANY, "/company", True),
    "a path of no operation": (TEA, "/api/signals/filters/contact/", False),
}


@pytest.mark.parametrize("case", CASES)
def test_requests_are_told_apart_by_parameters_of_their_paths_alone(case: str) -> None:
    request, path, are_one = CASES[case]
    other = replace(request, path=path)

    assert (MATCHING.key(request) == MATCHING.key(other)) is are_one
    assert list(MATCHING.differences(request, other)) == ([] if are_one else [f"it is GET {path}"])


def test_the_answer_to_a_head_is_none_to_a_get() -> None:
    assert MATCHING.key(replace(COMPANY, method="HEAD")) != MATCHING.key(COMPANY)


def test_what_the_contract_does_not_have_is_told_apart_by_its_name() -> None:
    request = replace(OPTIONS, operation="getTea")

    assert MATCHING.key(request) != MATCHING.key(replace(request, operation="getMilk"))
    assert MATCHING.key(request) == MATCHING.key(replace(request, path="/elsewhere"))

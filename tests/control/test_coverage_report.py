"""The report of coverage, whatever was called."""

from __future__ import annotations

import pytest

from mock_lusha.contract.registry import Registry
from mock_lusha.coverage.report import Report
from mock_lusha.coverage.surface import Surfaces, group_of
from mock_lusha.errors import CATALOGUE
from mock_lusha.state.coverage import Tally

REGISTRY = Registry.load()
SURFACES = Surfaces(REGISTRY)
OPERATIONS = sorted(REGISTRY.operations)


def called(*names: str, status: int = 200, error: str | None = None) -> Tally:
    tally = Tally()
    for name in names:
        tally.note((name, status, error))
    return tally


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_line_is_a_statement_whatever_is_called_alone(name: str) -> None:
    report = Report(called(name), SURFACES).plain()

    for gap in report["gaps"]:
        compile(gap["line"], gap["what"], "eval")
        assert "\n" not in gap["line"]
    generation = REGISTRY.operations[name].generation
    named = [gap["operation"] for gap in report["gaps"] if gap["operation"]]
    assert {REGISTRY.operations[each].generation for each in named} <= {generation}
    assert {row["state"] for row in report["situations"]} <= {"missed", "not concerned"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_can_answer_each_error_that_is_named_for_it(name: str) -> None:
    surface = SURFACES.of(name)

    assert {kind.status for kind in surface.errors} <= {*surface.statuses}
    assert not {400, 401, 429} - {*surface.statuses, 400}


def test_every_error_but_those_of_our_own_is_possible_somewhere() -> None:
    possible = {kind.name for name in OPERATIONS for kind in SURFACES.of(name).errors}

    assert CATALOGUE.keys() - possible == {"bad-key-format", "not-implemented"}


def test_an_operation_concerns_those_of_its_generation_that_need_the_same() -> None:
    report = Report(called("listContactsTables"), SURFACES)

    assert {group_of(REGISTRY.operations[name]) for name in report.missed} == {("v3", "tables")}


def test_what_was_met_besides_the_contract_is_told() -> None:
    report = Report(called("searchContacts", status=418, error="cut-mid-body"), SURFACES).plain()

    assert {"operation": "searchContacts", "status": 418, "tried": True, "times": 1} in report["statuses"]
    assert report["errors"][-1] == {
        "name": "cut-mid-body", "status": None, "operation": None, "tried": True, "times": 1
    }  # fmt: skip
    assert next(row for row in report["situations"] if row["name"] == "no-answer")["times"] == 1


def test_a_call_of_no_operation_counts_as_a_call_alone() -> None:
    tally = Tally()
    tally.note((None, 404, "not-found"))
    tally.note(("noSuchOperation", 404, "not-found"))

    report = Report(tally, SURFACES).plain()

    assert (report["calls"], report["operations"]["called"], report["gaps"]) == (2, [], [])

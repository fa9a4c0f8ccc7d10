"""Each line of pytest that the coverage gives is run with the plugin, and fills its gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.coverage.situations import SITUATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Run = Callable[..., pytest.RunResult]

# What all of the suites begin with: calls that concern everybody, and how a line is carried out.
COMMON = '''
import httpx
import pytest

GENERATIONS = ("v2", "v3")


@pytest.fixture(scope="session")
def lusha_settings():
    return {"people": 100, "companies": 10}


@pytest.fixture(scope="session")
def calls(lusha_session):
    """For each operation the line that calls it."""
    gaps = lusha_session.control.coverage(GENERATIONS)["gaps"]
    return {gap["operation"]: gap["line"] for gap in gaps if gap["kind"] == "operation"}


def carry_out(lusha, line, calls):
    """Run a line; where it only says what happens to calls, call all operations that it names."""
    eval(line, {"lusha": lusha})
    for name, call in calls.items():
        if line.startswith(f'lusha.on("{name}")'):
            try:
                eval(call, {"lusha": lusha})
            except httpx.TransportError:
                pass


def subscribe(lusha):
    """Jane is promoted on 10 March, and we are subscribed to her."""
    moves = [{"type": "promotion", "date": "2026-03-10"}]
    lusha.add_person(first_name="Jane", last_name="Doe", company_domain="acme.com", signals=moves)
    (jane,) = lusha.client.post(
        "/v3/contacts/search", json={"contacts": [{"email": "jane.doe@acme.com"}]}
    ).json()["results"]
    where = {"url": "http://127.0.0.1:3000/hooks", "entityType": "contact", "signalTypes": ["promotion"]}
    lusha.client.post(
        "/api/subscriptions", json={"defaults": where, "subscriptions": [{"entityId": jane["id"]}]}
    )
    lusha.client.post("/api/account/secret/regenerate")
'''
OF_SITUATIONS = """
# Situations that the first calls of all operations have tried already are missed once these are not made.
BUSY = ("searchAndEnrichContacts", "prospectingContacts", "getAccountUsage", "runContactsTableColumn",
        "getContactJob", "createSubscription", "searchSingleContact")


@pytest.mark.lusha(now="2026-03-02T09:00:00Z")
@pytest.mark.parametrize("name", NAMES)
def test_line(lusha, name, calls):
    subscribe(lusha)
    for operation in BUSY:
        lusha.on(operation).reply(200, {})  # called, and nothing else
        eval(calls[operation], {"lusha": lusha})
    lusha.control.clear_rules()
    missed = {row["name"]: row["line"] for row in lusha.control.coverage()["situations"]}
    assert missed[name] is not None

    carry_out(lusha, missed[name], calls)
    lusha.clock.advance(days=30)

    assert lusha.coverage.tried(name)
    lusha.coverage.assert_tried(name)
"""
OF_THE_REST = """
@pytest.mark.lusha(verify=False)
def test_lines(lusha, calls):
    assert len(calls) > 80
    for line in calls.values():
        eval(line, {"lusha": lusha})
    assert lusha.control.coverage(GENERATIONS)["operations"]["missed"] == []
    lusha.control.clear_coverage()
    chosen = ("searchContacts", "prospectingContacts", "getContactsTable", "searchSingleContact",
              "getAuditLogs", "getCompanyFilterValues", "lookalikeCompanies", "getContactJob",
              "runContactsTableColumn", "removeCompaniesTableEntities", "listContactsTables")
    for name in chosen:
        eval(calls[name], {"lusha": lusha})

    gaps = lusha.control.coverage()["gaps"]
    gaps = [gap for gap in gaps if gap["kind"] not in ("operation", "situation")]
    assert {gap["kind"] for gap in gaps} == {"error", "status", "field", "value"}
    for gap in gaps:
        lusha.control.clear_rules()
        carry_out(lusha, gap["line"], calls)

    left = {gap["what"] for gap in lusha.control.coverage()["gaps"]}
    assert [gap["what"] for gap in gaps if gap["what"] in left] == []
"""


def test_the_line_of_every_situation_fills_its_gap(run: Run) -> None:
    names = sorted(situation.name for situation in SITUATIONS)

    result = run(f"{COMMON}\nNAMES = {names!r}\n{OF_SITUATIONS}", "--lusha-in-process")

    result.assert_outcomes(passed=len(names))


def test_the_lines_of_operations_errors_statuses_fields_and_values_fill_their_gaps(run: Run) -> None:
    run(f"{COMMON}\n{OF_THE_REST}", "--lusha-in-process").assert_outcomes(passed=1)

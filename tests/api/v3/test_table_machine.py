"""Any sequence of calls of tables agrees with a small model of them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from support import CheckedClient

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from support import AnswerCheck

USERS = ("petra.lindqvist@quillmark-robotics.example", "tomas.okafor@quillmark-robotics.example")
ROWS = 6
KEYS = (f"machine-{number:06d}-of-a-test" for number in count())
NAMES = st.sampled_from(["Fair", "Other", "fair 2"])
PICKS = st.lists(st.integers(0, ROWS - 1), min_size=1, max_size=4)


class Model:
    """A table as it should be."""

    def __init__(self, name: str, owner: str, shared: bool, rows: list[int]) -> None:
        self.name, self.owner, self.shared, self.archived = name, owner, shared, False
        self.rows = list(dict.fromkeys(rows))
        self.due: dict[int, float] = {}

    def is_seen(self, user: str) -> bool:
        return self.shared or user == self.owner

    def add(self, picks: list[int]) -> tuple[int, int]:
        fresh = [pick for pick in dict.fromkeys(picks) if pick not in self.rows]
        self.rows += fresh
        return len(fresh), len(picks) - len(fresh)

    def remove(self, picks: list[int]) -> int:
        gone = set(picks) & set(self.rows)
        self.rows = [row for row in self.rows if row not in gone]
        self.due = {row: due for row, due in self.due.items() if row not in gone}
        return len(gone)

    def run(self, scope: str, picks: list[int], now: float) -> int:
        rows = [
            r
            for r in self.rows
            if scope == "all" or (r in picks if scope == "specific" else r not in self.due)
        ]
        self.due |= dict.fromkeys(rows, now + 1)
        return len(rows)

    def counts(self, now: float) -> tuple[int, int, int]:
        running = sum(due > now for due in self.due.values())
        return len(self.rows) - len(self.due), running, len(self.due) - running


def machine(app: Starlette, check: AnswerCheck) -> type[RuleBasedStateMachine]:
    class Tables(RuleBasedStateMachine):
        tables = Bundle("tables")

        def __init__(self) -> None:
            super().__init__()
            self.client = CheckedClient(app, check, next(KEYS))
            people = [{"email": f"jane.doe@acme{n}.com"} for n in range(ROWS)]
            results = self.client.post("/v3/contacts/search", json={"contacts": people}).json()["results"]
            self.ids = [result["id"] for result in results]
            self.model: dict[str, Model] = {}
            self.now = 0.0

        def teardown(self) -> None:
            self.client.close()

        def send(self, method: str, end: str, user: str, body: Any = None) -> tuple[int, Any]:
            url = f"/v3/contacts/tables{end}"
            if body is None:
                answer = self.client.request(method, f"{url}?email={user}")
            else:
                answer = self.client.request(method, url, json={"owner": {"email": user}, **body})
            return answer.status_code, answer.json()

        def expected(self, table: str, user: str, *, changes: bool = True) -> int:
            model = self.model.get(table)
            if model is None or not model.is_seen(user):
                return 404
            return 400 if changes and model.archived else 200

        @rule(target=tables, name=NAMES, user=st.sampled_from(USERS), shared=st.booleans(), picks=PICKS)
        def create(self, name: str, user: str, shared: bool, picks: list[int]) -> Any:
            ids = [self.ids[pick] for pick in picks]
            visibility = "shared" if shared else "private"
            status, body = self.send("POST", "", user, {"name": name, "visibility": visibility, "ids": ids})
            if any(model.name == name for model in self.model.values()):
                assert status == 409
                return multiple()
            assert status == 201
            table = body["data"]["tableId"]
            assert table not in self.model
            self.model[table] = Model(name, user, shared, picks)
            return table

        @rule(
            table=tables,
            user=st.sampled_from(USERS),
            name=st.none() | NAMES,
            archived=st.none() | st.booleans(),
        )
        def update(self, table: str, user: str, name: str | None, archived: bool | None) -> None:
            body = {"name": name, "archived": archived}
            status, _ = self.send(
                "PATCH", f"/{table}", user, {k: v for k, v in body.items() if v is not None}
            )
            expected = self.expected(table, user, changes=False)
            if expected == 200 and any(m.name == name for key, m in self.model.items() if key != table):
                expected = 409
            assert status == expected
            if status == 200:
                model = self.model[table]
                model.name = name or model.name
                model.archived = model.archived if archived is None else archived

        @rule(table=tables, user=st.sampled_from(USERS))
        def delete(self, table: str, user: str) -> None:
            expected = self.expected(table, user, changes=False)
            assert self.send("DELETE", f"/{table}", user)[0] == expected
            if expected == 200:
                del self.model[table]

        @rule(table=tables, user=st.sampled_from(USERS), picks=PICKS, adds=st.booleans())
        def change_rows(self, table: str, user: str, picks: list[int], adds: bool) -> None:
            method = "POST" if adds else "DELETE"
            status, body = self.send(
                method, f"/{table}/entities", user, {"entityIds": [self.ids[p] for p in picks]}
            )
            assert status == self.expected(table, user)
            if status == 200 and adds:
                added, present = self.model[table].add(picks)
                assert (body["data"]["added"], body["data"]["alreadyPresent"]) == (added, present)
            elif status == 200:
                assert body["data"]["removed"] == self.model[table].remove(picks)

        @rule(table=tables, user=st.sampled_from(USERS), scope=st.sampled_from(["all", "missing"]))
        def run_column(self, table: str, user: str, scope: str) -> None:
            status, body = self.send("POST", f"/{table}/columns/c6/run", user, {"runScope": scope})
            assert status == self.expected(table, user)
            if status == 200:
                assert body["billing"]["resultsReturned"] == self.model[table].run(scope, [], self.now)

        @rule(table=tables, user=st.sampled_from(USERS), pick=st.integers(0, ROWS - 1))
        def run_cell(self, table: str, user: str, pick: int) -> None:
            body = {"runScope": "specific", "entityIds": [self.ids[pick]]}
            status, _ = self.send("POST", f"/{table}/columns/c6/run", user, body)
            expected = self.expected(table, user)
            assert status == (400 if expected == 200 and pick not in self.model[table].rows else expected)
            if status == 200:
                self.model[table].run("specific", [pick], self.now)

        @rule(seconds=st.sampled_from([0.4, 1.0]))
        def advance(self, seconds: float) -> None:
            clock = f"/_mock/clock?account={self.client.key}"
            assert self.client.request("PATCH", clock, json={"advance": seconds}).is_success
            self.now += seconds

        @invariant()
        def agrees(self) -> None:
            for user in USERS:
                shown = self.send("POST", "/list", user, {})[1]["data"]
                assert [row["tableId"] for row in shown] == [
                    t for t, m in self.model.items() if m.is_seen(user)
                ]
            for table, model in self.model.items():
                data = self.send("GET", f"/{table}", model.owner)[1]["data"]
                column = next(column for column in data["columns"] if column["columnId"] == "c6")
                ended = column["rowsSuccess"] + column["rowsNoData"] + column["rowsFailed"]
                assert (column["rowsNotRun"], column["rowsProcessing"], ended) == model.counts(self.now)
                assert data["isProcessing"] == (column["rowsProcessing"] > 0)
                rows = self.send("GET", f"/{table}/entities", model.owner)[1]["data"]
                assert [row["id"] for row in rows] == [self.ids[row] for row in model.rows]

    return Tables


@pytest.mark.parametrize("examples", [15])
def test_any_sequence_of_calls_agrees_with_the_model(
    small_app: Starlette, answer_check: AnswerCheck, examples: int
) -> None:
    more = settings(max_examples=examples, stateful_step_count=25)
    run_state_machine_as_test(machine(small_app, answer_check), settings=more)

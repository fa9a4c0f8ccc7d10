"""What requests would cost: the preview says what the call does, and changes nothing."""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pinned_answers import NOW, REQUESTS, SIZE
from support import CheckedClient

from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.http.router import OperationRouter
from mock_lusha.seeded import number
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.applications import Starlette
    from support import AnswerCheck

    from mock_lusha.state.accounts import Accounts

REVEAL = "searchAndEnrichContacts"
ONE = "searchSingleCompanyV2"


def reveal(*mailboxes: str) -> dict[str, Any]:
    """A request that reveals people."""
    body = {"contacts": [{"email": each} for each in mailboxes], "reveal": ["emails", "phones"]}
    return {"operation": REVEAL, "json": body}


ADA = reveal("ada.quill@quill-works.example")


def company(domain: str) -> dict[str, Any]:
    """A request that costs 1 credit once."""
    return {"operation": ONE, "query": {"domain": domain}}


class Double:
    """An app of its own, whose state can be looked into."""

    def __init__(self, app: Starlette, client: CheckedClient, key: str) -> None:
        self.app = app
        self.client = client
        self.key = key

    def preview(self, body: Any, status: int = 200) -> Any:
        """What the preview answers."""
        answer = self.client.post(f"/_mock/preview?account={quote(self.key)}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """What the control API answers to an order."""
        answer = self.client.request(method, f"/_mock/{path}?account={quote(self.key)}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def call(self, request: dict[str, Any]) -> Any:
        """The status, the charge and the entries of the call itself, as the journal has them."""
        operation = request["operation"]
        method, (path, _), _ = REQUESTS[operation]
        options = {"params": request.get("query"), "json": request.get("json"), "key": self.key}
        self.client.request(method, path, **options)
        return self.journaled()

    def journaled(self) -> dict[str, Any]:
        """What the journal says of the last call."""
        record = [*self.app.state.journal.records(everybody=True)][-1]
        return {
            "status": record.status,
            "error": record.error,
            "charged": record.charged,
            "entries": [(each.entity, each.kind, each.price, each.why) for each in record.entries],
        }

    @property
    def accounts(self) -> Accounts:
        """The accounts of the app."""
        router = self.app.router
        assert isinstance(router, OperationRouter)
        match = router.table.find("GET", "/account/usage")
        assert match is not None
        step: Any = match[0].app.steps[0]
        accounts: Accounts = step.accounts
        return accounts

    def state(self) -> Any:
        """All that the app knows of the account and of all calls, and how many accounts there are."""
        own = [plain(account) for account in self.accounts if account.key == self.key]
        return self.app.state.journal.last_id, len(self.accounts), own


def plain(thing: Any, seen: tuple[int, ...] = ()) -> Any:
    """A thing and all that it holds, as values that can be compared later; a world, which does not change,
    by its name."""
    if isinstance(thing, str | int | float | bytes | None | frozenset):
        return thing
    if id(thing) in seen or callable(thing) or isinstance(thing, World):
        return type(thing).__name__
    seen = (*seen, id(thing))
    if isinstance(thing, Mapping):
        return [(key, plain(value, seen)) for key, value in thing.items()]
    if isinstance(thing, list | tuple | deque | array | bytearray):
        return [plain(each, seen) for each in thing]
    if isinstance(thing, set):
        return sorted(map(str, thing))
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    values = {name: getattr(thing, name) for name in slots if name != "__weakref__" and hasattr(thing, name)}
    return type(thing).__name__, plain({**values, **getattr(thing, "__dict__", {})}, seen)


def heard(item: Any) -> dict[str, Any]:
    """What a preview says, in the words of ``Double.journaled``."""
    entries = [(each["entity"], each["kind"], each["price"], each["why"]) for each in item["entries"]]
    # What could not be paid is priced all the same; the call itself has no entries.
    return {
        "status": item["status"] or 0,
        "error": item["error"],
        "charged": item["charged"],
        "entries": [] if item["status"] == 402 else entries,
    }


@pytest.fixture(scope="module")
def shared(answer_check: AnswerCheck) -> Iterator[Callable[[str], Double]]:
    """Makes doubles of one app by their keys."""
    app = create_app(Settings(**SIZE), clock=Clock(source=NOW.timestamp))
    client = CheckedClient(app, answer_check, None)
    yield lambda key: Double(app, client, key)
    client.close()


@pytest.fixture
def double(shared: Callable[[str], Double], request: pytest.FixtureRequest) -> Callable[..., Double]:
    """Makes accounts of one app: ``double("free", credits=5)``; each test has its own."""

    def make(name: str = "ours", **overrides: Any) -> Double:
        lusha = shared(f"{name}+{number('test', request.node.name)}")
        if overrides:
            lusha.control("PATCH", "accounts", overrides)
        return lusha

    return make


# The preview and the call


STATES: dict[str, tuple[str, dict[str, Any]]] = {
    "usual": ("ours", {}),
    "poor": ("ours", {"credits": 40, "waterfall": True, "dialect": "documented", "error_format": "live"}),
    "limited": ("legacy", {"limits": "enforce"}),
}


@pytest.mark.parametrize("state", STATES)
def test_a_preview_says_what_the_call_does_and_changes_nothing(
    state: str, double: Callable[..., Double]
) -> None:
    name, overrides = STATES[state]
    lusha = double(name, **overrides)
    answers: dict[str, Any] = {}

    for operation, (method, right, wrong) in REQUESTS.items():
        for path, body in (right, wrong):
            content = body(answers) if callable(body) else body
            url = path(answers) if callable(path) else path
            sent = {"method": method, "path": url} | ({} if content is None else {"json": content})
            before = lusha.state()
            preview = heard(lusha.preview(sent)["items"][0])
            assert lusha.state() == before, operation
            answer = lusha.client.request(method, url, json=content, key=lusha.key)
            assert lusha.journaled() == preview, operation
            if (path, body) == right:
                answers[operation] = answer.json() if isinstance(answer.json(), dict) else {}


@pytest.mark.parametrize("left", [10_000, 40])
def test_a_job_of_all_operations_is_answered_as_its_calls_are(
    left: int, double: Callable[..., Double]
) -> None:
    lusha = double(credits=left, waterfall=True)
    answers: dict[str, Any] = {}
    job, calls = [], []
    for operation, (method, (path, body), _) in REQUESTS.items():
        content = body(answers) if callable(body) else body
        url = path(answers) if callable(path) else path
        job.append({"method": method, "path": url} | ({} if content is None else {"json": content}))
        answer = lusha.client.request(method, url, json=content, key=lusha.key)
        answers[operation] = answer.json() if isinstance(answer.json(), dict) else {}
        calls.append(lusha.journaled())
    lusha.control("POST", "reset")
    lusha.control("PATCH", "accounts", {"credits": left, "waterfall": True})
    before = lusha.state()

    items = lusha.preview({"requests": job, "wait": False})["items"]

    assert [heard(item) for item in items] == calls
    assert lusha.state() == before


def test_a_recorder_is_neither_asked_nor_forwards(double: Callable[..., Double]) -> None:
    lusha = double()
    lusha.app.state.replays.put(lusha.key, object())  # it can do nothing

    item = lusha.preview(ADA)["items"][0]

    assert (item["status"], item["charged"]) == (200, 7)
    assert "nothing is replayed or forwarded" in item["notes"][0]


def test_other_calls_are_served_between_the_requests_of_a_job(shared: Callable[[str], Double]) -> None:
    app = shared("busy").app
    order: list[str] = []

    async def call(method: str, path: str, **options: Any) -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.request(method, path, **options)
        assert answer.status_code == 200
        order.append(path.partition("?")[0])

    async def both() -> None:
        body = {"requests": [ADA] * 200}
        await asyncio.gather(
            call("POST", "/_mock/preview?account=busy", json=body), call("GET", "/_mock/ready")
        )

    asyncio.run(both())

    assert order == ["/_mock/ready", "/_mock/preview"]


def test_no_account_is_made_for_a_key_that_has_none(double: Callable[..., Double]) -> None:
    lusha = double()
    before = len(lusha.accounts)

    assert lusha.preview(ADA)["items"][0]["charged"] == 7

    assert len(lusha.accounts) == before


def test_a_key_that_is_refused_is_refused_in_the_preview(double: Callable[..., Double]) -> None:
    for key, status, error in [
        ("invalid", 401, "unauthorized"),
        ("inactive", 403, "inactive-account"),
        ("trial-ended", 429, "trial-ended"),
    ]:
        item = double(key).preview({"requests": [ADA]})["items"][0]
        assert (item["status"], item["error"], item["limit"]) == (status, error, None)


@given(
    st.lists(
        st.one_of(
            st.lists(st.sampled_from("abcd"), min_size=1, max_size=3).map(
                lambda names: reveal(*(f"jo.{name}@acme.com" for name in names))
            ),
            st.sampled_from("abc").map(lambda name: company(f"acme-{name}.com")),
            st.just({"operation": REVEAL, "json": {"contacts": []}}),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 40),
    st.sampled_from(["flaky", "out-of-credits-midway", None]),
)
def test_a_list_is_priced_as_its_calls_are_charged_in_turn(
    shared: Callable[[str], Double],
    requests: list[dict[str, Any]],
    left: int,
    scenario: str | None,
) -> None:
    lusha = shared(f"listed-{number(str(requests), left, scenario)}")
    lusha.control("PATCH", "accounts", {"credits": left, "limits": "off"})
    if scenario is not None:
        lusha.control("PUT", "scenario", {"name": scenario})
    before = lusha.state()

    preview = lusha.preview({"requests": requests})

    assert lusha.state() == before
    assert [heard(item) for item in preview["items"]] == [lusha.call(each) for each in requests]
    lusha.control("DELETE", "accounts")


# What cannot be paid


def test_what_cannot_be_paid_is_priced_all_the_same(double: Callable[..., Double]) -> None:
    lusha = double(credits=8)

    preview = lusha.preview({"requests": [ADA, reveal("jo.a@acme.com"), reveal("jo.a@acme.com")]})

    items, total = preview["items"], preview["total"]
    assert [(each["status"], each["price"], each["charged"]) for each in items] == [
        (200, 7, 7),
        (402, 7, 0),
        (402, 1, 0),  # where the balance is enough, the second reveal is free
    ]
    assert [each["price"] for each in items[1]["entries"]] == [1, 1, 5]
    assert (total["price"], total["charged"], total["remaining"], total["missing"]) == (15, 7, 1, 7)
    assert (total["requests"], total["refused"]) == (3, 2)
    assert total["kinds"]["phone"] == {"paid": 2, "free": 1, "credits": 10}
    assert total["why"] == {"already revealed": 2, "charged": 7}


def test_missing_credits_are_those_that_let_all_be_paid(double: Callable[..., Double]) -> None:
    lusha, requests = double(credits=3), [ADA, company("acme.com"), reveal("jo.a@acme.com")]
    missing = lusha.preview({"requests": requests})["total"]["missing"]

    for more, refused in ((missing, 0), (missing - 1, 1)):
        lusha.control("PATCH", "accounts", {"credits": 3 + more})
        assert lusha.preview({"requests": requests})["total"]["refused"] == refused


def test_rows_of_a_table_that_cannot_be_paid_are_in_the_price(double: Callable[..., Double]) -> None:
    lusha = double(credits=3)
    owner = {"email": "petra.lindqvist@quillmark-robotics.example"}
    made = lusha.client.post("/v3/companies/tables", json={"name": "T", "owner": owner}, key=lusha.key)
    body = {
        "filters": {"companies": {"include": {"sizes": [{"min": 1, "max": 5000}]}}},
        "pagination": {"page": 0, "size": 10},
        "tableId": made.json()["data"]["tableId"],
    }

    preview = lusha.preview({"operation": "prospectingCompanies", "json": body})

    (item,) = preview["items"]
    assert (item["status"], item["price"], item["charged"]) == (200, 11, 1)
    assert "nothing was written" in item["warnings"][0]
    assert preview["total"]["missing"] == 8


# Limits and time


def test_a_limit_stands_unless_one_waits(double: Callable[..., Double]) -> None:
    lusha = double("hourly-limit-spent")

    stands = lusha.preview(ADA)
    waits = lusha.preview({**ADA, "wait": True})

    assert (stands["items"][0]["status"], stands["total"]["seconds"]) == (429, 0)
    assert (waits["items"][0]["status"], waits["items"][0]["charged"]) == (200, 7)
    for item in (stands["items"][0], waits["items"][0]):
        assert item["limit"] == {"window": "hourly", "requests": 150, "seconds": 3600, "reset": 3600}
    assert (waits["total"]["seconds"], waits["total"]["waits"]) == (3600, {"hourly": 3600})


def test_a_job_takes_as_long_as_the_limits_of_the_plan_want(double: Callable[..., Double]) -> None:
    requests = [company("acme.com")] * 101

    lusha = double("free")
    free = lusha.preview({"requests": requests, "entries": False})
    shown = double("free", limits="headers").preview({"requests": requests})
    off = double("free", limits="off").preview({"requests": requests})

    assert free["total"]["charged"] == 1
    assert free["total"]["refused"] == 0
    # 40 a minute and 25 a second: the 101st of a day waits for the next one.
    assert free["total"]["seconds"] == 86_400
    assert set(free["total"]["waits"]) == {"daily", "minute", "operation"}
    assert free["items"][0]["entries"] == []
    assert shown["total"]["seconds"] == 86_400
    assert [note for note in shown["items"][-1]["notes"] if "not enforced" in note]
    assert off["total"]["seconds"] == 0


def test_credits_that_renew_while_a_job_waits_are_used(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(people=0, companies=1, plan="free", credits=1, renew_days=1)
    requests = [company("acme.com")] * 100 + [company("other.com")]

    total = client.post("/_mock/preview?account=a", json={"requests": requests}).json()["total"]

    assert (total["refused"], total["charged"], total["missing"], total["remaining"]) == (0, 2, 0, 0)


# Faults


def test_faults_and_delays_are_told_and_counted_and_not_performed(double: Callable[..., Double]) -> None:
    lusha = double()
    rules = [
        {"name": "cut", "when": {"nth": 1}, "respond": {"fault": "cut-before-headers", "delay": 3600}},
        {"name": "late", "when": {"nth": 2}, "respond": {"error": "server-error"}},
    ]
    lusha.control("PUT", "scenario", {"name": "ours", "rules": rules})

    before = lusha.state()

    items = lusha.preview({"requests": [ADA, ADA, ADA]})["items"]

    assert [(each["status"], each["fault"], each["delay"], each["charged"]) for each in items] == [
        (None, "cut-before-headers", 3600, 7),
        (500, None, 0, 0),
        (200, None, 0, 1),
    ]
    assert [each["rules"] for each in items] == [["ours/cut#1"], ["ours/late#2"], []]
    assert lusha.state() == before


def test_a_test_of_a_webhook_is_not_sent(double: Callable[..., Double]) -> None:
    lusha = double()
    lusha.client.post("/api/account/secret/regenerate", key=lusha.key)
    item = {"entityType": "company", "entityId": "1", "signalTypes": ["allSignals"]}
    body = {"defaults": {"url": "http://127.0.0.1:9/"}, "subscriptions": [item]}
    made = lusha.client.post("/api/subscriptions", json=body, key=lusha.key)
    assert made.status_code < 300, made.text
    name = lusha.control("GET", "webhooks")["subscriptions"][0]["id"]
    before = lusha.state()

    item = lusha.preview({"method": "POST", "path": f"/api/subscriptions/{name}/test"})["items"][0]

    assert (item["status"], item["charged"]) == (200, 0)
    assert "not asked for" in item["notes"][0]
    assert lusha.state() == before


# Bad input


def deep(levels: int) -> Any:
    """A list in a list, and so on."""
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


BAD: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "name one, or method and path"),
    "a list": ([], "must be an object"),
    "no requests": ({"requests": []}, "at least 1"),
    "too many": ({"requests": [{"operation": ONE}] * 1001}, "1000"),
    "both": ({"operation": ONE, "requests": [{"operation": ONE}]}, "leave out operation"),
    "a slip": ({"operation": "searchAndEnrichContact"}, f"did you mean {REVEAL}?"),
    "a slip in a list": ({"requests": [{"operation": ONE}, {"operation": "é"}]}, "requests.1.operation"),
    "a number": ({"operation": 5}, "operation must be"),
    "an unknown member": ({"operation": ONE, "colour": 1}, "colour should not exist"),
    "operation and method": ({"operation": ONE, "method": "GET"}, "the operation has one"),
    "operation and a text": ({"operation": ONE, "path": "/v2/company"}, "an object of parameters"),
    "a path alone": ({"path": "/v2/company"}, "method should not be empty"),
    "a method alone": ({"method": "GET"}, "path should not be empty"),
    "a path without a slash": ({"method": "GET", "path": "v2"}, "begin with a slash"),
    "the control API": ({"method": "POST", "path": "/_mock/preview"}, "costs nothing"),
    "a deep value": ({"operation": REVEAL, "json": deep(300)}, "nested too deeply"),
    "no parameter": ({"operation": "getContactJob"}, "path.jobId should not be empty"),
    "another parameter": ({"operation": "getContactJob", "path": {"jobID": "1"}}, "path.jobID"),
    "an object in the query": ({"operation": ONE, "query": {"domain": {}}}, "query.domain must be"),
    "null in the query": ({"operation": ONE, "query": {"domain": None}}, "query.domain must be"),
    "a query that is none": ({"operation": ONE, "query": "domain=acme.com"}, "query must be"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_words(case: str, double: Callable[..., Double]) -> None:
    body, words = BAD[case]

    answer = double().preview(body, status=400)

    assert words in "\n".join(answer["errors"])


def test_an_account_must_be_named(double: Callable[..., Double]) -> None:
    answer = double().client.post("/_mock/preview", json=ADA)

    assert (answer.status_code, "?account=KEY" in answer.text) == (400, True)


def test_what_is_not_served_and_what_is_too_large_is_refused_as_the_call_is(
    double: Callable[..., Double],
) -> None:
    lusha = double()
    huge = {"operation": REVEAL, "json": {"contacts": [{"email": "x" * 1_100_000}]}}
    get = {"operation": ONE, "json": {"a": 1}, "query": {"domain": "é.com"}}

    items = lusha.preview({"requests": [{"method": "PUT", "path": "/no/such"}, huge, get]})["items"]

    assert [(each["operation"], each["status"]) for each in items] == [(None, 404), (REVEAL, 413), (ONE, 200)]
    assert items[2]["notes"] == ["json is not read: a GET has no body"]

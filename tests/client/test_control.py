"""The client of the control API, sync and async, against a real server."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import asyncio
import inspect
import socket
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_lusha.client.async_control import AsyncControl
from mock_lusha.client.control import Control
from mock_lusha.client.protocol import ControlError, UnexpectedCallsError
from mock_lusha.config import Settings
from mock_lusha.errors import MockLushaError
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KINDS: dict[str, type[Control] | type[AsyncControl]] = {"sync": Control, "async": AsyncControl}
SMALL: dict[str, Any] = {"port": 0, "people": 0, "companies": 1}
COMPANY = "/v2/company?domain=acme.com"
SINGLE = "searchSingleCompanyV2"
USAGE = "getAccountUsageStats"
ZOE = {"firstName": "Zoe", "lastName": "Quux", "companyDomain": "acme.com"}


class Steered:
    """A client of either kind, whose methods answer at once: those of the async one are waited for."""

    def __init__(self, control: Control | AsyncControl, runner: asyncio.Runner) -> None:
        self.control = control
        self.runner = runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.control, name)
        if not callable(found):
            return found

        def call(*args: Any, **options: Any) -> Any:
            answer = found(*args, **options)
            return self.runner.run(answer) if inspect.iscoroutine(answer) else answer

        return call


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of a client, one after the other."""
    name: str = request.param
    return name


@pytest.fixture
def steer(kind: str) -> Iterator[Callable[..., Steered]]:
    """Makes a client: ``steer(url, "an-account", token="...")``."""
    with asyncio.Runner() as runner:
        made: list[Steered] = []

        def make(url: str, account: str | None = None, **options: Any) -> Steered:
            made.append(Steered(KINDS[kind](url, account, **options), runner))
            return made[-1]

        yield make
        for each in made:
            each.close()


@pytest.fixture(scope="module")
def own_server() -> Iterator[MockServer]:
    """A server whose state as a whole may be changed."""
    with MockServer(Settings(**SMALL)) as running:
        yield running


@pytest.fixture
def fresh(own_server: MockServer) -> str:
    """The URL of a server at its beginning."""
    assert httpx.post(f"{own_server.url}/_mock/reset").status_code == 200
    return own_server.url


def lookup(url: str, key: str, path: str = COMPANY) -> int:
    """Look up a company with a key; the status of the answer."""
    return httpx.get(url + path, headers={"api_key": key}).status_code


def at(found: Any, path: str) -> Any:
    """What stands at a dotted path of an answer."""
    for step in path.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def methods(kind: type[object]) -> dict[str, Any]:
    """The methods of a class that anybody may call."""
    return {
        name: found
        for name, found in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }


# The methods

MOMENT = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
RULES: dict[str, Any] = {"name": "ours", "rules": [{"name": "first", "when": {"nth": 1}, "respond": "gdpr"}]}
COUNTED: dict[str, Any] = {"total": 1, f"counts.{SINGLE}": {"200": 1}}
# Method, arguments, options -> what stands where in the answer, after one lookup of a company
CALLS: dict[str, tuple[str, list[Any], dict[str, Any], dict[str, Any]]] = {
    "accounts": ("accounts", [], {}, {"plan": "scale", "requests": 1, "account": "…4711", "credits.used": 1}),
    "create": ("create", ["{key}-made"], {"plan": "free", "credits": 3}, {"plan": "free", "requests": 0, "credits.remaining": 3}),
    "create with a story": ("create", ["{key}-told"], {"standing": "inactive", "about": "Gone."}, {"standing": "inactive"}),
    "put": ("put", ["{key}-put"], {"plan": "free", "label": "mine"}, {"plan": "free", "label": "mine", "requests": 0}),
    "change": ("change", [], {"limits": "off", "match_rate": 0.5}, {"limits": "off", "match_rate": 0.5, "requests": 1}),
    "delete": ("delete", [], {}, {"account": "…4711", "deleted": True}),
    "settle": ("settle", [], {"max_credits": 1}, {"calls": 1, "spent": 1, "problems": [], "forgotten": True}),
    "settle what is no good": ("settle", [], {"scenarios": ["flaky"], "max_credits": 0}, {"problems": ["1 credit was spent, and at most 0 were to be"], "forgotten": False}),
    "drain": ("drain", [], {}, {"credits.remaining": 0}),
    "drain but for some": ("drain", [2], {}, {"credits.remaining": 2}),
    "ledger": ("ledger", [], {}, {"count": 1, "entries.0.kind": "company", "entries.0.why": "charged"}),
    "ledger, the last of": ("ledger", [0], {}, {"count": 1, "entries": []}),
    "entities": ("entities", [], {}, {"pinned": {"people": [], "companies": []}, "erased": {"people": [], "companies": []}}),
    "pin people": ("pin", [[ZOE]], {}, {"pinned.people": [{"name": "Zoe Quux", "company": "acme-com.example"}]}),
    "pin companies": ("pin", [], {"companies": [{"domain": "quux.example"}]}, {"pinned.companies": ["quux.example"], "pinned.people": []}),
    "pin tuples": ("pin", [(ZOE,)], {}, {"pinned.people.0.name": "Zoe Quux"}),
    "patch people": ("patch", [[{"find": ZOE, "set": {"jobTitle": "Boss"}}]], {}, {"pinned.people.0.name": "Zoe Quux"}),
    "patch companies": ("patch", [], {"companies": [{"find": {"domain": "acme.com"}, "set": {"name": "Acmeee"}}]}, {"pinned.companies": ["acme-com.example"]}),
    "unpin": ("unpin", [], {}, {"pinned": {"people": [], "companies": []}, "label": None}),
    "erase people": ("erase", [[{"email": "zoe.quux@acme.com"}]], {}, {"erased.people": [{"name": "zoe-quux", "company": "acme-com.example"}]}),
    "erase companies": ("erase", [], {"companies": [{"domain": "acme.com"}]}, {"erased.companies": ["acme-com.example"]}),
    "people": ("people", [], {"company": ["quill-works.example"], "size": 1}, {"page": 0, "size": 1, "people.0.name": "Ada Quill"}),
    "people by the filters of prospecting": ("people", [], {"filters": {"contacts": {"include": {"names": ["Ada Quill"]}}}}, {"total": 1, "more": False}),
    "companies": ("companies", [], {"name": "Quill Works", "page": 0}, {"total": 1, "companies.0.domain": "quill-works.example"}),
    "person": ("person", ["jane.doe@acme.com"], {}, {"as": "email", "found": True, "person.lastName": "Doe", "price.phones": 5}),
    "person by identifiers": ("person", [], {"first_name": "Jane", "lastName": "Doe", "company_domain": "acme.com"}, {"by": "name", "person.company.domain": "acme.com"}),
    "company": ("company", ["acme.com"], {}, {"as": "domain", "company.domain": "acme.com"}),
    "tables": ("tables", [], {}, {"tables": []}),
    "create_table": ("create_table", ["Fair", "companies", ["acme.com"]], {"visibility": "shared"}, {"tables.0.name": "Fair", "tables.0.count": 1, "tables.0.visibility": "shared", "tables.0.columns.c6.not_run": 1}),
    "webhooks": ("webhooks", [], {}, {"secret": None, "subscriptions": []}),
    "deliveries": ("deliveries", ["failed"], {"last": 3}, {"deliveries": []}),
    "take_delivery": ("take_delivery", [], {}, {"request": None}),
    "inbox": ("inbox", ["ci"], {}, {"inbox": "ci", "received": [], "dropped": 0}),
    "clear_inbox": ("clear_inbox", ["ci"], {}, {"inbox": "ci", "cleared": 0}),
    "scenario by name": ("scenario", ["flaky"], {}, {"account.name": "flaky", "account.rules": ["rule-1"]}),
    "scenario by rules": ("scenario", [RULES], {}, {"account.name": "ours", "account.rules": ["first"]}),
    "add_rules": ("add_rules", [RULES["rules"]], {}, {"added.first.matched": 0, "account": None}),
    "add_rules of a tuple": ("add_rules", [tuple(RULES["rules"])], {}, {"added.first.fired": 0}),
    "clear_rules": ("clear_rules", [], {}, {"added": {}, "account": None}),
    "end_scenario": ("end_scenario", [], {}, {"account": None}),
    "scenarios": ("scenarios", [], {}, {"account": None, "counters": {}, "known.0": "bad-full-name"}),
    "clock": ("clock", [], {}, {"frozen": False}),
    "advance": ("advance", [0.5], {}, {"frozen": False}),
    "set_clock to a moment": ("set_clock", [MOMENT.astimezone(timezone(timedelta(hours=2)))], {}, {"now": "2026-03-31T12:00:00"}),
    "set_clock to a text": ("set_clock", ["2026-03-31T12:00:00Z"], {}, {"now": "2026-03-31T12:00:00"}),
    "freeze": ("freeze", [], {}, {"frozen": True}),
    "freeze no more": ("freeze", [False], {}, {"frozen": False}),
    "reset_clock": ("reset_clock", [], {}, {"frozen": False}),
    "journal": ("journal", [], {}, {**COUNTED, "exchanges.0.path": "/v2/company", "exchanges.0.account": "…4711"}),
    "journal by operation": ("journal", [], {"operation": USAGE}, {**COUNTED, "exchanges": []}),
    "journal by status": ("journal", [], {"status": 404}, {**COUNTED, "exchanges": []}),
    "journal by error": ("journal", [], {"error": "gdpr"}, {**COUNTED, "exchanges": []}),
    "journal by rule": ("journal", [], {"rule": "flaky"}, {**COUNTED, "exchanges": []}),
    "journal after": ("journal", [], {"after": 999_999_999}, {**COUNTED, "exchanges": []}),
    "journal, the last of": ("journal", [], {"last": 0}, {**COUNTED, "exchanges": []}),
    "journal by all": ("journal", [], {"operation": SINGLE, "status": 200, "after": 0, "last": 5}, {**COUNTED, "exchanges.0.status": 200}),
    "check a scenario": ("check_scenario", ["rules:\n  - when: {{nth: 0}}\n"], {}, {"valid": False, "problems.0.line": 2, "scenario": None}),
    "check a scenario that is well": ("check_scenario", ["rules:\n  - respond: gdpr\n", "mine"], {}, {"valid": True, "problems": [], "scenario.name": "mine"}),
    "scenario_text": ("scenario_text", ["gdpr"], {}, {"name": "gdpr"}),
    "clear_journal": ("clear_journal", [], {}, {"cleared": True}),
    "verify": ("verify", [SINGLE], {"times": 1}, {"verified": True, "count": 1, "expected": {"at_least": 1, "at_most": 1}, "complete": True}),
    "verify bounds": ("verify", [], {"at_least": 0, "at_most": 1}, {"count": 1, "expected": {"at_least": 0, "at_most": 1}}),
    "verify more": ("verify", [], {"method": "GET", "path": "/v2/company", "status": 200, "query": {"domain": "acme.com"}}, {"count": 1}),
    "verify a body": ("verify", [], {"body": {"companies": []}, "times": 0}, {"count": 0}),
    "explain": ("explain", [], {}, {"operation": SINGLE, "why": ["Acme was found by domain", "charged 1: 1 item paid for, 0 free"]}),
    "conduct": ("conduct", [], {}, {"clean": True, "accounts.0.account": "…4711", "accounts.0.exchanges": 1, "accounts.0.verdicts": []}),
    "preview": ("preview", [{"operation": SINGLE, "query": {"domain": "other.com"}}], {}, {"items.0.charged": 1, "items.0.status": 200, "total.price": 1}),
    "preview of several": ("preview", [({"operation": SINGLE, "query": {"domain": "acme.com"}},)], {"wait": False, "entries": False}, {"items.0.charged": 0, "items.0.entries": [], "total.requests": 1}),
    "coverage": ("coverage", [], {}, {"calls": 1, "unread": 0, "operations.called": [SINGLE], "operations.missed.0": "searchSingleContact"}),
    "coverage of more": ("coverage", [("v3",)], {}, {"operations.missed.3": "searchContacts", "situations.0.state": "missed"}),
    "note_coverage": ("note_coverage", ["receiver-examined"], {}, {"noted": "receiver-examined"}),
    "clear_coverage": ("clear_coverage", [], {}, {"cleared": True}),
    "ready": ("ready", [], {}, {"status": "ready", "plan": "scale"}),
    "health": ("health", [], {}, {"status": "healthy"}),
    "metrics": ("metrics", [], {}, {}),  # a text; a test below reads it
    "settings": ("settings", [], {}, {"limits": "headers", "port": 0, "control_token": None}),
    "reset": ("reset", [], {}, {"reset": "…4711"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
def test_a_method_gives_its_order(
    case: str, kind: str, steer: Callable[..., Steered], server: MockServer
) -> None:
    method, args, options, reads = CALLS[case]
    key = f"client-{kind}-{case.replace(' ', '-')}-4711"
    args = [each.format(key=key) if isinstance(each, str) else each for each in args]
    control = steer(server.url, key)
    assert lookup(server.url, key) == 200

    answer = getattr(control, method)(*args, **options)

    read = {path: at(answer, path) for path in reads}
    if "now" in read:
        read["now"] = read["now"].partition(".")[0]
    assert read == reads


def test_every_method_is_called_above() -> None:
    # these need what was begun: a scenario, a subscription
    elsewhere = {"of", "close", "resume_scenario", "trigger", "answer_delivery", "resend_delivery"}
    assert {method for method, *_ in CALLS.values()} == methods(Control).keys() - elsewhere


def test_both_kinds_have_the_same_methods_with_the_same_parameters() -> None:
    one, other = methods(Control), methods(AsyncControl)

    assert one.keys() == other.keys()
    for name in one:
        ours, theirs = inspect.signature(one[name]), inspect.signature(other[name])
        assert ours.parameters == theirs.parameters, name
        assert inspect.getdoc(one[name]) == inspect.getdoc(other[name]), name
        assert not inspect.iscoroutinefunction(one[name]), name
        assert inspect.iscoroutinefunction(other[name]) is (name != "of"), name
        assert name == "of" or ours.return_annotation == theirs.return_annotation, name
    made, made_other = (dict(inspect.signature(kind).parameters) for kind in (Control, AsyncControl))
    made.pop("wire")  # of the sync one alone
    assert made == made_other


def test_metrics_are_a_text_of_the_whole_server(steer: Callable[..., Steered], fresh: str) -> None:
    lookup(fresh, "of-metrics")

    text = steer(fresh, "another").metrics()

    assert f'mock_lusha_calls_total{{operation="{SINGLE}",status="200"}} ' in text
    with pytest.raises(ControlError, match="cannot be asked"):
        steer("http://127.0.0.1:9").metrics()


def test_metrics_that_are_refused_say_why(steer: Callable[..., Steered]) -> None:
    with MockServer(Settings(**SMALL, control_token="t0ken")) as running:
        with pytest.raises(ControlError, match="metrics was answered with 401"):
            steer(running.url).metrics()
        assert "mock_lusha_accounts 0" in steer(running.url, token="t0ken").metrics()


def test_a_delivery_is_triggered_taken_answered_and_sent_again(
    steer: Callable[..., Steered], fresh: str
) -> None:
    key = "client-of-webhooks"
    control = steer(fresh, key)
    with httpx.Client(base_url=fresh, headers={"api_key": key}) as client:
        client.post("/api/account/secret/regenerate")
        found = client.post("/v3/companies/search", json={"companies": [{"domain": "acme.com"}]}).json()
        whose = [{"entityId": found["results"][0]["id"]}]
        defaults = {"url": "http://127.0.0.1:9/", "entityType": "company", "signalTypes": ["allSignals"]}
        client.post("/api/subscriptions", json={"defaults": defaults, "subscriptions": whose})
    control.change(webhook_delivery="collect")

    made = control.trigger("websiteTrafficDecrease", "company", find={"domain": "acme.com"}, data={"new": 1})
    (delivery,) = made["deliveries"]
    first = control.take_delivery()["request"]
    done = control.answer_delivery(first["delivery"], 204)["delivery"]
    control.resend_delivery(done["id"])
    second = control.take_delivery()["request"]

    assert (delivery["state"], done["state"], control.take_delivery()) == (
        "waiting",
        "success",
        {"request": None},
    )
    assert second["body"] == first["body"]
    with pytest.raises(ControlError, match="signalType of a company is one of"):
        control.trigger("promotion", "company", find={"domain": "acme.com"})


def test_a_named_exchange_is_explained(steer: Callable[..., Steered], fresh: str) -> None:
    for key in ("first", "second"):
        lookup(fresh, key)
    control = steer(fresh)
    first, second = (exchange["id"] for exchange in control.journal()["exchanges"])

    assert control.explain(first)["id"] == first
    assert control.explain(str(second))["id"] == second
    assert control.explain()["id"] == second
    assert steer(fresh, "first").explain("last")["id"] == first


def test_what_moves_the_clock_moves_the_accounts(steer: Callable[..., Steered], fresh: str) -> None:
    one, other = steer(fresh, "one"), steer(fresh, "other")
    other.freeze()
    before = other.clock()

    assert one.set_clock("2026-03-31T12:00:00Z")["frozen"] is False
    assert one.freeze()["frozen"] is True
    one.set_clock(MOMENT)
    one.advance(90.5)

    assert one.clock() == {"now": "2026-03-31T12:01:30.500Z", "frozen": True}
    assert other.clock() == before
    assert one.reset_clock()["frozen"] is False
    assert one.clock()["now"] != "2026-03-31T12:01:30.500Z"


def test_orders_have_their_effect(steer: Callable[..., Steered], fresh: str) -> None:
    control = steer(fresh, "ours")
    control.scenario("flaky")
    assert [lookup(fresh, "ours") for _ in range(3)] == [503, 503, 200]
    begun = control.scenario("flaky")["account"]["begun"]
    assert lookup(fresh, "ours") == 503
    control.end_scenario()
    assert lookup(fresh, "ours") == 200
    control.resume_scenario(begun)
    assert [lookup(fresh, "ours") for _ in range(2)] == [503, 200]
    control.scenario(RULES)
    assert [lookup(fresh, key) for key in ("ours", "ours", "theirs")] == [451, 200, 200]
    control.add_rules(RULES["rules"])
    assert [lookup(fresh, key) for key in ("ours", "ours", "theirs")] == [451, 200, 200]
    control.add_rules([{"respond": "not-found"}])
    assert lookup(fresh, "ours") == 404
    control.clear_rules()
    assert lookup(fresh, "ours") == 200
    control.scenario("server-error")
    control.end_scenario()
    control.erase(companies=[{"domain": "acme.com"}])
    assert [lookup(fresh, key) for key in ("ours", "theirs")] == [404, 200]
    control.pin(companies=[{"domain": "acme.com"}])
    control.drain()
    assert lookup(fresh, "ours", "/v2/company?domain=third.com") == 402
    control.change(credits=1)
    assert lookup(fresh, "ours", "/v2/company?domain=third.com") == 200
    control.clear_journal()
    assert control.journal()["total"] == 0
    control.delete()
    assert control.accounts()["requests"] == 0


def test_without_an_account_orders_are_about_the_server(steer: Callable[..., Steered], fresh: str) -> None:
    control = steer(fresh)
    for key in ("first", "second"):
        lookup(fresh, key)

    first, second = control.accounts()["accounts"]
    assert (first["requests"], second["requests"]) == (1, 1)
    pages = (control.accounts(last=1), control.accounts(before=second["fingerprint"]))
    assert [[each["fingerprint"] for each in page["accounts"]] for page in pages] == [
        [second["fingerprint"]], [first["fingerprint"]]
    ]  # fmt: skip
    assert [(page["total"], page["more"]) for page in pages] == [(2, True), (2, False)]
    assert control.verify(SINGLE, times=2)["count"] == 2
    assert len(control.conduct()["accounts"]) == 2
    assert control.health()["exchanges"] == 2
    assert control.scenario("unavailable")["server"]["name"] == "unavailable"
    assert [lookup(fresh, key) for key in ("first", "second")] == [503, 503]
    assert control.end_scenario()["server"] is None
    control.freeze()
    assert control.set_clock(MOMENT) == {"now": "2026-03-31T12:00:00.000Z", "frozen": True}
    assert steer(fresh, "first").clock()["now"] == "2026-03-31T12:00:00.000Z"
    assert control.reset() == {"reset": "all"}
    assert control.accounts() == {"accounts": []}
    assert control.clock()["frozen"] is False


def test_what_is_the_servers_is_asked_without_the_account(steer: Callable[..., Steered], fresh: str) -> None:
    control = steer(fresh, "ours")

    made = control.create("theirs", plan="free")
    told = (control.ready(), control.health(), control.settings())

    assert made["plan"] == "free"
    assert [each["plan"] for each in steer(fresh).accounts()["accounts"]] == ["free"]
    assert told[1]["accounts"] == 1
    assert told[2]["people"] == 0


# Whose


def test_of_is_a_client_for_another_account_of_the_same_server(
    kind: str, steer: Callable[..., Steered], fresh: str
) -> None:
    control = steer(f"{fresh}/", "first")
    lookup(fresh, "second")

    other, everybody = control.of("second"), control.of(None)

    assert type(other) is type(everybody) is KINDS[kind]
    assert (other.url, other.account, control.account) == (fresh, "second", "first")
    assert Steered(other, control.runner).accounts()["requests"] == 1
    assert Steered(everybody, control.runner).verify(times=1)["count"] == 1
    assert control.accounts()["requests"] == 0


def test_a_client_serves_for_a_block(fresh: str) -> None:
    async def asked() -> int:
        async with AsyncControl(fresh, "ours") as control:
            found: int = (await control.accounts())["requests"]
        await control.close()
        return found

    lookup(fresh, "ours")

    with Control(fresh, "ours") as control:
        assert control.accounts()["requests"] == 1
    control.close()
    assert asyncio.run(asked()) == 1


def test_no_proxy_comes_between(
    steer: Callable[..., Steered], fresh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert steer(fresh).ready()["status"] == "ready"


# What goes wrong

# Method, arguments, options -> status, message
ERRORS: dict[str, tuple[str, list[Any], dict[str, Any], int, str]] = {
    "a number below none": ("advance", [-1], {}, 400, "PATCH /_mock/clock was answered with 400: advance must not be less than 0 (sent: -1)"),
    "two mistakes": ("change", [], {"plan": "gold", "limits": "on"}, 400, "PATCH /_mock/accounts was answered with 400:\n  plan: it takes one of free, starter, pro, premium, scale, legacy, not 'gold'\n  limits: it takes one of enforce, headers, off, not 'on'"),
    "a name there is not": ("scenario", ["flakey"], {}, 400, "PUT /_mock/scenario was answered with 400: there is no scenario 'flakey': did you mean flaky?"),
    "an account twice": ("create", ["free"], {}, 409, "POST /_mock/accounts was answered with 409: free is there from the start: change it with PATCH, or use free+SUFFIX"),
    "going on with what never began": ("resume_scenario", [99], {}, 400, "POST /_mock/scenario/resume was answered with 400: no scenario with the number 99 was begun for this account; known are none"),
    "an exchange there is not": ("explain", [999_999_999], {}, 404, "GET /_mock/explain/999999999 was answered with 404: the journal has no exchange 999999999; see /_mock/journal for those it has"),
    "an expectation nobody knows": ("verify", [], {"header": "a"}, 400, "POST /_mock/verify was answered with 400: property header should not exist"),
    "exact and at least": ("verify", [], {"times": 1, "at_least": 1}, 400, "POST /_mock/verify was answered with 400: times is exact: leave out at_least and at_most, or times"),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_a_refusal_is_an_error_that_says_why(case: str, steer: Callable[..., Steered], fresh: str) -> None:
    method, args, options, status, message = ERRORS[case]
    control = steer(fresh, "ours")

    with pytest.raises(ControlError) as caught:
        getattr(control, method)(*args, **options)

    assert (str(caught.value), caught.value.status) == (message, status)
    assert isinstance(caught.value, MockLushaError)


def test_an_order_that_needs_an_account_says_so(steer: Callable[..., Steered], fresh: str) -> None:
    with pytest.raises(ControlError) as caught:
        steer(fresh).drain()

    assert str(caught.value) == (
        "POST /_mock/accounts/drain was answered with 400: account should not be empty: name one with "
        "?account=KEY"
    )


def test_a_server_that_is_not_there_is_an_error_without_status(steer: Callable[..., Steered]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"

    with pytest.raises(ControlError) as caught:
        steer(f"{url}/").clock()

    assert caught.value.__cause__ is not None
    assert str(caught.value) == f"{url} cannot be asked: {caught.value.__cause__}"
    assert caught.value.status is None


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://127.0.0.1", "nowhere"])
def test_an_address_that_is_none_is_an_error(url: str, kind: str) -> None:
    async def asked() -> None:
        control = KINDS[kind](url)
        answer = control.clock()
        if inspect.isawaitable(answer):
            await answer

    with pytest.raises(ControlError) as caught:
        asyncio.run(asked())

    assert caught.value.status is None
    assert url in str(caught.value)


NEW_LINE = "\n"
ALIEN: dict[str, tuple[int, bytes, str | None]] = {
    "no JSON": (502, b"<h1>Bad gateway</h1>", None),
    "a list": (200, b"[1]", None),
    "nothing": (200, b"", None),
    "another API": (404, b'{"detail": "Not Found"}', None),
    "a message": (404, b'{"message": "no Route matched"}', "no Route matched"),
    "errors": (404, b'{"message": "not this", "errors": ["this", "that"]}', "\n  this\n  that"),
    "no errors": (404, b'{"message": "this", "errors": []}', "this"),
}


@pytest.mark.parametrize("case", ALIEN)
def test_the_answer_of_another_server_is_an_error(
    case: str, steer: Callable[..., Steered], answers: Callable[[int, bytes], str]
) -> None:
    status, content, told = ALIEN[case]

    with pytest.raises(ControlError) as caught:
        steer(url := answers(status, content)).clock()

    if told is None:
        said = f"no mock-lusha is at {url}: it answers {status} to GET /_mock/clock"
    else:
        said = f"GET /_mock/clock was answered with {status}:{told if told[:1] == NEW_LINE else f' {told}'}"
    assert str(caught.value) == said
    assert caught.value.status == status


def test_a_server_with_a_token_is_steered_with_it_alone(steer: Callable[..., Steered]) -> None:
    with MockServer(Settings(**SMALL, control_token="s3cret")) as guarded:
        lookup(guarded.url, "ours")
        for options, problem in (
            ({}, "no token was sent"),
            ({"token": "s3cre"}, "the token that was sent is another one"),
        ):
            stranger = steer(guarded.url, "ours", **options)
            assert stranger.ready()["status"] == "ready"
            with pytest.raises(ControlError) as caught:
                stranger.accounts()
            assert caught.value.status == 401
            assert str(caught.value) == (
                f"GET /_mock/accounts was answered with 401: {problem}: send this server's token in the header "
                "x-mock-lusha-token; in Python it is the argument token="
            )

        friend = steer(guarded.url, token="s3cret")
        assert friend.settings()["control_token"] == "(set)"
        assert Steered(friend.of("ours"), friend.runner).accounts()["requests"] == 1


# Calls that were not made

LIKE = f"{{'operation': '{SINGLE}', 'query': {{'domain': 'other.com'}}}}"
# Options -> message, after lookups of acme.com, acme.com and nobody.example and a call of the usage
UNEXPECTED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a call that was not made": (
        {"operation": SINGLE, "query": {"domain": "other.com"}},
        [
            f"at least 1 call was expected of {LIKE}; there were 0",
            f"  near: exchange {{2}} {SINGLE}: query.domain is 'acme.com', not 'other.com'",
            f"  near: exchange {{1}} {SINGLE}: query.domain is 'acme.com', not 'other.com'",
            f"  near: exchange {{3}} {SINGLE}: query.domain is 'nobody.example', not 'other.com'",
        ],
    ),
    "too few": (
        {"operation": SINGLE, "status": 404, "times": 2},
        [
            f"2 calls were expected of {{'operation': '{SINGLE}', 'status': 404}}; there was 1",
            f"  near: exchange {{2}} {SINGLE}: status is 200, not 404",
            f"  near: exchange {{1}} {SINGLE}: status is 200, not 404",
            f"  near: exchange {{4}} {USAGE}: operation is {USAGE}, not {SINGLE}; status is 200, not 404",
        ],
    ),
    "too few of any kind": ({"times": 5}, ["5 calls were expected of any kind; there were 4"]),
    "fewer than from so many to so many": (
        {"at_least": 5, "at_most": 6},
        ["5 to 6 calls were expected of any kind; there were 4"],
    ),
    "too many": (
        {"operation": SINGLE, "times": 1},
        [f"1 call was expected of {{'operation': '{SINGLE}'}}; there were 3", "  exchanges {1}, {2}, {3}"],
    ),
    "more than from so many to so many": (
        {"operation": USAGE, "at_most": 0},
        [
            f"0 calls were expected of {{'operation': '{USAGE}'}}; there was 1",
            "  exchanges {4}",
        ],
    ),
}


@pytest.mark.parametrize("case", UNEXPECTED)
def test_calls_that_were_not_as_expected_fail_a_test_with_the_nearest(
    case: str, steer: Callable[..., Steered], fresh: str
) -> None:
    options, lines = UNEXPECTED[case]
    for path in (COMPANY, COMPANY, "/v2/company?domain=nobody.example", "/account/usage"):
        lookup(fresh, "ours", path)
    control = steer(fresh, "ours")
    numbers = [exchange["id"] for exchange in control.journal()["exchanges"]]

    with pytest.raises(AssertionError) as caught:
        control.verify(**options)

    message = "\n".join(lines)
    for place, number in enumerate(numbers, 1):
        message = message.replace(f"{{{place}}}", str(number))
    assert str(caught.value) == message
    assert type(caught.value) is UnexpectedCallsError
    assert isinstance(caught.value, MockLushaError)
    assert not isinstance(caught.value, ControlError)


def test_a_journal_that_lost_exchanges_is_owned_up_to(steer: Callable[..., Steered]) -> None:
    with MockServer(Settings(**SMALL, journal=1)) as forgetful:
        for _ in range(2):
            lookup(forgetful.url, "ours")

        with pytest.raises(UnexpectedCallsError) as caught:
            steer(forgetful.url, "ours").verify(SINGLE, query={"domain": "acme.com"}, times=2)

    assert str(caught.value).splitlines() == [
        f"2 calls were expected of {{'operation': '{SINGLE}', 'query': {{'domain': 'acme.com'}}}}; there was 1",
        "  the journal is full: older exchanges were not looked at",
    ]

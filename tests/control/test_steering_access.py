"""Who may steer, with what, and what becomes of slips."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_lusha import MockServer
from mock_lusha.app import create_app
from mock_lusha.config import Settings
from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import Registry
from mock_lusha.control.routes import HANDLERS, handler

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

    from mock_lusha.clock import Clock

OPEN = ("/_mock/ready", "/_mock/health", "/_mock/openapi.json")
VOUCHED = ("receiveDelivery",)  # what it takes is signed
CONTROL = Contract.load("control")
GUARDED = [
    # The stream of events goes on for ever where it is not told to end.
    (
        operation.method,
        operation.path.replace("{id}", "1")
        .replace("{name}", "ci")
        .replace("/events", "/events?follow=false"),
    )
    for operation in CONTROL.operations.values()
    if operation.path not in OPEN and operation.id not in VOUCHED
]


def asked(
    app: Any,
    method: str,
    path: str,
    client: str = "127.0.0.1",
    headers: dict[str, str] | None = None,
    **options: Any,
) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=(client, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://double.localhost") as http:
            return await http.request(method, path, headers=headers, **options)

    return asyncio.run(ask())


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("settings", [{}, {"control": False}, {"control_token": "s3cret"}], ids=str)
def test_what_says_that_it_serves_is_open_to_all(path: str, settings: dict[str, Any]) -> None:
    answer = asked(create_app(Settings(**settings)), "GET", path, client="10.0.0.7")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_other_machines_may_not_steer(method: str, path: str) -> None:
    answer = asked(create_app(), method, path, client="10.0.0.7")

    assert answer.status_code == 403
    assert "start it with --control-token TOKEN" in answer.json()["errors"][0]


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_a_token_is_needed_from_everywhere_once_it_is_set(method: str, path: str) -> None:
    app = create_app(Settings(control_token="s3cret"))

    for headers in ({}, {"x-mock-lusha-token": "s3cre"}, {"x-mock-lusha-token": ""}):
        answer = asked(app, method, path, headers=headers)
        assert answer.status_code == 401
        problem = "the token that was sent is another one" if any(headers.values()) else "no token was sent"
        how = "send this server's token in the header x-mock-lusha-token"
        assert answer.json()["errors"] == [f"{problem}: {how}"]
    for client in ("127.0.0.1", "10.0.0.7"):
        answer = asked(app, method, path, client=client, headers={"x-mock-lusha-token": "s3cret"})
        assert answer.status_code not in {401, 403}


def test_an_inbox_takes_what_is_signed_whoever_sends_it_and_no_page() -> None:
    app = create_app(Settings(control_token="s3cret"))

    answer = asked(app, "POST", "/_mock/inbox/ci", client="10.0.0.7")
    of_a_page = asked(app, "POST", "/_mock/inbox/ci", headers={"origin": "https://elsewhere.example"})

    assert answer.status_code == 401
    assert "an inbox takes deliveries of this server's accounts" in answer.json()["errors"][0]
    assert of_a_page.status_code == 403


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_all_of_loopback(client: str) -> None:
    assert asked(create_app(), "GET", "/_mock/accounts", client=client).status_code == 200


@pytest.mark.parametrize("client", ["testclient", "10.0.0.7", "::ffff:10.0.0.7", "0.0.0.0", "fe80::1%eth0"])
def test_others_are_not_this_machine(client: str) -> None:
    assert asked(create_app(), "GET", "/_mock/accounts", client=client).status_code == 403


# What is sent besides a Host of this machine or another -> whether it may steer without a token, and with one
CALLERS: dict[str, tuple[dict[str, str], bool, bool]] = {
    "a program": ({"host": "127.0.0.1:8080"}, True, True),
    "a program, by IPv6": ({"host": "[::1]:8080"}, True, True),
    "a program, by name": ({"host": "localhost"}, True, True),
    "a program, by a name below": ({"host": "mock.localhost:8080"}, True, True),
    "a typed address": ({"host": "localhost:8080", "sec-fetch-site": "none"}, True, True),
    "a page of its own": ({"host": "localhost:8080", "origin": "http://localhost:8080"}, True, True),
    "a page of its own, reading": ({"host": "[::1]:80", "sec-fetch-site": "same-origin"}, True, True),
    "another name": ({"host": "mock-lusha.internal:8080"}, False, True),
    "a rebound name": ({"host": "evil.test:8080", "origin": "http://evil.test:8080"}, False, True),
    "a rebound name, reading": ({"host": "evil.test", "sec-fetch-site": "same-origin"}, False, True),
    "a name like this machine's": ({"host": "localhost.evil.test"}, False, True),
    "another page": ({"host": "localhost", "origin": "http://evil.test"}, False, False),
    "another page, reading": ({"host": "localhost", "sec-fetch-site": "cross-site"}, False, False),
    "another port's page": ({"host": "localhost", "origin": "http://localhost:81"}, False, False),
    "a neighbour's page": ({"host": "localhost", "sec-fetch-site": "same-site"}, False, False),
    "another scheme's page": ({"host": "localhost:8080", "origin": "https://localhost:8080"}, False, False),
    "a page of nowhere": ({"host": "localhost", "origin": "null"}, False, False),
    "an origin that is none": ({"host": "localhost", "origin": "http://[::1"}, False, False),
    "a host that is none": ({"host": "[::1"}, False, False),
    "no host": ({"host": ""}, False, False),
}


@pytest.mark.parametrize("token", [None, "s3cret"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/_mock/journal"), ("POST", "/_mock/reset")])
@pytest.mark.parametrize("caller", CALLERS)
def test_pages_of_elsewhere_may_neither_steer_nor_read(
    caller: str, method: str, path: str, token: str | None
) -> None:
    headers, without, with_token = CALLERS[caller]
    app = create_app(Settings(control_token=token))

    answer = asked(app, method, path, headers=headers | ({"x-mock-lusha-token": token} if token else {}))

    allowed = with_token if token else without
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert answer.json()["message"] == "This may not be steered from there"
        assert (
            "--cors ORIGIN" in answer.json()["errors"][1] or "--control-token" in answer.json()["errors"][1]
        )


@pytest.mark.parametrize("path", OPEN)
def test_probes_may_call_by_any_name_and_pages_of_elsewhere_not_even_there(path: str) -> None:
    app = create_app()

    assert asked(app, "GET", path, client="10.0.0.7", headers={"host": "10.1.2.3:8080"}).status_code == 200
    for headers in (
        {"origin": "http://evil.test"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://[::1"},
    ):
        assert asked(app, "GET", path, headers=headers).status_code == 403


ORIGIN = "http://localhost:3000"
PREFLIGHT = {
    "origin": ORIGIN,
    "access-control-request-method": "PATCH",
    "access-control-request-headers": "api_key,content-type",
}


@pytest.mark.parametrize("path", ["/_mock/clock", "/v2/person", "/nowhere"])
def test_pages_of_an_origin_that_is_named_may_call_and_steer(path: str) -> None:
    app = create_app(Settings(cors=(ORIGIN,)))

    preflight = asked(app, "OPTIONS", path, headers=PREFLIGHT)
    answer = asked(
        app, "GET", path, headers={"origin": ORIGIN, "sec-fetch-site": "cross-site", "api_key": "k"}
    )

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-headers"] == "api_key,content-type"
    assert answer.status_code == {"/_mock/clock": 200, "/v2/person": 400, "/nowhere": 404}[path]
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-expose-headers"] == "*"


@pytest.mark.parametrize("origins", [(), (ORIGIN,)])
@pytest.mark.parametrize("path", ["/_mock/clock", "/v2/person"])
def test_pages_of_other_origins_are_told_nothing(path: str, origins: tuple[str, ...]) -> None:
    app = create_app(Settings(cors=origins))
    other = {"origin": "http://localhost:3001"}

    answers = [
        asked(app, "OPTIONS", path, headers=PREFLIGHT | other),
        asked(app, "GET", path, headers=other | {"api_key": "k"}),
    ]

    assert [each.status_code for each in answers] == [404, 403 if path == "/_mock/clock" else 400]
    assert not any(name.startswith("access-control") for each in answers for name in each.headers)


def test_preflights_are_no_calls_and_answers_over_sockets_carry_headers_too() -> None:
    with MockServer(Settings(port=0, cors=(ORIGIN,))) as server:
        with httpx.Client(base_url=server.url, trust_env=False, headers={"origin": ORIGIN}) as page:
            assert page.options("/v2/company", headers=PREFLIGHT).status_code == 200
            answer = page.get("/v2/company?domain=acme.com", headers={"api_key": "k"})
            again = page.get("/v2/company?domain=acme.com", headers={"api_key": "k"})
        calls = server.exchanges

    assert answer.status_code == again.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert calls == 2


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_control_there_is_nothing_to_steer(method: str, path: str) -> None:
    answer = asked(create_app(Settings(control=False)), method, path)

    assert answer.status_code == 404


def test_every_operation_of_the_control_api_has_a_handler() -> None:
    assert HANDLERS.keys() == CONTROL.operations.keys()
    for operation in HANDLERS:
        assert callable(handler(operation))


@pytest.mark.parametrize("name", ["ready", "health"])
def test_the_state_of_the_server_is_told(name: str, client: CheckedClient) -> None:
    client.get("/account/usage")
    body = client.get(f"/_mock/{name}").json()

    assert body["status"] == {"ready": "ready", "health": "healthy"}[name]
    assert re.fullmatch(r"\d+\.\d+\.\d+", body["version"])
    if name == "health":
        assert (body["accounts"], body["exchanges"], body["now"]) == (1, 1, "2026-03-31T12:00:00.000Z")


def test_the_settings_are_told_but_not_the_token(clock: Clock) -> None:
    app = create_app(Settings(control_token="s3cret", seed="mine", as_of=date(2026, 1, 1)), clock=clock)

    answer = asked(app, "GET", "/_mock/settings", headers={"x-mock-lusha-token": "s3cret"})

    assert "s3cret" not in answer.text
    assert answer.json()["control_token"] == "(set)"
    assert answer.json()["seed"] == "mine"
    assert answer.json()["as_of"] == "2026-01-01"


# Slips: method, path, body -> status and what is said
SLIPS: dict[str, tuple[str, str, Any, int, str]] = {
    "an unknown parameter": ("POST", "/_mock/reset?acount=k", None, 400, "property acount should not exist"),
    "an empty account": ("POST", "/_mock/reset?account=", None, 400, "account should not be empty"),
    "two accounts": ("POST", "/_mock/reset?account=a&account=b", None, 400, "account was sent twice"),
    "a plus that is a space": ("POST", "/_mock/reset?account=free+mine", None, 400, "write NAME%2BSUFFIX"),
    "an account that cannot be": ("POST", "/_mock/reset?account=%C3%BC", None, 400, "account must be a key"),
    "an account with spaces around": ("POST", "/_mock/reset?account=%20k", None, 400, "account must be a key"),
    "a key that is refused": ("POST", "/_mock/reset?account=invalid", None, 400, "this key has no account to steer"),
    "no account": ("PATCH", "/_mock/accounts", {"plan": "pro"}, 400, "name one with ?account=KEY"),
    "an unknown path": ("GET", "/_mock/journl", None, 404, "did you mean /_mock/journal?"),
    "another method": ("PUT", "/_mock/clock", {}, 404, "PUT is not served at /_mock/clock; it takes GET, HEAD, PATCH"),
    "no JSON": ("PATCH", "/_mock/clock", b"{", 400, "JSON"),
    "an empty order": ("PATCH", "/_mock/clock", {}, 400, "body must have at least 1 of its properties"),
    "two orders": ("PATCH", "/_mock/clock", {"advance": 1, "freeze": True}, 400, "body must have no more than 1 of its properties"),
    "an unknown order": ("PATCH", "/_mock/clock", {"advanc": 1}, 400, "property advanc should not exist"),
    "a list": ("PATCH", "/_mock/clock", [1], 400, "body must be an object"),
    "seconds as text": ("PATCH", "/_mock/clock", {"advance": "1"}, 400, "advance must be a number"),
    "seconds back": ("PATCH", "/_mock/clock", {"advance": -1}, 400, "advance must not be less than 0 (sent: -1)"),
    "seconds without end": ("PATCH", "/_mock/clock", {"advance": 1e300}, 400, "must end before the year 3000"),
    "no moment": ("PATCH", "/_mock/clock", {"set": "noon"}, 400, "set: it takes a moment such as"),
    "a moment long ago": ("PATCH", "/_mock/clock", {"set": "0001-01-01T00:00:00Z"}, 400, "from 1971 to 2999"),
    "more than a hundred years": ("PATCH", "/_mock/clock", {"advance": 4e9}, 400, "0 to 3153600000 seconds at a time"),
    "reset that is none": ("PATCH", "/_mock/clock", {"reset": False}, 400, "reset must be one of the following values: true"),
    "a plan there is not": ("PATCH", "/_mock/accounts?account=k", {"plan": "gold"}, 400, "plan: it takes one of free"),
    "credits below none": ("PATCH", "/_mock/accounts?account=k", {"credits": -1}, 400, "credits: it takes a whole number from 0 to 1000000000, or unlimited, not '-1'"),
    "credits of a word": ("PATCH", "/_mock/accounts?account=k", {"credits": "many"}, 400, "or unlimited, not 'many'"),
    "credits of another type": ("POST", "/_mock/accounts", {"key": "n", "credits": True}, 400, 'credits must be an integer number or "unlimited" (sent: true)'),
    "credits of nothing": ("PATCH", "/_mock/accounts?account=k", {"credits": None}, 400, 'credits must be an integer number or "unlimited" (sent: null)'),
    "credits below none of an account": ("PUT", "/_mock/accounts", {"key": "n", "credits": -1}, 400, "or unlimited, not -1"),
    "a label of two lines": ("PATCH", "/_mock/accounts?account=k", {"label": "a\nb"}, 400, "label is one line of 1 to 500 printable characters"),
    "a label that is empty": ("PATCH", "/_mock/accounts?account=k", {"label": ""}, 400, "label should not be empty"),
    "a label of a number": ("PUT", "/_mock/accounts", {"key": "n", "label": 7}, 400, "label must be a string"),
    "a label of spaces": ("PUT", "/_mock/accounts", {"key": "n", "label": "  "}, 400, "body.label: label is one line"),
    "an account put with a plan there is not": ("PUT", "/_mock/accounts", {"key": "k", "plan": "gold"}, 400, "body.plan: plan: it takes one of free"),
    "an erasure for all": ("POST", "/_mock/entities/erase", {"people": [{"email": "a@b.com"}]}, 400, "taken back with DELETE /_mock/entities"),
    "a scenario there is not": ("PATCH", "/_mock/accounts?account=k", {"scenario": "flakey"}, 400, "did you mean flaky?"),
    "an account twice": ("POST", "/_mock/accounts", {"key": "k"}, 409, "change it with PATCH, or send this with PUT"),
    "an account of the start": ("POST", "/_mock/accounts", {"key": "free"}, 409, "change it with PATCH, or use free+SUFFIX"),
    "an account without key": ("POST", "/_mock/accounts", {"plan": "free"}, 400, "key should not be empty"),
    "an account put by the query": ("PUT", "/_mock/accounts?account=k", {"key": "k"}, 400, 'account is named in the body here, as in {"key": "KEY"}'),
    "a key with a plus": ("POST", "/_mock/accounts", {"key": "a+b"}, 400, "key is printable ASCII without space and plus"),
    "an account that is none": ("POST", "/_mock/accounts", {"key": "n", "standing": "invalid"}, 400, "makes no account"),
    "a standing there is not": ("POST", "/_mock/accounts", {"key": "n", "standing": "lazy"}, 400, "body.standing: standing is one of"),
    "a window there is not": ("POST", "/_mock/accounts", {"key": "n", "spent": ["weekly"]}, 400, "body.spent.0: a spent window is one of"),
    "a story there is not": ("POST", "/_mock/accounts", {"key": "n", "scenario": "flakey"}, 400, "did you mean flaky?"),
    "a person without name": ("POST", "/_mock/entities?account=k", {"people": [{"lastName": "A"}]}, 400, "body.people.0: firstName is missing"),
    "a person twice": ("POST", "/_mock/entities?account=k", {"people": [{"firstName": "A", "lastName": "B", "companyDomain": "c.com"}] * 2}, 400, "is pinned twice"),
    "a domain that cannot be shown": ("POST", "/_mock/entities?account=k", {"companies": [{"domain": "a\u200b\x00.com"}]}, 400, "a domain such as acme.example, not a\ufffd\ufffd.com"),
    "a field nobody has": ("POST", "/_mock/entities?account=k", {"companies": [{"domain": "c.com", "nam": "C"}]}, 400, "did you mean name?"),
    "entities of another kind": ("POST", "/_mock/entities?account=k", {"persons": []}, 400, "property persons should not exist"),
    "a patch for nobody": ("PATCH", "/_mock/entities?account=k", {"people": [{"find": {"firstName": "A"}, "set": {"jobTitle": "B"}}]}, 400, "people.0.find finds nobody"),
    "a patch of who it is": ("PATCH", "/_mock/entities?account=k", {"people": [{"find": {"email": "a.b@c.com"}, "set": {"lastName": "X"}}]}, 400, "people.0.set cannot change lastName"),
    "an erasure of nobody": ("POST", "/_mock/entities/erase?account=k", {"companies": [{"companyId": "1"}]}, 400, "companies.0 finds no company"),
    "an erasure by a field nobody has": ("POST", "/_mock/entities/erase?account=k", {"people": [{"mail": "a@b.com"}]}, 400, "people.0.property mail should not exist"),
    "a scenario's name misspelt": ("PUT", "/_mock/scenario", {"name": "flakey"}, 400, "did you mean flaky?"),
    "a scenario with mistakes": ("PUT", "/_mock/scenario", {"name": "a", "rules": [{"respond": "gdprr"}, {"respond": {"dely": 1}}]}, 400, "body.rules.1.respond.dely: respond has no 'dely'"),
    "going on with what never began": ("POST", "/_mock/scenario/resume?account=k", {"begun": 1}, 400, "no scenario with the number 1 was begun for this account; known are none"),
    "going on for nobody": ("POST", "/_mock/scenario/resume", {"begun": 1}, 400, "name one with ?account=KEY"),
    "added rules with mistakes": ("POST", "/_mock/scenario/rules?account=k", {"rules": [{"respond": "gdprr"}]}, 400, "body.rules.0.respond: no error of the catalogue is called gdprr"),
    "added rules of nobody": ("POST", "/_mock/scenario/rules", {"rules": []}, 400, "name one with ?account=KEY"),
    "a scenario called added": ("PUT", "/_mock/scenario", {"name": "added", "rules": []}, 400, "choose another"),
    "a scenario nested without end": ("PUT", "/_mock/scenario", b'{"name": "a", "rules": [{"respond": {"status": 200, "body": ' + b"[" * 200 + b"]" * 200 + b"}}]}", 400, "nested more than 100 deep"),
    "a scenario without end": ("PUT", "/_mock/scenario", {"name": "a", "rules": [{"respond": {"patch": [0] * 50_000}}]}, 400, "body: there are more than 50000 values: send them in parts"),
    "pins without end": ("POST", "/_mock/entities?account=k", {"people": [{"emails": [0] * 50_000}]}, 400, "body: there are more than 50000 values"),
    "more rules than an account may have": ("POST", "/_mock/scenario/rules?account=k", {"rules": [{"respond": "gdpr", "times": 1}] * 1001}, 400, "rules may be at most 1000; there are 1001"),
    "a scenario called magic": ("PUT", "/_mock/scenario", {"name": "magic", "rules": []}, 400, "choose another"),
    "a scenario without rules": ("PUT", "/_mock/scenario", {"name": "a", "description": "b"}, 400, "rules should not be empty"),
    "an operation nobody knows": ("GET", "/_mock/journal?operation=searchSingleContac", None, 400, "did you mean searchSingleContact?"),
    "a parameter without end": ("GET", f"/_mock/journal?{'x' * 900}%00=", None, 400, "property " + "x" * 59 + "…"),
    "a number that is none": ("GET", "/_mock/journal?last=few", None, 400, "last must match"),
    "exact and at least": ("POST", "/_mock/verify", {"times": 1, "at_least": 1}, 400, "times is exact"),
    "at least more than at most": ("POST", "/_mock/verify", {"at_least": 3, "at_most": 2}, 400, "must not be greater than at_most"),
    "an exchange there is not": ("GET", "/_mock/explain/4711", None, 404, "the journal has no exchange 4711"),
    "an exchange that cannot be": ("GET", "/_mock/explain/first", None, 400, "id must be the number of an exchange, or last"),
    "too large a body": ("POST", "/_mock/entities?account=k", b'{"people": "' + b"a" * 1_100_000 + b'"}', 413, "request entity too large"),
}  # fmt: skip


@pytest.mark.parametrize("case", SLIPS)
def test_nothing_changes_by(case: str, make_client: Callable[..., CheckedClient]) -> None:
    method, path, body, status, said = SLIPS[case]
    client = make_client()
    client.get("/v2/company?domain=acme.com", key="k")
    before = state(client)

    options = {"content": body} if isinstance(body, bytes) else {} if body is None else {"json": body}
    answer = client.request(method, path, **options)

    assert answer.status_code == status
    assert said in answer.text.replace("\\'", "'").replace('\\"', '"')
    assert state(client) == before


@pytest.mark.parametrize("error_format", ["both", "guide", "openapi", "live"])
def test_an_order_is_refused_with_reasons_whatever_lushas_errors_look_like(
    error_format: str, make_client: Callable[..., CheckedClient]
) -> None:
    answer = make_client(error_format=error_format).get("/_mock/journl")

    assert "did you mean /_mock/journal?" in answer.text or error_format in {"guide", "live"}
    refused = make_client(error_format=error_format).request("PATCH", "/_mock/clock", json={"advance": -1})
    assert refused.json()["errors"] == ["advance must not be less than 0 (sent: -1)"]


def test_strict_keys_do_not_tell_the_keys_there_are(
    tmp_path: Path, make_client: Callable[..., CheckedClient]
) -> None:
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text(
        "accounts:\n  real-secret-key-0123456789: {}\n  dead-secret-key-0123456789: {standing: invalid}\n",
        encoding="utf-8",
    )
    client = make_client(accounts=accounts, strict_keys=True)

    for key in ("real-secret-key-012345678", "dead-secret-key-0123456789", "dead-secret-key-0123456789+1"):
        answer = client.get("/account/usage", key=key)
        assert answer.status_code == 401
        assert "secret-key-0123456789" not in answer.text


def state(client: CheckedClient) -> list[Any]:
    """All that can be seen of the server's state."""
    paths = (
        "accounts",
        "scenario",
        "clock",
        "journal",
        "entities?account=k",
        "scenario?account=k",
        "ledger?account=k",
    )
    return [client.get(f"/_mock/{path}").json() for path in paths]


def test_what_is_ready_are_the_operations_that_do_not_answer_501() -> None:
    app = create_app(Settings())
    headers = {"api_key": "any-key"}
    answers = [
        asked(app, operation.method, operation.path, headers=headers).status_code
        for operation in Registry.load().operations.values()
    ]

    assert asked(app, "GET", "/_mock/ready").json()["operations"] == len(answers) - answers.count(501)

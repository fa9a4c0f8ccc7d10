"""How a handle and its parts show themselves, what paths it takes, and how settings are refused."""

from __future__ import annotations

import inspect
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import mock_lusha
from mock_lusha import MockLusha, MockServer, Recorder, Settings, open_recorder
from mock_lusha.client.protocol import fingerprint
from mock_lusha.config import SECRET
from mock_lusha.config.resolution import resolve
from mock_lusha.errors import ConfigError, MockLushaError
from mock_lusha.recorder.cassette import CassetteError
from mock_lusha.recorder.opening import open_redactor
from mock_lusha.state.accounts import Accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_lusha.clock import Clock

REAL = "real-key-0123456789abcdef"
TOKEN = "token-0123456789"
SMALL: dict[str, Any] = {"people": 0, "companies": 1}
PERSON: Final = "searchSingleContact"
NODE = "test_x.py::test_it"
COMPANY = "/v2/company?domain=acme.com"


@pytest.fixture(scope="module")
def double() -> Iterator[MockServer]:
    with MockServer(Settings(port=0, limits="headers", control_token=TOKEN, **SMALL)) as running:
        yield running


@pytest.fixture
def lusha(double: MockServer) -> Iterator[MockLusha]:
    with MockLusha(server=double, api_key=REAL, label=NODE, verify=False) as started:
        yield started


# Shown

PRINT = fingerprint(REAL)
# What is shown -> how; {url} is the server's
SHOWN: dict[str, tuple[Callable[[MockLusha], object], str]] = {
    "the handle": (lambda lusha: lusha, f"<MockLusha at {{url}}, account {PRINT}, label '{NODE}'>"),
    "its client": (lambda lusha: lusha.control, f"<Control of {{url}}, account {PRINT}>"),
    "one of all": (lambda lusha: lusha.control.of(None), "<Control of {url}, all accounts>"),
    "no rule yet": (lambda lusha: lusha.on(PERSON), "<on searchSingleContact: nothing happens yet>"),
    "rules": (
        lambda lusha: lusha.on(PERSON, query={"email": "a@b.com"}).fail("gdpr", times=2).delay(0.5),
        "<on searchSingleContact, query={'email': 'a@b.com'}: error 'gdpr', times=2, then delay 0.5>",
    ),
    "a rule of any call": (lambda lusha: lusha.on().reply(204, nth=3), "<on any call: status 204, nth=3>"),
    "a rule with a key": (
        lambda lusha: lusha.on(header={"API_KEY": REAL, "x-mine": "1"}).fail("gdpr"),
        "<on any call, header={'API_KEY': '…', 'x-mine': '1'}: error 'gdpr'>",
    ),
    "a scenario": (lambda lusha: lusha.scenario("flaky"), "<scenario flaky, in force>"),
    "an interception": (
        lambda lusha: lusha.intercept(),
        f"<interception in force, <target {{url}}, account {PRINT}>>",
    ),
    "calls": (lambda lusha: lusha.calls, "<1 call: GET /v2/company?domain=acme.com -> 200, 1 credit>"),
    "the ledger": (lambda lusha: lusha.ledger, "<ledger: 1 credit spent, 9999 left>"),
    "the limits": (
        lambda lusha: lusha.limits,
        "<limits: headers; daily 1 of 50000 used, hourly 1 of 5000 used, minute 1 of 300 used>",
    ),
    "the conduct": (lambda lusha: lusha.conduct, "<conduct: clean>"),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_what_shows_itself_is_readable_and_has_no_secret(case: str, lusha: MockLusha) -> None:
    get, shown = SHOWN[case]
    lusha.client.get(COMPANY)

    said = repr(get(lusha))

    assert said == shown.replace("{url}", lusha.url)
    assert REAL not in said
    assert TOKEN not in said


def test_a_call_and_a_clock_show_themselves(lusha: MockLusha) -> None:
    lusha.client.get(COMPANY)

    assert repr(lusha.calls.last).startswith("<call #")
    assert repr(lusha.calls.last).endswith(" GET /v2/company?domain=acme.com -> 200, 1 credit>")
    lusha.clock.freeze("2026-03-31T12:00:00Z")
    assert repr(lusha.clock) == "<clock: 2026-03-31T12:00:00.000Z, frozen>"


def test_what_shows_itself_does_not_fail_where_the_server_is_gone() -> None:
    with MockLusha(**SMALL) as lusha:
        parts = [lusha.ledger, lusha.limits, lusha.clock]
        scenario = lusha.scenario("happy")
        scenario.end()

    assert [repr(part) for part in parts] == ["<ledger>", "<limits>", "<clock>"]
    assert repr(scenario) == "<scenario happy, ended>"
    assert repr(lusha).startswith("<MockLusha not started, account ")


def test_an_account_shows_itself_without_its_key(clock: Clock) -> None:
    accounts = Accounts(Settings(), clock, {})
    account = accounts.get(REAL)
    assert repr(account) == f"<account …cdef {PRINT}, plan scale>"

    accounts.title(account, NODE)

    assert repr(account) == f"<account …cdef {PRINT}, plan scale, label '{NODE}'>"


def test_settings_show_what_is_not_the_default_and_no_secret() -> None:
    assert repr(Settings()) == "Settings()"
    assert repr(Settings(plan="pro", control_token=TOKEN)) == "Settings(plan='pro', control_token=(set))"
    assert set(Settings.__dataclass_fields__) >= SECRET


# Paths


class Somewhere:
    """Something path-like that is no Path."""

    def __init__(self, path: os.PathLike[str] | str) -> None:
        self._path = os.fspath(path)

    def __fspath__(self) -> str:
        return self._path


KINDS: dict[str, Callable[[Path], Any]] = {"text": str, "a Path": Path, "path-like": Somewhere}
TAKES: dict[str, Callable[[Any], object]] = {
    "open_recorder": lambda path: open_recorder(path, "passthrough"),
    "open_redactor": lambda path: open_redactor(path, create=True),
    "Recorder": Recorder,
    "fixtures": lambda path: Settings(fixtures=path),
    "scenarios": lambda path: Settings(scenarios=path),
    "config": lambda path: resolve({}, {}, path),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", TAKES)
def test_a_path_is_taken_as(what: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    if what in {"open_redactor", "fixtures", "scenarios"}:
        path.mkdir()
    elif what == "config":
        path.write_text("plan: pro\n", encoding="utf-8")

    TAKES[what](KINDS[kind](path))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["accounts", "cassette", "scenario"])
def test_a_setting_that_names_a_file_takes(kind: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("{}", encoding="utf-8")

    settings = Settings(**{name: KINDS[kind](path)})

    assert str(getattr(settings, name)) == str(path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cassette_that_is_not_there_is_told_by_its_path(kind: str, tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match=r"x\.yaml: there is no such cassette"):
        open_recorder(KINDS[kind](tmp_path / "x.yaml"))


@pytest.mark.parametrize("value", [7, b"x.yaml", ["x.yaml"], True])
def test_what_is_no_path_is_refused(value: Any) -> None:
    with pytest.raises(ConfigError, match="fixtures: it takes a path, as text or path-like, not "):
        Settings(fixtures=value)


def test_no_public_function_or_constructor_takes_a_path_object_alone() -> None:
    for name in set(mock_lusha.__all__) - {"__version__", "Settings"}:  # settings read what they are given
        found = getattr(mock_lusha, name)
        members = vars(found).values() if inspect.isclass(found) else [found]
        for member in filter(inspect.isfunction, members):
            taken = {str(each.annotation) for each in inspect.signature(member).parameters.values()}
            assert not taken & {"Path", "Path | None", "pathlib.Path"}, f"{name}.{member.__name__}"


# Refused


@pytest.mark.parametrize("where", ["own", "shared", "fixture-like"])
def test_settings_are_refused_with_one_line_a_cause(where: str, double: MockServer) -> None:
    options: dict[str, Any] = {"plan": "gold", "credits": -1, "limits": "on"}
    server = {"own": None, "shared": double, "fixture-like": double.url}[where]

    with pytest.raises(MockLushaError) as caught:
        MockLusha(server=server, token=TOKEN, **options).start()

    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert {line.partition(":")[0] for line in lines} == set(options)
    assert "or unlimited, not '-1'" in str(caught.value)


def test_names_that_are_no_settings_are_refused_with_one_line_each() -> None:
    for options in ({}, {"url": "http://127.0.0.1:1"}):
        wrong: dict[str, Any] = {"paln": "pro", "crdits": 1, **options}
        with pytest.raises(ConfigError) as caught:
            MockLusha(**wrong)
        assert [line.rpartition(": ")[2] for line in str(caught.value).splitlines()] == [
            "did you mean plan?", "did you mean credits?",
        ]  # fmt: skip


@pytest.mark.parametrize("server", [7, object(), None.__class__, ["http://127.0.0.1:1"]])
def test_what_is_no_server_is_refused(server: Any) -> None:
    with pytest.raises(ConfigError, match="server is a MockServer, the fixture lusha_server, or the URL"):
        MockLusha(server=server)


def test_a_server_and_a_url_are_one_too_many(double: MockServer) -> None:
    with pytest.raises(ConfigError, match="leave one out"):
        MockLusha(server=double, url=double.url)


def test_two_handles_of_one_server_are_two_accounts(double: MockServer) -> None:
    with MockLusha(server=double) as one, MockLusha(server=double) as other:
        one.client.get(COMPANY)
        assert (len(one.calls), len(other.calls)) == (1, 0)


# What is given to a handle, or to a part of one, that is no such thing -> what is said
HANDLE: Any = MockLusha
KEYS = "an api_key is printable ASCII without spaces"
NO_JSON = "what is sent is JSON, with texts as keys: "
ODD: dict[str, tuple[Callable[[Any], object], str]] = {
    "settings": (lambda _: HANDLE({"plan": "pro"}), "such as plan='pro', not as dict"),
    "no key": (lambda _: HANDLE(api_key=""), f"{KEYS}, not an empty text"),
    "a key": (lambda _: HANDLE(api_key=7), f"{KEYS}, not int"),
    "a key with the end of its line": (lambda _: HANDLE(api_key=f"{REAL}\n"), f"{KEYS}: this one has '\\n'"),
    "credits": (lambda _: HANDLE(max_credits=-1), "max_credits is a whole number from 0 up, not -1"),
    "a recorder": (lambda lusha: lusha.replay("x.yaml"), "such as open_recorder(path), not 'x.yaml'"),
    "a delay": (lambda lusha: lusha.on().delay(None), "a delay is seconds, not None"),
    "a query": (lambda lusha: lusha.on(query=5), "query is a mapping of names to what they must be, not 5"),
    "a header": (lambda lusha: lusha.on(header="x"), "header is a mapping of names to what they must be"),
    "a number": (lambda lusha: lusha.on().reply(200, {"a": [float("nan")]}), "body.a.0 is nan, which JSON"),
    "a value": (lambda lusha: lusha.on().patch({"a": {1}}), NO_JSON),
    "a fact": (lambda lusha: lusha.add_company(domain="acme.com", technologies={"x"}), NO_JSON),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_what_is_no_such_thing_is_refused_by_its_name(case: str, lusha: MockLusha) -> None:
    give, message = ODD[case]

    with pytest.raises(MockLushaError, match=re.escape(message)) as caught:
        give(lusha)

    assert len(str(caught.value).splitlines()) == 1
    assert REAL not in str(caught.value)


def test_a_delay_may_be_a_timedelta(lusha: MockLusha) -> None:
    rule = lusha.on().delay(timedelta(milliseconds=500)).fail("gdpr", delay=timedelta(seconds=2))

    assert repr(rule) == "<on any call: delay 0.5, then error 'gdpr', delay 2.0>"


def test_a_server_shows_where_it_runs(double: MockServer) -> None:
    assert repr(double) == f"<MockServer at {double.url}>"
    assert repr(MockServer()) == "<MockServer not running>"


def test_a_settings_file_is_refused_with_one_line_a_cause(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("poeple: 3\nplan: gold\ncredits: [1]\nlimits: off\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        resolve({}, {}, path)

    assert [line.partition(": ")[0] for line in str(caught.value).splitlines()] == [
        f"{path}:1", f"{path}:2", f"{path}:3",
    ]  # fmt: skip

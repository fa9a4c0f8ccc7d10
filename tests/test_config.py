from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
import pytest

from mock_lusha import AsyncControl, Control, MockLusha
from mock_lusha.cli.main import main
from mock_lusha.config import PARSERS, Settings, data_folder
from mock_lusha.config.environment import variable
from mock_lusha.config.resolution import resolve
from mock_lusha.errors import ConfigError, DataFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_lusha.config.resolution import Resolved

FIELDS = {each.name: each for each in dataclasses.fields(Settings)}
NAMES = tuple(FIELDS)

# Two ways to say each setting and what they mean. Neither first value is the default.
SAMPLES: dict[str, tuple[tuple[str, Any], tuple[str, Any]]] = {
    "host": (("0.0.0.0", "0.0.0.0"), ("localhost", "localhost")),
    "port": (("0", 0), ("65535", 65535)),
    "seed": (("mine", "mine"), ("yours", "yours")),
    "as_of": (("2026-03-31", date(2026, 3, 31)), ("2024-02-29", date(2024, 2, 29))),
    "now": (
        ("2026-03-31T12:00:00Z", datetime(2026, 3, 31, 12, tzinfo=UTC)),
        ("2026-03-31T12:00:00+02:00", datetime(2026, 3, 31, 12, tzinfo=timezone(timedelta(hours=2)))),
    ),
    "plan": (("pro", "pro"), ("free", "free")),
    "credits": (("unlimited", None), ("0", 0)),
    "people": (("0", 0), ("5000000", 5_000_000)),
    "companies": (("1", 1), ("500000", 500_000)),
    "open_world": (("false", False), ("true", True)),
    "match_rate": (("0.25", 0.25), ("0", 0.0)),
    "waterfall": (("yes", True), ("no", False)),
    "v2": (("gone", "gone"), ("deprecated", "deprecated")),
    "tracked_domains": (
        ("quillmark.example", ("quillmark.example",)),
        ("https://www.A.example/, b.example", ("a.example", "b.example")),
    ),
    "users": (
        ("Petra@quillmark.example", ("petra@quillmark.example",)),
        ("a@quillmark.example, b.c+d@quillmark.example", ("a@quillmark.example", "b.c+d@quillmark.example")),
    ),
    "signal_score_price": (("paid", "paid"), ("free", "free")),
    "webhook_delivery": (("collect", "collect"), ("push", "push")),
    "webhook_timeout": (("0.5", 0.5), ("600", 600.0)),
    "webhook_retries": (("300 3600, 39600", (300.0, 3600.0, 39600.0)), ("0.5", (0.5,))),
    "webhook_allow": (
        ("10.0.0.0/8, Hooks.example", ("10.0.0.0/8", "hooks.example")),
        ("fd00::/8 192.168.0.7", ("fd00::/8", "192.168.0.7")),
    ),
    "dialect": (("documented", "documented"), ("live", "live")),
    "error_format": (("guide", "guide"), ("openapi", "openapi")),
    "limits": (("off", "off"), ("headers", "headers")),
    "gates": (("open", "open"), ("enforce", "enforce")),
    "strict": (("yes", "yes"), ("no", "no")),
    "strict_keys": (("on", True), ("no", False)),
    "search_price": (("documented", "documented"), ("observed", "observed")),
    "company_miss": (("errors", "errors"), ("404", "404")),
    "accounts": (("one.yaml", Path("one.yaml")), ("two.yaml", Path("two.yaml"))),
    "cassette": (("one.yaml", Path("one.yaml")), ("two.yaml", Path("two.yaml"))),
    "replay_only": (("yes", True), ("no", False)),
    "fixtures": (("one", Path("one")), ("two", Path("two"))),
    "scenarios": (("one", Path("one")), ("two", Path("two"))),
    "scenario": (("flaky", "flaky"), ("./mine.yaml", "./mine.yaml")),
    "magic": (("off", False), ("on", True)),
    "delay_factor": (("0", 0.0), ("2.5", 2.5)),
    "renew_days": (("0", 0), ("365", 365)),
    "tls": (("yes", True), ("no", False)),
    "tls_folder": (("one", Path("one")), ("./missing", Path("missing"))),
    "control": (("no", False), ("yes", True)),
    "control_token": (("s3cret", "s3cret"), ("other", "other")),
    "cors": (
        ("http://localhost:3000", ("http://localhost:3000",)),
        ("HTTP://A.example:80, https://b.example:443", ("http://a.example", "https://b.example")),
    ),
    "workers": (("2", 2), ("64", 64)),
    "store": (
        ("sqlite:./state.sqlite", "sqlite:./state.sqlite"),
        ("redis://:s3cret@localhost:6379/0", "redis://:s3cret@localhost:6379/0"),
    ),
    "store_secret": (("s3cret", "s3cret"), ("other", "other")),
    "warm": (("yes", True), ("no", False)),
    "drain_delay": (("5", 5.0), ("0.5", 0.5)),
    "grace": (("0", 0.0), ("2.5", 2.5)),
    "journal": (("1", 1), ("100000", 100_000)),
    "log_format": (("json", "json"), ("human", "human")),
    "log_level": (("error", "error"), ("debug", "debug")),
}

BAD = [
    ("host", " ", "it is empty"),
    ("host", "a b", "an IP address such as 127.0.0.1 or ::1, or the name of a host such as localhost"),
    ("host", "../../up", "the name of a host"),
    ("host", "evil;rm", "the name of a host"),
    ("host", "[::1]", "an IP address"),
    ("host", "256.1.1.1", "an IP address"),
    ("host", "fe80::1%../x", "an IP address"),
    ("host", "127.0.0.1%eth0", "an IP address"),
    ("host", "two..dots", "the name of a host"),
    ("host", "m\u00fcller.example", "the name of a host"),
    ("host", "\u212a.example", "the name of a host"),
    ("cassette", " ", "it is empty"),
    ("replay_only", "maybe", "true or false"),
    ("port", "http", "a whole number from 0 to 65535"),
    ("port", "-1", "a whole number from 0 to 65535"),
    ("port", "65536", "a whole number from 0 to 65535"),
    ("port", "80.5", "a whole number from 0 to 65535"),
    ("port", "9" * 5000, "a whole number from 0 to 65535"),
    ("seed", "  ", "it is empty"),
    ("as_of", "yesterday", "a date such as 2026-03-31"),
    ("as_of", "2026-13-01", "a date such as 2026-03-31"),
    ("as_of", "31.03.2026", "a date such as 2026-03-31"),
    ("as_of", "0001-01-01", "a date such as 2026-03-31"),
    ("now", "noon", "a moment such as 2026-03-31T12:00:00Z"),
    ("now", "2026-03-31T25:00:00Z", "a moment such as 2026-03-31T12:00:00Z"),
    ("now", "0001-01-02T00:00:00Z", "a moment such as 2026-03-31T12:00:00Z"),
    ("now", "9999-12-31T23:59:59-12:00", "a moment such as 2026-03-31T12:00:00Z"),
    ("plan", "gold", "one of free, starter, pro, premium, scale, legacy"),
    ("credits", "-5", "a whole number from 0 to 1000000000, or unlimited"),
    ("credits", "many", "a whole number from 0 to 1000000000, or unlimited"),
    ("people", "5000001", "a whole number from 0 to 5000000"),
    ("companies", "0", "a whole number from 1 to 500000"),
    ("open_world", "maybe", "true or false"),
    ("scenario", " ", "it is empty"),
    ("magic", "abracadabra", "true or false"),
    ("delay_factor", "-1", "a number from 0 to 100"),
    ("delay_factor", "101", "a number from 0 to 100"),
    ("delay_factor", "nan", "a number from 0 to 100"),
    ("delay_factor", "fast", "a number from 0 to 100"),
    ("renew_days", "-1", "a whole number from 0 to 3650"),
    ("control", "perhaps", "true or false"),
    ("control_token", " ", "it is empty"),
    ("control_token", "two words", "it has a space or a line end in it; it takes printable ASCII"),
    ("control_token", " hush", "it has a space or a line end in it"),
    ("control_token", "h\u00fcsh", "it has a character that is not ASCII"),
    ("cors", "localhost:3000", "origins such as http://localhost:3000, and 'localhost:3000' is none"),
    ("cors", "*", "origins such as http://localhost:3000"),
    ("cors", "null", "origins such as http://localhost:3000"),
    ("cors", "http://a.example/", "origins such as http://localhost:3000"),
    ("cors", "http://a@b.example", "origins such as http://localhost:3000"),
    ("workers", "0", "a whole number from 1 to 64"),
    ("workers", "-2", "a whole number from 1 to 64"),
    ("workers", "65", "a whole number from 1 to 64"),
    ("workers", "four", "a whole number from 1 to 64"),
    ("store", " ", "it is empty"),
    ("store", "sqlite:", "a store such as sqlite:state.sqlite or redis://localhost:6379/0, not 'sqlite:'"),
    ("store", "memcached://localhost", "a store such as sqlite:state.sqlite"),
    ("store", "state.sqlite", "a store such as sqlite:state.sqlite"),
    ("store_secret", "two words", "printable ASCII without spaces"),
    ("warm", "lukewarm", "true or false"),
    ("drain_delay", "-1", "a number of seconds from 0 to 86400"),
    ("drain_delay", "inf", "a number of seconds from 0 to 86400"),
    ("grace", "nan", "a number of seconds from 0 to 86400"),
    ("grace", "soon", "a number of seconds from 0 to 86400"),
    ("journal", "0", "a whole number from 1 to 100000"),
    ("match_rate", "1.01", "a number from 0 to 1"),
    ("waterfall", "perhaps", "true or false"),
    ("tracked_domains", "localhost", "domains such as quillmark-robotics.example, and 'localhost' is none"),
    ("tracked_domains", " ".join(f"a{n}.example" for n in range(21)), "at most 20 domains"),
    ("users", "petra", "e-mail addresses such as petra@quillmark.example, and 'petra' is none"),
    ("users", "ü@quillmark.example", "e-mail addresses such as"),
    ("users", " ".join(f"u{n}@a.example" for n in range(101)), "1 to 100 e-mail addresses"),
    ("webhook_delivery", "pull", "one of push, collect"),
    ("webhook_timeout", "-1", "a number of seconds from 0 to 600"),
    ("webhook_timeout", "soon", "a number of seconds from 0 to 600"),
    ("webhook_retries", "1 x", "numbers of seconds from 0 to 2592000"),
    ("webhook_retries", "-1", "numbers of seconds from 0 to 2592000"),
    ("webhook_retries", "1 " * 21, "at most 20 numbers of seconds"),
    ("webhook_allow", "10.0.0.0/33", "networks such as 10.0.0.0/8 and names of hosts"),
    ("webhook_allow", "http://a.example", "and 'http://a.example' is neither"),
    ("webhook_allow", "1.2.3", "and '1.2.3' is neither"),
    ("webhook_allow", " ".join(f"h{n}.example" for n in range(101)), "at most 100 networks and names"),
    ("signal_score_price", "1", "one of free, paid"),
    ("v2", "off", "one of serve, deprecated, gone"),
    ("match_rate", "-0.1", "a number from 0 to 1"),
    ("match_rate", "nan", "a number from 0 to 1"),
    ("match_rate", "half", "a number from 0 to 1"),
    ("dialect", "klingon", "one of live, documented"),
    ("error_format", "xml", "one of both, guide, openapi, live"),
    ("limits", "none", "one of enforce, headers, off"),
    ("gates", "shut", "one of enforce, open"),
    ("strict", "2", "one of auto, yes, no"),
    ("strict_keys", "sometimes", "true or false"),
    ("search_price", "free", "one of observed, documented"),
    ("company_miss", "500", "one of 404, errors"),
    ("accounts", " ", "it is empty"),
    ("accounts", "missing.yaml", "there is no file missing.yaml"),
    ("accounts", "one", "there is no file one"),
    ("accounts", "~nobody-of-that-name/one.yaml", "~nobody-of-that-name"),
    ("accounts", "a" * 5000, "there is no file aaa"),
    ("fixtures", "missing", "there is no folder missing"),
    ("fixtures", "one.yaml", "there is no folder one.yaml"),
    ("scenarios", "missing", "there is no folder missing"),
    ("tls", "often", "true or false"),
    ("tls_folder", " ", "it is empty"),
    ("log_format", "xml", "one of human, json"),
    ("log_level", "loud", "one of debug, info, warning, error"),
]
BAD_IDS = [f"{name}={value[:26]!r}" for name, value, _ in BAD]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files and folders that the samples name."""
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.yaml").touch()


def settings_file(text: str) -> Path:
    path = Path("settings.yaml")
    path.write_text(text, encoding="utf-8")
    return path


def by_flag(name: str, value: str) -> Resolved:
    return resolve({name: value}, {})


def by_variable(name: str, value: str) -> Resolved:
    return resolve({}, {variable(name): value})


def by_file(name: str, value: str) -> Resolved:
    return resolve({}, {}, settings_file(f'# mine\n\n{name}: "{value}"\n'))


SOURCES: Mapping[str, tuple[Callable[[str, str], Resolved], Callable[[str], str]]] = {
    "flag": (by_flag, lambda name: "--" + name.replace("_", "-")),
    "variable": (by_variable, variable),
    "file": (by_file, lambda name: f"settings.yaml:3: {name}"),
}


def test_every_setting_is_sampled_here() -> None:
    assert set(SAMPLES) == set(NAMES), "give each setting two values in SAMPLES"
    assert {name for name, _, _ in BAD} == set(NAMES), "give each setting a value in BAD that it cannot have"
    for name, ((_, first), (_, second)) in SAMPLES.items():
        assert first not in (FIELDS[name].default, second), name


@pytest.mark.parametrize("name", NAMES)
def test_a_flag_goes_before_a_variable(name: str) -> None:
    for (flag, value), (other, _) in (SAMPLES[name], SAMPLES[name][::-1]):
        found = resolve({name: flag}, {variable(name): other})

        assert getattr(found.settings, name) == value
        assert found.sources[name] == "flag"


@pytest.mark.parametrize("name", NAMES)
def test_a_variable_goes_before_a_file(name: str) -> None:
    for (given, value), (other, _) in (SAMPLES[name], SAMPLES[name][::-1]):
        found = resolve({}, {variable(name): given}, settings_file(f"{name}: {other}"))

        assert getattr(found.settings, name) == value
        assert found.sources[name] == f"variable {variable(name)}"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_goes_before_the_default(name: str) -> None:
    for given, value in SAMPLES[name]:
        found = resolve({}, {}, settings_file(f"{name.replace('_', '-')}: {given}"))

        assert getattr(found.settings, name) == value
        assert found.sources[name] == "file settings.yaml"


def test_what_nobody_sets_is_the_default() -> None:
    found = resolve({}, {})

    assert found.settings == Settings()
    assert set(found.sources.values()) == {"default"}


def test_three_sources_are_joined_setting_by_setting() -> None:
    path = settings_file("seed: filed\nport: 9001\nplan: pro\n")

    found = resolve({"plan": "free"}, {"MOCK_LUSHA_PORT": "9002"}, path)

    assert (found.settings.seed, found.settings.port, found.settings.plan) == ("filed", 9002, "free")
    assert [found.sources[name] for name in ("seed", "port", "plan", "host")] == [
        "file settings.yaml", "variable MOCK_LUSHA_PORT", "flag", "default",
    ]  # fmt: skip


def test_a_variable_names_the_settings_file() -> None:
    settings_file("seed: filed")

    assert resolve({}, {"MOCK_LUSHA_CONFIG": "settings.yaml"}).settings.seed == "filed"


def test_rows_show_every_setting_in_order_with_its_source() -> None:
    rows = list(resolve({"credits": "unlimited", "magic": False}, {}).rows())

    assert [name for name, _, _ in rows] == list(NAMES)
    assert ("credits", "unlimited", "flag") in rows
    assert ("magic", "false", "flag") in rows
    assert ("strict", "auto", "default") in rows
    assert ("accounts", "-", "default") in rows


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("name", "value", "message"), BAD, ids=BAD_IDS)
def test_a_bad_value_is_refused_with_what_would_work(
    name: str, value: str, message: str, source: str
) -> None:
    read, _ = SOURCES[source]

    with pytest.raises(ConfigError) as caught:
        read(name, value)

    assert message in str(caught.value)
    assert name in str(caught.value).lower().replace("-", "_")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, value, message in BAD if not message.startswith("there is no")],
    ids=lambda text: repr(text[:26]),
)
def test_a_bad_value_is_refused_with_where_it_came_from(name: str, value: str, source: str) -> None:
    read, named = SOURCES[source]

    with pytest.raises(ConfigError) as caught:
        read(name, value)

    assert str(caught.value).startswith(f"{named(name)}: ")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_counts_as_unset(name: str) -> None:
    found = resolve({}, {variable(name): ""})

    assert getattr(found.settings, name) == FIELDS[name].default
    assert found.sources[name] == "default"


def test_an_empty_variable_lets_the_file_speak() -> None:
    found = resolve({}, {"MOCK_LUSHA_SEED": "", "MOCK_LUSHA_CONFIG": ""}, settings_file("seed: filed"))

    assert found.settings.seed == "filed"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_without_value_in_a_file_counts_as_unset(name: str) -> None:
    found = resolve({}, {}, settings_file(f"{name}:\n"))

    assert getattr(found.settings, name) == FIELDS[name].default
    assert found.sources[name] == "default"


@pytest.mark.parametrize("value", ["[(one)]", "{one: two}"], ids=["list", "mapping"])
@pytest.mark.parametrize("name", NAMES)
def test_a_list_or_mapping_is_no_value(name: str, value: str) -> None:
    with pytest.raises(DataFileError) as caught:
        resolve({}, {}, settings_file(f"{name}: {value}"))

    assert str(caught.value).startswith(f"settings.yaml:1: {name}")
    assert "Place" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("MOCK_LUSHA_PROT", "MOCK_LUSHA_PORT"),
        ("MOCK_LUSHA_SEEDS", "MOCK_LUSHA_SEED"),
        ("MOCK_LUSHA_FIXTURE", "MOCK_LUSHA_FIXTURES"),
        ("MOCK_LUSHA_AS-OF", "MOCK_LUSHA_AS_OF"),
        ("MOCK_LUSHA_CONFIGURATION", "MOCK_LUSHA_CONFIG"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_name(given: str, near: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve({}, {given: "1"})

    assert str(caught.value) == f"{given} is no setting: did you mean {near}?"


def test_an_unknown_variable_near_nothing_is_not_given_a_name_at_random() -> None:
    with pytest.raises(ConfigError) as caught:
        resolve({}, {"MOCK_LUSHA_ZZZZZZ": "1"})

    assert "did you mean" not in str(caught.value)
    assert "MOCK_LUSHA_PORT" in str(caught.value)


def test_variables_of_others_are_not_looked_at() -> None:
    others = {"PATH": "/bin", "LUSHA_PORT": "x", "MOCK_LUSHA": "x", "MOCK_LUSHA_URL": "http://elsewhere"}

    assert resolve({}, others).settings == Settings()


@pytest.mark.parametrize("service", ["MOCK_LUSHA", "MOCK_LUSHA_0", "MOCK_LUSHA_PROXY"])
def test_variables_that_kubernetes_sets_for_services_called_mock_lusha_are_not_settings(service: str) -> None:
    injected = {
        f"{service}_SERVICE_HOST": "10.0.0.11",
        f"{service}_SERVICE_PORT": "8080",
        f"{service}_SERVICE_PORT_HTTP": "8080",
        f"{service}_PORT": "tcp://10.0.0.11:8080",
        f"{service}_PORT_8080_TCP": "tcp://10.0.0.11:8080",
        f"{service}_PORT_8080_TCP_PROTO": "tcp",
        f"{service}_PORT_8080_TCP_PORT": "8080",
        f"{service}_PORT_8080_TCP_ADDR": "10.0.0.11",
    }

    found = resolve({}, injected)

    assert found.settings == Settings()
    assert found.sources["port"] == "default"


FILE_ERRORS = {
    "unknown name": (
        "seed: mine\n\nprot: 1\n", "settings.yaml:3: a settings file has no 'prot': did you mean port?"
    ),
    "unknown name with a dash": (
        "as-off: 1", "settings.yaml:1: a settings file has no 'as_off': did you mean as_of?"
    ),
    "same name twice": ("port: 1\nport: 2\n", "settings.yaml:2: 'port' stands here a second time"),
    "same name in both spellings": ("as-of: 2026-03-31\nas_of: 2026-04-01\n", "settings.yaml:2: "),
    "a list": ("- port: 1\n", "settings.yaml:1: a settings file is a mapping, with lines such as plan: free"),
    "a word": ("\nport\n", "settings.yaml:2: a settings file is a mapping, with lines such as plan: free"),
    "no YAML": ("seed: mine\nport: [1\n", "settings.yaml:"),
    "a day that is none": ("seed: mine\nas_of: 2026-02-30\n", "settings.yaml:2: "),
    "a number past all bounds": ("seed: mine\nport: 0x" + "f" * 5000, "settings.yaml:2: "),
    "a share past all bounds": ("seed: mine\nmatch_rate: 0x" + "f" * 5000, "settings.yaml:2: "),
}  # fmt: skip


@pytest.mark.parametrize("case", FILE_ERRORS)
def test_a_mistake_in_a_settings_file_is_said_with_file_and_line(case: str) -> None:
    text, message = FILE_ERRORS[case]

    with pytest.raises(DataFileError) as caught:
        resolve({}, {}, settings_file(text))

    assert str(caught.value).startswith(message)
    assert caught.value.line is not None


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing.yaml", "missing.yaml: cannot be read: No such file"),
        ("one", "one: cannot be read: Is a dir"),
    ],
)
def test_a_settings_file_that_cannot_be_read_is_named(path: str, message: str) -> None:
    for environ, config in (({}, Path(path)), ({"MOCK_LUSHA_CONFIG": path}, None)):
        with pytest.raises(DataFileError) as caught:
            resolve({}, environ, config)

        assert str(caught.value).startswith(message)


def test_an_empty_settings_file_sets_nothing() -> None:
    assert resolve({}, {}, settings_file("")).settings == Settings()
    assert resolve({}, {}, settings_file("# nothing yet\n")).settings == Settings()


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("limits: off", "limits", "off"),
        ("strict: off", "strict", "no"),
        ("strict: yes", "strict", "yes"),
        ("strict: auto", "strict", "auto"),
        ("open_world: no", "open_world", False),
        ("as_of: 2026-03-31", "as_of", date(2026, 3, 31)),
        ("now: 2026-03-31", "now", datetime(2026, 3, 31, tzinfo=UTC)),
        ("now: 2026-03-31 12:00:00", "now", datetime(2026, 3, 31, 12, tzinfo=UTC)),
        ("company_miss: 404", "company_miss", "404"),
        ("match_rate: 1", "match_rate", 1.0),
        ("seed: 42", "seed", "42"),
    ],
)
def test_yaml_may_write_a_value_without_quotes(text: str, name: str, value: object) -> None:
    assert getattr(resolve({}, {}, settings_file(text)).settings, name) == value


@pytest.mark.parametrize("text", ["gates: off", "dialect: off", "error_format: off", "log_format: off"])
def test_a_bare_off_is_not_a_word_where_off_is_none(text: str) -> None:
    with pytest.raises(DataFileError, match=r"settings\.yaml:1: \w+: it takes one of"):
        resolve({}, {}, settings_file(text))


@pytest.mark.parametrize("word", ["true", "1", "yes", "on", "TRUE", " Yes "])
def test_yes_has_many_words(word: str) -> None:
    assert by_variable("strict_keys", word).settings.strict_keys is True
    assert by_variable("strict", word).settings.strict == "yes"


@pytest.mark.parametrize("word", ["false", "0", "no", "off", "Off"])
def test_no_has_many_words(word: str) -> None:
    assert by_variable("open_world", word).settings.open_world is False
    assert by_variable("strict", word).settings.strict == "no"


def test_a_moment_without_zone_is_utc() -> None:
    now = by_flag("now", "2026-03-31T12:00:00").settings.now

    assert now == datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert by_variable("fixtures", "~/one").settings.fixtures == tmp_path / "one"


@pytest.mark.parametrize(("name", "value", "message"), BAD, ids=BAD_IDS)
def test_settings_made_in_python_are_checked_too(name: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings(**cast("dict[str, Any]", {name: value}))

    assert str(caught.value).startswith(f"{name}: ")
    assert message in str(caught.value)


def test_settings_made_in_python_take_text_as_the_sources_do() -> None:
    made = Settings(port="0", as_of="2026-03-31", credits="unlimited", strict="yes")  # type: ignore[arg-type] # texts are taken too

    assert made == Settings(port=0, as_of=date(2026, 3, 31), credits=None, strict=True)


def test_settings_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().seed = "other"  # type: ignore[misc] # it cannot be set


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_a_flag_a_variable_and_a_help_text(name: str) -> None:
    for command in ("serve", "config"):
        options = {each.opts[0]: each for each in main.commands[command].params}
        option = options["--" + name.replace("_", "-")]

        assert isinstance(option, click.Option)
        assert option.name == name
        assert FIELDS[name].metadata["help"] in (option.help or "")
        assert "[default: " in (option.help or "")
    assert variable(name) == "MOCK_LUSHA_" + name.upper()
    assert FIELDS[name].metadata["help"].endswith(".")
    assert FIELDS[name].metadata["metavar"]


def test_what_an_account_may_override_is_a_setting() -> None:
    assert set(PARSERS) <= set(NAMES)


@pytest.mark.parametrize("name", ["fixtures", "scenarios"])
def test_the_data_folders_of_this_installation_are_found(name: str) -> None:
    assert data_folder(name).is_dir()


def test_origins_are_a_list_in_a_file_and_a_flag_each_on_the_command_line() -> None:
    origins = ("http://localhost:3000", "http://[::1]:5173")
    file = settings_file(f"cors: [{', '.join(map(repr, origins))}]\n")

    assert resolve({}, {}, file).settings.cors == origins
    assert resolve({"cors": origins}, {}).settings.cors == origins
    assert resolve({"cors": ()}, {}).settings.cors == ()
    assert Settings(cors=origins).cors == origins
    with pytest.raises(ConfigError, match=r"settings.yaml:1: seed is one value"):
        resolve({}, {}, settings_file("seed: [a, b]\n"))


def test_no_secret_of_a_store_is_shown() -> None:
    flags = {"store": "redis://ours:s3cret@cache.example:6379/0", "store_secret": "s3cret-too"}

    found = resolve(flags, {})

    assert found.settings.store == flags["store"]
    rows = {name: value for name, value, _ in found.rows()}
    assert rows["store"] == "redis://ours:…@cache.example:6379/0"
    assert rows["store_secret"] == "(set)"
    assert "s3cret" not in f"{rows} {found.settings!r} {found.records()}"


@pytest.mark.parametrize(
    "flags",
    [{"store": "rediss//ours:s3cret@cache.example"}, {"store_secret": "s3cret with spaces"}],
    ids=lambda flags: next(iter(flags)),
)
def test_no_secret_of_a_store_is_in_the_error(flags: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(flags, {})

    assert "s3cret" not in str(caught.value)


TOKENS: list[tuple[object, str]] = [
    ("hush-hush\r", "a line end stands behind it; it takes printable ASCII without spaces"),
    ("hush-hush\r\n", "a line end stands behind it"),
    ("hush\nhush", "it has a space or a line end in it"),
    ("hush hush", "it has a space or a line end in it"),
    (" hush", "it has a space or a line end in it"),
    ("hu\x7fsh", "it has a character that cannot be printed"),
    ("h\u00fcsh-hush", "it has a character that is not ASCII"),
    ("", "it is empty"),
    (["hush"], "it is no text but of the type list"),
    (b"hush", "it is no text but of the type bytes"),
    (True, "it is no text but of the type bool"),
]


@pytest.mark.parametrize(("value", "message"), TOKENS, ids=[repr(value) for value, _ in TOKENS])
def test_everybody_judges_alike_what_is_a_token_and_nobody_shows_it(value: object, message: str) -> None:
    uses: dict[str, Callable[[], object]] = {
        "control_token": lambda: Settings(control_token=cast("str", value)),
        "token": lambda: Control("http://127.0.0.1:1", token=cast("str", value)),
        "token of asyncio": lambda: AsyncControl("http://127.0.0.1:1", token=cast("str", value)),
        "token of a handle": lambda: MockLusha(url="http://127.0.0.1:1", token=cast("str", value)),
    }
    if isinstance(value, str) and value:
        uses["MOCK_LUSHA_CONTROL_TOKEN"] = lambda: resolve({}, {"MOCK_LUSHA_CONTROL_TOKEN": value})
    for source, use in uses.items():
        with pytest.raises(ConfigError) as caught:
            use()

        assert str(caught.value).startswith(f"{source.partition(' ')[0]}: {message}")
        assert "sh" not in str(caught.value).replace("MOCK_LUSHA", "")


@pytest.mark.parametrize(
    "entry",
    [
        "control_token: hush hush",
        "control-token: [hush, a b]",
        "control_token: {hush: 1}",
        "control_token:\n  hush: 1\n  hush: 2",
        "control_token: {hush: 1, hush: 2}",
        "control_token: !hush x",
        "control_token: !!int hush",
        "control_token: *hush",
        "{control_token: *hush}",
        '"control_token": *hush',
        "control_token=hush",
        "control_token:hush: x",
        "control_token:\n  *hush",
    ],
)
def test_a_settings_file_that_is_wrong_shows_no_token(entry: str) -> None:
    with pytest.raises(DataFileError) as caught:
        resolve({}, {}, settings_file(entry))

    assert "hush" not in str(caught.value)
    assert "settings.yaml:" in str(caught.value)


def test_another_entry_of_a_settings_file_is_told_in_detail() -> None:
    with pytest.raises(DataFileError, match="undefined alias"):
        resolve({}, {}, settings_file("control_token: hush\nseed: *mine"))

"""Settings: everything about a server that can be set.

A setting is one field of ``Settings``. Its command-line flag (``--as-of``), environment variable
(``MOCK_LUSHA_AS_OF``) and name in a settings file (``as_of`` or ``as-of``) derive from the field.
"""

from __future__ import annotations

import dataclasses
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_lusha.config.values import (
    PARSERS,
    choice,
    number,
    parse_flag,
    parse_host,
    parse_moment,
    parse_origins,
    parse_path,
    parse_store,
    parse_targets,
    parse_token,
    parse_waits,
    shown_store,
    whole_number,
)
from mock_lusha.errors import ConfigError, UnshownError, shorten
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

SECRET = frozenset({"control_token", "store_secret"})
"""Settings whose values are never shown."""


def _setting(default: Any, parse: Callable[[Any], Any] | None, text: str, metavar: str) -> Any:
    return field(default=default, metadata={"parse": parse, "help": text, "metavar": metavar})


@frozen
class Settings:
    """Everything that can be set. Values are checked when the object is made (ConfigError, one line for each
    cause). What names a file or folder may be text or path-like."""

    host: str = _setting("127.0.0.1", parse_host, "Address to listen on.", "HOST")
    port: int = _setting(8080, whole_number(0, 65535), "Port to listen on; 0 picks a free one.", "PORT")
    seed: str = _setting("lusha", None, "The world to serve: same seed, same people.", "TEXT")
    as_of: date | None = _setting(
        None,
        None,
        "The day the data is of. Default: the clock's today when an account is first seen.",
        "DATE",
    )
    now: datetime | None = _setting(None, parse_moment, "Set the clock to this moment; it runs on.", "MOMENT")
    plan: str = _setting("scale", None, "Plan of unnamed keys.", "PLAN")
    credits: int | None = _setting(10_000, None, "Credits of unnamed keys.", "N|unlimited")
    people: int = _setting(20_000, whole_number(0, 5_000_000), "People in the directory.", "N")
    companies: int = _setting(2_000, whole_number(1, 500_000), "Companies in the directory.", "N")
    open_world: bool = _setting(
        True, parse_flag, "Whether well-formed identifiers outside the directory resolve too.", "BOOL"
    )
    match_rate: float = _setting(
        1.0, None, "Share of identifiers outside the directory that resolve.", "0..1"
    )
    dialect: str = _setting("live", None, "Shapes as seen on the wire, or as documented.", "live|documented")
    error_format: str = _setting("both", None, "Envelope of errors.", "both|guide|openapi|live")
    limits: str = _setting(
        "enforce", None, "Rate limits: enforced, only shown, or none.", "enforce|headers|off"
    )
    gates: str = _setting("enforce", choice("enforce", "open"), "Plan restrictions.", "enforce|open")
    strict: str | bool = _setting(
        "auto",
        None,
        "Unknown properties: refused with 400 where Lusha was seen to refuse them, everywhere, or nowhere.",
        "auto|yes|no",
    )
    strict_keys: bool = _setting(False, parse_flag, "Refuse keys that no account names.", "BOOL")
    search_price: str = _setting(
        "observed",
        choice("observed", "documented"),
        "Searches: 1 credit per 25 results begun; or as documented: free in v2, 1 at least in v3.",
        "observed|documented",
    )
    waterfall: bool = _setting(
        False, None, "Whether other sources are asked for details that Lusha lacks (v3).", "BOOL"
    )
    v2: str = _setting(
        "serve",
        None,
        "Version 2: served, served with headers that announce its end, or refused with 410.",
        "serve|deprecated|gone",
    )
    tracked_domains: tuple[str, ...] = _setting(
        ("quillmark-robotics.example",),
        None,
        "Domain whose website visits are known (v3); may be repeated.",
        "DOMAIN",
    )
    signal_score_price: str = _setting(
        "free", None, "Scores of signals: free, or 1 credit for each (v3).", "free|paid"
    )
    users: tuple[str, ...] = _setting(
        ("petra.lindqvist@quillmark-robotics.example", "tomas.okafor@quillmark-robotics.example"),
        None,
        "E-mail address of a user who may own tables (v3), the key's owner first; may be repeated.",
        "EMAIL",
    )
    webhook_delivery: str = _setting(
        "push", None, "Webhooks: sent to their URLs, or kept until a test takes them (v3).", "push|collect"
    )
    webhook_timeout: float = _setting(
        10.0,
        number(600, "a number of seconds"),
        "Seconds in which a receiver of webhooks must answer.",
        "SECONDS",
    )
    webhook_retries: tuple[float, ...] = _setting(
        (1.0, 2.0, 4.0),
        parse_waits,
        "Seconds until a webhook that did not arrive is sent again; may be repeated.",
        "SECONDS",
    )
    webhook_allow: tuple[str, ...] = _setting(
        (), parse_targets, "Where webhooks may go besides this machine; may be repeated.", "CIDR|HOST"
    )
    company_miss: str = _setting(
        "404", choice("404", "errors"), "A single company not found: 404, or 200 with errors.", "404|errors"
    )
    accounts: Path | None = _setting(None, parse_path, "YAML file of more named accounts.", "FILE")
    fixtures: Path | None = _setting(
        None, parse_path, "Folder of YAML files with more pinned entities.", "DIR"
    )
    scenarios: Path | None = _setting(None, parse_path, "Folder of more scenarios.", "DIR")
    cassette: Path | None = _setting(None, parse_path, "Cassette to replay before the made-up world.", "FILE")
    replay_only: bool = _setting(
        False, parse_flag, "Whether what the cassette does not have is refused (404).", "BOOL"
    )
    scenario: str | None = _setting(
        None, None, "Scenario that makes calls fail, by name or file.", "NAME|FILE"
    )
    magic: bool = _setting(
        True, parse_flag, "Whether identifiers such as nobody@acme.com force what their name says.", "BOOL"
    )
    delay_factor: float = _setting(
        1.0, number(100), "Times this are the delays of scenarios; 0 skips them.", "0..100"
    )
    renew_days: int = _setting(
        30, whole_number(0, 3_650), "Days after which credits are whole again; 0 is never.", "DAYS"
    )
    tls: bool = _setting(
        False, parse_flag, "Whether the port also speaks TLS, as api.lusha.com, and takes CONNECT.", "BOOL"
    )
    tls_folder: Path | None = _setting(
        None, parse_path, "Folder of the CA, made where it is not there. Default: the user's state.", "DIR"
    )
    control: bool = _setting(True, parse_flag, "Whether the server can be steered under /_mock/.", "BOOL")
    control_token: str | None = _setting(
        None, parse_token, "Token that steering then needs, also from other machines.", "TOKEN"
    )
    cors: tuple[str, ...] = _setting(
        (), parse_origins, "Origin whose web pages may call and steer the server; may be repeated.", "ORIGIN"
    )
    workers: int = _setting(1, whole_number(1, 64), "Number of processes that serve.", "N")
    store: str | None = _setting(
        None,
        parse_store,
        "Where state is kept, for all servers that name the same. Default: in the process.",
        "sqlite:PATH|redis://HOST",
    )
    store_secret: str | None = _setting(
        None, parse_token, "Secret with which what is stored is sealed.", "SECRET"
    )
    warm: bool = _setting(
        False, parse_flag, "Whether searches are prepared before the server is ready.", "BOOL"
    )
    drain_delay: float = _setting(
        0.0,
        number(86_400, "a number of seconds"),
        "After a signal: how long connections are still taken, not ready.",
        "SECONDS",
    )
    grace: float = _setting(
        10.0,
        number(86_400, "a number of seconds"),
        "After that: how long requests under way may take.",
        "SECONDS",
    )
    journal: int = _setting(
        1_000, whole_number(1, 100_000), "Exchanges the journal keeps of each account.", "N"
    )
    log_format: str = _setting("human", choice("human", "json"), "Form of the log lines.", "human|json")
    log_level: str = _setting(
        "info",
        choice("debug", "info", "warning", "error"),
        "Least level logged.",
        "debug|info|warning|error",
    )

    def __post_init__(self) -> None:
        problems = []
        for setting in dataclasses.fields(self):
            name = setting.name
            value = getattr(self, name)
            if value is setting.default:
                continue
            try:
                object.__setattr__(self, name, parse_setting(name, value, name))
            except ConfigError as error:
                problems.append(str(error))
        for name in ("accounts", "cassette", "fixtures", "scenarios"):
            path = getattr(self, name)
            kind = "file" if name in {"accounts", "cassette"} else "folder"
            if isinstance(path, Path) and not _exists(path, kind):
                problems.append(f"{name}: there is no {kind} {shorten(str(path), 200)}")
        if problems:
            raise ConfigError("\n".join(problems))

    def __repr__(self) -> str:
        # Only what is not the default: it shows in every failure of a test that has settings at hand.
        arguments = (
            f"{setting.name}={'(set)' if setting.name in SECRET else repr(shown(self, setting.name))}"
            for setting in dataclasses.fields(self)
            if getattr(self, setting.name) != setting.default
        )
        return f"Settings({', '.join(arguments)})"


def shown(settings: Settings, name: str) -> Any:
    """The value of a setting as it may be shown: of secrets that they are set, of a store no password."""
    value = getattr(settings, name)
    if name in SECRET and value is not None:
        return "(set)"
    return shown_store(value) if name == "store" and value is not None else value


def _exists(path: Path, kind: str) -> bool:
    try:
        return path.is_file() if kind == "file" else path.is_dir()
    except (OSError, ValueError):
        return False


def parse_setting(name: str, value: Any, source: str) -> Any:
    """The value of a setting from text or YAML.

    Raises:
        ConfigError: names ``source``, the value (unless it is secret) and what would work.
    """
    parse = Settings.__dataclass_fields__[name].metadata["parse"] or PARSERS[name]
    try:
        return parse(value)
    except UnshownError as error:
        raise ConfigError(f"{source}: {error}") from None
    except ValueError as error:
        raise ConfigError(f"{source}: {error}, not {shorten(shown_store(value))!r}") from None

"""Settings: the only reader of the environment, and where the data folders are.

A setting is one field of ``Settings``. Its command-line flag (``--as-of``), environment variable
(``MOCK_LUSHA_AS_OF``) and name in a settings file (``as_of`` or ``as-of``) derive from the field.
Precedence: flag, variable, file, default.
"""

from __future__ import annotations

import dataclasses
import os
import re
import sys
from dataclasses import field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_lusha.errors import ConfigError, DataFileError, nearest, shorten
from mock_lusha.plans import PLANS
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PREFIX = "MOCK_LUSHA_"
UNLIMITED = None
_LISTS = frozenset({"cors"})
"""Settings of any number of values."""
_YEARS = range(1971, 3000)
SECRET = frozenset({"control_token"})
"""Settings whose values are never shown."""
STRICT = ("auto", "yes", "no")


def _text(value: Any) -> str:
    # A setting that names a file may be given as any path.
    text = str(os.fspath(value) if isinstance(value, os.PathLike) else value).strip()
    if not text:
        msg = "it is empty"
        raise ValueError(msg)
    return text


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        try:
            if isinstance(value, bool | float):
                raise ValueError
            number = int(value)
        except (TypeError, ValueError):
            number = least - 1
        if not least <= number <= most:
            msg = f"it takes a whole number from {least} to {most}"
            raise ValueError(msg)
        return number

    return parse


def _share(value: Any) -> float:
    try:
        number = -1.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = -1.0
    if not 0.0 <= number <= 1.0:
        msg = "it takes a number from 0 to 1"
        raise ValueError(msg)
    return number


def _factor(value: Any) -> float:
    try:
        number = -1.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = -1.0
    if not 0.0 <= number <= 100.0:
        msg = "it takes a number from 0 to 100"
        raise ValueError(msg)
    return number


def _seconds(value: Any) -> float:
    try:
        number = -1.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = -1.0
    if not 0.0 <= number <= 86_400.0:
        msg = "it takes a number of seconds from 0 to 86400"
        raise ValueError(msg)
    return number


def _origins(value: Any) -> tuple[str, ...]:
    """Origins as browsers send them, from a list or from text that has commas or spaces between them."""
    texts = value.replace(",", " ").split() if isinstance(value, str) else value
    found: dict[str, None] = {}
    for each in texts if isinstance(texts, list | tuple) else (texts,):
        text = str(each).strip().lower()
        if re.fullmatch(_ORIGIN, text) is None:
            msg = f"it takes origins such as http://localhost:3000, and {shorten(text)!r} is none"
            raise ValueError(msg)
        # Browsers leave out the port that is the scheme's own.
        found[re.sub(_OWN_PORT, r"\1\2", text)] = None
    return tuple(found)


_ORIGIN = r"https?://(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?"
_OWN_PORT = r"^(http://.+):80$|^(https://.+):443$"


def _token(value: Any) -> str:
    text = _text(value)
    if not text.isascii() or not text.isprintable() or " " in text:
        msg = "it takes printable ASCII without spaces"
        raise ValueError(msg)
    return text


def _flag(value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True}
    words |= {"false": False, "0": False, "no": False, "off": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        msg = "it takes true or false"
        raise ValueError(msg) from None


def _choice(*words: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        # YAML reads a bare `off` as false; the word is what was meant.
        word = "off" if value is False and "off" in words else str(value).strip().lower()
        if word not in words:
            msg = f"it takes one of {', '.join(words)}"
            raise ValueError(msg)
        return word

    return parse


def _strict(value: Any) -> str:
    # YAML reads a bare `yes` or `on` as true; it was a switch once, too.
    word = str(value).strip().lower()
    word = {"true": "yes", "1": "yes", "on": "yes", "false": "no", "0": "no", "off": "no"}.get(word, word)
    if word not in STRICT:
        msg = f"it takes one of {', '.join(STRICT)} (true and on are yes, false and off are no)"
        raise ValueError(msg)
    return word


def _credits(value: Any) -> int | None:
    if value is UNLIMITED or str(value).strip().lower() == "unlimited":
        return UNLIMITED
    try:
        return _whole(0, 1_000_000_000)(value)
    except ValueError:
        msg = "it takes a whole number from 0 to 1000000000, or unlimited"
        raise ValueError(msg) from None


def _date(value: Any) -> date:
    try:
        day = date.fromisoformat(str(value).strip())
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        msg = f"it takes a date such as 2026-03-31, from {_YEARS.start} to {_YEARS.stop - 1}"
        raise ValueError(msg)
    return day


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        msg = f"it takes a moment such as 2026-03-31T12:00:00Z, from {_YEARS.start} to {_YEARS.stop - 1}"
        raise ValueError(msg)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _path(value: Any) -> Path:
    if not isinstance(value, str | os.PathLike):
        msg = "it takes a path, as text or path-like"
        raise ValueError(msg)
    try:
        return Path(_text(value)).expanduser()
    except RuntimeError:
        msg = "it takes a path; the home folder it names is not known"
        raise ValueError(msg) from None


# The profile of an account may set these for itself: name -> parser, shared with the accounts file.
PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "plan": _choice(*PLANS),
    "credits": _credits,
    "seed": _text,
    "as_of": _date,
    "dialect": _choice("live", "documented"),
    "error_format": _choice("both", "guide", "openapi", "live"),
    "limits": _choice("enforce", "headers", "off"),
    "strict": _strict,
    "match_rate": _share,
    "scenario": _text,
}


def _setting(default: Any, parse: Callable[[Any], Any] | None, text: str, metavar: str) -> Any:
    return field(default=default, metadata={"parse": parse, "help": text, "metavar": metavar})


@frozen
class Settings:
    """Everything that can be set. Values are checked where the object is made (ConfigError, one line a
    cause). What names a file or folder may be text or path-like."""

    host: str = _setting("127.0.0.1", _text, "Address to listen on.", "HOST")
    port: int = _setting(8080, _whole(0, 65535), "Port to listen on; 0 picks a free one.", "PORT")
    seed: str = _setting("lusha", None, "The world to serve: same seed, same people.", "TEXT")
    as_of: date | None = _setting(
        None,
        None,
        "The day the data is of. Default: the clock's today when an account is first seen.",
        "DATE",
    )
    now: datetime | None = _setting(None, _moment, "Set the clock to this moment; it runs on.", "MOMENT")
    plan: str = _setting("scale", None, "Plan of unnamed keys.", "PLAN")
    credits: int | None = _setting(10_000, None, "Credits of unnamed keys.", "N|unlimited")
    people: int = _setting(20_000, _whole(0, 5_000_000), "People in the directory.", "N")
    companies: int = _setting(2_000, _whole(1, 500_000), "Companies in the directory.", "N")
    open_world: bool = _setting(
        True, _flag, "Whether well-formed identifiers outside the directory resolve too.", "BOOL"
    )
    match_rate: float = _setting(
        1.0, None, "Share of identifiers outside the directory that resolve.", "0..1"
    )
    dialect: str = _setting("live", None, "Shapes as seen on the wire, or as documented.", "live|documented")
    error_format: str = _setting("both", None, "Envelope of errors.", "both|guide|openapi|live")
    limits: str = _setting(
        "enforce", None, "Rate limits: enforced, only shown, or none.", "enforce|headers|off"
    )
    gates: str = _setting("enforce", _choice("enforce", "open"), "Plan restrictions.", "enforce|open")
    strict: str | bool = _setting(
        "auto",
        None,
        "Unknown properties: refused with 400 where Lusha was seen to refuse them, everywhere, or nowhere.",
        "auto|yes|no",
    )
    strict_keys: bool = _setting(False, _flag, "Refuse keys that no account names.", "BOOL")
    search_price: str = _setting(
        "observed",
        _choice("observed", "documented"),
        "Searches: 1 credit per 25 results begun, or free.",
        "observed|documented",
    )
    company_miss: str = _setting(
        "404", _choice("404", "errors"), "A single company not found: 404, or 200 with errors.", "404|errors"
    )
    accounts: Path | None = _setting(None, _path, "YAML file of more named accounts.", "FILE")
    fixtures: Path | None = _setting(None, _path, "Folder of YAML files with more pinned entities.", "DIR")
    scenarios: Path | None = _setting(None, _path, "Folder of more scenarios.", "DIR")
    cassette: Path | None = _setting(None, _path, "Cassette to replay before the made-up world.", "FILE")
    replay_only: bool = _setting(
        False, _flag, "Whether what the cassette does not have is refused (404).", "BOOL"
    )
    scenario: str | None = _setting(
        None, None, "Scenario that makes calls fail, by name or file.", "NAME|FILE"
    )
    magic: bool = _setting(
        True, _flag, "Whether identifiers such as nobody@acme.com force what their name says.", "BOOL"
    )
    delay_factor: float = _setting(
        1.0, _factor, "Times this are the delays of scenarios; 0 skips them.", "0..100"
    )
    renew_days: int = _setting(
        30, _whole(0, 3_650), "Days after which credits are whole again; 0 is never.", "DAYS"
    )
    control: bool = _setting(True, _flag, "Whether the server can be steered under /_mock/.", "BOOL")
    control_token: str | None = _setting(
        None, _token, "Token that steering then needs, also from other machines.", "TOKEN"
    )
    cors: tuple[str, ...] = _setting(
        (), _origins, "Origin whose web pages may call and steer the server; may be repeated.", "ORIGIN"
    )
    warm: bool = _setting(False, _flag, "Whether searches are prepared before the server is ready.", "BOOL")
    drain_delay: float = _setting(
        0.0, _seconds, "After a signal: how long connections are still taken, not ready.", "SECONDS"
    )
    grace: float = _setting(10.0, _seconds, "After that: how long requests under way may take.", "SECONDS")
    journal: int = _setting(1_000, _whole(1, 100_000), "Exchanges the journal keeps of each account.", "N")
    log_format: str = _setting("human", _choice("human", "json"), "Form of the log lines.", "human|json")
    log_level: str = _setting(
        "info",
        _choice("debug", "info", "warning", "error"),
        "Least level logged.",
        "debug|info|warning|error",
    )

    def __post_init__(self) -> None:
        problems = []
        for each in dataclasses.fields(self):
            value = getattr(self, each.name)
            if value is each.default:
                continue
            try:
                object.__setattr__(self, each.name, parse_setting(each.name, value, each.name))
            except ConfigError as error:
                problems.append(str(error))
        for name in ("accounts", "cassette", "fixtures", "scenarios"):
            path = getattr(self, name)
            kind = "file" if name in {"accounts", "cassette"} else "folder"
            if isinstance(path, Path) and not _is_there(path, kind):
                problems.append(f"{name}: there is no {kind} {shorten(str(path), 200)}")
        if problems:
            raise ConfigError("\n".join(problems))

    def __repr__(self) -> str:
        # Only what is not the default: it shows in every failure of a test that has settings at hand.
        given = (
            f"{each.name}={'(set)' if each.name in SECRET else repr(getattr(self, each.name))}"
            for each in dataclasses.fields(self)
            if getattr(self, each.name) != each.default
        )
        return f"Settings({', '.join(given)})"


def _is_there(path: Path, kind: str) -> bool:
    try:
        return path.is_file() if kind == "file" else path.is_dir()
    except (OSError, ValueError):
        return False


def parse_setting(name: str, value: Any, source: str) -> Any:
    """The value of a setting from text or YAML.

    Raises:
        ConfigError: names ``source``, the value and what would work.
    """
    each = Settings.__dataclass_fields__[name]
    parse = each.metadata["parse"] or PARSERS[name]
    try:
        return parse(value)
    except ValueError as error:
        raise ConfigError(f"{source}: {error}, not {shorten(value)!r}") from None


@frozen
class Resolved:
    """Settings together with where each value came from: ``flag``, ``variable``, ``file``, ``default``."""

    settings: Settings
    sources: Mapping[str, str]

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """(name, value, source) of each setting, in the order of the fields."""
        for each in dataclasses.fields(self.settings):
            value = getattr(self.settings, each.name)
            if each.name == "control_token" and value is not None:
                shown = "(set)"
            elif value is None:
                shown = "unlimited" if each.name == "credits" else "-"
            elif isinstance(value, tuple):
                shown = ",".join(value) or "-"
            else:
                shown = str(value).lower() if isinstance(value, bool) else str(value)
            yield each.name, shown, self.sources[each.name]

    def told(self) -> list[dict[str, Any]]:
        """The same for programs: values as JSON has them, ``where`` names the flag, variable or file."""
        found = []
        for each in dataclasses.fields(self.settings):
            source, _, where = self.sources[each.name].partition(" ")
            if source == "flag":
                where = flag(each.name)
            found.append(
                {
                    "name": each.name,
                    "value": _plain(each.name, getattr(self.settings, each.name)),
                    "source": source,
                    "where": where or None,
                }
            )
        return found


def _plain(name: str, value: Any) -> Any:
    if name in SECRET and value is not None:
        return "(set)"
    if value is None:
        return "unlimited" if name == "credits" else None
    return value if isinstance(value, bool | int | float | str) else str(value)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def flag(name: str) -> str:
    """The command-line flag of a setting."""
    return "--" + name.replace("_", "-")


def resolve(
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config: str | os.PathLike[str] | None = None,
) -> Resolved:
    """Gather the settings from flags, environment, settings file and defaults.

    Raises:
        ConfigError: a value cannot be used, or a ``MOCK_LUSHA_`` variable or a name in the file is unknown.
    """
    flags = flags or {}
    environ = os.environ if environ is None else environ
    names = [each.name for each in dataclasses.fields(Settings)]
    known = {variable(name) for name in names} | {PREFIX + "CONFIG"} | _ELSEWHERE
    environ = {name: value for name, value in environ.items() if not _is_link(name, value)}
    strange = [each for each in sorted(environ) if each.startswith(PREFIX) and each not in known]
    if strange:
        raise ConfigError(
            "\n".join(f"{each} is no setting: {nearest(each, sorted(known))}" for each in strange)
        )
    config = config or environ.get(PREFIX + "CONFIG")
    from_file = _from_file(Path(config), names) if config else {}

    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    problems: list[str] = []
    for name in names:
        # The order is the rule: flag, variable, file, default.
        if flags.get(name) not in {None, ()}:
            given, source = flags[name], flag(name)
            sources[name] = "flag"
        elif environ.get(variable(name), "") != "":
            given, source = environ[variable(name)], variable(name)
            sources[name] = f"variable {variable(name)}"
        elif name in from_file:
            values[name] = from_file[name]
            sources[name] = f"file {config}"
            continue
        else:
            sources[name] = "default"
            continue
        try:
            values[name] = parse_setting(name, given, source)
        except ConfigError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError("\n".join(problems))
    return Resolved(Settings(**values), sources)


def _is_link(name: str, value: str) -> bool:
    """Whether Kubernetes or Docker set this variable to tell of a service that is called mock-lusha."""
    return name.startswith(PREFIX) and (
        re.fullmatch(_LINKS, name) is not None or (name == variable("port") and "://" in value)
    )


_LINKS = PREFIX + r"(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?|NAME|ENV_\w+)"
# Variables with our prefix that are not settings of the server.
_REDACTION_KEY = PREFIX + "REDACTION_KEY"
_UPSTREAM_KEY = PREFIX + "UPSTREAM_KEY"
_WORKERS = PREFIX + "WORKERS"
_ELSEWHERE = frozenset({PREFIX + "URL", _REDACTION_KEY, _UPSTREAM_KEY, _WORKERS})


def check_workers(flag: str | None, environ: Mapping[str, str] | None = None) -> None:
    """Refuse to serve with another number of workers than one, as the flag, or else the variable, has it.

    Raises:
        ConfigError: it is another number, or none.
    """
    environ = os.environ if environ is None else environ
    source, given = ("--workers", flag) if flag is not None else (_WORKERS, environ.get(_WORKERS) or "1")
    try:
        number = _whole(1, sys.maxsize)(given)
    except ValueError:
        raise ConfigError(f"{source}: it takes 1, not {shorten(given)!r}") from None
    if number > 1:
        raise ConfigError(
            f"{source} {number}: state (credits, limits, journal) is in one process, so mock-lusha serves "
            f"with one worker; run several servers on ports of their own instead"
        )


def redaction_environ() -> dict[str, str]:
    """The variable that may hold the key of redaction, if it is set."""
    return {name: value for name, value in os.environ.items() if name == _REDACTION_KEY}


def upstream_key() -> str | None:
    """The real API key that a recorder sends, where the calls that it forwards have another."""
    return os.environ.get(_UPSTREAM_KEY, "").strip() or None


def is_ci() -> bool:
    """Whether this is a run of continuous integration, as ``CI=true`` says."""
    return os.environ.get("CI", "").strip().lower() in {"true", "1", "yes"}


def _from_file(path: Path, names: list[str]) -> dict[str, Any]:
    from mock_lusha import yamlfile  # noqa: PLC0415 - only a settings file needs YAML

    document = yamlfile.read(path)
    if isinstance(document.value, dict):
        renamed: dict[str, Any] = {}
        for key, place in document.value.items():
            name = key.replace("-", "_")
            if name in renamed:
                raise place.error(f"{name!r} stands here a second time, spelled {key!r}")
            renamed[name] = place
        document = yamlfile.SourcePlace(path, document.line, renamed)
    what = "a settings file"
    if not isinstance(document.value, dict):
        document.mapping(what, names)
    values = {}
    problems: list[DataFileError] = []
    for name, place in document.value.items():
        if name not in names:
            problems.append(place.error(f"{what} has no {name!r}: {nearest(str(name), names)}"))
            continue
        if place.value is None:
            continue  # a name without value is not set
        value = yamlfile.plain(place.value)
        if isinstance(value, dict) or (isinstance(value, list) and name not in _LISTS):
            problems.append(place.error(f"{name} is one value, not {shorten(value)}"))
            continue
        try:
            values[name] = parse_setting(name, value, name)
        except ConfigError as error:
            problems.append(DataFileError(path, place.line, str(error)))
    if len(problems) > 1:
        raise ConfigError("\n".join(map(str, problems)))
    if problems:
        raise problems[0]
    return values


def data_folder(name: str) -> Path:
    """Where ``fixtures`` or ``scenarios`` of this installation are.

    In a wheel they lie inside the package; in a checkout beside it.
    """
    package = Path(__file__).parent
    installed = package / "data" / name
    return installed if installed.is_dir() else package.parent / name

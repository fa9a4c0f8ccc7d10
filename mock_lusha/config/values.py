"""Parsers of the values of settings: from text, YAML or Python to what a setting holds."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_lusha.domains import clean_domain
from mock_lusha.errors import UnshownError, shorten
from mock_lusha.plans import PLANS
from mock_lusha.wording import without_user

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

UNLIMITED = None
STRICT = ("auto", "yes", "no")
_YEARS = range(1971, 3000)
_ORIGIN = r"https?://(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?"
_USER = r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+"
_LONGEST_USER, _MOST_USERS = 254, 100
# Who visits a domain is drawn for all of its companies at the first call that names it.
_MOST_DOMAINS = 20
_LONGEST_WAIT, _MOST_WAITS = 30 * 86_400, 20
_SCOPE = r"[A-Za-z0-9._-]{1,32}"
_HOST = r"(?!.{254})[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?"
_MOST_TARGETS = 100
# Whether the rest can be used is for the engine to say, when it is opened.
_STORE = r"sqlite:[^\x00]*[^\x00/\s]|(redis|rediss|valkey|valkeys|unix)://\S+"
_OWN_PORT = r"^(http://.+):80$|^(https://.+):443$"


def parse_text(value: Any) -> str:
    """A text that is not empty, without the space around it."""
    # A setting that names a file may be given as any path.
    text = str(os.fspath(value) if isinstance(value, os.PathLike) else value).strip()
    if not text:
        raise UnshownError("it is empty")
    return text


def parse_host(value: Any) -> str:
    """An IP address, or the name of a host in ASCII.

    It comes to stand in URLs, in options of programs and in names of folders.
    """
    text = parse_text(value)
    address, percent, scope = text.partition("%")
    if _is_address(address) and (not percent or (":" in address and re.fullmatch(_SCOPE, scope))):
        return text
    # What has no letter is an address that is misspelt.
    lower = text.lower()
    if not text.isascii() or not re.search("[a-z]", lower) or re.fullmatch(_HOST, lower) is None:
        msg = "it takes an IP address such as 127.0.0.1 or ::1, or the name of a host such as localhost"
        raise ValueError(msg)
    return text


def _is_address(text: str) -> bool:
    if text == "127.0.0.1":  # the default costs no import
        return True
    import ipaddress  # noqa: PLC0415 - where another one is named

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def whole_number(least: int, most: int) -> Callable[[Any], int]:
    """A parser of whole numbers within these bounds."""

    def parse(value: Any) -> int:
        try:
            if isinstance(value, bool | float):
                raise ValueError
            result = int(value)
        except (TypeError, ValueError):
            result = least - 1
        if not least <= result <= most:
            msg = f"it takes a whole number from {least} to {most}"
            raise ValueError(msg)
        return result

    return parse


def number(most: int, meaning: str = "a number") -> Callable[[Any], float]:
    """A parser of numbers from 0 to ``most``; ``meaning`` is what the message calls them."""

    def parse(value: Any) -> float:
        try:
            result = -1.0 if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            result = -1.0
        if not 0.0 <= result <= most:
            msg = f"it takes {meaning} from 0 to {most}"
            raise ValueError(msg)
        return result

    return parse


def parse_origins(value: Any) -> tuple[str, ...]:
    """Origins as browsers send them, from a list or from text that has commas or spaces between them."""
    texts = value.replace(",", " ").split() if isinstance(value, str) else value
    origins: dict[str, None] = {}
    for item in texts if isinstance(texts, list | tuple) else (texts,):
        text = str(item).strip().lower()
        if re.fullmatch(_ORIGIN, text) is None:
            msg = (
                f"it takes origins such as http://localhost:3000, and {shorten(without_user(text))!r} is none"
            )
            raise UnshownError(msg)
        # Browsers leave out the port that is the scheme's own.
        origins[re.sub(_OWN_PORT, r"\1\2", text)] = None
    return tuple(origins)


def parse_domains(value: Any) -> tuple[str, ...]:
    """Domains, without what URLs have besides, from a list or from text that has commas or spaces between
    them, each once; none for an empty one."""
    texts = value.replace(",", " ").split() if isinstance(value, str) else value
    domains: dict[str, None] = {}
    for text in texts if isinstance(texts, list | tuple) else (texts,):
        domain = clean_domain(text) if isinstance(text, str) else None
        if domain is None:
            msg = f"it takes domains such as quillmark-robotics.example, and {shorten(text)!r} is none"
            raise UnshownError(msg)
        domains[domain] = None
    if len(domains) > _MOST_DOMAINS:
        msg = f"it takes at most {_MOST_DOMAINS} domains"
        raise ValueError(msg)
    return tuple(domains)


def parse_users(value: Any) -> tuple[str, ...]:
    """E-mail addresses in small letters, from a list or from text that has commas or spaces between them; at
    least one, and each once."""
    texts = value.replace(",", " ").split() if isinstance(value, str) else value
    users: dict[str, None] = {}
    for text in texts if isinstance(texts, list | tuple) else (texts,):
        user = text.strip().lower() if isinstance(text, str) else ""
        if len(user) > _LONGEST_USER or not user.isprintable() or re.fullmatch(_USER, user, re.ASCII) is None:
            msg = f"it takes e-mail addresses such as petra@quillmark.example, and {shorten(text)!r} is none"
            raise UnshownError(msg)
        users[user] = None
    if not 0 < len(users) <= _MOST_USERS:
        msg = f"it takes 1 to {_MOST_USERS} e-mail addresses"
        raise ValueError(msg)
    return tuple(users)


def parse_waits(value: Any) -> tuple[float, ...]:
    """Numbers of seconds in their order, from a list or from text that has commas or spaces between them;
    none for an empty one."""
    texts = value.replace(",", " ").split() if isinstance(value, str) else value
    seconds = number(_LONGEST_WAIT, "numbers of seconds")
    waits = tuple(map(seconds, texts if isinstance(texts, list | tuple) else (texts,)))
    if len(waits) > _MOST_WAITS:
        msg = f"it takes at most {_MOST_WAITS} numbers of seconds"
        raise ValueError(msg)
    return waits


def parse_targets(value: Any) -> tuple[str, ...]:
    """Networks, addresses and names of hosts in small letters, from a list or from text that has commas or
    spaces between them, each once; none for an empty one."""
    texts = value.replace(",", " ").split() if isinstance(value, str) else value
    targets: dict[str, None] = {}
    for item in texts if isinstance(texts, list | tuple) else (texts,):
        text = str(item).strip().lower()
        # What has no letter is an address, or one that is misspelt.
        if not _is_network(text) and (not re.search("[a-z]", text) or re.fullmatch(_HOST, text) is None):
            msg = f"it takes networks such as 10.0.0.0/8 and names of hosts, and {shorten(text)!r} is neither"
            raise UnshownError(msg)
        targets[text] = None
    if len(targets) > _MOST_TARGETS:
        msg = f"it takes at most {_MOST_TARGETS} networks and names"
        raise ValueError(msg)
    return tuple(targets)


def _is_network(text: str) -> bool:
    import ipaddress  # noqa: PLC0415 - where one is named

    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def parse_token(value: Any) -> str:
    """A text that can be sent in a header as it is: printable ASCII without spaces.

    Nothing is taken off: a token that a file or a shell gave a line end is refused by all alike, server and
    clients. Our decision.

    Raises:
        UnshownError: it is something else; it says what, and never shows the value.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        problem = f"it is no text but of the type {type(value).__name__}"
    elif not text.strip():
        problem = "it is empty"
    elif text.endswith(("\r", "\n")):
        problem = "a line end stands behind it"
    elif any(character.isspace() for character in text):
        problem = "it has a space or a line end in it"
    elif not text.isascii():
        problem = "it has a character that is not ASCII"
    elif not text.isprintable():
        problem = "it has a character that cannot be printed"
    else:
        return text
    raise UnshownError(f"{problem}; it takes printable ASCII without spaces")


def parse_store(value: Any) -> str:
    """The address of a store: a file of SQLite, or a server of Redis or Valkey."""
    text = parse_text(value)
    if re.fullmatch(_STORE, text) is None:
        msg = "it takes a store such as sqlite:state.sqlite or redis://localhost:6379/0"
        raise ValueError(msg)
    return text


def shown_store(value: Any) -> Any:
    """The address of a store without the password in it; what is no text as it is."""
    return re.sub(r"(//[^/@]*:).*@", r"\1…@", value) if isinstance(value, str) else value


def parse_flag(value: Any) -> bool:
    """True or false, in the words of YAML."""
    words = {"true": True, "1": True, "yes": True, "on": True}
    words |= {"false": False, "0": False, "no": False, "off": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        msg = "it takes true or false"
        raise ValueError(msg) from None


def choice(*words: str) -> Callable[[Any], str]:
    """A parser that takes one of these words."""

    def parse(value: Any) -> str:
        # YAML reads a bare `off` as false; the word is what was meant.
        word = "off" if value is False and "off" in words else str(value).strip().lower()
        if word not in words:
            msg = f"it takes one of {', '.join(words)}"
            raise ValueError(msg)
        return word

    return parse


def parse_strict(value: Any) -> str:
    """How strict the API is with unknown properties."""
    # YAML reads a bare `yes` or `on` as true; it was a switch once, too.
    word = str(value).strip().lower()
    word = {"true": "yes", "1": "yes", "on": "yes", "false": "no", "0": "no", "off": "no"}.get(word, word)
    if word not in STRICT:
        msg = f"it takes one of {', '.join(STRICT)} (true and on are yes, false and off are no)"
        raise ValueError(msg)
    return word


def parse_credits(value: Any) -> int | None:
    """A number of credits; None is unlimited."""
    if value is UNLIMITED or str(value).strip().lower() == "unlimited":
        return UNLIMITED
    try:
        return whole_number(0, 1_000_000_000)(value)
    except ValueError:
        msg = "it takes a whole number from 0 to 1000000000, or unlimited"
        raise ValueError(msg) from None


def parse_date(value: Any) -> date:
    """A day in ISO 8601."""
    try:
        day = date.fromisoformat(str(value).strip())
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        msg = f"it takes a date such as 2026-03-31, from {_YEARS.start} to {_YEARS.stop - 1}"
        raise ValueError(msg)
    return day


def parse_moment(value: Any) -> datetime:
    """A moment in ISO 8601; UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        msg = f"it takes a moment such as 2026-03-31T12:00:00Z, from {_YEARS.start} to {_YEARS.stop - 1}"
        raise ValueError(msg)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_path(value: Any) -> Path:
    """A path, with the home folder in place of ``~``."""
    if not isinstance(value, str | os.PathLike):
        msg = "it takes a path, as text or path-like"
        raise ValueError(msg)
    try:
        return Path(parse_text(value)).expanduser()
    except RuntimeError:
        msg = "it takes a path; the home folder it names is not known"
        raise ValueError(msg) from None


PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "plan": choice(*PLANS),
    "credits": parse_credits,
    "seed": parse_text,
    "as_of": parse_date,
    "dialect": choice("live", "documented"),
    "error_format": choice("both", "guide", "openapi", "live"),
    "limits": choice("enforce", "headers", "off"),
    "strict": parse_strict,
    "match_rate": number(1),
    "waterfall": parse_flag,
    "v2": choice("serve", "deprecated", "gone"),
    "tracked_domains": parse_domains,
    "signal_score_price": choice("free", "paid"),
    "users": parse_users,
    "webhook_delivery": choice("push", "collect"),
    "scenario": parse_text,
}
"""Parsers of the settings that the profile of an account may have for itself, by their names."""
LISTS = frozenset({"cors", "tracked_domains", "users", "webhook_allow", "webhook_retries"})
"""Settings of any number of values."""

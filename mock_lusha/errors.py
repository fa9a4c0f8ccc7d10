"""Everything that can go wrong, as exceptions, and the catalogue of errors the API answers with.

MockLushaError
├── ConfigError       a setting, flag, variable or file cannot be used: mend it and start again
│   └── DataFileError     ... in a file, with its path and line
├── StoreError        the store that processes share cannot be used now
│   ├── StoreRefusedError     ... nor later: it is of other settings, another secret, or no store
│   └── StoreLostError        ... any more: it was emptied or replaced since it was opened
├── ContractError     the contract and the code disagree: a defect of mock-lusha
└── ApiError          a request is refused: becomes an answer with an error status

The catalogue's names are those that scenarios, the log and the journal use; no answer has them: what Lusha
sends is the status. Statuses and messages are Lusha's where Lusha documents or sends them, in the words of
its guide's table of error codes; the others are marked "ours".
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePath


BODILESS: Final = frozenset({204, 304})
"""Statuses whose answers have no body."""
MOST_DETAILS: Final = 20
"""How many findings about one request are made and told."""


class MockLushaError(Exception):
    """Base of all exceptions of this package."""


class ConfigError(MockLushaError):
    """A setting cannot be used. The message names what was given and what would work."""


class UnshownError(ValueError):
    """A value cannot be used, and what says so is whole without the value: it is empty, secret, or named."""


class DataFileError(ConfigError):
    """A file of settings, accounts or fixtures cannot be used."""

    def __init__(self, path: PurePath | str, line: int | None, message: str) -> None:
        self.path = path
        self.line = line
        self.message = message
        super().__init__(f"{path}:{line}: {message}" if line is not None else f"{path}: {message}")


class StoreError(MockLushaError):
    """The store that processes share is gone, hung, busy or full. Nothing was changed, unless ``unknown``:
    then the connection broke between a question and its answer, and the store may have carried it out."""

    def __init__(self, message: str, *, unknown: bool = False) -> None:
        self.unknown = unknown
        super().__init__(message)


class StoreRefusedError(StoreError):
    """A store cannot be used by this process, and trying again does not help: it was made with other settings
    or another secret, or what was named is no store. The message has the way out."""


class StoreLostError(StoreError):
    """A store is not the one that was opened: it was emptied, or replaced by another. What this process knows
    of it is void; whoever begins anew opens it again."""


class ContractError(MockLushaError):
    """An operation without handler, a handler without operation, or a broken contract document."""


@frozen
class ErrorKind:
    """One error of the API: ``name`` for scenarios and logs, HTTP ``status``, documented ``message``: that of
    v2, where generations differ. Few have a ``code`` in words besides."""

    name: str
    status: int
    message: str
    code: str = ""

    def documented_message(self, generation: str) -> str:
        """The wording that a generation documents."""
        return OTHER_MESSAGES.get((self.name, generation), self.message)

    def live_message(self, generation: str = "v2") -> str:
        """The wording seen on the wire of a generation, or the documented one where none is known."""
        return LIVE_MESSAGES.get((self.name, generation), self.documented_message(generation))


_KINDS = (
    ErrorKind("bad-request", 400, "Invalid request parameters"),
    ErrorKind("bad-key-format", 400, "Invalid API key format"),
    ErrorKind("unauthorized", 401, "Invalid API key"),
    ErrorKind("no-api-key", 401, "No API key found in request"),
    ErrorKind("insufficient-credits", 402, "Insufficient credits"),
    ErrorKind(
        "inactive-account",
        403,
        "Your account is not active. Please reach out to support at support@lusha.com for assistance",
    ),
    # Documented is only that a plan without a feature gets 403; the wording is ours.
    ErrorKind("plan-restricted", 403, "Your pricing version does not support this feature"),
    ErrorKind(
        "datapoint-restricted",
        403,
        "Your pricing version does not support requesting individual datapoints [revealEmails, revealPhones]",
    ),
    ErrorKind(
        "dnc-restricted",
        403,
        "Exclude DNC is not supported on your current plan. "
        "Please contact support or your account manager for assistance.",
    ),
    ErrorKind("subscription-limit", 403, "Maximum subscriptions limit reached for your account"),
    ErrorKind("opt-out-exists", 403, "An opt-out subscription already exists for this account"),
    # The text was seen in version 3; its status was not written down.
    ErrorKind("visits-restricted", 403, "Website Visits is not available on your current plan"),
    ErrorKind("not-found", 404, "Resource not found"),
    ErrorKind("secret-not-found", 404, "Account secret not found. Please generate one first."),
    ErrorKind("table-not-found", 404, "TABLE_NOT_FOUND: Table not found"),
    ErrorKind("column-not-found", 404, "COLUMN_NOT_FOUND: Column not found"),
    ErrorKind("table-name-conflict", 409, "TABLE_NAME_CONFLICT: A table with this name already exists"),
    # Ours: what calls of version 2 answer since its end was recorded nowhere.
    ErrorKind("retired", 410, "Lusha API V2 is no longer available. Please migrate to V3."),
    # The documents end the message with "…".
    ErrorKind(
        "dedupe-session-invalid",
        410,
        "The provided dedupeSessionId is invalid or expired.",
        code="DEDUPE_SESSION_INVALID",
    ),
    ErrorKind(
        "bad-full-name",
        412,
        "The request failed due to invalid syntax that was provided. "
        "Please make sure to send a full name field that contains a valid first & last name",
    ),
    ErrorKind(
        "payload-too-large", 413, "request entity too large"
    ),  # ours: the text of the framework they use
    ErrorKind("trial-ended", 429, "You've reached your trial limit, please contact support for upgrade"),
    ErrorKind("daily-quota", 429, "Daily API quota limit exceeded. Limit {limit} calls per day"),
    ErrorKind(
        "hourly-limit",
        429,
        "Hourly API rate limit exceeded. Limit: {limit} calls per hour. Reset in {reset} seconds",
    ),
    # Ours: the minute window is documented, its message is not.
    ErrorKind(
        "minute-limit",
        429,
        "Minute API rate limit exceeded. Limit: {limit} calls per minute. Reset in {reset} seconds",
    ),
    ErrorKind("too-many-requests", 429, "Too many requests. Please wait before making another request."),
    ErrorKind("gdpr", 451, "We are unable to process this contact request due to our GDPR regulations"),
    ErrorKind("client-timeout", 499, "Request failed due to request timeout"),
    ErrorKind("server-error", 500, "Internal server error. Please try again later."),
    ErrorKind("not-implemented", 501, "mock-lusha does not serve this operation yet"),  # ours
    ErrorKind("bad-gateway", 502, "Bad gateway"),  # ours, as the two below
    # Lusha documents it for scores of contacts alone.
    ErrorKind(
        "identity-unavailable",
        502,
        "Identity resolution provider is temporarily unavailable. Retry with backoff.",
    ),
    ErrorKind("unavailable", 503, "Service unavailable"),
    ErrorKind("gateway-timeout", 504, "Gateway timeout"),
)

# The control API's own; no scenario can name them.
_CONTROL_KINDS = (
    ErrorKind("control-token", 401, "This needs the control token"),
    ErrorKind("inbox-refused", 401, "This is no delivery of an account of this server"),
    ErrorKind("control-refused", 403, "This may not be steered from there"),
    ErrorKind("account-exists", 409, "The account exists already"),
)

# The server's own, about what does not become a request.
_SERVER_KINDS = (
    ErrorKind("host-refused", 403, "This host is not served here"),
    ErrorKind("head-timeout", 408, "Request timeout"),
    ErrorKind("target-too-long", 414, "URI too long"),
    ErrorKind("head-too-large", 431, "Request header fields too large"),
)

CATALOGUE: Final[Mapping[str, ErrorKind]] = {kind.name: kind for kind in _KINDS}
OTHER_MESSAGES: Final[Mapping[tuple[str, str], str]] = {
    ("insufficient-credits", "v3"): "Insufficient credits for this operation",
    ("inactive-account", "v3"): (
        "Your account is not active. Please reach out to support at support@lusha.com"
    ),
}
"""Documented wordings that are not those of v2, by error and generation."""
LIVE_MESSAGES: Final[Mapping[tuple[str, str], str]] = {
    # The only 402 that was ever recorded, on POST /v2/person.
    ("insufficient-credits", "v2"): (
        "You've reached your credit limit. Upgrade your account for more credits"
    ),
    # Of v3 no 429 was recorded: what v2 said is the best guess.
    **dict.fromkeys(
        (("daily-quota", "v2"), ("daily-quota", "v3")),
        "Daily API rate limit exceeded. Limit: {limit} calls per day. Reset in {reset} seconds.",
    ),
}
"""Wordings seen on the wire where they differ from the documented ones, by error and generation."""
_ALL_KINDS: Final[Mapping[str, ErrorKind]] = {
    kind.name: kind for kind in (*_KINDS, *_CONTROL_KINDS, *_SERVER_KINDS)
}


@frozen
class Detail:
    """One finding about a request: what is wrong, and what was sent there (already shortened).

    ``text`` alone is in the API's words; ``nearest`` is a word that would work and is like the one that was
    sent, and a ``hint`` is help of ours altogether.
    """

    text: str
    sent: str | None = None
    hint: bool = False
    nearest: str | None = None

    def __str__(self) -> str:
        text = self.text if self.sent is None else f"{self.text} (sent: {self.sent})"
        return text if self.nearest is None else f"{text}; did you mean {self.nearest}?"


class ApiError(MockLushaError):
    """A request is refused with an error of the catalogue.

    ``details`` say what was wrong with the request and fill ``errors`` (and, for 400, ``message``); no more
    than the first ``MOST_DETAILS`` are taken. ``values`` fill the placeholders of the message.
    """

    def __init__(
        self,
        name: str,
        details: Iterable[Detail | str] = (),
        *,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind = _ALL_KINDS[name]
        self.details = tuple(d if isinstance(d, Detail) else Detail(d) for d in islice(details, MOST_DETAILS))
        self.values = dict(values or {})
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The message that v2 documents, with its numbers filled in."""
        return self.documented_message("v2")

    def documented_message(self, generation: str) -> str:
        """The message that a generation documents, with its numbers filled in."""
        text = self.kind.documented_message(generation)
        return text.format(**self.values) if self.values else text

    def live_message(self, generation: str = "v2") -> str:
        """The message as seen on the wire of a generation."""
        text = self.kind.live_message(generation)
        return text.format(**self.values) if self.values else text


def shorten(value: object, limit: int = 60) -> str:
    """A value as it may stand in a message: one line, printable, at most ``limit`` characters."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except ValueError:
        text = "a number of thousands of digits"
    if len(text) <= limit and text.isprintable():
        return text
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def nearest(word: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """A hint that offers the nearest of ``known``; when none is near it is ``otherwise``, or lists them."""
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    names, word = list(known), word[:_LONGEST_WORD]
    # A prefix that all have in common says nothing about which is near.
    shared = next((i for i, letters in enumerate(zip(word, *names, strict=False)) if len({*letters}) > 1), 0)
    close = difflib.get_close_matches(word[shared:], [name[shared:] for name in names], n=1, cutoff=0.55)
    if close:
        close = [name for name in names if name[shared:] == close[0]]
    else:  # two letters that changed places are half of a short name
        close = [name for name in names if sorted(name) == sorted(word)]
    if close:
        return f"did you mean {close[0]}?"
    return otherwise or "known are " + ", ".join(names)


_LONGEST_WORD = 60
_ALIKE = 0.65
_PART_OF = 0.3
_FURTHER_DOWN = 0.2


def alike(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that a name of a property may have been meant for; None where none is near.

    Case and underscores do not count; words that one has and the other begins or ends with count more. Of a
    path the last name counts, but less than a name that is right here.
    """
    from difflib import SequenceMatcher  # noqa: PLC0415 - only a mistake pays for it

    sent = _words(word[:_LONGEST_WORD])
    compare = SequenceMatcher(None, b="".join(sent), autojunk=False)
    best, most = None, _ALIKE
    for name in known:
        own = _words(name)
        compare.set_seq1("".join(own))
        likeness = compare.ratio()
        short, long = sorted((sent, own), key=len)
        if short in (long[: len(short)], long[-len(short) :]):
            likeness += _PART_OF
        if "." in name:
            compare.set_seq1("".join(_words(name.rpartition(".")[2])))
            likeness = max(likeness, compare.ratio() - _FURTHER_DOWN)
        if likeness > most:
            best, most = name, likeness
    return best


def _words(name: str) -> list[str]:
    """The words of a name in camel or snake case, or of a path."""
    import re  # noqa: PLC0415 - as above

    return [word.lower() for word in re.findall(r"[A-Z]?[^\WA-Z_]+|[A-Z]+", name)] or [name.lower()]

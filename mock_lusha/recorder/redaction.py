"""Redaction: what is recorded holds nobody's data and no key, before anything touches the disk."""

from __future__ import annotations

import contextlib
import math
import os
import re
import secrets as random_bytes
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.kinds import (
    IDS,
    KEPT,
    LONGEST_COUNT,
    NAMES,
    Kind,
    Known,
    Place,
    has_shape,
    is_plain_key,
    looks_like_json,
    query_place,
)
from mock_lusha.recorder.pseudonyms import (
    REDACTED,
    Pseudonyms,
    found_within,
    is_digits,
    is_free_text,
    is_uuid,
    items,
)
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from mock_lusha.contract.document import Contract
    from mock_lusha.recorder.interaction import Interaction

Query = tuple[tuple[str, str], ...]
VERSION: Final = 1
"""The version of the rules; a tape redacted by others need not match what is redacted today."""
KEY_VARIABLE: Final = "MOCK_LUSHA_REDACTION_KEY"
KEY_FILE: Final = "redaction.key"
_SHORTEST_SECRET: Final = 6
_SHORTEST_ECHO: Final = 3


class RedactionError(MockLushaError):
    """Something cannot be redacted, most often for want of a key; the message says what to do."""


class Redactor:
    """Replaces personal data and keys in requests and answers, by the names and places of fields.

    The same value gets the same pseudonym in a request and in an answer, so that a request redacted again
    finds its recording. Redacting twice gives what redacting once gave, but for ids, whose pseudonyms look
    like ids.
    """

    def __init__(self, key: bytes, contract: Contract) -> None:
        self._pseudonyms = Pseudonyms(key)
        self._known = Known(contract)

    def manifest(self) -> dict[str, Any]:
        """What a cassette says about its redaction; the key's fingerprint tells when another key is used."""
        return {
            "key": self._pseudonyms.fingerprint(),
            "kinds": sorted(kind.value for kind in Kind if kind not in KEPT),
            "version": VERSION,
        }

    def interaction(self, raw: Interaction, secrets: Collection[str] = ()) -> Interaction:
        """A request and its answer without personal data and ``secrets`` (keys known from headers).

        Raises:
            RedactionError: a body is nested too deeply to be read.
        """
        with _not_too_deep():
            return self._interaction(raw, secrets)

    def _interaction(self, raw: Interaction, secrets: Collection[str]) -> Interaction:
        path, query, body = self.request(raw.operation, raw.path, raw.query, raw.body, secrets)
        work = self._work((*secrets, *_sent_keys(raw.operation, raw.query, raw.body)))
        place = Place(raw.operation, ("error" if raw.status >= 400 else "response",))
        work.names = _names((*_sent_texts(raw.operation, raw.query, raw.body), *_texts(raw.answer, place)))
        text = None if raw.text is None else work.text(raw.text, work.sent(raw))
        return replace(
            raw,
            path=path,
            query=query,
            body=body,
            answer=work.value(raw.answer, place),
            text=text,
            headers={name: work.header(value) for name, value in raw.headers.items()},
        )

    def request(
        self, operation: str | None, path: str, query: Query, body: Any, secrets: Collection[str] = ()
    ) -> tuple[str, Query, Any]:
        """Path, query and body as they are recorded, and as they are looked up at replay.

        Raises:
            RedactionError: the body is nested too deeply to be read.
        """
        with _not_too_deep():
            work = self._work((*secrets, *_sent_keys(operation, query, body)))
            work.names = _names(_sent_texts(operation, query, body))
            return (
                work.path(path),
                tuple(work.parameter(operation, name, value) for name, value in query),
                work.value(body, Place(operation, ("request",))),
            )

    def _work(self, secrets: Collection[str]) -> _Work:
        found = {form for each in secrets if len(each) >= _SHORTEST_SECRET for form in _forms(each)}
        return _Work(self._pseudonyms, self._known, _pattern(found))


@contextlib.contextmanager
def _not_too_deep() -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise RedactionError("a body is nested too deeply to be redacted; it is not recorded") from None


@mutable
class _Work:
    """The redaction of one interaction; ``secrets`` and ``names`` must not occur in any text."""

    pseudonyms: Pseudonyms
    known: Known
    secrets: re.Pattern[str] | None
    names: re.Pattern[str] | None = None

    def path(self, path: str) -> str:
        return "/".join(map(self._segment, self.without_secrets(path).split("/")))

    def _segment(self, segment: str) -> str:
        if self.known.has_segment(segment):
            return segment
        plain = self.without_secrets(unquote(segment))
        return plain if plain == REDACTED else self.pseudonyms.free_text(plain)

    def parameter(self, operation: str | None, name: str, value: str) -> tuple[str, str]:
        return self.key(name), self.string(value, query_place(operation, name))

    def value(self, value: Any, place: Place) -> Any:
        """A JSON value without what is personal in it."""
        kind = place.kind
        if kind is Kind.KEY:
            return REDACTED
        if isinstance(value, dict):
            return {
                self._member(name, item, place): self.value(item, place.below(name, item))
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self.value(item, place) for item in value]
        if isinstance(value, str):
            return self.string(value, place)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(value, place, kind)
        return value

    def _member(self, name: str, value: Any, place: Place) -> str:
        """The name of a member of an object."""
        kind = place.keys
        if kind is not None and place.below(name, value).steps[-1] == "*":
            return self._of_kind(self.without_secrets(name), kind)
        return self.key(name)

    def key(self, name: str) -> str:
        """The name of a member that is no id: kept if a program may have given it."""
        plain = self.without_secrets(name)
        if is_uuid(plain) or is_digits(plain):
            return self.pseudonyms.text_id(plain)
        return plain if is_plain_key(plain) else self.pseudonyms.free_text(plain)

    def _number(self, value: Any, place: Place, kind: Kind | None) -> Any:
        if self.secrets and self.secrets.search(str(value)):
            return REDACTED
        if kind is Kind.PHONE and LONGEST_COUNT < abs(value) < math.inf:
            return type(value)(int(self.pseudonyms.phone(f"{value:.0f}")))
        if isinstance(value, float) and not (value.is_integer() and abs(value) < 2**53):
            return value
        if kind in IDS or ((kind is None or place.inside) and place.names_an_id):
            return type(value)(self.pseudonyms.number_id(int(value)))
        return value

    def string(self, value: str, place: Place) -> str:
        """A text in place of one."""
        kind = place.kind
        if kind is Kind.KEY:
            return REDACTED
        plain = self.without_secrets(value)
        return plain if plain == REDACTED else self._of_kind(plain, kind or Kind.FREE_TEXT)

    def _of_kind(self, value: str, kind: Kind) -> str:
        made = self.pseudonyms
        if not value or (kind is Kind.COMPANY_ID and is_digits(value)):
            return value
        if kind in KEPT:
            plain = self.searched(value)
            # What stands for a phone in a number, date or id would not have its shape.
            fits = kind is Kind.SAFE or (has_shape(value, kind) and plain == value)
            return plain if fits else made.free_text(value)
        if kind in NAMES:
            return made.name(value)
        if kind in IDS:
            return made.text_id(value)
        if kind is Kind.ERROR_TEXT:
            return value if self.known.has_error(value) else made.free_text(value)
        by_kind: Mapping[Kind, Callable[[str], str]] = {
            Kind.EMAIL: made.email,
            Kind.PHONE: made.phone,
            Kind.LINKEDIN: made.linkedin,
            Kind.URL: made.url,
        }
        one = by_kind.get(kind)
        if one is None:
            return made.free_text(value)
        return "".join(
            part if at % 2 or not part or is_free_text(part) else one(part)
            for at, part in enumerate(items(value))
        )

    def without_secrets(self, text: str) -> str:
        return self.secrets.sub(REDACTED, text) if self.secrets else text

    def searched(self, text: str) -> str:
        """A text that is kept, but for what is personal in it whatever it is about."""
        if self.names:
            text = self.names.sub(lambda found: self.pseudonyms.name(found[0]), text)
        return self.pseudonyms.within(text)

    def header(self, value: str) -> str:
        # Counts and moments of rate limits are as long as a phone number may be.
        return value if value.isdecimal() else self.pseudonyms.within(self.without_secrets(value))

    def text(self, text: str, sent: tuple[str, ...]) -> str:
        """An answer that is no JSON: a gateway's page, as a rule. ``sent`` is what it may echo."""
        plain = self.without_secrets(text)
        if looks_like_json(plain):
            return self.pseudonyms.free_text(plain)
        echoes = _pattern(
            form
            for value in sent
            for word in (value, *_telling_words(value))
            if len(word) >= _SHORTEST_ECHO
            for form in (*_forms(word), _escaped(word))
        )
        # Echoes first: in what follows stand pseudonyms, and a short word might be found in one.
        plain = echoes.sub(lambda found: self._echo(found[0]), plain) if echoes else plain
        return self.pseudonyms.within(plain)

    def sent(self, raw: Interaction) -> tuple[str, ...]:
        """What of a request is replaced, as it was sent."""
        sent = _sent_texts(raw.operation, raw.query, raw.body)
        texts = (text for text, place in sent if self.string(text, place) != text)
        return (*(unquote(each) for each in raw.path.split("/") if self._segment(each) != each), *texts)

    def _echo(self, text: str) -> str:
        return "".join(
            part if at % 2 or not part else self.pseudonyms.word(part)
            for at, part in enumerate(re.split(r"(\W+|_)", unquote_plus(text)))
        )


# What was sent and what it is called elsewhere


def _names(texts: Iterable[tuple[str, Place]]) -> re.Pattern[str] | None:
    """The full names of people among texts: a company's description may tell them too."""
    names = {text for text, place in texts if place.kind in NAMES and len(text.split()) > 1}
    found = _pattern(names)
    return re.compile(rf"(?<!\w)(?:{found.pattern})(?!\w)", re.IGNORECASE) if found else None


def _sent_keys(operation: str | None, query: Query, body: Any) -> Iterator[str]:
    """The keys in query and body, which an answer may echo: as they were sent, and without a scheme."""
    for text, place in _sent_texts(operation, query, body):
        if place.kind is Kind.KEY and text != REDACTED:
            yield from (text, text.rpartition(" ")[2])
    if isinstance(body, str):
        yield from (part for kind, part in found_within(unquote_plus(body)) if kind == Kind.KEY)


def _sent_texts(operation: str | None, query: Query, body: Any) -> Iterator[tuple[str, Place]]:
    for name, value in query:
        yield from _texts(value, query_place(operation, name))
    yield from _texts(body, Place(operation, ("request",)))


def _texts(value: Any, place: Place) -> Iterator[tuple[str, Place]]:
    """Every text of a JSON value with its place."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, place.below(name, item))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, place)
    elif isinstance(value, str) and value.strip():
        yield value.strip(), place


def _telling_words(text: str) -> list[str]:
    """The words in a text that may tell who it is: of a mail address or URL not those of the host."""
    local, at, _ = text.rpartition("@")
    return re.findall(r"[^\W_]+", local if at else text.rstrip("/").rpartition("/")[2])


def _forms(text: str) -> tuple[str, ...]:
    return text, quote(text), quote(text, safe=""), quote_plus(text)


def _escaped(text: str) -> str:
    for letter, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(letter, name)
    return text


def _pattern(texts: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern that finds any of some texts, the longest first, whatever the case."""
    found = sorted(set(texts), key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, found)), re.IGNORECASE) if found else None


# The key


def load_key(folder: Path, environ: Mapping[str, str], *, create: bool) -> bytes:
    """The key of pseudonyms: of the environment, else of the file ``redaction.key`` in a folder.

    Where there is neither, ``create`` makes the file; whoever else makes one meanwhile, all get the same.

    Raises:
        RedactionError: there is no key, or its file cannot be read or made.
    """
    given = environ.get(KEY_VARIABLE, "").strip()
    if given:
        return given.encode("utf-8", "surrogateescape")
    path = folder / KEY_FILE
    key = _read_key(path)
    if key is None and create:
        _make_key(path)
        key = _read_key(path)
    if key is None:
        raise RedactionError(
            f"there is no redaction key: set {KEY_VARIABLE} to the one the cassettes were recorded with, or "
            f"put their {KEY_FILE} at {path}"
        )
    return key


def _read_key(path: Path) -> bytes | None:
    try:
        key = path.read_bytes().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _key_error(path, f"cannot be read: {error.strerror or error}") from None
    if not key:
        raise _key_error(path, "is empty")
    return key


def _make_key(path: Path) -> None:
    """Put a whole new file in place, unless there is one by now."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}."
        )  # readable by its owner alone
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(random_bytes.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(name, path)  # unlike a move it never replaces the key another process just made
        finally:
            Path(name).unlink()
    except OSError as error:
        raise _key_error(path, f"cannot be made: {error.strerror or error}") from None


def _key_error(path: Path, message: str) -> RedactionError:
    return RedactionError(f"{path}: {message}; mend it, or set {KEY_VARIABLE}")

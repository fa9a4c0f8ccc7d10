"""The walk over an exchange that finds what must not stay; redaction and scan both make it.

There is one: what it hands to ``replace`` is what redaction replaces and what a scan reports, so that the two
cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace as changed
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from mock_lusha.recorder import made
from mock_lusha.recorder.field_kinds import (
    IDS,
    LONGEST_COUNT,
    NAMES,
    Kind,
    has_shape,
    is_moment_number,
)
from mock_lusha.recorder.headers import known_header
from mock_lusha.recorder.people import People, handle_of
from mock_lusha.recorder.texts import is_label, reaches

if TYPE_CHECKING:
    from mock_lusha.recorder.field_kinds import FieldKinds, FieldPlace
    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.vocabulary import KnownWords

Query = tuple[tuple[str, str], ...]
Replace = Callable[[Kind | None, Any], Any]
"""What becomes of a value of a kind; of None where nothing is known of the place."""
DEEPEST: Final = 90
"""How deep values of an exchange may be nested: with what is around them a cassette can still be read."""
_HIGHEST_STATUS: Final = 999
_RUN: Final = re.compile(r"(?:[0-9a-f]{8})?")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MANY: Final = frozenset({Kind.EMAIL, Kind.PHONE, Kind.LINKEDIN, Kind.URL})
"""Kinds of which a text may hold several, with commas between."""
_HOST: Final = re.compile(r"[\w\-]+(?:\.[\w\-]+)*\.(?:[a-z]{2,4}|xn--[a-z0-9\-]+)", re.IGNORECASE)
_LONG_TLDS: Final = re.compile(
    r"[\w\-]+(?:\.[\w\-]+)*\.(?:academy|agency|business|capital|center|church|cloud|codes|community|company|"
    r"construction|consulting|dental|design|digital|education|energy|engineering|example|exchange|expert|"
    r"finance|financial|foundation|fund|global|group|health|healthcare|house|insurance|international|"
    r"london|management|marketing|media|museum|network|online|partners|photography|press|productions|"
    r"realestate|school|services|software|solutions|space|store|studio|support|systems|technology|"
    r"tools|travel|ventures|vision|website|works|world|berlin|paris|tokyo|africa|asia)",
    re.IGNORECASE,
)


class Walk:
    """One walk; ``where`` tells where it is.

    ``secrets`` must not occur in any text, ``people`` not in one that is kept. With ``keep_text`` what
    companies say of themselves is kept, except for what says how to reach a person.
    """

    def __init__(
        self,
        words: KnownWords,
        replace: Replace,
        *,
        keep_text: bool = False,
        secrets: re.Pattern[str] | None = None,
    ) -> None:
        self._words = words
        self._replace = replace
        self._keep_text = keep_text
        self._secrets = secrets
        self._people = People.none()
        self._path: list[str] = []
        # Requests are looked up by what redaction makes of them: what it leaves in those stays as it is.
        self._in_answer = False

    @property
    def where(self) -> str:
        """The place in the exchange; what may reveal something is masked."""
        return "".join(self._path)

    def answer(self, raw: Interaction) -> Interaction:
        """The exchange with its answer walked over; its request is as it was."""

        place = self._words.kinds.place(raw.operation, "error" if raw.status >= 400 else "response")
        self._people = people_of(self._words.kinds, raw.operation, raw.query, raw.body)
        _gather(self._people, raw.answer, place)
        self._in_answer = True
        headers = {
            name: value
            for name in raw.headers
            if (value := self._header(name, raw.headers[name])) is not None
        }
        return changed(
            raw,
            answer=self._at(".response.body", self._value, raw.answer, place),
            text=raw.text and self._at(".response.text", self._string, raw.text, Kind.PROSE),
            headers=headers,
            status=self._of_size(".response.status", raw.status, _HIGHEST_STATUS),
            credits=raw.credits and self._of_size(".credits", raw.credits, LONGEST_COUNT),
            ms=self._of_size(".ms", raw.ms, LONGEST_COUNT),
            run=raw.run
            if _RUN.fullmatch(raw.run) or made.is_made(raw.run)
            else self._at(".run", self._replace, None, raw.run),
        )

    def _of_size(self, step: str, number: Any, most: int) -> Any:
        if 0 <= number <= most or made.is_number(number):
            return number
        return self._at(step, self._replace, Kind.NUMBER, number)

    def request(
        self, method: str, operation: str | None, path: str, query: Query, body: Any
    ) -> tuple[str, str | None, str, Query, Any]:
        """Method, operation, path, query and body of a request."""
        self._in_answer = False
        self._people = people_of(self._words.kinds, operation, query, body)
        return (
            method
            if known_method(method) == method
            else self._at(".request.method", self._replace, Kind.KEY, method),
            operation
            if operation is None or self._words.has_operation(operation)
            else self._at(".operation", self._replace, None, operation) and None,
            self._at(".request.path", self._whole_path, operation, path),
            tuple(self._parameter(operation, at, *pair) for at, pair in enumerate(query)),
            self._at(".request.body", self._value, body, self._words.kinds.place(operation, "request")),
        )

    def _at(self, step: str, walk: Callable[..., Any], *arguments: Any) -> Any:
        self._path.append(step)
        result = walk(*arguments)
        self._path.pop()
        return result

    # Around the bodies

    def _whole_path(self, operation: str | None, path: str) -> str:
        segments = self._without_secrets(path).split("/")
        parameters = self._words.path_parameters(operation)
        end = len(path.rstrip("/").split("/"))
        kinds = {
            end - 1 - at: self._words.kinds.place(operation, "path", name).kind for at, name in parameters
        }
        return "/".join(self._segment(segment, kinds.get(at)) for at, segment in enumerate(segments))

    def _segment(self, segment: str, kind: Kind | None) -> str:
        if self._words.has_segment(segment):
            return segment
        plain = self._without_secrets(unquote(segment))
        if made.is_made(plain):
            return plain
        text: str = self._replace(kind if kind in IDS else Kind.FREE_TEXT, plain)
        return text

    def _parameter(self, operation: str | None, at: int, name: str, value: str) -> tuple[str, str]:
        place = self._words.kinds.query_place(operation, name)
        step = f".request.query[{at}]"
        key = self._at(f"{step}.name", self._key, name)
        return key, self._at(f"{step}.value", self._value, value, place)

    def _header(self, name: str, value: str) -> str | None:
        """The value of a header of an answer as it may stay; None for a header that is not recorded."""
        safe = known_header(name, self._without_secrets(value))
        if safe != value:
            label = name if safe is not None else made.masked(name)
            self._at(f".response.headers.{label}", self._replace, Kind.KEY, value)
        return safe

    # Values

    def _value(self, value: Any, place: FieldPlace, depth: int = 0) -> Any:
        if depth > DEEPEST:
            raise RecursionError
        kind = place.kind
        if kind is Kind.KEY:
            return value if value == made.REDACTED else self._replace(kind, value)
        if isinstance(value, dict):
            return dict(self._member(name, item, place, depth) for name, item in value.items())
        if isinstance(value, list):
            return [self._at(f"[{at}]", self._value, item, place, depth + 1) for at, item in enumerate(value)]
        if isinstance(value, str):
            return self._string(value, kind)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(value, place, kind)
        return value

    def _member(self, name: str, value: Any, place: FieldPlace, depth: int) -> tuple[str, Any]:
        below = place.below(name, value)
        if below.steps[-1] == "*":
            key, label = self._map_key(self._without_secrets(name), place.keys), made.masked(name)
        else:
            key = self._key(name)
            label = name if self._words.has_field(name) or made.is_made(name) else made.masked(name)
        return key, self._at(f".{label}", self._value, value, below, depth + 1)

    def _map_key(self, name: str, kind: Kind | None) -> str:
        return self._string(name, kind) if name else name

    def _key(self, name: str) -> str:
        """The name of a member that is not an id: kept if fields are called so."""
        plain = self._without_secrets(name)
        if not plain or self._words.has_field(plain) or made.is_made(plain):
            return plain
        ids = made.is_uuid(plain) or made.is_digits(plain)
        replacement: str = self._replace(Kind.CALLER_ID if ids else None, plain)
        return replacement

    def _number(self, value: float, place: FieldPlace, kind: Kind | None) -> Any:
        if self._secrets and self._secrets.search(str(value)):
            return made.REDACTED
        name = place.steps[-1]
        an_id = kind in IDS or ((kind is None or place.inside) and place.names_an_id)
        if an_id and (name == "*" or len(place.steps) < 2 or self._words.has_field(name)):
            whole = isinstance(value, int) or (value.is_integer() and abs(value) < 2**53)
            if whole and int(value).bit_length() <= made.MOST_ID_BITS:
                return self._replace(kind if kind in IDS else Kind.CALLER_ID, value)
        if kind in {Kind.NUMBER, Kind.COMPANY_ID} or (kind is Kind.DATE and is_moment_number(value)):
            return value
        if made.is_number(value):
            return value
        return self._replace(Kind.PHONE if kind is Kind.PHONE else Kind.NUMBER, value)

    def _string(self, value: str, kind: Kind | None) -> Any:
        plain = self._without_secrets(value)
        if kind not in _MANY:
            return self._one(plain, kind)
        return "".join(
            part if at % 2 or not part else self._one(part, kind) for at, part in enumerate(made.items(plain))
        )

    def _one(self, text: str, kind: Kind | None) -> Any:
        if not text or made.is_made(text) or self._stays(text, kind):
            return text
        if kind is Kind.SITE or kind is Kind.DOMAIN:
            parts = made.split_url(text)
            if parts is not None:
                kind = Kind.SITE if self._is_host(parts[1]) else Kind.URL
                if kind is Kind.URL and not parts[0] and not parts[2]:
                    kind = Kind.DOMAIN
            else:
                kind = Kind.FREE_TEXT
        return self._replace(kind, text)

    def _stays(self, text: str, kind: Kind | None) -> bool:
        """Whether a text is what is kept of its kind."""
        match kind:
            case Kind.DATE | Kind.NUMBER | Kind.COMPANY_ID:
                return has_shape(text, kind)
            case Kind.WORD:
                return self._words.has_value(text)
            case Kind.LABEL:
                return self._words.has_value(text) or (is_label(text) and not self._people.are_in(text))
            case Kind.DOMAIN:
                return self._is_host(text)
            case Kind.SITE:
                parts = made.split_url(text)
                return parts is not None and self._is_host(parts[1]) and made.is_own_path(text)
            case Kind.COMPANY_TEXT:
                return self._words.has_value(text) or (self._keep_text and self.is_clean(text))
            case Kind.ERROR_TEXT:
                return self._words.has_error(text) and not self._people.are_in(text)
            case _:
                return kind in NAMES and made.is_name(text)

    def is_clean(self, text: str) -> bool:
        """Whether a text that is kept does not reveal a person; what redaction made does not."""
        if any(made.found_within(text)) or self._people.are_in(text):
            return False
        return not reaches(made.without_made(text))

    def _is_host(self, host: str) -> bool:
        if self._in_answer:
            host = host.removeprefix("www.")
        match = _HOST.fullmatch(host) or _LONG_TLDS.fullmatch(host)
        return bool(match) and is_label(host.replace("_", "-")) and not self._people.own(host)

    def _without_secrets(self, text: str) -> str:
        return self._secrets.sub(made.REDACTED, text) if self._secrets else text


def known_method(method: str) -> str:
    """A method as it is recorded: one of HTTP's, or what stands for any other word."""
    return method if method in _METHODS else made.REDACTED


# The people an exchange is about


def people_of(kinds: FieldKinds, operation: str | None, query: Query, body: Any) -> People:
    """The people whom a request names."""
    people = People.none()
    texts = [(value, kinds.query_place(operation, name).kind) for name, value in query]
    _take(people, texts)
    _gather(people, body, kinds.place(operation, "request"))
    return people


def _gather(people: People, value: Any, place: FieldPlace, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, list):
        for item in value:
            _gather(people, item, place, depth + 1)
    if not isinstance(value, dict):
        return
    texts: list[tuple[str, Kind | None]] = []
    for name, item in value.items():
        below = place.below(name, item)
        kind = below.kind
        for entry in item if isinstance(item, list) else [item]:
            if isinstance(entry, str):
                texts.append((entry, kind))
            elif isinstance(entry, dict) and kind in NAMES:
                parts = [part for part in entry.values() if isinstance(part, str)]
                people.add(parts, parts)
        _gather(people, item, below, depth + 1)
    _take(people, texts)


def _take(people: People, texts: list[tuple[str, Kind | None]]) -> None:
    """Take what stands side by side."""
    names = [(text, kind) for text, kind in texts if text.strip() and not made.is_made(text)]
    people.add(
        [text for text, kind in names if kind is Kind.FIRST_NAME],
        [text for text, kind in names if kind is Kind.LAST_NAME],
    )
    for text, kind in names:
        if kind is Kind.FULL_NAME:
            people.add_full(text)
        elif kind in {Kind.EMAIL, Kind.LINKEDIN}:
            people.add_handle(handle_of(text))

"""Redaction: personal data and keys are removed before anything is written to the disk."""

from __future__ import annotations

import contextlib
import os
import re
import secrets as random_bytes
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus, unquote_plus

from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.field_kinds import IDS, KEPT, NAMES, Kind
from mock_lusha.recorder.made import REDACTED, found_within, is_digits
from mock_lusha.recorder.pseudonyms import RULES, Pseudonyms
from mock_lusha.recorder.vocabulary import KnownWords
from mock_lusha.recorder.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from mock_lusha.contract.registry import Registry
    from mock_lusha.recorder.field_kinds import FieldKinds, FieldPlace
    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.walk import Query

VERSION: Final = RULES
"""The version of the rules; a tape redacted by others need not match what is redacted today."""
KEY_VARIABLE: Final = "MOCK_LUSHA_REDACTION_KEY"
KEY_FILE: Final = "redaction.key"
_SHORTEST_SECRET: Final = 6


class RedactionError(MockLushaError):
    """Something cannot be redacted, most often because there is no key; the message says what to do."""


class Redactor:
    """Replaces keys, and all that may name a person, in requests and answers.

    The same value gets the same pseudonym in a request and in an answer, so that a request redacted again
    finds its recording. Redacting twice gives what redacting once gave, except for ids that are digits,
    whose pseudonyms look like ids.

    With ``keep_text`` what companies say of themselves (descriptions, specialities, addresses) is kept,
    except for what says how to reach a person. ``version`` is that of the rules by which requests are looked
    up: those of the cassette that is replayed.
    """

    def __init__(
        self, key: bytes, registry: Registry, *, keep_text: bool = False, version: int = VERSION
    ) -> None:
        self.keep_text = keep_text
        self._version = version
        self._pseudonyms = Pseudonyms(key, version)
        self._words = KnownWords(registry)

    def manifest(self) -> dict[str, Any]:
        """What a cassette says about its redaction; the key's fingerprint shows when another key is used."""
        return {
            "keep_text": self.keep_text,
            "key": self._pseudonyms.fingerprint(),
            "kinds": sorted(kind.value for kind in Kind if kind not in KEPT),
            "version": self._version,
        }

    def interaction(self, raw: Interaction, secrets: Collection[str] = ()) -> Interaction:
        """A request and its answer without personal data and ``secrets`` (keys known from headers).

        Raises:
            RedactionError: a body is nested too deeply to be read.
        """
        with _not_too_deep():
            return self._interaction(raw, secrets, keep_ids=False)

    def cleaned(self, interaction: Interaction) -> Interaction:
        """An exchange that may be redacted already without what a scan finds in it: its ids stay.

        Raises:
            RedactionError: a body is nested too deeply to be read.
        """
        with _not_too_deep():
            return self._interaction(interaction, (), keep_ids=True)

    def _interaction(self, raw: Interaction, secrets: Collection[str], *, keep_ids: bool) -> Interaction:
        secrets = (*secrets, *_keys_of_request(self._words.kinds, raw.operation, raw.query, raw.body))
        walk = self._walk(secrets, keep_ids=keep_ids)
        method, operation, path, query, body = walk.request(
            raw.method, raw.operation, raw.path, raw.query, raw.body
        )
        return replace(
            walk.answer(raw), method=method, operation=operation, path=path, query=query, body=body
        )

    def request(
        self, operation: str | None, path: str, query: Query, body: Any, secrets: Collection[str] = ()
    ) -> tuple[str, Query, Any]:
        """Path, query and body as they are recorded, and as they are looked up at replay.

        Raises:
            RedactionError: the body is nested too deeply to be read.
        """
        with _not_too_deep():
            walk = self._walk((*secrets, *_keys_of_request(self._words.kinds, operation, query, body)))
            return walk.request("GET", operation, path, query, body)[2:]

    def _walk(self, secrets: Collection[str], *, keep_ids: bool = False) -> Walk:
        forms = {form for secret in secrets if len(secret) >= _SHORTEST_SECRET for form in _forms(secret)}

        def pseudonym(kind: Kind | None, value: Any) -> Any:
            if keep_ids and kind in IDS and (not isinstance(value, str) or is_digits(value)):
                return value
            if isinstance(value, str):
                return self._text(kind, value, walk)
            return self._number(kind, value)

        walk = Walk(self._words, pseudonym, keep_text=self.keep_text, secrets=_pattern(forms))
        return walk

    def _number(self, kind: Kind | None, value: Any) -> Any:
        if kind is Kind.KEY:
            return REDACTED
        if kind in IDS:
            return type(value)(self._pseudonyms.number_id(int(value)))
        if kind is Kind.PHONE:
            return type(value)(int(self._pseudonyms.phone(f"{value:.0f}")))
        return self._pseudonyms.number(value)

    def _text(self, kind: Kind | None, text: str, walk: Walk) -> str:
        pseudonyms = self._pseudonyms
        if kind is Kind.KEY:
            return REDACTED
        if kind in NAMES:
            return pseudonyms.name(text)
        if kind in IDS or kind is Kind.COMPANY_ID:
            return pseudonyms.text_id(text)
        if kind is Kind.COMPANY_TEXT and self.keep_text:
            clean = pseudonyms.within(text)
            return clean if walk.is_clean(clean) else pseudonyms.prose(text)
        by_kind: Mapping[Kind | None, Callable[[str], str]] = {
            Kind.EMAIL: pseudonyms.email,
            Kind.PHONE: pseudonyms.phone,
            Kind.LINKEDIN: pseudonyms.linkedin,
            Kind.URL: pseudonyms.url,
            Kind.SITE: pseudonyms.site,
            Kind.DOMAIN: pseudonyms.domain,
            Kind.PROSE: pseudonyms.prose,
            Kind.COMPANY_TEXT: pseudonyms.prose,
            Kind.ERROR_TEXT: pseudonyms.prose,
        }
        return by_kind.get(kind, pseudonyms.free_text)(text)


def masking(registry: Registry) -> Redactor:
    """A redactor with a random key: for what is shown of an exchange that may not be redacted."""
    return Redactor(random_bytes.token_bytes(16), registry)


@contextlib.contextmanager
def _not_too_deep() -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise RedactionError("a body is nested too deeply to be redacted; it is not recorded") from None


# Keys that were sent


def _keys_of_request(kinds: FieldKinds, operation: str | None, query: Query, body: Any) -> Iterator[str]:
    """The keys in query and body, which an answer may echo: as they were sent, and without a scheme."""
    query_keys = [key for name, value in query for key in _keys_in(value, kinds.query_place(operation, name))]
    for text in (*query_keys, *_keys_in(body, kinds.place(operation, "request"))):
        if text != REDACTED:
            yield from (text, text.rpartition(" ")[2])
    if isinstance(body, str):
        yield from (part for kind, part in found_within(unquote_plus(body)) if kind == Kind.KEY)


def _keys_in(value: Any, place: FieldPlace) -> Iterator[str]:
    """The texts of a JSON value that stand where a key is expected."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _keys_in(item, place.below(name, item))
    elif isinstance(value, list):
        for item in value:
            yield from _keys_in(item, place)
    elif isinstance(value, str) and value.strip() and place.kind is Kind.KEY:
        yield value.strip()


def _forms(text: str) -> tuple[str, ...]:
    return text, quote(text), quote(text, safe=""), quote_plus(text)


def _pattern(texts: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern that finds any of some texts, the longest first, whatever the case."""
    longest_first = sorted(set(texts), key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if longest_first else None


# The key


def load_key(folder: Path, environ: Mapping[str, str], *, create: bool) -> bytes:
    """The key of pseudonyms: of the environment, else of the file ``redaction.key`` in a folder.

    Where there is neither, ``create`` makes the file; if several processes do so at once, all get the same
    key.

    Raises:
        RedactionError: there is no key, or its file cannot be read or made.
    """
    value = environ.get(KEY_VARIABLE, "").strip()
    if value:
        return value.encode("utf-8", "surrogateescape")
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

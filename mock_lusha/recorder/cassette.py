"""Cassettes: recorded interactions as a YAML file, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import secrets
from dataclasses import field, replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import DataFileError, MockLushaError
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.made import masked
from mock_lusha.recorder.vocabulary import is_field_word
from mock_lusha.values import frozen
from mock_lusha.yamlfile import check_budget

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_END: Final = "\n...\n"
_DEEPEST: Final = 200
_LONGEST_SHOWN: Final = 5
FORMAT: Final = 1
"""The version of the format; a file of a later one is refused."""


class CassetteError(MockLushaError):
    """A cassette cannot be used or written; the message names the file, and the place in it."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


@frozen
class Cassette:
    """Interactions in the order they were recorded.

    ``contract`` is the fingerprint of the contract they were recorded under, ``redaction`` what was done to
    them: the key's fingerprint and the kinds of data that were replaced.
    """

    interactions: tuple[Interaction, ...] = ()
    recorded_at: str = ""
    contract: str = ""
    plan: str | None = None
    redaction: Mapping[str, Any] = field(default_factory=dict)

    def with_more(self, *more: Interaction) -> Cassette:
        """The cassette with interactions at its end."""
        return replace(self, interactions=(*self.interactions, *more))


def contract_fingerprint(raw: bytes) -> str:
    """12 hex digits that follow from a contract document."""
    return hashlib.sha256(raw).hexdigest()[:12]


# Writing


def document(cassette: Cassette) -> dict[str, Any]:
    """What a file of a cassette holds."""
    return {
        "format": FORMAT,
        "recorded_at": cassette.recorded_at,
        "contract": cassette.contract,
        "plan": cassette.plan,
        "redaction": dict(cassette.redaction),
        "interactions": [_interaction_document(each) for each in cassette.interactions],
    }


def _interaction_document(each: Interaction) -> dict[str, Any]:
    request: dict[str, Any] = {"method": each.method, "path": each.path}
    if each.query:
        request["query"] = [{"name": name, "value": value} for name, value in each.query]
    if each.has_body:
        request["body"] = each.body
    response: dict[str, Any] = {"status": each.status, "headers": dict(each.headers)}
    if each.text is not None:
        response["text"] = each.text
    elif each.has_answer:
        response["body"] = each.answer
    return {
        "operation": each.operation,
        "request": request,
        "response": response,
        "credits": each.credits,
        "ms": each.ms,
    }


def dumps(cassette: Cassette) -> str:
    """The text of a cassette: YAML with sorted keys."""
    import yaml  # noqa: PLC0415 - for files alone

    dumper = getattr(yaml, "CSafeDumper", None) or yaml.SafeDumper
    return str(
        yaml.dump(
            document(cassette),
            Dumper=dumper,
            sort_keys=True,
            allow_unicode=True,
            width=100,
            explicit_end=True,  # by its last line a file that was cut is known
        )
    )


def save(cassette: Cassette, path: Path) -> None:
    """Write a cassette: the file is either the old one or the whole new one, whatever happens meanwhile.

    Raises:
        CassetteError: it cannot be written there.
    """
    text = dumps(cassette)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        name = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
        # Readable by whom the umask lets read: a container replays it under another user.
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise CassetteError(path, f"cannot be written: {error.strerror or error}") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        name.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            name.unlink()
        if isinstance(error, OSError):
            raise CassetteError(path, f"cannot be written: {error.strerror or error}") from None
        raise


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from writing a cassette meanwhile (where the system can lock files).

    Raises:
        CassetteError: nothing can be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        import fcntl  # noqa: PLC0415 - not there on Windows
    except OSError as error:
        raise CassetteError(path, f"cannot be written: {error.strerror or error}") from None
    except ImportError:
        yield
        return
    folder = os.open(path.parent, os.O_RDONLY)  # the folder is locked: a file of its own would stay behind
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# Reading


def load(path: Path) -> Cassette:
    """Read a cassette.

    Raises:
        CassetteError: the file is not there, damaged, or of a later format; it names the place.
    """
    import yaml  # noqa: PLC0415

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CassetteError(path, "there is no such cassette") from None
    except OSError as error:
        raise CassetteError(path, f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise CassetteError(path, f"is damaged: byte {error.start} is not UTF-8") from None
    loader = None
    try:
        loader = (getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader)(text)
        node = loader.get_single_node()
        if node is not None:
            check_budget(path, node)
        content = None if node is None else loader.construct_document(node)
    except DataFileError as error:
        raise CassetteError(path, f"is damaged: line {error.line}: {error.message}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise CassetteError(path, f"is damaged: {where}{problem_of(error)}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CassetteError(path, f"is damaged: {problem_of(error)}") from None
    finally:
        if loader is not None:
            loader.dispose()
    cassette = _Reader(path).cassette(content)
    if not text.endswith(_END):
        raise CassetteError(path, f"is damaged: it does not end with a line {_END.strip()!r}, so it was cut")
    return cassette


def problem_of(error: Exception) -> str:
    """What an error of PyYAML says, without what it quotes of the file: that may be anybody's."""
    said = getattr(error, "problem", None) or getattr(error, "context", None) or error
    return " ".join(re.sub(r"(['\"`]).*\1", "…", str(said), flags=re.DOTALL).split())[:200]


def _is_of_a_field(name: object, known: tuple[str, ...]) -> bool:
    """Whether the name of a member is a field's, or one misspelt, and so tells nobody."""
    return is_field_word(name) or bool(get_close_matches(str(name), known, n=1, cutoff=0.7))


def _shown(value: Any) -> str:
    """A value of a wrong type: as it is if it is too short to tell anything."""
    if isinstance(value, dict | list) and value:
        return type(value).__name__
    text = str(value)
    return repr(text) if len(text) <= _LONGEST_SHOWN else type(value).__name__


class _Reader:
    """Checks what a file holds, and names the place of what is wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _fail(self, where: str, message: str) -> CassetteError:
        return CassetteError(self._path, f"is damaged: {where or 'the document'} {message}")

    def _mapping(
        self, value: Any, where: str, known: tuple[str, ...], needed: tuple[str, ...]
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fail(where, f"must be a mapping, not {type(value).__name__}")
        for name in value:
            if name not in known:
                shown = repr(name) if _is_of_a_field(name, known) else "a name that is unknown"
                raise self._fail(where, f"has {shown}; known are {', '.join(known)}")
        for name in needed:
            if name not in value:
                raise self._fail(where, f"has no {name}")
        return value

    def _typed(self, value: Any, where: str, kind: type | tuple[type, ...], what: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, kind):
            raise self._fail(where, f"must be {what}, not {_shown(value)}")
        return value

    def cassette(self, content: Any) -> Cassette:
        if (
            isinstance(content, dict)
            and isinstance(content.get("format"), int)
            and content["format"] > FORMAT
        ):
            raise CassetteError(
                self._path,
                f"has format {content['format']}, and this version of mock-lusha reads up to {FORMAT}: "
                f"upgrade it",
            )
        given = self._mapping(
            content, "", ("format", "recorded_at", "contract", "plan", "redaction", "interactions"),
            ("format", "interactions"),
        )  # fmt: skip
        if self._typed(given["format"], "format", int, "a number") < 1:
            raise self._fail("format", f"must be a number from 1 to {FORMAT}, not {given['format']}")
        interactions = self._typed(given["interactions"], "interactions", list, "a list")
        plan = given.get("plan")
        redaction = given.get("redaction") or {}
        return Cassette(
            interactions=tuple(
                self.interaction(each, f"interactions[{index}]") for index, each in enumerate(interactions)
            ),
            recorded_at=_moment(given.get("recorded_at")),
            contract=str(given.get("contract") or ""),
            plan=None if plan is None else self._typed(plan, "plan", str, "a text"),
            redaction=self._typed(redaction, "redaction", dict, "a mapping"),
        )

    def interaction(self, value: Any, where: str) -> Interaction:
        given = self._mapping(
            value, where, ("operation", "request", "response", "credits", "ms"), ("request", "response")
        )
        request = self._mapping(
            given["request"], f"{where}.request", ("method", "path", "query", "body"), ("method", "path")
        )
        response = self._mapping(
            given["response"], f"{where}.response", ("status", "headers", "body", "text"), ("status",)
        )
        if "body" in response and "text" in response:
            raise self._fail(f"{where}.response", "has both body and text")
        operation, credits_ = given.get("operation"), given.get("credits")
        headers = self._typed(response.get("headers") or {}, f"{where}.response.headers", dict, "a mapping")
        text = response.get("text")
        return Interaction(
            operation=None
            if operation is None
            else self._typed(operation, f"{where}.operation", str, "a text"),
            method=self._typed(request["method"], f"{where}.request.method", str, "a text"),
            path=self._typed(request["path"], f"{where}.request.path", str, "a text"),
            query=self._query(request.get("query") or [], f"{where}.request.query"),
            body=self._json(request.get("body"), f"{where}.request.body"),
            has_body="body" in request,
            status=self._typed(response["status"], f"{where}.response.status", int, "a number"),
            headers={str(name).lower(): str(content) for name, content in headers.items()},
            answer=self._json(response.get("body"), f"{where}.response.body"),
            has_answer="body" in response,
            text=None if text is None else self._typed(text, f"{where}.response.text", str, "a text"),
            credits=None if credits_ is None else self._typed(credits_, f"{where}.credits", int, "a number"),
            ms=float(self._typed(given.get("ms", 0.0), f"{where}.ms", (int, float), "a number")),
        )

    def _query(self, value: Any, where: str) -> tuple[tuple[str, str], ...]:
        pairs = []
        for index, each in enumerate(self._typed(value, where, list, "a list of names and values")):
            pair = self._mapping(each, f"{where}[{index}]", ("name", "value"), ("name", "value"))
            for name, content in pair.items():
                if isinstance(content, list | dict):
                    raise self._fail(f"{where}[{index}].{name}", "must be a text")
            pairs.append((str(pair["name"]), str(pair["value"])))
        return tuple(pairs)

    def _json(self, value: Any, where: str, depth: int = 0) -> Any:
        """A value as JSON has it: whoever wrote a date by hand meant a text."""
        if depth > _DEEPEST:
            raise self._fail(where[:200], "is nested too deeply, or holds itself")
        if isinstance(value, dict):
            return {
                str(n): self._json(item, f"{where}.{n if is_field_word(n) else masked(n)}", depth + 1)
                for n, item in value.items()
            }
        if isinstance(value, list):
            return [self._json(item, f"{where}[{i}]", depth + 1) for i, item in enumerate(value)]
        if isinstance(value, date | datetime):
            return value.isoformat()
        odd = isinstance(value, float) and not math.isfinite(value)
        if odd or not isinstance(value, str | int | float | None):
            raise self._fail(where, f"is no JSON: {type(value).__name__}")
        return value


def _moment(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value or "")


# Matching


def canonical(value: Any) -> str:
    """A JSON value as one text, whatever the order of its keys and the spelling of its whole numbers."""
    return json.dumps(_normal(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _normal(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value

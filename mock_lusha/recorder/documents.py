"""The documents of a cassette's file: each adds interactions, and ends with a line of its own.

A file grows by a document with each exchange. One that was being written when its process ended is known by
its missing end, and nothing before it is lost.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import DataFileError, MockLushaError
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.made import masked
from mock_lusha.recorder.recordings import Addition
from mock_lusha.recorder.vocabulary import is_field_word
from mock_lusha.yamlfile import check_budget

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DEEPEST: Final = 200
_LONGEST_SHOWN: Final = 5
FORMAT: Final = 2
"""The version of the format; a file of a later one is refused. In the first, a file was one document."""
_END: Final = re.compile(rb"^\.\.\.[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_BLANK: Final = re.compile(rb"(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t\r]*(?:#[^\n]*)?")
_CONFLICT: Final = re.compile(rb"^(?:<{7}|>{7}|\|{7})(?:[ \r\n]|\Z)", re.MULTILINE)


class CassetteError(MockLushaError):
    """A cassette cannot be used or written; the message names the file, and the place in it."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


# Writing


def added(interaction: Interaction, **news: Any) -> str:
    """The text of a document that adds an interaction, and says what else is new."""
    return to_yaml({"format": FORMAT, **news, "interactions": [interaction_document(interaction)]})


def to_yaml(content: dict[str, Any]) -> str:
    """The text of a document: YAML with sorted keys."""
    import yaml  # noqa: PLC0415 - for files alone

    return str(
        yaml.dump(
            content,
            Dumper=getattr(yaml, "CSafeDumper", None) or yaml.SafeDumper,
            sort_keys=True,
            allow_unicode=True,
            width=100,
            explicit_start=True,
            explicit_end=True,  # by its last line a document that was cut is known
        )
    )


def interaction_document(interaction: Interaction) -> dict[str, Any]:
    """What a file holds of an interaction."""
    request: dict[str, Any] = {"method": interaction.method, "path": interaction.path}
    if interaction.query:
        request["query"] = [{"name": name, "value": value} for name, value in interaction.query]
    if interaction.has_body:
        request["body"] = interaction.body
    response: dict[str, Any] = {"status": interaction.status, "headers": dict(interaction.headers)}
    if interaction.text is not None:
        response["text"] = interaction.text
    elif interaction.has_answer:
        response["body"] = interaction.answer
    return {
        "operation": interaction.operation,
        "request": request,
        "response": response,
        "credits": interaction.credits,
        "ms": interaction.ms,
        **({"run": interaction.run} if interaction.run else {}),
    }


# Reading


def whole(data: bytes) -> int:
    """How many bytes are whole documents and what may follow them; 0 where none is whole."""
    # From behind: a file may be long, and its last line is the end of a document as a rule.
    at = len(data)
    while (at := data.rfind(b"...", 0, at)) >= 0:
        match = _END.match(data, at) if not at or data[at - 1 : at] == b"\n" else None
        if match is not None:
            return len(data) if is_blank(data[match.end() :]) else match.end()
    return 0


def split(data: bytes) -> list[bytes]:
    """The documents in bytes of a cassette, each with the comments ahead of it and its last line."""
    ends = [match.end() for match in _END.finditer(data)]
    documents = [data[start:end].strip() + b"\n" for start, end in zip([0, *ends], ends, strict=False)]
    return [document for document in documents if not is_blank(document)]


def is_blank(data: bytes) -> bool:
    """Whether there are only empty lines and comments."""
    return _BLANK.fullmatch(data) is not None


def cut_message(path: Path, length: int) -> str:
    """The message about a last document that was cut."""
    return (
        f"{path}: its last document was cut ({length} bytes without the line '...' at their end) and is left "
        f"out; the next recording, or `mock-lusha cassette check --compact`, removes it"
    )


def read_additions(path: Path, data: bytes, first: int = 0) -> list[Addition]:
    """What the documents in bytes of a cassette add; ``first`` is the number of the first interaction.

    Raises:
        CassetteError: they are damaged, or of a later format; it names the place.
    """
    try:
        text = data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CassetteError(path, f"is damaged: byte {error.start} is not UTF-8") from None
    refuse_conflict(path, data)
    if not text.strip():
        raise CassetteError(path, "is damaged: it is empty; delete it, and it is recorded anew")
    additions = []
    reader = _Reader(path)
    for content in _contents(path, text):
        additions.append(reader.addition(content, first))
        first += len(additions[-1].interactions)
    if not _END.search(data):
        raise CassetteError(path, "is damaged: it does not end with a line '...', so it was cut")
    return additions


def refuse_conflict(path: Path, data: bytes) -> None:
    """Check that no merge was left unresolved in bytes of a cassette, in the cut document at their end
    included.

    Raises:
        CassetteError: one was; the message names the line.
    """
    conflict = _CONFLICT.search(data)
    if conflict:
        line = data.count(b"\n", 0, conflict.start()) + 1
        mark = conflict[0].decode().strip()
        raise CassetteError(
            path,
            f"line {line}: a merge was left unresolved ({mark}): `mock-lusha cassette merge` merges "
            f"cassettes; by hand, `git checkout --conflict=diff3` it, keep what both sides have and delete "
            f"the lines <<<<<<<, |||||||, ======= and >>>>>>>",
        )


def _contents(path: Path, text: str) -> Iterator[Any]:
    """The YAML documents of a text."""
    import yaml  # noqa: PLC0415

    if not text.strip():
        yield None
    loader = None
    try:
        loader = _loader()(text)
        while loader.check_node():
            node = loader.get_node()
            check_budget(path, node)
            yield loader.construct_document(node)
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


@cache
def _loader() -> type[Any]:
    """A safe loader that refuses a mapping with a name twice: two branches merged line by line make one."""
    import yaml  # noqa: PLC0415

    base: type[Any] = getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader

    class Loader(base):  # type: ignore[misc]  # the base is chosen above
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            names: set[tuple[str, str]] = set()
            for name, _ in node.value:
                if isinstance(name.value, str):
                    if (name.tag, name.value) in names:
                        problem = "a name stands there twice, as after a merge line by line"
                        raise yaml.constructor.ConstructorError(None, None, problem, name.start_mark)
                    names.add((name.tag, name.value))
            return super().construct_mapping(node, deep)

    return Loader


def problem_of(error: Exception) -> str:
    """What an error of PyYAML says, without what it quotes of the file: that may be anybody's."""
    problem = getattr(error, "problem", None) or getattr(error, "context", None) or error
    return " ".join(re.sub(r"(['\"`]).*\1", "…", str(problem), flags=re.DOTALL).split())[:200]


def _is_field_name(name: object, fields: tuple[str, ...]) -> bool:
    """Whether the name of a member is a field's, or one misspelt, and so does not reveal a person."""
    return is_field_word(name) or bool(get_close_matches(str(name), fields, n=1, cutoff=0.7))


def _description(value: Any) -> str:
    """A value of a wrong type: as it is if it is too short to reveal anything."""
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
        self, value: Any, where: str, fields: tuple[str, ...], required: tuple[str, ...]
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fail(where, f"must be a mapping, not {type(value).__name__}")
        for name in value:
            if name not in fields:
                label = repr(name) if _is_field_name(name, fields) else "a name that is unknown"
                raise self._fail(where, f"has {label}; known are {', '.join(fields)}")
        for name in required:
            if name not in value:
                raise self._fail(where, f"has no {name}")
        return value

    def _typed(self, value: Any, where: str, kind: type | tuple[type, ...], what: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, kind):
            raise self._fail(where, f"must be {what}, not {_description(value)}")
        return value

    def addition(self, content: Any, first: int) -> Addition:
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
        document = self._mapping(
            content, "", ("format", "recorded_at", "contract", "plan", "redaction", "interactions"),
            ("format", "interactions"),
        )  # fmt: skip
        if self._typed(document["format"], "format", int, "a number") < 1:
            raise self._fail("format", f"must be a number from 1 to {FORMAT}, not {document['format']}")
        interactions = self._typed(document["interactions"], "interactions", list, "a list")
        plan, redaction = document.get("plan"), document.get("redaction")
        return Addition(
            interactions=tuple(
                self.interaction(item, f"interactions[{number}]")
                for number, item in enumerate(interactions, first)
            ),
            recorded_at=_moment(document["recorded_at"]) if "recorded_at" in document else None,
            contract=str(document["contract"] or "") if "contract" in document else None,
            plan=None if plan is None else self._typed(plan, "plan", str, "a text"),
            redaction=None if redaction is None else self._typed(redaction, "redaction", dict, "a mapping"),
            format=document["format"],
        )

    def interaction(self, value: Any, where: str) -> Interaction:
        entry = self._mapping(
            value,
            where,
            ("operation", "request", "response", "credits", "ms", "run"),
            ("request", "response"),
        )
        request = self._mapping(
            entry["request"], f"{where}.request", ("method", "path", "query", "body"), ("method", "path")
        )
        response = self._mapping(
            entry["response"], f"{where}.response", ("status", "headers", "body", "text"), ("status",)
        )
        if "body" in response and "text" in response:
            raise self._fail(f"{where}.response", "has both body and text")
        operation, credits_ = entry.get("operation"), entry.get("credits")
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
            ms=float(self._typed(entry.get("ms", 0.0), f"{where}.ms", (int, float), "a number")),
            run=self._typed(entry.get("run", ""), f"{where}.run", str, "a text"),
        )

    def _query(self, value: Any, where: str) -> tuple[tuple[str, str], ...]:
        pairs = []
        for index, item in enumerate(self._typed(value, where, list, "a list of names and values")):
            pair = self._mapping(item, f"{where}[{index}]", ("name", "value"), ("name", "value"))
            for name, content in pair.items():
                if isinstance(content, list | dict):
                    raise self._fail(f"{where}[{index}].{name}", "must be a text")
            pairs.append((str(pair["name"]), str(pair["value"])))
        return tuple(pairs)

    def _json(self, value: Any, where: str, depth: int = 0) -> Any:
        """A value as JSON has it: a date that was written by hand is meant as text."""
        if depth > _DEEPEST:
            raise self._fail(where[:200], "is nested too deeply, or holds itself")
        if isinstance(value, dict):
            return {
                str(name): self._json(
                    item, f"{where}.{name if is_field_word(name) else masked(name)}", depth + 1
                )
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self._json(item, f"{where}[{index}]", depth + 1) for index, item in enumerate(value)]
        if isinstance(value, date | datetime):
            return value.isoformat()
        odd = isinstance(value, float) and not math.isfinite(value)
        if odd or not isinstance(value, str | int | float | None):
            raise self._fail(where, f"is no JSON: {type(value).__name__}")
        return value


def _moment(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value or "")

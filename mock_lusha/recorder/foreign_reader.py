"""Reading a file of recordings that another tool wrote, with the place of each mistake."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

import orjson

from mock_lusha.errors import DataFileError
from mock_lusha.recorder.cassette import CassetteError
from mock_lusha.recorder.charges import told
from mock_lusha.recorder.documents import problem_of
from mock_lusha.recorder.encodings import decoder
from mock_lusha.recorder.guard import is_loopback, price_of
from mock_lusha.recorder.interaction import Interaction, is_json, kept_headers, read_content
from mock_lusha.recorder.keys import keys_in
from mock_lusha.recorder.recorder import read_body
from mock_lusha.values import frozen
from mock_lusha.yamlfile import check_budget

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from mock_lusha.recorder.operations import Operations

LUSHA: Final = "api.lusha.com"


@frozen
class Imported:
    """What a file of another program held.

    ``interactions`` are not redacted: they are not to be written before a redactor has seen them.
    ``skipped`` names each call that was left out, and why; neither its path nor its query, which may name
    a person. ``secrets`` are the keys that headers of requests carried, whatever the host: a redactor is to
    look for them.
    """

    interactions: tuple[Interaction, ...]
    skipped: tuple[str, ...]
    secrets: tuple[str, ...]


@frozen
class ForeignRequest:
    """A request as a foreign file has it."""

    method: str
    url: SplitResult
    headers: Mapping[str, str]


@frozen
class ForeignAnswer:
    """The answer to it; ``content`` is decoded."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    content_type: str
    ms: float = 0.0


class ForeignReader:
    """What both kinds of files have in common: checks that name the place, and which calls are taken."""

    def __init__(self, path: Path, operations: Operations, hosts: Collection[str]) -> None:
        self._path = path
        self._operations = operations
        self._hosts = frozenset({LUSHA, *(host.lower() for host in hosts)})
        self._interactions: list[Interaction] = []
        self._skipped: list[str] = []
        self._secrets: list[str] = []

    def _result(self) -> Imported:
        return Imported(tuple(self._interactions), tuple(self._skipped), tuple(dict.fromkeys(self._secrets)))

    def _request(
        self, method: Any, url: Any, headers: Mapping[str, str], where: str, name: str
    ) -> ForeignRequest:
        method = self._text(method, f"{where}.method").upper()
        try:
            split = urlsplit(self._text(url, f"{where}.{name}"))
            host, _ = split.hostname, split.port
        except ValueError:
            host, split = None, SplitResult("", "", "", "", "")
        if not host or split.scheme not in {"http", "https"}:
            raise self._fail(f"{where}.{name}", "is no URL of http or https")
        self._secrets += keys_in(headers.items())
        return ForeignRequest(method, split, headers)

    def _accepts(self, request: ForeignRequest, where: str) -> bool:
        host = (request.url.hostname or "").lower()
        if {host, request.url.netloc.rpartition("@")[2].lower()} & self._hosts or is_loopback(
            request.url.geturl()
        ):
            return True
        self._skip(request, where, "another host")
        return False

    def _skip(self, request: ForeignRequest, where: str, why: str) -> None:
        self._skipped.append(f"{where}: {request.method} {request.url.hostname}: {why}")

    def _take(
        self,
        request: ForeignRequest,
        query: tuple[tuple[str, str], ...],
        body: bytes,
        answer: ForeignAnswer,
    ) -> None:
        path = unquote(request.url.path) or "/"
        operation = self._operations.find(request.method, path)
        value, has_body = read_body(body)
        content = read_content(answer.content, answer.content_type)
        self._interactions.append(
            Interaction(
                request.method,
                path,
                answer.status,
                operation=operation.id if operation else None,
                query=query,
                body=value,
                has_body=has_body,
                headers=kept_headers(answer.headers.items()),
                credits=told(price_of(operation), content.get("answer")) if operation else None,
                ms=answer.ms,
                **content,
            )
        )

    # The file

    def _raw(self) -> str:
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            raise CassetteError(self._path, "there is no such file") from None
        except OSError as error:
            raise CassetteError(self._path, f"cannot be read: {error.strerror or error}") from None
        try:
            return raw.decode("utf-8").removeprefix("\N{BOM}")  # some programs on Windows write one
        except UnicodeDecodeError as error:
            raise CassetteError(self._path, f"is damaged: byte {error.start} is not UTF-8") from None

    def _json(self, text: str) -> Any:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            raise CassetteError(self._path, f"is damaged: {place}: no JSON: {error.msg}") from None

    def _yaml(self, text: str) -> Any:
        import yaml  # noqa: PLC0415 - for files alone

        loader = None
        try:
            loader = (getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader)(text)  # it knows !!binary
            node = loader.get_single_node()
            if node is not None:
                check_budget(self._path, node)
            return None if node is None else loader.construct_document(node)
        except DataFileError as error:
            raise CassetteError(self._path, f"is damaged: line {error.line}: {error.message}") from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"line {mark.line + 1}: " if mark else ""
            raise CassetteError(self._path, f"is damaged: {where}{problem_of(error)}") from None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise CassetteError(self._path, f"is damaged: {problem_of(error)}") from None
        finally:
            if loader is not None:
                loader.dispose()

    # Checks

    def _fail(self, where: str, message: str) -> CassetteError:
        return CassetteError(self._path, f"cannot be imported: {where} {message}")

    def _mapping(self, value: Any, where: str, *required: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fail(where, f"must be a mapping, not {kind_of(value)}")
        for name in required:
            if name not in value:
                raise self._fail(where, f"has no {name}")
        return value

    def _list(self, value: Any, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise self._fail(where, f"must be a list, not {kind_of(value)}")
        return value

    def _text(self, value: Any, where: str) -> str:
        if not isinstance(value, str):
            raise self._fail(where, f"must be a text, not {kind_of(value)}")
        self._utf8(value, where)
        return value

    def _utf8(self, value: str, where: str) -> bytes:
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise self._fail(where, f"has half a character at {error.start}") from None

    def _integer(self, value: Any, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._fail(where, f"must be a whole number, not {kind_of(value)}")
        return value

    def _base64(self, value: Any, where: str) -> bytes:
        try:
            return base64.b64decode("".join(self._text(value, where).split()), validate=True)
        except (binascii.Error, ValueError):
            raise self._fail(where, "is no base64") from None

    def _decode(self, content: bytes, headers: Mapping[str, str], where: str) -> bytes:
        names = [name.strip().lower() for name in headers.get("content-encoding", "").split(",")]
        for name in reversed([name for name in names if name not in {"", "identity"}]):
            content = self._decode_one(content, name, where)
        return content

    def _decode_one(self, content: bytes, name: str, where: str) -> bytes:
        # Some clients are recorded after they have decoded, with the header as it came.
        if not content or is_json(content):
            return content
        decode = decoder(name)
        if decode is None:
            more = "install brotli, or record" if name == "br" else "record"
            raise self._fail(where, f"is encoded with {name}, which cannot be read here: {more} without it")
        try:
            return decode(content)
        except Exception as error:  # noqa: BLE001 - brotli has errors of its own, and several names
            if is_utf8(content) and not content.startswith(b"\x1f\x8b"):
                return content
            raise self._fail(where, f"is said to be {name}, and is not: {error}") from None


def kind_of(value: Any) -> str:
    """What a value is; the value itself may be personal data, and is left out of messages."""
    return "nothing" if value is None else type(value).__name__


def add_header(headers: dict[str, str], name: str, *values: str) -> None:
    """Headers in lower case; one that came several times has its values joined, as HTTP has it."""
    for value in values:
        before = headers.get(name.lower())
        headers[name.lower()] = value if before is None else f"{before}, {value}"


def is_utf8(content: bytes) -> bool:
    """Whether content can be read as UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True

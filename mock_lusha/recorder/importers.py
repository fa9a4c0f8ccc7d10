"""Imports recordings of other programs: cassettes of vcrpy and HAR files."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

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
_VCR_VERSION: Final = 1
_NO_TYPE: Final = frozenset({"", "x-unknown"})  # what browsers write where an answer has no type


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


def read_vcr(path: Path, operations: Operations, *, hosts: Collection[str] = ()) -> Imported:
    """Read a cassette of vcrpy, in YAML or JSON.

    Calls to api.lusha.com, to loopback and to ``hosts`` (``name`` or ``name:port``) are taken.

    Raises:
        CassetteError: the file is not there, damaged, of another format, holds Python objects, or an answer
            is encoded in a way that cannot be read here; it names the place.
    """
    return _Vcr(path, operations, hosts).read()


def read_har(path: Path, operations: Operations, *, hosts: Collection[str] = ()) -> Imported:
    """Read a HAR 1.2 file, as browsers and proxies export it.

    Calls to api.lusha.com, to loopback and to ``hosts`` (``name`` or ``name:port``) are taken; those that
    were never answered, or whose answer the exporter left out, are not.

    Raises:
        CassetteError: the file is not there, damaged or not HAR; the message names the place.
    """
    return _Har(path, operations, hosts).read()


# Reading


@frozen
class _ForeignRequest:
    """A request as a foreign file has it."""

    method: str
    url: SplitResult
    headers: Mapping[str, str]


@frozen
class _ForeignAnswer:
    """The answer to it; ``content`` is decoded."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    content_type: str
    ms: float = 0.0


class _Reader:
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
    ) -> _ForeignRequest:
        method = self._text(method, f"{where}.method").upper()
        try:
            split = urlsplit(self._text(url, f"{where}.{name}"))
            host, _ = split.hostname, split.port
        except ValueError:
            host, split = None, SplitResult("", "", "", "", "")
        if not host or split.scheme not in {"http", "https"}:
            raise self._fail(f"{where}.{name}", "is no URL of http or https")
        self._secrets += keys_in(headers.items())
        return _ForeignRequest(method, split, headers)

    def _accepts(self, request: _ForeignRequest, where: str) -> bool:
        host = (request.url.hostname or "").lower()
        if {host, request.url.netloc.rpartition("@")[2].lower()} & self._hosts or is_loopback(
            request.url.geturl()
        ):
            return True
        self._skip(request, where, "another host")
        return False

    def _skip(self, request: _ForeignRequest, where: str, why: str) -> None:
        self._skipped.append(f"{where}: {request.method} {request.url.hostname}: {why}")

    def _take(
        self,
        request: _ForeignRequest,
        query: tuple[tuple[str, str], ...],
        body: bytes,
        answer: _ForeignAnswer,
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
            raise self._fail(where, f"must be a mapping, not {_kind(value)}")
        for name in required:
            if name not in value:
                raise self._fail(where, f"has no {name}")
        return value

    def _list(self, value: Any, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise self._fail(where, f"must be a list, not {_kind(value)}")
        return value

    def _text(self, value: Any, where: str) -> str:
        if not isinstance(value, str):
            raise self._fail(where, f"must be a text, not {_kind(value)}")
        self._utf8(value, where)
        return value

    def _utf8(self, value: str, where: str) -> bytes:
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise self._fail(where, f"has half a character at {error.start}") from None

    def _integer(self, value: Any, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._fail(where, f"must be a whole number, not {_kind(value)}")
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
            if _is_utf8(content) and not content.startswith(b"\x1f\x8b"):
                return content
            raise self._fail(where, f"is said to be {name}, and is not: {error}") from None


class _Vcr(_Reader):
    """vcrpy: ``{version: 1, interactions: [{request: {...}, response: {...}}]}``."""

    def read(self) -> Imported:
        content = self._content(self._raw())
        if isinstance(content, list):
            raise self._fail("the document", "is of a vcrpy before 1.0: migrate it with vcrpy first")
        # The version stands last in YAML: a file that was cut between two interactions has none.
        document = self._mapping(content, "the document", "interactions", "version")
        if document["version"] != _VCR_VERSION or isinstance(document["version"], bool):
            raise self._fail("version", f"must be {_VCR_VERSION}, the one that is known")
        for index, entry in enumerate(self._list(document["interactions"], "interactions")):
            where = f"interactions[{index}]"
            pair = self._mapping(entry, where, "request", "response")
            self._call(pair["request"], pair["response"], where)
        return self._result()

    def _content(self, text: str) -> Any:
        # JSON is not read as YAML: a character beyond the first 65536 is two escapes there.
        if self._path.suffix.lower() == ".json":
            return self._json(text)
        if text.lstrip().startswith("{"):
            try:
                return self._json(text)
            except CassetteError:
                pass
        return self._yaml(text)

    def _call(self, value: Any, response: Any, where: str) -> None:
        place = f"{where}.request"
        fields = self._mapping(value, place, "method", "uri")
        headers = self._headers(fields.get("headers"), f"{place}.headers")
        request = self._request(fields["method"], fields["uri"], headers, place, "uri")
        if not self._accepts(request, where):
            return
        body = self._decode(self._bytes(fields.get("body"), f"{place}.body"), headers, f"{place}.body")
        query = tuple(parse_qsl(request.url.query, keep_blank_values=True))
        self._take(request, query, body, self._answer(response, f"{where}.response"))

    def _answer(self, response: Any, where: str) -> _ForeignAnswer:
        fields = self._mapping(response, where)
        headers = self._headers(fields.get("headers"), f"{where}.headers")
        if "status_code" in fields:  # as it was written for httpx before vcrpy 6
            status, body, place = fields["status_code"], fields.get("content"), f"{where}.content"
            code = self._integer(status, f"{where}.status_code")
        else:
            self._mapping(fields, where, "status", "body")
            status = self._mapping(fields["status"], f"{where}.status", "code")
            code = self._integer(status["code"], f"{where}.status.code")
            body, place = fields["body"], f"{where}.body"
        content = self._decode(self._bytes(body, place), headers, place)
        return _ForeignAnswer(code, headers, content, headers.get("content-type", ""))

    def _bytes(self, value: Any, where: str) -> bytes:
        if value is None:
            return b""
        if isinstance(value, bytes):
            return value
        if isinstance(value, str):
            return self._utf8(value, where)
        fields = self._mapping(value, where)
        if "base64_string" in fields:
            return self._base64(fields["base64_string"], f"{where}.base64_string")
        self._mapping(fields, where, "string")
        if isinstance(fields["string"], dict):
            raise self._fail(f"{where}.string", "must be a text, not a mapping")
        return self._bytes(fields["string"], f"{where}.string")

    def _headers(self, value: Any, where: str) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, values in self._mapping({} if value is None else value, where).items():
            place = f"{where}.{name}"
            items = values if isinstance(values, list) else [values]
            _add(headers, self._text(name, where), *(self._header(item, place) for item in items))
        return headers

    def _header(self, value: Any, where: str) -> str:
        if isinstance(value, bytes):
            return value.decode("latin-1")
        # A number that was written by hand is meant as text.
        return str(value) if type(value) in {int, float} else self._text(value, where)


class _Har(_Reader):
    """HAR 1.2: ``{log: {entries: [{request: {...}, response: {...}, time}]}}``."""

    def read(self) -> Imported:
        document = self._mapping(self._json(self._raw()), "the document", "log")
        log = self._mapping(document["log"], "log", "entries")
        for index, entry in enumerate(self._list(log["entries"], "log.entries")):
            where = f"log.entries[{index}]"
            self._call(self._mapping(entry, where, "request", "response"), where)
        return self._result()

    def _call(self, entry: dict[str, Any], where: str) -> None:
        place = f"{where}.request"
        fields = self._mapping(entry["request"], place, "method", "url")
        request_headers = self._headers(fields.get("headers"), f"{place}.headers")
        request = self._request(fields["method"], fields["url"], request_headers, place, "url")
        if not self._accepts(request, where):
            return
        response = self._mapping(entry["response"], f"{where}.response", "status")
        status = self._integer(response["status"], f"{where}.response.status")
        content = self._mapping(response.get("content") or {}, f"{where}.response.content")
        size = content.get("size")
        if status < 100:
            self._skip(request, where, "it was not answered")
        elif content.get("text") is None and isinstance(size, int | float) and size > 0:
            self._skip(request, where, "its answer was not saved")
        else:
            headers = self._headers(response.get("headers"), f"{where}.response.headers")
            answer = _ForeignAnswer(
                status,
                headers,
                self._content(content, f"{where}.response.content"),
                self._type(content, headers, f"{where}.response.content"),
                self._time(entry.get("time"), f"{where}.time"),
            )
            body = self._post_data(fields.get("postData"), f"{place}.postData")
            self._take(request, self._query(fields, request, place), body, answer)

    def _type(self, content: dict[str, Any], headers: Mapping[str, str], where: str) -> str:
        mime_type = self._text(content.get("mimeType") or "", f"{where}.mimeType")
        return headers.get("content-type", "") if mime_type.lower() in _NO_TYPE else mime_type

    def _content(self, content: dict[str, Any], where: str) -> bytes:
        """The bytes of a content or of posted data; HAR has them decoded already."""
        if content.get("text") is None:
            return b""
        if self._text(content.get("encoding") or "", f"{where}.encoding").lower() == "base64":
            return self._base64(content["text"], f"{where}.text")
        return self._text(content["text"], f"{where}.text").encode()

    def _post_data(self, value: Any, where: str) -> bytes:
        fields = self._mapping({} if value is None else value, where)
        if fields.get("text") is None and fields.get("params"):
            return urlencode(self._pairs(fields["params"], f"{where}.params")).encode()
        return self._content(fields, where)

    def _query(
        self, fields: dict[str, Any], request: _ForeignRequest, where: str
    ) -> tuple[tuple[str, str], ...]:
        if request.url.query or not fields.get("queryString"):
            return tuple(parse_qsl(request.url.query, keep_blank_values=True))
        return tuple(self._pairs(fields["queryString"], f"{where}.queryString"))

    def _pairs(self, value: Any, where: str) -> list[tuple[str, str]]:
        pairs = []
        for index, item in enumerate(self._list([] if value is None else value, where)):
            place = f"{where}[{index}]"
            pair = self._mapping(item, place, "name")
            content = self._text(pair.get("value", ""), f"{place}.value")
            pairs.append((self._text(pair["name"], f"{place}.name"), content))
        return pairs

    def _headers(self, value: Any, where: str) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, content in self._pairs(value, where):
            _add(headers, name, content)
        return headers

    def _time(self, value: Any, where: str) -> float:
        if value is None:
            return 0.0
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._fail(where, f"must be a number, not {_kind(value)}")
        return max(float(value), 0.0)  # -1 says that it is not known


def _kind(value: Any) -> str:
    """What a value is; the value itself may be personal data, and is left out of messages."""
    return "nothing" if value is None else type(value).__name__


def _add(headers: dict[str, str], name: str, *values: str) -> None:
    """Headers in lower case; one that came several times has its values joined, as HTTP has it."""
    for value in values:
        before = headers.get(name.lower())
        headers[name.lower()] = value if before is None else f"{before}, {value}"


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True

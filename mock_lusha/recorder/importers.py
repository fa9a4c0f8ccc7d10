"""Imports recordings of other programs: cassettes of vcrpy and HAR files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from mock_lusha.recorder.cassette import CassetteError
from mock_lusha.recorder.foreign_reader import (
    ForeignAnswer,
    ForeignReader,
    ForeignRequest,
    Imported,
    add_header,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from mock_lusha.recorder.operations import Operations

_VCR_VERSION: Final = 1
_NO_TYPE: Final = frozenset({"", "x-unknown"})  # what browsers write where an answer has no type


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


class _Vcr(ForeignReader):
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

    def _answer(self, response: Any, where: str) -> ForeignAnswer:
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
        return ForeignAnswer(code, headers, content, headers.get("content-type", ""))

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
            add_header(headers, self._text(name, where), *(self._header(item, place) for item in items))
        return headers

    def _header(self, value: Any, where: str) -> str:
        if isinstance(value, bytes):
            return value.decode("latin-1")
        # A number that was written by hand is meant as text.
        return str(value) if type(value) in {int, float} else self._text(value, where)


class _Har(ForeignReader):
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
            answer = ForeignAnswer(
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
        self, fields: dict[str, Any], request: ForeignRequest, where: str
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
            add_header(headers, name, content)
        return headers

    def _time(self, value: Any, where: str) -> float:
        if value is None:
            return 0.0
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._fail(where, f"must be a number, not {kind_of(value)}")
        return max(float(value), 0.0)  # -1 says that it is not known

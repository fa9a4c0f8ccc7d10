"""Recordings of vcrpy and HAR files are read, and HAR files are made."""

from __future__ import annotations

import base64
import gzip
import json
import sys
import warnings
import zlib
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
import vcr
import vcr.serialize
import yaml
from hypothesis import given
from hypothesis import strategies as st
from recorder.recorded_call import ANSWER, COMPANY, READ
from vcr.request import Request
from vcr.serializers import jsonserializer, yamlserializer

from mock_lusha import MockServer
from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.cassette import Cassette, CassetteError, load, save
from mock_lusha.recorder.foreign_reader import Imported
from mock_lusha.recorder.importers import read_har, read_vcr
from mock_lusha.recorder.operations import Operations
from mock_lusha.recorder.recorder import Recorder
from mock_lusha.recorder.transport import RecorderTransport

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Reader = Callable[..., Imported]

OPERATIONS = Operations(Registry.load())
KEY = "a-key-to-be-found-4711"
HEADERS = {
    "Content-Type": ["application/json"],
    "X-Daily-Usage": ["1"],
    "Set-Cookie": ["session=a", "b=c"],
    "Server": ["nginx"],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recording"


def packed(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def vcr_call(content: Any = ANSWER, **changes: Any) -> dict[str, Any]:
    """An interaction as vcrpy writes it; changes are of the request, of ``status``, or ``answer_headers``."""
    given = {"method": "GET", "uri": COMPANY, "body": None, "headers": {"api_key": [KEY]}} | changes
    code, headers = given.pop("status", 200), given.pop("answer_headers", HEADERS)
    body = content if isinstance(content, bytes | str) or content is None else packed(content).decode()
    response = {"status": {"code": code, "message": "OK"}, "headers": headers, "body": {"string": body}}
    return {"request": given, "response": response}


def vcr_file(path: Path, *calls: Any, **more: Any) -> Path:
    path.write_text(yaml.safe_dump({"interactions": list(calls), "version": 1} | more), encoding="utf-8")
    return path


def har_call(text: str | None = None, **changes: Any) -> dict[str, Any]:
    """An entry as browsers write it; changes are of the request, ``status``, ``content`` or ``time``."""
    time, status = changes.pop("time", 12.5), changes.pop("status", 200)
    text = packed(ANSWER).decode() if text is None else text
    content = changes.pop("content", {"size": len(text), "mimeType": "application/json", "text": text})
    request = {"method": "GET", "url": COMPANY, "headers": [{"name": "api_key", "value": KEY}]} | changes
    headers = [{"name": name, "value": value} for name, values in HEADERS.items() for value in values]
    response = {"status": status, "statusText": "OK", "headers": headers, "content": content}
    return {"startedDateTime": "2026-03-31T12:00:00Z", "time": time, "request": request, "response": response}


def har_file(path: Path, *calls: Any) -> Path:
    path.write_bytes(packed({"log": {"version": "1.2", "entries": list(calls)}}))
    return path


# vcrpy


CLIENTS: dict[str, Callable[[str], Any]] = {
    "httpx": lambda url: httpx.Client(base_url=url, headers={"api_key": KEY}, trust_env=False),
    "requests": lambda url: requests.Session(),
}
CALLS: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/v2/company?domain=acme.com", None),
    ("POST", "/v2/company", {"companies": [{"id": "1", "domain": "acme.com"}, {"id": "2", "name": "Né"}]}),
    ("GET", "/v2/person?firstName=Jane&lastName=Doe&companyDomain=acme.com", None),
    ("GET", "/v2/company", None),
    ("GET", "/account/usage", None),
)


@pytest.mark.parametrize("serializer", ["yaml", "json"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_cassette_that_vcrpy_wrote_imports_and_replays(
    client: str, serializer: str, tmp_path: Path
) -> None:
    written, path = tmp_path / f"theirs.{serializer}", tmp_path / "ours.yaml"
    answers = []
    with MockServer() as server, warnings.catch_warnings(), CLIENTS[client](server.url) as session:
        warnings.simplefilter("ignore")  # what vcrpy itself leaves open or deprecates is not ours to judge
        with vcr.use_cassette(str(written), serializer=serializer):
            for method, target, body in CALLS:
                url = target if client == "httpx" else server.url + target
                answers.append(session.request(method, url, json=body, headers={"api_key": KEY}))

    imported = read_vcr(written, OPERATIONS)
    save(Cassette(imported.interactions), path)

    assert (imported.skipped, imported.secrets) == ((), (KEY,))
    assert KEY not in path.read_text(encoding="utf-8")
    assert all(each.operation for each in imported.interactions)
    assert [each.status for each in imported.interactions] == [200, 200, 200, 400, 200]
    assert load(path).interactions == imported.interactions
    with httpx.Client(
        base_url="https://api.lusha.com", transport=RecorderTransport(Recorder(path, "none"))
    ) as replaying:
        for (method, target, body), answer in zip(CALLS, answers, strict=True):
            again = replaying.request(method, target, json=body)
            assert (again.status_code, again.json()) == (answer.status_code, answer.json())
            assert again.headers["x-daily-usage"] == answer.headers["x-daily-usage"]


BODIES = st.none() | st.text(st.characters(exclude_categories=["Cs"])).map(str.encode) | st.binary()


@pytest.mark.parametrize(("serializer", "suffix"), [(yamlserializer, ".yaml"), (jsonserializer, ".json")])
@given(body=BODIES, answer=BODIES)
def test_whatever_bytes_vcrpy_writes_are_read(
    serializer: Any, suffix: str, place: Path, body: bytes | None, answer: bytes | None
) -> None:
    request = Request("POST", "https://api.lusha.com/v2/person", body, {"api_key": KEY})
    response = {"status": {"code": 200, "message": None}, "headers": {"X": ["a"]}, "body": {"string": answer}}
    try:
        text = vcr.serialize.serialize({"requests": [request], "responses": [response]}, serializer)
    except TypeError:  # vcrpy puts no binary data into JSON
        return
    path = place.with_suffix(suffix)
    path.write_bytes(text.encode())

    (read,) = read_vcr(path, OPERATIONS).interactions

    assert read.has_body is bool((body or b"").strip())
    if read.text is not None:
        assert read.text == (answer or b"").decode("utf-8", "replace")
    elif read.has_answer:
        assert read.answer == json.loads(answer or b"")
    else:
        assert not answer


def test_a_call_is_read_with_what_is_recorded_of_it(path: Path) -> None:
    read = read_vcr(vcr_file(path, vcr_call()), OPERATIONS)

    assert read == Imported((READ,), (), (KEY,))


def zipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def raw_deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


ENCODED: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "as text": ("", bytes.decode),
    "as bytes": ("", bytes),
    "in base64": ("", lambda raw: {"base64_string": base64.b64encode(raw).decode()}),
    "in base64 of lines": ("", lambda raw: {"base64_string": base64.encodebytes(raw).decode()}),
    "identity": ("identity", bytes),
    "gzip": ("gzip", zipped),
    "x-gzip": ("X-GZip", zipped),
    "gzip in base64": ("gzip", lambda raw: {"base64_string": base64.b64encode(zipped(raw)).decode()}),
    "deflate": ("deflate", zlib.compress),
    "deflate without its head": ("deflate", raw_deflated),
    "deflate, then gzip": ("deflate, gzip", lambda raw: zipped(zlib.compress(raw))),
    "gzip by name only": ("gzip", bytes),
    "brotli by name only": ("br", bytes),
}


@pytest.mark.parametrize("case", ENCODED)
def test_an_answer_is_read_however_it_is_packed(case: str, path: Path) -> None:
    encoding, pack = ENCODED[case]
    call = vcr_call(answer_headers=HEADERS | {"content-encoding": [encoding]})
    body = pack(packed(ANSWER))
    call["response"]["body"] = body if isinstance(body, dict) else {"string": body}

    assert read_vcr(vcr_file(path, call), OPERATIONS).interactions == (READ,)


def test_an_answer_of_httpx_before_vcrpy_6_is_read(path: Path) -> None:
    call = vcr_call()
    call["response"] = {
        "status_code": 200, "http_version": "HTTP/1.1", "headers": HEADERS, "content": packed(ANSWER).decode()
    }  # fmt: skip

    assert read_vcr(vcr_file(path, call), OPERATIONS).interactions == (READ,)


def test_brotli_is_read_where_it_is_installed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call = vcr_call(b"\xff\xfe", answer_headers=HEADERS | {"Content-Encoding": ["br"]})
    monkeypatch.setitem(sys.modules, "brotli", SimpleNamespace(decompress=lambda raw: packed(ANSWER)))

    assert read_vcr(vcr_file(path, call), OPERATIONS).interactions == (READ,)


def test_a_text_that_a_client_unpacked_before_it_was_recorded_is_read(path: Path) -> None:
    call = vcr_call("<html>é", status=502, answer_headers={"Content-Encoding": ["gzip"]})

    (read,) = read_vcr(vcr_file(path, call), OPERATIONS).interactions

    assert (read.status, read.text) == (502, "<html>é")


def test_headers_are_read_as_bytes_and_numbers_too(path: Path) -> None:
    headers = {"X-Daily-Usage": 7, "Retry-After": [b"30"], "Sunset": ["a", "b"]}

    (read,) = read_vcr(vcr_file(path, vcr_call(answer_headers=headers)), OPERATIONS).interactions

    assert read.headers == {"x-daily-usage": "7", "retry-after": "30", "sunset": "a, b"}


UNPACKED: dict[str, tuple[str, bytes, str]] = {
    "brotli": ("br", b"\xff", "is encoded with br, which cannot be read here: install brotli, or record"),
    "zstd": ("zstd", b"\xff", "is encoded with zstd, which cannot be read here: record without it"),
    "gzip that was cut": ("gzip", zipped(packed(ANSWER))[:20], "is said to be gzip, and is not: "),
    "no deflate": ("deflate", b"\xff\xff", "is said to be deflate, and is not: "),
}


@pytest.mark.parametrize("case", UNPACKED)
def test_an_answer_that_cannot_be_unpacked_is_an_error_with_its_place(
    case: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoding, content, message = UNPACKED[case]
    for module in ("brotli", "brotlicffi"):
        monkeypatch.setitem(sys.modules, module, None)
    call = vcr_call(content, answer_headers={"Content-Encoding": [encoding]})

    with pytest.raises(CassetteError) as caught:
        read_vcr(vcr_file(path, vcr_call(), call), OPERATIONS)

    assert str(caught.value).startswith(
        f"{path}: cannot be imported: interactions[1].response.body {message}"
    )


SENT: dict[str, tuple[Any, Any, bool]] = {
    "nothing": (None, None, False),
    "an empty text": ("", None, False),
    "JSON": ('{"contacts": [null]}', {"contacts": [None]}, True),
    "bytes of JSON": (b'{"a": "\xc3\xa9"}', {"a": "é"}, True),
    "null": ("null", None, True),
    "JSON that was cut": ('{"a"', '{"a"', True),
}


@pytest.mark.parametrize("case", SENT)
def test_what_was_sent_is_read_as_json(case: str, path: Path) -> None:
    body, value, has_body = SENT[case]

    (read,) = read_vcr(vcr_file(path, vcr_call(method="post", body=body)), OPERATIONS).interactions

    assert (read.method, read.body, read.has_body) == ("POST", value, has_body)


# Whose calls are taken


HOSTS: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "Lusha": ("https://api.lusha.com/v2/person", (), True),
    "Lusha in capitals": ("https://API.Lusha.com:443/v2/person", (), True),
    "loopback": ("http://127.0.0.1:8765/v2/person", (), True),
    "localhost": ("http://localhost/v2/person", (), True),
    "loopback of IPv6": ("http://[::1]:80/v2/person", (), True),
    "another": ("https://api.example.com/v2/person", (), False),
    "another of Lusha's": ("https://dashboard.lusha.com/v2/person", (), False),
    "one that looks like it": ("https://api.lusha.com.example.com/v2/person", (), False),
    "one behind a name": ("https://api.lusha.com@example.com/v2/person", (), False),
    "named": ("https://api.example.com/v2/person", ("API.example.com",), True),
    "named with its port": ("http://proxy:8080/v2/person", ("proxy:8080",), True),
    "named with another port": ("http://proxy:80/v2/person", ("proxy:8080",), False),
}


@pytest.mark.parametrize("case", HOSTS)
def test_calls_of_other_hosts_are_left_out_and_told(case: str, tmp_path: Path) -> None:
    url, hosts, taken = HOSTS[case]
    theirs = vcr_file(tmp_path / "vcr", vcr_call(), vcr_call(uri=url))
    har = har_file(tmp_path / "har", har_call(), har_call(url=url))

    for read, where in (
        (read_vcr(theirs, OPERATIONS, hosts=hosts), "interactions[1]"),
        (read_har(har, OPERATIONS, hosts=hosts), "log.entries[1]"),
    ):
        assert [each.path for each in read.interactions[1:]] == ["/v2/person"] * taken
        assert len(read.skipped) == (not taken)
        assert all(each.startswith(f"{where}: GET ") for each in read.skipped)
        assert all(each.endswith(": another host") for each in read.skipped)


def test_what_is_told_of_a_call_that_was_left_out_holds_nobody(path: Path) -> None:
    url = "https://jane:secret@example.com/people/jane?email=jane@example.com#jane"

    read = read_vcr(vcr_file(path, vcr_call(uri=url)), OPERATIONS)

    assert read.skipped == ("interactions[0]: GET example.com: another host",)


KEYS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "as documented": ({"api_key": ["one"]}, ("one",)),
    "in other spellings": (
        {"Api-Key": ["one"], "X-API-KEY": "two", "apikey": ["three"]},
        ("one", "two", "three"),
    ),
    "as a bearer": ({"Authorization": ["Bearer one"]}, ("Bearer one", "one")),
    "twice": ({"api_key": ["one"], "x-api-key": ["one"]}, ("one",)),
    "empty": ({"api_key": [" "]}, ()),
    "none": ({"accept": ["*/*"]}, ()),
}


@pytest.mark.parametrize("case", KEYS)
def test_keys_are_told_and_stand_nowhere_else(case: str, path: Path) -> None:
    headers, secrets = KEYS[case]

    read = read_vcr(vcr_file(path, vcr_call(headers=headers)), OPERATIONS)

    assert read == Imported((READ,), (), secrets)


def test_the_key_of_a_call_that_is_left_out_is_told_too(path: Path) -> None:
    read = read_har(har_file(path, har_call(url="https://proxy.example.com/v2/person")), OPERATIONS)

    assert (read.interactions, read.secrets) == ((), (KEY,))


# HAR


def test_an_entry_is_read_with_what_is_recorded_of_it(path: Path) -> None:
    read = read_har(har_file(path, har_call()), OPERATIONS)

    assert read == Imported((replace(READ, ms=12.5),), (), (KEY,))


CONTENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "JSON": ({"mimeType": "application/json", "text": "[1]"}, {"answer": [1], "has_answer": True}),
    "base64": (
        {"mimeType": "application/json", "text": base64.b64encode(b"[1]").decode(), "encoding": "base64"},
        {"answer": [1], "has_answer": True},
    ),
    "text": ({"mimeType": "text/html", "text": "<html>"}, {"text": "<html>"}),
    "of the header's type": ({"mimeType": "x-unknown", "text": "{}"}, {"answer": {}, "has_answer": True}),
    "without a type": ({"text": "{}"}, {"answer": {}, "has_answer": True}),
    "empty": ({"size": 0, "mimeType": "application/json", "text": ""}, {}),
    "nothing": ({"size": 0, "mimeType": "application/json"}, {}),
    "no content": ({}, {}),
}


@pytest.mark.parametrize("case", CONTENTS)
def test_content_is_read_by_its_type(case: str, path: Path) -> None:
    content, fields = CONTENTS[case]

    (read,) = read_har(har_file(path, har_call(content=content)), OPERATIONS).interactions

    bare = replace(READ, answer=None, has_answer=False, credits=None, ms=12.5)
    assert read == replace(bare, **fields)


POSTED: dict[str, tuple[Any, Any, bool]] = {
    "JSON": ({"mimeType": "application/json", "text": '{"a": 1}'}, {"a": 1}, True),
    "null": ({"text": "null"}, None, True),
    "fields": ({"params": [{"name": "a", "value": "b c"}, {"name": "d"}]}, "a=b+c&d=", True),
    "empty": ({"mimeType": "", "text": ""}, None, False),
    "nothing": (None, None, False),
}


@pytest.mark.parametrize("case", POSTED)
def test_posted_data_is_read_as_json(case: str, path: Path) -> None:
    posted, body, has_body = POSTED[case]

    (read,) = read_har(har_file(path, har_call(postData=posted)), OPERATIONS).interactions

    assert (read.body, read.has_body) == (body, has_body)


def test_a_query_is_read_from_its_list_where_the_url_has_none(path: Path) -> None:
    pairs = [{"name": "domain", "value": "a b.com"}]
    url = "https://api.lusha.com/v2/company"

    read = read_har(
        har_file(path, har_call(url=url, queryString=pairs), har_call(url=f"{url}?x=1", queryString=pairs)),
        OPERATIONS,
    )

    assert [each.query for each in read.interactions] == [(("domain", "a b.com"),), (("x", "1"),)]


UNANSWERED: dict[str, tuple[dict[str, Any], str]] = {
    "never answered": ({"status": 0}, "it was not answered"),
    "not saved": ({"content": {"size": 17, "mimeType": "application/json"}}, "its answer was not saved"),
}


@pytest.mark.parametrize("case", UNANSWERED)
def test_a_call_without_its_answer_is_left_out_and_told(case: str, path: Path) -> None:
    change, why = UNANSWERED[case]

    read = read_har(har_file(path, har_call(**change), har_call()), OPERATIONS)

    assert read.skipped == (f"log.entries[0]: GET api.lusha.com: {why}",)
    assert len(read.interactions) == 1


def test_times_that_are_not_known_are_none(path: Path) -> None:
    read = read_har(har_file(path, har_call(time=-1), har_call(time=None), har_call(time=3)), OPERATIONS)

    assert [each.ms for each in read.interactions] == [0.0, 0.0, 3.0]


def test_a_mark_of_byte_order_is_passed_over(path: Path) -> None:
    har_file(path, har_call())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert len(read_har(path, OPERATIONS).interactions) == 1


# Bad files


DAMAGED: dict[str, tuple[Reader, bytes, str]] = {
    "vcrpy: nothing": (read_vcr, b"", "cannot be imported: the document must be a mapping, not nothing"),
    "vcrpy: no UTF-8": (read_vcr, b"a: \xff", "is damaged: byte 3 is not UTF-8"),
    "vcrpy: no YAML": (read_vcr, b"interactions: [\n", "is damaged: line 2: "),
    "vcrpy: no JSON": (read_vcr, b'{"interactions": [', "is damaged: line "),
    "vcrpy: too deep": (read_vcr, b"- " * 50_000, "is damaged: "),
    "vcrpy: an object of Python": (
        read_vcr,
        b"version: 1\ninteractions: !!python/object/apply:os.system [ls]\n",
        "is damaged: line 2: could not determine a constructor for the tag",
    ),
    "vcrpy: an open file": (
        read_vcr,
        b"a: !!python/object/new:_io.BytesIO {state: [x]}\n",
        "is damaged: line 1: could not determine a constructor for the tag",
    ),
    "vcrpy: no base64": (read_vcr, b"a: !!binary x\n", "is damaged: line 1: failed to decode base64 data"),
    "vcrpy: a day that is none": (read_vcr, b"a: 2026-02-31\n", "is damaged: day is out of range"),
    "vcrpy: before 1.0": (
        read_vcr,
        b"- request: {}\n  response: {}\n",
        "cannot be imported: the document is of a vcrpy before 1.0",
    ),
    "vcrpy: a later format": (
        read_vcr,
        b"interactions: []\nversion: 2\n",
        "cannot be imported: version must be 1, the one that is known",
    ),
    "vcrpy: cut before its version": (
        read_vcr, b"interactions: []\n", "cannot be imported: the document has no version"
    ),
    "HAR: nothing": (read_har, b"", "is damaged: line 1, column 1: no JSON: "),
    "HAR: no UTF-8": (read_har, b'{"log": "\xff"}', "is damaged: byte 9 is not UTF-8"),
    "HAR: cut": (read_har, b'{"log": {\n"entries": [', "is damaged: line 2, column "),
    "HAR: half a character": (read_har, b'{"log": "\\ud800"}', "is damaged: line 1, column "),
    "HAR: too deep": (read_har, b"[" * 100_000, "is damaged: line 1, column "),
    "HAR: a list": (read_har, b"[]", "cannot be imported: the document must be a mapping, not list"),
    "HAR: no log": (read_har, b"{}", "cannot be imported: the document has no log"),
    "HAR: no entries": (read_har, b'{"log": {}}', "cannot be imported: log has no entries"),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_says_why_and_where(case: str, path: Path) -> None:
    read, content, message = DAMAGED[case]
    path.write_bytes(content)

    with pytest.raises(CassetteError) as caught:
        read(path, OPERATIONS)

    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize("read", [read_vcr, read_har])
def test_a_file_that_cannot_be_opened_says_so(read: Reader, path: Path) -> None:
    with pytest.raises(CassetteError, match="there is no such file"):
        read(path, OPERATIONS)
    path.mkdir()
    with pytest.raises(CassetteError, match="cannot be read: Is a directory"):
        read(path, OPERATIONS)


FILES: dict[str, tuple[Reader, Callable[..., Path], Callable[..., Any], str]] = {
    "vcrpy": (read_vcr, vcr_file, vcr_call, ""),
    "vcrpy in JSON": (read_vcr, vcr_file, vcr_call, ".json"),
    "HAR": (read_har, har_file, har_call, ""),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_was_cut_is_never_a_shorter_recording(case: str, path: Path) -> None:
    read, write, call, suffix = FILES[case]
    write(path, call(), call(), call())
    if suffix:
        path.write_bytes(packed(yaml.safe_load(path.read_bytes())))
    whole, content = read(path, OPERATIONS), path.read_bytes()

    for end in range(0, len(content), 3):
        path.write_bytes(content[:end])
        try:
            found = read(path, OPERATIONS)
        except CassetteError:
            continue
        assert found == whole, end


def without(node: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name not in names}


def shaped(call: dict[str, Any], part: str, **changes: Any) -> dict[str, Any]:
    return call | {part: call[part] | changes}


SHAPES: dict[str, tuple[str, Any, str]] = {
    "vcrpy: a text": ("vcrpy", "GET", "interactions[1] must be a mapping, not str"),
    "vcrpy: no request": ("vcrpy", without(vcr_call(), "request"), "interactions[1] has no request"),
    "vcrpy: no response": ("vcrpy", without(vcr_call(), "response"), "interactions[1] has no response"),
    "vcrpy: no method": (
        "vcrpy", {"request": {"uri": COMPANY}, "response": {}}, "interactions[1].request has no method"
    ),
    "vcrpy: a method of null": (
        "vcrpy", vcr_call(method=None), "interactions[1].request.method must be a text, not nothing"
    ),
    "vcrpy: no URL": ("vcrpy", vcr_call(uri="/v2/company"), "interactions[1].request.uri is no URL"),
    "vcrpy: a broken URL": ("vcrpy", vcr_call(uri="http://[::1/"), "interactions[1].request.uri is no URL"),
    "vcrpy: a broken port": ("vcrpy", vcr_call(uri="http://a:b/"), "interactions[1].request.uri is no URL"),
    "vcrpy: a body of numbers": (
        "vcrpy", vcr_call(body=5), "interactions[1].request.body must be a mapping, not int"
    ),
    "vcrpy: headers in a list": (
        "vcrpy", vcr_call(headers=["a"]), "interactions[1].request.headers must be a mapping, not list"
    ),
    "vcrpy: a header of null": (
        "vcrpy", vcr_call(headers={"a": [None]}), "interactions[1].request.headers.a must be a text, not "
    ),
    "vcrpy: a status of text": (
        "vcrpy", vcr_call(status="200"), "interactions[1].response.status.code must be a whole number"
    ),
    "vcrpy: no status": (
        "vcrpy", vcr_call() | {"response": {"body": {"string": ""}}}, "interactions[1].response has no status"
    ),
    "vcrpy: no body": (
        "vcrpy", vcr_call() | {"response": {"status": {"code": 1}}}, "interactions[1].response has no body"
    ),
    "vcrpy: an unknown body": (
        "vcrpy", shaped(vcr_call(), "response", body={"text": ""}),
        "interactions[1].response.body has no string",
    ),
    "vcrpy: a body in a body": (
        "vcrpy", shaped(vcr_call(), "response", body={"string": {"string": ""}}),
        "interactions[1].response.body.string must be a text, not a mapping",
    ),
    "vcrpy: no base64": (
        "vcrpy", shaped(vcr_call(), "response", body={"base64_string": "?"}),
        "interactions[1].response.body.base64_string is no base64",
    ),
    "HAR: no request": ("HAR", without(har_call(), "request"), "log.entries[1] has no request"),
    "HAR: no URL": ("HAR", har_call(url=""), "log.entries[1].request.url is no URL of http or https"),
    "HAR: headers by name": ("HAR", har_call(headers={}), "log.entries[1].request.headers must be a list"),
    "HAR: a header without name": (
        "HAR", har_call(headers=[{"value": "x"}]), "log.entries[1].request.headers[0] has no name"
    ),
    "HAR: no status": ("HAR", har_call() | {"response": {}}, "log.entries[1].response has no status"),
    "HAR: a status of text": (
        "HAR", har_call(status="200"), "log.entries[1].response.status must be a whole number, not str"
    ),
    "HAR: content of text": (
        "HAR", har_call(content="x"), "log.entries[1].response.content must be a mapping, not str"
    ),
    "HAR: a text of numbers": (
        "HAR", har_call(content={"text": 5}), "log.entries[1].response.content.text must be a text, not int"
    ),
    "HAR: no base64": (
        "HAR", har_call(content={"text": "é", "encoding": "base64"}),
        "log.entries[1].response.content.text is no base64",
    ),
    "HAR: a time of text": ("HAR", har_call(time="1"), "log.entries[1].time must be a number, not str"),
    "HAR: posted text": ("HAR", har_call(postData="x"), "log.entries[1].request.postData must be a mapping"),
}  # fmt: skip


@pytest.mark.parametrize("case", SHAPES)
def test_a_wrong_shape_is_told_with_its_place(case: str, path: Path) -> None:
    kind, call, message = SHAPES[case]
    read, write, good, _ = FILES[kind]

    with pytest.raises(CassetteError) as caught:
        read(write(path, good(), call), OPERATIONS)

    assert str(caught.value).startswith(f"{path}: cannot be imported: {message}")

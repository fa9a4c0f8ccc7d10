"""Leaks: every operation is recorded with a marked key and a marked person, and no mark may be left.

What is searched is every byte of the folder and every line of the log. The marks stand wherever there is
room: in path, query and body, in every text and id of an answer, in fields that the contract does not know,
in error texts, in bodies that are no JSON and in headers. Where the name of a company is kept on purpose, the
person's stands in it.
"""

from __future__ import annotations

import asyncio
import html
import http.client
import json
import logging
import re
import socket
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

import httpx
import jsonschema_rs
import pytest
from recorder.redacted import CONTRACT, REGISTRY

from mock_lusha import server as served
from mock_lusha.recorder.field_kinds import IDS, FieldKinds, Kind
from mock_lusha.recorder.proxy import RecorderProxy
from mock_lusha.recorder.pseudonyms import Pseudonyms
from mock_lusha.recorder.recorder import CassetteMissError, Recorder
from mock_lusha.recorder.redaction import Redactor
from mock_lusha.recorder.transport import AsyncRecorderTransport, RecorderTransport
from mock_lusha.recorder.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
    from pathlib import Path

    from mock_lusha.contract.document import Operation
    from mock_lusha.recorder.field_kinds import FieldPlace
    from mock_lusha.recorder.interaction import Interaction

KINDS = FieldKinds(REGISTRY.operations)
OPERATIONS = tuple(name for name, operation in REGISTRY.operations.items() if not operation.unserved)
REDACTOR = Redactor(b"a key of the tests", REGISTRY)

# The marks. Every text of them has "zqx" in it, which no pseudonym can have.

KEY = "zqxk3y/5f+0e=9b7a41c2d8"
NAME = "Zqxjane Zqxdoe"
MAIL = "Zqxjane.Zqxdoe@gmail.com"
PHONE = "+1 415 293 8812"
PROFILE = "https://www.linkedin.com/in/zqxjane-zqxdoe-4b1"
NUMBER_ID = 7316649281350
UUID = "5a0c1f3e-7b2d-4c69-9e8f-d41b6a2c9e70"
CALLER_ID = "zqxcaller-1"
PROSE = f"{NAME} of 12 Zqxstreet, {MAIL}"
REACHED = (
    f"{NAME} ({NAME.upper()}): mailto:{MAIL}, zqxjane+news@gmail.com, tel:+14152938812, (415) 293-8812, "
    f"415.293.8812, +1\u2011415\u2011293\u20118812, {PROFILE}, uk.linkedin.com/pub/zqxjane-zqxdoe/4/b1"
)
MARKS = re.compile(
    r"zqx|9b7a41c2d8|415\D{0,3}293\D{0,3}88\D{0,3}12|7316649281350"
    r"|5a0c1f3e|7b2d-?4c69|d41b6a2c9e70",
    re.IGNORECASE,
)
BY_KIND: Mapping[Kind, str] = {
    Kind.FIRST_NAME: "Zqxjane",
    Kind.LAST_NAME: "Zqxdoe",
    Kind.FULL_NAME: NAME,
    Kind.EMAIL: MAIL,
    Kind.PHONE: PHONE,
    Kind.LINKEDIN: PROFILE,
    Kind.URL: "https://x.com/zqxjane",
    Kind.PERSON_ID: str(NUMBER_ID),
    Kind.REQUEST_ID: UUID,
    Kind.CONTACT_ID: UUID,
    Kind.CALLER_ID: CALLER_ID,
    # Kept, where they have the shape they should have.
    Kind.COMPANY_ID: NAME,
    Kind.NUMBER: NAME,
    Kind.DATE: NAME,
    Kind.WORD: NAME,
    Kind.LABEL: f"{NAME} Consulting",
    Kind.DOMAIN: "zqxjane-zqxdoe.com",
    Kind.SITE: "https://www.zqxjane-zqxdoe.com/zqxjane",
    Kind.COMPANY_TEXT: REACHED,
    Kind.PROSE: REACHED,
}
UNKNOWN: Mapping[str, Any] = {"nickname": "Zqxjane", "ownerId": NUMBER_ID, "apiKey": KEY}
"""Fields that the contract does not know, put into every object."""
MANAGER: Mapping[str, Any] = {
    "name": NAME,
    "aliases": ["Zqxjane", {"anything": PROSE}],
    "mobile": 14152938812,
    "phones": [PHONE, "0014152938812"],
    "emails": f"{MAIL}; {MAIL}",
    NAME: MAIL,
    MAIL: 1,
    str(NUMBER_ID): {UUID: CALLER_ID},
    "notes": [[PROSE]],
}


def marks_in(text: str) -> list[str]:
    """The places of marks in a text, however it is encoded."""
    plain = text.replace("\\\n", "").replace("\\", "")
    forms = {text, plain, unquote(plain), html.unescape(plain)}
    return [each[max(0, m.start() - 60) : m.end() + 40] for each in forms for m in MARKS.finditer(each)]


def marks_in_folder(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    names = [f"a file is called {path.name}" for path in folder.rglob("*") if marks_in(path.name)]
    return names + [
        f"{path.name}: {mark}"
        for path in files
        for mark in marks_in(path.read_bytes().decode("utf-8", "replace"))
    ]


# Bodies by the contract, full of marks


@dataclass(frozen=True, slots=True)
class Filler:
    """Makes values of schemas. Of alternatives it takes the one of number ``variant``, or else the last."""

    variant: int = 0
    unknown: Mapping[str, Any] = field(default_factory=dict)

    def value(self, schema: Mapping[str, Any], place: FieldPlace) -> Any:
        schema = self._plain(schema)
        if "enum" in schema or "const" in schema:
            return schema.get("const", (schema.get("enum") or [None])[0])
        types = schema.get("type", "object" if "properties" in schema else "string")
        match types if isinstance(types, str) else next(each for each in types if each != "null"):
            case "object":
                return self._object(schema, place)
            case "array":
                return [self.value(schema["items"], place)] * max(1, schema.get("minItems", 1))
            case "integer":
                return NUMBER_ID if place.kind in IDS else max(3, schema.get("minimum", 3))
            case "number":
                return min(1.5, schema.get("maximum", 1.5))
            case "boolean":
                return True
            case _:
                return self._text(schema, place)

    def _plain(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        schema = CONTRACT.resolve(schema)
        merged = dict(schema)
        for word in ("anyOf", "oneOf"):
            choices = [each for each in schema.get(word, ()) if each.get("type") != "null"]
            if choices:
                chosen = choices[min(self.variant, len(choices) - 1)]
                others = [each["required"] for each in choices if each is not chosen and "required" in each]
                merged = {"not": {"anyOf": [{"required": each} for each in others]}, **merged}
                merged |= self._plain(chosen)
        for each in schema.get("allOf", ()):
            merged = {**merged, **self._plain(each)}
        return merged

    def _object(self, schema: Mapping[str, Any], place: FieldPlace) -> dict[str, Any]:
        without = without_of(schema.get("not", {}))
        made = {
            name: self.value(each, place.below(name, {}))
            for name, each in schema.get("properties", {}).items()
            if name not in without
        }
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            name = CALLER_ID if place.keys in IDS else "4711"
            made[name] = self.value(more, place.below(name, {}))
        return made | dict(self.unknown)

    @staticmethod
    def _text(schema: Mapping[str, Any], place: FieldPlace) -> str:
        if "pattern" in schema and "d{4}" not in schema["pattern"]:
            return NAME
        match schema.get("format", "date" if "pattern" in schema else ""):
            case "date":
                return "2026-03-31"
            case "date-time":
                return "2026-03-31T12:00:00.000Z"
            case "uri":
                return PROFILE
            case "uuid":
                return UUID
            case _:
                return BY_KIND.get(place.kind or Kind.FREE_TEXT, PROSE)


def without_of(banned: Mapping[str, Any]) -> set[str]:
    """The names that an object must be without, by the schema under its ``not``."""
    return {*banned.get("required", ())}.union(*(without_of(each) for each in banned.get("anyOf", ())))


def schema_of(operation: Operation, status: str) -> Mapping[str, Any]:
    """The schema of an operation's answers."""
    item = CONTRACT.document["paths"][operation.path][operation.method.lower()]
    response = CONTRACT.resolve(item["responses"].get(status, item["responses"]["default"]))
    schema: Mapping[str, Any] = response["content"]["application/json"]["schema"]
    return schema


def answer_of(operation: Operation, variant: int, status: int = 200, *, unknown: bool = True) -> Any:
    """An answer full of marks."""
    filler = Filler(variant, UNKNOWN if unknown else {})
    place = KINDS.place(operation.id, "error" if status >= 400 else "response")
    made = filler.value(schema_of(operation, str(status)), place)
    return {**made, "manager": dict(MANAGER)} if unknown and isinstance(made, dict) else made


# What is sent and what is answered


JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and the answer it gets upstream."""

    method: str
    target: str
    headers: Mapping[str, str]
    content: bytes
    status: int
    answer: bytes
    media: str = JSON


ANSWER_HEADERS: Mapping[str, str] = {
    # Recorded
    "deprecation": f"ask {MAIL}, +1 (415) 293-8812, api_key={KEY}",
    "sunset": f"{PROFILE} {KEY}",
    "retry-after": "30",
    "x-rate-limit-minute": "300",
    # Not recorded
    "x-contact": NAME,
    "x-request-id": UUID,
    "x-person": str(NUMBER_ID),
    "location": f"/v2/person/{quote(NAME)}?api_key={quote(KEY)}",
    "set-cookie": f"session={KEY}",
}
SPELLINGS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("header", {"api_key": KEY}),
    ("header", {"api-key": KEY}),
    ("header", {"X-Api-Key": KEY}),
    ("header", {"Authorization": f"Bearer {KEY}"}),
    ("header", {"ApiKey": KEY}),
    ("query", {"api_key": KEY}),
    ("query", {"apiKey": KEY}),
    ("query", {"access_token": KEY}),
    ("body", {"api_key": KEY}),
    ("body", {"x-api-key": KEY}),
)
"""Ways in which a key is sent, rightly or not."""


def request_of(
    operation: Operation, spelling: int, *, path: str = "", full: bool = True
) -> tuple[str, dict[str, str], bytes]:
    """Target, headers and body of a request that tells whose data is asked for; if it is ``full``, wherever
    there is room in the body."""
    where, key = SPELLINGS[spelling % len(SPELLINGS)]
    query = {"fullName": NAME, "q": PROSE, "phone": PHONE, "id": str(NUMBER_ID), "profile[url]": PROFILE}
    for parameter in operation.parameters:
        if parameter["in"] == "query":
            place = KINDS.query_place(operation.id, parameter["name"])
            query[parameter["name"]] = str(Filler().value(parameter["schema"], place))
    body: Any = None
    if operation.body is not None:
        filler = Filler(spelling % 2, UNKNOWN if spelling % 2 else {})
        made = filler.value(operation.body, KINDS.place(operation.id, "request")) if full else {}
        body = made | {"fullName": NAME, "manager": MANAGER}
    headers = {"content-type": "application/json"}
    if where == "query" or (where == "body" and body is None):
        query |= key
    elif where == "body":
        body |= key
    else:
        headers |= key
    target = (path or operation.path.replace("{objectType}", "contact")) + "?" + urlencode(query)
    return target, headers, b"" if body is None else json.dumps(body).encode()


def exchanges(operation: Operation) -> Iterator[Exchange]:
    """What is recorded of an operation."""
    first = OPERATIONS.index(operation.id)
    numbers = iter(range(first, 10_000))

    def exchange(status: int, answer: Any, media: str = "", path: str = "") -> Exchange:
        number = next(numbers)
        target, headers, content = request_of(operation, number, path=path, full=number < first + 2)
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return Exchange(operation.method, target, headers, content, status, raw, media or JSON)

    for variant in range(2):
        yield exchange(200, answer_of(operation, variant))
    for variant, status in enumerate((400, 401, 404, 429, 503)):
        yield exchange(status, answer_of(operation, variant, status))
    echo = f"Key {KEY} ({quote(KEY, safe='')}) may not see {NAME}, {quote(NAME)} or {NUMBER_ID}: {REACHED}"
    yield exchange(403, {"message": [echo, {"reason": echo}], "errors": {"email": [echo]}, "error": echo})
    yield exchange(502, f"<html><p>{html.escape(echo)}</p></html>".encode(), "text/html")
    yield exchange(500, echo.encode(), "text/plain")
    yield exchange(200, json.dumps(answer_of(operation, 0)).encode()[:-2], "application/json")
    yield exchange(200, json.dumps(answer_of(operation, 1)).encode()[:900], "text/plain")
    yield exchange(400, b'\xff\xfe"' + PROSE.encode() + b'"', "application/json")
    yield exchange(200, Filler().value({"type": "string"}, KINDS.place(operation.id, "response")))
    yield exchange(
        404, [PROSE, NAME, MAIL], path=f"{operation.path}/{quote(NAME)}/{MAIL}/{quote(KEY, safe='')}"
    )
    yield exchange(404, {"message": echo}, path=f"/v9/{UUID}/{NUMBER_ID}/{quote(PROFILE, safe='')}")
    target, headers, _ = request_of(operation, 0)
    if operation.body is not None:
        form = urlencode({"api_key": KEY, "firstName": "Zqxjane"}).encode()
        yield Exchange(operation.method, target, headers, form, 400, json.dumps({"message": echo}).encode())


# Servers


class Upstream:
    """The API: answers whatever it is asked with what stands in ``exchange``."""

    def __init__(self) -> None:
        self.exchange = Exchange("GET", "/", {}, b"", 200, b"{}")
        self.asked = 0
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                self.rfile.read(int(self.headers.get("content-length", 0)))
                upstream.asked += 1
                told = upstream.exchange
                headers = {
                    **ANSWER_HEADERS,
                    "content-type": told.media,
                    "content-length": str(len(told.answer)),
                }
                lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                self.wfile.write(f"HTTP/1.1 {told.status} OK\r\n{lines}\r\n".encode() + told.answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    running = Upstream()
    yield running
    running.close()


class ProxyServer:
    """A proxy on a socket, served as the command line serves it; its recorder can be exchanged."""

    def __init__(self) -> None:
        self.recorder: Recorder | None = None
        self._inner = httpx.AsyncHTTPTransport(verify=False, trust_env=False, limits=NOT_KEPT)
        started = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._server = served._server(self, started.set)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))
        self._thread.start()
        assert started.wait(20)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        assert self.recorder is not None
        transport = AsyncRecorderTransport(self.recorder, self._inner)
        await RecorderProxy(self.recorder, transport)(scope, receive, send)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


NOT_KEPT = httpx.Limits(max_keepalive_connections=0)


@pytest.fixture(scope="module")
def proxy() -> Iterator[ProxyServer]:
    running = ProxyServer()
    yield running
    running.close()


# Ways to record


class Ways:
    """The three ways through a recorder: each gives status and body that the client gets."""

    def __init__(self, upstream: Upstream, proxy: ProxyServer) -> None:
        self._upstream = upstream
        self._proxy = proxy
        self._sync = httpx.HTTPTransport(verify=False, trust_env=False)
        self._async = httpx.AsyncHTTPTransport(verify=False, trust_env=False, limits=NOT_KEPT)

    def sync(self, recorder: Recorder, each: Exchange) -> tuple[int, bytes]:
        transport = RecorderTransport(recorder, self._sync)
        client = httpx.Client(transport=transport, trust_env=False, base_url="https://api.lusha.com")
        answer = client.request(each.method, each.target, headers=each.headers, content=each.content)
        return answer.status_code, answer.content

    def asynchronous(self, recorder: Recorder, each: Exchange) -> tuple[int, bytes]:
        async def ask() -> tuple[int, bytes]:
            transport = AsyncRecorderTransport(recorder, self._async)
            client = httpx.AsyncClient(transport=transport, trust_env=False, base_url="https://api.lusha.com")
            answer = await client.request(
                each.method, each.target, headers=each.headers, content=each.content
            )
            return answer.status_code, answer.content

        return asyncio.run(ask())

    def proxy(self, recorder: Recorder, each: Exchange) -> tuple[int, bytes]:
        # Not with httpx: in this process its log would be mixed with the proxy's.
        self._proxy.recorder = recorder
        connection = http.client.HTTPConnection("127.0.0.1", self._proxy.port, timeout=20)
        connection.request(each.method, each.target, each.content or None, dict(each.headers))
        answer = connection.getresponse()
        status, body = answer.status, answer.read()
        connection.close()
        return status, body

    def ask(self, way: str, recorder: Recorder, each: Exchange) -> tuple[int, bytes]:
        self._upstream.exchange = each
        ask: Callable[[Recorder, Exchange], tuple[int, bytes]] = getattr(self, way)
        return ask(recorder, each)

    def close(self) -> None:
        self._sync.close()


WAYS = ("sync", "asynchronous", "proxy")


@pytest.fixture(scope="module")
def ways(upstream: Upstream, proxy: ProxyServer) -> Iterator[Ways]:
    made = Ways(upstream, proxy)
    yield made
    made.close()


def recorder_of(folder: Path, name: str, upstream: Upstream, mode: str = "all", **options: Any) -> Recorder:
    options = {"redactor": REDACTOR, "upstream": upstream.url, "registry": REGISTRY, **options}
    return Recorder(folder / f"{name}.yaml", mode, **options)


def marks_in_log(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        f"{record.name}: {mark}"
        for record in caplog.records
        if not is_of_a_client(record)
        for mark in marks_in(record.getMessage() + str(record.exc_info or ""))
    ]


def is_of_a_client(record: logging.LogRecord) -> bool:
    """Whether httpx or httpcore says what it says without a recorder too: the URL that a client calls, at
    INFO, and the headers that came from a server, at DEBUG. Whoever turns these on has asked for them."""
    return record.name == "httpx" or (
        record.name.startswith("httpcore.") and "receive_response_headers.complete" in record.getMessage()
    )


# Tests


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("variant", [0, 1])
def test_the_marked_answers_are_what_the_contract_says(operation: str, variant: int) -> None:
    found = CONTRACT.operations[operation]
    for status in (200, 400, 503):
        answer = answer_of(found, variant, status, unknown=False)
        schema = {**schema_of(found, str(status)), "components": {"schemas": CONTRACT.schemas}}

        problems = [
            f"{list(e.instance_path)}: {e.message[:200]}"
            for e in jsonschema_rs.Draft202012Validator(schema, validate_formats=True).iter_errors(answer)
        ]
        assert problems == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_key_and_no_personal_data_is_written_or_logged(
    operation: str, ways: Ways, upstream: Upstream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each exchange goes one of the ways: of all operations, every kind of exchange goes every way."""
    caplog.set_level(logging.DEBUG)
    before = upstream.asked
    sent = list(exchanges(CONTRACT.operations[operation]))

    for number, each in enumerate(sent):
        # In files of their own: a cassette is written anew with each exchange.
        recorder = recorder_of(tmp_path, f"{number}", upstream)
        way = WAYS[(OPERATIONS.index(operation) + number) % len(WAYS)]
        assert ways.ask(way, recorder, each) == (each.status, each.answer), way

    assert len([*tmp_path.glob("*.yaml")]) == len(sent)
    assert upstream.asked == before + len(sent)
    assert marks_in_folder(tmp_path) == []
    assert marks_in_log(caplog) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_key_that_is_sent_in_place_of_the_callers_is_not_written(
    way: str, ways: Ways, upstream: Upstream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    recorder = recorder_of(tmp_path, "tape", upstream, upstream_key=KEY)
    sent = list(exchanges(CONTRACT.operations["searchSingleContact"]))[1:9]

    for each in sent:
        target = each.target.replace(quote(KEY, safe=""), "another")
        ways.ask(way, recorder, replace(each, target=target, headers={"api_key": "another"}))

    assert len(recorder.cassette.interactions) == len(sent)
    assert marks_in_folder(tmp_path) == []
    assert marks_in_log(caplog) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_miss_tells_no_mark(
    way: str, ways: Ways, upstream: Upstream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    recorder = recorder_of(tmp_path, "tape", upstream)
    for operation in ("searchSingleContact", "searchContactSignals"):
        for each in list(exchanges(CONTRACT.operations[operation]))[2:5]:
            ways.ask(way, recorder, each)
    before = upstream.asked
    recorder = recorder_of(tmp_path, "tape", upstream, "none")

    told = []
    for number, operation in enumerate(OPERATIONS):
        try:
            each = list(exchanges(CONTRACT.operations[operation]))[-1 - number % 5]
            told.append(ways.ask(way, recorder, each)[1].decode())
        except CassetteMissError as error:
            told.append(str(error))

    assert len([each for each in told if "MISS: " in each]) > 20
    assert marks_in("".join(told)) == []
    assert marks_in_log(caplog) == []
    assert upstream.asked == before


# The tests above can fail


class OpenRedactor(Redactor):
    """Redacts nothing."""

    def interaction(self, raw: Interaction, secrets: Collection[str] = ()) -> Interaction:
        return raw


@pytest.mark.parametrize("way", WAYS)
def test_without_redaction_the_marks_are_found(
    way: str, ways: Ways, upstream: Upstream, tmp_path: Path
) -> None:
    redactor = OpenRedactor(b"a key of the tests", REGISTRY)
    recorder = recorder_of(tmp_path, "tape", upstream, redactor=redactor)

    for each in list(exchanges(CONTRACT.operations["searchSingleContact"]))[:9]:
        ways.ask(way, recorder, each)

    found = "\n".join(marks_in_folder(tmp_path))
    for mark in (KEY, NAME, MAIL, PHONE, PROFILE, str(NUMBER_ID), UUID):
        assert mark in found


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        *((Pseudonyms, name) for name in ("word", "email", "phone", "linkedin", "url")),
        *((Pseudonyms, name) for name in ("number_id", "text_id", "free_text", "prose", "domain")),
        *((Walk, name) for name in ("_key", "_one")),
    ],
)
def test_without_a_piece_of_redaction_a_mark_is_found(
    owner: type, name: str, monkeypatch: pytest.MonkeyPatch, ways: Ways, upstream: Upstream, tmp_path: Path
) -> None:
    monkeypatch.setattr(owner, name, lambda _, value, *__: value)
    recorder = recorder_of(tmp_path, "tape", upstream)

    for each in list(exchanges(CONTRACT.operations["searchMultipleContacts"]))[:3]:
        ways.ask("sync", recorder, each)

    assert marks_in_folder(tmp_path) != []


def test_a_mark_in_the_log_is_found(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("mock_lusha.recorder").warning("for %s", quote(MAIL))

    assert marks_in_log(caplog) != []

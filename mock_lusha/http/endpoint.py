"""The last step of an operation: read the input, check it against the contract, call the handler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from mock_lusha.api.reply import Reply
from mock_lusha.api.request import ApiRequest
from mock_lusha.caching import SecondHitCache
from mock_lusha.contract.validation import Findings, QueryCheck, body_check
from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.http.exchange import MOST_BODY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Generator, Mapping

    from starlette.types import Scope

    from mock_lusha.api.handlers import Handler
    from mock_lusha.caching import CacheStore
    from mock_lusha.config import Settings
    from mock_lusha.contract.document import Contract, Operation
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.world_store import WorldStore


_MOST_PARAMETERS = 500
_CACHED_QUERIES, _CACHED_BODIES = 256, 16
"""How many inputs an operation keeps as they were read."""
_NOTHING = Findings()
_UNKNOWN_PROPERTY = " should not exist"
_BOM = b"\xef\xbb\xbf"


class OperationEndpoint:
    """Leaves the reply of an operation's handler in the exchange; one that has decided, and waits for
    somebody else before it can answer, gives back a coroutine.

    One that is whitelisted refuses unknown properties unless the account is told not to be strict.
    """

    def __init__(
        self,
        contract: Contract,
        operation: Operation,
        handler: Handler,
        worlds: WorldStore,
        settings: Settings,
        caches: CacheStore,
    ) -> None:
        self.operation = operation
        self.handler = handler
        self.worlds = worlds
        self.settings = settings
        self.caches = caches
        self.query_check = QueryCheck(contract, operation)
        self.body_check = body_check(contract, operation)
        self.whitelisted = operation.whitelisted
        # What was read of an input depends on it alone, and nobody changes it.
        self._queries = SecondHitCache(_CACHED_QUERIES)
        self._bodies = SecondHitCache(_CACHED_BODIES)

    def __call__(self, scope: Scope, exchange: Exchange) -> Awaitable[None] | None:
        answer = self.answer(scope, exchange)
        if isinstance(answer, Reply):
            exchange.reply = answer
            return None
        return _LateReply(exchange, answer)

    def answer(self, scope: Scope, exchange: Exchange) -> Reply | Awaitable[Reply]:
        """The reply of the handler, or what is awaited for it once all that changes the account is decided.

        Raises:
            ApiError: the input is refused, or the handler refuses the call.
        """
        if exchange.body is None:
            raise ApiError(
                "payload-too-large", [f"a body may have at most {MOST_BODY} bytes; this one has more"]
            )
        raw = scope["query_string"]
        query, of_query = self._query(raw)
        body, of_body = None, _NOTHING
        if self.body_check is not None:
            raw = exchange.body
            body, of_body = self._body(scope, raw)
        findings = self._judge(exchange, of_query, of_body)
        path = scope.get("path_params", {})
        call = ApiRequest(
            self.operation.id, raw, query, body, exchange, path, self.worlds, self.settings, self.caches
        )
        try:
            return self.handler(call)
        except ApiError as error:
            raise _with_unread(error, findings) from None

    def _query(self, raw: bytes) -> tuple[Mapping[str, Any], Findings]:
        if not raw:
            return {}, _NOTHING
        result: tuple[Mapping[str, Any], Findings] | None = self._queries.get(raw)
        if result is None:
            result = self._read_query(raw)
            self._queries.put(raw, result)
        return result

    def _read_query(self, raw: bytes) -> tuple[Mapping[str, Any], Findings]:
        try:
            pairs = parse_qsl(raw.decode("latin-1"), max_num_fields=_MOST_PARAMETERS)
        except ValueError:
            raise ApiError(
                "bad-request", [f"a query may have at most {_MOST_PARAMETERS} parameters; this one has more"]
            ) from None
        values, findings = self.query_check.read(pairs)
        if self.body_check is not None:
            # Callers of POSTs put pages into the query; nothing reads it there, and it is not an error.
            findings = Findings((), findings.unknown)
        return values, findings

    def _body(self, scope: Scope, raw: bytes) -> tuple[Any, Findings]:
        if not raw.strip():
            raw = b"{}"
        else:
            check_type(scope)
        result: tuple[Any, Findings] | None = self._bodies.get(raw)
        if result is None:
            result = self._read_body(raw)
            self._bodies.put(raw, result)
        return result

    def _read_body(self, raw: bytes) -> tuple[Any, Findings]:
        body = parsed(raw)
        return body, (self.body_check and self.body_check.findings(body)) or _NOTHING

    def _judge(self, exchange: Exchange, of_query: Findings, of_body: Findings) -> Findings:
        """Refuse what is wrong, and what is unknown where that is refused; elsewhere it is noted."""
        findings = of_query if of_body is _NOTHING else of_query + of_body
        if findings is _NOTHING:
            return findings
        strict = exchange.tenant.strict
        refused: tuple[Detail, ...] = ()
        if strict == "yes":
            refused = findings.unknown
        elif strict == "auto" and self.whitelisted:
            # Where there is a body, it is what was seen to be held against the document.
            refused = (of_query if self.body_check is None else of_body).unknown
        # The unknown is told first: a flat body, without the list that is needed, was refused for it.
        errors = refused + findings.errors
        if errors:
            raise _with_unread(ApiError("bad-request", errors), findings)
        exchange.warnings += map(str, findings.unknown)
        return findings


class _LateReply:
    """Waits for the reply of a handler, and leaves it in the exchange; or is closed, where another process
    waited."""

    def __init__(self, exchange: Exchange, answer: Awaitable[Reply]) -> None:
        self._exchange = exchange
        self._answer = answer

    def __await__(self) -> Generator[Any, Any, None]:
        yield  # who called without a loop goes on with one
        self._exchange.reply = yield from self._answer.__await__()

    def close(self) -> None:
        """Wait for nothing."""
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()


def _with_unread(error: ApiError, findings: Findings) -> ApiError:
    """A 400 that also names what was sent and not read: often the very mistake."""
    if error.kind.name != "bad-request" or not findings.unknown:
        return error
    unread = [
        Detail(
            f"{detail.text.removesuffix(_UNKNOWN_PROPERTY)} was sent, but is not read here",
            hint=True,
            nearest=detail.nearest,
        )
        for detail in findings.unknown
        if detail not in error.details and detail.text.endswith(_UNKNOWN_PROPERTY)
    ]
    return ApiError("bad-request", [*error.details, *unread])


def read_json(scope: Scope, raw: bytes, *, typed: bool = True) -> Any:
    """The JSON body of a request; an empty one is an empty object. ``typed`` asks for its content type too
    (whoever steers with ``curl -d`` need not say it).

    Raises:
        ApiError: ``bad-request`` for another content type, another encoding than UTF-8, or no JSON.
    """
    if not raw.strip():
        return {}
    check_type(scope, typed=typed)
    return parsed(raw)


def check_type(scope: Scope, *, typed: bool = True) -> None:
    """Refuse a body that is not said to be plain JSON.

    Raises:
        ApiError: ``bad-request`` for another content type, if it is asked for, or an encoded body.
    """
    headers = dict(scope["headers"])
    content_type = headers.get(b"content-type", b"").decode("latin-1")
    kind = content_type.partition(";")[0].strip().lower()
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    if typed and not is_json:
        raise ApiError(
            "bad-request", [Detail("Content-Type must be application/json", shorten(content_type) or "none")]
        )
    encoding = headers.get(b"content-encoding", b"identity").decode("latin-1")
    if encoding.strip().lower() != "identity":
        raise ApiError("bad-request", [Detail("the body must not be compressed", shorten(encoding))])


def parsed(raw: bytes) -> Any:
    """The JSON of a body.

    Raises:
        ApiError: ``bad-request`` where it is not JSON, or not UTF-8.
    """
    try:
        return orjson.loads(raw.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        raise ApiError("bad-request", [_why(str(error))]) from None


def _why(problem: str) -> str:
    """What is wrong with a body, in words that do not need the parser's source."""
    if "depth limit" in problem:
        return "the body is nested too deeply"
    if "infinity" in problem:
        return "the body has a number that is too large"
    if "UTF-8" in problem:
        return "the body is not UTF-8"
    return f"the body is not JSON: {problem}"

"""One operation as an ASGI application: read the input, check it against the contract, call the handler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from mock_lusha.contract.validation import Findings, QueryCheck, body_check
from mock_lusha.endpoints.call import Call
from mock_lusha.errors import ApiError, Detail, nearest, shorten
from mock_lusha.exchange import MOST_BODY, Exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from mock_lusha.config import Settings
    from mock_lusha.contract.document import Contract, Operation
    from mock_lusha.reply import Reply
    from mock_lusha.worlds import Worlds

    Handler = Callable[[Call], Reply]

_MOST_PARAMETERS = 500
_BOM = b"\xef\xbb\xbf"


class OperationEndpoint:
    """Innermost of an operation: leaves the reply in the exchange."""

    def __init__(
        self,
        contract: Contract,
        operation: Operation,
        handler: Handler,
        worlds: Worlds,
        settings: Settings,
    ) -> None:
        self.operation = operation
        self.handler = handler
        self.worlds = worlds
        self.settings = settings
        self.query_check = QueryCheck(contract, operation)
        self.body_check = body_check(contract, operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope)
        if exchange.body is None:
            raise ApiError(
                "payload-too-large", [f"a body may have at most {MOST_BODY} bytes; this one has more"]
            )
        query, findings = self._query(scope)
        body = None
        if self.body_check is not None:
            body = read_json(scope, exchange.body)
            found = self.body_check.findings(body)
            if found is not None:
                findings.errors += found.errors
                findings.unknown += found.unknown
        self._judge(exchange, findings, strict=exchange.tenant.strict)
        path = scope.get("path_params", {})
        call = Call(self.operation.id, query, body, exchange, path, self.worlds, self.settings)
        try:
            exchange.reply = self.handler(call)
        except ApiError as error:
            raise _with_unread(error, findings) from None

    def _query(self, scope: Scope) -> tuple[dict[str, Any], Findings]:
        raw: bytes = scope["query_string"]
        if not raw:
            return {}, Findings()
        try:
            pairs = parse_qsl(raw.decode("latin-1"), max_num_fields=_MOST_PARAMETERS)
        except ValueError:
            raise ApiError(
                "bad-request", [f"a query may have at most {_MOST_PARAMETERS} parameters; this one has more"]
            ) from None
        values, findings = self.query_check.read(pairs)
        if self.body_check is not None:
            # Callers of POSTs put pages into the query; nothing reads it there, and it is no error.
            findings.errors = []
        return values, findings

    @staticmethod
    def _judge(exchange: Exchange, findings: Findings, *, strict: bool) -> None:
        """Refuse what is wrong; what is unknown only where that is asked for."""
        if strict and findings.unknown:
            findings.errors += findings.unknown
        if findings.errors:
            raise _with_unread(ApiError("bad-request", findings.errors), findings)
        exchange.warnings += [str(detail) for detail in findings.unknown]


def _with_unread(error: ApiError, findings: Findings) -> ApiError:
    """A 400 that also names what was sent and not read: often the very mistake."""
    if error.kind.name != "bad-request" or not findings.unknown:
        return error
    unread = [
        Detail(f"{detail.text.removesuffix(' should not exist')} was sent, but is not read here", hint=True)
        for detail in findings.unknown
        if detail not in error.details
    ]
    return ApiError("bad-request", [*error.details, *unread])


def read_json(scope: Scope, raw: bytes, *, typed: bool = True) -> Any:
    """The JSON body of a request; an empty one is an empty object. ``typed`` asks for its content type too
    (whoever steers with ``curl -d`` need not say it).

    Raises:
        ApiError: ``bad-request`` for another content type, another encoding than UTF-8, or no JSON.
    """
    headers = dict(scope["headers"])
    if not raw.strip():
        return {}
    sent = headers.get(b"content-type", b"").decode("latin-1")
    kind = sent.partition(";")[0].strip().lower()
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    if typed and not is_json:
        raise ApiError(
            "bad-request", [Detail("Content-Type must be application/json", shorten(sent) or "none")]
        )
    encoding = headers.get(b"content-encoding", b"identity").decode("latin-1")
    if encoding.strip().lower() != "identity":
        raise ApiError("bad-request", [Detail("the body must not be compressed", shorten(encoding))])
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


def unrouted(method: str, path: str, pattern: str, routes: dict[tuple[str, str], Any]) -> ApiError:
    """The refusal of a path or method that no operation has; ``pattern`` is what the path fits, or itself."""
    methods = sorted(m for m, p in routes if p == pattern)
    if methods:
        hint = f"{shorten(method)} is not served at {path}; it takes {', '.join(methods)}"
    else:
        hint = f"nothing is served at {shorten(path, 120)}; {nearest(path, sorted({p for _, p in routes}))}"
    return ApiError("not-found", [hint], values={"unrouted": True})

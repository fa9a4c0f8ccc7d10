"""What requests would cost, and what would become of them: they are tried on a copy of the account."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import orjson

from mock_lusha.api.reply import Reply
from mock_lusha.control.context import bad_request, key_of
from mock_lusha.errors import Detail, alike, nearest, shorten
from mock_lusha.http.preview import PreviewRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_lusha.contract.document import Operation
    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.http.preview import AccountPreview, PreviewOutcome

_OF_ONE: Final = ("operation", "method", "path", "query", "json")
_STAGES: Final = 5
"""Turns of the loop between two requests: who came meanwhile is accepted, read, called and answered."""
_CONTROL: Final = "/_mock"
_BODILESS: Final = frozenset({"GET", "HEAD"})
_NO_BODY: Final = "json is not read: a GET has no body"
_Sent = dict[str, Any]


async def preview(context: ControlContext, request: ControlRequest) -> Reply:
    """What each of some requests would come to, one after another. Other calls are served between them."""
    body, key = request.body, request.account
    if key is None:
        raise bad_request("account should not be empty: name one with ?account=KEY")
    key = key_of(context, key)
    requests, wait = _requests(body)
    plans = [_plan(context, each, where) for where, each in requests]
    account = context.preview_of(key, wait)
    total = _Total()
    items: list[dict[str, Any]] = []
    for plan, ignored in plans:
        for _ in range(_STAGES if items else 0):
            await asyncio.sleep(0)
        outcome = await account.ask(plan)
        if ignored:
            outcome.notes.append(_NO_BODY)
        total.add(outcome)
        items.append(_item(outcome, entries=body.get("entries", True)))
    return Reply({"items": items, "total": total.shape(account)})


def _requests(body: _Sent) -> tuple[list[tuple[str, _Sent]], bool]:
    """The requests that a body has, each with the beginning of places in it, and whether they wait."""
    if "requests" not in body:
        return [("", body)], body.get("wait", False)
    both = [name for name in _OF_ONE if name in body]
    if both:
        raise bad_request(f"either one request or requests: leave out {', '.join(both)}")
    requests: Sequence[_Sent] = body["requests"]
    return [(f"requests.{at}.", each) for at, each in enumerate(requests)], body.get("wait", True)


def _plan(context: ControlContext, sent: _Sent, where: str) -> tuple[PreviewRequest, bool]:
    """A request as it is routed, and whether it has a body that is not read.

    Raises:
        ApiError: ``bad-request`` where it cannot be one.
    """
    if "operation" in sent:
        if "method" in sent:
            raise bad_request(f"{where}method should not be there: the operation has one")
        operation = _operation(context, sent["operation"], where)
        method, path, query = operation.method, _path(operation, sent.get("path", {}), where), ""
    else:
        method, path, query = _address(sent, where)
    parameters = urlencode(list(_pairs(sent.get("query", {}), where)))
    query = "&".join(filter(None, (query, parameters)))
    is_read = method not in _BODILESS
    content = _content(sent["json"], where) if is_read and "json" in sent else b""
    return PreviewRequest(method, path, query.encode("latin-1"), content), not is_read and "json" in sent


def _content(value: Any, where: str) -> bytes:
    """A body as it is sent."""
    try:
        return orjson.dumps(value)
    except TypeError:  # more can be read than can be written
        raise bad_request(f"{where}json is nested too deeply") from None


def _operation(context: ControlContext, name: str, where: str) -> Operation:
    operations = context.registry.operations
    if name not in operations:
        hint = nearest(name, operations, "`mock-lusha routes` lists them")
        raise bad_request(Detail(f"{where}operation is not one of the contract: {hint}", shorten(name)))
    return operations[name]


def _path(operation: Operation, parameters: Any, where: str) -> str:
    """The path of an operation with its parameters filled in."""
    if not isinstance(parameters, dict):
        raise bad_request(
            Detail(f"{where}path of an operation is an object of parameters", shorten(parameters))
        )
    path = operation.path
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    for name in parameters:
        if name not in names:
            known = ", ".join(names) or "none"
            text = f"{where}path.{shorten(name)} should not exist: the parameters of {path} are {known}"
            raise bad_request(Detail(text, nearest=alike(name, names)))
    for name in names:
        text = str(parameters.get(name, ""))
        if not text:
            raise bad_request(f"{where}path.{name} should not be empty: the path is {operation.path}")
        path = path.replace(f"{{{name}}}", text)
    return path


def _address(sent: _Sent, where: str) -> tuple[str, str, str]:
    """Method, path and query of a request that names no operation."""
    from urllib.parse import unquote  # noqa: PLC0415 - operations are the usual way

    if "method" not in sent and "path" not in sent:
        raise bad_request(f"{where}operation should not be empty: name one, or method and path")
    for name in ("method", "path"):
        if name not in sent:
            raise bad_request(f"{where}{name} should not be empty, unless an operation is named")
    method, address = sent["method"].upper(), sent["path"]
    if not isinstance(address, str):
        raise bad_request(f"{where}path is a text where no operation is named, such as /v3/contacts/search")
    path, _, query = address.partition("?")
    if not path.startswith("/"):
        raise bad_request(Detail(f"{where}path must begin with a slash", shorten(address)))
    if path == _CONTROL or path.startswith(f"{_CONTROL}/"):
        raise bad_request(f"{where}path is of the control API, which costs nothing")
    return method, unquote(path), quote(query, safe="%&=+,;:@/?!$'()*-._~[]")


def _pairs(query: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    """The parameters of a query as they are sent."""
    for name, value in query.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, bool):
                yield name, str(each).lower()
            elif isinstance(each, str | int | float):
                yield name, str(each)
            else:
                text = f"{where}query.{shorten(name)} must be a text, a number, a boolean or a list of them"
                raise bad_request(Detail(text, shorten(each)))


def _item(outcome: PreviewOutcome, *, entries: bool) -> dict[str, Any]:
    limit, error = outcome.limit, outcome.refusal
    return {
        "operation": outcome.operation,
        "status": outcome.status,
        "error": outcome.error,
        "message": outcome.message,
        "details": [] if error is None else [str(detail) for detail in error.details],
        "price": outcome.price,
        "charged": outcome.charged,
        "entries": [
            {"entity": entry.entity, "kind": entry.kind, "price": entry.price, "why": entry.why}
            for entry in outcome.entries
        ]
        if entries
        else [],
        "limit": None
        if limit is None
        else {
            "window": limit.name,
            "requests": limit.requests,
            "seconds": limit.seconds,
            "reset": outcome.reset,
        },
        "fault": outcome.fault,
        "delay": round(outcome.delay, 3),
        "bytes_per_second": outcome.bytes_per_second,
        "rules": list(outcome.rules),
        "warnings": list(outcome.warnings),
        "notes": outcome.notes,
    }


class _Total:
    """The sums of some requests."""

    def __init__(self) -> None:
        self.requests = self.price = self.charged = self.refused = 0
        self.kinds: dict[str, Counter[str]] = {}
        self.why: Counter[str] = Counter()

    def add(self, outcome: PreviewOutcome) -> None:
        """Count a request."""
        self.requests += 1
        self.price += outcome.price
        self.charged += outcome.charged
        self.refused += outcome.status is None or outcome.status >= 400
        for entry in outcome.priced:
            kind = self.kinds.setdefault(entry.kind, Counter(paid=0, free=0, credits=0))
            kind["paid" if entry.price else "free"] += 1
            kind["credits"] += entry.price
            self.why[entry.why] += 1

    def shape(self, account: AccountPreview) -> dict[str, Any]:
        """The sums, with what is left of the account."""
        return {
            "requests": self.requests,
            "price": self.price,
            "charged": self.charged,
            "refused": self.refused,
            "remaining": account.remaining,
            "missing": account.missing,
            "seconds": round(account.seconds, 3),
            "waits": {name: round(seconds, 3) for name, seconds in account.waits.items()},
            "kinds": {name: dict(counts) for name, counts in sorted(self.kinds.items())},
            "why": dict(sorted(self.why.items())),
        }

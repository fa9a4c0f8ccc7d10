"""The journal over HTTP: read it, verify against it, have an exchange explained, judge the conduct."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.api.reply import Reply
from mock_lusha.control.context import found, named, refused
from mock_lusha.control.differences import differences_of, nearest_misses, parsed
from mock_lusha.control.suggestions import nearest_companies, nearest_people
from mock_lusha.errors import CATALOGUE, MOST_DETAILS, ApiError, Detail, nearest, shorten
from mock_lusha.state.client_lint import judge
from mock_lusha.state.journal import hidden
from mock_lusha.world.resolver import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_lusha.control.context import ControlContext, ControlRequest, Slices
    from mock_lusha.state.journal import Record
    from mock_lusha.world.resolver import Lookup

MOST_SHOWN = 1_000
"""Exchanges of one answer: more would hold up everybody else while they are written. Our decision."""
_SLICE = 100
"""Exchanges that are looked at before other requests have their turn."""
_MOST_MISSES = 3
_NO_KEY = {"account": "(no key)", "fingerprint": None, "label": None}


def read_journal(steering: ControlContext, order: ControlRequest) -> Reply:
    """The newest exchanges that are kept and fit all that was asked for, oldest first; ``more`` says that
    older ones fit too."""
    query = order.query
    key, everybody = _whose(steering, order)
    _known_operation(steering, query.get("operation"))
    most = int(query.get("last", MOST_SHOWN))
    if most > MOST_SHOWN:
        raise refused(
            Detail(
                f"last must not be greater than {MOST_SHOWN}: ask for older ones with "
                f"before=ID, the id of the first exchange you have",
                query["last"],
            )
        )
    after, before = int(query.get("after", 0)), int(query.get("before", steering.journal.last_id + 1))
    fitting = (
        kept
        for kept in reversed(steering.journal.entries(key, everybody=everybody))
        if after < kept.id < before
        and query.get("operation") in {None, kept.operation}
        and query.get("status") in {None, str(kept.status)}
        and query.get("error") in {None, kept.error}
        and ("rule" not in query or any(query["rule"] in rule for rule in kept.rules))
    )
    newest = list(islice(fitting, most))
    exchanges = [shown(kept.record()) for kept in reversed(newest)]
    counts: dict[str, dict[str, int]] = {}
    for (operation, status), count in sorted(
        steering.journal.counts(key, everybody=everybody).items(),
        key=lambda item: (item[0][0] or "", item[0][1]),
    ):
        counts.setdefault(operation or "none", {})[str(status)] = count
    total = sum(sum(of.values()) for of in counts.values())
    more = next(fitting, None) is not None
    return Reply({"total": total, "counts": counts, "more": more, "exchanges": exchanges})


def clear_journal(steering: ControlContext, order: ControlRequest) -> Reply:
    """Forget the exchanges and counts of an account, or of everybody."""
    key, everybody = _whose(steering, order)
    steering.journal.clear(key, everybody=everybody)
    return Reply({"cleared": True})


def _whose(steering: ControlContext, order: ControlRequest) -> tuple[str | None, bool]:
    return (None, True) if order.account is None else (found(steering, order.account).key, False)


def _known_operation(steering: ControlContext, name: str | None) -> None:
    if name is not None and name not in steering.registry.operations:
        hint = nearest(name, steering.registry.operations)
        raise refused(Detail(f"operation is not one of the contract: {hint}", shorten(name)))


def shown(record: Record) -> dict[str, Any]:
    """An exchange as the control API shows it."""
    return {
        "id": record.id,
        "time": _iso(record.time),
        "account": record.account,
        "fingerprint": record.fingerprint,
        "label": record.title,
        "operation": record.operation,
        "method": record.method,
        "path": record.path,
        "query": record.query,
        "request": _readable(record.body),
        "status": record.status,
        "answer": _readable(record.answer),
        "charged": record.charged,
        "left": record.left,
        "error": record.error,
        "rules": list(record.rules),
        "warnings": [*record.warnings, *(f"a key was sent in the {where}" for where in record.misplaced)],
        "defect": record.defect,
        "ms": record.ms,
    }


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _readable(body: bytes) -> Any:
    """A body, to be written: as it was sent, since what can be read may be too deep to be written."""
    found = parsed(body)
    return found if found is None or isinstance(found, str) else orjson.Fragment(body)


# Verifying


def verify(steering: ControlContext, order: ControlRequest) -> Slices:
    """Count the calls that are as expected.

    ``complete`` is false where the journal has lost exchanges that may have been such calls, or the rest of
    a body that was too long to be kept.
    """
    expected = order.body
    _known_operation(steering, expected.get("operation"))
    if "times" in expected and ("at_least" in expected or "at_most" in expected):
        raise refused("times is exact: leave out at_least and at_most, or times")
    least = expected.get("times", expected.get("at_least", 0 if "at_most" in expected else 1))
    most = expected.get("times", expected.get("at_most"))
    if most is not None and least > most:
        raise refused(f"at_least must not be greater than at_most; sent were {least} and {most}")
    key, everybody = _whose(steering, order)
    counts = steering.journal.counts(key, everybody=everybody)
    differences = []
    for number, kept in enumerate(steering.journal.entries(key, everybody=everybody), 1):
        record = kept.record()
        differences.append((record, list(islice(differences_of(record, expected), MOST_DETAILS))))
        if number % _SLICE == 0:
            yield
    records = [record for record, _ in differences]
    count = sum(not each for _, each in differences)
    if not expected.keys() & {"query", "body", "path", "method"}:
        count = sum(
            number
            for (operation, status), number in counts.items()
            if expected.get("operation") in {None, operation} and expected.get("status") in {None, status}
        )
        complete = True
    else:
        unsure = "body" in expected and any(
            not record.whole and not any(differences_of(record, _but(expected, "body"))) for record in records
        )
        complete = len(records) == counts.total() and not unsure
    verified = least <= count and (most is None or count <= most)
    body: dict[str, Any] = {
        "verified": verified,
        "count": count,
        "expected": {"at_least": least, "at_most": most},
        "complete": complete,
    }
    if not verified and count < least:
        body["near_misses"] = [
            {
                "id": record.id,
                "operation": record.operation,
                "status": record.status,
                "differences": [difference.text for difference in each],
            }
            for record, each in nearest_misses(differences, _MOST_MISSES)
        ]
    elif not verified:
        body["matched"] = [record.id for record, each in differences if not each][:20]
    return Reply(body)


def _but(expected: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in expected.items() if each != name}


# Explaining


def explain(steering: ControlContext, order: ControlRequest) -> Reply:
    """Why an exchange was answered as it was."""
    key, record = _asked_for(steering, order)
    body = {
        "id": record.id,
        "operation": record.operation,
        "status": record.status,
        "why": list(_why(record)),
        "lookups": [_lookup(steering, key, looked) for looked in record.lookups],
        "price": {
            "charged": record.charged,
            "items": [
                {"entity": entry.entity, "kind": entry.kind, "price": entry.price, "why": entry.why}
                for entry in record.entries
            ],
        },
    }
    if record.status == 429:
        seconds = record.reset
        reopens = None if seconds is None else _iso(record.time + seconds)
        body["reopens"] = {"seconds": seconds, "at": reopens}
    return Reply(body)


def _asked_for(steering: ControlContext, order: ControlRequest) -> tuple[str | None, Record]:
    key, everybody = _whose(steering, order)
    number = order.path["id"]
    if number == "last":
        last = max(steering.journal.entries(key, everybody=everybody), key=attrgetter("id"), default=None)
        kept = None if last is None else steering.journal.find(last.id)
    elif number.isascii() and number.isdecimal() and len(number) < 19:
        kept = steering.journal.find(int(number))
    else:
        raise refused(Detail("id must be the number of an exchange, or last", shorten(number)))
    if kept is None or not (everybody or kept[0] == key):
        raise ApiError(
            "not-found",
            [f"the journal has no exchange {shorten(number)}; see /_mock/journal for those it has"],
        )
    return kept


def _why(record: Record) -> Iterator[str]:
    if record.operation is None:
        yield f"no operation is served at {record.method} {record.path}"
    for rule in record.rules:
        yield f"the rule {rule} fired"
    if record.error is not None:
        known = CATALOGUE.get(record.error)
        yield (
            f"refused with {known.status} {record.error}: {record.message}"
            if known
            else f"{record.error}: no ordinary answer was sent"
        )
    yield from record.details
    if record.status == 429 and record.reset is not None:
        yield f"the window reopens {record.reset} seconds later"
    for looked in record.lookups:
        if looked.by is not None:
            yield f"{looked.name} was found by {looked.by}" + (f"; {looked.why}" if looked.why else "")
        else:
            yield f"not found: {looked.why}"
    free = sum(entry.price == 0 for entry in record.entries)
    if record.entries:
        paid = len(record.entries) - free
        yield f"charged {record.charged}: {paid} items paid for, {free} free"
    elif record.error is None:
        yield "nothing in it has a price"
    yield from record.warnings
    for where in record.misplaced:
        yield f"a key in the {where} is not read; it belongs into the header api_key"


def _lookup(steering: ControlContext, key: str | None, looked: Lookup) -> dict[str, Any]:
    asked = {
        name: hidden(value, key or "")
        for name in looked.query._fields
        if (value := getattr(looked.query, name)) is not None
    }
    if looked.by is not None:
        outcome = {} if looked.why is None else {"outcome": looked.why}
        return {
            "asked": asked,
            "by": looked.by,
            "id": looked.id,
            "name": looked.name,
            "domain": looked.domain,
            **outcome,
        }
    nearby: list[str] = []
    if key is not None and not looked.forced:
        world = steering.worlds.world(steering.accounts.get(key))
        if isinstance(looked.query, PersonQuery):
            nearby = nearest_people(world, looked.query)
        else:
            nearby = nearest_companies(world, looked.query.domain or looked.query.name or "")
    return {"asked": asked, "by": None, "why": looked.why, "nearest": nearby}


# Conduct


def read_conduct(steering: ControlContext, order: ControlRequest) -> Slices:
    """The verdicts on an account's exchanges, or on those of each."""
    if order.account is not None:
        keys: list[str | None] = [found(steering, order.account).key]
    else:
        keys = steering.journal.keys()
    accounts = []
    for key in keys:
        records = []
        for number, kept in enumerate(steering.journal.entries(key), 1):
            records.append(kept.record())
            if number % _SLICE == 0:
                yield
        verdicts = [
            {
                "name": verdict.name,
                "advice": verdict.advice,
                "times": verdict.times,
                "evidence": [{"exchanges": list(e.exchanges), "text": e.text} for e in verdict.evidence],
            }
            for verdict in judge(
                records,
                steering.registry.operations,
                complete=len(records) == steering.journal.counts(key).total(),
            )
        ]
        whose = _NO_KEY if key is None else named(steering.accounts.get(key))
        accounts.append({**whose, "exchanges": len(records), "verdicts": verdicts})
    return Reply({"clean": not any(each["verdicts"] for each in accounts), "accounts": accounts})

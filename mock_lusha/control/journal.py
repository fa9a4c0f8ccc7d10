"""The journal over HTTP: read and verify exchanges, explain one, judge how a client behaves."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.api.reply import Reply
from mock_lusha.clock import timestamp_of
from mock_lusha.control.context import account_of, account_reference, bad_request
from mock_lusha.control.differences import SENT, body_value, differences_of, fewest, nearest_misses
from mock_lusha.errors import CATALOGUE, MOST_DETAILS, ApiError, Detail, nearest, shorten
from mock_lusha.services.suggestions import nearest_companies, nearest_people
from mock_lusha.state.client_lint import judging
from mock_lusha.state.masking import hidden
from mock_lusha.state.operation_facts import OperationFacts
from mock_lusha.wording import counted
from mock_lusha.world.resolver import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from mock_lusha.control.context import ControlContext, ControlRequest, Slices
    from mock_lusha.control.differences import Miss
    from mock_lusha.state.client_lint import Verdict
    from mock_lusha.state.journal import JournalEntry, Record
    from mock_lusha.state.ranking import Ranking
    from mock_lusha.world.resolver import Lookup

MOST_SHOWN = 1_000
"""Exchanges of one answer. Our decision."""
_SLICE = 25
"""Exchanges that are compared before other requests are served."""
_WRITTEN = 10
"""Exchanges that are written before other requests are served: a search may be answered again for each."""
_JUDGED_AT_ONCE = 500
"""Exchanges of an account that are judged in one go; of more each rule is asked on its own."""
_LOOKED_AT = 5_000
"""Exchanges that are looked at before other requests are served."""
_MOST_MISSES = 3
_NO_KEY = {"account": "(no key)", "fingerprint": None, "label": None}


def read_journal(context: ControlContext, request: ControlRequest) -> Slices:
    """The newest exchanges in the journal that match the query, oldest first; ``more`` says that older ones
    match too."""
    query = request.query
    key, everybody = _key_of(context, request)
    _check_operation(context, query.get("operation"))
    most = int(query.get("last", MOST_SHOWN))
    if most > MOST_SHOWN:
        raise bad_request(
            Detail(
                f"last must not be greater than {MOST_SHOWN}: ask for older ones with "
                f"before=ID, the id of the first exchange you have",
                query["last"],
            )
        )
    after, before = int(query.get("after", 0)), int(query.get("before", context.journal.last_id + 1))
    counts: dict[str, dict[str, int]] = {}
    for (operation, status), count in sorted(
        context.journal.counts(key, everybody=everybody).items(),
        key=lambda item: (item[0][0] or "", item[0][1]),
    ):
        counts.setdefault(operation or "none", {})[str(status)] = count
    total = sum(sum(by_status.values()) for by_status in counts.values())
    newest: list[JournalEntry] = []
    if query.keys() & {"operation", "status", "error", "rule"}:
        for number, entry in enumerate(reversed(context.journal.entries(key, everybody=everybody)), 1):
            if after < entry.id < before and _fits(entry, query):
                newest.append(entry)
            if len(newest) > most:
                break
            if number % _LOOKED_AT == 0:
                yield
    else:
        fitting = context.journal.newest(key, everybody=everybody, before=before)
        newest += islice(takewhile(lambda entry: entry.id > after, fitting), most + 1)
    more = len(newest) > most
    exchanges = []
    for number, entry in enumerate(reversed(newest[:most]), 1):
        exchanges.append(exchange_view(entry.record()))
        if number % _WRITTEN == 0:
            yield
    return Reply({"total": total, "counts": counts, "more": more, "exchanges": exchanges})


def _fits(entry: JournalEntry, query: Mapping[str, Any]) -> bool:
    return (
        query.get("operation") in {None, entry.operation}
        and query.get("status") in {None, str(entry.status)}
        and query.get("error") in {None, entry.error}
        and ("rule" not in query or any(query["rule"] in rule for rule in entry.rules))
    )


def clear_journal(context: ControlContext, request: ControlRequest) -> Reply:
    """Forget the exchanges and counts of an account, or of everybody."""
    key, everybody = _key_of(context, request)
    context.journal.clear(key, everybody=everybody)
    return Reply({"cleared": True})


def _key_of(context: ControlContext, request: ControlRequest) -> tuple[str | None, bool]:
    return (None, True) if request.account is None else (account_of(context, request).key, False)


def _check_operation(context: ControlContext, name: str | None) -> None:
    if name is not None and name not in context.registry.operations:
        hint = nearest(name, context.registry.operations)
        raise bad_request(Detail(f"operation is not one of the contract: {hint}", shorten(name)))


def exchange_view(record: Record) -> dict[str, Any]:
    """An exchange as the control API shows it."""
    return {
        "id": record.id,
        "time": timestamp_of(record.time),
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
        "trace": record.trace,
        "ms": record.ms,
    }


def _readable(body: bytes) -> Any:
    """A body for an answer: JSON as it was sent, since what can be read may be too deep to be written."""
    value = body_value(body)
    return value if value is None or isinstance(value, str) else orjson.Fragment(body)


# Verifying


def verify(context: ControlContext, request: ControlRequest) -> Slices:
    """Count the calls that are as expected.

    ``complete`` is false where the journal no longer has exchanges that may have been such calls, or has only
    the beginning of a body.
    """
    expected = request.body
    _check_operation(context, expected.get("operation"))
    if "times" in expected and ("at_least" in expected or "at_most" in expected):
        raise bad_request("times is exact: leave out at_least and at_most, or times")
    least = expected.get("times", expected.get("at_least", 0 if "at_most" in expected else 1))
    most = expected.get("times", expected.get("at_most"))
    if most is not None and least > most:
        raise bad_request(f"at_least must not be greater than at_most; sent were {least} and {most}")
    key, everybody = _key_of(context, request)
    counts = context.journal.counts(key, everybody=everybody)
    entries: list[JournalEntry] = []
    fitting: list[JournalEntry] = []
    misses: list[Miss] = []
    sent = expected.keys() & SENT
    if sent:
        entries, unsure = context.journal.entries(key, everybody=everybody), False
        # Only what may fit is written out, which costs a hundred times as much as looking at it.
        candidates = [entry for entry in entries if _has_outcome(entry, expected)]
        for number, entry in enumerate(candidates, 1):
            record = entry.record()
            differences = list(islice(differences_of(record, expected), MOST_DETAILS))
            if differences:
                misses.append((entry, differences))
                unsure = unsure or ("body" in expected and not record.whole and _may_fit(record, expected))
            else:
                fitting.append(entry)
            if number % _SLICE == 0:
                misses = fewest(misses)
                yield
        count = len(fitting)
        complete = len(entries) == counts.total() and not unsure
    else:
        count = sum(
            number
            for (operation, status), number in counts.items()
            if expected.get("operation") in {None, operation} and expected.get("status") in {None, status}
        )
        complete = True
    verified = least <= count and (most is None or count <= most)
    if not verified and not sent:  # what is counted tells the rest
        entries = context.journal.entries(key, everybody=everybody)
        fitting = [entry for entry in entries if _has_outcome(entry, expected)]
    body: dict[str, Any] = {
        "verified": verified,
        "count": count,
        "expected": {"at_least": least, "at_most": most},
        "complete": complete,
    }
    if not verified and count < least:
        misses = yield from _all_misses(entries, expected, misses)
        body["near_misses"] = [
            {
                "id": entry.id,
                "operation": entry.operation,
                "status": entry.status,
                "differences": [difference.text for difference in differences],
            }
            for entry, differences in nearest_misses(misses, _MOST_MISSES)
        ]
    elif not verified:
        body["matched"] = [entry.id for entry in fitting[:20]]
    return Reply(body)


def _has_outcome(entry: JournalEntry, expected: Mapping[str, Any]) -> bool:
    """Whether an exchange came to what is expected, which is known without writing it out."""
    return expected.get("operation") in {None, entry.operation} and expected.get("status") in {
        None,
        entry.status,
    }


def _may_fit(record: Record, expected: Mapping[str, Any]) -> bool:
    return not any(differences_of(record, {name: expected[name] for name in expected if name != "body"}))


def _all_misses(
    entries: Sequence[JournalEntry], expected: Mapping[str, Any], misses: list[Miss]
) -> Generator[None, None, list[Miss]]:
    """The misses there are, if those are ``misses`` whose outcome is as expected. Those of another operation
    come last: they are looked at where others are too few."""
    for same in (True, False):
        if len(misses) >= _MOST_MISSES and not same:
            break
        rest = (
            entry
            for entry in entries
            if (expected.get("operation") in {None, entry.operation}) is same
            and not _has_outcome(entry, expected)
        )
        for number, entry in enumerate(rest, 1):
            misses.append((entry, list(islice(differences_of(entry, expected), MOST_DETAILS))))
            if number % _SLICE == 0:
                misses = fewest(misses)
                yield
    return misses


# Explaining


def explain(context: ControlContext, request: ControlRequest) -> Reply:
    """Why an exchange was answered as it was."""
    key, record = _exchange(context, request)
    body = {
        "id": record.id,
        "operation": record.operation,
        "status": record.status,
        "why": list(_why(record)),
        "lookups": [_lookup(context, key, lookup) for lookup in record.lookups],
        "price": {
            "charged": record.charged,
            "items": [
                {"entity": entry.entity, "kind": entry.kind, "price": entry.price, "why": entry.why}
                for entry in record.entries
            ],
        },
    }
    if record.ranking is not None:
        body["ranking"] = _ranking(record.ranking)
    if record.status == 429:
        seconds = record.reset
        reopens = None if seconds is None else timestamp_of(record.time + seconds)
        body["reopens"] = {"seconds": seconds, "at": reopens}
    return Reply(body)


def _exchange(context: ControlContext, request: ControlRequest) -> tuple[str | None, Record]:
    key, everybody = _key_of(context, request)
    number = request.path["id"]
    if number == "last":
        last = next(context.journal.newest(key, everybody=everybody), None)
        entry = None if last is None else context.journal.find(last.id)
    elif number.isascii() and number.isdecimal() and len(number) < 19:
        entry = context.journal.find(int(number))
    else:
        raise bad_request(Detail("id must be the number of an exchange, or last", shorten(number)))
    if entry is None or not (everybody or entry[0] == key):
        raise ApiError(
            "not-found",
            [f"the journal has no exchange {shorten(number)}; see /_mock/journal for those it has"],
        )
    return entry


def _why(record: Record) -> Iterator[str]:
    if record.operation is None:
        yield f"no operation is served at {record.method} {record.path}"
    for rule in record.rules:
        yield f"the rule {rule} fired"
    if record.error is not None:
        kind = CATALOGUE.get(record.error)
        yield (
            f"refused with {kind.status} {record.error}: {record.message}"
            if kind
            else f"{record.error}: no ordinary answer was sent"
        )
    yield from record.details
    if record.status == 429 and record.reset is not None:
        yield f"the window reopens {counted(record.reset, 'second')} later"
    for lookup in record.lookups:
        if lookup.by is not None:
            yield f"{lookup.name} was found by {lookup.by}" + (f"; {lookup.why}" if lookup.why else "")
        else:
            yield f"not found: {lookup.why}"
    if record.ranking is not None:
        yield from _ranked(record.ranking)
    free = sum(entry.price == 0 for entry in record.entries)
    if record.entries:
        paid = len(record.entries) - free
        yield f"charged {record.charged}: {counted(paid, 'item')} paid for, {free} free"
    elif record.error is None:
        yield "nothing in it has a price"
    yield from record.warnings
    for where in record.misplaced:
        yield f"a key in the {where} is not read; it belongs into the header api_key"


def _ranked(ranking: Ranking) -> Iterator[str]:
    """What a ranking says in words."""
    yield (
        f"of {ranking.sent} seeds sent {ranking.seeds} were found; {ranking.total} are like them, "
        f"besides the {ranking.given} that this session had brought before"
    )
    for _, name, parts in ranking.rows():
        reasons = ", ".join(f"{part} {value:.2f}" for part, value in parts.items() if value)
        yield f"{name} scores {sum(parts.values()):.2f}: {reasons}"


def _ranking(ranking: Ranking) -> dict[str, Any]:
    return {
        "seeds": {"sent": ranking.sent, "found": ranking.seeds},
        "given": ranking.given,
        "total": ranking.total,
        "results": [
            {
                "id": id_,
                "name": name,
                "score": round(sum(parts.values()), 4),
                "parts": {part: round(value, 4) for part, value in parts.items()},
            }
            for id_, name, parts in ranking.rows()
        ],
    }


def _lookup(context: ControlContext, key: str | None, lookup: Lookup) -> dict[str, Any]:
    query = {
        name: hidden(value, key or "")
        for name in lookup.query._fields
        if (value := getattr(lookup.query, name)) is not None
    }
    if lookup.by is not None:
        outcome = {} if lookup.why is None else {"outcome": lookup.why}
        return {
            "asked": query,
            "by": lookup.by,
            "id": lookup.id,
            "name": lookup.name,
            "domain": lookup.domain,
            **outcome,
        }
    nearby: list[str] = []
    if key is not None and not lookup.forced:
        world = context.worlds.world(context.accounts.look(key))
        if isinstance(lookup.query, PersonQuery):
            nearby = nearest_people(world, lookup.query)
        else:
            nearby = nearest_companies(world, lookup.query.domain or lookup.query.name or "")
    return {"asked": query, "by": None, "why": lookup.why, "nearest": nearby}


# Conduct


def read_conduct(context: ControlContext, request: ControlRequest) -> Slices:
    """The verdicts on the exchanges of one account, or of all accounts one by one."""
    if request.account is not None:
        keys: list[str | None] = [account_of(context, request).key]
    else:
        keys = context.journal.keys()
    accounts = []
    facts = OperationFacts.of(context.registry.operations, context.settings.search_price)
    for key in keys:
        records = []
        for number, entry in enumerate(context.journal.entries(key), 1):
            records.append(entry.record())
            if number % _SLICE == 0:
                yield
        verdicts = []
        complete = len(records) == context.journal.counts(key).total()
        for verdict in judging(records, facts, complete=complete):
            if verdict is not None:
                verdicts.append(_verdict_view(verdict))
            if len(records) > _JUDGED_AT_ONCE:
                yield
        reference = _NO_KEY if key is None else account_reference(context.accounts.look(key))
        accounts.append({**reference, "exchanges": len(records), "verdicts": verdicts})
    if context.settings.store is not None:
        accounts.sort(key=lambda account: account["fingerprint"] or "")  # as ``listed`` has them
    return Reply({"clean": not any(account["verdicts"] for account in accounts), "accounts": accounts})


def _verdict_view(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "advice": verdict.advice,
        "times": verdict.times,
        "evidence": [{"exchanges": list(each.exchanges), "text": each.text} for each in verdict.evidence],
    }

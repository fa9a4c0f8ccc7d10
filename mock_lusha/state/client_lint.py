"""What an integration does badly, read from its exchanges.

The rules are ours; they follow what Lusha's guide asks of integrations (limits, back-off from 1 second
doubling to 60, bulk calls) and what costs credits or time for nothing.
"""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

import orjson

from mock_lusha.state.operation_facts import OperationFacts
from mock_lusha.values import frozen
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mock_lusha.contract.document import Operation
    from mock_lusha.state.journal import Record
    from mock_lusha.state.ledger import Entry

MOST_EVIDENCE = 20
SINGLES = 5
"""So many single lookups in a row, each within ``SINGLES_WITHIN`` seconds of the first, are worth a bulk."""
SINGLES_WITHIN = 60.0
ROWS_WITHIN = 60.0
"""Rows of a table that are read again within so many seconds were hardly changed by anybody."""
MOST_ENTRIES = 1_000
"""Lines of the ledger of a call that is judged by them."""
PAIRS = 3
"""So many searches whose results were all enriched next are a habit, where that costs no credits."""
LEAST_PAUSE, LONGEST_PAUSE = 0.5, 55.0
"""Seconds before the first retry, and those that need not grow: the guide says 1 and 60, jitter aside."""
_AT_ONCE = 2_000
"""Exchanges whose lines of the ledger are read before others may be served."""
_WINDOWS = {"minute-limit": "minute", "hourly-limit": "hourly", "daily-quota": "daily"}
_NEED_ALL = frozenset({"enriched-without-search"})
_DEPRECATED = "deprecated: "
_ONLY_ENRICH = re.compile(rb'"(?:tableId|waterfallEnabled)"')
_NOT_SHOWN = "not shown"
_REQUEST_ID = re.compile(rb'"requestId"\s*:\s*"([0-9a-fA-F-]{36})"')


@frozen
class Evidence:
    """Numbers of exchanges and what they show."""

    exchanges: tuple[int, ...]
    text: str


@frozen
class Verdict:
    """One bad habit: its name, what would be better, how often it was seen, and the first 20 proofs."""

    name: str
    advice: str
    times: int
    evidence: tuple[Evidence, ...]


def judge(
    records: Sequence[Record],
    operations: Mapping[str, Operation],
    *,
    complete: bool = True,
    search_price: str = "observed",
) -> list[Verdict]:
    """The verdicts on the exchanges of one account, oldest first, with ``operations`` of the contract and the
    profile of prices.

    Where they are not ``complete``, what an older one may have justified is not held against anybody.
    """
    facts = OperationFacts.of(operations, search_price)
    return [verdict for verdict in judging(records, facts, complete=complete) if verdict is not None]


def judging(records: Sequence[Record], facts: OperationFacts, *, complete: bool) -> Iterator[Verdict | None]:
    """As ``judge``, with None wherever others may be served: each rule reads all exchanges."""
    for name, (advice, rule) in _RULES.items():
        if not complete and name in _NEED_ALL:
            continue
        evidence: list[Evidence] = []
        for proof in rule(records, facts):
            if proof is None:
                yield None
            else:
                evidence.append(proof)
        few = tuple(evidence[:MOST_EVIDENCE])
        yield Verdict(name, advice, len(evidence), few) if evidence else None


def _retried_too_early(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    for index, refused in enumerate(records):
        if refused.status != 429:
            continue
        whole = refused.error in {"hourly-limit", "daily-quota", "trial-ended"} or (
            refused.error == "minute-limit" and refused.operation not in operations.windows
        )
        wait = None if refused.error == "trial-ended" else refused.reset or 1
        for position in range(index + 1, len(records)):  # a slice would be another list for each refusal
            later = records[position]
            if not whole and later.operation != refused.operation:
                continue
            if later.started < refused.ended:
                continue  # it was under way when the refusal came
            after = later.begun - refused.time
            if wait is None or 0 <= after < wait:
                until = "the trial is over" if wait is None else f"it reopens after {wait} s"
                yield Evidence(
                    (refused.id, later.id),
                    f"429 {refused.error or 'on script'} at exchange {refused.id}, and {later.operation} was "
                    f"called again {after:.1f} s later; {until}",
                )
            break


def _no_growing_back_off(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    attempts: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        what = (record.method, record.path, record.query, record.body.decode("latin-1"))
        if _failed(record):
            attempts.setdefault(what, []).append(record)
            continue
        yield from _gaps([*attempts.pop(what, []), record])
    for rest in attempts.values():
        yield from _gaps(rest)


def _failed(record: Record) -> bool:
    # Status 0: the client gave up waiting.
    return record.status >= 499 or record.status == 0 or record.cut


def _gaps(attempts: Sequence[Record]) -> Iterator[Evidence]:
    # Whoever waits on a clock that is moved for them has waited too.
    gaps = [max(later.started - one.ended, later.begun - one.time) for one, later in pairwise(attempts)]
    if len(attempts) < 3 or any(gap < 0 for gap in gaps):  # calls at one time are not retries
        return
    grows = all(later > gap * 1.1 or gap >= LONGEST_PAUSE for gap, later in pairwise(gaps))
    if gaps[0] < LEAST_PAUSE or not grows:
        waits = ", ".join(f"{gap:.2f}" for gap in gaps)
        times = counted(sum(map(_failed, attempts)), "time")
        text = f"{attempts[0].operation} failed {times} and was sent again after {waits} s"
        yield Evidence(tuple(record.id for record in attempts), text)


def _ignored_requests_left(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    for earlier, refused in pairwise(records):
        window = _WINDOWS.get(refused.error or "")
        if (
            window
            and earlier.status != 429
            and refused.operation not in operations.windows
            and earlier.left.get(window) == 0
        ):
            yield Evidence(
                (earlier.id, refused.id),
                f"exchange {earlier.id} said x-{window}-requests-left: 0, and {refused.operation} was called",
            )


def _polled_usage(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    for record in records:
        # Of a full window of the plan there are no details.
        most = operations.windows.get(record.operation or "")
        if most is not None and record.error == "minute-limit" and record.details:
            times = counted(most, "time")
            yield Evidence((record.id,), f"{record.operation} was called more often than {times} in a minute")


def _singles(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    for operation, run in groupby(records, key=lambda record: record.operation):
        if operation not in operations.bulks:
            continue
        several: dict[tuple[str, bytes], Record] = {}  # by what was asked: a retry is not a further lookup
        bulk, most = operations.bulks[operation]
        start = 0.0
        for record in [*(each for each in run if bulk != operation or _size(each, operations) == 1), None]:
            if record is not None and (not several or record.started - start <= SINGLES_WITHIN):
                start = start if several else record.started
                several.setdefault((record.query, record.body), record)
                continue
            if len(several) >= SINGLES:
                calls = -(-len(several) // most)
                alone = " for one item each" if bulk == operation else ""
                yield Evidence(
                    tuple(single.id for single in several.values())[:MOST_EVIDENCE],
                    f"{len(several)} calls of {operation} in a row{alone}; {calls} of {bulk} would do",
                )
            several = {} if record is None else {(record.query, record.body): record}
            start = 0.0 if record is None else record.started


def _size(record: Record, operations: OperationFacts) -> int | None:
    """How many items the body of a bulk has; None where that cannot be read."""
    try:
        items = orjson.loads(record.body)[operations.lists[record.operation or ""]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return len(items) if isinstance(items, list) else None


def _is_answered(record: Record) -> bool:
    return record.status == 200 and record.error is None


def _found(record: Record) -> frozenset[int]:
    """The people or companies that an answer showed."""
    lookups = (lookup for lookup in record.lookups if lookup.by is not None and lookup.id is not None)
    return frozenset(lookup.id for lookup in lookups if not (lookup.why or "").startswith(_NOT_SHOWN))


def _entries(record: Record) -> Sequence[Entry]:
    """The lines of the ledger of a call; none of a run of a long column, which has but a price."""
    return record.entries if len(record.entries) <= MOST_ENTRIES else ()


def _credits(number: int) -> str:
    return f"{number} credit{'s' * (number != 1)}"


def _search_cost(record: Record) -> int:
    return sum(entry.price for entry in _entries(record) if entry.kind == "search")


def _two_calls_for_one(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    for pair in operations.pairs:
        steps = []
        calls = [each for each in records if each.operation in {pair.search, pair.enrich}]
        for search, enrich in pairwise(calls):
            if (search.operation, enrich.operation) != (pair.search, pair.enrich):
                continue
            is_plain = b'"signals"' not in search.body and not _ONLY_ENRICH.search(enrich.body)
            found = _found(search)
            if (
                is_plain
                and found
                and _is_answered(search)
                and _is_answered(enrich)
                and _found(enrich) == found
            ):
                saved = _search_cost(search) if pair.search_is_free else 0
                steps.append((search, enrich, saved))
        saved = sum(each for _, _, each in steps)
        if len(steps) >= PAIRS or saved:
            for search, enrich, saved in steps:
                cost = search.charged + enrich.charged
                price = f"for {_credits(saved)} less" if saved else f"for the same {_credits(cost)}"
                yield Evidence(
                    (search.id, enrich.id),
                    f"{pair.enrich} took all that {pair.search} had found; one call of {pair.both} does both "
                    f"{price}",
                )


def _searched_again(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    for pair in operations.pairs:
        known: dict[int, int] = {}
        for record in records:
            if record.operation not in {pair.search, pair.enrich, pair.both} or not _is_answered(record):
                continue
            found, cost = _found(record), _search_cost(record)
            if found and cost and b'"signals"' not in record.body and found <= known.keys():
                first = min(known[entity] for entity in found)
                yield Evidence(
                    (first, record.id),
                    f"{record.operation} looked up who had been found before; {pair.enrich} by their ids "
                    f"costs {_credits(cost)} less",
                )
            for entity in found:
                known.setdefault(entity, record.id)


def _revealed_twice(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence | None]:
    first: dict[str, int] = {}
    paid: dict[str, int] = {}
    for number, record in enumerate(records):
        if number % _AT_ONCE == 0:
            yield None
        kinds = [entry for entry in _entries(record) if entry.kind in {"email", "phone", "contact"}]
        people = {entry.entity for entry in kinds if entry.why in {"charged", "already revealed"}}
        again = {entry.entity for entry in kinds if entry.why == "already revealed"}
        for entity in sorted(again & first.keys()):
            yield Evidence(
                (first[entity], record.id), f"{entity} was revealed before; keep what was paid for"
            )
        if record.error is None:  # what was cut or spoilt on its way was not seen
            for entity in people:
                first.setdefault(entity, record.id)
        yield from _paid_again(record, paid)


def _paid_again(record: Record, paid: dict[str, int]) -> Iterator[Evidence]:
    """Companies that are paid for each time, and were paid for before; ``paid`` takes them."""
    charged = {
        entry.entity: entry.price for entry in _entries(record) if entry.kind == "company" and entry.price
    }
    for entity in sorted(charged.keys() & paid.keys()):
        yield Evidence(
            (paid[entity], record.id),
            f"{entity} was paid for before, and again ({_credits(charged[entity])}); keep it",
        )
    if record.error is None:
        for entity in charged:
            paid.setdefault(entity, record.id)


def _rows_read_again(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence | None]:
    """Rows of tables that are read, and paid for, again soon after: most often to see whether a run is
    over."""
    last: dict[str, Record] = {}
    for number, record in enumerate(records):
        if number % _AT_ONCE == 0:
            yield None
        rows = [entry for entry in _entries(record) if entry.kind == "table-row" and entry.price]
        earlier = [last[entry.entity] for entry in rows if entry.entity in last]
        after = record.begun - min((each.begun for each in earlier), default=0.0)
        if rows and len(earlier) == len(rows) and 0 <= after <= ROWS_WITHIN:
            cost = _credits(sum(entry.price for entry in rows))
            yield Evidence(
                (earlier[0].id, record.id),
                f"{record.operation} read the same rows {after:.1f} s later, for {cost} again; the table "
                "itself, which is free, says isProcessing",
            )
        if record.error is None:
            last.update((entry.entity, record) for entry in rows)


def _enriched_without_search(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    request_ids: set[bytes] = set()
    for record in records:
        match = _REQUEST_ID.search(record.body)
        if record.operation in operations.givers and record.status == 200:
            answer_match = _REQUEST_ID.search(record.answer)
            request_ids |= {answer_match[1].lower()} if answer_match else set()
        elif record.operation in operations.takers and match:
            if match[1].lower() not in request_ids:
                yield Evidence((record.id,), f"no search gave the requestId {match[1].decode()}")
            else:
                foreign = [text for text in record.warnings if "is not of the search" in text]
                if foreign:
                    yield Evidence((record.id,), "; ".join(foreign[:5]))


def _retired(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    """Calls that were refused for good, and those whose answers said that they will be; not where version 2
    is served as ever."""
    calls: dict[str, list[int]] = {}
    for record in records:
        if record.error == "retired" and record.details:
            successor, *changes = record.details
            calls.setdefault(f"{successor}: {'; '.join(changes)}", []).append(record.id)
        for warning in record.warnings:
            if warning.startswith(_DEPRECATED):
                calls.setdefault(warning.removeprefix(_DEPRECATED), []).append(record.id)
    for text, numbers in calls.items():
        yield Evidence(tuple(numbers[:MOST_EVIDENCE]), f"called {counted(len(numbers), 'time')}; {text}")


def _key_misplaced(records: Sequence[Record], operations: OperationFacts) -> Iterator[Evidence]:
    for record in records:
        for where in record.misplaced:
            yield Evidence((record.id,), f"a key was sent in the {where}")


_RULES: Final[
    Mapping[str, tuple[str, Callable[[Sequence[Record], OperationFacts], Iterator[Evidence | None]]]]
] = {
    "retried-too-early": (
        "After a 429 wait until the window reopens: its message says in how many seconds.",
        _retried_too_early,
    ),
    "no-growing-back-off": (
        "After a 5XX or a broken connection wait longer each time: 1 second, doubling up to 60.",
        _no_growing_back_off,
    ),
    "ignored-requests-left": (
        "When x-…-requests-left is 0, the next call of that window is refused: wait before it.",
        _ignored_requests_left,
    ),
    "polled-usage": ("The usage endpoint takes 5 calls a minute: remember its answer.", _polled_usage),
    "singles-for-bulk": (
        "Many single lookups in a row use up rate limits that one bulk call would not.",
        _singles,
    ),
    "two-calls-for-one": (
        "Where all that is found is enriched at once, search-and-enrich does both in one call.",
        _two_calls_for_one,
    ),
    "searched-again": (
        "Ids are permanent in v3: keep them, and enrich by id. A search is paid for each time.",
        _searched_again,
    ),
    "revealed-twice": (
        "Store what was revealed; asking again costs a call, and credits for companies in v3 or by plan.",
        _revealed_twice,
    ),
    "rows-read-again": (
        "Rows of a table cost a credit each time they are read; the table itself says when a run is over.",
        _rows_read_again,
    ),
    "enriched-without-search": (
        "Enrich the contactIds of one answer with the requestId of that very answer.",
        _enriched_without_search,
    ),
    "retired": (
        "Lusha switched version 2 off on 2026-11-18: call the successors, which `mock-lusha migrate` lists.",
        _retired,
    ),
    "key-misplaced": ("The key is read from the header api_key, and nowhere else.", _key_misplaced),
}

"""The conduct: what a client does badly is seen, with its evidence, and what it does well is not."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from mock_lusha.contract.document import Contract
from mock_lusha.state.client_lint import Evidence, judge
from mock_lusha.state.journal import Record
from mock_lusha.state.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from support import CheckedClient

    from mock_lusha.clock import Clock

    Seen = Mapping[str, list[tuple[list[int], str]]]

OPERATIONS = Contract.load().operations
KEY = "a-key-of-our-own-4711"
COMPANY = "/v2/company?domain=acme.com"
OTHER = "/v2/company?domain=other.com"
JANE = "/v2/person?email=jane.doe@acme.com"
USAGE = "/account/usage"
BULK = {"contacts": [{"contactId": str(each), "email": f"jane.doe{each}@acme.com"} for each in range(5)]}
RANDOM = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
PERSON = "searchSingleContact"
SINGLE = "searchSingleCompanyV2"
ENRICH = "enrichProspectingContacts"
ADVICE = {
    "retried-too-early": "After a 429 wait until the window reopens: its message says in how many seconds.",
    "no-growing-back-off": "After a 5XX or a broken connection wait longer each time: 1 second, doubling up to 60.",
    "ignored-requests-left": "When x-…-requests-left is 0, the next call of that window is refused: wait before it.",
    "polled-usage": "The usage endpoint takes 5 calls a minute: remember its answer.",
    "singles-for-bulk": "Many single lookups in a row use up rate limits that one bulk call would not.",
    "revealed-twice": "Store what was revealed; asking again costs a call, and credits for companies in v3 or by plan.",
    "enriched-without-search": "Enrich the contactIds of one answer with the requestId of that very answer.",
    "key-misplaced": "The key is read from the header api_key, and nowhere else.",
}  # fmt: skip


class Step(NamedTuple):
    """A call, so many seconds of the clock after the one before.

    In a body ``{search}`` and ``{contact}`` are the request id and a contact id of the last search.
    """

    url: str
    body: Any = None
    after: float = 0
    headers: Mapping[str, str] = {}
    key: str = KEY


class Walk(NamedTuple):
    """A client's calls, and what is seen of them: verdict -> exchanges and text of each proof.

    ``rule`` decides the first call that it fits, and only that.
    """

    steps: Sequence[Step]
    seen: Mapping[str, list[tuple[list[int], str]]] = {}
    rule: Mapping[str, Any] | None = None


@pytest.fixture
def lusha(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(key=KEY, people=400, companies=40)


def ruled(client: CheckedClient, *rules: Mapping[str, Any]) -> None:
    """Let rules decide calls."""
    answer = client.request("PUT", "/_mock/scenario", json={"name": "ours", "rules": list(rules)})
    assert answer.status_code == 200, answer.text


def walked(client: CheckedClient, clock: Clock, walk: Walk) -> list[int]:
    """Make the calls of a walk; the statuses of their answers."""
    if walk.rule is not None:
        ruled(client, {"when": {"nth": 1}, "respond": walk.rule})
    found = {"search": "", "contact": ""}
    statuses = []
    for url, body, after, headers, key in walk.steps:
        clock.advance(after)
        options = {} if body is None else {"json": filled(body, found)}
        answer = client.request("GET" if body is None else "POST", url, headers=headers, key=key, **options)
        statuses.append(answer.status_code)
        if url == SEARCH.url:
            search = answer.json()
            found = {"search": search["requestId"], "contact": search["data"][0]["contactId"]}
    return statuses


def filled(body: Any, found: Mapping[str, str]) -> Any:
    """A body with the ids that a search gave."""
    if isinstance(body, dict):
        return {name: filled(value, found) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, found) for value in body]
    return body.format(**found) if isinstance(body, str) else body


def judged(client: CheckedClient, key: str = KEY) -> Any:
    """What is said of an account's conduct."""
    answer = client.get(f"/_mock/conduct?account={key}").json()
    (account,) = answer["accounts"]
    assert answer["clean"] is (account["verdicts"] == [])
    for verdict in account["verdicts"]:
        for each in verdict["evidence"]:
            each["text"] = re.sub(r"\d+\.\d s later", "… s later", each["text"])
    return account["verdicts"]


def shown(seen: Seen) -> list[dict[str, Any]]:
    """Verdicts as the control API shows them."""
    return [
        {
            "name": name,
            "advice": ADVICE[name],
            "times": len(evidence),
            "evidence": [{"exchanges": exchanges, "text": text} for exchanges, text in evidence],
        }
        for name, evidence in seen.items()
    ]


def early(refused: int, error: str, later: int, operation: str, until: str) -> Seen:
    """A call that came too early, so many seconds (``…``) after it was refused."""
    text = f"429 {error} at exchange {refused}, and {operation} was called again … s later; {until}"
    return {"retried-too-early": [([refused, later], text)]}


HIT = Step(COMPANY)
SEARCH = Step("/prospecting/contact/search", {"filters": {}, "pages": {"page": 0, "size": 10}})
FOUND = {"requestId": "{search}", "contactIds": ["{contact}"]}
MINUTE, HOUR, DAY = ({"error": name} for name in ("minute-limit", "hourly-limit", "daily-quota"))
BURST = {"error": "too-many-requests"}
FIVE = [Step(f"/v2/person?email=jane.doe{each}@acme.com") for each in range(5)]
HOUSES = [Step(f"/v2/company?domain=acme{each}.com") for each in range(5)]

BAD: dict[str, Walk] = {
    # retried-too-early
    "retried-too-early: within the minute": Walk([HIT, Step(COMPANY, after=59.5)], early(1, "minute-limit", 2, SINGLE, "it reopens after 60 s"), MINUTE),
    "retried-too-early: by another call": Walk([HIT, Step(JANE, after=1)], early(1, "minute-limit", 2, PERSON, "it reopens after 60 s"), MINUTE),
    "retried-too-early: within the hour": Walk([HIT, Step(COMPANY, after=3_599)], early(1, "hourly-limit", 2, SINGLE, "it reopens after 3600 s"), HOUR),
    "retried-too-early: the usage within the hour": Walk([HIT, Step(USAGE, after=60)], early(1, "hourly-limit", 2, "getAccountUsageStats", "it reopens after 3600 s"), HOUR),
    "retried-too-early: within the day": Walk([HIT, Step(JANE, after=3_600)], early(1, "daily-quota", 2, PERSON, "it reopens after 86400 s"), DAY),
    "retried-too-early: within the second": Walk([HIT, Step(OTHER, after=0.9)], early(1, "too-many-requests", 2, SINGLE, "it reopens after 1 s"), BURST),
    "retried-too-early: after another call": Walk([HIT, Step(JANE), Step(COMPANY, after=0.5)], early(1, "too-many-requests", 3, SINGLE, "it reopens after 1 s"), BURST),
    "retried-too-early: a trial is over": Walk([Step(COMPANY, key="trial-ended"), Step(USAGE, after=90_000, key="trial-ended")], early(1, "trial-ended", 2, "getAccountUsageStats", "the trial is over")),
    # ignored-requests-left
    "ignored-requests-left: of the minute": Walk([HIT, Step(JANE, after=59)], {"ignored-requests-left": [([1, 2], f"exchange 1 said x-minute-requests-left: 0, and {PERSON} was called")]}, {"spend": "minute"}),
    "ignored-requests-left: of the hour": Walk([HIT, HIT], {"ignored-requests-left": [([1, 2], f"exchange 1 said x-hourly-requests-left: 0, and {SINGLE} was called")]}, {"spend": "hourly"}),
    "ignored-requests-left: of the day": Walk([HIT, Step(COMPANY, after=3_600)], {"ignored-requests-left": [([1, 2], f"exchange 1 said x-daily-requests-left: 0, and {SINGLE} was called")]}, {"spend": "daily"}),
    # polled-usage
    "polled-usage: six in a minute": Walk([Step(USAGE, after=10) for _ in range(6)], {"polled-usage": [([6], "getAccountUsageStats was called more often than 5 times in a minute")]}),
    # singles-for-bulk
    "singles-for-bulk: people": Walk(FIVE, {"singles-for-bulk": [([1, 2, 3, 4, 5], f"5 calls of {PERSON} in a row; 1 of searchMultipleContacts would do")]}),
    "singles-for-bulk: companies": Walk(HOUSES, {"singles-for-bulk": [([1, 2, 3, 4, 5], f"5 calls of {SINGLE} in a row; 1 of searchMultipleCompaniesV2 would do")]}),
    "singles-for-bulk: both": Walk([*FIVE, *HOUSES, Step(USAGE)], {"singles-for-bulk": [([1, 2, 3, 4, 5], f"5 calls of {PERSON} in a row; 1 of searchMultipleContacts would do"), ([6, 7, 8, 9, 10], f"5 calls of {SINGLE} in a row; 1 of searchMultipleCompaniesV2 would do")]}),
    # enriched-without-search
    "enriched-without-search: no search": Walk([Step("/prospecting/contact/enrich", {"requestId": RANDOM, "contactIds": [RANDOM]})], {"enriched-without-search": [([1], f"no search gave the requestId {RANDOM}")]}),
    "enriched-without-search: another requestId": Walk([SEARCH, Step("/prospecting/contact/enrich", {"requestId": RANDOM, "contactIds": ["{contact}"]})], {"enriched-without-search": [([2], f"no search gave the requestId {RANDOM}")]}),
    "enriched-without-search: another contactId": Walk([SEARCH, Step("/prospecting/contact/enrich", {"requestId": "{search}", "contactIds": ["{contact}", RANDOM]})], {"enriched-without-search": [([2], "contactIds.1 is not of the search with this requestId")]}),
    # key-misplaced
    "key-misplaced: in the query": Walk([Step(f"{COMPANY}&api_key={KEY}")], {"key-misplaced": [([1], "a key was sent in the query parameter api_key")]}),
    "key-misplaced: in the body": Walk([Step("/v2/person", BULK | {"apiKey": KEY})], {"key-misplaced": [([1], "a key was sent in the body")]}),
    **{f"key-misplaced: in {name}": Walk([Step(COMPANY, headers={name: KEY})], {"key-misplaced": [([1], f"a key was sent in the header {name}")]}) for name in ("authorization", "x-api-key", "api-key", "apikey")},
    "key-misplaced: in two": Walk([Step(COMPANY, headers={"X-API-Key": KEY, "Authorization": f"Bearer {KEY}"}), HIT, Step(JANE, headers={"apiKey": KEY})], {"key-misplaced": [([1], "a key was sent in the header x-api-key"), ([1], "a key was sent in the header authorization"), ([3], "a key was sent in the header apikey")]}),
    # several
    "two at once, in the order of the rules": Walk([Step(JANE, headers={"apikey": KEY}), Step(OTHER, after=2)], {"retried-too-early": early(1, "minute-limit", 2, SINGLE, "it reopens after 60 s")["retried-too-early"], "key-misplaced": [([1], "a key was sent in the header apikey")]}, MINUTE),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_a_client_does_badly_is_seen(case: str, lusha: CheckedClient, clock: Clock) -> None:
    walk = BAD[case]

    walked(lusha, clock, walk)

    assert judged(lusha, walk.steps[0].key) == shown(walk.seen)


WELL: dict[str, Walk] = {
    "nothing": Walk([]),
    "a minute is waited for": Walk([HIT, Step(COMPANY, after=61)], rule=MINUTE),
    "an hour is waited for": Walk([HIT, Step(COMPANY, after=3_601)], rule=HOUR),
    "a day is waited for": Walk([HIT, Step(COMPANY, after=86_401)], rule=DAY),
    "a second is waited for": Walk([HIT, Step(COMPANY, after=2)], rule=BURST),
    "a second of another endpoint": Walk([HIT, Step(JANE), Step(COMPANY, after=2)], rule=BURST),
    "nothing is called after a 429": Walk([HIT], rule=HOUR),
    "nothing is called after the trial": Walk([Step(COMPANY, key="trial-ended")]),
    "the last minute is waited for": Walk([HIT, Step(COMPANY, after=60)], rule={"spend": "minute"}),
    "the last hour is waited for": Walk([HIT, Step(COMPANY, after=3_600)], rule={"spend": "hourly"}),
    "the last day is waited for": Walk([HIT, Step(COMPANY, after=86_400)], rule={"spend": "daily"}),
    "the usage is asked for five times a minute": Walk([Step(USAGE, after=60 if each == 5 else 0) for each in range(10)]),
    "four people": Walk(FIVE[:4]),
    "five people with a pause for another call": Walk([*FIVE[:3], HIT, *FIVE[3:]]),
    "five people at once": Walk([Step("/v2/person", BULK)]),
    "five searches": Walk([SEARCH] * 5),
    "two people": Walk(FIVE[:2]),
    "an email and then a phone": Walk([Step(f"{JANE}&revealEmails=true"), Step(f"{JANE}&revealPhones=true")]),
    "a person twice in a bulk": Walk([Step("/v2/person", {"contacts": [{"contactId": each, "email": "jane.doe@acme.com"} for each in "12"]})]),
    "nobody twice": Walk([Step("/v2/person?email=nobody@acme.com")] * 2),
    "a company twice": Walk([HIT, HIT]),
    "a company that is not there, five times": Walk([Step("/v2/company?domain=nobody.example")] * 5),
    "what a search found": Walk([SEARCH, Step("/prospecting/contact/enrich", FOUND)]),
    "the second of two searches": Walk([SEARCH, SEARCH, Step("/prospecting/contact/enrich", FOUND)]),
    "companies without a search": Walk([Step("/prospecting/company/enrich", {"requestId": RANDOM, "companiesIds": ["7"]})]),
    "an empty header": Walk([Step(COMPANY, headers={"x-api-key": ""})]),
    "another header": Walk([Step(COMPANY, headers={"x-request-id": KEY})]),
}  # fmt: skip


@pytest.mark.parametrize("case", WELL)
def test_what_a_client_does_well_is_not_held_against_it(
    case: str, lusha: CheckedClient, clock: Clock
) -> None:
    walk = WELL[case]

    walked(lusha, clock, walk)

    assert judged(lusha, walk.steps[0].key if walk.steps else KEY) == []


# What was revealed

QUILL = "quill-works.example"
REVEALED: dict[str, tuple[list[Step], list[list[int]]]] = {
    "by two lookups": ([Step(JANE), Step(JANE)], [[1, 2]]),
    "three times": ([Step(JANE), Step(JANE), Step(JANE)], [[1, 2], [1, 3]]),
    "a phone, then all": ([Step(f"{JANE}&revealPhones=true"), Step(JANE)], [[1, 2]]),
    "by a lookup and a bulk": ([Step(JANE), HIT, Step("/v2/person", {"contacts": [{"contactId": "1", "email": "jane.doe@acme.com"}]})], [[1, 3]]),
    "by another identifier": ([Step(JANE), Step("/v2/person?firstName=Jane&lastName=Doe&companyDomain=acme.com")], [[1, 2]]),
    "by two enrichments": ([SEARCH, Step("/prospecting/contact/enrich", FOUND), Step("/prospecting/contact/enrich", FOUND)], [[2, 3]]),
    "with one credit a match": ([Step(JANE, key="legacy"), Step(JANE, key="legacy")], [[1, 2]]),
}  # fmt: skip


@pytest.mark.parametrize("case", REVEALED)
def test_whoever_is_revealed_twice_is_seen(case: str, lusha: CheckedClient, clock: Clock) -> None:
    steps, exchanges = REVEALED[case]

    walked(lusha, clock, Walk(steps))

    key = steps[0].key
    items = lusha.get(f"/_mock/explain/last?account={key}").json()["price"]["items"]
    text = f"{items[0]['entity']} was revealed before; keep what was paid for"
    assert judged(lusha, key) == shown({"revealed-twice": [(each, text) for each in exchanges]})


def test_each_person_of_a_bulk_that_was_revealed_before_is_a_proof(lusha: CheckedClient) -> None:
    lusha.post("/v2/person", json=BULK)
    lusha.post("/v2/person", json=BULK)

    (verdict,) = judged(lusha)
    assert (verdict["name"], verdict["times"]) == ("revealed-twice", 5)
    assert [each["exchanges"] for each in verdict["evidence"]] == [[1, 2]] * 5
    assert len({each["text"] for each in verdict["evidence"]}) == 5


# What depends on the stopwatch, and on many exchanges


def record(number: int, operation: str = PERSON, **other: Any) -> Record:
    whole = Record(
        id=number, begun=0.0, time=0.0, account="…4711", operation=operation, method="GET", path="/v2/person",
        query="email=jane.doe@acme.com", body=b"", status=200, answered=b"", charged=0, left={}, reset=None,
        error=None, message=None, details=(), rules=(), warnings=(), misplaced=(), entries=(), lookups=(), ms=0.0,
        started=0.0,
    )  # fmt: skip
    made = replace(whole, **other)
    return made if "begun" in other else replace(made, begun=made.time - made.ms / 1000)


def evidence_of(name: str, records: Sequence[Record]) -> list[Evidence]:
    """The proofs of one verdict."""
    verdicts = {verdict.name: verdict for verdict in judge(records, OPERATIONS)}
    assert all(verdict.advice == ADVICE[verdict.name] for verdict in verdicts.values())
    return list(verdicts[name].evidence) if name in verdicts else []


def attempts(*gaps: float, ms: float = 0.0, well: bool = True, **failed: Any) -> list[Record]:
    """One call that fails and is sent again after each gap, counted from the end of the answer before."""
    started = [sum(gaps[:each]) + each * ms / 1000 for each in range(len(gaps) + 1)]
    records = [
        record(number, started=each, ms=ms, **({"status": 503} | failed))
        for number, each in enumerate(started, 1)
    ]
    return [*records[:-1], replace(records[-1], status=200, cut=False)] if well else records


def sent_again(times: int, waits: str) -> str:
    return f"{PERSON} failed {times} times and was sent again after {waits} s"


def moved(records: Sequence[Record], *moments: float) -> list[Record]:
    """The same, at moments of a clock that is moved by hand."""
    return [replace(each, begun=moment, time=moment) for each, moment in zip(records, moments, strict=True)]


# Attempts -> exchanges, text
NOT_GROWING: dict[str, tuple[list[Record], tuple[int, ...], str]] = {
    "at once": (attempts(0, 0), (1, 2, 3), sent_again(2, "0.00, 0.00")),
    "equal waits": (attempts(1, 1, 1), (1, 2, 3, 4), sent_again(3, "1.00, 1.00, 1.00")),
    "shorter waits": (attempts(4, 2), (1, 2, 3), sent_again(2, "4.00, 2.00")),
    "hardly longer waits": (attempts(1, 1.09), (1, 2, 3), sent_again(2, "1.00, 1.09")),
    "equal waits on a clock that is moved": (moved(attempts(0, 0), 0, 1, 2), (1, 2, 3), sent_again(2, "1.00, 1.00")),
    "waits that grow from nearly nothing": (attempts(0.001, 0.002, 0.004), (1, 2, 3, 4), sent_again(3, "0.00, 0.00, 0.00")),
    "one wait that is not longer": (attempts(1, 2, 4, 4), (1, 2, 3, 4, 5), sent_again(4, "1.00, 2.00, 4.00, 4.00")),
    "no answer in the end": (attempts(1, 1, well=False), (1, 2, 3), sent_again(3, "1.00, 1.00")),
    "waits of growing answers": (attempts(1, 1, ms=500), (1, 2, 3), sent_again(2, "1.00, 1.00")),
    "no answer at all": (attempts(1, 1, status=0), (1, 2, 3), sent_again(2, "1.00, 1.00")),
    "a broken connection": (attempts(1, 1, status=0, cut=True), (1, 2, 3), sent_again(2, "1.00, 1.00")),
    "a connection broken in the middle": (attempts(1, 1, status=200, cut=True), (1, 2, 3), sent_again(2, "1.00, 1.00")),
    "a timeout": (attempts(1, 1, status=499), (1, 2, 3), sent_again(2, "1.00, 1.00")),
    "another call between": ([*attempts(1, 1)[:2], record(9, query="email=zoe@acme.com"), replace(attempts(1, 1)[2], id=10)], (1, 2, 10), sent_again(2, "1.00, 1.00")),
    "no success, but a refusal": ([*attempts(1, 1)[:2], replace(attempts(1, 1)[2], status=404)], (1, 2, 3), sent_again(2, "1.00, 1.00")),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_GROWING)
def test_waits_that_do_not_grow_are_seen(case: str) -> None:
    records, exchanges, text = NOT_GROWING[case]

    assert evidence_of("no-growing-back-off", records) == [Evidence(exchanges, text)]


GROWING: dict[str, list[Record]] = {
    "waits that double": attempts(1, 2, 4, 8, 16, 32, 60),
    "waits that double up to a minute": attempts(1, 2, 4, 8, 16, 32, 60, 60, 60),
    "waits that double in vain": attempts(1, 2, 4, 8, well=False),
    "waits a little longer": attempts(1, 1.2, 1.4),
    "waits that double on a clock that is moved": moved(attempts(0, 0, 0), 0, 1, 3, 7),
    "slow answers": attempts(1, 2, 4, ms=30_000),
    "sent again once": attempts(0),
    "failed twice and given up": attempts(1, well=False),
    "three at one time": [
        replace(each, started=started)
        for each, started in zip(attempts(1, 1, ms=500, well=False), (0.0, 0.1, 0.15), strict=True)
    ],
    "a success between": [
        replace(each, id=number, started=number)
        for number, each in enumerate([*attempts(1), *attempts(1), *attempts(1)], 1)
    ],
    "different queries": [replace(each, query=f"email={each.id}@acme.com") for each in attempts(1, 1)],
    "different bodies": [replace(each, body=str(each.id).encode()) for each in attempts(1, 1)],
    "different paths": [replace(each, path=f"/v2/{each.id}") for each in attempts(1, 1)],
    "different methods": [replace(each, method=f"M{each.id}") for each in attempts(1, 1)],
    "refusals": attempts(1, 1, status=429, well=False),
    "people there are not": attempts(1, 1, status=404, well=False),
}


@pytest.mark.parametrize("case", GROWING)
def test_waits_that_grow_are_not_held_against_a_client(case: str) -> None:
    assert evidence_of("no-growing-back-off", GROWING[case]) == []


def test_calls_that_fail_are_judged_each_by_itself() -> None:
    first = attempts(1, 1)
    second = [
        replace(each, id=each.id + 3, query="email=zoe@acme.com") for each in attempts(2, 2, well=False)
    ]

    assert evidence_of("no-growing-back-off", [*first, *second]) == [
        Evidence((1, 2, 3), sent_again(2, "1.00, 1.00")),
        Evidence((4, 5, 6), sent_again(3, "2.00, 2.00")),
    ]


def lookups(count: int, apart: float = 0.0, operation: str = PERSON) -> list[Record]:
    return [
        record(number, operation, query=f"email={number}@acme.com", started=(number - 1) * apart)
        for number in range(1, count + 1)
    ]


# Lookups -> the exchanges told of each run, and how many calls of a bulk would do for it
RUNS: dict[str, tuple[list[Record], list[tuple[list[int], int, int]]]] = {
    "four": (lookups(4), []),
    "five": (lookups(5), [([1, 2, 3, 4, 5], 5, 1)]),
    "five within a minute": (lookups(5, apart=15), [([1, 2, 3, 4, 5], 5, 1)]),
    "five in more than a minute": (lookups(5, apart=15.1), []),
    "ten in two minutes": (lookups(10, apart=15), [([1, 2, 3, 4, 5], 5, 1), ([6, 7, 8, 9, 10], 5, 1)]),
    "a hundred": (lookups(100), [(list(range(1, 21)), 100, 1)]),
    "a hundred and one": (lookups(101), [(list(range(1, 21)), 101, 2)]),
    "one sent again": ([replace(each, query="") for each in lookups(9)], []),
    "five, one of them sent again": ([*lookups(5)[:2], replace(lookups(1)[0], id=9), *lookups(5)[2:]], [([1, 2, 3, 4, 5], 5, 1)]),
    "of another operation": (lookups(5, operation="getAccountUsageStats"), []),
    "of no operation": ([replace(each, operation=None) for each in lookups(5)], []),
    "with another call between": ([*lookups(4), record(5, SINGLE), record(6)], []),
}  # fmt: skip


@pytest.mark.parametrize("case", RUNS)
def test_single_lookups_in_a_row_are_counted(case: str) -> None:
    records, runs = RUNS[case]

    assert evidence_of("singles-for-bulk", records) == [
        Evidence(
            tuple(exchanges),
            f"{count} calls of {PERSON} in a row; {bulks} of searchMultipleContacts would do",
        )
        for exchanges, count, bulks in runs
    ]


@pytest.mark.parametrize(
    ("operation", "bulk"), [(PERSON, "searchMultipleContacts"), (SINGLE, "searchMultipleCompaniesV2")]
)
def test_a_bulk_takes_a_hundred(operation: str, bulk: str) -> None:
    for count, bulks in ((100, 1), (101, 2), (201, 3)):
        (evidence,) = evidence_of("singles-for-bulk", lookups(count, operation=operation))

        assert evidence.text == f"{count} calls of {operation} in a row; {bulks} of {bulk} would do"


def search(
    number: int, request: str, status: int = 200, operation: str = "searchProspectingContacts"
) -> Record:
    answer = b'{"requestId":"%s","currentPage":0}' % request.encode()
    return record(number, operation, status=status, answered=answer)


def enrich(number: int, request: str, *warnings: str) -> Record:
    body = b'{ "requestId" : "%s", "contactIds": []}' % request.encode()
    return record(number, ENRICH, method="POST", body=body, warnings=warnings)


NO_SEARCH = f"no search gave the requestId {RANDOM}"
FOREIGN = [f"contactIds.{each} is not of the search with this requestId" for each in range(6)]
ENRICHED: dict[str, tuple[list[Record], list[Evidence]]] = {
    "after the search": ([search(1, RANDOM), enrich(2, RANDOM)], []),
    "after a search of companies": ([search(1, RANDOM, operation="searchProspectingCompanies"), enrich(2, RANDOM)], []),
    "in capitals": ([search(1, RANDOM), enrich(2, RANDOM.upper())], []),
    "before the search": ([enrich(1, RANDOM), search(2, RANDOM)], [Evidence((1,), NO_SEARCH)]),
    "after a search that failed": ([search(1, RANDOM, 500), enrich(2, RANDOM)], [Evidence((2,), NO_SEARCH)]),
    "after something else": ([search(1, RANDOM, operation=PERSON), enrich(2, RANDOM)], [Evidence((2,), NO_SEARCH)]),
    "without a requestId": ([enrich(1, "")], []),
    "with a word that is no requestId": ([enrich(1, "today")], []),
    "with contacts of another search": ([search(1, RANDOM), enrich(2, RANDOM, *FOREIGN)], [Evidence((2,), "; ".join(FOREIGN[:5]))]),
    "with a warning of something else": ([search(1, RANDOM), enrich(2, RANDOM, "property a should not exist")], []),
}  # fmt: skip


@pytest.mark.parametrize("case", ENRICHED)
def test_an_enrichment_needs_its_search(case: str) -> None:
    records, evidence = ENRICHED[case]

    assert evidence_of("enriched-without-search", records) == evidence


def test_a_search_that_the_journal_lost_is_not_held_against_a_client(
    make_client: Callable[..., CheckedClient], clock: Clock
) -> None:
    walk = Walk([SEARCH, Step("/prospecting/contact/enrich", FOUND)])
    for journal, exchanges in ((2, 2), (1, 1)):
        client = make_client(key=KEY, people=400, companies=40, journal=journal)
        walked(client, clock, walk)

        answer = client.get("/_mock/conduct").json()
        (account,) = answer["accounts"]
        assert (answer["clean"], account["exchanges"]) == (True, exchanges)
    assert judge([enrich(7, RANDOM)], OPERATIONS, complete=False) == []


def test_what_was_seen_for_certain_is_said_though_the_journal_lost_exchanges() -> None:
    assert [verdict.name for verdict in judge(attempts(1, 1), OPERATIONS, complete=False)] == [
        "no-growing-back-off"
    ]


def entry(kind: str, entity: str, why: str) -> Entry:
    return Entry(request=1, operation=PERSON, kind=kind, entity=entity, units=1, price=0, why=why)


def test_only_details_of_people_are_revealed() -> None:
    kinds = ("company", "signal", "search", "email", "phone", "contact")
    records = [
        record(number, entries=[entry(kind, f"{kind}:7", why) for kind in kinds])
        for number, why in enumerate(("charged", "already revealed"), 1)
    ]

    assert evidence_of("revealed-twice", records) == [
        Evidence((1, 2), f"{kind}:7 was revealed before; keep what was paid for")
        for kind in ("contact", "email", "phone")
    ]


def test_what_was_revealed_before_the_journal_begins_is_not_held_against_a_client() -> None:
    assert judge([record(7, entries=[entry("email", "person:7", "already revealed")])], OPERATIONS) == []


HOURLY: dict[str, Any] = {"error": "hourly-limit", "reset": 3_600}
# What a 429 was, the operation called next and so many seconds later -> what is said of that, if anything
RETRIES: dict[str, tuple[dict[str, Any], str, float, str | None]] = {
    "at once": (HOURLY, PERSON, 0.0, f"429 hourly-limit at exchange 1, and {PERSON} was called again 0.0 s later; it reopens after 3600 s"),
    "a little too early": (HOURLY, SINGLE, 3_599.9, f"429 hourly-limit at exchange 1, and {SINGLE} was called again 3599.9 s later; it reopens after 3600 s"),
    "in time": (HOURLY, PERSON, 3_600.0, None),
    "a second too early": ({"error": "too-many-requests"}, PERSON, 0.99, f"429 too-many-requests at exchange 1, and {PERSON} was called again 1.0 s later; it reopens after 1 s"),
    "a second in time": ({"error": "too-many-requests"}, PERSON, 1.0, None),
    "another endpoint in the same second": ({"error": "too-many-requests"}, SINGLE, 0.0, None),
    "another endpoint in the same minute": ({"error": "minute-limit", "reset": 60}, SINGLE, 59.0, f"429 minute-limit at exchange 1, and {SINGLE} was called again 59.0 s later; it reopens after 60 s"),
    "a trial that is over": ({"error": "trial-ended"}, SINGLE, 1e6, f"429 trial-ended at exchange 1, and {SINGLE} was called again 1000000.0 s later; the trial is over"),
    "the clock was set back": (HOURLY, PERSON, -1.0, None),
}  # fmt: skip


@pytest.mark.parametrize("case", RETRIES)
def test_a_retry_is_too_early_until_the_window_reopens(case: str) -> None:
    refusal, operation, after, text = RETRIES[case]
    refused = record(1, time=1_000.0, status=429, **refusal)
    later = record(2, operation, time=1_000.0 + after, started=max(after, 0.0))

    evidence = evidence_of("retried-too-early", [refused, later])

    assert evidence == ([] if text is None else [Evidence((1, 2), text)])


def test_only_the_next_call_is_a_retry() -> None:
    refused = record(1, time=1_000.0, status=429, **HOURLY)
    later = [record(number, time=1_000.0 + number, started=number) for number in (2, 3)]

    assert [each.exchanges for each in evidence_of("retried-too-early", [refused, *later])] == [(1, 2)]


def test_a_call_that_was_under_way_when_another_was_refused_is_no_retry() -> None:
    refused = record(1, time=1_000.0, status=429, error="hourly-limit", reset=3_600, ms=500.0, started=10.0)
    meanwhile = record(2, time=1_000.25, ms=500.0, started=10.25)
    later = record(3, time=1_002.0, started=12.0)

    assert judge([refused, meanwhile], OPERATIONS) == []
    assert [each.exchanges for each in evidence_of("retried-too-early", [refused, meanwhile, later])] == [
        (1, 3)
    ]


def test_of_many_proofs_the_first_twenty_are_told_and_all_are_counted() -> None:
    records = [record(number, USAGE, misplaced=("apikey",)) for number in range(1, 26)]

    (verdict,) = judge(records, OPERATIONS)

    assert (verdict.name, verdict.times) == ("key-misplaced", 25)
    assert [each.exchanges for each in verdict.evidence] == [(number,) for number in range(1, 21)]


def test_every_retry_that_is_too_early_is_a_proof(lusha: CheckedClient, clock: Clock) -> None:
    ruled(lusha, {"respond": "hourly-limit"})
    for _ in range(4):
        lusha.get(COMPANY)
        clock.advance(60)

    (verdict,) = judged(lusha)
    assert (verdict["name"], verdict["times"]) == ("retried-too-early", 3)
    assert [each["exchanges"] for each in verdict["evidence"]] == [[1, 2], [2, 3], [3, 4]]
    assert [each["text"].partition("; ")[2] for each in verdict["evidence"]] == [
        "it reopens after 3600 s",
        "it reopens after 3540 s",
        "it reopens after 3480 s",
    ]


def test_whoever_waits_as_told_on_a_clock_that_stands_is_not_accused(
    lusha: CheckedClient, clock: Clock
) -> None:
    ruled(lusha, {"when": {"nth": 1}, "respond": "hourly-limit"})
    lusha.get(COMPANY)
    clock.advance(3_600)
    lusha.get(COMPANY)

    assert judged(lusha) == []


def test_whoever_does_not_wait_on_a_clock_that_stands_is(lusha: CheckedClient) -> None:
    ruled(lusha, {"when": {"nth": 1}, "respond": "hourly-limit"})
    lusha.get(COMPANY)
    lusha.get(COMPANY)

    assert [verdict["name"] for verdict in judged(lusha)] == ["retried-too-early"]


def test_a_plans_full_minute_is_no_polling_of_usage(lusha: CheckedClient, clock: Clock) -> None:
    lusha.request("PATCH", f"/_mock/accounts?account={KEY}", json={"plan": "free", "limits": "enforce"})
    for number in range(40):
        lusha.post("/v2/company", json={"companies": [{"id": "1", "domain": f"acme{number}.com"}]})
        clock.advance(1)
    assert lusha.get("/account/usage").status_code == 429

    assert "polled-usage" not in {verdict["name"] for verdict in judged(lusha)}


@pytest.mark.parametrize("error", ["truncated-json", "cut-mid-body", "client went away", None])
def test_an_answer_that_was_spoilt_on_its_way_revealed_nobody(error: str | None) -> None:
    charged = Entry(1, PERSON, "email", "person:7", 1, 1, "charged")
    again = replace(charged, request=2, price=0, why="already revealed")
    calls = [
        record(1, error=error, entries=[charged]),
        record(2, entries=[again]),
        record(3, entries=[again]),
    ]

    proofs = [each.exchanges for each in evidence_of("revealed-twice", calls)]

    assert proofs == ([(2, 3)] if error else [(1, 2), (1, 3)])


def test_a_look_that_showed_nothing_revealed_nobody(lusha: CheckedClient) -> None:
    lusha.get(JANE + "&revealEmails=false&revealPhones=false")
    lusha.get(JANE)
    lusha.get(JANE)

    (verdict,) = judged(lusha)
    assert [each["exchanges"] for each in verdict["evidence"]] == [[2, 3]]


# Whose conduct


def test_each_account_is_judged_by_its_own_calls(lusha: CheckedClient) -> None:
    lusha.get(JANE, key=f"{KEY}+one")
    lusha.get(JANE, key=f"{KEY}+two")
    lusha.get(COMPANY, headers={"x-api-key": KEY, "api_key": ""})

    answer = lusha.get("/_mock/conduct").json()

    assert answer["clean"] is False
    assert [(each["account"], each["exchanges"], each["verdicts"]) for each in answer["accounts"]] == [
        ("…+one", 1, []),
        ("…+two", 1, []),
        ("(no key)", 1, shown({"key-misplaced": [([3], "a key was sent in the header x-api-key")]})),
    ]
    assert judged(lusha, f"{KEY}%2Bone") == []


def test_nothing_is_held_against_nobody(lusha: CheckedClient) -> None:
    assert lusha.get("/_mock/conduct").json() == {"clean": True, "accounts": []}
    assert judge([], OPERATIONS) == []


def test_a_cleared_journal_forgives(lusha: CheckedClient) -> None:
    lusha.get(COMPANY, headers={"x-api-key": KEY})
    assert judged(lusha) != []

    lusha.request("DELETE", f"/_mock/journal?account={KEY}")

    assert judged(lusha) == []


def test_a_client_that_does_all_well_has_no_verdict(lusha: CheckedClient, clock: Clock) -> None:
    ruled(
        lusha,
        {"name": "breaks", "when": {"operation": ENRICH, "nth": 1}, "respond": "unavailable"},
        {"name": "spends", "when": {"operation": SINGLE, "nth": 1}, "respond": {"spend": "minute"}},
        {"name": "refuses", "when": {"operation": PERSON, "nth": 1}, "respond": "hourly-limit"},
    )
    enriching = Step("/prospecting/contact/enrich", FOUND, after=1)
    steps = [Step(USAGE), SEARCH, enriching, enriching, HIT, Step(JANE, after=60), Step(JANE, after=3_601)]

    statuses = walked(lusha, clock, Walk([*steps, Step("/v2/person", BULK), Step(USAGE)]))

    assert statuses == [200, 200, 503, 200, 200, 429, 200, 200, 200]
    assert lusha.get("/_mock/conduct").json() == {
        "clean": True,
        "accounts": [
            {"account": "…4711", "fingerprint": "3fd76273", "label": None, "exchanges": 9, "verdicts": []}
        ],
    }

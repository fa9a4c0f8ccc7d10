"""Stories of calls that touch each kind of state there is, mixed by a seed into one sequence.

A story is a generator: it yields a call and is sent the answer, so that a later call can name what an earlier
one made. Stories of one key are told one after the other, those of different keys at the same time.
"""

from __future__ import annotations

import random
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import pinned_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    Story = Generator["Call", dict[str, Any], None]

KEYS = ("first-key-of-the-tests", "second-key-of-the-tests", "free")
PINNED = {"firstName": "Zoe", "lastName": "Quux", "companyDomain": "acme.com"}
HOOK = {"entityType": "company", "signalTypes": ["allSignals"], "url": "http://127.0.0.1:9/hooks"}
SINGLE = "searchSingleCompanyV2"


class Call(NamedTuple):
    """A call: of the account of its story, or of ``key``; ``machine`` moves the machine's clock before it."""

    method: str
    path: str
    body: Any = None
    machine: float = 0.0


def control(method: str, path: str, body: Any = None) -> Call:
    """A call of the control API about the account of the story."""
    return Call(method, f"/_mock/{path}{'&' if '?' in path else '?'}account=KEY", body)


def usage(times: int = 1, machine: float = 0.0) -> Story:
    for _ in range(times):
        yield Call("GET", "/v3/account/usage", machine=machine)


def lookups() -> Story:
    """Ids that are paid, then free, and used by other operations."""
    people = {"contacts": [{"email": "jane.doe@acme.com"}, {"email": "ada.quill@quill-works.example"}]}
    results = (yield Call("POST", "/v3/contacts/search", people)).get("results", [])
    ids = [each["id"] for each in results if "id" in each] or ["1"]
    for reveal in (["emails"], ["phones"], ["emails", "phones"]):
        yield Call("POST", "/v3/contacts/enrich", {"ids": ids, "reveal": reveal})
    yield Call("POST", "/v3/contacts/signals", {"ids": ids, "signalTypes": ["allSignals"]})
    yield control("GET", "ledger")
    yield Call("GET", "/v2/person?email=jane.doe@acme.com&revealEmails=true")
    yield control("GET", "ledger?last=3")


def pages() -> Story:
    filters = {"contacts": {"include": {"departments": ["Sales"]}}}
    for page in (0, 1, 0, 9):
        pagination = {"page": page, "size": 20}
        yield Call("POST", "/v3/contacts/prospecting", {"pagination": pagination, "filters": filters})
    body = {"pages": {"page": 0, "size": 10}, "filters": filters}
    rows = yield Call("POST", "/prospecting/contact/search", body)
    ids = [row["contactId"] for row in rows.get("data", [])][:3] or ["7"]
    request = rows.get("requestId", "1b4e28ba-2fa1-41d2-883f-0016d3cca427")
    for _ in range(2):
        yield Call("POST", "/prospecting/contact/enrich", {"requestId": request, "contactIds": ids})


def money() -> Story:
    yield control("POST", "accounts/drain", {"leave": 2})
    for number in range(4):
        yield Call("GET", f"/v2/company?domain=acme{number}.com")
    yield control("PATCH", "accounts", {"credits": 500, "label": "rich again"})
    yield Call("GET", "/v2/company?domain=acme3.com")
    yield control("GET", "accounts")


def windows() -> Story:
    """Limits that are reached, and open again by the clock of the machine and that of the account."""
    yield control("PATCH", "accounts", {"limits": "enforce"})
    yield from usage(6)
    yield from usage(2, 1.25)
    yield control("PATCH", "clock", {"advance": 61})
    yield from usage(2)
    yield from usage(2, 61.0)
    yield control("PATCH", "accounts", {"limits": "headers"})


def scenario() -> Story:
    yield control("PUT", "scenario", {"name": "flaky"})
    for _ in range(4):
        yield Call("GET", "/v2/company?domain=acme.com")
    yield control("GET", "scenario")
    rules = [{"name": "every other", "when": {"every": 2}, "respond": "not-found"}]
    yield control("POST", "scenario/rules", {"rules": rules})
    for _ in range(4):
        yield Call("GET", "/v3/account/usage")
    yield control("GET", "scenario")
    yield control("DELETE", "scenario/rules")
    yield control("DELETE", "scenario")


def world() -> Story:
    """Pinned, patched and erased entities."""
    contact = {"contacts": [PINNED], "reveal": ["emails", "phones"]}
    enrich = Call("POST", "/v3/contacts/search-and-enrich", contact)
    yield enrich
    yield control("POST", "entities", {"people": [PINNED]})
    yield enrich
    yield control("PATCH", "entities", {"people": [{"find": PINNED, "set": {"jobTitle": "Boss"}}]})
    yield enrich
    yield control("GET", "person?email=zoe.quux@acme.com")
    yield control("POST", "entities/erase", {"companies": [{"domain": "acme2.com"}]})
    yield Call("GET", "/v2/company?domain=acme2.com")
    yield control("GET", "entities")
    yield control("DELETE", "entities")
    yield enrich


def clocks() -> Story:
    yield control("PATCH", "clock", {"set": "2026-05-01T00:00:00Z"})
    yield control("PATCH", "clock", {"freeze": True})
    yield from usage(1, 5.0)
    yield control("PATCH", "clock", {"advance": 86_400.5})
    yield control("GET", "clock")
    yield control("PATCH", "clock", {"freeze": False})
    yield from usage(2, 3.0)
    yield control("GET", "clock")


def webhooks() -> Story:
    yield control("PATCH", "accounts", {"webhook_delivery": "collect"})
    yield Call("POST", "/api/account/secret/regenerate")
    found = yield Call("POST", "/v3/companies/search", {"companies": [{"domain": "acme.com"}]})
    company = found.get("results", [{}])[0].get("id", "1")
    made = yield Call(
        "POST", "/api/subscriptions", {"defaults": HOOK, "subscriptions": [{"entityId": company}]}
    )
    results = made.get("results") or [{}]
    hook = results[0].get("subscription", {"id": "none"})["id"]
    yield Call("PATCH", f"/api/subscriptions/{hook}", {"name": "ours"})
    yield control("PATCH", "clock", {"advance": 90 * 86_400})
    yield control("GET", "webhooks/deliveries")
    taken = yield control("POST", "webhooks/take")
    delivery = (taken.get("request") or {"delivery": "none"})["delivery"]
    yield control("POST", "webhooks/answered", {"delivery": delivery, "status": 500})
    yield control("POST", "webhooks/resend", {"delivery": delivery})
    yield control("GET", "webhooks/deliveries")
    yield control("GET", "webhooks")
    yield Call("GET", "/api/audit-logs")
    yield Call("GET", "/api/audit-logs/stats")


def tables() -> Story:
    yield control("POST", "tables", {"name": "Fair", "kind": "companies", "rows": ["acme.com"]})
    yield control("GET", "tables")


def jobs() -> Story:
    yield control("PATCH", "accounts", {"waterfall": True})
    people = {"contacts": [{"email": f"jane.doe@acme{number}.com"} for number in range(6)]}
    results = (yield Call("POST", "/v3/contacts/search", people)).get("results", [])
    ids = [each["id"] for each in results if "id" in each] or ["1"]
    made = yield Call("POST", "/v3/contacts/enrich", {"ids": ids, "reveal": ["phones"]})
    job = (made.get("job") or {"id": "none"})["id"]
    for machine in (0.0, 10.0, 600.0):
        yield Call("GET", f"/v3/contacts/jobs/{job}", machine=machine)


def pinned() -> Story:
    """A right and a wrong call of each operation of Lusha."""
    answers: dict[str, Any] = {}
    for operation, (method, right, wrong) in pinned_answers.REQUESTS.items():
        if operation == "createSubscription":
            yield control("PATCH", "accounts", {"webhook_delivery": "collect"})
        for is_right, (path, body) in ((True, right), (False, wrong)):
            url = path(answers) if callable(path) else path
            answer = yield Call(method, url, body(answers) if callable(body) else body)
            if is_right:
                answers[operation] = answer


def looks() -> Story:
    """What tests ask of a server."""
    yield control("GET", "journal?last=5")
    yield control("GET", "explain/last")
    yield control("GET", "conduct")
    yield control("POST", "verify", {"path": "/v3/account/usage", "at_least": 0})
    yield control("GET", "coverage")
    yield control("POST", "preview", {"operation": SINGLE, "query": {"domain": "acme.com"}})
    yield control("DELETE", "journal")
    yield control("GET", "journal")
    yield control("POST", "inbox/ci", {"any": "thing"})
    yield control("GET", "inbox/ci")


def account_ends() -> Story:
    yield control("POST", "accounts/settle", {"max_credits": 100_000})
    yield from usage()
    yield control("POST", "reset")
    yield from usage()
    yield control("DELETE", "accounts")
    yield from usage()
    yield control("GET", "accounts")


def everybody() -> Story:
    """What concerns all accounts."""
    yield Call("PATCH", "/_mock/clock", {"advance": 3_600})
    yield Call("PUT", "/_mock/scenario", {"name": "server-error"})
    yield from usage()
    yield Call("GET", "/_mock/accounts")
    yield Call("DELETE", "/_mock/scenario")
    yield Call("POST", "/_mock/entities", {"companies": [{"domain": "quux.example"}]})
    yield Call("GET", "/v2/company?domain=quux.example")
    yield Call("POST", "/_mock/accounts?account=made-of-all", {"plan": "free", "credits": 3})
    yield Call("GET", "/_mock/journal?last=5")
    yield Call("GET", "/_mock/conduct")


def end_of_all() -> Story:
    yield Call("POST", "/_mock/reset")
    yield Call("GET", "/_mock/accounts")
    yield from usage()


STORIES: tuple[Callable[[], Story], ...] = (
    *(lookups, pages, money, windows, scenario, world, clocks, webhooks, tables, jobs, looks),
    *(account_ends, everybody, end_of_all),
)


class Teller:
    """Tells what to call next; it is to be given each answer."""

    def __init__(
        self, seed: int, stories: Sequence[Callable[[], Story]] = STORIES, keys: Sequence[str] = KEYS
    ) -> None:
        self._random = random.Random(seed)
        self._told: dict[str, deque[Story]] = {}
        for key in keys:
            own = self._random.sample(stories, len(stories))
            self._told[key] = deque(story() for story in own)
        self._next: dict[str, Call] = {}

    def calls(self) -> Iterator[tuple[str, Call]]:
        """Key and call; ``answered`` is to be called before the next."""
        for key in self._told:
            self._go_on(key, None)
        while self._next:
            key = self._random.choice(sorted(self._next))
            yield key, self._next[key]

    def answered(self, key: str, answer: dict[str, Any]) -> None:
        """Go on with what the call of a key was answered with."""
        self._go_on(key, answer)

    def _go_on(self, key: str, answer: dict[str, Any] | None) -> None:
        self._next.pop(key, None)
        stories = self._told[key]
        while stories:
            try:
                self._next[key] = next(stories[0]) if answer is None else stories[0].send(answer)
            except StopIteration:
                stories.popleft()
                answer = None
            else:
                return

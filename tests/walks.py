"""Random walks through all that can be asked of a double: calls of the API, and of the control API."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
from pinned_answers import REQUESTS

from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from mock_lusha.captures.captures import Captures

Order = tuple[str, str, Any]
KEYS = [
    "key-of-a-walk-4711", "key-of-a-walk-4711~two", "premium", "scale+own", "no-unified-credits",
    "made-by-the-walk", "made-by-the-walk+more",
]  # fmt: skip
JANE, ACME = {"find": {"email": "jane.doe@acme.com"}}, {"find": {"domain": "acme.com"}}
STRANGE = ["", "invalid", "no key at all"]
"""No key, one that leads to no account, and one that nobody would have."""
OPERATIONS = sorted(REQUESTS)
HOOK = {"url": "http://127.0.0.1:9/hooks", "signalTypes": ["allSignals"]}
ZOE = {"firstName": "Zoe", "lastName": "Quux", "emails": ["zoe.quux@acme.com"], "companyDomain": "acme.com"}
RULES = [
    {"name": "now-and-then", "when": {"every": 3}, "respond": "server-error"},
    {"name": "twice", "when": {"path": {"regex": "contacts"}}, "times": 2, "respond": {"status": 418}},
    {"name": "body", "when": {"body": {"$..id": {"contains": "1"}}, "nth": [2, 5]},
     "respond": {"drain": 3, "spend": ["minute"], "patch": {"seen": True}}, "then": "woken"},
    {"name": "woken", "when": {"share": 0.5}, "respond": {"error": "too-many-requests"}},
]  # fmt: skip
ONE = "?account={key}"
PRESETS = {"subscriptions": [{**HOOK, "entityType": "contact", **JANE}]}
MADE = {
    "key": "made-by-the-walk", "plan": "scale", "features": ["enrichment", "tables"], "spent": ["hourly"],
    "webhooks": {"subscriptions": [{**HOOK, "entityType": "company", **ACME}]},
}  # fmt: skip
FALL = "websiteTrafficDecrease"
ERASED = {
    "people": [{"email": "ada.quill@quill-works.example"}],
    "companies": [{"domain": "quill-works.example"}],
}
STEERING: list[Order] = [
    ("PATCH", "accounts" + ONE, {"label": "the walk's", "match_rate": 0.7}),
    ("PATCH", "accounts" + ONE, {"label": None, "plan": "scale", "credits": 500}),
    ("PATCH", "accounts" + ONE, {"limits": "off", "waterfall": True, "scenario": "flaky"}),
    ("PATCH", "accounts" + ONE, {"match_rate": 1.0, "limits": "enforce"}),
    ("PATCH", "accounts" + ONE, {"webhooks": PRESETS}),
    ("POST", "accounts/drain" + ONE, {"leave": 7}),
    ("POST", "accounts/settle" + ONE, {"forget": False}),
    ("POST", "accounts/settle" + ONE, {}),
    ("DELETE", "accounts" + ONE, None),
    ("PUT", "accounts", MADE),
    ("POST", "entities" + ONE, {"people": [ZOE], "companies": [{"domain": "quux.example", "employees": 7}]}),
    ("PATCH", "entities", {"people": [{**JANE, "set": {"jobTitle": "Boss"}}]}),
    ("DELETE", "entities", None),
    ("DELETE", "entities" + ONE, None),
    ("POST", "entities/erase" + ONE, ERASED),
    ("POST", "tables" + ONE, {"name": "Fair", "kind": "companies", "rows": ["acme.com"]}),
    ("PUT", "scenario" + ONE, {"name": "gdpr"}),
    ("PUT", "scenario" + ONE, {"name": "ours", "rules": RULES}),
    ("PUT", "scenario", {"name": "flaky"}),
    ("PUT", "scenario", {"name": "theirs", "rules": RULES}),
    ("DELETE", "scenario", None),
    ("DELETE", "scenario" + ONE, None),
    ("POST", "scenario/resume" + ONE, {"begun": 1}),
    ("POST", "scenario/rules" + ONE, {"rules": RULES[:2]}),
    ("DELETE", "scenario/rules" + ONE, None),
    ("POST", "webhooks/take" + ONE, None),
    (
        "POST",
        "webhooks/trigger" + ONE,
        {"signalType": "websiteTrafficDecrease", "entityType": "company", **ACME},
    ),
    ("PATCH", "clock" + ONE, {"advance": 90_000}),
    ("PATCH", "clock" + ONE, {"freeze": True}),
    ("PATCH", "clock" + ONE, {"reset": True}),
    ("PATCH", "clock", {"advance": 4_000}),
    ("PATCH", "clock", {"freeze": True}),
    ("PATCH", "clock", {"freeze": False}),
    ("DELETE", "journal" + ONE, None),
    ("DELETE", "coverage" + ONE, None),
    ("POST", "coverage" + ONE, {"mark": "receiver-examined"}),
    ("POST", "reset" + ONE, None),
]
OF_ACCOUNTS = [each for each in STEERING if each[1].endswith(ONE) and "settle" not in each[1]]
"""Those that change one account, and not the server."""
READS = [
    *("/_mock/accounts", "/_mock/entities", "/_mock/scenario", "/_mock/clock", "/_mock/journal?last=1000"),
    *("/_mock/conduct", "/_mock/coverage", "/_mock/metrics", "/_mock/health"),
]
READS_OF_ONE = [
    f"/_mock/{what}?account={{key}}"
    for what in (
        *("accounts", "ledger", "entities", "tables", "webhooks", "webhooks/deliveries", "scenario", "clock"),
        *("journal", "conduct", "coverage"),
    )
]
_REAL = re.compile(
    r'"ms":[\d.]+|^mock_lusha_call_duration_seconds_(?:bucket|sum).*|^process_start_time_seconds .*', re.M
)
"""What takes real time."""


class Machine:
    """A machine whose clock the test moves."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def read(self) -> float:
        return self.now


class Double:
    """An application, and what it answered in a walk."""

    def __init__(self, machine: Machine, *, captured: bool = True, **settings: Any) -> None:
        chosen = {"people": 2_000, "companies": 200, "limits": "enforce", "journal": 40, **settings}
        chosen.setdefault("webhook_delivery", "collect")  # an attempt takes real time
        self.app = create_app(Settings(**chosen), clock=Clock(source=machine.read), captured=captured)
        self.captures: Captures = self.app.state.captures
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://double.localhost"
        )
        self._loop = asyncio.new_event_loop()

    def ask(self, method: str, path: str, key: str = "", body: Any = None) -> httpx.Response:
        headers = {"api_key": key} if key else {}
        return self._loop.run_until_complete(
            self._client.request(method, path, headers=headers, json=body if body is not None else None)
        )

    def reads(self) -> dict[str, str]:
        """All that the control API shows, but for what takes real time."""
        ids = [each["id"] for each in self.ask("GET", "/_mock/journal?last=1000").json()["exchanges"]]
        paths = READS + [
            each.replace("{key}", key.replace("+", "%2B")) for key in KEYS for each in READS_OF_ONE
        ]
        paths += [f"/_mock/explain/{number}" for number in ids[-60:]]
        return {path: _REAL.sub("", self.ask("GET", path).text) for path in paths}

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()


class Walk:
    """Steps, drawn one by one, which may need what was answered before."""

    def __init__(self, random: Random, machine: Machine) -> None:
        self._random = random
        self._machine = machine
        self._answers: dict[str, dict[str, Any]] = {}

    def step(self, doubles: list[Double], orders: Sequence[Order] = STEERING) -> list[httpx.Response]:
        """Ask the same of all of them."""
        random = self._random
        self._machine.now += random.choice((0.01, 0.3, 1.5, 70.0))
        key = random.choice(KEYS)
        if random.random() < 0.35:
            method, path, body = random.choice(orders)
            path = f"/_mock/{path}".replace("{key}", quote(key))
            answers = [double.ask(method, path, "", body) for double in doubles]
            if "/take" in path and answers[0].json().get("request") and random.random() < 0.7:
                done = {
                    "delivery": answers[0].json()["request"]["delivery"],
                    "status": random.choice((200, 500)),
                }
                path = path.replace("take", "answered")
                answers = [double.ask("POST", path, "", done) for double in doubles]
            return answers
        if random.random() < 0.1:
            key = random.choice(STRANGE)
        operation = random.choice(OPERATIONS)
        method, right, wrong = REQUESTS[operation]
        seen = self._answers.setdefault(key, {})
        try:
            path, body = (
                part(seen) if callable(part) else part
                for part in (wrong if random.random() < 0.15 else right)
            )
        except (KeyError, TypeError, IndexError, AttributeError):
            path, body = "/v3/account/usage", None
        answers = [double.ask(method, path, key, body) for double in doubles]
        try:
            answer = answers[0].json()
        except ValueError:
            return answers
        if isinstance(answer, dict) and answers[0].status_code < 300:
            seen[operation] = answer
        return answers


def copied(source: Double, target: Double, random: Random, *, server: bool = True) -> None:
    """Hand all that one has become to another, in any order; without the ``server`` accounts alone."""
    if server:
        target.captures.put_server(source.captures.of_server())
    keys = [*KEYS, *STRANGE]
    random.shuffle(keys)
    for key in keys:
        target.captures.put_account(key, source.captures.of_account(key))

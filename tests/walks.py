"""Random walks through all that can be asked of a double: calls of the API, and of the control API."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import httpx
from pinned_answers import REQUESTS

from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from random import Random

    from mock_lusha.captures.captures import Captures

KEYS = [
    "key-of-a-walk-4711", "key-of-a-walk-4711~two", "demo-premium", "demo-scale+own", "demo-free",
    "made-by-the-walk", "made-by-the-walk+more",
]  # fmt: skip
STRANGE = ["", "demo-invalid", "no key at all"]
"""Keys that lead to no account, and none."""
OPERATIONS = sorted(REQUESTS)
HOOK = {"url": "http://127.0.0.1:9/hooks", "signalTypes": ["allSignals"]}
ZOE = {"firstName": "Zoe", "lastName": "Quux", "emails": ["zoe.quux@acme.com"], "companyDomain": "acme.com"}
RULES = [
    {"name": "now-and-then", "when": {"every": 3}, "respond": "server-error"},
    {"name": "twice", "when": {"path": {"regex": "contacts"}}, "times": 2, "respond": {"status": 418}},
    {"name": "body", "when": {"body": {"$..id": {"contains": "1"}}, "header": {"api_key": {"regex": "walk|demo"}}, "nth": [2, 5]},
     "respond": {"drain": 3, "spend": ["minute"], "patch": {"seen": True}}, "then": "woken"},
    {"name": "woken", "when": {"share": 0.5}, "respond": {"error": "too-many-requests"}},
]  # fmt: skip
STEERING: list[tuple[str, str, Any]] = [
    ("PATCH", "/_mock/accounts?account={key}", {"label": "the walk's", "match_rate": 0.7}),
    ("PATCH", "/_mock/accounts?account={key}", {"label": None, "plan": "scale", "credits": 500}),
    ("PATCH", "/_mock/accounts?account={key}", {"limits": "off", "waterfall": True, "scenario": "flaky"}),
    ("PATCH", "/_mock/accounts?account={key}", {"match_rate": 1.0, "limits": "enforce"}),
    ("PATCH", "/_mock/accounts?account={key}", {"webhooks": {"subscriptions": [{**HOOK, "entityType": "contact", "find": {"email": "jane.doe@acme.com"}}]}}),
    ("POST", "/_mock/accounts/drain?account={key}", {"leave": 7}),
    ("POST", "/_mock/accounts/settle?account={key}", {"forget": False}),
    ("POST", "/_mock/accounts/settle?account={key}", {}),
    ("DELETE", "/_mock/accounts?account={key}", None),
    ("PUT", "/_mock/accounts", {"key": "made-by-the-walk", "plan": "scale", "features": ["enrichment", "tables", "filters"], "spent": ["hourly"], "webhooks": {"subscriptions": [{**HOOK, "entityType": "company", "find": {"domain": "acme.com"}}]}}),
    ("POST", "/_mock/entities?account={key}", {"people": [ZOE], "companies": [{"domain": "quux.example", "employees": 7}]}),
    ("PATCH", "/_mock/entities", {"people": [{"find": {"email": "jane.doe@acme.com"}, "set": {"jobTitle": "Boss"}}]}),
    ("DELETE", "/_mock/entities", None),
    ("DELETE", "/_mock/entities?account={key}", None),
    ("POST", "/_mock/entities/erase?account={key}", {"people": [{"email": "ada.quill@quill-works.example"}], "companies": [{"domain": "quill-works.example"}]}),
    ("POST", "/_mock/tables?account={key}", {"name": "Fair", "kind": "companies", "rows": ["acme.com"]}),
    ("PUT", "/_mock/scenario?account={key}", {"name": "gdpr"}),
    ("PUT", "/_mock/scenario?account={key}", {"name": "ours", "rules": RULES}),
    ("PUT", "/_mock/scenario", {"name": "flaky"}),
    ("PUT", "/_mock/scenario", {"name": "theirs", "rules": RULES}),
    ("DELETE", "/_mock/scenario", None),
    ("DELETE", "/_mock/scenario?account={key}", None),
    ("POST", "/_mock/scenario/resume?account={key}", {"begun": 1}),
    ("POST", "/_mock/scenario/rules?account={key}", {"rules": RULES[:2]}),
    ("DELETE", "/_mock/scenario/rules?account={key}", None),
    ("POST", "/_mock/webhooks/take?account={key}", None),
    ("POST", "/_mock/webhooks/trigger?account={key}", {"entityType": "company", "find": {"domain": "acme.com"}, "signalType": "websiteTrafficDecrease"}),
    ("PATCH", "/_mock/clock?account={key}", {"advance": 90_000}),
    ("PATCH", "/_mock/clock?account={key}", {"freeze": True}),
    ("PATCH", "/_mock/clock", {"advance": 4_000}),
    ("PATCH", "/_mock/clock", {"freeze": True}),
    ("PATCH", "/_mock/clock", {"freeze": False}),
    ("PATCH", "/_mock/clock?account={key}", {"reset": True}),
    ("DELETE", "/_mock/journal?account={key}", None),
    ("DELETE", "/_mock/coverage?account={key}", None),
    ("POST", "/_mock/coverage?account={key}", {"mark": "receiver-examined"}),
    ("POST", "/_mock/reset?account={key}", None),
]  # fmt: skip
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

    def __init__(self, machine: Machine, **settings: Any) -> None:
        chosen = {"people": 2_000, "companies": 200, "limits": "enforce", "journal": 40, **settings}
        chosen.setdefault("webhook_delivery", "collect")  # an attempt takes real time
        self.app = create_app(Settings(**chosen), clock=Clock(source=machine.read), captured=True)
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

    def step(self, doubles: list[Double]) -> list[httpx.Response]:
        """Ask the same of all of them."""
        random = self._random
        self._machine.now += random.choice((0.01, 0.3, 1.5, 70.0))
        key = random.choice(KEYS)
        if random.random() < 0.35:
            method, path, body = random.choice(STEERING)
            path = path.replace("{key}", key.replace("+", "%2B"))
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


def copied(source: Double, target: Double, random: Random) -> None:
    """Hand all that one has become to another."""
    target.captures.put_server(source.captures.of_server())
    keys = [*KEYS, *STRANGE]
    random.shuffle(keys)
    for key in keys:
        target.captures.put_account(key, source.captures.of_account(key))

"""Calls about long lists: a table of 50,000 rows, sessions of lookalikes, scores, buying groups and visits.

Run as ``python benchmarks/lists.py``; with ``PEOPLE COMPANIES`` in a directory of that size. In one process,
without a socket; times are of the processor, so that neighbours do not count.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from typing import Any

import tables
from processes import KEY

from mock_lusha import Settings, create_app

ROWS, BATCH, PAGE = 50_000, 500, 100
SESSION = 12
USER = "petra.lindqvist@quillmark-robotics.example"
OWNER = {"owner": {"email": USER}}


class Double:
    """A double in this process, and the milliseconds that its calls took by name."""

    def __init__(self, people: int, companies: int) -> None:
        self._app = create_app(Settings(limits="off", credits=None, people=people, companies=companies))
        self._headers = [(name.encode(), value.encode()) for name, value in KEY.items()]
        self._headers.append((b"content-type", b"application/json"))
        self.times: dict[str, list[float]] = {}

    async def call(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """What a call answers; its time is kept under a name."""
        path, _, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "headers": self._headers,
        }  # fmt: skip
        messages: list[Any] = []
        sent = b"" if body is None else json.dumps(body).encode()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": sent}

        async def send(message: Any) -> None:
            messages.append(message)

        begun = time.process_time()
        await self._app(scope, receive, send)
        self.times.setdefault(name, []).append((time.process_time() - begun) * 1_000)
        answer = json.loads(b"".join(message.get("body", b"") for message in messages))
        if messages[0]["status"] not in {200, 201}:
            raise RuntimeError(f"{name}: {messages[0]['status']} {answer}")
        return answer


async def measure(double: Double) -> None:
    """Make all calls."""
    everybody = {"companies": {"include": {"sizes": [{"min": 1}]}}}
    pages = {"filters": everybody, "pagination": {"page": 0, "size": PAGE}}
    await double.call("(the first search)", "POST", "/v3/contacts/prospecting", pages)
    companies = await double.call("(prospecting)", "POST", "/v3/companies/prospecting", pages)
    mailboxes = [f"jane.doe@acme{number}.com" for number in range(ROWS)]
    domains = [f"acme{number}.com" for number in range(PAGE)]
    ids: list[str] = []
    for at in range(0, ROWS, PAGE):
        items = {"contacts": [{"email": mailbox} for mailbox in mailboxes[at : at + PAGE]]}
        found = await double.call("(search of 100 others)", "POST", "/v3/contacts/search", items)
        ids += [row["id"] for row in found["results"] if "id" in row]
    created = await double.call("create a table", "POST", "/v3/contacts/tables", {"name": "Long", **OWNER})
    base = f"/v3/contacts/tables/{created['data']['tableId']}"
    for at in range(0, len(ids), BATCH):
        rows = {"entityIds": ids[at : at + BATCH], **OWNER}
        await double.call("add 500 rows", "POST", f"{base}/entities", rows)
    seen: list[str] = []
    for page in range(-(-len(ids) // PAGE)):
        query = f"email={USER}&size={PAGE}&page={page}"
        answer = await double.call("read a page of 100 rows", "GET", f"{base}/entities?{query}")
        seen += [row["id"] for row in answer["data"]]
    if seen != ids:
        raise RuntimeError("the rows that were read are not those that were added, in their order")
    await double.call("state of the table", "GET", f"{base}?email={USER}")
    run = {"runScope": "all", **OWNER}
    await double.call("run a column over all rows", "POST", f"{base}/columns/c6/run", run)
    await double.call("remove 500 rows", "DELETE", f"{base}/entities", {"entityIds": ids[:BATCH], **OWNER})

    for kind, seeds in (("contacts", {"emails": mailboxes[:5]}), ("companies", {"domains": domains[:5]})):
        body: dict[str, Any] = {"seeds": seeds, "limit": PAGE}
        for number in range(SESSION):
            name = f"lookalikes of {kind}, {'first' if number == 0 else 'later'} 100"
            answer = await double.call(name, "POST", f"/v3/{kind}/lookalike", body)
            body["dedupeSessionId"] = answer["dedupeSessionId"]

    listed = [row["id"] for row in companies["results"]]
    visits = {
        "domains": ["quillmark-robotics.example"], "startDate": "2026-01-01", "endDate": "2026-03-31",
        "pagination": {"page": 0, "size": 150},
    }  # fmt: skip
    group = {"companies": [{"id": each} for each in listed[:25]]}
    for _ in range(5):
        await double.call("buying groups of 25 companies", "POST", "/v3/contacts/buying-group", group)
        scores = {"companies": [{"id": each} for each in listed]}
        await double.call("scores of 100 companies", "POST", "/v3/companies/signal-score", scores)
        scores = {"contacts": [{"id": each} for each in ids[:PAGE]]}
        await double.call("scores of 100 contacts", "POST", "/v3/contacts/signal-score", scores)
        await double.call("visits, 150 rows", "POST", "/v3/companies/website-visits", visits)


def main() -> None:
    """Measure, and print a table."""
    people, companies = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (200_000, 20_000)
    double = Double(people, companies)
    asyncio.run(measure(double))
    rows = [
        (name, f"{len(times):,}", f"{statistics.median(times):.1f}", f"{max(times):.1f}")
        for name, times in double.times.items()
    ]
    print(f"{people:,} people, {companies:,} companies; milliseconds of the processor\n")
    print(tables.table(("call", "times", "median", "most"), rows))


if __name__ == "__main__":
    main()

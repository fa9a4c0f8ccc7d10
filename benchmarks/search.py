"""Contact search over a directory of a given size: the first search, the next ones, and the memory.

Run as ``python benchmarks/search.py [PEOPLE] [COMPANIES]``. In one process, without a socket.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import sys
import time
from typing import Any

import httpx
from processes import KEY

from mock_lusha import Settings, create_app

PATH = "/prospecting/contact/search"
FILTERS: list[dict[str, Any]] = [
    {},
    {"contacts": {"include": {"departments": ["Sales"], "seniority": [5, 6]}}},
    {
        "contacts": {
            "include": {"jobTitles": ["VP Engineering"]},
            "exclude": {"locations": [{"country": "US"}]},
        }
    },
    {"contacts": {"include": {"signal": {"names": ["promotion"]}}}},
    {"companies": {"include": {"sizes": [{"min": 51, "max": 200}], "mainIndustriesIds": [17]}}},
    {"contacts": {"include": {"searchText": "engineer berlin"}}},
]


async def main(people: int, companies: int) -> None:
    """Print the times as a Markdown table."""
    app = create_app(Settings(limits="headers", credits=None, people=people, companies=companies))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://double.test"
    ) as client:

        async def took(filters: dict[str, Any]) -> float:
            begin = time.perf_counter()
            answer = await client.post(PATH, json={"filters": filters}, headers=KEY)
            answer.raise_for_status()
            return time.perf_counter() - begin

        first = await took({})
        print(f"| {people:,} people, {companies:,} companies | time |\n| --- | --- |")
        print(f"| first search | {first:.2f} s |")
        for filters in FILTERS:
            await took(filters)
            median = statistics.median([await took(filters) for _ in range(7)])
            print(f"| {str(filters)[:90].replace('|', '/')} | {median * 1000:.1f} ms |")
    print(f"\nAt the most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident.")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    asyncio.run(main(numbers[0] if numbers else 20_000, numbers[1] if len(numbers) > 1 else 2_000))

"""Searches by the size of the directory: the first one, others with varied filters, and the memory.

Run as ``python benchmarks/search.py``; with ``PEOPLE COMPANIES GENERATION`` (v2 or v3) it gives the figures
of that one size as JSON. v2 searches contacts, 25 a page; v3 contacts and companies, 100 a page. Each size
has a process of its own, and no socket. Times are of the processor, so that neighbours do not count.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from itertools import product
from typing import Any

from processes import KEY

from mock_lusha import Settings, create_app

SIZES = ((20_000, 2_000), (1_000_000, 20_000), (1_000_000, 100_000))
PEOPLE: list[dict[str, Any]] = [
    {},
    {"departments": ["Sales"], "seniority": [5, 6]},
    {"jobTitles": ["VP Engineering", "Head of Sales"]},
    {"jobTitlesExactMatch": ["Account Executive"]},
    {"locations": [{"country": "Germany", "city": "Berlin"}, {"country": "US", "state": "Texas"}]},
    {"existing_data_points": ["work_email", "mobile_phone"]},
    {"signal": {"names": ["promotion"]}},
    {"searchText": "engineer berlin"},
    {"searchText": "jane s"},
    {"linkedinUrls": ["https://www.linkedin.com/in/jane-doe"]},
]
COMPANIES: list[dict[str, Any]] = [
    {"sizes": [{"min": 51, "max": 200}], "mainIndustriesIds": [17]},
    {"revenues": [{"min": 1_000_000, "max": 50_000_000}]},
    {"companyLocations": [{"country": "FR"}]},
    {"names": ["Acme Rockets"], "domains": ["acme.com"]},
    {"technologies": ["Salesforce"]},
    {"intentTopics": ["Cloud Computing"]},
    {"sicCodes": ["7372"], "naicsCodes": ["54"]},
    {"searchText": "software"},
    {"signal": {"names": ["surgeInHiring"]}},
    {"signal": {"names": ["allSignals"]}},
]
FILTERS = [
    *({"contacts": {"include": each}} for each in PEOPLE),
    *({"companies": {"include": each}} for each in COMPANIES),
    *(
        {"contacts": {"include": person}, "companies": {"exclude": company}}
        for person, company in zip(PEOPLE[1:], COMPANIES[:-1], strict=True)
    ),
]
SALES = {"departments": ["Sales"]}
NEWER_PEOPLE: list[dict[str, Any]] = [
    {"departments": ["Sales"], "seniorityIds": [5, 6]},
    {"jobTitles": ["VP Engineering", "Head of Sales"]},
    {"normalizedJobTitles": ["vice_president_sales"]},
    {"names": ["Jane Smith", "Kowalski"]},
    {"countries": ["DE", "FR"], "locations": [{"continent": "Europe"}]},
    {"existingDataPoints": ["work_email", "mobile_phone"], "existingDataPointsCondition": "and"},
    {"signals": {"types": ["promotion"]}},
    {"searchText": "engineer berlin"},
    {"emails": ["jane.doe@acme.com"]},
    {"previousEmails": ["jane.smith@acme.com"]},
    {"previousJobTitle": ["senior engineer"]},
    {"skills": ["Python", "Salesforce"]},
    {"certifications": ["Certified"], "awards": ["Employee"]},
    {"geographicDetails": [{"country": "US", "zipcode": "94105", "distance": 25}]},
    {**SALES, "education": {"degrees": ["Master"], "startYearGte": 2005}},
    {**SALES, "score": {"minScore": 40, "maxScore": 90}},
    {**SALES, "jobChangedAfterDate": "2025-01-01"},
]
NEWER_COMPANIES: list[dict[str, Any]] = [
    {"sizes": [{"min": 51, "max": 200}], "mainIndustriesIds": [17]},
    {"technologies": ["Salesforce", "HubSpot"], "technologiesCondition": "and"},
    {"intentTopics": ["Cloud Computing"], "intentMinScore": 70},
    {"keywords": ["cloud"], "foundedYear": [{"min": 2000}]},
    {"businessModel": ["B2B"], "companyType": ["Public Company"]},
    {"locationsZipcodes": [{"countryIso2": "US", "zipcode": "94105"}]},
    {"previousCompanyDomains": ["acme.com"]},
]
# Path and filters of each search; v3 has criteria of its own, and searches companies by the people they have.
SEARCHES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "v2": [("/prospecting/contact/search", each) for each in FILTERS],
    "v3": [
        *(("/v3/contacts/prospecting", {"contacts": {"include": each}}) for each in NEWER_PEOPLE),
        *(
            ("/v3/contacts/prospecting", {"contacts": {"exclude": person}, "companies": {"include": company}})
            for person, company in zip(NEWER_PEOPLE, NEWER_COMPANIES, strict=False)
        ),
        *(("/v3/companies/prospecting", {"companies": {"include": each}}) for each in NEWER_COMPANIES),
        ("/v3/companies/prospecting", {"companies": {"include": {}}, "contacts": {"include": SALES}}),
    ],
}
FIRST = {"contacts": {"include": {"departments": ["Legal"]}}}


async def measure(people: int, companies: int, generation: str) -> dict[str, float]:
    """Seconds of the first search, of those with filters never seen before and of the same ones again, and
    the most megabytes that were resident."""
    app = create_app(Settings(limits="headers", credits=None, people=people, companies=companies))
    headers = [(name.encode(), value.encode()) for name, value in KEY.items()]
    headers.append((b"content-type", b"application/json"))

    async def took(path: str, filters: dict[str, Any], page: int) -> float:
        pages = {"pagination": {"page": page, "size": 100}}
        if generation == "v2":
            pages = {"pages": {"page": page, "size": 25}}
        body = json.dumps({"filters": filters, **pages}).encode()
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
        statuses = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            statuses.append(message.get("status"))

        begin = time.process_time()
        await app(scope, receive, send)
        seconds = time.process_time() - begin
        if statuses[0] != 200:
            raise SystemExit(f"{filters}: {statuses[0]}")
        return seconds

    searches = SEARCHES[generation]
    first = await took(searches[0][0], FIRST, 0)
    fresh = [await took(path, filters, 0) for path, filters in searches]
    again = [await took(path, filters, page) for page in (0, 1) for path, filters in searches]
    return {
        "first": first,
        "median": statistics.median(fresh),
        "worst": max(fresh),
        "again": statistics.median(again),
        "worst_again": max(again),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Print the measures of each size as a Markdown table."""
    print("| directory | first search | new filters, median | worst | again, median | worst | resident |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for (people, companies), generation in product(SIZES, SEARCHES):
        command = [sys.executable, __file__, str(people), str(companies), generation]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        names = ("median", "worst", "again", "worst_again")
        times = " | ".join(f"{found[name] * 1000:,.2f} ms" for name in names)
        print(
            f"| {generation}, {people:,} people, {companies:,} companies | {found['first']:.2f} s | {times}"
            f" | {found['megabytes']:.0f} MB |"
        )


if __name__ == "__main__":
    if len(sys.argv) > 3:
        print(json.dumps(asyncio.run(measure(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))))
    else:
        main()

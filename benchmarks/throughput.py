"""Requests a second with wrk, beside bare Starlette with canned bytes of the same size, interleaved.

Run as ``python benchmarks/throughput.py [SECONDS] [ROUNDS]``; needs ``wrk`` on the path.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from processes import KEY, bare_command, double_command, first_answer, free_port, running


@dataclass(frozen=True)
class Load:
    """A kind of request: a wrk script, and one request of it whose answer gives the size."""

    name: str
    method: str
    path: str
    body: str
    script: str


def bulk() -> str:
    """A body of 100 people."""
    emails = (f"person{chr(97 + i % 26)}.number{i}@acme.com" for i in range(100))
    return json.dumps({"contacts": [{"contactId": str(i), "email": email} for i, email in enumerate(emails)]})


HEADERS = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in KEY.items())
PERSON = "/v2/person?email=jane.doe@acme.com"
JSON = 'wrk.headers["content-type"] = "application/json"\n'
OTHER_PERSON = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "/v2/person?email=jane.number" .. n .. "@acme.com")
end
"""
SAME_PEOPLE = f'wrk.method = "POST"\nwrk.body = [==[{bulk()}]==]\n'
OTHER_PEOPLE = """
local n = 0
local item = '{"contactId":"%d","email":"jane.number%d@acme.com"}'
request = function()
  local items = {}
  for i = 1, 100 do
    n = n + 1
    items[i] = string.format(item, i, n)
  end
  return wrk.format("POST", nil, nil, '{"contacts":[' .. table.concat(items, ",") .. "]}")
end
"""
LOADS = [
    Load("GET person, repeated", "GET", PERSON, "", HEADERS),
    Load("GET person, every request another one", "GET", PERSON, "", HEADERS + OTHER_PERSON),
    Load("POST 100, repeated", "POST", "/v2/person", bulk(), HEADERS + JSON + SAME_PEOPLE),
    Load("POST 100, every request other people", "POST", "/v2/person", bulk(), HEADERS + JSON + OTHER_PEOPLE),
]


def size_of(load: Load, port: int) -> int:
    """Bytes of an answer of the double to this load."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {**KEY, "content-type": "application/json"}
    connection.request(load.method, load.path, load.body or None, headers)
    size = len(connection.getresponse().read())
    connection.close()
    return size


def rate(load: Load, port: int, seconds: int) -> float:
    """Requests a second, 16 connections on one thread."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(load.script)
        script.flush()
        command = [
            "wrk",
            "-t1",
            "-c16",
            f"-d{seconds}s",
            "-s",
            script.name,
            f"http://127.0.0.1:{port}{load.path}",
        ]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed:
        raise SystemExit(f"{load.name}: {printed}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    if found is None:
        raise SystemExit(printed)
    return float(found[1])


def main(seconds: int, rounds: int) -> None:
    """Print medians and ratios as a Markdown table."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: your system's packages have it")
    print(f"| load ({rounds} rounds of {seconds} s) | double, requests/s | bare | ratio |")
    print("| --- | --- | --- | --- |")
    for load in LOADS:
        mine, bare = [], []
        port, bare_port = free_port(), free_port()
        with running(double_command(port)):
            first_answer(port, "/_mock/ready")
            size = size_of(load, port)
            with running(bare_command(bare_port, size)):
                first_answer(bare_port, "/x")
                for _ in range(rounds):
                    mine.append(rate(load, port, seconds))
                    bare.append(rate(load, bare_port, seconds))
        double, canned = statistics.median(mine), statistics.median(bare)
        print(f"| {load.name} ({size:,} bytes) | {double:,.0f} | {canned:,.0f} | {double / canned:.2f} |")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    main(numbers[0] if numbers else 4, numbers[1] if len(numbers) > 1 else 3)

"""Tries every client that is here with `mock-lusha run`, and prints the table of docs/any-language.md.

The exit code is 1 where a client does otherwise than the table of clients says.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from clients import CLIENTS, OPERATION, TABLE, Client, node_environ

RUN = (sys.executable, "-m", "mock_lusha", "run", "--people=300", "--companies=30", "--")


def outcome(client: Client) -> tuple[bool, str]:
    """Whether it does what is said of it, and the words of its row."""
    environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [*RUN, *client.command],
        env=node_environ(environ),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    billed = re.search(r"1 calls to api\.lusha\.com would have cost [1-9]\d* credits", done.stderr)
    arrived = billed is not None and f"1 {OPERATION} 200" in done.stderr and done.stdout.strip() == "200"
    if client.why_not is not None:
        return not arrived and "0 calls arrived" in done.stderr, client.why_not
    if arrived:
        return True, "yes"
    sys.stderr.write(f"{client.runtime} {client.name}: exit {done.returncode}\n{done.stdout}{done.stderr}\n")
    return False, "FAILED"


def main(words: list[str]) -> int:
    """Try all, or those whose runtime or name is among the words."""
    good = True
    print(TABLE, flush=True)
    for client in CLIENTS:
        if words and not {client.runtime.lower(), client.name.lower()} & {word.lower() for word in words}:
            continue
        if not client.is_here:
            print(client.row("", "not here"), flush=True)
            continue
        as_said, text = outcome(client)
        good = good and as_said
        version = re.match(r"\d+(\.\d+)?", client.version_text())
        print(client.row(version[0] if version else "", text), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

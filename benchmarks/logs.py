"""What a double has logged: a whole line for each request, by account."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WHOLE = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ /.* credits=\d+ \d+\.\dms(?: warning: .*)?\n")
"""A line of a request, from its moment to its duration and warnings."""
ACCOUNT = re.compile(rb" fingerprint=(\w+) ")
PATIENCE = 10
"""Looks at a log that has fewer lines than are due: lines may be written a moment later."""
PAUSE = 0.1
"""Seconds between them."""


def lines(log: Path) -> Counter[str]:
    """How many requests a log has, by the fingerprint of the account.

    Raises:
        SystemExit: a line is not whole. Lines before the first request tell of the server.
    """
    found: Counter[str] = Counter()
    with log.open("rb") as file:
        for line in file:
            if WHOLE.fullmatch(line):
                account = ACCOUNT.search(line)
                found["" if account is None else account[1].decode()] += 1
            elif found:
                raise SystemExit(f"a line of the log is not whole: {line[:300]!r}")
    return found


def at_rest(log: Path) -> Counter[str]:
    """The same, once no line has come for a moment."""
    has = lines(log)
    while True:
        time.sleep(PAUSE)
        before, has = has, lines(log)
        if has == before:
            return has


def wrong(log: Path, due: Mapping[str, int]) -> list[str]:
    """What does not hold, in sentences: the log must have so many lines by fingerprint, exactly."""
    has = lines(log)
    for _ in range(PATIENCE):
        if all(has[fingerprint] >= number for fingerprint, number in due.items()):
            break
        time.sleep(PAUSE)
        has = lines(log)
    return [
        f"the log has {has[fingerprint]:,} lines of {fingerprint}, and {number:,} were due"
        for fingerprint, number in due.items()
        if has[fingerprint] != number
    ]

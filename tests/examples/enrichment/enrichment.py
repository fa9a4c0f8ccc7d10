"""An enrichment job as an integrator might write it: bulk calls, a cache, and patience where it helps.

It knows nothing of mock-lusha: an address, a key, and a way to wait come from outside.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

AT_ONCE = 100
ATTEMPTS = 5
LONGEST_WAIT = 4_000.0


class OutOfCreditsError(Exception):
    """The account cannot pay; ``found`` is what was enriched before."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        super().__init__(f"out of credits after {len(found)} people")


class UnavailableError(Exception):
    """Lusha could not be reached, or would not answer, in any of the attempts."""


class Enrichment:
    """Looks people up by their email addresses, each of them once."""

    def __init__(
        self,
        api_key: str,
        base_url: str = "https://api.lusha.com",
        *,
        sleep: Callable[[float], object] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._client = httpx.Client(
            base_url=base_url, headers={"api_key": api_key}, timeout=5, transport=transport
        )
        self._sleep = sleep
        self._cache: dict[str, dict[str, Any] | None] = {}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def people(self, emails: Iterable[str]) -> dict[str, dict[str, Any] | None]:
        """Who has these addresses; None where Lusha knows nobody, or may not tell.

        Raises:
            OutOfCreditsError: the account could not pay for all of them.
            UnavailableError: no answer could be had.
        """
        wanted = list(dict.fromkeys(emails))
        missing = [email for email in wanted if email not in self._cache]
        for start in range(0, len(missing), AT_ONCE):
            part = missing[start : start + AT_ONCE]
            contacts = [{"contactId": str(number), "email": email} for number, email in enumerate(part)]
            answer = self._post("/v2/person", {"contacts": contacts}, wanted)
            for number, email in enumerate(part):
                self._cache[email] = answer["contacts"][str(number)]["data"]
        return {email: self._cache[email] for email in wanted}

    def _post(self, path: str, body: Any, wanted: Iterable[str]) -> Any:
        pause = 1.0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._client.post(path, json=body)
                if answer.status_code == 402:
                    raise OutOfCreditsError({e: self._cache[e] for e in wanted if e in self._cache})
                if answer.status_code not in {429, 500, 502, 503, 504}:
                    answer.raise_for_status()
                    return answer.json()
                wait = _told(answer)
            except (httpx.TransportError, ValueError):
                wait = None
            if attempt < ATTEMPTS:
                self._sleep(min(wait or pause, LONGEST_WAIT))
                pause *= 2
        raise UnavailableError(f"no answer in {ATTEMPTS} attempts")


def _told(answer: httpx.Response) -> float | None:
    """The seconds a refusal tells to wait."""
    found = re.search(r"Reset in (\d+) seconds", answer.text) if answer.status_code == 429 else None
    return None if found is None else float(found[1])

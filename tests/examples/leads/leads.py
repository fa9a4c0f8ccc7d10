"""Leads as an integrator might find them on v3: prospect, reveal within a budget, wait for the waterfall.

It knows nothing of mock-lusha: an address, a key, and a way to wait come from outside.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE, PRICE_OF_PAGE = 100, 4
PRICE_OF_EMAIL = 1
ATTEMPTS = 5


class UnavailableError(Exception):
    """Lusha could not be reached, or would not answer, in any of the attempts."""


class OutOfCreditsError(Exception):
    """The account cannot pay for a call, of which nothing was charged then."""


class LeadFinder:
    """Finds people with mailboxes for no more credits than it may spend.

    With ``waterfall`` it also asks for those whom only other sources may know a mailbox of.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str = "https://api.lusha.com",
        *,
        waterfall: bool = False,
        sleep: Callable[[float], object] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._client = httpx.Client(
            base_url=base_url, headers={"api_key": api_key}, timeout=5, transport=transport
        )
        self._waterfall = waterfall
        self._sleep = sleep
        self.spent = 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def find(self, filters: dict[str, Any], *, budget: int) -> dict[str, list[str]]:
        """The mailboxes of people who match, by their ids; it ends early where budget or credits do.

        Raises:
            UnavailableError: no answer could be had.
        """
        leads: dict[str, list[str]] = {}
        limit = self.spent + budget
        try:
            for rows in self._pages(filters, limit):
                leads |= self._reveal(rows, limit - self.spent)
        except OutOfCreditsError:
            pass
        return leads

    def _pages(self, filters: dict[str, Any], limit: int) -> Iterator[list[Any]]:
        number = 0
        while limit - self.spent >= PRICE_OF_PAGE:
            pagination = {"page": number, "size": PAGE}
            rows = self._post("/v3/contacts/prospecting", filters=filters, pagination=pagination)["results"]
            yield rows
            if len(rows) < PAGE:
                return
            number += 1

    def _reveal(self, rows: list[Any], left: int) -> dict[str, list[str]]:
        """The mailboxes of rows as far as the credits go; each row announces its price."""
        ids = []
        for row in rows:
            prices = {each["field"]: each["credits"] for each in row["canReveal"]}
            price = prices.get("emails", PRICE_OF_EMAIL if self._waterfall else None)
            if price is not None and price <= left:
                ids.append(row["id"])
                left -= price
        if not ids:
            return {}
        answer = self._post(
            "/v3/contacts/enrich", ids=ids, reveal=["emails"], waterfallEnabled=self._waterfall
        )
        people = [*answer["results"], *self._results_of(answer.get("job"))]
        # Somebody whose data may not be shown has an error, somebody without mailboxes no key.
        return {
            person["id"]: [email["email"] for email in person["emails"]]
            for person in people
            if person.get("emails")
        }

    def _results_of(self, job: dict[str, Any] | None) -> list[Any]:
        """The people of a job of the waterfall, once it is done; none where there is no job."""
        if job is None:
            return []
        state = job
        while state["status"] == "processing":
            self._sleep(state["retryAfter"])
            state = self._send("GET", f"/v3/contacts/jobs/{job['id']}")
        contacts: list[Any] = state.get("contacts", [])
        return contacts

    def _post(self, path: str, **body: Any) -> Any:
        answer = self._send("POST", path, json=body)
        self.spent += answer["billing"]["creditsCharged"]
        return answer

    def _send(self, method: str, path: str, **options: Any) -> Any:
        pause = 1.0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._client.request(method, path, **options)
                if answer.status_code == 402:
                    raise OutOfCreditsError(answer.text)
                if answer.status_code not in {429, 500, 502, 503, 504}:
                    answer.raise_for_status()
                    return answer.json()
            except (httpx.TransportError, ValueError):
                pass
            if attempt < ATTEMPTS:
                self._sleep(pause)
                pause *= 2
        raise UnavailableError(f"no answer in {ATTEMPTS} attempts")

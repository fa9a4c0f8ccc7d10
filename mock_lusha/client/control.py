"""A client of the control API, for tests, plugins and scripts.

    control = Control("http://127.0.0.1:8080", account="my-key")
    control.scenario("flaky")
    control.advance(3600)
    control.verify("searchContacts", times=3)

With ``account`` every call is about that one; without, about the server and all accounts.
"""

from __future__ import annotations

from copy import copy
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from mock_lusha.client.connection import Connection
from mock_lusha.client.facts import camel, search_request
from mock_lusha.client.interrupts import is_of_handler
from mock_lusha.client.protocol import (
    PATIENCE,
    ControlError,
    ControlProtocol,
    check_verified,
    encode,
    hides,
    patience_for,
    preview_request,
    scenario_request,
    without_none,
)
from mock_lusha.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from mock_lusha.client.literals import ErrorName, FaultName, OperationId

    Facts = Sequence[Mapping[str, Any]]
    Answer = dict[str, Any]

__tracebackhide__ = hides


class Control(ControlProtocol):
    """Steers a server. Every method answers with the JSON of the control API.

    Raises:
        ControlError: from every method, when the server refuses or cannot be reached; at once where ``url``
            is no address of a server.
        ConfigError: at once where ``token`` can be none.
    """

    def __init__(
        self,
        url: str,
        account: str | None = None,
        *,
        token: str | None = None,
        wire: Connection | None = None,
    ) -> None:
        super().__init__(url, account, token)
        try:
            self._wire = wire or Connection(self.url)
        except ConfigError as error:
            raise ControlError(str(error)) from None

    def of(self, account: str | None) -> Control:
        """A client for another account (or all) of the same server; it shares the connections."""
        other = copy(self)
        other.account = account
        return other

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def __enter__(self) -> Control:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(
        self, method: str, path: str, body: Any = None, *, patience: float = PATIENCE, **query: Any
    ) -> Answer:
        status, answer = self._ask(method, path, body, patience=patience, **query)
        return self._read(method, path, status, answer)

    def _ask(
        self, method: str, path: str, body: Any = None, *, patience: float = PATIENCE, **query: Any
    ) -> tuple[int, bytes]:
        content = None if body is None else encode(body)
        try:
            target = self._target(path, **query)
            return self._wire.ask(method, target, content, self._headers, patience)
        except (OSError, HTTPException) as error:
            if is_of_handler(error):
                raise
            raise self._unreachable(error) from error

    # Accounts

    def accounts(self, *, last: int | None = None, before: str | None = None) -> Answer:
        """The account, or ``{"accounts": [...]}``: plan, credits, windows, clock of each. Of very many the
        ``last`` ones, and those ``before`` the first's fingerprint as long as there are ``more``."""
        return self._send("GET", "accounts", last=last, before=before)

    def create(self, key: str, **profile: Any) -> Answer:
        """Make an account with the fields of an accounts file: ``create("acme", plan="free", credits=3)``."""
        return self._send("POST", "accounts", {"key": key, **profile}, account=None)

    def put(self, key: str, **profile: Any) -> Answer:
        """Make an account as ``create`` does; one that exists is put back to its beginning."""
        return self._send("PUT", "accounts", {"key": key, **profile}, account=None)

    def change(self, **settings: Any) -> Answer:
        """Change the account's label, plan, credits, limits, seed, dialect, error_format, strict, ..."""
        return self._send("PATCH", "accounts", settings)

    def delete(self) -> Answer:
        """Forget the account."""
        return self._send("DELETE", "accounts")

    def settle(
        self, *, scenarios: Sequence[str] = (), max_credits: int | None = None, forget: bool = True
    ) -> Answer:
        """The totals of the account, and its ``problems``; it is forgotten if there are none."""
        expectations = without_none(scenarios=list(scenarios), max_credits=max_credits, forget=forget)
        return self._send("POST", "accounts/settle", expectations)

    def drain(self, leave: int = 0) -> Answer:
        """Use up the account's credits, but for ``leave``."""
        return self._send("POST", "accounts/drain", {"leave": leave})

    def ledger(self, last: int | None = None) -> Answer:
        """What the account was charged, for what, and why other things were free."""
        return self._send("GET", "ledger", last=last)

    # The account's world

    def entities(self) -> Answer:
        """What the account pinned and erased; without an account what is pinned for all."""
        return self._send("GET", "entities")

    def pin(self, people: Facts = (), companies: Facts = ()) -> Answer:
        """Pin people and companies, with the fields of a fixtures file; without an account for all."""
        return self._send("POST", "entities", {"people": list(people), "companies": list(companies)})

    def patch(self, people: Facts = (), companies: Facts = ()) -> Answer:
        """Change entities: ``patch(people=[{"find": {"email": ...}, "set": {"jobTitle": ...}}])``."""
        return self._send("PATCH", "entities", {"people": list(people), "companies": list(companies)})

    def erase(self, people: Facts = (), companies: Facts = ()) -> Answer:
        """Erase entities: ``erase(people=[{"email": ...}], companies=[{"domain": ...}])``."""
        return self._send("POST", "entities/erase", {"people": list(people), "companies": list(companies)})

    def unpin(self) -> Answer:
        """Take back what was pinned and erased for the account; without one what was pinned for all."""
        return self._send("DELETE", "entities")

    # Who exists

    def people(self, *, page: int | None = None, size: int | None = None, **filters: Any) -> Answer:
        """A page of the people there are, free: ``people(country="Germany", has="phones")``; of a list of
        values one is enough. ``filters=`` takes those of prospecting, whole, and ``options=`` beside them its
        options."""
        method, body, query = search_request(page, size, filters)
        return self._send(method, "people", body, **query)

    def companies(self, *, page: int | None = None, size: int | None = None, **filters: Any) -> Answer:
        """A page of the companies there are, as ``people`` has them."""
        method, body, query = search_request(page, size, filters)
        return self._send(method, "companies", body, **query)

    def person(self, find: str | None = None, **identifiers: str) -> Answer:
        """Whom identifiers lead to (``email``, ``linkedin_url``, ``id``, names with a company), or a text
        that is one of them; what revealing them would cost, or who is nearest."""
        return self._send("GET", "person", find=find, **camel(identifiers))

    def company(self, find: str | None = None, **identifiers: str) -> Answer:
        """Which company identifiers lead to (``domain``, ``name``, ``id``), or a text that is one of them."""
        return self._send("GET", "company", find=find, **camel(identifiers))

    # Tables

    def tables(self, table: str | None = None, *, page: int | None = None, size: int | None = None) -> Answer:
        """The tables of the account, with how their columns stand; of one of them also a page of rows."""
        return self._send("GET", "tables", table=table, page=page, size=size)

    def create_table(self, name: str, kind: str, rows: Sequence[Any] = (), **table: str) -> Answer:
        """Create a table, with the fields of a fixtures file: ``kind`` is contacts or companies, ``rows`` are
        mailboxes, LinkedIn profiles or domains, or identifiers by their names."""
        return self._send("POST", "tables", {"name": name, "kind": kind, "rows": list(rows), **table})

    # Webhooks

    def webhooks(self) -> Answer:
        """The secret and the subscriptions of the account, and how many deliveries stand how."""
        return self._send("GET", "webhooks")

    def deliveries(
        self, state: str | None = None, *, subscription: str | None = None, last: int | None = None
    ) -> Answer:
        """The deliveries of the account with their attempts, the oldest first."""
        return self._send("GET", "webhooks/deliveries", state=state, subscription=subscription, last=last)

    def take_delivery(self) -> Answer:
        """Take the next request that is due: ``{"request": ...}``, or None there; it waits to be answered."""
        return self._send("POST", "webhooks/take")

    def answer_delivery(self, delivery: str, status: int | None = None, error: str | None = None) -> Answer:
        """Say what a receiver answered to a request that was taken, or why it could not be reached."""
        answer = without_none(status=status, error=error)
        return self._send("POST", "webhooks/answered", {"delivery": delivery, **answer})

    def trigger(self, signal_type: str, entity_type: str, **what: Any) -> Answer:
        """Let something happen to a subscribed entity now: ``entityId`` or ``find`` say to whom, ``data``
        what is told otherwise than its newest signal of that type has it."""
        body = {"signalType": signal_type, "entityType": entity_type, **what}
        return self._send("POST", "webhooks/trigger", body)

    def resend_delivery(self, delivery: str) -> Answer:
        """Send a delivery that is over once more."""
        return self._send("POST", "webhooks/resend", {"delivery": delivery})

    def inbox(self, name: str) -> Answer:
        """What came to an inbox of the double, ``{url}/_mock/inbox/{name}``, the newest last."""
        return self._send("GET", f"inbox/{name}")

    def clear_inbox(self, name: str) -> Answer:
        """Empty an inbox of the double."""
        return self._send("DELETE", f"inbox/{name}")

    # Scenario and clock

    def scenario(self, name: str | Mapping[str, Any]) -> Answer:
        """Start a scenario from its beginning: a name, or ``{"name": ..., "rules": [...]}``."""
        return self._send("PUT", "scenario", scenario_request(name))

    def resume_scenario(self, begun: int) -> Answer:
        """Go on with a scenario that was begun for the account, by its number, where it was."""
        return self._send("POST", "scenario/resume", {"begun": begun})

    def add_rules(self, rules: Facts) -> Answer:
        """Add rules that go before any scenario of the account, in the order they were added."""
        return self._send("POST", "scenario/rules", {"rules": list(rules)})

    def clear_rules(self) -> Answer:
        """Forget the rules that were added."""
        return self._send("DELETE", "scenario/rules")

    def end_scenario(self) -> Answer:
        """End the scenario."""
        return self._send("DELETE", "scenario")

    def scenarios(self) -> Answer:
        """The active scenario with its counters, and the names of all there are."""
        return self._send("GET", "scenario")

    def check_scenario(self, text: str, name: str = "draft") -> Answer:
        """What is wrong with the text of a scenario file, as ``problems`` with their lines."""
        return self._send("POST", "scenario/check", {"text": text, "name": name}, account=None)

    def scenario_text(self, name: str) -> Answer:
        """The file of a scenario there is, as ``text``."""
        return self._send("GET", "scenario/text", name=name, account=None)

    def clock(self) -> Answer:
        """``now`` and whether it is ``frozen``."""
        return self._send("GET", "clock")

    def advance(self, seconds: float) -> Answer:
        """Move the clock forward by seconds."""
        return self._send("PATCH", "clock", {"advance": seconds})

    def set_clock(self, moment: datetime | str) -> Answer:
        """Set the clock to a moment."""
        text = moment if isinstance(moment, str) else moment.isoformat()
        return self._send("PATCH", "clock", {"set": text})

    def freeze(self, frozen: bool = True) -> Answer:
        """Stop the clock, or let it run on."""
        return self._send("PATCH", "clock", {"freeze": frozen})

    def reset_clock(self) -> Answer:
        """Let an account's clock follow the server's again, the server's that of its start."""
        return self._send("PATCH", "clock", {"reset": True})

    # Journal

    def journal(
        self,
        *,
        operation: OperationId | None = None,
        status: int | None = None,
        error: ErrorName | FaultName | None = None,
        rule: str | None = None,
        after: int | None = None,
        before: int | None = None,
        last: int | None = None,
    ) -> Answer:
        """``total``, ``counts`` by operation and status, and the newest ``exchanges`` that fit, oldest first:
        the last 1,000, or fewer. Where there are ``more``, older ones come with ``before`` the first's id."""
        return self._send(
            "GET",
            "journal",
            operation=operation,
            status=status,
            error=error,
            rule=rule,
            after=after,
            before=before,
            last=last,
        )

    def clear_journal(self) -> Answer:
        """Forget exchanges and counts."""
        return self._send("DELETE", "journal")

    def verify(
        self,
        operation: OperationId | None = None,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **like: Any,
    ) -> Answer:
        """Check that calls were made; ``like`` may give method, path, status, query and body.

        Raises:
            UnexpectedCallsError: they were not (an AssertionError); it names the nearest misses.
        """
        expected = without_none(operation=operation, **like)
        bounds = without_none(times=times, at_least=at_least, at_most=at_most)
        return check_verified(self._send("POST", "verify", expected | bounds), expected)

    def explain(self, exchange: int | str = "last") -> Answer:
        """Why an exchange was answered as it was."""
        return self._send("GET", f"explain/{exchange}")

    def conduct(self) -> Answer:
        """What the client does badly, with the evidence."""
        return self._send("GET", "conduct")

    def preview(
        self,
        requests: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        wait: bool | None = None,
        entries: bool | None = None,
    ) -> Answer:
        """What a request, or several one after another, would be charged and become; nothing changes. Each is
        ``{"operation": ..., "json": ..., "query": ..., "path": ...}``, or has ``method`` and ``path``."""
        body = preview_request(requests, wait, entries)
        return self._send("POST", "preview", body, patience=patience_for(body))

    def coverage(self, generations: Sequence[str] = ()) -> Answer:
        """What was tried, and the ``gaps`` with lines that fill them; of ``generations`` all operations
        count, not only those like the ones that were called."""
        return self._send("GET", "coverage", generations=list(generations) or None)

    def note_coverage(self, mark: str) -> Answer:
        """Note what was tried that no call shows: ``receiver-examined``."""
        return self._send("POST", "coverage", {"mark": mark})

    def clear_coverage(self) -> Answer:
        """Forget what was tried."""
        return self._send("DELETE", "coverage")

    # The server

    def ready(self) -> Answer:
        """Whether the server takes requests, and what it serves."""
        return self._send("GET", "ready", account=None)

    def health(self) -> Answer:
        """Whether the server runs, and how much it has answered."""
        return self._send("GET", "health", account=None)

    def metrics(self) -> str:
        """The counters of the server, as a text in the format of Prometheus."""
        status, content = self._ask("GET", "metrics", account=None)
        return self._read_text("GET", "metrics", status, content)

    def settings(self) -> Answer:
        """The settings of the server."""
        return self._send("GET", "settings", account=None)

    def reset(self) -> Answer:
        """Put the account, or everything, back to its beginning."""
        return self._send("POST", "reset")

"""The guard on money: what a call may cost at most, what it did cost, and when to stop."""

from __future__ import annotations

import ipaddress
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.interaction import charged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.recorder.interaction import Interaction

USAGE: Final = "getAccountUsageStats"
_EMAIL, _PHONE, _COMPANY = 1, 5, 1  # Lusha's prices with unified credits
_SEARCH_STEP = 25  # results that one credit pays for
_SIZE = 20  # results of a page where none is asked for
_MOST_STEPS = 2  # of the largest page, 50
_SIGNAL_TYPES = 22  # what `allSignals` may come to


class LiveCallError(MockLushaError):
    """BLOCKED: a call was refused before it was made; the message says what would allow it."""


class Guard:
    """Allows calls to an upstream, or refuses them.

    Without ``max_credits`` a live upstream is not called at all; with it calls stop where the worst that the
    next one may cost would exceed it. ``ci`` says that this is a CI run, where live calls must be ``forced``.
    A loopback upstream is never live; the cap holds there too, if there is one.

    A call that is allowed holds the worst it may cost until its answer is counted, so that calls made at once
    do not exceed the cap together; one whose answer never came may have been charged, and holds it for good.
    """

    def __init__(
        self, upstream: str, max_credits: int | None = None, *, ci: bool = False, forced: bool = False
    ) -> None:
        self.live = not is_loopback(upstream)
        self.max_credits = max_credits
        self.spent = 0
        self.held = 0
        self.usage: Mapping[str, Any] | None = None
        self._upstream = upstream
        self._ci = ci
        self._forced = forced
        self._lock = Lock()

    @property
    def needs_usage(self) -> bool:
        """Whether the account's usage is to be read before the first call that may cost something."""
        return self.max_credits is not None and self.usage is None

    def check(self, operation: str | None, query: Sequence[tuple[str, str]], body: Any) -> None:
        """Allow a call.

        Raises:
            LiveCallError: it may not be made.
        """
        what = operation or "a path that the contract does not have"
        if self.live and self._ci and not self._forced:
            raise LiveCallError(
                f"BLOCKED: {what} was not sent to {self._upstream}: this is a CI run (CI=true); record on a "
                f"machine of your own, or force it by name"
            )
        if self.live and self.max_credits is None:
            raise LiveCallError(
                f"BLOCKED: {what} was not sent to {self._upstream}: no live call is made without "
                f"--max-credits N (0 allows what is free)"
            )
        if self.max_credits is None:
            return
        most = worst_case(operation, query, body)
        if most is None:
            raise LiveCallError(
                f"BLOCKED: {what} was not sent to {self._upstream}: nobody knows what it costs, and "
                f"--max-credits is {self.max_credits}"
            )
        with self._lock:
            if self.spent + self.held + most > self.max_credits:
                held = f" and {self.held} may be, by calls without an answer" if self.held else ""
                raise LiveCallError(
                    f"BLOCKED: {what} was not sent to {self._upstream}: it may cost {most}, {self.spent} "
                    f"credits are spent{held}, and --max-credits is {self.max_credits}"
                )
            self.held += most

    def count(self, interaction: Interaction) -> int:
        """Count what an answer says was charged, or the worst where it does not say; gives that number."""
        cost = cost_of(interaction)
        most = worst_case(interaction.operation, interaction.query, interaction.body) or 0
        with self._lock:
            self.held = max(0, self.held - most)
            self.spent += cost
        return cost


def is_loopback(url: str) -> bool:
    """Whether a URL is of this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def cost_of(interaction: Interaction) -> int:
    """The credits an answer says were charged; where it does not say how many, the worst case of what it
    charged for."""
    if interaction.status >= 400 or interaction.operation is None:
        return 0
    told = charged(interaction.answer)
    if told is not None:
        return told
    answer = interaction.answer if isinstance(interaction.answer, dict) else {}
    if interaction.operation == "searchSingleContact":
        return _of_contact(answer.get("contact"))
    if interaction.operation == "searchMultipleContacts":
        contacts = answer.get("contacts")
        return sum(map(_of_contact, contacts.values())) if isinstance(contacts, dict) else 0
    if interaction.operation == "searchMultipleCompaniesV2":
        return len(answer) * _COMPANY
    return worst_case(interaction.operation, interaction.query, interaction.body) or 0


def _of_contact(contact: Any) -> int:
    if not isinstance(contact, dict) or not contact.get("isCreditCharged"):
        return 0
    data = contact.get("data")
    if not isinstance(data, dict):
        return _EMAIL + _PHONE
    return _EMAIL * bool(data.get("emailAddresses")) + _PHONE * bool(data.get("phoneNumbers"))


# What is paid for by item: operation -> (list of the body that holds the items, credits for each at most).
_ITEMS: Final[Mapping[str, tuple[str, int]]] = {
    "searchSingleContact": ("", _EMAIL + _PHONE),
    "searchMultipleContacts": ("contacts", _EMAIL + _PHONE),
    "searchSingleCompanyV2": ("", _COMPANY),
    "searchMultipleCompaniesV2": ("companies", _COMPANY),
    "enrichProspectingContacts": ("contactIds", _EMAIL + _PHONE),
    "enrichProspectingCompanies": ("companiesIds", _COMPANY),
    "getContactSignalsById": ("contactIds", 0),
    "searchContactSignals": ("contacts", 0),
    "getCompanySignalsById": ("companyIds", 0),
    "searchCompanySignals": ("companies", 0),
}
_SEARCHES: Final = ("searchProspectingContacts", "searchProspectingCompanies")


def worst_case(operation: str | None, query: Sequence[tuple[str, str]], body: Any) -> int | None:
    """The most credits a call may cost, by Lusha's price list; None where that is not known."""
    if operation is None:
        return None
    sent: Mapping[str, Any] = body if isinstance(body, dict) else {}
    if operation in _SEARCHES:
        pages = sent.get("pages") or sent.get("offset")
        size = pages.get("size", _SIZE) if isinstance(pages, dict) else _SIZE
        paid = max(1, -(-int(size) // _SEARCH_STEP)) if isinstance(size, int | float) else _MOST_STEPS
        return paid * (1 + _SIGNAL_TYPES * ("signal" in str(sent.get("filters"))))
    if operation not in _ITEMS:
        return 0  # filters, options and usage are free
    name, price = _ITEMS[operation]
    metadata = sent.get("metadata")
    wanted = sent.get("signals") or (metadata.get("signals") if isinstance(metadata, dict) else None)
    return _count(sent, name) * max(1, price + _signals(wanted, query))


def is_free(operation: str | None) -> bool:
    """Whether an operation never costs anything."""
    return operation is not None and operation not in _ITEMS and operation not in _SEARCHES


def _count(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    return len(value) if isinstance(value, list) else 1


def _signals(wanted: Any, query: Sequence[tuple[str, str]]) -> int:
    """How many types of signals are asked for, at most."""
    names = [wanted] if isinstance(wanted, str) else wanted if isinstance(wanted, list) else []
    for name, value in query:
        if name.removesuffix("[]") == "signals":
            names = [*names, *value.split(",")]
    return _SIGNAL_TYPES if "allSignals" in names else len(names)

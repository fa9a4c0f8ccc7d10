"""What the handlers of the control API work with: the parts of the server, and the request."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import field
from typing import TYPE_CHECKING, Any

from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.state.accounts import mask
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
    from contextlib import AbstractContextManager

    from mock_lusha.api.reply import Reply
    from mock_lusha.clock import Clock
    from mock_lusha.config import Settings
    from mock_lusha.contract.document import Contract
    from mock_lusha.contract.registry import Registry
    from mock_lusha.coverage.late_reader import LateReader
    from mock_lusha.http.guards.search_index import Prepares
    from mock_lusha.http.preview import AccountPreview
    from mock_lusha.readiness import Readiness
    from mock_lusha.scenario.facts import Facts
    from mock_lusha.scenario.library import Library
    from mock_lusha.state.accounts import Account, Accounts
    from mock_lusha.state.journal import Journal
    from mock_lusha.webhook_driver import WebhookDriver
    from mock_lusha.world_store import WorldStore

    Slices = Generator[None, None, Reply]
    """Long work of a handler: other requests are served where it yields."""

_FINGERPRINT = re.compile(r"fingerprint:(.*)", re.IGNORECASE)
_LONGEST = 4_000
"""Characters of a finding: one that names all sub-industries has 3,200."""


@frozen
class LateReply:
    """What a handler gives that has changed all that it changes, and waits for something before it answers.

    ``finish`` makes the answer when ``work`` is over, or at once where a request of another process is run.
    """

    work: Callable[[], Awaitable[None]]
    finish: Callable[[], Reply]


@mutable
class ControlContext:
    """The parts of a server that can be steered. ``registry`` has the contracts of the Lusha API, ``control``
    is that of this API itself. ``sources`` says where settings come from, by name, as far as it is known.
    ``follow`` is a context in which what other processes did is read as it comes, where there are such.
    ``changes`` counts calls that steered, ``run`` is a name of this run of the server, once it was asked
    for, ``started`` is when it began, in seconds since the epoch on the machine's clock."""

    settings: Settings
    clock: Clock
    registry: Registry
    control: Contract
    facts: Facts
    library: Library
    accounts: Accounts
    worlds: WorldStore
    journal: Journal
    readiness: Readiness
    version: str
    webhooks: WebhookDriver
    preparation: Prepares
    preview_of: Callable[[str, bool], AccountPreview]
    """What tries requests of a key on a copy of its account; they may wait for full windows."""
    reader: LateReader
    started: float
    sources: Mapping[str, str] = field(default_factory=dict)
    follow: Callable[[], AbstractContextManager[None]] = nullcontext
    changes: int = 0
    run: str | None = None


@mutable
class ControlRequest:
    """A request to the control API that passed its contract; ``address`` is the URL of the server as the
    client wrote it, without a slash at its end, ``headers`` have names in small letters, ``raw`` is the body
    as it came. ``makes`` says that the account it names is made if it does not exist: not by a look, which
    nobody else runs with whom the state is shared."""

    query: Mapping[str, Any]
    body: Any
    path: Mapping[str, str]
    address: str
    headers: Mapping[str, str]
    raw: bytes
    makes: bool = True

    @property
    def account(self) -> str | None:
        """The key of ``?account=``."""
        key: str | None = self.query.get("account")
        return key


def account_reference(account: Account) -> dict[str, Any]:
    """What identifies an account in everything that the control API shows, without its key."""
    return {"account": account.label, "fingerprint": account.fingerprint, "label": account.title}


def account_of(context: ControlContext, request: ControlRequest) -> Account:
    """The account that a request must name; it is made if it does not exist, where the request makes some.

    Raises:
        ApiError: ``bad-request`` if it names none, or a key that is refused.
    """
    if request.account is None:
        raise bad_request("account should not be empty: name one with ?account=KEY")
    return account_for_key(context, request.account, keep=request.makes)


def account_for_key(context: ControlContext, key: str, *, keep: bool = True) -> Account:
    """The account of a key; it is made if it does not exist, unless ``keep`` is off for a look alone.

    ``fingerprint:1a2b3c4d`` is the one that has this fingerprint: whoever sees accounts, as the page does,
    sees no keys.

    Raises:
        ApiError: ``bad-request`` if the key is refused, or no account has the fingerprint.
    """
    key = key_of(context, key)
    try:
        return context.accounts.get(key) if keep else context.accounts.look(key)
    except ApiError as error:
        why = "; ".join(map(str, error.details))
        raise bad_request(f"account: this key has no account to steer: {why}") from None


def key_of(context: ControlContext, named: str) -> str:
    """The key that is meant, which may be named by the fingerprint of its account.

    Raises:
        ApiError: ``bad-request`` for what cannot be a key, or a fingerprint that no account has.
    """
    shown = _FINGERPRINT.fullmatch(named)
    if shown is None:
        if not named.isascii() or not named.isprintable() or named != named.strip():
            raise bad_request(
                Detail("account must be a key: printable ASCII, no space around it", mask(named))
            )
        return named
    fingerprint = shown[1].lower()
    account = next((each for each in context.accounts if each.fingerprint == fingerprint), None)
    if account is None:
        why = "no account has this fingerprint (8 hex digits); /_mock/accounts lists those there are"
        raise bad_request(Detail(f"account: {why}", shorten(fingerprint) or "none"))
    return account.key


def bad_request(*details: Detail | str) -> ApiError:
    """A 400 that says what is wrong."""
    return ApiError("bad-request", details)


def bad_request_for(errors: Iterable[Exception]) -> ApiError:
    """A 400 for the errors of a document: a detail for each line, shortened to what a message may hold."""
    return bad_request(*(shorten(line, _LONGEST) for error in errors for line in str(error).split("\n")))

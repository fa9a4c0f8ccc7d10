"""What the handlers of the control API are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.state.accounts import mask
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

    from mock_lusha.api.reply import Reply
    from mock_lusha.clock import Clock
    from mock_lusha.config import Settings
    from mock_lusha.contract.document import Contract
    from mock_lusha.contract.registry import Registry
    from mock_lusha.readiness import Readiness
    from mock_lusha.scenario.facts import Facts
    from mock_lusha.scenario.library import Library
    from mock_lusha.state.accounts import Account, Accounts
    from mock_lusha.state.journal import Journal
    from mock_lusha.world_store import WorldStore

    Slices = Generator[None, None, Reply]
    """What long work of a handler is: other requests have their turn where it yields."""

_LONGEST = 4_000
"""Letters of a finding: one that names all sub-industries has 3,200."""


@mutable
class ControlContext:
    """The parts of a server that can be steered. ``registry`` has the contracts of the Lusha API, ``control``
    is that of this API itself."""

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


@mutable
class ControlRequest:
    """A request to the control API that passed its contract; ``account`` is the key that was named,
    ``address`` the URL that the server was asked at, without a slash at its end."""

    query: Mapping[str, Any]
    body: Any
    path: Mapping[str, str]
    address: str

    @property
    def account(self) -> str | None:
        """The key of ``?account=``."""
        key: str | None = self.query.get("account")
        return key


def named(account: Account) -> dict[str, Any]:
    """What tells an account apart in all that the control API shows, without its key."""
    return {"account": account.label, "fingerprint": account.fingerprint, "label": account.title}


def account_of(steering: ControlContext, order: ControlRequest) -> Account:
    """The account that must be named; it is made if it was never seen.

    Raises:
        ApiError: ``bad-request`` if none is named, or the key is one that is refused.
    """
    if order.account is None:
        raise refused("account should not be empty: name one with ?account=KEY")
    return found(steering, order.account)


def found(steering: ControlContext, key: str) -> Account:
    """The account of a key."""
    if not key.isascii() or not key.isprintable() or key != key.strip():
        raise refused(Detail("account must be a key: printable ASCII, no space around it", mask(key)))
    try:
        return steering.accounts.get(key)
    except ApiError as error:
        why = "; ".join(map(str, error.details))
        raise refused(f"account: this key has no account to steer: {why}") from None


def refused(*details: Detail | str) -> ApiError:
    """A 400 that says what is wrong."""
    return ApiError("bad-request", details)


def refused_for(errors: Iterable[Exception]) -> ApiError:
    """A 400 out of the errors of a document: a finding a line, each as it may stand in a message."""
    return refused(*(shorten(line, _LONGEST) for error in errors for line in str(error).split("\n")))

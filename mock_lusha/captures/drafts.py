"""Exchanges of the journal that are not written out, as plain values and back."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.http.access_log import Draft
from mock_lusha.state.journal import MOST_ANSWER
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.state.accounts import Account

_OWN: Final = ("_account", "_record", "_answer")
"""What is not as it was: whose it is, how it was written out, and what writes the answer again."""
_FIELDS: Final = tuple(name for name in Draft.__slots__ if name not in _OWN)
_values_of: Callable[[Draft], tuple[Any, ...]] = attrgetter(*_FIELDS)


@frozen
class FormerAccount:
    """What exchanges tell of an account that was forgotten after them."""

    key: str
    label: str
    fingerprint: str
    title: str | None


def parts_of(draft: Draft, account: Account | None) -> tuple[Any, ...]:
    """An exchange of a key whose account is this one now."""
    answer = draft._answer
    if not isinstance(answer, bytes):
        # Kept from now on, since it is taken again: the journal counts it as so long already.
        answer = draft._answer = answer()[:MOST_ANSWER]
    own: Any = draft._account
    if own is not None:
        own = True if own is account else FormerAccount(own.key, own.label, own.fingerprint, own.title)
    return (own, answer, *_values_of(draft))


def draft_of(parts: tuple[Any, ...], account: Account | None) -> Draft:
    """The exchange that ``parts_of`` gave the parts of."""
    draft = Draft.__new__(Draft)
    own, draft._answer, *values = parts
    draft._account = account if own is True else own
    draft._record = None
    for name, value in zip(_FIELDS, values, strict=True):
        setattr(draft, name, value)
    return draft

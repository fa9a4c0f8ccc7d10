"""Announces the end of operations that retire, or refuses them, as the account's setting ``v2`` wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mock_lusha.errors import ApiError, Detail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Scope

    from mock_lusha.contract.successors import Successor
    from mock_lusha.http.exchange import Exchange

HEADERS: Final[Sequence[tuple[bytes, bytes]]] = (
    (b"Deprecation", b"@1779062400"),
    (b"Sunset", b"Wed, 18 Nov 2026 00:00:00 GMT"),
    (b"Link", b'<https://docs.lusha.com/tutorials/v3-migration-guide>; rel="sunset"'),
)
"""What answers of deprecated operations carry, in the forms of RFC 9745 and RFC 8594: the days are Lusha's,
2026-05-18 and 2026-11-18; whether it sends such headers is not known."""


class RetirementGuard:
    """410 ``retired`` where the account's ``v2`` is ``gone``; where it is ``deprecated``, a warning.

    ``default`` is what holds for a request without an account.
    """

    def __init__(self, successor: Successor, default: str) -> None:
        self.details = [Detail(text, hint=True) for text in (str(successor), *successor.changes)]
        self.warning = f"deprecated: {successor}: {'; '.join(successor.changes)}"
        self.default = default

    def __call__(self, scope: Scope, exchange: Exchange) -> None:
        state = exchange.tenant.v2
        if state == "serve":
            return
        if state == "gone":
            raise ApiError("retired", self.details)
        exchange.warnings.append(self.warning)

    def announce(self, exchange: Exchange) -> None:
        """Put the headers on the answer where it is of a deprecated operation."""
        reply, account = exchange.reply, exchange.account
        if reply is not None and (self.default if account is None else account.v2) == "deprecated":
            # A reply may be kept for the next call.
            exchange.reply = replace(reply, headers=[*reply.headers, *HEADERS])

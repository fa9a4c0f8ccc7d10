"""A store as processes use it: one log per tenant, one of the server, and the order of all their entries.

An entry has four coordinates. ``position`` counts the entries of its tenant from 1. ``server`` is how many
entries the log of the server had when it was appended. ``number`` counts all entries of the store from 1,
dense, and is never used twice, not even after a clear. The tenant is 16 bytes, or ``SERVER`` for the log of
the server. Contents are sealed; no engine looks into them.

A snapshot has what a tenant, or the server, had become after an entry, so that those up to it are trimmed. A
checkpoint is one of the server and of every tenant at the same entry of the server's log. Until the server's
log goes on, snapshots of tenants may take the place of theirs in it: what is left of all logs, run in the
order of numbers over the snapshots, gives the state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence

SERVER: Final = b""
"""The tenant whose log is the server's own."""
MOST_ENTRIES: Final = 500
"""How many entries one read returns at most."""
MOST_BYTES: Final = 4_194_304
"""A read ends with the entry by which its contents reach this size, so that it stays short."""


@frozen
class Stored:
    """An entry as it is stored."""

    number: int
    tenant: bytes
    position: int
    server: int
    content: bytes


@frozen
class Appended:
    """What became of an append: ``number`` is None where somebody else was first; then nothing was changed.

    ``position`` and ``server`` are how many entries the tenant and the log of the server have now.
    """

    number: int | None
    position: int
    server: int


@frozen
class StoreState:
    """The number of the last entry of all, and how many entries the log of the server has.

    ``checkpoint`` is how many it had at the checkpoint, 0 where there is none; ``snapshots`` counts those
    that were ever kept.
    """

    last: int
    server: int
    checkpoint: int
    snapshots: int


@frozen
class Snapshot:
    """What a tenant, or the server, had become after ``position`` entries, of which none need be read then.

    ``server`` is how many entries the log of the server had then.
    """

    position: int
    server: int
    content: bytes


@frozen
class SnapshotPlace:
    """Which tenant has a snapshot, after how many of its entries."""

    tenant: bytes
    position: int


class Engine(Protocol):
    """A database with the logs.

    Methods answer at once (SQLite) or with an awaitable (Redis), never later than 0.3 s after they were
    called. All raise ``StoreError`` where the store cannot be used, and ``StoreLostError`` where it is not
    the one that was opened; ``open`` may be called again then. Nothing is retried here.
    """

    @property
    def shared(self) -> bool:
        """Whether other processes may write into the store."""
        ...

    @property
    def at_once(self) -> bool:
        """Whether methods answer at once, and never with an awaitable."""
        ...

    @property
    def place(self) -> str:
        """Where the store is, for people: without password."""
        ...

    def append(
        self, tenant: bytes, expected: int, server: int, content: bytes
    ) -> Appended | Awaitable[Appended]:
        """Append an entry, if the tenant has ``expected`` entries and the log of the server ``server``."""
        ...

    def append_server(
        self, last: int, content: bytes, *, clears: bool = False
    ) -> Appended | Awaitable[Appended]:
        """Append an entry to the log of the server, if ``last`` is the number of the last entry of all.

        One that ``clears`` deletes everything before it in the same step: entries of all, and the checkpoint.
        Positions of tenants start at 0 again; numbers, and positions of the server, go on.
        """
        ...

    def read(self, tenant: bytes, after: int) -> Sequence[Stored] | Awaitable[Sequence[Stored]]:
        """The entries of a tenant after a position, in order, at most ``MOST_ENTRIES`` and about
        ``MOST_BYTES``.

        None are left when the sequence is empty. Where the first has another position than ``after + 1``,
        those between were trimmed: the snapshot has them.
        """
        ...

    def read_all(self, after: int) -> Sequence[Stored] | Awaitable[Sequence[Stored]]:
        """The entries of all after a number, in order, bounded as those of ``read``."""
        ...

    def state(self) -> StoreState | Awaitable[StoreState]:
        """How far the store is."""
        ...

    def snapshot(self, tenant: bytes) -> Snapshot | Awaitable[Snapshot | None] | None:
        """The snapshot of a tenant, or of the server."""
        ...

    def snapshots(self, after: int) -> Sequence[SnapshotPlace] | Awaitable[Sequence[SnapshotPlace]]:
        """The snapshots that were kept when the last entry of all had a greater number than this."""
        ...

    def put_snapshot(self, tenant: bytes, snapshot: Snapshot) -> bool | Awaitable[bool]:
        """Keep a snapshot of a tenant, and trim its entries up to there; positions go on.

        False, and nothing is changed, where there is one of this position or a later one, or no checkpoint
        at this entry of the server's log, or that log is another one by now.
        """
        ...

    def put_checkpoint(self, last: int, snapshots: Mapping[bytes, Snapshot]) -> bool | Awaitable[bool]:
        """Keep a checkpoint in place of the one before, and trim all entries up to number ``last``.

        There is a snapshot of the server, and of each tenant that has entries. False, and nothing is changed,
        where there is a checkpoint at this entry of the server's log already, or that log is another one by
        now. It may take longer than other methods.
        """
        ...

    async def open(self) -> None:
        """Connect, and make the store where there is none; before it nothing is connected.

        To be called in the process that uses the engine: connections are not inherited by a fork.

        Raises:
            StoreRefusedError: the store was made with other facts or another secret, or is no store.
            StoreError: it cannot be reached.
        """
        ...

    def close(self) -> None:
        """Disconnect; the engine may be opened again."""
        ...

"""A store in a file of SQLite, for processes of one host.

An append writes one row, in one statement. What it takes for its condition is read from the greatest rows, so
the newest entry of a tenant is never deleted, but by a clear: where it is trimmed, its content becomes NULL.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from mock_lusha.errors import StoreError, StoreLostError, StoreRefusedError, shorten
from mock_lusha.store.engine import (
    MOST_BYTES,
    MOST_ENTRIES,
    SERVER,
    Appended,
    Snapshot,
    SnapshotPlace,
    Stored,
    StoreState,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mock_lusha.store.identity import Identity

_BUSY_SECONDS: Final = 0.3
"""How long a statement waits while another process writes."""
_ATTEMPTS: Final = 50
_PAUSE_SECONDS: Final = 0.02
"""All who open a new file at once change its journal, for which SQLite does not wait."""
_WAL_BYTES: Final = 4_194_304

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entries (
    number INTEGER PRIMARY KEY, tenant BLOB NOT NULL, position INTEGER NOT NULL,
    server INTEGER NOT NULL, content BLOB
);
CREATE UNIQUE INDEX positions ON entries (tenant, position);
CREATE TABLE snapshots (
    tenant BLOB PRIMARY KEY, position INTEGER NOT NULL, server INTEGER NOT NULL, content BLOB NOT NULL,
    last INTEGER NOT NULL
);
CREATE INDEX snapshots_by_last ON snapshots (last);
CREATE TABLE counters (checkpoint INTEGER NOT NULL, snapshots INTEGER NOT NULL);
INSERT INTO counters VALUES (0, 0);
"""
"""``counters`` has one row. ``last`` of a snapshot is the number of the last entry when it was kept."""
_LAST: Final = "coalesce((SELECT max(number) FROM entries), 0)"
_POSITION: Final = "coalesce((SELECT max(position) FROM entries WHERE tenant = ?1), 0)"
_SERVER: Final = "coalesce((SELECT max(position) FROM entries WHERE tenant = x''), 0)"
"""x'' is ``SERVER``."""
# A position that is NULL is refused by the table. A condition at a SELECT would cost a table for its rows.
# The number is made by SQLite: one more than the greatest.
_APPEND: Final = (
    "INSERT OR IGNORE INTO entries VALUES"  # noqa: S608 - of the constants above
    f" (NULL, ?1, CASE WHEN ?2 = {_POSITION} AND ?3 = {_SERVER} THEN ?2 + 1 END, ?3, ?4)"
)
_APPEND_SERVER: Final = (
    "INSERT OR IGNORE INTO entries VALUES"  # noqa: S608 - of the constants above
    f" (NULL, x'', CASE WHEN ?1 = {_LAST} THEN {_SERVER} + 1 END, {_SERVER}, ?2)"
)
_POSITIONS: Final = f"SELECT {_POSITION}, {_SERVER}"
_STATE: Final = f"SELECT {_LAST}, {_SERVER}, checkpoint, snapshots FROM counters"  # noqa: S608 - as above
_READ: Final = (
    "SELECT number, tenant, position, server, content FROM entries"
    " WHERE tenant = ? AND position > ? AND content NOTNULL ORDER BY position LIMIT ?"
)
_READ_ALL: Final = (
    "SELECT number, tenant, position, server, content FROM entries"
    " WHERE number > ? AND content NOTNULL ORDER BY number LIMIT ?"
)
_MAY_SNAPSHOT: Final = (
    "SELECT NOT EXISTS (SELECT 1 FROM snapshots WHERE tenant = ?1 AND position >= ?2)"  # noqa: S608 - as above
    f" AND checkpoint = ?3 AND ?3 = {_SERVER} FROM counters"
)
_PUT_SNAPSHOT: Final = f"INSERT OR REPLACE INTO snapshots VALUES (?1, ?2, ?3, ?4, {_LAST})"  # noqa: S608 - as above
_COUNT_SNAPSHOTS: Final = "UPDATE counters SET snapshots = snapshots + ?1"
_MAY_CHECKPOINT: Final = f"SELECT checkpoint < ?1 AND ?1 = {_SERVER} FROM counters"  # noqa: S608 - as above
_SNAPSHOTS: Final = "SELECT tenant, position FROM snapshots WHERE last > ? ORDER BY last, tenant"
_TRIM: Final = (
    "DELETE FROM entries WHERE tenant = ?1 AND position <= ?2"
    " AND position < (SELECT max(position) FROM entries WHERE tenant = ?1)"
)
_TRIM_LAST: Final = "UPDATE entries SET content = NULL WHERE tenant = ?1 AND position <= ?2"

_PROBLEMS: Final = {
    sqlite3.SQLITE_BUSY: f"was kept busy by another process for {_BUSY_SECONDS} s",
    sqlite3.SQLITE_LOCKED: f"was kept busy by another process for {_BUSY_SECONDS} s",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_READONLY: "may not be written to",
    sqlite3.SQLITE_PERM: "may not be opened",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk is full or fails",
    sqlite3.SQLITE_CORRUPT: "is damaged; delete it, or name another",
    sqlite3.SQLITE_NOTADB: "is no database of SQLite; name another file",
    sqlite3.SQLITE_TOOBIG: "does not take an entry of this size",
}
_HOPELESS: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class SqliteEngine:
    """The file at ``path``, which ``identity`` may use; it is made, readable by its owner alone, when opened.

    Its folder must be on a disk of this host: a network's file system does not lock as SQLite needs it.
    """

    shared = True
    at_once = True

    def __init__(self, path: Path, identity: Identity) -> None:
        self.path = path
        self.place = shorten(str(path), 200)
        self._identity = identity
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._file = (0, 0)

    async def open(self) -> None:
        """As the interface has it."""
        self.close()
        self._make_file()
        for attempt in range(_ATTEMPTS):
            try:
                self._connect()
                break
            except sqlite3.Error as error:
                self.close()
                if _code(error) != sqlite3.SQLITE_BUSY or attempt == _ATTEMPTS - 1:
                    raise self._failure(error) from None
            except BaseException:
                self.close()
                raise
            await asyncio.sleep(_PAUSE_SECONDS)

    def close(self) -> None:
        """As the interface has it."""
        connection, self._connection = self._connection, None
        if connection is not None and self._process == os.getpid():
            connection.close()

    def append(self, tenant: bytes, expected: int, server: int, content: bytes) -> Appended:
        """As the interface has it."""
        connection = self._use()
        try:
            cursor = connection.execute(_APPEND, (tenant, expected, server, content))
            if cursor.rowcount == 1:
                return Appended(cursor.lastrowid, expected + 1, server)
            position, now = connection.execute(_POSITIONS, (tenant,)).fetchone()
        except sqlite3.Error as error:
            raise self._failure(error) from None
        return Appended(None, position, now)

    def append_server(self, last: int, content: bytes, *, clears: bool = False) -> Appended:
        """As the interface has it."""
        with self._transaction() as connection:
            number = None
            cursor = connection.execute(_APPEND_SERVER, (last, content))
            if cursor.rowcount == 1:
                number = cursor.lastrowid
            server = connection.execute(_STATE).fetchone()[1]
            if number is not None and clears:
                connection.execute("DELETE FROM entries WHERE number < ?", (number,))
                connection.execute("DELETE FROM snapshots")
                connection.execute("UPDATE counters SET checkpoint = 0")
        return Appended(number, server, server)

    def read(self, tenant: bytes, after: int) -> Sequence[Stored]:
        """As the interface has it."""
        return self._rows(_READ, (tenant, after, MOST_ENTRIES))

    def read_all(self, after: int) -> Sequence[Stored]:
        """As the interface has it."""
        return self._rows(_READ_ALL, (after, MOST_ENTRIES))

    def state(self) -> StoreState:
        """As the interface has it."""
        connection = self._use()
        try:
            return StoreState(*connection.execute(_STATE).fetchone())
        except sqlite3.Error as error:
            raise self._failure(error) from None

    def snapshot(self, tenant: bytes) -> Snapshot | None:
        """As the interface has it."""
        connection = self._use()
        try:
            row = connection.execute(
                "SELECT position, server, content FROM snapshots WHERE tenant = ?", (tenant,)
            ).fetchone()
        except sqlite3.Error as error:
            raise self._failure(error) from None
        return None if row is None else Snapshot(*row)

    def snapshots(self, after: int) -> Sequence[SnapshotPlace]:
        """As the interface has it."""
        connection = self._use()
        try:
            return [SnapshotPlace(*row) for row in connection.execute(_SNAPSHOTS, (after,)).fetchall()]
        except sqlite3.Error as error:
            raise self._failure(error) from None

    def put_snapshot(self, tenant: bytes, snapshot: Snapshot) -> bool:
        """As the interface has it."""
        with self._transaction() as connection:
            (may,) = connection.execute(
                _MAY_SNAPSHOT, (tenant, snapshot.position, snapshot.server)
            ).fetchone()
            if may:
                self._keep(connection, {tenant: snapshot})
        return bool(may)

    def put_checkpoint(self, last: int, snapshots: Mapping[bytes, Snapshot]) -> bool:
        """As the interface has it."""
        server = snapshots[SERVER].server
        with self._transaction() as connection:
            (may,) = connection.execute(_MAY_CHECKPOINT, (server,)).fetchone()
            if may:
                connection.execute("DELETE FROM snapshots")
                connection.execute("UPDATE counters SET checkpoint = ?", (server,))
                self._keep(connection, snapshots)
        return bool(may)

    def _keep(self, connection: sqlite3.Connection, snapshots: Mapping[bytes, Snapshot]) -> None:
        """Keep snapshots, and trim what is in them."""
        for tenant, each in snapshots.items():
            connection.execute(_PUT_SNAPSHOT, (tenant, each.position, each.server, each.content))
            for statement in (_TRIM, _TRIM_LAST):
                connection.execute(statement, (tenant, each.position))
        connection.execute(_COUNT_SNAPSHOTS, (len(snapshots),))

    def _rows(self, statement: str, values: tuple[object, ...]) -> Sequence[Stored]:
        connection = self._use()
        entries: list[Stored] = []
        size = 0
        try:
            cursor = connection.execute(statement, values)
            for row in cursor:
                entry = Stored(*row)
                entries.append(entry)
                size += len(entry.content)
                if size >= MOST_BYTES:
                    break
            cursor.close()  # one that is not read to its end keeps others from truncating the journal
        except sqlite3.Error as error:
            raise self._failure(error) from None
        return entries

    def _make_file(self) -> None:
        """Have a file, with its mode from the first moment on. The journals of SQLite take the same mode."""
        if not self.path.parent.is_dir():
            raise StoreRefusedError(
                f"the store {self.place} cannot be made: there is no folder "
                f"{shorten(str(self.path.parent), 200)}; make it, or name another file"
            )
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            # It is not opened here: closing it would give up locks that this process has on it.
            if not self.path.is_file():
                raise StoreRefusedError(
                    f"the store {self.place} is no file; name one, as in sqlite:mock-lusha.db"
                ) from None
        except OSError as error:
            why = error.strerror or error
            raise StoreRefusedError(
                f"the store {self.place} cannot be made ({why}); name another file"
            ) from None

    def _connect(self) -> None:
        connection = self._connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._process = os.getpid()
        status = self.path.stat()
        self._file = (status.st_dev, status.st_ino)
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StoreRefusedError(
                f"the store {self.place} is on a file system without shared memory; name a file elsewhere"
            )
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        with _atomically(connection):
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if not tables:
                for statement in _SCHEMA.split(";"):  # executescript would end the transaction
                    connection.execute(statement)
                connection.executemany("INSERT INTO meta VALUES (?, ?)", self._identity.rows().items())
            elif "meta" not in tables:
                raise StoreRefusedError(
                    f"the store {self.place} is a database of another program; name another file"
                )
            rows = dict(connection.execute("SELECT name, value FROM meta"))
        self._identity.compare(rows, self.place, f"delete {self.place}, or name another")

    def _use(self) -> sqlite3.Connection:
        """The connection, if it is this process' and its file is still where others find it."""
        connection = self._connection
        if connection is None or self._process != os.getpid():
            raise StoreError(f"the store {self.place} is not open in this process")
        try:
            status = os.stat(self.path)  # noqa: PTH116 - a third of the time of Path.stat, at each call
        except OSError as error:
            raise StoreLostError(f"the store {self.place} was deleted or moved ({error.strerror})") from None
        if (status.st_dev, status.st_ino) != self._file:
            raise StoreLostError(f"the store {self.place} was replaced by another file")
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._use()
        try:
            with _atomically(connection):
                yield connection
        except sqlite3.Error as error:
            raise self._failure(error) from None

    def _failure(self, error: sqlite3.Error) -> StoreError:
        code = _code(error)
        problem = _PROBLEMS.get(code, f"cannot be used: {shorten(str(error), 120)}")
        kind = StoreRefusedError if code in _HOPELESS else StoreError
        return kind(f"the store {self.place} {problem}")


def _code(error: sqlite3.Error) -> int:
    """The primary code of an error of SQLite; 0 for one of Python's module."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


@contextmanager
def _atomically(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that writes; an exception undoes it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

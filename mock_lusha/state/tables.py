"""Tables of an account: rows of people or companies, and the cells of their columns.

A row is the id of its entity in 8 bytes, a byte of facts, and a byte for each column. What a cell shows is
read from the world when somebody looks.
"""

from __future__ import annotations

from array import array
from collections import Counter
from copy import copy
from datetime import date
from itertools import compress
from typing import TYPE_CHECKING, Final, Literal

from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.seeded import number
from mock_lusha.table_limits import LONGEST_NAME, MOST_COLUMNS, MOST_ROWS, MOST_TABLES
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from mock_lusha.state.users import User
    from mock_lusha.table_limits import EntityKind

CellState = Literal["not_run", "processing", "success", "no_data", "failed"]
RUN_SECONDS: Final = 1.0
"""How long the run of a column takes, on the account's clock (our decision)."""
PAID: Final = 128
"""The fact of a row that the table has paid for it."""
NOT_RUN, SUCCESS, NO_DATA, FAILED = range(4)
OUTCOMES: Final[Mapping[str, int]] = {"no_data": NO_DATA, "failed": FAILED}
"""What a scenario may let come of running a cell."""
_STATES: Final[tuple[CellState, ...]] = ("not_run", "success", "no_data", "failed")
# A cell is one byte: what comes of it, and above that in which of the runs of its column it is being filled
# in.
_OUTCOME_BITS, _OUTCOME_MASK = 2, 3
_MOST_RUNS = 63
_ENDED = bytes(cell & _OUTCOME_MASK for cell in range(256))
_FIRST_ID, _IDS = 100_000, 900_000_000


@frozen
class ColumnKind:
    """What a column is: ``key`` names the field that it shows, ``source`` where its values come from
    (``lusha`` or ``signal``), ``form`` what they are. ``fact`` is the bit of a row that says whether there is
    a value; 0 where there always is. Those that ``run`` are empty until then. Tables have those that are
    ``default`` from the start, and keep them. Cells of a ``dated`` column hold a day of their own."""

    id: str
    name: str
    key: str
    source: str
    form: str
    fact: int = 0
    run: bool = False
    default: bool = True
    dated: bool = False


class Column:
    """A column of a table: when it was ``added`` and ``updated``, in seconds since the epoch, and a byte for
    each row; where it is dated, also a day, four bytes."""

    def __init__(self, kind: ColumnKind, rows: int, now: float) -> None:
        self.kind = kind
        self.added = self.updated = now
        self.cells = bytearray(rows)
        self._days = array("i", bytes(4 * rows)) if kind.dated else None
        self._runs_of: list[tuple[float, float]] = []
        """When each run begins and ends; that of number n is the n-th."""

    def copy(self) -> Column:
        """The same column with the same cells, which are filled in by themselves."""
        other = Column(self.kind, 0, self.added)
        other.updated, other.cells, other._runs_of = self.updated, self.cells[:], self._runs_of[:]
        other._days = None if self._days is None else self._days[:]
        return other

    def state(self, position: int, now: float) -> CellState:
        """How the cell of a row stands."""
        cell = self.cells[position]
        return "processing" if self._runs(cell, now) else _STATES[cell & _OUTCOME_MASK]

    def has_value(self, position: int) -> bool:
        """Whether a cell has got a value, or is about to get one."""
        return self.cells[position] & _OUTCOME_MASK == SUCCESS

    def day(self, position: int) -> date | None:
        """The day that the cell of a dated column holds."""
        ordinal = 0 if self._days is None else self._days[position]
        return date.fromordinal(ordinal) if ordinal else None

    def counts(self, now: float) -> Counter[CellState]:
        """How many cells stand how."""
        counts: Counter[CellState] = Counter()
        for cell, times in Counter(self.cells).items():
            is_running = self._runs(cell, now)
            counts["processing" if is_running else _STATES[cell & _OUTCOME_MASK]] += times
        return counts

    def is_processing(self, now: float) -> bool:
        """Whether a cell is being filled in."""
        return self._is_any_under_way(now) and self.counts(now)["processing"] > 0

    def _is_any_under_way(self, now: float) -> bool:
        # Where a clock was set back, runs that begin later are over: nobody would wait for them.
        return any(begin <= now < end for begin, end in self._runs_of)

    def _runs(self, cell: int, now: float) -> bool:
        run = cell >> _OUTCOME_BITS
        return run > 0 and self._runs_of[run - 1][0] <= now < self._runs_of[run - 1][1]

    def extend(self, outcomes: bytes) -> None:
        """Add cells of rows that are new."""
        self.cells.extend(outcomes)
        if self._days is not None:
            self._days.frombytes(bytes(4 * len(outcomes)))

    def keep(self, kept: bytearray) -> None:
        """Remove the cells of rows that are not kept."""
        self.cells = bytearray(compress(self.cells, kept))
        if self._days is not None:
            self._days = array("i", compress(self._days, kept))

    def fill(self, positions: Sequence[int], outcomes: Iterable[int | date], now: float) -> None:
        """Fill in cells at once, each with an outcome, or with the day that it holds then."""
        self._fill(positions, outcomes, 0, now)

    def start(self, positions: Sequence[int], outcomes: Iterable[int | date], now: float) -> None:
        """Begin to fill in cells, which takes a while."""
        if not self._is_any_under_way(now):
            self.cells = self.cells.translate(_ENDED)
            self._runs_of.clear()
        run = now, now + RUN_SECONDS
        if len(self._runs_of) < _MOST_RUNS:
            self._runs_of.append(run)
        else:
            self._runs_of[-1] = run  # of very many runs at a time the last are over together
        self._fill(positions, outcomes, len(self._runs_of) << _OUTCOME_BITS, now)

    def _fill(self, positions: Iterable[int], outcomes: Iterable[int | date], run: int, now: float) -> None:
        for position, outcome in zip(positions, outcomes, strict=True):
            if isinstance(outcome, int):
                self.cells[position] = run | outcome
            else:
                self.cells[position] = run | SUCCESS
                if self._days is not None:
                    self._days[position] = outcome.toordinal()
        self.updated = now


class Table:
    """A table: rows in the order in which they were added, each entity once.

    ``facts`` has a byte for each row: bits of its columns' kinds, and ``PAID``.
    """

    def __init__(
        self,
        table_id: str,
        name: str,
        kind: EntityKind,
        owner: User,
        columns: Iterable[ColumnKind],
        now: float,
        *,
        is_shared: bool = False,
        surface: str = "api",
    ) -> None:
        self.id = table_id
        self.name = name
        self.kind = kind
        self.owner = owner
        self.is_shared = is_shared
        self.is_archived = False
        self.surface = surface
        self.rows = array("Q")
        self.facts = bytearray()
        self.columns = {column.id: Column(column, 0, now) for column in columns}

    def __len__(self) -> int:
        return len(self.rows)

    def copy(self) -> Table:
        """The same table with the same rows, which changes by itself."""
        other = copy(self)
        other.rows, other.facts = self.rows[:], self.facts[:]
        other.columns = {name: column.copy() for name, column in self.columns.items()}
        return other

    def is_visible(self, user: User) -> bool:
        """Whether a user sees it: private tables are their owner's alone."""
        return self.is_shared or self.owner.email == user.email

    def positions(self, ids: Collection[int]) -> list[int]:
        """The places of those entities that have a row, in the order of the table."""
        wanted = set(ids)
        return [position for position, row in enumerate(self.rows) if row in wanted]

    def present(self, ids: Collection[int]) -> set[int]:
        """Those of the entities that have a row."""
        return set(ids).intersection(self.rows)

    def add(self, rows: Mapping[int, int], now: float) -> None:
        """Add rows for entities that have none: facts by id.

        Raises:
            ApiError: 400 where there would be too many rows; nothing is added then.
        """
        self.check_room(len(rows))
        first = len(self.rows)
        self.rows.extend(rows)
        self.facts.extend(rows.values())
        for column in self.columns.values():
            if column.kind.run:
                column.extend(bytes(len(rows)))
            else:
                column.extend(bytes(self.outcomes(column.kind, range(first, len(self.rows)))))
                column.updated = now

    def check_room(self, rows: int) -> None:
        """Whether there is room for so many more rows.

        Raises:
            ApiError: 400 where there is not.
        """
        count = len(self.rows)
        if count + rows > MOST_ROWS:
            message = (
                f"a table may have at most {MOST_ROWS} rows; {count} are there, and {rows} would be added"
            )
            raise ApiError("bad-request", [message])

    def remove(self, positions: Sequence[int]) -> None:
        """Remove rows, by their places in rising order."""
        keep = bytearray(b"\1") * len(self.rows)
        for position in positions:
            keep[position] = 0
        self.rows = array("Q", compress(self.rows, keep))
        self.facts = bytearray(compress(self.facts, keep))
        for column in self.columns.values():
            column.keep(keep)

    def outcomes(self, kind: ColumnKind, positions: Iterable[int]) -> Iterator[int]:
        """What comes of running cells of a column, by the facts of their rows."""
        facts, fact = self.facts, kind.fact
        return (SUCCESS if not fact or facts[position] & fact else NO_DATA for position in positions)

    def pay(self, positions: Iterable[int]) -> None:
        """Note that rows are paid for."""
        for position in positions:
            self.facts[position] |= PAID

    def is_paid(self, position: int) -> bool:
        """Whether a row is paid for."""
        return bool(self.facts[position] & PAID)

    def new_columns(self, kinds: Iterable[ColumnKind]) -> list[ColumnKind]:
        """Those of the columns that the table does not have.

        Raises:
            ApiError: 400 where there is no room for them.
        """
        created = [kind for kind in kinds if kind.id not in self.columns]
        if len(self.columns) + len(created) > MOST_COLUMNS:
            raise ApiError("bad-request", [f"a table may have at most {MOST_COLUMNS} columns"])
        return created

    def add_column(self, kind: ColumnKind, now: float) -> None:
        """Add a column that no row has a value in."""
        self.columns[kind.id] = Column(kind, len(self.rows), now)

    def is_processing(self, now: float) -> bool:
        """Whether a column is being run."""
        return any(column.is_processing(now) for column in self.columns.values())


@frozen
class TableSpec:
    """What a table is created with."""

    name: str
    kind: EntityKind
    owner: User
    is_shared: bool = False
    surface: str = "api"


class Tables:
    """The tables of one account by id, in the order in which they were created. ``seed`` and ``account`` are
    what their ids follow from; ``is_filled`` says whether those of fixtures were added."""

    def __init__(self, seed: str, account: str) -> None:
        self._seed = seed
        self._account = account
        self._tables: dict[str, Table] = {}
        self._created = 0
        self.is_filled = False
        self.warnings: list[str] = []
        """What somebody who looks should know of those of fixtures."""

    def __iter__(self) -> Iterator[Table]:
        return iter(self._tables.values())

    def scratch(self) -> ScratchTables:
        """The same tables, which change by themselves."""
        other = ScratchTables(self._seed, self._account)
        other._tables, other._created = self._tables.copy(), self._created
        other.is_filled, other.warnings = self.is_filled, self.warnings[:]
        return other

    def __len__(self) -> int:
        return len(self._tables)

    def get(self, table_id: str) -> Table | None:
        """The table with an id."""
        return self._tables.get(table_id)

    def check(self, spec: TableSpec) -> None:
        """Whether a table may be created.

        Raises:
            ApiError: 400 where there are too many, or for its name; 409 for a name that another one has.
        """
        self.free_name(spec.name)
        if len(self._tables) >= MOST_TABLES:
            raise ApiError(
                "bad-request",
                [f"an account may have at most {MOST_TABLES} tables, archived ones too; delete one first"],
            )

    def create(self, spec: TableSpec, columns: Iterable[ColumnKind], now: float) -> Table:
        """Create a table without rows.

        Raises:
            ApiError: as ``check`` does.
        """
        self.check(spec)
        name = self.free_name(spec.name)
        table = Table(
            self._next_id(),
            name,
            spec.kind,
            spec.owner,
            columns,
            now,
            is_shared=spec.is_shared,
            surface=spec.surface,
        )
        self._tables[table.id] = table
        return table

    def free_name(self, text: str, but_of: Table | None = None) -> str:
        """A name as a table would have it.

        Raises:
            ApiError: 400 for one that is empty or too long; 409 for one that another table has, whatever its
                rows are.
        """
        name = text.strip()
        if not name:
            raise ApiError("bad-request", ["name should not be empty"])
        if len(name) > LONGEST_NAME:
            raise ApiError(
                "bad-request", [f"name must be shorter than or equal to {LONGEST_NAME} characters"]
            )
        if not name.isprintable():
            raise ApiError("bad-request", ["name must have printable characters alone"])
        if any(table.name == name and table is not but_of for table in self):
            text = (
                f"a table of this account is named {shorten(name)}: names hold for all its kinds and owners"
            )
            raise ApiError("table-name-conflict", [Detail(text, hint=True)])
        return name

    def delete(self, table: Table) -> None:
        """Let a table go."""
        del self._tables[table.id]

    def _next_id(self) -> str:
        """An id that no table of the account had: nine digits or less that other accounts do not have."""
        while True:
            self._created += 1
            table_id = str(_FIRST_ID + number(self._seed, self._account, "table", self._created) % _IDS)
            if table_id not in self._tables:
                return table_id


class ScratchTables(Tables):
    """Tables of another account, copied one by one when somebody asks for one of them: there may be 500 of
    50,000 rows. Those that one only looks through stay that account's; nobody changes one there."""

    def __init__(self, seed: str, account: str) -> None:
        super().__init__(seed, account)
        self._own: set[str] = set()

    def get(self, table_id: str) -> Table | None:
        """The table with an id."""
        table = super().get(table_id)
        if table is not None and table_id not in self._own:
            self._own.add(table_id)
            table = self._tables[table_id] = table.copy()
        return table

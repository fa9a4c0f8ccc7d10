"""The tables of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.client.display import shown_or
from mock_lusha.client.protocol import hides
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Literal

    from mock_lusha.client.control import Control
    from mock_lusha.table_limits import EntityKind

__tracebackhide__ = hides


@frozen
class TableView:
    """A table as it is now: ``count`` rows of a ``kind``, ``columns`` by id with the number of cells in each
    state, and whether some are being run. ``visibility`` is private or shared, ``owner`` an e-mail
    address."""

    id: str
    name: str
    kind: str
    owner: str
    visibility: str
    archived: bool
    count: int
    processing: bool
    columns: Mapping[str, Mapping[str, Any]]


class HandleTables:
    """``for table in lusha.tables``; ``lusha.tables.create("Fair", "contacts", ["ada@quill.example"])``.

    Runs of columns end a second later on the account's clock: ``lusha.clock.advance(1)``.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def __repr__(self) -> str:
        return shown_or(lambda: f"<tables: {', '.join(table.name for table in self) or 'none'}>", "<tables>")

    def __iter__(self) -> Iterator[TableView]:
        return (TableView(**table) for table in self._control.tables()["tables"])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, name: str) -> TableView:
        """The table of a name, or of an id."""
        for table in self:
            if name in (table.name, table.id):
                return table
        raise KeyError(
            f"this account has no table {name!r}; it has {', '.join(t.name for t in self) or 'none'}"
        )

    def create(
        self,
        name: str,
        kind: EntityKind,
        rows: Sequence[str | Mapping[str, Any]] = (),
        *,
        owner: str | None = None,
        visibility: Literal["private", "shared"] = "private",
    ) -> TableView:
        """Create a table, free of charge, with rows for mailboxes, LinkedIn profiles or domains, or for
        identifiers by their names.

        Raises:
            ControlError: a row stands for nobody, or the name is taken; nothing is created then.
        """
        if isinstance(rows, str | bytes):
            raise TypeError(f"rows are a list of texts or mappings, not one text: {rows!r}")
        options = {} if owner is None else {"owner": owner}
        answer = self._control.create_table(name, kind, rows, visibility=visibility, **options)
        return TableView(**answer["tables"][0])

    def rows(self, table: str, *, page: int = 0, size: int = 100) -> list[dict[str, Any]]:
        """A page of rows of a table, by its name or id: the number of each, and the states of its cells by
        column."""
        rows: list[dict[str, Any]] = self._control.tables(self[table].id, page=page, size=size)["tables"][0][
            "rows"
        ]
        return rows

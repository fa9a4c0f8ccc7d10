"""Identifiers in rows of a CSV, and the requests that look them up: what an operation takes, its facts
say."""

from __future__ import annotations

import csv
import difflib
import re
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import MOST_DETAILS, ConfigError, shorten
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_lusha.contract.document import Contract, Operation
    from mock_lusha.contract.registry import Registry

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "email": ("email",),
    "linkedin_url": ("linkedin",),
    "first_name": ("first-name", "full-name"),
    "last_name": ("last-name", "full-name"),
    "full_name": ("full-name",),
    "company_name": ("company-name",),
    "company_domain": ("domain",),
    "domain": ("domain",),
    "id": ("person-id", "company-id", "contact-id"),
}
"""The columns that are read, and the kinds of identifiers of the contract that they may be."""
_OF_PEOPLE: Final = frozenset({"email", "linkedin_url", "first_name", "last_name", "full_name", "id"})
_ALIKE: Final = 0.8
_DELIMITERS: Final = ",;\t"


@frozen
class Row:
    """A row: its number as a spreadsheet counts, and its cells by column, without those that are empty."""

    number: int
    cells: Mapping[str, str]


@frozen
class Sheet:
    """The rows of a CSV; ``headings`` are the columns as they are written there, ``unread`` those that say
    nothing here."""

    headings: Mapping[str, str]
    rows: Sequence[Row]
    unread: Sequence[str]

    @property
    def is_of_people(self) -> bool:
        """Whether a column is of people, and not of companies alone."""
        return not _OF_PEOPLE.isdisjoint(self.headings)


def read_sheet(text: str) -> Sheet:
    """The rows of a CSV with a heading; commas, semicolons or tabs stand between cells.

    Raises:
        ConfigError: it cannot be read; each line names row and column.
    """
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    problems: list[str] = []
    columns: list[str | None] = []
    headings: dict[str, str] = {}
    unread: list[str] = []
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns, headings = _columns(cells, number)
                unread = [cell for cell, column in zip(cells, columns, strict=True) if column is None]
                continue
            if len(cells) > len(columns):
                problems.append(f"row {number} has {len(cells)} cells, and the heading {len(columns)}")
            pairs = zip(columns, cells, strict=False)
            row = {name: cell.strip() for name, cell in pairs if name is not None and cell.strip()}
            if not row:
                problems.append(f"row {number} has nothing in the columns {', '.join(headings.values())}")
            rows.append(Row(number, row))
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: {error}")
    if not problems and not rows:
        problems.append("it has no rows" if columns else f"it is empty: {_known()}")
    if problems:
        more = len(problems) - MOST_DETAILS
        problems[MOST_DETAILS:] = [f"and {more} rows more"] if more > 0 else []
        raise ConfigError("\n".join(problems))
    return Sheet(headings, rows, unread)


def _columns(cells: Sequence[str], number: int) -> tuple[list[str | None], dict[str, str]]:
    """The column that each cell of the heading names, and how each is written."""
    columns: list[str | None] = []
    headings: dict[str, str] = {}
    for cell in cells:
        name = column_name(cell)
        column = name if name in COLUMNS else None
        if column is None:
            # Most likely a slip: people would be looked up without it. Others, such as a size, are not read.
            close = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=_ALIKE)
            if close:
                text = f"row {number}: there is no column {shorten(cell)}: did you mean {close[0]}?"
                raise ConfigError(text)
        elif column in headings:
            raise ConfigError(f"row {number}: the column {column} is there twice")
        else:
            headings[column] = cell.strip()
        columns.append(column)
    if not headings:
        raise ConfigError(f"row {number} has no column of identifiers: {_known()}")
    if {"domain", "company_domain"} <= headings.keys():
        raise ConfigError(f"row {number}: domain and company_domain mean the same: leave out one")
    return columns, headings


def column_name(text: str) -> str:
    """The name of a column, however it is written: ``LinkedIn URL`` is ``linkedin_url``."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|[\s-]+", "_", text.strip()).lower()
    return name.replace("linked_in", "linkedin")


def _known() -> str:
    return f"known are {', '.join(COLUMNS)}"


def usual_operation(registry: Registry, sheet: Sheet) -> Operation:
    """What finds and reveals in one call: people, or companies where the columns are of these alone."""
    return next(
        operation
        for operation in registry.operations.values()
        if "in_one" in (operation.bulk or {})
        and ("email" in (operation.identifiers or {}).values()) is sheet.is_of_people
    )


class RowForm:
    """How rows become requests of an operation.

    Raises:
        ConfigError: the operation looks up nobody by identifiers in rows.
    """

    def __init__(self, operation: Operation, contract: Contract) -> None:
        self.operation = operation
        self.items: str | None = None if operation.bulk is None else operation.bulk["items"]
        self.most: int = 1 if operation.bulk is None else operation.bulk["most"]
        start = "query." if self.items is None else f"body.{self.items}"
        self._paths: dict[str, str] = {}
        for place, kind in (operation.identifiers or {}).items():
            if place.startswith(start):
                self._paths.setdefault(kind, place.removeprefix(start).removeprefix("."))
        if not self._paths:
            raise ConfigError(f"--operation {operation.id} looks nobody up by what rows could have")
        self._required: Sequence[str] = ()
        self._lists: set[str] = set()
        body = {} if operation.body is None else contract.resolve(operation.body)
        self.members: Mapping[str, Any] = body.get("properties", {})
        """What its body may have."""
        if self.items is not None:
            item = contract.resolve(contract.resolve(self.members[self.items])["items"])
            self._required = item.get("required", ())
            properties = {name: contract.resolve(each) for name, each in item.get("properties", {}).items()}
            self._lists = {name for name, each in properties.items() if each.get("type") == "array"}

    @property
    def is_of_people(self) -> bool:
        """Whether it looks people up."""
        return not {"email", "linkedin", "person-id", "contact-id"}.isdisjoint(self._paths)

    def takes(self, column: str) -> bool:
        """Whether it reads a column."""
        return not set(COLUMNS[column]).isdisjoint(self._paths)

    def requests(self, rows: Sequence[Row], members: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Requests for rows, with further members in each body."""
        for first in range(0, len(rows), self.most):
            bulk = rows[first : first + self.most]
            if self.items is None:
                yield {"operation": self.operation.id, "query": {**self._item(bulk[0]), **members}}
            else:
                body = {self.items: [self._item(row) for row in bulk], **members}
                yield {"operation": self.operation.id, "json": body}

    def _item(self, row: Row) -> Any:
        """A row as the operation takes it."""
        item: dict[str, Any] = {}
        for column, cell in row.cells.items():
            kind = next((kind for kind in COLUMNS[column] if kind in self._paths), None)
            if kind is None:
                continue
            path = self._paths[kind]
            if not path:
                return cell  # items are the ids themselves
            outer, _, inner = path.rpartition(".")
            if kind == "full-name" and path in item:
                item[path] += f" {cell}"
            elif not outer:
                item[path] = cell
            elif outer in self._lists:
                item.setdefault(outer, [{}])[0][inner] = cell
            else:
                item.setdefault(outer, {})[inner] = cell
        for name in self._required:
            item.setdefault(name, str(row.number))
        return item

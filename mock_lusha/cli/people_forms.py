"""People and companies as rows: of a table for the terminal, and of a CSV file."""

from __future__ import annotations

import csv
import shutil
import sys
import unicodedata
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Shape = Mapping[str, Any]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
            "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
"""What a spreadsheet takes a cell for a formula by."""
_GAP = "  "
_NARROWEST = 12
"""Columns of a terminal that a column of a table keeps, if it needs them."""
_WHOLE = frozenset({"id", "email", "domain", "phone"})
"""Columns that are of no use in part."""
_LEFT_OUT = ("company", "phone", "industry", "employees", "jobTitle", "city", "country", "email", "domain")
"""Columns that a terminal which is too narrow goes without, the first of them first."""
_JOINT = "; "

PEOPLE_TABLE = ("id", "name", "jobTitle", "company", "country", "email", "phone")
COMPANIES_TABLE = ("id", "name", "domain", "industry", "employees", "country", "city")
PEOPLE_COLUMNS = (
    "id", "v3Id", "name", "firstName", "lastName", "jobTitle", "departments", "seniority", "country",
    "countryIso2", "state", "city", "companyId", "companyName", "companyDomain", "emails", "emailTypes",
    "phones", "phoneTypes", "doNotCall", "linkedinUrl", "restricted", "pinned",
)  # fmt: skip
COMPANIES_COLUMNS = (
    "id", "v3Id", "name", "domain", "industry", "subIndustry", "employees", "sizeMin", "sizeMax",
    "revenueMin", "revenueMax", "yearFounded", "country", "countryIso2", "state", "city", "technologies",
    "linkedinUrl", "pinned",
)  # fmt: skip
"""Columns of a CSV file; several values of one are joined by a semicolon."""


def cells(shape: Shape) -> dict[str, str]:
    """A person or company as texts by column."""
    row = {name: _text(value) for name, value in shape.items() if not isinstance(value, dict)}
    if "emails" in shape and "company" in shape:
        row |= _person_cells(shape)
    else:
        count, revenue = shape.get("employeeCount") or {}, shape.get("revenueRange") or {}
        row |= {
            "employees": _text(count.get("exact")),
            "sizeMin": _text(count.get("min")),
            "sizeMax": _text(count.get("max")),
            "revenueMin": _text(revenue.get("min")),
            "revenueMax": _text(revenue.get("max")),
        }
    return row


def _person_cells(shape: Shape) -> dict[str, str]:
    emails, phones, company = shape["emails"], shape["phones"], shape["company"]
    work = [email for email in emails if email["type"] == "work"]
    return {
        "companyId": _text(company["id"]),
        "companyName": company["name"],
        "companyDomain": company["domain"],
        "company": company["name"],
        "emails": _JOINT.join(email["email"] for email in emails),
        "emailTypes": _JOINT.join(email["type"] for email in emails),
        "phones": _JOINT.join(phone["number"] for phone in phones),
        "phoneTypes": _JOINT.join(phone["type"] for phone in phones),
        "doNotCall": _JOINT.join(_text(phone["doNotCall"]) for phone in phones),
        "email": next((email["email"] for email in (*work, *emails)), ""),
        "phone": phones[0]["number"] if phones else "",
    }


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return _JOINT.join(_text(each) for each in value if not isinstance(each, dict))
    return str(value)


# CSV


def csv_line(values: Iterable[str]) -> str:
    """A line of a CSV file; what a spreadsheet would run as a formula has an apostrophe before it."""
    line = StringIO()
    # With this end alone both its characters are quoted inside a cell.
    csv.writer(line, lineterminator="\r\n").writerow([inert(value) for value in values])
    return line.getvalue().removesuffix("\r\n") + "\n"


def inert(text: str) -> str:
    """A cell that no spreadsheet runs, telephone numbers among them: they begin with a plus."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_lines(columns: Sequence[str], shapes: Iterable[Shape]) -> Iterator[str]:
    """The lines of a CSV file, with its heads."""
    yield csv_line(columns)
    for shape in shapes:
        row = cells(shape)
        yield csv_line(row.get(column, "") for column in columns)


# Tables


def table_lines(columns: Sequence[str], shapes: Iterable[Shape]) -> Iterator[str]:
    """The lines of a table, with its heads; as wide as a terminal is, if it is for one."""
    rows = [[head.upper() for head in map(_head, columns)]]
    for shape in shapes:
        row = cells(shape)
        rows.append([_shown(row.get(column, "")) for column in columns])
    widths = dict(zip(columns, (max(map(_width, texts)) for texts in zip(*rows, strict=True)), strict=True))
    if sys.stdout.isatty():
        widths = fitted(widths, shutil.get_terminal_size().columns)
    for line in rows:
        texts = dict(zip(columns, line, strict=True))
        yield _GAP.join(_padded(texts[column], width) for column, width in widths.items()).rstrip() + "\n"


def record_lines(shape: Shape, columns: Sequence[str]) -> Iterator[str]:
    """A person or company in lines, a fact a line."""
    row = cells(shape)
    known = [column for column in columns if row.get(column)]
    width = max(map(len, known), default=0)
    for column in known:
        yield f"{column:{width}}{_GAP}{_shown(row[column])}\n"


def fitted(widths: Mapping[str, int], room: int) -> dict[str, int]:
    """Widths of columns that fit a terminal with the gaps between them: columns are left out as long as those
    that remain have less than they need, then the widest gives way first."""
    fit = dict(widths)
    least = {
        column: width if column in _WHOLE else min(width, _NARROWEST) for column, width in widths.items()
    }
    for column in _LEFT_OUT:
        if _taken(least) <= room:
            break
        if column in fit:
            del fit[column], least[column]
    while _taken(fit) > room and (wide := [column for column in fit if fit[column] > least[column]]):
        fit[max(wide, key=fit.__getitem__)] -= 1
    return fit


def _taken(widths: Mapping[str, int]) -> int:
    """Columns of a terminal that columns of a table take."""
    return sum(widths.values()) + len(_GAP) * (len(widths) - 1)


def _head(column: str) -> str:
    return "title" if column == "jobTitle" else column


def _shown(text: str) -> str:
    """A text in which nothing steers a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(_wide(c) for c in text)


def _wide(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _padded(text: str, width: int) -> str:
    """A text in just so many columns of a terminal."""
    if _width(text) > width:
        kept, taken = [], 0
        for c in text:
            if taken + _wide(c) > width - 1:
                break
            kept.append(c)
            taken += _wide(c)
        text = "".join(kept) + "…"
    return text + " " * (width - _width(text))

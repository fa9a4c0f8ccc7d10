"""The commands ``people``, ``companies``, ``person`` and ``company``: who exists."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from mock_lusha.cli.failure import fail
from mock_lusha.cli.people_forms import (
    COMPANIES_COLUMNS,
    COMPANIES_TABLE,
    PEOPLE_COLUMNS,
    PEOPLE_TABLE,
    csv_lines,
    record_lines,
    table_lines,
)
from mock_lusha.cli.people_source import PeopleOrigin, pages, source_options, taken_settings
from mock_lusha.cli.setting_options import completion_of
from mock_lusha.errors import MockLushaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_OF_COMPANIES: Final = {
    "industry": ("TEXT", "Main industry or sub-industry."),
    "company_size": ("RANGE", "Employees, such as 51-200 or 1000+."),
    "revenue": ("RANGE", "Yearly revenue in US dollars, such as 1M-5M or 1B+."),
    "technology": ("TEXT", "Technology in use."),
    "topic": ("TEXT", "Topic of intent."),
    "founded": ("RANGE", "Years, such as 1990-1999 or 2015+."),
}
_PLACES: Final = {
    "country": ("TEXT", "Country by name or two-letter code."),
    "state": ("TEXT", "State."),
    "city": ("TEXT", "City."),
}
_PEOPLE: Final = {
    **_PLACES,
    "department": ("TEXT", "Department."),
    "seniority": ("TEXT", "Level, such as director."),
    "title": ("TEXT", "Words of the job title."),
    "name": ("TEXT", "Full name, or a part of one."),
    "has": ("phones|emails|…", "What must be known; each of several is wanted."),
    "company": ("TEXT", "Company by name, or by domain."),
    "company_country": ("TEXT", "Country of the company."),
    **_OF_COMPANIES,
}
_COMPANIES: Final = {
    "name": ("TEXT", "Name."),
    "domain": ("DOMAIN", "Domain."),
    **_PLACES,
    **_OF_COMPANIES,
}
_COLUMNS: Final = {
    "people": (PEOPLE_TABLE, PEOPLE_COLUMNS),
    "companies": (COMPANIES_TABLE, COMPANIES_COLUMNS),
}


def _filters(filters: dict[str, tuple[str, str]]) -> Iterator[click.Option]:
    for name, (metavar, text) in filters.items():
        flags = [f"--{name.replace('_', '-')}", *(["--size"] if name == "company_size" else [])]
        yield click.Option(
            [*flags, f"wanted_{name}"],
            multiple=True,
            metavar=metavar,
            help=text,
            shell_complete=completion_of("filter_values"),
        )


def _form() -> click.Option:
    return click.Option(
        ["--format", "form"], type=click.Choice(["table", "json", "csv"]), default="table",
        show_default=True, help="Form of what is shown.",
    )  # fmt: skip


def _limit() -> click.Option:
    return click.Option(
        ["--limit"], type=click.IntRange(min=0), default=20, show_default=True, metavar="N",
        help="How many are shown.",
    )  # fmt: skip


@click.command(params=[*_filters(_PEOPLE), _limit(), _form(), *source_options()])
def people(limit: int, form: str, **options: Any) -> None:
    """List the people there are.

    Filters may be repeated: one of several values is enough. They need no server; --url asks one.
    """
    _list("people", limit, form, options)


@click.command(params=[*_filters(_COMPANIES), _limit(), _form(), *source_options()])
def companies(limit: int, form: str, **options: Any) -> None:
    """List the companies there are.

    Filters may be repeated: one of several values is enough. They need no server; --url asks one.
    """
    _list("companies", limit, form, options)


@click.command(params=[_form(), *source_options()])
@click.argument("who", metavar="EMAIL|URL|ID|NAME...", nargs=-1, required=True)
def person(who: tuple[str, ...], form: str, **options: Any) -> None:
    """Show whom an identifier leads to.

    It is an e-mail address, a LinkedIn URL, an id or a name, which may have its company behind it: Jane Doe
    at Acme. Exits with 1 where nobody is found.
    """
    _show("person", " ".join(who), form, options)


@click.command(params=[_form(), *source_options()])
@click.argument("what", metavar="DOMAIN|NAME|ID...", nargs=-1, required=True)
def company(what: tuple[str, ...], form: str, **options: Any) -> None:
    """Show which company a domain, a name or an id leads to.

    Exits with 1 where none is found.
    """
    _show("company", " ".join(what), form, options)


def _list(name: str, limit: int, form: str, options: dict[str, Any]) -> None:
    origin = PeopleOrigin(taken_settings(options))
    filters = {key.removeprefix("wanted_"): value for key, value in options.items() if value}
    rows: list[Any] = []
    total = 0
    try:
        # One is asked for at the least: how many there are is told in any case.
        for page in pages(origin, name, max(1, limit), filters):
            rows += page[name]
            total = page["total"]
    except MockLushaError as error:
        fail(error)
    finally:
        origin.close()
    rows = rows[:limit]
    table, columns = _COLUMNS[name]
    if form == "json":
        _write([_json({"total": total, name: rows})])
    else:
        _write(csv_lines(columns, rows) if form == "csv" else table_lines(table, rows))
    if form == "table":
        click.echo(f"{len(rows):,} of {total:,} {name}", err=True)


def _show(name: str, text: str, form: str, options: dict[str, Any]) -> None:
    origin = PeopleOrigin(taken_settings(options))
    try:
        answer = getattr(origin.source, name)(text)
    except MockLushaError as error:
        fail(error)
    finally:
        origin.close()
    shape = answer.get("person") or answer.get("company")
    of_people = "person" in answer or (shape is None and name == "person")
    table, columns = _COLUMNS["people" if of_people else "companies"]
    if form == "json":
        _write([_json(answer)])
    elif shape is not None:
        _write(csv_lines(columns, [shape]) if form == "csv" else record_lines(shape, columns))
    if form == "table":
        _comment(answer, table)
    if not answer["found"]:
        sys.exit(1)


def _comment(answer: dict[str, Any], table: Sequence[str]) -> None:
    """What is to be said of an answer besides; on stderr, so that a pipe has the facts alone."""
    if answer["found"]:
        prices = ", ".join(f"{kind} {credits_}" for kind, credits_ in answer["price"].items())
        paid = f"; credits to reveal: {prices}" if prices else ""
        click.echo(f"found by {answer['by']}: {answer['why']}{paid}", err=True)
        return
    click.echo(f"mock-lusha: not found: {answer['why']}", err=True)
    if answer["nearest"]:
        click.echo("near are", err=True)
        for line in table_lines(table, answer["nearest"]):
            click.echo(line, nl=False, err=True)


def _json(value: Any) -> str:
    import json  # noqa: PLC0415 - for this form

    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"


def _write(lines: Iterable[str]) -> None:
    """Write to stdout in UTF-8, whatever the locale is."""
    stream = sys.stdout.buffer
    for line in lines:
        stream.write(line.encode("utf-8", "replace"))
    stream.flush()

"""The command ``export``: everybody in files."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_lusha.cli.failure import fail
from mock_lusha.cli.people_forms import COMPANIES_COLUMNS, PEOPLE_COLUMNS, csv_lines
from mock_lusha.cli.people_source import PeopleOrigin, pages, source_options, taken_settings
from mock_lusha.errors import MockLushaError
from mock_lusha.process_signals import ending_signals
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import NoReturn

    Shape = Mapping[str, Any]

_TOLD_EACH = 1_000
"""Rows between two signs of progress."""
_COLUMNS = {"people": PEOPLE_COLUMNS, "companies": COMPANIES_COLUMNS}


@click.command(params=[*source_options()])
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True,
    help="Form of the files.",
)  # fmt: skip
def export(folder: Path, form: str, **options: Any) -> None:
    """Write all people and companies to files in DIR.

    They are people.csv and companies.csv, or .jsonl. A file is replaced when all of it is there; one that
    could not be written leaves nothing behind.
    """
    origin = PeopleOrigin(taken_settings(options))
    begun = time.monotonic()
    for number in ending_signals():
        signal.signal(number, _stop)
    try:
        with contextlib.ExitStack() as stack:
            folder.mkdir(parents=True, exist_ok=True)
            counts, files = {}, []
            for name in ("companies", "people"):
                file = stack.enter_context(_Replacement(folder / f"{name}.{form}"))
                counts[name] = file.write(_lines(name, form, _progress(origin, name)))
                files.append(file)
            for file in files:
                file.finish()
    except MockLushaError as error:
        fail(error, 1)
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror or error}", 1)
    finally:
        origin.close()
    seconds = time.monotonic() - begun
    people = counted(counts["people"], "person", "people")
    companies = counted(counts["companies"], "company", "companies")
    click.echo(f"{people} and {companies} are in {folder} ({seconds:.1f} s)")


def _stop(number: int, frame: object) -> NoReturn:
    # An exception, so that nothing half-written is left.
    sys.exit(128 + number)


class _Replacement:
    """A file that takes the place of another one when all of it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.{os.getpid()}.part")

    def __enter__(self) -> _Replacement:
        return self

    def __exit__(self, *_: object) -> None:
        self._partial.unlink(missing_ok=True)

    def write(self, lines: Iterable[tuple[bytes, int]]) -> int:
        """Write lines, and count the rows among them."""
        count = 0
        with self._partial.open("wb") as stream:
            for line, rows in lines:
                stream.write(line)
                count += rows
        return count

    def finish(self) -> None:
        """Take the place."""
        self._partial.replace(self._path)


def _lines(name: str, form: str, shapes: Iterable[Shape]) -> Iterator[tuple[bytes, int]]:
    """The lines of a file, and how many rows each has: the heads are none."""
    if form == "csv":
        for number, line in enumerate(csv_lines(_COLUMNS[name], shapes)):
            yield line.encode("utf-8", "replace"), min(1, number)
        return
    import orjson  # noqa: PLC0415 - for this form

    for shape in shapes:
        yield orjson.dumps(shape, option=orjson.OPT_APPEND_NEWLINE), 1


def _shapes(origin: PeopleOrigin, name: str) -> tuple[Iterator[Shape], int]:
    """Everybody, one after the other, and how many there are."""
    world = origin.world
    if world is not None:
        people, companies = world.counts
        return (world.everyone(), people) if name == "people" else (world.every_company(), companies)
    # Also companies that are known in part, as a world has them.
    options = {"options": {"includePartialProfiles": True}, "filters": {}}
    total: int = next(pages(origin, name, 1, options))["total"]
    return (shape for page in pages(origin, name, None, options) for shape in page[name]), total


def _progress(origin: PeopleOrigin, name: str) -> Iterator[Shape]:
    """Everybody, with signs of progress where somebody sees them."""
    shapes, total = _shapes(origin, name)
    is_seen = sys.stderr.isatty()
    for number, shape in enumerate(shapes):
        if is_seen and number % _TOLD_EACH == 0:
            share = 100 * number // max(1, total)
            click.echo(f"\r{name}: {number:,} of {total:,} ({share} %)\x1b[K", nl=False, err=True)
        yield shape
    if is_seen:
        click.echo("\r\x1b[K", nl=False, err=True)

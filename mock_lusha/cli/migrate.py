"""The command ``migrate``: the calls of version 2 that recordings still have, and what takes their place."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from mock_lusha.cli.cassette_options import FILE, cassette_files
from mock_lusha.cli.failure import fail
from mock_lusha.contract.paths import PathTable
from mock_lusha.contract.registry import Registry
from mock_lusha.contract.successors import Successor
from mock_lusha.errors import MockLushaError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from mock_lusha.contract.document import Operation

_JOURNAL = "what GET /_mock/journal answers: an object with the members counts and exchanges"


class _UnreadableError(MockLushaError):
    """A file that is neither a cassette nor a journal."""


@click.command()
@click.argument("paths", metavar="CASSETTE|JOURNAL...", nargs=-1, required=True, type=FILE)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def migrate(paths: tuple[Path, ...], form: str) -> None:
    """List calls of version 2 in recordings, with their successors.

    Recordings are cassettes, folders of them, and journals: what GET /_mock/journal answers, in a file that
    ends in .json. Exits with 0 where no call is left that ends with version 2, 1 where some are, 2 for a file
    that is neither.
    """
    registry = Registry.load()
    calls: Counter[str] = Counter()
    try:
        for path in cassette_files(paths):
            calls.update(_calls(path, registry))
    except MockLushaError as error:
        fail(error)
    rows = [
        (calls[operation.id], successor)
        for operation in registry.operations.values()
        if operation.id in calls
        for successor in [Successor.of(operation, registry.operations)]
        if successor is not None
    ]
    rows.sort(key=lambda row: (not row[1].operation.retires, -row[0]))
    click.echo("\n".join(_as_json(rows) if form == "json" else _as_text(rows)))
    sys.exit(1 if any(successor.operation.retires for _, successor in rows) else 0)


def _as_text(rows: list[tuple[int, Successor]]) -> Iterator[str]:
    ending = [row for row in rows if row[1].operation.retires]
    if not ending:
        yield "no call of version 2 is left that ends with it"
    else:
        count = sum(count for count, _ in ending)
        yield f"calls that end with version 2: {count}, of operations: {len(ending)}"
    for count, successor in rows:
        operation = successor.operation
        first, *others = map(_name, successor.by)
        stays = "" if operation.retires else "; it stays"
        yield ""
        yield f"{_name(operation)}: {count}{stays}"
        yield f"  successor: {first}{''.join(f', with {other}' for other in others)}"
        yield from (f"  - {change}" for change in successor.changes)


def _as_json(rows: list[tuple[int, Successor]]) -> Iterator[str]:
    yield json.dumps(
        [
            {
                "operation": successor.operation.id,
                "calls": count,
                "ends": successor.operation.retires,
                "successors": [each.id for each in successor.by],
                "changes": list(successor.changes),
            }
            for count, successor in rows
        ],
        indent=2,
        ensure_ascii=False,
    )


def _name(operation: Operation) -> str:
    return f"{operation.method} {operation.path} ({operation.id})"


def _calls(path: Path, registry: Registry) -> Mapping[str, int]:
    """How often a recording calls each operation."""
    if path.suffix == ".json":
        return _calls_of_journal(path, _read_json(path))
    from mock_lusha.recorder.cassette import load  # noqa: PLC0415 - for cassettes alone

    return _calls_of_paths(
        ((each.operation, each.method, each.path) for each in load(path).interactions), registry
    )


def _calls_of_paths(calls: Iterable[tuple[str | None, str, str]], registry: Registry) -> Counter[str]:
    """Calls by operation. Who recorded them may not have known the operation."""
    table: PathTable[Operation] = PathTable()
    for operation in registry.operations.values():
        for path in operation.paths:
            table.add(operation.method, path, operation)
    count: Counter[str] = Counter()
    for name, method, path in calls:
        match = table.find(method, path)
        if name is not None or match is not None:
            count[name or (match[0].id if match else "")] += 1
    return count


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _UnreadableError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise _UnreadableError(f"{path}: is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise _UnreadableError(f"{path}: is not JSON: {shorten(str(error), 200)}") from None


def _calls_of_journal(path: Path, journal: Any) -> Counter[str]:
    """What the counts of a journal say: they are of all calls, also of those it no longer has."""
    if isinstance(journal, dict) and isinstance(journal.get("log"), dict):
        raise _UnreadableError(
            f"{path}: is a HAR file; `mock-lusha cassette import` makes a cassette of it, which can be listed"
        )
    counts = journal.get("counts") if isinstance(journal, dict) else None
    if not isinstance(counts, dict) or "exchanges" not in journal:
        raise _UnreadableError(f"{path}: is not a journal: that is {_JOURNAL}")
    count: Counter[str] = Counter()
    for name, by_status in counts.items():
        numbers = by_status.values() if isinstance(by_status, dict) else [None]
        if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
            raise _UnreadableError(f"{path}: is not a journal: counts.{shorten(name)} are no numbers")
        count[name] += sum(numbers)
    return count

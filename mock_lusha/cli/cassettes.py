"""The commands ``cassette …``: check, clean and convert recorded answers."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from mock_lusha.cli.cassette_options import FILE, KEEP_TEXT, cassette_files
from mock_lusha.cli.failure import fail
from mock_lusha.cli.groups import Commands
from mock_lusha.config import data_folder
from mock_lusha.contract.registry import Registry
from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.cassette import (
    Cassette,
    CassetteError,
    contract_fingerprint,
    examined,
    load,
    locked,
    save,
)
from mock_lusha.recorder.correlation import Correlation
from mock_lusha.recorder.files import write_whole
from mock_lusha.recorder.opening import open_redactor
from mock_lusha.recorder.operations import Operations
from mock_lusha.recorder.redaction import VERSION
from mock_lusha.version import __version__
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.recorder.recorded_facts import Vocabulary


@click.group(cls=Commands)
def cassette() -> None:
    """Check, clean and convert recorded answers."""


@cassette.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FILE)
@click.option(
    "--compact", is_flag=True, help="Write them again, without what later recordings replaced or was cut."
)
def check(paths: tuple[Path, ...], compact: bool) -> None:
    """Say whether cassettes, or all of folders, are whole."""
    failures = 0
    correlation = Correlation(Registry.load()) if compact else None
    for path in cassette_files(paths):
        try:
            recorded, problem = _compacted(path, correlation) if correlation else examined(path)
        except CassetteError as error:
            recorded, problem = None, str(error)
        if problem is not None:
            click.echo(problem, err=True)
            failures += 1
        elif recorded is not None:
            click.echo(f"{path}: well; {counted(len(recorded.interactions), 'interaction')}")
    sys.exit(1 if failures else 0)


def _compacted(path: Path, correlation: Correlation) -> tuple[Cassette, None]:
    with locked(path):
        recorded, _ = examined(path)
        recorded = replace(recorded, interactions=tuple(map(correlation.interaction, recorded.interactions)))
        save(recorded, path)
    return recorded, None


@cassette.command()
@click.argument("base", type=FILE)
@click.argument("ours", type=FILE)
@click.argument("theirs", type=FILE)
def merge(base: Path, ours: Path, theirs: Path) -> None:
    """Merge cassettes that grew on two branches into OURS.

    A merge driver for git.

    BASE is what both come from. In .gitattributes: `cassettes/*.yaml merge=lusha`, and once in each clone
    `git config merge.lusha.driver "mock-lusha cassette merge %O %A %B"`.
    """
    from mock_lusha.recorder.merging import merge as merged  # noqa: PLC0415 - for this alone

    try:
        count = merged(base, ours, theirs)
    except CassetteError as error:
        fail(error, 1)
    click.echo(f"{ours}: merged; {counted(count, 'interaction')}")


@cassette.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FILE)
def scan(paths: tuple[Path, ...]) -> None:
    """Fail when anything personal, or a key, is left in cassettes."""
    from mock_lusha.recorder.scan import scan_file  # noqa: PLC0415 - for this alone

    registry = Registry.load()
    count = 0
    for path in cassette_files(paths):
        try:
            recorded, findings = scan_file(path, registry)
        except CassetteError as error:
            fail(error)
        except RecursionError:
            fail(f"{path}: is nested too deeply to be looked through")
        for finding in findings:
            click.echo(f"{path}: {finding.where}: {finding.kind} left: {finding.shown}")
        if findings and recorded.redaction and recorded.redaction.get("version", 1) != VERSION:
            click.echo(f"{path}: older rules left this; `mock-lusha cassette redact {path}` cleans it")
        count += len(findings)
    click.echo(counted(count, "finding"), err=True)
    sys.exit(1 if count else 0)


@cassette.command()
@click.argument("path", type=FILE)
@click.option("--output", type=FILE, metavar="FILE", help="Default: the cassette itself.")
@KEEP_TEXT
def redact(path: Path, output: Path | None, keep_text: bool) -> None:
    """Replace what is personal in a recording.

    In one that was made without that, or by older rules.
    """
    try:
        recorded = load(path)
        target = output or path
        _save_redacted(recorded, target, (), keep_text=keep_text)
    except MockLushaError as error:
        fail(error)
    click.echo(f"{target}: {counted(len(recorded.interactions), 'interaction')} redacted")


def _save_redacted(recorded: Cassette, target: Path, secrets: tuple[str, ...], *, keep_text: bool) -> None:
    from mock_lusha.recorder.scan import scan as left_in  # noqa: PLC0415 - for this alone

    redactor = open_redactor(target.parent, create=True, keep_text=keep_text)
    manifest = redactor.manifest()
    ours = recorded.redaction.get("key") == manifest["key"]
    looser = recorded.redaction.get("version", 1) < VERSION or (
        recorded.redaction.get("keep_text") is True and not keep_text
    )
    registry = Registry.load()
    if ours and not looser and not left_in(recorded, registry):
        fail(f"{target}: it is redacted with this key already")
    correlation = Correlation(registry)
    save(
        Cassette(
            # What this key redacted by older rules has its pseudonyms: ids would get others.
            interactions=tuple(
                redactor.cleaned(interaction)
                if ours
                else correlation.redacted(interaction, redactor, secrets)
                for interaction in recorded.interactions
            ),
            recorded_at=recorded.recorded_at,
            contract=recorded.contract or contract_fingerprint(registry),
            plan=recorded.plan,
            redaction=manifest,
        ),
        target,
    )


@cassette.command("import")
@click.argument("source", type=FILE)
@click.option("--to", "target", type=FILE, required=True, metavar="FILE", help="Cassette to write.")
@click.option("--format", "kind", type=click.Choice(["vcr", "har"]), help="Default: har for .har, else vcr.")
@KEEP_TEXT
def import_foreign(source: Path, target: Path, kind: str | None, keep_text: bool) -> None:
    """Make a cassette of vcrpy's or a HAR, redacted."""
    from mock_lusha.recorder.importers import read_har, read_vcr  # noqa: PLC0415 - for this alone

    operations = Operations(Registry.load())
    read = read_har if (kind or source.suffix.lstrip(".")) == "har" else read_vcr
    try:
        recording = read(source, operations)
        if not recording.interactions:
            fail(f"{source}: it has no call of api.lusha.com")
        _save_redacted(Cassette(recording.interactions), target, recording.secrets, keep_text=keep_text)
    except MockLushaError as error:
        fail(error)
    click.echo(
        f"{target}: {counted(len(recording.interactions), 'interaction')}; "
        f"{len(recording.skipped)} of other hosts left out"
    )


@cassette.command()
@click.argument("path", type=FILE)
@click.option("--to", "target", type=FILE, required=True, metavar="FILE", help="HAR to write.")
def export(path: Path, target: Path) -> None:
    """Make a HAR of a cassette."""
    import json  # noqa: PLC0415 - for this alone

    from mock_lusha.recorder.har import to_har  # noqa: PLC0415

    try:
        har = to_har(load(path), __version__)
        write_whole(target, json.dumps(har, indent=2, ensure_ascii=False) + "\n")
    except MockLushaError as error:
        fail(error)
    except OSError as error:
        fail(f"{target}: cannot be written: {error.strerror or error}")
    click.echo(f"{target} written")


@cassette.command()
@click.argument("path", type=FILE)
@click.option("--output", type=FILE, metavar="FILE", help="Default: the terminal.")
def pin(path: Path, output: Path | None) -> None:
    """Make pinned people and companies, for --fixtures, of a cassette."""
    from mock_lusha.recorder.pinning import dumps, pins, skipped  # noqa: PLC0415 - for this alone

    try:
        recorded = load(path)
        text = dumps(pins(recorded, _vocabulary()))
        if output is None:
            click.echo(text, nl=False)
        else:
            write_whole(output, text)
    except MockLushaError as error:
        fail(error)
    except OSError as error:
        fail(f"{output}: cannot be written: {error.strerror or error}")
    for reason in skipped(recorded):
        click.echo(f"left out: {reason}", err=True)


def _vocabulary() -> Vocabulary:
    """The places, departments and industries that fixtures of the double may name."""
    from mock_lusha.recorder.recorded_facts import Vocabulary  # noqa: PLC0415 - for pins alone
    from mock_lusha.world.pools import Pools  # noqa: PLC0415

    pools = Pools.load(data_folder("fixtures") / "reference")
    return Vocabulary(
        departments=frozenset(pools.careers.titles),
        sub_industries=frozenset(trade.industry.sub for trade in pools.trades),
        places=frozenset((place.city, place.country) for place in pools.places),
    )


@cassette.command()
def schema() -> None:
    """Print the JSON Schema of cassettes."""
    import json  # noqa: PLC0415 - for this alone

    from mock_lusha.recorder.schema import cassette_schema  # noqa: PLC0415

    click.echo(json.dumps(cassette_schema(), indent=2))

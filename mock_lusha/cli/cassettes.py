"""The commands about cassettes: record, cassette, drift."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast
from urllib.parse import urlsplit

import click

from mock_lusha.cli.groups import Commands
from mock_lusha.config import Settings, data_folder
from mock_lusha.contract.document import Contract
from mock_lusha.errors import ConfigError, MockLushaError
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
from mock_lusha.recorder.drift import DoubleAnswer, compare
from mock_lusha.recorder.files import write_whole
from mock_lusha.recorder.interaction import kept_headers, read_content
from mock_lusha.recorder.opening import open_recorder, open_redactor, verified
from mock_lusha.recorder.operations import Operations
from mock_lusha.recorder.recorder import MODES, UPSTREAM
from mock_lusha.recorder.redaction import VERSION
from mock_lusha.recorder.report import LIVE, Wording, exit_code, render
from mock_lusha.version import __version__

if TYPE_CHECKING:
    from mock_lusha.recorder.drift import Asker
    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.pinning import Vocabulary
    from mock_lusha.recorder.recorder import Recorder
    from mock_lusha.recorder.report import Format

FILE = click.Path(path_type=Path)
KEEP_TEXT = click.option(
    "--keep-text", is_flag=True, help="Keep what companies say of themselves; it may name people."
)


def fail(error: object, code: int = 2) -> NoReturn:
    """End with a message."""
    click.echo(f"mock-lusha: {error}", err=True)
    sys.exit(code)


# Recording


@click.command()
@click.option("--cassette", "path", type=FILE, required=True, metavar="FILE", help="Cassette to record into.")
@click.option("--upstream", default=UPSTREAM, show_default=True, metavar="URL", help="Server to forward to.")
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="once",
    show_default=True,
    help="What is replayed and recorded.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="0 picks one.")
@click.option(
    "--max-credits", type=click.IntRange(0), metavar="N", help="Credits a live server may charge; 0 is none."
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Name besides localhost by which clients call, such as that of a container; repeatable.",
)
@click.option("--force-live", is_flag=True, help="Call a live server even where CI=true.")
@click.option(
    "--drain-delay",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="After a signal: how long connections are still taken.",
)
@click.option(
    "--grace",
    type=click.FloatRange(0),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="After that: how long calls under way may take.",
)
@KEEP_TEXT
def record(
    path: Path,
    upstream: str,
    mode: str,
    host: str,
    port: int,
    max_credits: int | None,
    hosts: tuple[str, ...],
    force_live: bool,
    drain_delay: float,
    grace: float,
    keep_text: bool,
) -> None:
    """Forward to the real API and record, for any language."""
    from mock_lusha.lifecycle import Patience  # noqa: PLC0415 - for serving alone
    from mock_lusha.recorder.proxy import RecorderProxy  # noqa: PLC0415
    from mock_lusha.server import bind, serve, url_of  # noqa: PLC0415

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("mock_lusha")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        check_upstream(upstream, "--upstream")
        if mode == "verify" and not path.exists():
            fail(f"{path}: there is no such cassette, and mode verify compares with one")
        recorder = open_recorder(
            path, mode, upstream=upstream, max_credits=max_credits, forced=force_live, keep_text=keep_text
        )
        sock = bind(host, port)
    except MockLushaError as error:
        fail(error)
    with sock:
        url = url_of(sock)
        told = f"mock-lusha records {upstream} at {url} into {path} (mode {mode})"
        application = RecorderProxy(recorder, hosts=hosts)
        serve(application, sock, lambda: click.echo(told, err=True), Patience(drain_delay, grace))
    _conclude(recorder)


def check_upstream(url: str, source: str) -> None:
    """Refuse what is no address of a server.

    Raises:
        ConfigError: it is none; ``source`` is where it was given.
    """
    try:
        parts = urlsplit(url)
        well = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well = False
    if not well:
        raise ConfigError(f"{source} is an http:// or https:// address such as {UPSTREAM}, not {url!r}")


def unknown_to(recorder: Recorder) -> str | None:
    """What is to be said of calls that mode verify could compare with nothing."""
    count = recorder.verdicts["LIVE"] - len(recorder.verified)
    if not count:
        return None
    return f"{recorder.path}: {count} calls are not in it, and were compared with nothing; mode new adds them"


def _conclude(recorder: Recorder) -> None:
    counts = ", ".join(f"{verdict} {count}" for verdict, count in sorted(recorder.verdicts.items()))
    click.echo(f"mock-lusha: {counts or 'no calls'}; {recorder.guard.spent} credits", err=True)
    if recorder.problems:
        click.echo(f"mock-lusha: {len(recorder.problems)} answers were not recorded", err=True)
    if recorder.mode == "verify":
        drifts = verified(recorder)
        click.echo(render(drifts, wording=LIVE), nl=False)
        unknown = unknown_to(recorder)
        if unknown is not None:
            click.echo(f"mock-lusha: {unknown}", err=True)
        sys.exit(exit_code(drifts) or (0 if unknown is None else 2))


# Cassettes


@click.group(cls=Commands)
def cassette() -> None:
    """Check, clean and convert recorded answers."""


def _each(paths: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
        if not inside:
            fail(f"{path}: no file here ends in .yaml")
        found += inside
    return found


@cassette.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FILE)
@click.option(
    "--compact", is_flag=True, help="Write them anew, without what later recordings replaced or was cut."
)
def check(paths: tuple[Path, ...], compact: bool) -> None:
    """Say whether cassettes, or all of folders, are whole."""
    wrong = 0
    correlation = Correlation(Contract.load()) if compact else None
    for path in _each(paths):
        try:
            tape, problem = _compacted(path, correlation) if correlation else examined(path)
        except CassetteError as error:
            tape, problem = None, str(error)
        if problem is not None:
            click.echo(problem, err=True)
            wrong += 1
        elif tape is not None:
            click.echo(f"{path}: well; {len(tape.interactions)} interactions")
    sys.exit(1 if wrong else 0)


def _compacted(path: Path, correlation: Correlation) -> tuple[Cassette, None]:
    with locked(path):
        tape, _ = examined(path)
        tape = replace(tape, interactions=tuple(map(correlation.interaction, tape.interactions)))
        save(tape, path)
    return tape, None


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
    click.echo(f"{ours}: merged; {count} interactions")


@cassette.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FILE)
def scan(paths: tuple[Path, ...]) -> None:
    """Fail when anything personal, or a key, is left in cassettes."""
    from mock_lusha.recorder.scan import scan_file  # noqa: PLC0415 - for this alone

    contract = Contract.load()
    count = 0
    for path in _each(paths):
        try:
            tape, findings = scan_file(path, contract)
        except CassetteError as error:
            fail(error)
        except RecursionError:
            fail(f"{path}: is nested too deeply to be looked through")
        for each in findings:
            click.echo(f"{path}: {each.where}: {each.kind} left: {each.shown}")
        if findings and tape.redaction and tape.redaction.get("version", 1) != VERSION:
            click.echo(f"{path}: older rules left this; `mock-lusha cassette redact {path}` cleans it")
        count += len(findings)
    click.echo(f"{count} findings", err=True)
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
        tape = load(path)
        target = output or path
        _save_redacted(tape, target, (), keep_text=keep_text)
    except MockLushaError as error:
        fail(error)
    click.echo(f"{target}: {len(tape.interactions)} interactions redacted")


def _save_redacted(tape: Cassette, target: Path, secrets: tuple[str, ...], *, keep_text: bool) -> None:
    from mock_lusha.recorder.scan import scan as left_in  # noqa: PLC0415 - for this alone

    redactor = open_redactor(target.parent, create=True, keep_text=keep_text)
    manifest = redactor.manifest()
    ours = tape.redaction.get("key") == manifest["key"]
    looser = tape.redaction.get("version", 1) < VERSION or (
        tape.redaction.get("keep_text") is True and not keep_text
    )
    contract = Contract.load()
    if ours and not looser and not left_in(tape, contract):
        fail(f"{target}: it is redacted with this key already")
    correlation = Correlation(contract)
    save(
        Cassette(
            # What this key redacted by older rules has its pseudonyms: ids would get others.
            interactions=tuple(
                redactor.cleaned(each) if ours else correlation.redacted(each, redactor, secrets)
                for each in tape.interactions
            ),
            recorded_at=tape.recorded_at,
            contract=tape.contract or contract_fingerprint(contract),
            plan=tape.plan,
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

    operations = Operations(Contract.load())
    read = read_har if (kind or source.suffix.lstrip(".")) == "har" else read_vcr
    try:
        found = read(source, operations)
        if not found.interactions:
            fail(f"{source}: it has no call of api.lusha.com")
        _save_redacted(Cassette(found.interactions), target, found.secrets, keep_text=keep_text)
    except MockLushaError as error:
        fail(error)
    click.echo(
        f"{target}: {len(found.interactions)} interactions; {len(found.skipped)} of other hosts left out"
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
        tape = load(path)
        text = dumps(pins(tape, _vocabulary()))
        if output is None:
            click.echo(text, nl=False)
        else:
            write_whole(output, text)
    except MockLushaError as error:
        fail(error)
    except OSError as error:
        fail(f"{output}: cannot be written: {error.strerror or error}")
    for each in skipped(tape):
        click.echo(f"left out: {each}", err=True)


def _vocabulary() -> Vocabulary:
    """The places, departments and industries that fixtures of the double may name."""
    from mock_lusha.recorder.pinning import Vocabulary  # noqa: PLC0415 - for pins alone
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


# Drift


@click.command()
@click.argument("paths", metavar="CASSETTE...", nargs=-1, required=True, type=FILE)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True
)
def drift(paths: tuple[Path, ...], form: str) -> None:
    """Compare recorded answers with the contract and the double.

    Exits with 0 where they agree, 1 where they do not, 2 where that cannot be told.
    """
    contract = Contract.load()
    try:
        files = _each(paths)
        tapes = [load(path) for path in files]
        whole = Cassette(tuple(each for tape in tapes for each in tape.interactions))
        plans = {id(each): tape.plan for tape in tapes for each in tape.interactions}
        with contextlib.ExitStack() as stack:
            doubles = {plan: stack.enter_context(Double(plan)) for plan in {tape.plan for tape in tapes}}
            drifts = compare(whole, contract, lambda each: doubles[plans[id(each)]](each))
    except MockLushaError as error:
        fail(error)
    names = [
        f"{path}: interactions[{index}]"
        for path, tape in zip(files, tapes, strict=True)
        for index in range(len(tape.interactions))
    ]
    wording = Wording(names) if len(files) > 1 else Wording()
    click.echo(render(drifts, cast("Format", form), wording), nl=False)
    sys.exit(exit_code(drifts))


class Double:
    """The double as one that answers requests, for drift: no limits, credits without end, one account."""

    def __init__(self, plan: str | None, **settings: Any) -> None:
        import httpx  # noqa: PLC0415 - for drift alone

        from mock_lusha.app import create_app  # noqa: PLC0415

        app = create_app(Settings(plan=plan or "scale", limits="headers", credits=None, **settings))
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(
            transport=transport, base_url="http://double.invalid", headers={"api_key": "drift"}
        )

    def ask(self, interaction: Interaction) -> DoubleAnswer:
        """The double's answer to a recorded request."""
        options: dict[str, Any] = {"json": interaction.body} if interaction.has_body else {}
        answer = self._loop.run_until_complete(
            self._client.request(
                interaction.method, interaction.path, params=list(interaction.query), **options
            )
        )
        found = read_content(answer.content, answer.headers.get("content-type", ""))
        return DoubleAnswer(
            answer.status_code, kept_headers(answer.headers.items()), found.get("answer"), found.get("text")
        )

    def close(self) -> None:
        """End it."""
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()

    def __enter__(self) -> Asker:
        return self.ask

    def __exit__(self, *_: object) -> None:
        self.close()

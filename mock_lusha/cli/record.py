"""The command ``record``, a proxy that records the real API."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from mock_lusha.cli.cassette_options import FILE, KEEP_TEXT
from mock_lusha.cli.failure import fail
from mock_lusha.errors import ConfigError, MockLushaError
from mock_lusha.recorder.opening import open_recorder, verified
from mock_lusha.recorder.recorder import MODES, UPSTREAM
from mock_lusha.recorder.report import LIVE, exit_code, render
from mock_lusha.wording import counted, noun, without_user

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.recorder.recorder import Recorder


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
        message = f"mock-lusha records {without_user(upstream)} at {url} into {path} (mode {mode})"
        application = RecorderProxy(recorder, hosts=hosts)
        serve(application, sock, lambda: click.echo(message, err=True), Patience(drain_delay, grace))
    _conclude(recorder)


def check_upstream(url: str, source: str) -> None:
    """Refuse what is not the address of a server.

    Raises:
        ConfigError: it is not; ``source`` is the option or variable that has it.
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise ConfigError(
            f"{source} is an http:// or https:// address such as {UPSTREAM}, not {without_user(url)!r}"
        )


def unverified_message(recorder: Recorder) -> str | None:
    """The message about calls that mode verify had nothing to compare with; None if there were none."""
    count = recorder.verdicts["LIVE"] - len(recorder.verified)
    if not count:
        return None
    calls = f"{counted(count, 'call')} {noun(count, 'is', 'are')}"
    them = noun(count, "it", "them")
    return f"{recorder.path}: {calls} not in it, so nothing was compared with {them}; mode new adds {them}"


def _conclude(recorder: Recorder) -> None:
    counts = ", ".join(f"{verdict} {count}" for verdict, count in sorted(recorder.verdicts.items()))
    click.echo(f"mock-lusha: {counts or 'no calls'}; {counted(recorder.guard.spent, 'credit')}", err=True)
    if recorder.problems:
        count = len(recorder.problems)
        verb = noun(count, "was", "were")
        click.echo(f"mock-lusha: {counted(count, 'answer')} {verb} not recorded", err=True)
    if recorder.mode == "verify":
        drifts = verified(recorder)
        click.echo(render(drifts, wording=LIVE), nl=False)
        unverified = unverified_message(recorder)
        if unverified is not None:
            click.echo(f"mock-lusha: {unverified}", err=True)
        sys.exit(exit_code(drifts) or (0 if unverified is None else 2))

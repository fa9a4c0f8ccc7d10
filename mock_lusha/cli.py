"""The command line: serve, ready, routes, config, scenario; those about cassettes are in ``tapes``."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import math
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mock_lusha.config import Resolved, Settings, check_workers, resolve
from mock_lusha.errors import MockLushaError, nearest
from mock_lusha.process_signals import ending_signals
from mock_lusha.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.scenario.facts import Facts
    from mock_lusha.scenario.library import Library

_POLL = 0.05
_LONGEST = 5.0
_THRESHOLDS = (50_000, 20, 20)
"""When the collector looks: after so many more things that may hold others."""
_TAPES = ("cassette", "drift", "record")


class _Commands(click.Group):
    """A group that offers the nearest command for one that is not there."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *(_TAPES if self.name == "main" else ())])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if self.name == "main" and cmd_name in _TAPES:
            from mock_lusha import tapes  # noqa: PLC0415 - what serves need not load the recorder

            found: click.Command = getattr(tapes, cmd_name)
            return found
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}: {nearest(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="mock-lusha")
def main() -> None:
    """An offline double of the Lusha API."""


def _setting_options(each: dataclasses.Field[Any]) -> Iterator[click.Option]:
    """The options of a setting; which values work is said by the settings themselves."""
    flag = "--" + each.name.replace("_", "-")
    shown = "unset" if each.default in {None, ()} else str(each.default).lower()
    text = f"{each.metadata['help']}  [default: {shown}]"
    if isinstance(each.default, bool):
        off = "--closed-world" if each.name == "open_world" else "--no-" + flag[2:]
        yield click.Option([f"{flag}/{off}", each.name], default=None, help=text)
    elif each.name == "strict":
        # It was a switch once: alone it still means yes.
        yield click.Option(
            [flag, each.name], default=None, is_flag=False, flag_value="yes", help=text,
            metavar=each.metadata["metavar"],
        )  # fmt: skip
        yield click.Option(
            ["--no-strict"], is_flag=True, expose_value=False, is_eager=True, callback=_not_strict,
            help="The same as --strict no.",
        )  # fmt: skip
    elif each.default == ():
        yield click.Option([flag, each.name], multiple=True, metavar=each.metadata["metavar"], help=text)
    else:
        yield click.Option([flag, each.name], default=None, metavar=each.metadata["metavar"], help=text)


def _not_strict(ctx: click.Context, option: click.Parameter, value: bool) -> None:
    # An option whose value may be left out cannot share its name with another.
    if value:
        ctx.default_map = {**(ctx.default_map or {}), "strict": "no"}


_SETTING_OPTIONS = (
    click.Option(
        ["--config"], metavar="FILE", default=None, type=click.Path(path_type=Path),
        help="YAML file of settings. Flags and MOCK_LUSHA_ variables go before it.",
    ),
    *(option for each in dataclasses.fields(Settings) for option in _setting_options(each)),
)  # fmt: skip


def _resolved(config: Path | None, flags: dict[str, Any]) -> Resolved:
    try:
        return resolve(flags, config=config)
    except MockLushaError as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    click.echo(f"mock-lusha: {error}", err=True)
    sys.exit(2)


@main.command(params=[*_SETTING_OPTIONS])
@click.option(
    "--workers", default=None, metavar="N",
    help="Number of processes that serve: 1, as state is in one process.  [default: 1]",
)  # fmt: skip
def serve(config: Path | None, workers: str | None, **flags: Any) -> None:
    """Serve the API until SIGINT, SIGTERM or SIGHUP; what is under way then is still answered."""
    for each in ending_signals():
        signal.signal(each, _stop)  # until the server listens for them itself
    with _without_collecting():
        try:
            check_workers(workers)
            settings = resolve(flags, config=config).settings
            _log_to_stderr(settings.log_level, as_json=settings.log_format == "json")
            from mock_lusha.app import create_app  # noqa: PLC0415 - the other commands need no server
            from mock_lusha.lifecycle import Patience  # noqa: PLC0415
            from mock_lusha.server import bind, serve, url_of  # noqa: PLC0415

            app = create_app(settings)
            sock = bind(settings.host, settings.port)
        except MockLushaError as error:
            _fail(error)
    with sock:
        url = url_of(sock)
        serve(
            app,
            sock,
            lambda: click.echo(_banner(settings, url), err=True),
            Patience(settings.drain_delay, settings.grace),
            readiness=app.state.readiness,
            warm=app.state.warm if settings.warm else None,
        )


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Nothing that a start makes is garbage: to look for some in it, then and later, is time for nothing.

    Requests leave next to none behind that the collector has to find, so it looks more seldom for it.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
        gc.set_threshold(*_THRESHOLDS)
    finally:
        gc.enable()


def _stop(number: int, frame: object) -> NoReturn:
    # Being told to stop is no failure.
    sys.exit(0)


def _banner(settings: Settings, url: str) -> str:
    from mock_lusha.handlers import HANDLERS  # noqa: PLC0415 - for serve only

    credits_ = "unlimited" if settings.credits is None else settings.credits
    return "\n".join(
        (
            f"mock-lusha {__version__} serves {len(HANDLERS)} operations at {url}",
            f"  seed {settings.seed}, {settings.companies} companies, {settings.people} people",
            f"  plan {settings.plan}, {credits_} credits a key, limits {settings.limits}",
            f"  curl -H 'api_key: any-key' '{url}/v2/person?email=ada.quill@quill-works.example'",
        )
    )


def _log_to_stderr(level: str, *, as_json: bool) -> None:
    import logging  # noqa: PLC0415 - for serve only

    from mock_lusha.log_lines import JsonLines  # noqa: PLC0415

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("%(message)s"))
    logger = logging.getLogger("mock_lusha")
    logger.addHandler(handler)
    logger.setLevel(level.upper())
    logger.propagate = False


@main.command()
@click.option(
    "--url", envvar="MOCK_LUSHA_URL", default=None, help="Address of the server. Default: host and port."
)
@click.option(
    "--wait", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="Keep trying this long."
)
def ready(url: str | None, wait: float) -> None:
    """Exit with 0 when a server is ready, with 1 when it is not."""
    import httpx  # noqa: PLC0415 - serve needs no client

    if url is None:
        settings = _resolved(None, {}).settings
        host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
        url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    if math.isnan(wait):
        raise click.BadParameter("it takes a number of seconds", param_hint="--wait")
    deadline = time.monotonic() + wait
    while True:
        try:
            answer = httpx.get(
                f"{url.rstrip('/')}/_mock/ready", timeout=min(max(1.0, wait), _LONGEST), trust_env=False
            )
            if answer.status_code == 200:
                click.echo(answer.text)
                return
            problem = f"answers {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            problem = str(error) or type(error).__name__
        if time.monotonic() >= deadline:
            click.echo(f"mock-lusha: {url} is not ready: {problem}", err=True)
            sys.exit(1)
        time.sleep(_POLL)


@main.command()
def routes() -> None:
    """List the operations with their paths."""
    from mock_lusha.contract.document import Contract  # noqa: PLC0415

    for operation in Contract.load().operations.values():
        for path in operation.paths:
            click.echo(f"{operation.method:5} {path:52} {operation.id}")


@main.command(params=[*_SETTING_OPTIONS])
def config(config: Path | None, **flags: Any) -> None:
    """Show each setting, its value and where it came from."""
    for name, value, source in _resolved(config, flags).rows():
        click.echo(f"{name:14} {value:24} {source}")


@main.group(cls=_Commands)
def scenario() -> None:
    """List, show and check scenarios."""


def _library(folder: Path | None) -> Library:
    from mock_lusha.config import data_folder  # noqa: PLC0415
    from mock_lusha.scenario.library import Library  # noqa: PLC0415

    settings = _resolved(None, {"scenarios": folder}).settings
    return Library(data_folder("scenarios"), settings.scenarios, _facts())


def _facts() -> Facts:
    from mock_lusha.contract.document import Contract  # noqa: PLC0415
    from mock_lusha.scenario.facts import Facts  # noqa: PLC0415

    return Facts(Contract.load())


_folder_option = click.option(
    "--scenarios", "folder", metavar="DIR", type=click.Path(path_type=Path), default=None,
    help="Folder of more scenarios.",
)  # fmt: skip


@scenario.command("list")
@_folder_option
def list_scenarios(folder: Path | None) -> None:
    """List the scenarios there are, with what they do."""
    try:
        for each in _library(folder):
            click.echo(f"{each.name:34} {each.description}")
    except MockLushaError as error:
        _fail(error)


@scenario.command()
@click.argument("name")
@_folder_option
def show(name: str, folder: Path | None) -> None:
    """Show a scenario as it is written."""
    library = _library(folder)
    try:
        library.get(name)
    except MockLushaError as error:
        _fail(error)
    click.echo(library.path(name).read_text(encoding="utf-8"), nl=False)


@scenario.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check scenario files, or all files of folders, and say everything that is wrong with them."""
    from mock_lusha.scenario.library import load_scenario  # noqa: PLC0415

    facts = _facts()
    wrong = 0
    for path in paths:
        files = [path]
        if path.is_dir():
            files = sorted(each for each in path.iterdir() if each.suffix in {".yaml", ".yml"})
            if not files:
                click.echo(f"{path}: no file here ends in .yaml or .yml", err=True)
                wrong += 1
        for file in files:
            try:
                read = load_scenario(file, facts)
            except MockLushaError as error:
                click.echo(str(error), err=True)
                wrong += 1
            else:
                click.echo(f"{file}: well; {len(read.rules)} rules")
    sys.exit(1 if wrong else 0)


@scenario.command()
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    import json  # noqa: PLC0415 - for this alone

    from mock_lusha.scenario.schema import scenario_schema  # noqa: PLC0415

    click.echo(json.dumps(scenario_schema(_facts()), indent=2))

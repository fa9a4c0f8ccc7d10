"""The command line: serve, ready, routes, config, scenario; cassettes and webhooks have their own modules."""

from __future__ import annotations

import math
import signal
import sys
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mock_lusha.cli.collection import without_collecting
from mock_lusha.cli.groups import Commands, Program
from mock_lusha.cli.server_options import form_option, url_option
from mock_lusha.cli.setting_options import SETTING_OPTIONS, completion_of
from mock_lusha.config.resolution import Resolved, resolve
from mock_lusha.errors import MockLushaError, nearest
from mock_lusha.process_signals import ending_signals
from mock_lusha.version import __version__
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from mock_lusha.cli.serve_log import ServeLog
    from mock_lusha.scenario.facts import Facts
    from mock_lusha.scenario.library import Library

_POLL = 0.05
_LONGEST = 5.0
_LATER_COMMANDS = {
    "ca": "ca",
    "cassette": "cassettes",
    "companies": "people",
    "company": "people",
    "coverage": "coverage",
    "drift": "drift",
    "export": "export",
    "migrate": "migrate",
    "people": "people",
    "person": "people",
    "price": "price",
    "record": "record",
    "run": "run",
    "summary": "summary",
    "webhooks": "webhooks",
}
"""Commands that are loaded when they are called, and the modules they are in."""


class _Commands(Program):
    """The commands of the program; some are loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_LATER_COMMANDS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _LATER_COMMANDS:
            # Only here: a server need not load the recorder, and no client.
            module = import_module(f"mock_lusha.cli.{_LATER_COMMANDS[cmd_name]}")
            command: click.Command = getattr(module, cmd_name)
            return command
        return super().get_command(ctx, cmd_name)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="mock-lusha")
def main() -> None:
    """An offline double of the Lusha API."""


def _resolved(config: Path | None, flags: dict[str, Any]) -> Resolved:
    try:
        return resolve(flags, config=config)
    except MockLushaError as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    for cause in str(error).splitlines():
        click.echo(f"mock-lusha: {cause}", err=True)
    sys.exit(2)


@main.command(params=[*SETTING_OPTIONS])
def serve(config: Path | None, **flags: Any) -> None:
    """Serve the API until it is told to end.

    By SIGINT, SIGTERM or SIGHUP; what is under way then is still answered.
    """
    for number in ending_signals():
        signal.signal(number, _stop)  # until the server listens for them itself
    from mock_lusha.cli.serve_log import ServeLog  # noqa: PLC0415 - for serve only

    log: ServeLog | None = None
    with without_collecting():
        try:
            resolved = resolve(flags, config=config)
            settings = resolved.settings
            log = ServeLog(settings.log_level, as_json=settings.log_format == "json")
            from mock_lusha.app import create_app  # noqa: PLC0415 - the other commands need no server
            from mock_lusha.lifecycle import Patience  # noqa: PLC0415
            from mock_lusha.server import bind, protocol_of, serve, url_of  # noqa: PLC0415

            several = settings.workers > 1
            if several:
                from mock_lusha.cli.serve_workers import check  # noqa: PLC0415 - seldom needed

                settings = check(settings)
            app = create_app(settings, sources=resolved.sources)
            protocol = protocol_of(settings)
            sock = bind(settings.host, settings.port)
        except MockLushaError as error:
            _refuse(log, error)
    with sock:
        if several:
            from mock_lusha.cli.serve_workers import serve_workers  # noqa: PLC0415

            del app  # it showed that the settings can be used; workers make their own
            try:
                sys.exit(serve_workers(resolved, log, sock, protocol))
            except MockLushaError as error:
                _refuse(log, error)
        from mock_lusha.cli.banner import announce  # noqa: PLC0415 - for serve only

        try:
            serve(
                app,
                sock,
                partial(announce, log, settings, url_of(sock), protocol),
                Patience(settings.drain_delay, settings.grace),
                protocol=protocol,
                readiness=app.state.readiness,
                warm=app.state.warm if settings.warm else None,
                begin=app.state.begin,
            )
        except MockLushaError as error:
            _refuse(log, error)


def _refuse(log: ServeLog | None, error: Exception) -> NoReturn:
    """End before anything is served, in the form of the log."""
    if log is None or not log.as_json:  # where the settings cannot be read, nobody knows their form
        _fail(error)
    log.say(str(error), level="error")
    sys.exit(2)


def _stop(number: int, frame: object) -> NoReturn:
    # A signal to stop is not a failure.
    sys.exit(0)


@main.command(params=[url_option("Address of the server. Default: host and port.")])
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
    from mock_lusha.client.address import parse_address  # noqa: PLC0415 - the same

    try:
        parse_address(url)
    except MockLushaError as error:
        click.echo(f"mock-lusha: {url} is not ready: {error}", err=True)
        sys.exit(1)
    if math.isnan(wait):
        raise click.BadParameter("it takes a number of seconds", param_hint="--wait")
    deadline = time.monotonic() + wait
    while True:
        try:
            answer = httpx.get(
                f"{url.rstrip('/')}/_mock/ready", timeout=min(max(1.0, wait), _LONGEST), trust_env=False
            )
            if answer.status_code == 200 and _is_readiness(answer):
                click.echo(answer.text)
                return
            problem = f"it answers {answer.status_code}"
            if answer.status_code == 200:
                problem += ", and not as mock-lusha does"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            problem = str(error) or type(error).__name__
        if time.monotonic() >= deadline:
            click.echo(f"mock-lusha: {url} is not ready: {problem}", err=True)
            sys.exit(1)
        time.sleep(_POLL)


def _is_readiness(answer: Any) -> bool:
    """Whether this is what a double says of itself: others answer every path with a page."""
    try:
        body = answer.json()
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("status") == "ready"


@main.command()
@click.argument("operation", required=False, shell_complete=completion_of("operation_ids"))
def routes(operation: str | None) -> None:
    """List the operations with their paths.

    Or those of one OPERATION.
    """
    from mock_lusha.contract.registry import Registry  # noqa: PLC0415

    operations = Registry.load().operations
    if operation is not None and operation not in operations:
        _fail(MockLushaError(f"no operation is called {operation}: {nearest(operation, operations)}"))
    for listed in operations.values() if operation is None else (operations[operation],):
        for path in listed.paths:
            note = "  (not served yet: 501)" if listed.unserved else ""
            click.echo(f"{listed.method:6} {path:56} {listed.id}{note}")


_FORM = form_option("text", "json")


@main.command(params=[*SETTING_OPTIONS, _FORM])
def config(config: Path | None, form: str, **flags: Any) -> None:
    """Show each setting, its value and where it came from."""
    resolved = _resolved(config, flags)
    if form == "json":
        _show_json(resolved.records())
        return
    for name, value, source in resolved.rows():
        click.echo(f"{name:14} {value:24} {source}")


def _show_json(value: Any) -> None:
    import json  # noqa: PLC0415 - for --format json

    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


@main.command(params=[_FORM])
@click.argument("name", required=False, shell_complete=completion_of("error_names"))
def errors(name: str | None, form: str) -> None:
    """List the errors of Lusha by their names in scenarios.

    Or show the one called NAME. In a scenario a rule answers with one by its name: respond: gdpr. In a test
    lusha.on("searchSingleContact").fail("gdpr") does.
    """
    from mock_lusha.errors import CATALOGUE  # noqa: PLC0415

    if name is not None and name not in CATALOGUE:
        _fail(MockLushaError(f"no error of the catalogue is called {name}: {nearest(name, CATALOGUE)}"))
    kinds = list(CATALOGUE.values()) if name is None else [CATALOGUE[name]]
    if form == "json":
        _show_json(
            [
                {
                    "name": kind.name,
                    "status": kind.status,
                    "message": kind.message,
                    "rule": {"respond": kind.name},
                }
                for kind in kinds
            ]
        )
        return
    for kind in kinds:
        click.echo(f"{kind.name:22} {kind.status}  {kind.message}")
    first = kinds[0].name
    click.echo(f"\nIn a scenario: rules: [{{respond: {first}}}]; in a test: lusha.on().fail({first!r})")


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what completes commands, flags and values in a SHELL.

    \b
    bash: eval "$(mock-lusha completion bash)" in ~/.bashrc
    zsh:  eval "$(mock-lusha completion zsh)" in ~/.zshrc
    fish: mock-lusha completion fish > ~/.config/fish/completions/mock-lusha.fish
    """
    from mock_lusha.cli.completion import script  # noqa: PLC0415

    click.echo(script(shell, "mock-lusha", main))


@main.group(cls=Commands)
def scenario() -> None:
    """List, show and check scenarios."""


def _library(folder: Path | None) -> Library:
    from mock_lusha.config import data_folder  # noqa: PLC0415
    from mock_lusha.scenario.library import Library  # noqa: PLC0415

    settings = _resolved(None, {"scenarios": folder}).settings
    return Library(data_folder("scenarios"), settings.scenarios, _facts())


def _facts() -> Facts:
    from mock_lusha.contract.registry import Registry  # noqa: PLC0415
    from mock_lusha.scenario.facts import Facts  # noqa: PLC0415

    return Facts(*Registry.load().contracts.values())


_folder_option = click.option(
    "--scenarios", "folder", metavar="DIR", type=click.Path(path_type=Path), default=None,
    help="Folder of more scenarios.",
)  # fmt: skip


@scenario.command("list")
@_folder_option
def list_scenarios(folder: Path | None) -> None:
    """List the scenarios there are, with what they do."""
    try:
        for listed in _library(folder):
            click.echo(f"{listed.name:34} {listed.description}")
    except MockLushaError as error:
        _fail(error)


@scenario.command()
@click.argument("name", shell_complete=completion_of("scenario_names"))
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
    """Check scenario files, or all files of folders.

    And say everything that is wrong with them.
    """
    from mock_lusha.scenario.library import load_scenario  # noqa: PLC0415

    facts = _facts()
    failures = 0
    for path in paths:
        files = [path]
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml"})
            if not files:
                click.echo(f"{path}: no file here ends in .yaml or .yml", err=True)
                failures += 1
        for file in files:
            try:
                loaded = load_scenario(file, facts)
            except MockLushaError as error:
                click.echo(str(error), err=True)
                failures += 1
            else:
                click.echo(f"{file}: well; {counted(len(loaded.rules), 'rule')}")
    sys.exit(1 if failures else 0)


@scenario.command()
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    import json  # noqa: PLC0415 - for this alone

    from mock_lusha.scenario.schema import scenario_schema  # noqa: PLC0415

    click.echo(json.dumps(scenario_schema(_facts()), indent=2))

"""The command ``run``: a program in any language, whose calls to api.lusha.com reach the double."""

from __future__ import annotations

import contextlib
import logging
import sys
import tempfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_lusha.cli.ca import opened, print_environment
from mock_lusha.cli.failure import fail, reason
from mock_lusha.cli.server_options import url_option
from mock_lusha.cli.setting_options import SETTING_OPTIONS
from mock_lusha.config.environment import program_environ
from mock_lusha.config.resolution import flag, resolve
from mock_lusha.errors import MockLushaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.config import Settings
    from mock_lusha.launch.report import Bill

_OF_SERVE = frozenset({"tls", "log_format", "log_level", "drain_delay", "grace", "workers"})
"""Settings that say nothing here: TLS is on, warnings are said at the end, one process serves."""
_OF_CLIENTS = frozenset({"tls_folder", "control_token"})
"""Settings that are needed for a server that runs already, too."""
_OPTIONS = tuple(option for option in SETTING_OPTIONS if option.name not in _OF_SERVE)
_TOKEN_FLAG = flag("control_token")
_URL = url_option("Address of a server that runs already. Default: one is started for this program.")
_MOST_OBSERVATIONS = 10


class _Observations(logging.Handler):
    """The last warnings about connections, each once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._last: deque[str] = deque(maxlen=1_000)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning."""
        self._last.append(record.getMessage())

    def texts(self) -> list[str]:
        """The warnings, without the ports that tell connections of one program apart."""
        import re  # noqa: PLC0415 - once, at the end

        peer = re.compile(r"^(not a request|no TLS) (from|with) \S+: ")
        every = dict.fromkeys(peer.sub("", text) for text in self._last)
        return list(every)[-_MOST_OBSERVATIONS:]


@click.command(params=[*_OPTIONS, _URL], context_settings={"allow_interspersed_args": False})
@click.option("--api-key", default=None, metavar="KEY", help="Key in LUSHA_API_KEY.")
@click.option(
    "--print-env", "form", type=click.Choice(["sh", "json", "github"]), default=None,
    help="Run nothing, and print the variables for a server that is started by itself.",
)  # fmt: skip
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def run(
    config: Path | None,
    url: str | None,
    api_key: str | None,
    form: str | None,
    command: tuple[str, ...],
    **flags: Any,
) -> None:
    """Run COMMAND so that its calls to api.lusha.com reach a double.

    Its exit code is that of the command. What it asked and what that would have cost is said at the end.

    \b
    mock-lusha run -- npm test
    mock-lusha run --plan free -- java -jar app.jar
    """
    if bool(command) == (form is not None):
        raise click.UsageError("name a command, as in `mock-lusha run -- npm test`, or --print-env alone")
    given = [name for name, value in flags.items() if value not in {None, ()} and name not in _OF_CLIENTS]
    if url is not None and given:
        raise click.UsageError(f"the server at {url} runs already, so {flag(given[0])} changes nothing")
    try:
        settings = resolve({**flags, "tls": True, "workers": 1}, config=config).settings
    except MockLushaError as error:
        fail(error)
    if form is not None:
        host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared
        own = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
        print_environment(settings.tls_folder, url or own, api_key, form)
        return
    sys.exit(_run(settings, url, api_key, command))


def _run(settings: Settings, url: str | None, api_key: str | None, command: tuple[str, ...]) -> int:
    authority = opened(settings.tls_folder)
    from mock_lusha.client.api_key import OWN_KEY, check_api_key  # noqa: PLC0415 - for this command alone
    from mock_lusha.client.control import Control  # noqa: PLC0415
    from mock_lusha.launch import process  # noqa: PLC0415
    from mock_lusha.launch.environment import program_environment  # noqa: PLC0415
    from mock_lusha.launch.report import Bill  # noqa: PLC0415

    observations = _Observations()
    logger = logging.getLogger("mock_lusha")
    logger.addHandler(observations)
    logger.propagate = False
    environ = program_environ()
    try:
        check_api_key(api_key)
        with (
            _server(settings, url, authority.pem) as address,
            tempfile.TemporaryDirectory(prefix="mock-lusha-") as folder,
            contextlib.closing(Control(address, token=settings.control_token)) as control,
        ):
            result = program_environment(environ, address, authority.pem, Path(folder), api_key or OWN_KEY)
            _say(result.warnings)
            bill = Bill(control) if settings.control else None
            try:
                code = process.run(command, {**environ, **result.variables})
            except (OSError, ValueError) as error:
                code = process.NOT_FOUND if isinstance(error, FileNotFoundError) else process.NOT_EXECUTABLE
                _say([f"{command[0]} cannot be run: {getattr(error, 'strerror', None) or error}"])
                return code
            _say_what_came(bill, observations)
            return code
    except (MockLushaError, OSError) as error:
        fail(error, token=_TOKEN_FLAG)
    finally:
        logger.removeHandler(observations)
        logger.propagate = True


@contextlib.contextmanager
def _server(settings: Settings, url: str | None, pem: bytes) -> Iterator[str]:
    """The address of a server for the program: the one that runs, or one that ends with it."""
    if url is not None:
        from mock_lusha.launch.probe import check_tls  # noqa: PLC0415 - only then

        check_tls(url, pem)
        yield url.rstrip("/")
        return
    from mock_lusha.server import MockServer  # noqa: PLC0415 - only then

    with MockServer(settings) as server:
        yield server.url


def _say_what_came(bill: Bill | None, observations: _Observations) -> None:
    """Tell of the calls; that they cannot be told is no failure of the program."""
    if bill is None:
        _say(["what came is not known: the server has no control API"])
        return
    try:
        _say(bill.lines(observations.texts))
    except MockLushaError as error:
        _say([f"what came is not known: {reason(error, token=_TOKEN_FLAG)}"])


def _say(lines: Any) -> None:
    for line in lines:
        click.echo(f"mock-lusha: {line}", err=True)

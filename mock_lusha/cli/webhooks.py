"""The commands ``webhooks …``: examine a receiver, and forward deliveries to one."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from mock_lusha.cli.cassette_options import FILE
from mock_lusha.cli.failure import fail
from mock_lusha.cli.groups import Commands
from mock_lusha.cli.server_options import SERVER_URL, TOKEN
from mock_lusha.client.protocol import ControlError
from mock_lusha.client.receivers import PATIENCE, OwnedReceiver, receiver_of
from mock_lusha.config.environment import variable_named
from mock_lusha.errors import MockLushaError
from mock_lusha.wording import without_user

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.client.webhook_listener import Forwarder


_ABOVE_0 = click.FloatRange(min=0, min_open=True)
_ALLOW = click.option(
    "--webhook-allow", "allow", multiple=True, metavar="CIDR|HOST",
    help="Where the URL may lead besides this machine; may be repeated.",
)  # fmt: skip


@click.group(cls=Commands)
def webhooks() -> None:
    """Examine receivers of webhooks, and forward deliveries."""


def _secret_options(prefix: str, what: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Three ways to name a secret."""
    name = prefix.replace("-", "_")

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for option in (
            click.option(
                f"--{prefix}", name, metavar="TEXT",
                help=f"{what}; whoever lists the processes of this machine sees it here.",
            ),
            click.option(f"--{prefix}-file", f"{name}_file", type=FILE, metavar="FILE",
                         help=f"File that holds {what.lower()}."),
            click.option(f"--{prefix}-env", f"{name}_env", metavar="NAME",
                         help=f"Environment variable that holds {what.lower()}."),
        ):  # fmt: skip
            command = option(command)
        return command

    return decorate


@webhooks.command()
@click.argument("url")
@_secret_options("secret", "The secret that the receiver verifies with")
@_secret_options("old-secret", "A secret that it had before, and must not accept any more")
@click.option("--path", metavar="PATH", help="Where below the URL deliveries go.")
@click.option(
    "--tolerance", type=_ABOVE_0, metavar="SECONDS",
    help="How far a timestamp may be away; an older one must be refused then.",
)  # fmt: skip
@click.option(
    "--limit", type=_ABOVE_0, default=PATIENCE, show_default=True, metavar="SECONDS",
    help="How long an answer may take.",
)  # fmt: skip
@click.option("--opt-out", is_flag=True, help="Send a delivery of an opt-out, too.")
@_ALLOW
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="Form of what is shown.",
)  # fmt: skip
def exam(
    url: str,
    path: str | None,
    tolerance: float | None,
    limit: float,
    opt_out: bool,
    allow: tuple[str, ...],
    form: str,
    **secrets: Any,
) -> None:
    """Examine the receiver of webhooks at URL.

    It gets deliveries as Lusha signs them, and forged, repeated, large and old ones. Exits with 0 where it
    does what it should, 1 where it does not, 2 where it cannot be examined.
    """
    from mock_lusha.client.webhook_exam import exam as examine  # noqa: PLC0415 - for this alone

    secret = _secret("secret", secrets)
    if secret is None:
        raise click.UsageError("the secret is needed: --secret-env NAME or --secret-file FILE")
    old_secret = _secret("old-secret", secrets)
    try:
        report = examine(
            url, secret, path=path, old_secret=old_secret, tolerance=tolerance, limit=limit,
            opt_out=opt_out, allow=allow,
        )  # fmt: skip
    except MockLushaError as error:
        fail(error)
    if form == "json":
        import json  # noqa: PLC0415 - for this form

        shown = {"target": report.target, "passed": bool(report), "checks": report.records()}
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        click.echo(str(report))
    sys.exit(0 if report else 1)


def _secret(prefix: str, secrets: dict[str, Any]) -> str | None:
    """A secret from wherever it is said to be."""
    name = prefix.replace("-", "_")
    text, file, variable = (secrets[f"{name}{end}"] for end in ("", "_file", "_env"))
    if sum(source is not None for source in (text, file, variable)) > 1:
        raise click.UsageError(f"one of --{prefix}-env, --{prefix}-file and --{prefix} is enough")
    if variable is not None:
        text = variable_named(variable)
        if text is None:
            fail(f"--{prefix}-env: the variable {variable} is not set")
    if file is not None:
        text = _read(file)
    return None if text is None else text.strip()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        fail(f"{path}: {error.strerror or error}")
    except UnicodeDecodeError:
        fail(f"{path}: is not UTF-8")


_SERVER = (
    click.Option(["--account"], required=True, metavar="KEY", help="API key of the account."),
    SERVER_URL,
    TOKEN,
)
"""An account of a server that runs."""


@webhooks.command(params=[*_SERVER])
@click.argument("signal_type")
@click.option("--person", metavar="EMAIL|ID", help="Person to whom it happens.")
@click.option("--company", metavar="DOMAIN|ID", help="Company to which it happens.")
@click.option(
    "--data", metavar="JSON", help="What is told otherwise than the newest signal of that type has it."
)
def trigger(
    signal_type: str,
    person: str | None,
    company: str | None,
    data: str | None,
    account: str,
    url: str,
    token: str | None,
) -> None:
    """Let SIGNAL_TYPE happen now to somebody whom the account is subscribed to.

    Prints what came of each delivery. Exits with 1 where nothing is delivered.
    """
    from mock_lusha.client.control import Control  # noqa: PLC0415 - for this alone
    from mock_lusha.client.webhooks import HandleWebhooks, WebhookRoute  # noqa: PLC0415 - the same

    if (person is None) is (company is None):
        raise click.UsageError("name whom it happens to: --person or --company")
    with contextlib.closing(Control(url, account, token=token)) as control:
        hooks = HandleWebhooks(control, WebhookRoute())
        try:
            deliveries = hooks.trigger(signal_type, person=person, company=company, **_object(data))
        except MockLushaError as error:
            fail(error, 1)
        for delivery in deliveries:
            last = delivery.attempts[-1] if delivery.attempts else {}
            came = last.get("error") or last.get("status") or delivery.reason or ""
            click.echo(f"{delivery.type}  {delivery.url}  {delivery.state}  {came}".rstrip())


def _object(text: str | None) -> dict[str, Any]:
    import json  # noqa: PLC0415 - for this alone

    try:
        value = json.loads(text or "{}")
    except ValueError as error:
        raise click.UsageError(f"--data is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise click.UsageError('--data is an object such as {"newTitle": "CTO"}')
    return value


@webhooks.command(params=[*_SERVER])
@click.option("--forward-to", "target", required=True, metavar="URL", help="Receiver of the deliveries.")
@click.option("--once", is_flag=True, help="Forward what is due now, and end.")
@click.option(
    "--every", type=_ABOVE_0, default=0.5, show_default=True, metavar="SECONDS",
    help="How often the server is asked.",
)  # fmt: skip
@click.option(
    "--timeout", type=_ABOVE_0, default=PATIENCE, show_default=True, metavar="SECONDS",
    help="How long the receiver may take.",
)  # fmt: skip
@_ALLOW
def listen(
    target: str,
    account: str,
    url: str,
    token: str | None,
    once: bool,
    every: float,
    timeout: float,
    allow: tuple[str, ...],
) -> None:
    """Forward the deliveries of an account to a receiver.

    They are taken from a server, also one that cannot reach the receiver itself, and what the receiver
    answers goes back there. Ends when it is interrupted.
    """
    from mock_lusha.client.webhook_listener import Forwarder, WaitingDeliveries  # noqa: PLC0415 - for this alone

    try:
        receiver = receiver_of(target, allow=allow, timeout=timeout)
        waiting = WaitingDeliveries(url, account, token=token)
        with waiting, contextlib.ExitStack() as stack:
            if isinstance(receiver, OwnedReceiver):
                stack.enter_context(receiver)
            forwarder = Forwarder(waiting, receiver, target, click.echo)
            forwarder.forward()
            if not once:
                click.echo(f"forwarding deliveries of {url} to {without_user(target)}", err=True)
                _forward_on(forwarder, every)
    except MockLushaError as error:
        fail(error, 1)
    except KeyboardInterrupt:
        sys.exit(0)


def _forward_on(forwarder: Forwarder, every: float) -> None:
    """Forward until interrupted; a server that is away for a while is waited for."""
    is_away = False
    while True:
        time.sleep(every)
        try:
            forwarder.forward()
            is_away = False
        except ControlError as error:
            if error.status is not None:
                raise
            if not is_away:
                click.echo(f"mock-lusha: {error}; trying again", err=True)
            is_away = True

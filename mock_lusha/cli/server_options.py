"""Options that several commands have about a server that runs, and about what they show of it."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from mock_lusha.cli.failure import TOKEN_VARIABLE, fail
from mock_lusha.config import parse_setting
from mock_lusha.errors import ConfigError

URL_VARIABLE = "MOCK_LUSHA_URL"
_SETTING = "control_token"
_USUAL = "http://127.0.0.1:8080"


def _source(ctx: click.Context, option: click.Parameter) -> str:
    """What the value of an option came from, as a message names it."""
    is_variable = ctx.get_parameter_source(str(option.name)) is ParameterSource.ENVIRONMENT
    return str(option.envvar if is_variable else option.opts[0])


def _check_url(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not ctx.resilient_parsing:
        from mock_lusha.client.address import check_no_user  # noqa: PLC0415 - where a server is named

        try:
            check_no_user(value)
        except ConfigError as error:
            fail(f"{_source(ctx, option)}: {error}")
    return value


def _check_token(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not ctx.resilient_parsing:
        try:
            parse_setting(_SETTING, value, _source(ctx, option))
        except ConfigError as error:
            fail(error)
    return value


def url_option(text: str = "Address of the server.", **attributes: Any) -> click.Option:
    """The address of a server, from an option or a variable; one with a user and password is refused."""
    words = {"envvar": URL_VARIABLE, "metavar": "URL", "help": text, "callback": _check_url}
    return click.Option(["--url"], **{**words, **attributes})


SERVER_URL = url_option(default=_USUAL, show_default=True)
"""The address of the server that a command is about."""
TOKEN = click.Option(
    ["--token"], envvar=TOKEN_VARIABLE, metavar="TOKEN", callback=_check_token,
    help=f"Token of its control API; better in the variable {TOKEN_VARIABLE}.",
)  # fmt: skip
"""Whatever is no token is refused at once, and not shown."""


def form_option(*forms: str, text: str = "Form of what is shown.") -> click.Option:
    """In which of several forms something is shown; the first one is the default."""
    return click.Option(
        ["--format", "form"], type=click.Choice(forms), default=forms[0], show_default=True, help=text
    )

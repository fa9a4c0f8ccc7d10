"""The failure of a command."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from mock_lusha.config.environment import variable

TOKEN_VARIABLE = variable("control_token")
_NO_TOKEN = 401


def fail(error: object, code: int = 2, *, token: str = "--token") -> NoReturn:  # noqa: S107 - an option's name
    """End with a message; where a server wants a token, with the option that has it."""
    click.echo(f"mock-lusha: {reason(error, token=token)}", err=True)
    sys.exit(code)


def reason(error: object, *, token: str = "--token") -> str:  # noqa: S107 - an option's name
    """What an error says to those who type commands."""
    if getattr(error, "status", None) != _NO_TOKEN:
        return str(error)
    # The advice of a ControlError is for Python; its module is not loaded by commands that have no client.
    return f"{getattr(error, 'reason', error)}; give it with {token} or {TOKEN_VARIABLE}"

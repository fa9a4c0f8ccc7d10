"""The failure of a command."""

from __future__ import annotations

import sys
from typing import NoReturn

import click


def fail(error: object, code: int = 2) -> NoReturn:
    """End with a message."""
    click.echo(f"mock-lusha: {error}", err=True)
    sys.exit(code)

"""Groups of commands that suggest the nearest name for one that is misspelt."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import Any

import click

from mock_lusha.errors import nearest

_NOT_WRITTEN = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EBADF, errno.EPIPE})
"""What writing may come to; EPIPE is that of whoever reads no further, as ``head`` does."""


class Commands(click.Group):
    """A group that suggests the nearest command for one that does not exist."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As any group does it, but the failure suggests the nearest command."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}: {nearest(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


class Program(Commands):
    """The group of all commands: output that cannot be written is no defect of any of them."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command; end with 1 where its output cannot be written, silently where nobody reads it."""
        try:
            return super().main(*args, **extra)
        except OSError as error:
            # What names a file is about that file, and not about the output.
            if error.filename is not None or error.errno not in _NOT_WRITTEN:
                raise
            _give_up(sys.stdout)
            if error.errno != errno.EPIPE:
                with contextlib.suppress(OSError):  # it may be the same full disk
                    click.echo(f"mock-lusha: the output cannot be written: {error.strerror}", err=True)
            _give_up(sys.stderr)
            sys.exit(1)


def _give_up(stream: Any) -> None:
    """Lead a stream to nowhere: Python tries once more, at its end, to write what is left in it."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
    except AttributeError:  # there is none: it was closed before the program began
        return

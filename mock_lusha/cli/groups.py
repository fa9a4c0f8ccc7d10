"""Groups of commands that offer the nearest where one is misspelt."""

from __future__ import annotations

import click

from mock_lusha.errors import nearest


class Commands(click.Group):
    """A group that offers the nearest command for one that is not there."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As of any group; it fails with the nearest command."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}: {nearest(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

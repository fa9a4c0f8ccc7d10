"""The options of commands that take settings, as ``serve`` does."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_lusha.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.shell_completion import CompletionItem


def _setting_options(setting: dataclasses.Field[Any]) -> Iterator[click.Option]:
    """The options of a setting; the settings themselves check the values."""
    name, default, metavar = setting.name, setting.default, setting.metadata["metavar"]
    flag = "--" + name.replace("_", "-")
    default_text = "unset" if default in {None, ()} else str(default).lower()
    if default and isinstance(default, tuple):
        default_text = ", ".join(map(str, default))
    text = f"{setting.metadata['help']}  [default: {default_text}]"
    if isinstance(default, bool):
        off = "--closed-world" if name == "open_world" else "--no-" + flag[2:]
        yield click.Option([f"{flag}/{off}", name], default=None, help=text)
    elif name == "strict":
        # It was a switch once: alone it still means yes.
        yield click.Option(
            [flag, name], default=None, is_flag=False, flag_value="yes", help=text,
            metavar=metavar, shell_complete=completion_of("setting_values"),
        )  # fmt: skip
        yield click.Option(
            ["--no-strict"], is_flag=True, expose_value=False, is_eager=True, callback=_not_strict,
            help="The same as --strict no.",
        )  # fmt: skip
    elif isinstance(default, tuple):
        yield click.Option([flag, name], multiple=True, metavar=metavar, help=text)
    else:
        yield click.Option(
            [flag, name],
            default=None,
            metavar=metavar,
            help=text,
            shell_complete=completion_of("setting_values"),
        )


def _not_strict(ctx: click.Context, option: click.Parameter, value: bool) -> None:
    # An option whose value may be left out cannot share its name with another.
    if value:
        ctx.default_map = {**(ctx.default_map or {}), "strict": "no"}


def completion_of(name: str) -> Callable[..., list[CompletionItem]]:
    """A function of ``completion``, which is loaded only when a shell completes a value."""

    def complete(ctx: click.Context, parameter: click.Parameter, prefix: str) -> list[CompletionItem]:
        from mock_lusha.cli import completion as completions  # noqa: PLC0415

        items: list[CompletionItem] = getattr(completions, name)(ctx, parameter, prefix)
        return items

    return complete


SETTING_OPTIONS = (
    click.Option(
        ["--config"], metavar="FILE", default=None, type=click.Path(path_type=Path),
        help="YAML file of settings. Flags and MOCK_LUSHA_ variables go before it.",
    ),
    *(option for setting in dataclasses.fields(Settings) for option in _setting_options(setting)),
)  # fmt: skip
"""Those of all settings, and of the file that has some."""

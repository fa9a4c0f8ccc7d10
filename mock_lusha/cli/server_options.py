"""The options of commands that ask a server which runs already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.decorators import FC

URL = click.option(
    "--url", envvar="MOCK_LUSHA_URL", default="http://127.0.0.1:8080", show_default=True, metavar="URL",
    help="Address of the server.",
)  # fmt: skip
TOKEN = click.option(
    "--token", envvar="MOCK_LUSHA_CONTROL_TOKEN", default=None, metavar="TEXT",
    help="Its control token; better in the variable MOCK_LUSHA_CONTROL_TOKEN.",
)  # fmt: skip


def form_option(*forms: str, text: str) -> Callable[[FC], FC]:
    """The option that chooses one of these forms, of which the first is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help=text
    )

"""The command ``coverage``: what a server saw tried of the API, and what not."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import click

from mock_lusha.cli.failure import fail
from mock_lusha.cli.server_options import SERVER_URL, TOKEN, form_option
from mock_lusha.contract.registry import GENERATIONS
from mock_lusha.errors import MockLushaError, nearest


@click.command(params=[SERVER_URL, TOKEN, form_option("text", "json", "markdown")])
@click.option(
    "--account", default=None, metavar="KEY", help="Key of one account; without it, all accounts count."
)
@click.option(
    "--generations", default=None, metavar="LIST",
    help="Generations that count whole, such as v3; without it, what is like the calls counts.",
)  # fmt: skip
@click.option(
    "--fail-under", "least", type=click.FloatRange(0, 100), default=None, metavar="N",
    help="Exit with 1 where less than N percent of operations and situations were tried.",
)  # fmt: skip
def coverage(
    url: str,
    token: str | None,
    account: str | None,
    generations: str | None,
    form: str,
    least: float | None,
) -> None:
    """Show what the calls of a server tried of the API.

    And each gap with the line of pytest that fills it, the most worthwhile first.
    """
    from mock_lusha.client.control import Control  # noqa: PLC0415 - for this command alone

    if least is not None and math.isnan(least):
        raise click.BadParameter("it takes a percentage", param_hint="--fail-under")
    names = [] if generations is None else [name.strip() for name in generations.split(",")]
    for name in names:
        if name not in GENERATIONS:
            raise click.UsageError(f"there is no generation {name!r}: {nearest(name, GENERATIONS)}")
    try:
        with contextlib.closing(Control(url, account, token=token)) as control:
            report = control.coverage(names)
    except MockLushaError as error:
        fail(error)
    _show(report, form)
    percent = report["score"]["percent"]
    if account is not None and not report["calls"]:
        why = "no call was made with this key; without --account all accounts count"
        if least is not None:
            fail(why, 1)
        click.echo(f"mock-lusha: {why}", err=True)
    if least is not None and percent < least:
        fail(f"{percent} % of operations and situations were tried, and at least {least:g} % were to be", 1)


def _show(report: dict[str, Any], form: str) -> None:
    if form == "json":
        import json  # noqa: PLC0415 - for this form

        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
        return
    from mock_lusha.coverage.text import markdown, text  # noqa: PLC0415 - for these forms

    click.echo(markdown(report) if form == "markdown" else "\n".join(text(report)), nl=form == "text")

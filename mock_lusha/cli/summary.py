"""The command ``summary``: what a server was asked, for the end of a job."""

from __future__ import annotations

import contextlib
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from mock_lusha.cli.failure import fail
from mock_lusha.cli.server_options import SERVER_URL, TOKEN, form_option
from mock_lusha.errors import MockLushaError
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.launch.report import Totals

_MOST_GAPS = 20
"""Gaps of coverage that Markdown has. Our decision: one screen of a job's page."""
_FORM = form_option("text", "markdown", text="Form of what is shown; markdown is for the page of a job.")


@click.command(params=[SERVER_URL, TOKEN, _FORM])
def summary(url: str, token: str | None, form: str) -> None:
    """Show the bill of a server, conduct and coverage.

    The bill counts all calls and credits; resets and accounts that are gone take nothing back. Conduct is
    that of the accounts there are, coverage that since everything was reset.

    \b
    mock-lusha summary --format markdown >> "$GITHUB_STEP_SUMMARY"
    """
    from mock_lusha.client.control import Control  # noqa: PLC0415 - for this command alone
    from mock_lusha.launch.report import Totals, bill_lines, conduct_and_coverage_lines, verdicts  # noqa: PLC0415

    try:
        with contextlib.closing(Control(url, token=token)) as control:
            totals, conduct, coverage = Totals.of(control), control.conduct(), control.coverage()
    except MockLushaError as error:
        fail(error)
    if form == "markdown":
        lines = _markdown(totals, verdicts(conduct), coverage)
    else:
        lines = chain(bill_lines(totals), conduct_and_coverage_lines(conduct, coverage))
    click.echo("\n".join(lines))


def _markdown(
    totals: Totals, verdicts: list[tuple[str, int, str]], coverage: dict[str, Any]
) -> Iterator[str]:
    from mock_lusha.coverage.text import markdown  # noqa: PLC0415 - for this form

    yield "## Lusha: what was asked"
    yield ""
    calls, credits_ = counted(totals.calls.total(), "call"), counted(totals.credits, "credit")
    yield f"{calls} would have cost **{credits_}**."
    yield ""
    if totals.calls:
        yield "| operation | status | calls |"
        yield "| --- | --- | ---: |"
        yield from (
            f"| {operation} | {status} | {count} |"
            for (operation, status), count in sorted(totals.calls.items())
        )
        yield ""
    if verdicts:
        yield "## Lusha: what the client could do better"
        yield ""
        yield "| verdict | times | advice |"
        yield "| --- | ---: | --- |"
        yield from (f"| {name} | {times} | {advice} |" for name, times, advice in verdicts)
        yield ""
    if coverage["calls"]:
        yield markdown(coverage, _MOST_GAPS)

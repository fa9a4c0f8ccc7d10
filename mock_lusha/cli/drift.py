"""The command ``drift``, which compares recordings with the contract and the double."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import TYPE_CHECKING, Any, cast

import click

from mock_lusha.cli.cassette_options import FILE, cassette_files
from mock_lusha.cli.failure import fail
from mock_lusha.config import Settings
from mock_lusha.contract.registry import Registry
from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.cassette import Cassette, load
from mock_lusha.recorder.drift import DoubleAnswer, compare
from mock_lusha.recorder.interaction import kept_headers, read_content
from mock_lusha.recorder.report import Wording, exit_code, render

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.recorder.drift import Asker
    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.report import Format


@click.command()
@click.argument("paths", metavar="CASSETTE...", nargs=-1, required=True, type=FILE)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True
)
def drift(paths: tuple[Path, ...], form: str) -> None:
    """Compare recorded answers with the contract and the double.

    Exits with 0 where they agree, 1 where they do not, 2 where that cannot be told.
    """
    registry = Registry.load()
    try:
        files = cassette_files(paths)
        cassettes = [load(path) for path in files]
        whole = Cassette(
            tuple(interaction for cassette in cassettes for interaction in cassette.interactions)
        )
        plans = {
            id(interaction): cassette.plan for cassette in cassettes for interaction in cassette.interactions
        }
        with contextlib.ExitStack() as stack:
            doubles = {
                plan: stack.enter_context(Double(plan)) for plan in {cassette.plan for cassette in cassettes}
            }
            drifts = compare(whole, registry, lambda recorded: doubles[plans[id(recorded)]](recorded))
    except MockLushaError as error:
        fail(error)
    names = [
        f"{path}: interactions[{index}]"
        for path, cassette in zip(files, cassettes, strict=True)
        for index in range(len(cassette.interactions))
    ]
    wording = Wording(names) if len(files) > 1 else Wording()
    click.echo(render(drifts, cast("Format", form), wording), nl=False)
    sys.exit(exit_code(drifts))


class Double:
    """The double's answers to recorded requests: no limits, unlimited credits, one account."""

    def __init__(self, plan: str | None, **settings: Any) -> None:
        import httpx  # noqa: PLC0415 - for drift alone

        from mock_lusha.app import create_app  # noqa: PLC0415

        app = create_app(Settings(plan=plan or "scale", limits="headers", credits=None, **settings))
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(
            transport=transport, base_url="http://double.invalid", headers={"api_key": "drift"}
        )

    def ask(self, interaction: Interaction) -> DoubleAnswer:
        """The double's answer to a recorded request."""
        options: dict[str, Any] = {"json": interaction.body} if interaction.has_body else {}
        answer = self._loop.run_until_complete(
            self._client.request(
                interaction.method, interaction.path, params=list(interaction.query), **options
            )
        )
        content = read_content(answer.content, answer.headers.get("content-type", ""))
        return DoubleAnswer(
            answer.status_code,
            kept_headers(answer.headers.items()),
            content.get("answer"),
            content.get("text"),
        )

    def close(self) -> None:
        """End it."""
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()

    def __enter__(self) -> Asker:
        return self.ask

    def __exit__(self, *_: object) -> None:
        self.close()

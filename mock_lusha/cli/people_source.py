"""Where commands about people find them: in a world of their own settings, or on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from mock_lusha.cli.failure import fail
from mock_lusha.cli.server_options import TOKEN, url_option
from mock_lusha.cli.setting_options import SETTING_OPTIONS
from mock_lusha.config.resolution import resolve
from mock_lusha.errors import MockLushaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mock_lusha.client.control import Control
    from mock_lusha.client.people import PeopleSource
    from mock_lusha.client.world import World

_SETTINGS: Final = (
    "config", "seed", "as_of", "now", "people", "companies", "open_world", "match_rate", "fixtures",
    "accounts", "dialect", "magic",
)  # fmt: skip
"""The settings that say who exists."""
_MOST_AT_ONCE = 100


def source_options() -> Iterator[click.Parameter]:
    """The options that say where people are found."""
    yield url_option("Ask the server at this address.", envvar=None)
    yield TOKEN
    yield click.Option(["--account"], metavar="KEY", help="API key of the account whose world it is.")
    yield from (option for option in SETTING_OPTIONS if option.name in _SETTINGS)


def taken_settings(options: dict[str, Any]) -> dict[str, Any]:
    """Take the options about where people are found out of all of a command's."""
    names = ("url", "token", "account", *_SETTINGS)
    # A filter may be called as a setting is.
    return {name: options.pop(name) for name in names if name in options}


class PeopleOrigin:
    """A world, or a server: what options say. Ends the command where they cannot be used."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.world: World | None = None
        self._control: Control | None = None
        try:
            self.source: PeopleSource = self._open(options)
        except MockLushaError as error:
            fail(error)

    def _open(self, options: Mapping[str, Any]) -> PeopleSource:
        url, account = options["url"], options["account"]
        flags = {name: options[name] for name in _SETTINGS if name != "config"}
        config: Path | None = options["config"]
        if url is None:
            from mock_lusha.client.world import World  # noqa: PLC0415 - where no server is asked

            self.world = World(resolve(flags, config=config).settings, account=account)
            return self.world.source
        given = [name for name, value in {**flags, "config": config}.items() if value not in (None, ())]
        if given:
            flag = "--" + given[0].replace("_", "-")
            raise click.UsageError(f"{flag} is a setting of the server at --url: leave one of them out")
        from mock_lusha.client.control import Control  # noqa: PLC0415 - where a server is asked

        self._control = Control(url, account, token=options["token"])
        return self._control

    def close(self) -> None:
        """Close the connections."""
        if self._control is not None:
            self._control.close()


def pages(origin: PeopleOrigin, name: str, limit: int | None, filters: Mapping[str, Any]) -> Iterator[Any]:
    """Pages of ``people`` or ``companies``, as the control API gives them, up to a limit."""
    ask = getattr(origin.source, name)
    size = _MOST_AT_ONCE if limit is None else min(_MOST_AT_ONCE, max(1, limit))
    page, more = 0, True
    while more and (limit is None or page * size < limit):
        answer = ask(page=page, size=size, **filters)
        if limit is not None:
            answer = {**answer, name: answer[name][: limit - page * size]}
        yield answer
        page, more = page + 1, answer["more"]

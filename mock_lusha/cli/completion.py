"""What a shell offers where a value is to be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from click.shell_completion import CompletionItem, get_completion_class

from mock_lusha.config import Settings, data_folder
from mock_lusha.contract.registry import Registry
from mock_lusha.errors import CATALOGUE, MockLushaError
from mock_lusha.plans import PLANS
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import click

_VARIABLE = "_MOCK_LUSHA_COMPLETE"
_KINDS = {"FILE": "file", "DIR": "dir", "NAME|FILE": "file"}
"""Settings that name something of the file system, by how their value is written in the help."""


def script(shell: str, program: str, main: click.Command) -> str:
    """What a shell must read to complete the program; ``bash``, ``zsh`` or ``fish``."""
    found = get_completion_class(shell)
    if found is None:
        raise MockLushaError(f"completion is there for bash, zsh and fish, not {shell}")
    # Not source(), which for bash starts one to look at its version: none need be there to print this.
    made = found(main, {}, program, _VARIABLE)
    return made.source_template % made.source_vars()


def of_setting(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The values of a setting: the words that it takes, names of plans and scenarios, files and folders."""
    name = parameter.name or ""
    metavar: str = Settings.__dataclass_fields__[name].metadata["metavar"]
    words: list[str] = [word for word in metavar.split("|") if word.islower()]
    if name == "plan":
        words = list(PLANS)
    elif name == "scenario":
        words = _scenarios(ctx.params.get("scenarios"))
    items = _begun(words, begun)
    kind = _KINDS.get(metavar)
    return [*items, CompletionItem(begun, type=kind)] if kind is not None and not items else items


def of_scenario(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of scenarios, those of a folder that was named too."""
    return _begun(_scenarios(ctx.params.get("folder")), begun)


def of_error(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of the catalogue of errors, with their statuses."""
    told = {name: f"{kind.status} {kind.message}" for name, kind in CATALOGUE.items()}
    return _begun(CATALOGUE, begun, told)


def of_operation(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Ids of operations, with what they do."""
    operations = Registry.load().operations
    return _begun(operations, begun, {name: each.summary for name, each in operations.items()})


def _begun(words: Iterable[str], begun: str, told: dict[str, Any] | None = None) -> list[CompletionItem]:
    return [
        CompletionItem(word, help=None if told is None else told[word])
        for word in words
        if word.startswith(begun)
    ]


def _scenarios(folder: str | Path | None) -> list[str]:
    try:
        own = Settings(scenarios=folder).scenarios if folder else None  # type: ignore[arg-type] # a text is parsed
        return list(
            Library(data_folder("scenarios"), own, Facts(*Registry.load().contracts.values())).names()
        )
    except MockLushaError:
        return []  # a folder that cannot be read is told when the command runs

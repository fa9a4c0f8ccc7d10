"""Completion in a shell: the values of settings and arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from click.shell_completion import CompletionItem, get_completion_class

from mock_lusha.config import Settings, data_folder
from mock_lusha.contract.registry import Registry
from mock_lusha.errors import CATALOGUE, MockLushaError
from mock_lusha.plans import PLANS
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.library import Library
from mock_lusha.world.pools import SENIORITIES, Pools
from mock_lusha.world.search.catalog import DATA_POINTS, Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import click

_VARIABLE = "_MOCK_LUSHA_COMPLETE"
_KINDS = {"FILE": "file", "DIR": "dir", "NAME|FILE": "file"}
"""What completes a setting that names a file or folder, by its metavar."""


def script(shell: str, program: str, main: click.Command) -> str:
    """The script that makes ``bash``, ``zsh`` or ``fish`` complete the program."""
    completion_class = get_completion_class(shell)
    if completion_class is None:
        raise MockLushaError(f"completion is there for bash, zsh and fish, not {shell}")
    # Not source(), which starts bash to look at its version: bash need not be installed to print this.
    completion = completion_class(main, {}, program, _VARIABLE)
    return completion.source_template % completion.source_vars()


def setting_values(ctx: click.Context, parameter: click.Parameter, prefix: str) -> list[CompletionItem]:
    """The values of a setting: the words that it takes, names of plans and scenarios, files and folders."""
    name = parameter.name or ""
    metavar: str = Settings.__dataclass_fields__[name].metadata["metavar"]
    words: list[str] = [word for word in metavar.split("|") if word.islower()]
    if name == "plan":
        words = list(PLANS)
    elif name == "scenario":
        words = _scenarios(ctx.params.get("scenarios"))
    items = _matching(words, prefix)
    kind = _KINDS.get(metavar)
    return [*items, CompletionItem(prefix, type=kind)] if kind is not None and not items else items


def scenario_names(ctx: click.Context, parameter: click.Parameter, prefix: str) -> list[CompletionItem]:
    """Names of scenarios, with those of the folder in ``--scenarios``."""
    return _matching(_scenarios(ctx.params.get("folder")), prefix)


def error_names(ctx: click.Context, parameter: click.Parameter, prefix: str) -> list[CompletionItem]:
    """Names of the catalogue of errors, with their statuses."""
    descriptions = {name: f"{kind.status} {kind.message}" for name, kind in CATALOGUE.items()}
    return _matching(CATALOGUE, prefix, descriptions)


def operation_ids(ctx: click.Context, parameter: click.Parameter, prefix: str) -> list[CompletionItem]:
    """Ids of operations, with what they do."""
    operations = Registry.load().operations
    return _matching(operations, prefix, {name: operation.summary for name, operation in operations.items()})


def filter_values(ctx: click.Context, parameter: click.Parameter, prefix: str) -> list[CompletionItem]:
    """The values of a filter of people or companies that a short list has."""
    catalog = Catalog(
        data_folder("fixtures") / "reference", Pools.load(data_folder("fixtures") / "reference")
    )
    lists: Mapping[str, Iterable[str]] = {
        "country": (row["name"] for row in catalog.countries),
        "department": catalog.departments,
        "seniority": (level.name for level in SENIORITIES),
        "has": ("phones", "emails", *DATA_POINTS),
        "industry": (row["main_industry"] for row in catalog.industries),
    }
    name = (parameter.name or "").rpartition("_")[2]
    return _matching(lists.get(name, ()), prefix)


def _matching(
    words: Iterable[str], prefix: str, descriptions: dict[str, Any] | None = None
) -> list[CompletionItem]:
    return [
        CompletionItem(word, help=None if descriptions is None else descriptions[word])
        for word in words
        if word.startswith(prefix)
    ]


def _scenarios(folder: str | Path | None) -> list[str]:
    try:
        own = Settings(scenarios=folder).scenarios if folder else None  # type: ignore[arg-type] # a text is parsed
        return list(
            Library(data_folder("scenarios"), own, Facts(*Registry.load().contracts.values())).names()
        )
    except MockLushaError:
        return []  # the command itself reports a folder that cannot be read

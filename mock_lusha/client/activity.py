"""A scenario while a test has it in force."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mock_lusha.client.protocol import hides
from mock_lusha.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from mock_lusha.client.control import Control

__tracebackhide__ = hides

_SUFFIXES = (".yaml", ".yml")


class ActiveScenario:
    """In force from where it is made until ``end``, or the end of its ``with`` block; what was in force
    before goes on then, where it was."""

    def __init__(self, control: Control, body: Mapping[str, Any]) -> None:
        self._control = control
        before = control.scenarios()["account"]
        self._before: int | None = None if before is None else before["begun"]
        control.scenario(body)
        self.name: str = body["name"]
        self._ended = False

    def __repr__(self) -> str:
        return f"<scenario {self.name}, {'ended' if self._ended else 'in force'}>"

    def end(self) -> None:
        """End it; harmless when it has been done."""
        if self._ended:
            return
        self._ended = True
        if self._before is None:
            self._control.end_scenario()
        else:
            self._control.resume_scenario(self._before)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def scenario_body(
    what: str | os.PathLike[str] | Mapping[str, Any] | Sequence[Any], number: int
) -> dict[str, Any]:
    """What is sent to begin a scenario: of a name, of a file, with rules, or a list of rules alone (then
    called ``inline-<number>``).

    Raises:
        ConfigError: the file cannot be used; it says all that is wrong, with lines.
    """
    if isinstance(what, str) and not what.endswith(_SUFFIXES) and "/" not in what and "\\" not in what:
        return {"name": what}
    if isinstance(what, str | os.PathLike):
        return _of_file(Path(what).expanduser())
    if not isinstance(what, Mapping | list | tuple):
        raise ConfigError(f"a scenario is a name, a file, a list of rules or a mapping, not {what!r}")
    if isinstance(what, Mapping):
        return {"name": f"inline-{number}", **what}
    return {"name": f"inline-{number}", "rules": list(what)}


def _of_file(path: Path) -> dict[str, Any]:
    from mock_lusha import yamlfile  # noqa: PLC0415 - for files alone
    from mock_lusha.contract.registry import Registry  # noqa: PLC0415
    from mock_lusha.scenario.facts import Facts  # noqa: PLC0415
    from mock_lusha.scenario.library import load_scenario  # noqa: PLC0415

    # Read here for its mistakes, with their lines; the server, which may be elsewhere, is sent the rules.
    scenario = load_scenario(path, Facts(*Registry.load().contracts.values()))
    return {**yamlfile.plain(yamlfile.read(path)), "name": scenario.name}

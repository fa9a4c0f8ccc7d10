"""Which requests count as the same, and how two differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mock_lusha.contract.paths import parameters_from_the_end
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_lusha.contract.document import Operation
    from mock_lusha.recorder.interaction import Interaction


def canonical(value: Any) -> str:
    """A JSON value as one text, whatever the order of its keys and the spelling of its whole numbers."""
    return json.dumps(_normal(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _normal(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Matching:
    """Compares requests. The operations of a contract tell which segments of their paths are parameters."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._parameters = {
            name: [at for at, _ in parameters_from_the_end(operation.path)]
            for name, operation in operations.items()
        }

    def key(self, interaction: Interaction) -> str:
        """What makes two requests the same: operation (or method and path), query and body."""
        body = canonical(interaction.body) if interaction.has_body else ""
        query = sorted((name.removesuffix("[]"), value) for name, value in interaction.query)
        return "\n".join((*self._place(interaction), canonical(query), body))

    def differences(self, request: Interaction, recording: Interaction) -> Iterable[str]:
        """How a recorded request differs from another one."""
        if self._place(request) != self._place(recording):
            yield f"it is {recording.method} {recording.path}"
        parameters, recorded_parameters = _pairs(request.query), _pairs(recording.query)
        for name in sorted({*parameters, *recorded_parameters}):
            if parameters.get(name) != recorded_parameters.get(name):
                one, other = (_text(values.get(name)) for values in (recorded_parameters, parameters))
                yield f"its query.{name} is {one}, not {other}"
        if request.has_body != recording.has_body:
            yield "it has a body" if recording.has_body else "it has no body"
        elif request.has_body:
            yield from _value_differences(request.body, recording.body, "body")

    def _place(self, interaction: Interaction) -> tuple[str, str]:
        if interaction.operation is None:
            return interaction.method, interaction.path
        # The answer to a HEAD has no body, and so does not answer a GET.
        method = "HEAD " if interaction.method == "HEAD" else ""
        parameters = self._parameters.get(interaction.operation)
        steps = dict(_from_the_end(interaction.path.rstrip("/"))) if parameters else {}
        return (
            method + interaction.operation,
            "/".join(steps[at] for at in parameters or () if at in steps),
        )


def _from_the_end(path: str) -> Iterable[tuple[int, str]]:
    """The segments of a path with their numbers, the last of which is 0."""
    return enumerate(reversed(path.split("/")))


def shown(interaction: Interaction) -> str:
    """A request as a message names it."""
    query = "&".join(f"{name}={value}" for name, value in interaction.query)
    return f"{interaction.method} {interaction.path}" + (f"?{query}" if query else "")


def _pairs(query: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    parameters: dict[str, list[str]] = {}
    for name, value in query:
        parameters.setdefault(name.removesuffix("[]"), []).append(value)
    return {name: sorted(values) for name, values in parameters.items()}


def _value_differences(value: Any, recorded: Any, where: str) -> Iterable[str]:
    if isinstance(value, dict) and isinstance(recorded, dict):
        for name in sorted({*value, *recorded}, key=str):
            if name not in recorded:
                yield f"its {where} has no {name}"
            elif name not in value:
                yield f"its {where} has {name} besides"
            else:
                yield from _value_differences(value[name], recorded[name], f"{where}.{name}")
    elif isinstance(value, list) and isinstance(recorded, list):
        if len(value) != len(recorded):
            yield f"its {where} has {counted(len(recorded), 'item')}, not {len(value)}"
        for index, (one, other) in enumerate(zip(value, recorded, strict=False)):
            yield from _value_differences(one, other, f"{where}[{index}]")
    elif canonical(value) != canonical(recorded):
        yield f"its {where} is {_shortened(canonical(recorded))}, not {_shortened(canonical(value))}"


def _text(values: list[str] | None) -> str:
    if values is None:
        return "absent"
    return _shortened(canonical(values[0] if len(values) == 1 else values))


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"

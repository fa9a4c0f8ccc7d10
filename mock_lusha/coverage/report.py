"""The report: what was tried, and each gap with the line of pytest that fills it, worthwhile ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_lusha.coverage import lines, marks
from mock_lusha.coverage.situations import SITUATIONS
from mock_lusha.coverage.surface import Surface, Surfaces, group_of, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from mock_lusha.contract.document import Operation
    from mock_lusha.contract.registry import Registry
    from mock_lusha.coverage.surface import Node
    from mock_lusha.state.coverage import Tally

KINDS: Final = ("situation", "operation", "error", "status", "field", "value")
"""Kinds of gaps, in the order in which they are listed (our decision)."""
_WORTH: Final = (429, 402, 500, 503, 404, 400, 401, 403, 451, 410, 409, 412, 504, 502, 413, 499)
_CONCERNED_BY_MARK: Final = {
    "job-pending": marks.JOB_BEGUN,
    "delivered": marks.SUBSCRIBED,
    "delivery-retried": marks.SUBSCRIBED,
    "receiver-examined": marks.SUBSCRIBED,
}
"""Situations that also concern accounts which have such a thing, whatever was called."""


class Report:
    """What a tally says under the contracts. ``generations`` are those whose operations count though none of
    their group was called."""

    def __init__(self, tally: Tally, surfaces: Surfaces, generations: Collection[str] = ()) -> None:
        self.tally = tally
        self._surfaces = surfaces
        self._registry: Registry = surfaces.registry
        served = {operation.id: operation for operation in self._registry.served()}
        times: dict[str, int] = {}
        for (name, _, _), count in tally.outcomes.items():
            if name in served:
                times[name] = times.get(name, 0) + count
        order = {name: number for number, name in enumerate(served)}
        self.called = sorted(times, key=lambda name: (-times[name], order[name]))
        """Operations that were called, the most called first."""
        groups = {group_of(served[name]) for name in times}
        self.missed = [
            name
            for name, operation in served.items()
            if name not in times and (group_of(operation) in groups or operation.generation in generations)
        ]
        self.not_concerned = [name for name in served if name not in times and name not in self.missed]
        self._times: dict[tuple[str, int], int] = {}
        for (operation_name, status, _), count in tally.outcomes.items():
            if operation_name in times:
                key = (operation_name, status)
                self._times[key] = self._times.get(key, 0) + count
        self._of_called = [surfaces.of(name) for name in self.called]

    def _operation(self, name: str) -> Operation | None:
        return self._registry.operations.get(name)

    def situations(self) -> list[dict[str, Any]]:
        """The situations: tried, missed, or not concerned."""
        rows = []
        for situation in SITUATIONS:
            times = situation.times(self.tally, self._operation)
            line = situation.line_for(self._of_called)
            concerned = any(situation.concerns(surface) for surface in self._of_called)
            mark = _CONCERNED_BY_MARK.get(situation.name)
            if not concerned and mark is not None and self.tally.marks[mark]:
                concerned = True
            if concerned and line is None:  # an operation of its group can be named instead
                near = [*self.missed, *self.not_concerned]
                line = situation.line_for(surface for name in near if (surface := self._near(name)))
            state = "tried" if times else "missed" if concerned and line else "not concerned"
            rows.append(
                {
                    "name": situation.name,
                    "state": state,
                    "times": times,
                    "what": situation.what,
                    "line": line if state == "missed" else None,
                }
            )
        return rows

    def _near(self, name: str) -> Surface | None:
        """An operation of a generation that was called."""
        surface = self._surfaces.of(name)
        generations = {each.operation.generation for each in self._of_called}
        return surface if surface.operation.generation in generations else None

    def statuses(self) -> list[dict[str, Any]]:
        """Of each operation that was called, the statuses that its document lists, and others it answered."""
        rows = []
        for surface in self._of_called:
            name = surface.operation.id
            others = {status for other, status in self._times if other == name}
            for status in sorted({*surface.statuses, *others} - {0}):
                times = self._times.get((name, status), 0)
                rows.append({"operation": name, "status": status, "tried": times > 0, "times": times})
        return rows

    def errors(self) -> list[dict[str, Any]]:
        """The errors that the operations that were called can answer, by name, and faults that were met."""
        times: dict[str, int] = {}
        for (_, _, error), count in self.tally.outcomes.items():
            if error is not None:
                times[error] = times.get(error, 0) + count
        rows: dict[str, dict[str, Any]] = {}
        for surface in self._of_called:
            for kind in surface.errors:
                count = times.get(kind.name, 0)
                rows.setdefault(
                    kind.name,
                    {
                        "name": kind.name, "status": kind.status, "operation": surface.operation.id,
                        "tried": count > 0, "times": count,
                    },
                )  # fmt: skip
        for name, count in sorted(times.items()):
            rows.setdefault(
                name, {"name": name, "status": None, "operation": None, "tried": True, "times": count}
            )
        return list(rows.values())

    def fields(self) -> dict[str, dict[str, list[str]]]:
        """Of each operation that was called, the fields that were sent, and those that were not: of a group
        of fields that was never sent the group alone."""
        rows = {}
        for surface in self._of_called:
            name = surface.operation.id
            tried = self.tally.fields.get(name, set()) & surface.places.keys()
            missed = [
                place
                for place in surface.places
                if place not in tried and (place.rpartition(".")[0] in tried or place.count(".") == 1)
            ]
            rows[name] = {"tried": [place for place in surface.places if place in tried], "missed": missed}
        return rows

    def values(self) -> dict[str, dict[str, dict[str, list[str]]]]:
        """Of each field with listed values that was sent, those that were sent, and the others."""
        rows: dict[str, dict[str, dict[str, list[str]]]] = {}
        for surface in self._of_called:
            name = surface.operation.id
            sent = self.tally.fields.get(name, set())
            for place, node in surface.places.items():
                if len(node.values) > 1 and place in sent:
                    tried = self.tally.values.get(name, {}).get(place, set())
                    texts = [text_of(value) for value in node.values]
                    rows.setdefault(name, {})[place] = {
                        "tried": [text for text in texts if text in tried],
                        "missed": [text for text in texts if text not in tried],
                    }
        return rows

    def gaps(self) -> list[dict[str, Any]]:
        """What was not tried, the most worthwhile first; what one line fills is one gap."""
        gaps: dict[str, dict[str, Any]] = {}
        for gap in self._gaps():
            gaps.setdefault(gap["line"], gap)
        return list(gaps.values())

    def _gaps(self) -> Iterator[dict[str, Any]]:
        for row in self.situations():
            if row["state"] == "missed":
                yield _gap("situation", None, f"{row['name']}: {row['what']}", row["line"])
        for name in self.missed:
            surface = self._surfaces.of(name)
            yield _gap("operation", name, f"{name} was never called", lines.call(surface))
        by_situation = {error for situation in SITUATIONS for error in situation.errors}
        for row in self.errors():
            if not row["tried"] and row["name"] not in by_situation:
                line = lines.failing(row["operation"], row["name"])
                yield _gap("error", row["operation"], f"the error {row['name']} ({row['status']})", line)
        missed = [row for row in self.statuses() if not row["tried"]]
        for row in sorted(missed, key=lambda row: _worth(row["status"])):
            name, status = row["operation"], row["status"]
            yield _gap("status", name, f"{name} never answered {status}", self._line_of(name, status))
        for name, places in self.fields().items():
            for place in places["missed"]:
                line = lines.with_field(self._surfaces.of(name), place)
                yield _gap("field", name, f"{name} never had {place}", line)
        for name, by_place in self.values().items():
            surface = self._surfaces.of(name)
            for place, values in by_place.items():
                for text in values["missed"]:
                    value = _value(surface.places[place], text)
                    yield _gap(
                        "value", name, f"{name} never had {text} in {place}",
                        lines.with_field(surface, place, value),
                    )  # fmt: skip

    def _line_of(self, name: str, status: int) -> str:
        surface = self._surfaces.of(name)
        if status < 400:
            # An id that only an account knows cannot stand in a line.
            scripted = lines.rule(name, f"reply({status}, {{}})")
            return lines.call(surface) if lines.is_callable(surface) else scripted
        errors = [kind.name for kind in surface.errors if kind.status == status]
        if not errors:
            return lines.rule(name, f"reply({status})")
        usual = [error for error in errors if error in _USUAL]
        return lines.failing(name, (usual or errors)[0])

    def score(self, situations: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """How many of the operations and situations that concern the calls were tried, and in percent."""
        states = [row["state"] for row in situations]
        tried = len(self.called) + states.count("tried")
        concerned = tried + len(self.missed) + states.count("missed")
        percent = round(100 * tried / concerned, 1) if concerned else 100.0
        return {"tried": tried, "concerned": concerned, "percent": percent}

    def plain(self) -> dict[str, Any]:
        """All of it as JSON."""
        situations = self.situations()
        return {
            "calls": self.tally.calls,
            "unread": self.tally.unread,
            "score": self.score(situations),
            "operations": {
                "called": self.called, "missed": self.missed, "not_concerned": self.not_concerned
            },
            "situations": situations,
            "statuses": self.statuses(),
            "errors": self.errors(),
            "fields": self.fields(),
            "values": self.values(),
            "gaps": self.gaps(),
        }  # fmt: skip


_USUAL: Final = frozenset(
    {"plan-restricted", "too-many-requests", "server-error", "not-found", "unauthorized"}
)


def _worth(status: int) -> int:
    return _WORTH.index(status) if status in _WORTH else len(_WORTH)


def _value(node: Node, text: str) -> Any:
    return next(value for value in node.values if text_of(value) == text)


def _gap(kind: str, operation: str | None, what: str, line: str | None) -> dict[str, Any]:
    return {"kind": kind, "operation": operation, "what": what, "line": line}

"""Drift: where what was recorded differs from the contract, and from what the double answers.

Compared are shapes, never values: which fields an answer has, of which types, with which status and headers.
Other values, other lengths of lists, another order of keys, the absence of an optional field, and a cassette
of another contract are not drift.

The double is not imported: the caller passes a callable that answers requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import MockLushaError, shorten
from mock_lusha.recorder.interaction import KEPT_HEADERS, Interaction
from mock_lusha.recorder.operations import Operations
from mock_lusha.recorder.redaction import RedactionError, masking
from mock_lusha.recorder.report import Drift, Format, Kind, Severity, exit_code, in_order, render
from mock_lusha.recorder.shapes import Shapes, both
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_lusha.contract.document import Contract, Operation
    from mock_lusha.contract.registry import Registry
    from mock_lusha.recorder.cassette import Cassette
    from mock_lusha.recorder.shapes import ValueShape

__all__ = [
    "Asker",
    "CouldNotCompareError",
    "DoubleAnswer",
    "Drift",
    "Format",
    "Kind",
    "Severity",
    "compare",
    "exit_code",
    "render",
]


class CouldNotCompareError(MockLushaError):
    """An interaction cannot be compared; the message names it, and what would help."""


@frozen
class DoubleAnswer:
    """What the double answers: ``headers`` in lower case; ``text`` is an answer that is not JSON.

    An answer without a body has neither ``answer`` nor ``text``.
    """

    status: int
    headers: Mapping[str, str]
    answer: Any = None
    text: str | None = None


Asker = Callable[[Interaction], DoubleAnswer]
"""Sends an interaction's request to the double; the fields of the answer are those recorded."""

_GATEWAY: Final = 500
# These depend on the account or the hour: a request alone does not cause them.
_STANDING: Final = frozenset({401, 402, 403, 429, 499})
# ... and of those, what the double answers only where its account has too little.
_REFUSED: Final = _STANDING - {403}
# These depend on the data: whether a person is known, and may be shown.
_OF_DATA: Final = frozenset({404, 451})
_RATE_HEADERS: Final = KEPT_HEADERS - {"content-type", "deprecation", "sunset", "retry-after"}
_MOST_EXAMPLES: Final = 5
_SEVERITIES: Final[Mapping[Kind, Severity]] = {
    "unknown-field": "warning",
    "missing-field": "breaking",
    "type-change": "breaking",
    "new-enum-value": "warning",
    "status-change": "breaking",
    "unknown-operation": "breaking",
    "not-json": "breaking",
}


def compare(cassette: Cassette, registry: Registry, ask: Asker) -> list[Drift]:
    """The drifts, in the order of a report; the same difference in one place is one drift.

    Each recorded answer is compared with the contract's response for its operation and status, and with what
    ``ask`` gives for the same request:

    * A recorded 401, 402, 403, 429, 499 or 5xx is not a status drift, whatever the double answers: it depends
      on the account or the hour. Its body is compared with the contract.
    * Somebody found on one side, and 404 or 451 on the other, is not a status drift where the contract has
      that status for the operation and no path decides it: who is known is data. (A miss answered as 200 with
      ``errors`` beside the double's 404 is one.)
    * Types differ from the double's only where the contract does not allow both.
    * Rate headers that no interaction of the cassette has are not drift, and where no header of an
      answer was recorded they are not compared.

    Raises:
        CouldNotCompareError: ``ask`` raises, the double refuses what was answered (401, 402, 429, 5xx), or an
            answer is nested too deeply.
    """
    comparison, probe = _Comparison(cassette, registry), _Comparison(cassette, registry)
    mask = masking(registry)
    for index, interaction in enumerate(cassette.interactions):
        try:
            once = cache(partial(ask, interaction))
            if not probe.differs(index, interaction, once):
                continue
            # The report on a recording that was not redacted must not name the person it is about.
            comparison.add(index, mask.cleaned(interaction), once)
        except (RecursionError, RedactionError):
            raise _not_comparable(index, interaction.method, "it is nested too deeply") from None
    return comparison.drifts()


def _not_comparable(index: int, request: str, why: str) -> CouldNotCompareError:
    return CouldNotCompareError(f"interactions[{index}] ({request}) cannot be compared: {why}")


@mutable
class _DriftEntry:
    severity: Severity
    double: str
    recorded: list[str] = field(default_factory=list)
    interactions: list[int] = field(default_factory=list)


class _Comparison:
    """Gathers drifts of the interactions of one cassette."""

    def __init__(self, cassette: Cassette, registry: Registry) -> None:
        self._registry = registry
        self._operations = Operations(registry)
        self._shapes = {generation: Shapes(contract) for generation, contract in registry.contracts.items()}
        header_names = {name.lower() for interaction in cassette.interactions for name in interaction.headers}
        self._never = _RATE_HEADERS - header_names
        self._entries: dict[tuple[Kind, str, str], _DriftEntry] = {}
        self._noted = 0

    def drifts(self) -> list[Drift]:
        """The drifts that were found, in the order of a report."""
        drifts = []
        for (kind, operation, where), entry in self._entries.items():
            examples = ", ".join(entry.recorded[:_MOST_EXAMPLES])
            interactions = tuple(dict.fromkeys(entry.interactions))
            drifts.append(Drift(kind, entry.severity, operation, where, examples, entry.double, interactions))
        return in_order(drifts)

    def differs(self, index: int, interaction: Interaction, ask: Callable[[], DoubleAnswer]) -> bool:
        """Whether there is anything to report of an interaction: a difference, or why it cannot be
        compared."""
        before = self._noted
        try:
            self.add(index, interaction, ask)
        except CouldNotCompareError:
            return True
        return self._noted > before

    def add(self, index: int, interaction: Interaction, ask: Callable[[], DoubleAnswer]) -> None:
        """Compare one interaction, as it may be shown; ``ask`` sends it as it was recorded."""
        operation = self._registry.operations.get(interaction.operation or "")
        operation = operation or self._operations.find(interaction.method, interaction.path)
        if operation is None:
            place = f"{interaction.method} {interaction.path}"
            self.note(
                index,
                "unknown-operation",
                place,
                "request",
                f"status {interaction.status}",
                "no such operation",
            )
            return
        shapes = self._shapes[operation.generation]
        contract = self._registry.contract_of(operation)
        _InteractionDrift(self, shapes, contract, operation, index, interaction).compare(
            _double_answer(index, interaction, ask), self._never
        )

    def note(
        self,
        index: int,
        kind: Kind,
        operation: str,
        where: str,
        recorded: str,
        double: str,
        severity: Severity | None = None,
    ) -> None:
        """Add one difference; one that the contract and the double both show is one."""
        entry = self._entries.setdefault(
            (kind, operation, where), _DriftEntry(severity or _SEVERITIES.get(kind, "warning"), double)
        )
        entry.interactions.append(index)
        self._noted += 1
        # All new values of an enumeration are news; of anything else one example is enough.
        if not entry.recorded or (kind == "new-enum-value" and recorded not in entry.recorded):
            entry.recorded.append(recorded)


def _double_answer(index: int, interaction: Interaction, ask: Callable[[], DoubleAnswer]) -> DoubleAnswer:
    try:
        return ask()
    except Exception as error:
        reason = shorten(f"{type(error).__name__}: {error}", 200)
        request = f"{interaction.method} {interaction.path}"
        raise _not_comparable(index, request, f"the double did not answer ({reason})") from error


class _InteractionDrift:
    """Compares one interaction with the contract and with the double's answer."""

    def __init__(
        self,
        comparison: _Comparison,
        shapes: Shapes,
        contract: Contract,
        operation: Operation,
        index: int,
        recording: Interaction,
    ) -> None:
        self._comparison = comparison
        self._shapes = shapes
        self._contract = contract
        self._operation = operation
        self._index = index
        self._recording = recording
        item = contract.document["paths"][operation.path][operation.method.lower()]
        self._responses: Mapping[str, Any] = item["responses"]

    def compare(self, answer: DoubleAnswer, never: frozenset[str]) -> None:
        recording = self._recording
        self._status(answer)
        comparable = _family(recording.status) == _family(answer.status)
        if comparable and recording.headers:
            self._headers(answer.headers, never)
        if recording.method != "HEAD":
            self._body(answer if comparable else None, self._schema(answer.status))

    def _note(
        self, kind: Kind, where: str, recorded: str, double: str, severity: Severity | None = None
    ) -> None:
        self._comparison.note(self._index, kind, self._operation.id, where, recorded, double, severity)

    # Status

    def _status(self, answer: DoubleAnswer) -> None:
        recorded_status, double_status = self._recording.status, answer.status
        if recorded_status == double_status or _is_of_account(recorded_status):
            return
        if double_status in _REFUSED or double_status >= _GATEWAY:
            raise _not_comparable(
                self._index,
                f"{self._recording.method} {self._recording.path}",
                f"the double answered {double_status} where {recorded_status} was recorded; give its account "
                f"what the request needs (key, credits, limits, no faults) and compare again",
            )
        if not self._is_explained_by_data(recorded_status, double_status, answer):
            self._note("status-change", f"status {recorded_status}", str(recorded_status), str(double_status))

    def _is_explained_by_data(self, recorded_status: int, double_status: int, answer: DoubleAnswer) -> bool:
        """Whether the statuses differ only by which people and companies the two sides know."""
        sides = ((recorded_status, self._recording.answer), (double_status, answer.answer))
        missing = [str(status) for status, _ in sides if status in _OF_DATA]
        by_path = any(parameter["in"] == "path" for parameter in self._operation.parameters)
        if not missing or by_path or any(status not in self._responses for status in missing):
            return False
        return all(_tells_of_somebody(*side) for side in sides if side[0] not in _OF_DATA)

    # Headers

    def _headers(self, headers: Mapping[str, str], never: frozenset[str]) -> None:
        recorded_headers = {name.lower(): value for name, value in self._recording.headers.items()}
        double_headers = {name.lower(): value for name, value in headers.items()}
        for name in sorted((recorded_headers.keys() ^ double_headers.keys()) & KEPT_HEADERS - never):
            only_in_double = name in double_headers
            self._note(
                "header-change",
                name,
                "absent" if only_in_double else shorten(recorded_headers[name]),
                shorten(double_headers[name]) if only_in_double else "absent",
                "warning" if only_in_double else "note",
            )

    # Body

    def _schema(self, double_status: int) -> Any:
        """The schema of the recorded answer; None where the contract has none.

        A success that the contract does not list is read as the one it does list: the status has moved, not
        the answer.
        """
        status = str(self._recording.status)
        if status not in self._responses and _family(self._recording.status) == 200:
            successes = [name for name in self._responses if name.startswith("2")]
            status = str(double_status) if str(double_status) in successes else next(iter(successes), status)
        response = self._responses.get(status, self._responses.get("default"))
        if response is None:
            return None
        content = self._contract.resolve(response).get("content", {})
        return content.get("application/json", {}).get("schema")

    def _body(self, answer: DoubleAnswer | None, schema: Any) -> None:
        recording = self._recording
        empty = answer is not None and answer.text is None and answer.answer is None
        if not recording.has_answer:
            if schema is not None and not (answer is not None and empty and recording.text is None):
                self._note_not_json(recording.text)
            return
        recorded_shape = self._shapes.look(True if schema is None else schema, recording.answer)
        for finding in recorded_shape.findings:
            self._note(finding.kind, finding.where, finding.actual, finding.expected)
        if answer is None:
            return
        if answer.text is not None or empty:
            self._note("not-json", "$", "JSON", _text(answer.text))
            return
        double_shape = self._shapes.look(True if schema is None else schema, answer.answer)
        for where, types, others in _type_differences(recorded_shape, double_shape):
            self._note("type-change", where, types, others)

    def _note_not_json(self, text: str | None) -> None:
        # A gateway before the API answers with pages of its own; no client parses those as answers.
        gateway = self._recording.status >= _GATEWAY
        self._note("not-json", "$", _text(text), "JSON", "note" if gateway else None)


def _family(status: int) -> int:
    """Success is one family; of all else each status is its own."""
    return 200 if 200 <= status < 300 else status


def _tells_of_somebody(status: int, answer: Any) -> bool:
    """Whether an answer has a match; ``errors`` in a success mean that there was none."""
    return _family(status) == 200 and not (isinstance(answer, dict) and "errors" in answer)


def _is_of_account(status: int) -> bool:
    return status in _STANDING or status >= _GATEWAY


def _text(text: str | None) -> str:
    return "no body" if text is None else f"text {shorten(text)}"


def _type_differences(recorded: ValueShape, double: ValueShape) -> Iterable[tuple[str, str, str]]:
    """Places that both answers have, of types that have nothing in common, and that the contract does not
    both allow."""
    for where in recorded.types.keys() & double.types.keys():
        one, other = _numbers(recorded.types[where]), _numbers(double.types[where])
        allowed = both(recorded.allowed[where], double.allowed[where])
        open_ = allowed is not None and one | other <= _numbers(allowed)
        if not one & other and not open_:
            yield where, " or ".join(sorted(one)), " or ".join(sorted(other))


def _numbers(types: Iterable[str]) -> set[str]:
    """The types, where any number is a number: 1 and 1.5 are values."""
    return {"number" if name == "integer" else name for name in types}

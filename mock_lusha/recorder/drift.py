"""Drift: where what was recorded differs from the contract, and from what the double answers.

Compared are shapes, never values: which fields an answer has, of which types, with which status and headers.
No drift are other values, other lengths of lists, another order of keys, the absence of an optional field,
and a cassette of another contract by itself.

The double is not imported: who calls hands over a callable that answers requests.
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
    """What the double answers: ``headers`` in lower case; ``text`` is an answer that is no JSON.

    Neither ``answer`` nor ``text`` is an answer without a body.
    """

    status: int
    headers: Mapping[str, str]
    answer: Any = None
    text: str | None = None


Asker = Callable[[Interaction], DoubleAnswer]
"""Sends an interaction's request to the double; the fields of the answer are those recorded."""

_GATEWAY: Final = 500
# What these say is of the account, the hour or the weather: a request alone does not bring them about.
_STANDING: Final = frozenset({401, 402, 403, 429, 499})
# ... and of those, what an account of the double answers only where it was given too little.
_REFUSED: Final = _STANDING - {403}
# What these say is of the data: whether somebody is known, and may be shown.
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


def compare(cassette: Cassette, contract: Contract, ask: Asker) -> list[Drift]:
    """What drifted, in the order in which it is told; the same of one place is one drift.

    Each recorded answer is compared with the contract's response for its operation and status, and with what
    ``ask`` gives for the same request:

    * A recorded 401, 402, 403, 429, 499 or 5xx is no status drift, whatever the double answers: it is of the
      account or the hour. Its body is compared with the contract.
    * Somebody found on one side, and 404 or 451 on the other, is no status drift where the contract has that
      status for the operation and no path decides it: who is known is data. (A miss told as 200 with
      ``errors`` beside the double's 404 is one.)
    * Types differ from the double's only where the contract does not allow both.
    * Rate headers that no interaction of the cassette has are no drift, and where nothing of an answer's
      headers was recorded they are not compared.

    Raises:
        CouldNotCompareError: ``ask`` raises, the double refuses what was answered (401, 402, 429, 5xx), or an
            answer is nested too deeply.
    """
    comparison, probe = _Comparison(cassette, contract), _Comparison(cassette, contract)
    hidden = masking(contract)
    for index, each in enumerate(cassette.interactions):
        try:
            once = cache(partial(ask, each))
            if not probe.differs(index, each, once):
                continue
            # What is told of a recording that nobody redacted must not tell whom it is about.
            comparison.add(index, hidden.cleaned(each), once)
        except (RecursionError, RedactionError):
            raise _could_not(index, each.method, "it is nested too deeply") from None
    return comparison.drifts()


def _could_not(index: int, request: str, why: str) -> CouldNotCompareError:
    return CouldNotCompareError(f"interactions[{index}] ({request}) cannot be compared: {why}")


@mutable
class _Seen:
    severity: Severity
    double: str
    recorded: list[str] = field(default_factory=list)
    interactions: list[int] = field(default_factory=list)


class _Comparison:
    """Gathers drifts of the interactions of one cassette."""

    def __init__(self, cassette: Cassette, contract: Contract) -> None:
        self._contract = contract
        self._operations = Operations(contract)
        self._shapes = Shapes(contract)
        recorded = {name.lower() for each in cassette.interactions for name in each.headers}
        self._never = _RATE_HEADERS - recorded
        self._seen: dict[tuple[Kind, str, str], _Seen] = {}
        self._noted = 0

    def drifts(self) -> list[Drift]:
        """What was gathered."""
        made = []
        for (kind, operation, where), seen in self._seen.items():
            recorded = ", ".join(seen.recorded[:_MOST_EXAMPLES])
            interactions = tuple(dict.fromkeys(seen.interactions))
            made.append(Drift(kind, seen.severity, operation, where, recorded, seen.double, interactions))
        return in_order(made)

    def differs(self, index: int, each: Interaction, ask: Callable[[], DoubleAnswer]) -> bool:
        """Whether there is anything to tell of an interaction: a difference, or why there is no telling."""
        before = self._noted
        try:
            self.add(index, each, ask)
        except CouldNotCompareError:
            return True
        return self._noted > before

    def add(self, index: int, each: Interaction, ask: Callable[[], DoubleAnswer]) -> None:
        """Compare one interaction, as it may be shown; ``ask`` sends it as it was recorded."""
        operation = self._contract.operations.get(each.operation or "")
        operation = operation or self._operations.find(each.method, each.path)
        if operation is None:
            place = f"{each.method} {each.path}"
            self.note(
                index, "unknown-operation", place, "request", f"status {each.status}", "no such operation"
            )
            return
        _InteractionDrift(self, self._shapes, self._contract, operation, index, each).compare(
            _answered(index, each, ask), self._never
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
        """Take one difference; what the contract and the double both show is one."""
        seen = self._seen.setdefault(
            (kind, operation, where), _Seen(severity or _SEVERITIES.get(kind, "warning"), double)
        )
        seen.interactions.append(index)
        self._noted += 1
        # All new values of an enumeration are news; of anything else one example is enough.
        if not seen.recorded or (kind == "new-enum-value" and recorded not in seen.recorded):
            seen.recorded.append(recorded)


def _answered(index: int, each: Interaction, ask: Callable[[], DoubleAnswer]) -> DoubleAnswer:
    try:
        return ask()
    except Exception as error:
        reason = shorten(f"{type(error).__name__}: {error}", 200)
        request = f"{each.method} {each.path}"
        raise _could_not(index, request, f"the double did not answer ({reason})") from error


class _InteractionDrift:
    """One interaction beside the contract and the double's answer."""

    def __init__(
        self,
        gathered: _Comparison,
        shapes: Shapes,
        contract: Contract,
        operation: Operation,
        index: int,
        recorded: Interaction,
    ) -> None:
        self._gathered = gathered
        self._shapes = shapes
        self._contract = contract
        self._operation = operation
        self._index = index
        self._recorded = recorded
        item = contract.document["paths"][operation.path][operation.method.lower()]
        self._responses: Mapping[str, Any] = item["responses"]

    def compare(self, answered: DoubleAnswer, never: frozenset[str]) -> None:
        recorded = self._recorded
        self._status(answered)
        comparable = _family(recorded.status) == _family(answered.status)
        if comparable and recorded.headers:
            self._headers(answered.headers, never)
        if recorded.method != "HEAD":
            self._body(answered if comparable else None, self._schema(answered.status))

    def _note(
        self, kind: Kind, where: str, recorded: str, double: str, severity: Severity | None = None
    ) -> None:
        self._gathered.note(self._index, kind, self._operation.id, where, recorded, double, severity)

    # Status

    def _status(self, answered: DoubleAnswer) -> None:
        there, here = self._recorded.status, answered.status
        if there == here or _is_standing(there):
            return
        if here in _REFUSED or here >= _GATEWAY:
            raise _could_not(
                self._index,
                f"{self._recorded.method} {self._recorded.path}",
                f"the double answered {here} where {there} was recorded; give its account what the request "
                f"needs (key, credits, limits, no faults) and compare again",
            )
        if not self._is_data(there, here, answered):
            self._note("status-change", f"status {there}", str(there), str(here))

    def _is_data(self, there: int, here: int, answered: DoubleAnswer) -> bool:
        """Whether the statuses differ by what the two know of whom was asked for."""
        sides = ((there, self._recorded.answer), (here, answered.answer))
        missed = [str(status) for status, _ in sides if status in _OF_DATA]
        by_path = any(parameter["in"] == "path" for parameter in self._operation.parameters)
        if not missed or by_path or any(status not in self._responses for status in missed):
            return False
        return all(_is_found(*side) for side in sides if side[0] not in _OF_DATA)

    # Headers

    def _headers(self, headers: Mapping[str, str], never: frozenset[str]) -> None:
        there = {name.lower(): value for name, value in self._recorded.headers.items()}
        here = {name.lower(): value for name, value in headers.items()}
        for name in sorted((there.keys() ^ here.keys()) & KEPT_HEADERS - never):
            gone = name in here
            self._note(
                "header-change",
                name,
                "absent" if gone else shorten(there[name]),
                shorten(here[name]) if gone else "absent",
                "warning" if gone else "note",
            )

    # Body

    def _schema(self, here: int) -> Any:
        """The schema of the recorded answer; None where the contract has none.

        A success that the contract does not list is read as the one it does list: the status has moved, not
        the answer.
        """
        status = str(self._recorded.status)
        if status not in self._responses and _family(self._recorded.status) == 200:
            listed = [name for name in self._responses if name.startswith("2")]
            status = str(here) if str(here) in listed else next(iter(listed), status)
        response = self._responses.get(status, self._responses.get("default"))
        if response is None:
            return None
        content = self._contract.resolve(response).get("content", {})
        return content.get("application/json", {}).get("schema")

    def _body(self, answered: DoubleAnswer | None, schema: Any) -> None:
        recorded = self._recorded
        empty = answered is not None and answered.text is None and answered.answer is None
        if not recorded.has_answer:
            if schema is not None and not (answered is not None and empty and recorded.text is None):
                self._no_json(recorded.text)
            return
        there = self._shapes.look(True if schema is None else schema, recorded.answer)
        for each in there.findings:
            self._note(each.kind, each.where, each.found, each.expected)
        if answered is None:
            return
        if answered.text is not None or empty:
            self._note("not-json", "$", "JSON", _text(answered.text))
            return
        here = self._shapes.look(True if schema is None else schema, answered.answer)
        for where, types, others in _unlike(there, here):
            self._note("type-change", where, types, others)

    def _no_json(self, text: str | None) -> None:
        # A gateway before the API answers with pages of its own; nobody reads those as answers.
        gateway = self._recorded.status >= _GATEWAY
        self._note("not-json", "$", _text(text), "JSON", "note" if gateway else None)


def _family(status: int) -> int:
    """Success is one family; of all else each status is its own."""
    return 200 if 200 <= status < 300 else status


def _is_found(status: int, answer: Any) -> bool:
    """Whether an answer tells of somebody; ``errors`` in a success tell that nobody was found."""
    return _family(status) == 200 and not (isinstance(answer, dict) and "errors" in answer)


def _is_standing(status: int) -> bool:
    return status in _STANDING or status >= _GATEWAY


def _text(text: str | None) -> str:
    return "no body" if text is None else f"text {shorten(text)}"


def _unlike(there: ValueShape, here: ValueShape) -> Iterable[tuple[str, str, str]]:
    """Places that both answers have, of types that have nothing in common, and that the contract does not
    both allow."""
    for where in there.types.keys() & here.types.keys():
        one, other = _numbers(there.types[where]), _numbers(here.types[where])
        allowed = both(there.allowed[where], here.allowed[where])
        open_ = allowed is not None and one | other <= _numbers(allowed)
        if not one & other and not open_:
            yield where, " or ".join(sorted(one)), " or ".join(sorted(other))


def _numbers(types: Iterable[str]) -> set[str]:
    """The types, where any number is a number: 1 and 1.5 are values."""
    return {"number" if each == "integer" else each for each in types}

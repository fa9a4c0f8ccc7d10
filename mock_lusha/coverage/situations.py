"""Situations that code meets at the API, how each is recognised, whom it concerns, and its line of pytest.

The list is our decision: what breaks integrations, the dearest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_lusha.coverage import lines, marks
from mock_lusha.scenario.model import FAULTS
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mock_lusha.contract.document import Operation
    from mock_lusha.coverage.surface import Surface
    from mock_lusha.state.coverage import Tally

_CUT: Final = frozenset(name for name in FAULTS if name.startswith("cut-"))
_PEOPLE: Final = frozenset({"person-id", "linkedin", "email", "full-name"})


@frozen
class Situation:
    """A situation: ``what`` it is in words. It is tried where a call ended with one of ``errors`` or with a
    status in ``statuses`` (of operations that ``counts`` takes), or where a tally has one of ``marks``. It
    concerns whoever calls an operation that ``concerns`` takes; ``line`` makes the line for one of them."""

    name: str
    what: str
    concerns: Callable[[Surface], bool]
    line: Callable[[Surface], str | None]
    errors: frozenset[str] = frozenset()
    statuses: range = range(0)
    marks: tuple[str, ...] = ()
    counts: Callable[[Operation], bool] = lambda _: True

    def times(self, tally: Tally, operations: Callable[[str], Operation | None]) -> int:
        """How often it was tried."""
        count = sum(tally.marks[name] for name in self.marks)
        for (name, status, error), times in tally.outcomes.items():
            if error in self.errors or status in self.statuses:
                operation = None if name is None else operations(name)
                count += times if operation is None or self.counts(operation) else 0
        return count

    def line_for(self, surfaces: Iterable[Surface]) -> str | None:
        """Its line, for the first of the operations that it concerns and that has one; None where it
        concerns none of them."""
        return next(
            (line for surface in surfaces if self.concerns(surface) and (line := self.line(surface))), None
        )


def _answers(*statuses: int) -> Callable[[Surface], bool]:
    return lambda surface: not {*statuses}.isdisjoint(surface.statuses)


def _fails(error: str) -> Callable[[Surface], str]:
    return lambda surface: lines.failing(surface.operation.id, error)


def _steps(step: str) -> Callable[[Surface], str]:
    return lambda surface: lines.rule(surface.operation.id, step)


def _looks_up(surface: Surface) -> bool:
    """Whether it answers for those whom the request identifies: a list of them, or one in a query."""
    operation = surface.operation
    identifiers, price = operation.identifiers or {}, operation.price or {}
    tells_of_each = operation.bulk is not None or any(place.startswith("query.") for place in identifiers)
    return bool(identifiers) and tells_of_each and price.keys().isdisjoint({"free", "results"})


def _looks_up_people(surface: Surface) -> bool:
    kinds = (surface.operation.identifiers or {}).values()
    return _looks_up(surface) and not _PEOPLE.isdisjoint(kinds)


def _has_window(surface: Surface) -> bool:
    return surface.operation.window is not None


def _has_no_window(operation: Operation) -> bool:
    return operation.window is None


def _any(_: Surface) -> bool:
    return True


def _reveals(surface: Surface) -> bool:
    return _looks_up_people(surface) and "reveal" in (surface.operation.price or {})


def _revealed_twice(surface: Surface) -> str | None:
    """Only somebody who can be named in a line can be revealed twice in it."""
    kinds = {*(surface.operation.identifiers or {}).values()}
    if kinds.isdisjoint({"email"}):
        return None
    query = surface.query.children
    reveal = {name: True for name in (surface.operation.price or {})["reveal"].values() if name in query}
    once = lines.call(surface, query={"email": "jane.doe@acme.com", **reveal} if query else None)
    return lines.twice(once)


def _last_page(surface: Surface) -> str | None:
    total = surface.total()
    return None if total is None else lines.rule(surface.operation.id, f"patch({_at(total, 1)})")


def _no_results(surface: Surface) -> str | None:
    total, rows = surface.total(), surface.rows()
    if total is None or rows is None:
        return None
    patch = f"{{{lines.literal(rows)}: [], {_at(total, 0)[1:]}"
    return lines.rule(surface.operation.id, f"patch({patch})")


def _at(place: tuple[str, ...], value: int) -> str:
    """A merge patch that puts a number at a place."""
    text = str(value)
    for name in reversed(place):
        text = f"{{{lines.literal(name)}: {text}}}"
    return text


def _runs_columns(surface: Surface) -> bool:
    return "{column_id}" in surface.operation.path and surface.operation.bulk is not None


def _handled_by(*handlers: str) -> Callable[[Surface], bool]:
    return lambda surface: surface.operation.handler in handlers


def _retires(surface: Surface) -> bool:
    return surface.operation.retires


_RECEIVE: Final = "lusha.webhooks.deliver_to(lambda method, url, headers, body: {status})"

_EXAM: Final = "lusha.webhooks.exam(lambda method, url, headers, body: 401)"
"""In the place of the function stands the application that is to pass."""

SITUATIONS: Final = (
    Situation(
        "credits-used-up", "402: the credits are used up",
        _answers(402), _fails("insufficient-credits"), frozenset({"insufficient-credits"}), range(402, 403),
    ),
    Situation(
        "too-many-a-second", "429: too many requests in a second",
        _answers(429), _fails("too-many-requests"), frozenset({"too-many-requests"}),
    ),
    Situation(
        "server-error", "5xx: the server fails",
        _answers(500), _fails("server-error"), statuses=range(500, 600),
    ),
    Situation(
        "no-answer", "no answer: the connection is cut, or a timeout ends the call",
        _any, _steps("cut()"), _CUT | {"client-timeout"},
    ),
    Situation(
        "partial-bulk", "a bulk in which some are found and some are not",
        lambda surface: _looks_up(surface) and surface.operation.bulk is not None, lines.mixed,
        marks=(marks.PARTIAL,),
    ),
    Situation(
        "nothing-found", "nobody of those looked up is found",
        _looks_up, _steps('outcome("not-found")'), marks=(marks.NOTHING_FOUND,),
    ),
    Situation(
        "restricted", "somebody is withheld by law or for compliance (451, COMPLIANCE_RESTRICTED)",
        _looks_up_people, _steps('outcome("gdpr")'), frozenset({"gdpr"}), marks=(marks.RESTRICTED,),
    ),
    Situation(
        "revealed-again", "details are revealed again, for nothing",
        _reveals, _revealed_twice, marks=(marks.REVEALED_AGAIN,),
    ),
    Situation(
        "hourly-limit", "429: the limit of an hour is reached",
        _answers(429), _fails("hourly-limit"), frozenset({"hourly-limit"}),
    ),
    Situation(
        "daily-limit", "429: the limit of a day is reached",
        _answers(429), _fails("daily-quota"), frozenset({"daily-quota"}),
    ),
    Situation(
        "minute-limit", "429: the limit of a minute is reached",
        lambda surface: _answers(429)(surface) and not _has_window(surface), _fails("minute-limit"),
        frozenset({"minute-limit"}), counts=_has_no_window,
    ),
    Situation(
        "own-limit", "429: the limit that an operation has of its own is reached",
        _has_window, _fails("minute-limit"), frozenset({"minute-limit"}),
        counts=lambda operation: operation.window is not None,
    ),
    Situation(
        "malformed-answer", "an answer that cannot be read",
        _any, _steps("garble()"), frozenset(FAULTS) - _CUT,
    ),
    Situation("slow-answer", "an answer that comes late", _any, _steps("delay(0.01)"), marks=(marks.SLOW,)),
    Situation(
        "no-results", "a search without results",
        lambda surface: surface.pages, _no_results, marks=(marks.NO_RESULTS,),
    ),
    Situation(
        "last-page", "the last page of a search",
        lambda surface: surface.pages, _last_page, marks=(marks.LAST_PAGE,),
    ),
    Situation(
        "invalid-key", "401: the key is not known",
        _answers(401), _fails("unauthorized"), frozenset({"unauthorized"}),
    ),
    Situation(
        "no-key", "401: no key is sent",
        _answers(401), _fails("no-api-key"), frozenset({"no-api-key"}),
    ),
    Situation(
        "retired", "version 2 is gone (410), or announces its end",
        _retires, _fails("retired"), frozenset({"retired"}), marks=(marks.DEPRECATED,),
    ),
    Situation(
        "job-pending", "a job of other sources is not done yet",
        _handled_by("jobs"), _steps('reply(200, {"status": "processing"})'), marks=(marks.JOB_PENDING,),
    ),
    Situation(
        "failed-cells", "cells of a table fail when they are run",
        _runs_columns, _steps('cells("failed")'), marks=(marks.FAILED_CELLS,),
    ),
    Situation(
        "delivered", "something happens to a subscribed entity, and the webhook arrives",
        _handled_by("subscriptions"), lambda _: _RECEIVE.format(status=200), marks=(marks.DELIVERED,),
    ),
    Situation(
        "delivery-retried", "a webhook is refused by its receiver, and is to be sent again",
        _handled_by("subscriptions"), lambda _: _RECEIVE.format(status=500), marks=(marks.DELIVERY_RETRIED,),
    ),
    Situation(
        "receiver-examined", "a receiver of webhooks is examined: forged, repeated and old deliveries",
        _handled_by("subscriptions"), lambda _: _EXAM, marks=(marks.RECEIVER_EXAMINED,),
    ),
)  # fmt: skip
"""All situations, those first whose tests are most worthwhile."""

"""Reads the response of a rule: what happens to a call."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from mock_lusha.errors import BODILESS, shorten
from mock_lusha.scenario import values
from mock_lusha.scenario.fields import (
    DELAY_FIELDS,
    HEADER_NAME,
    LOGNORMAL_FIELDS,
    MOST_BYTES_PER_SECOND,
    RESPOND_FIELDS,
)
from mock_lusha.scenario.model import CELL_OUTCOMES, DELIVERY_FAULTS, FAULTS, OUTCOMES, UNSET, Delay, Respond

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.scenario.facts import Facts
    from mock_lusha.scenario.reader import Reader
    from mock_lusha.yamlfile import SourcePlace

T = TypeVar("T")

_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})


class ResponseReader:
    """Reads what stands under ``respond``."""

    def __init__(self, reader: Reader, facts: Facts) -> None:
        self._reader = reader
        self._facts = facts

    def respond(self, place: SourcePlace) -> Respond:
        """What happens to a call; that it makes no sense together is a mistake."""
        if not isinstance(place.value, dict):
            return Respond(error=self._reader.attempt(lambda: values.error_name(place), None))
        fields = self._reader.fields(place, "respond", RESPOND_FIELDS)
        if not fields and not place.value:
            self._reader.fail(place, f"respond says what happens: one of {', '.join(RESPOND_FIELDS)}")

        def read(name: str, parse: Callable[[SourcePlace], T], otherwise: T) -> T:
            if name not in fields:
                return otherwise
            return self._reader.attempt(lambda: parse(fields[name]), otherwise)

        respond = Respond(
            error=read("error", values.error_name, None),
            status=read("status", self._status, None),
            headers=read("headers", self._headers, ()),
            body=read("body", values.json_value, UNSET),
            content_type=read("content_type", values.header_value, None),
            delay=read("delay", self._delay, None),
            bytes_per_second=read(
                "bytes_per_second", lambda p: p.whole("bytes_per_second", 1, MOST_BYTES_PER_SECOND), None
            ),
            fault=read("fault", lambda p: FAULTS[values.word(p, "fault", FAULTS)], None),
            patch=read("patch", values.json_value, UNSET),
            drain=read("drain", values.drain, None),
            spend=read("spend", values.windows, ()),
            erase=read("erase", lambda p: p.whole("erase", 1, 1_000), 0),
            outcome=read("outcome", lambda p: OUTCOMES[values.word(p, "outcome", OUTCOMES)], None),
            cells=read("cells", lambda p: CELL_OUTCOMES[values.word(p, "cells", CELL_OUTCOMES)], None),
            deliver=read(
                "deliver", lambda p: DELIVERY_FAULTS[values.word(p, "deliver", DELIVERY_FAULTS)], None
            ),
        )
        self._check_agreement(fields, respond)
        return respond

    def _check_agreement(self, fields: dict[str, SourcePlace], respond: Respond) -> None:
        """Note what makes no sense together."""
        replaced = "error" if "error" in fields else "status" if "status" in fields else None
        for name in ("body", "content_type"):
            if name in fields and "status" not in fields:
                self._reader.fail(fields[name], f"{name} goes with status: there is none to send it with")
        if "error" in fields and "status" in fields:
            self._reader.fail(
                fields["status"], "error and status exclude each other: an error has its own status"
            )
        for name in ("patch", "erase", "outcome", "cells"):
            if name in fields and replaced is not None:
                self._reader.fail(
                    fields[name], f"{name} is about the real answer, and {replaced} takes its place"
                )
        for name in ({"outcome", "deliver"} & fields.keys()) if len(fields) > 1 else ():
            self._reader.fail(fields[name], f"{name} stands alone; the rest goes into a rule of its own")
        if respond.status in BODILESS and respond.body is not UNSET:
            self._reader.fail(fields["body"], f"an answer with status {respond.status} has no body")
        if respond.fault not in {None, "cut-before-headers"} and respond.status is not None:
            if respond.status in BODILESS:
                self._reader.fail(
                    fields["fault"], f"an answer with status {respond.status} has no body to break"
                )
            elif respond.body is UNSET and respond.fault not in {"wrong-content-type", "empty-body"}:
                self._reader.fail(
                    fields["fault"], f"{respond.fault} needs a body to break; the status has none"
                )
            elif respond.fault in {"truncated-json", "malformed-json"} and not isinstance(
                respond.body, dict | list | str
            ):
                self._reader.fail(
                    fields["fault"], f"{respond.fault} needs an object, a list or a text to break"
                )
        if respond.fault == "cut-before-headers" and "bytes_per_second" in fields:
            self._reader.fail(
                fields["bytes_per_second"], "nothing is sent when the connection is cut before headers"
            )

    def _status(self, place: SourcePlace) -> int:
        status = place.whole("status", 200, 599)
        if status not in self._facts.statuses:
            near = min(self._facts.statuses, key=lambda other: (abs(other - status), other))
            raise place.error(f"no HTTP status is {status}: did you mean {near}?")
        return status

    def _headers(self, place: SourcePlace) -> tuple[tuple[str, str], ...]:
        headers = []
        for name, value in self._reader.entries(place, "headers", "a header").items():
            if re.fullmatch(HEADER_NAME, name) is None:
                self._reader.fail(value, f"no header can be called {shorten(name)!r}")
            elif name.lower() in _FRAMING:
                self._reader.fail(value, f"{name} is the server's own; for a broken answer see fault")
            elif name.lower() == "content-type":
                self._reader.fail(value, "the content type is set by content_type")
            else:
                headers.append((name, self._reader.attempt(partial(values.header_value, value), "")))
        return tuple(headers)

    def _delay(self, place: SourcePlace) -> Delay:
        if not isinstance(place.value, dict):
            return Delay("fixed", values.seconds(place, "delay"))
        fields = self._reader.fields(place, "a delay", DELAY_FIELDS)
        if len(fields) != 1:
            raise place.error("a delay is a number of seconds, or one of fixed, uniform, lognormal")
        ((kind, value),) = fields.items()
        if kind == "fixed":
            return Delay("fixed", values.seconds(value, "fixed"))
        if kind == "uniform":
            ends = value.items("uniform")
            if len(ends) != 2:
                raise value.error("uniform is a list of two: the least and the most seconds")
            least, most = (values.seconds(end, "an end of uniform") for end in ends)
            if least > most:
                raise value.error(f"uniform is from the least to the most seconds, not {least} to {most}")
            return Delay("uniform", least, most)
        middle = self._reader.fields(value, "lognormal", LOGNORMAL_FIELDS)
        if set(middle) != set(LOGNORMAL_FIELDS):
            raise value.error("lognormal takes p50 and p99: seconds that 50 and 99 of 100 stay below")
        p50, p99 = (values.seconds(middle[name], name) for name in LOGNORMAL_FIELDS)
        if not 0 < p50 < p99:
            raise value.error(f"lognormal needs 0 < p50 < p99, not p50 {p50} and p99 {p99}")
        return Delay("lognormal", p50, p99)

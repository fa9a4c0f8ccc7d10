"""Checks of requests against the contract.

One compiled validator a kind of input answers in microseconds; findings are made (see ``findings``) only
where it says no. Unknown properties are findings of their own: whether they are refused is up to ``strict``.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from mock_lusha.errors import MOST_DETAILS, Detail, alike, shorten
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_lusha.contract.document import Contract, Operation
    from mock_lusha.contract.findings import Finding, Walk

# What a schema may say of a value without asking anything of it beyond its type.
_TYPE_ALONE = frozenset({"type", "default", "description", "example", "examples"})


@frozen
class Findings:
    """What is wrong with an input, and which of its properties nobody knows: the first of each."""

    errors: tuple[Detail, ...] = ()
    unknown: tuple[Detail, ...] = ()

    def __add__(self, other: Findings) -> Findings:
        return Findings(self.errors + other.errors, self.unknown + other.unknown)


class InputCheck:
    """Checks values against one schema of a contract, compiled at first use."""

    def __init__(self, contract: Contract, schema: Mapping[str, Any]) -> None:
        self._contract = contract
        self._schema = schema
        self._validator: Any = None

    def findings(self, value: Any) -> Findings | None:
        """None when nothing is to be said; else at most the first 20 errors and unknown properties."""
        try:
            if self._validator is None:
                self._validator = self._closed.validator(self._schema)
            if self._validator.is_valid(value):
                return None
            # Looked for apart: properties that nobody minds must not hide an error that makes it a 400.
            errors = [finding.detail for finding in self._first(self._open, value)]
            unknown = [finding.detail for finding in self._first(self._closed, value) if finding.unknown]
        except ValueError as problem:
            # The validator's own bounds, on depth for instance.
            reason = "it is nested too deeply" if "Recursion" in str(problem) else str(problem)
            return Findings((Detail(f"the body cannot be checked: {reason}"),))
        if not errors and not unknown:
            errors = [Detail("the body is not valid")]
        return Findings(_unique(errors), _unique(unknown))

    @cached_property
    def _closed(self) -> Walk:
        from mock_lusha.contract.findings import Walk  # noqa: PLC0415 - a server starts without

        return Walk(self._contract, closed=True)

    @cached_property
    def _open(self) -> Walk:
        from mock_lusha.contract.findings import Walk  # noqa: PLC0415

        return Walk(self._contract, closed=False)

    def _first(self, walk: Walk, value: Any) -> Iterable[Finding]:
        return islice(walk.findings(self._schema, value), MOST_DETAILS)


def body_check(contract: Contract, operation: Operation) -> InputCheck | None:
    """The check of an operation's body, None if it takes none."""
    return None if operation.body is None else InputCheck(contract, operation.body)


def _unique(details: Iterable[Detail]) -> tuple[Detail, ...]:
    return tuple(dict.fromkeys(details))[:MOST_DETAILS]


_PYTHON_TYPES: Mapping[str, type] = {"string": str, "boolean": bool}


_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)


class QueryCheck:
    """Reads and checks the query string of one operation.

    Lists may be written ``a=1&a=2``, ``a[]=1`` or ``a=1,2`` (without ``commas`` a comma is part of a value);
    booleans and whole numbers are text. A parameter sent empty counts as not sent, and of a repeated single
    value the last counts.
    """

    def __init__(self, contract: Contract, operation: Operation, *, commas: bool = True) -> None:
        self._commas = commas
        self._parameters = {p["name"]: p for p in operation.parameters if p["in"] == "query"}
        properties = {name: contract.resolve(p["schema"]) for name, p in self._parameters.items()}
        self._kinds = {name: schema.get("type") for name, schema in properties.items()}
        self._typed = {
            name: _PYTHON_TYPES[schema["type"]]
            for name, schema in properties.items()
            if schema.get("type") in _PYTHON_TYPES and schema.keys() <= _TYPE_ALONE
        }
        self._check = InputCheck(contract, {"type": "object", "properties": properties})

    def read(self, pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, Any], Findings]:
        """Values by parameter and what is wrong with them."""
        values: dict[str, Any] = {}
        unknown: list[Detail] = []
        for raw, text in pairs:
            name = raw.removesuffix("[]")
            kind = self._kinds.get(name)
            if kind is None:
                if len(unknown) < MOST_DETAILS:
                    message = f"property {shorten(raw)} should not exist"
                    unknown.append(Detail(message, nearest=alike(name, self._parameters)))
            elif kind == "array":
                parts = text.split(",") if self._commas else (text,)
                values.setdefault(name, []).extend(part.strip() for part in parts if part.strip())
            elif text.strip() == "":
                continue
            elif kind == "boolean":
                values[name] = {"true": True, "false": False, "1": True, "0": False}.get(
                    text.strip().lower(), text
                )
            elif kind == "integer" and _WHOLE.fullmatch(text.strip()):
                values[name] = int(text)
            else:
                values[name] = text
        findings = None if self._is_well(values) else self._check.findings(values)
        if unknown:
            findings = (findings or Findings()) + Findings(unknown=_unique(unknown))
        return values, findings or Findings()

    def _is_well(self, values: Mapping[str, Any]) -> bool:
        """Whether all values have the type that is all that is asked of them; others take the validator."""
        return all(isinstance(value, self._typed.get(name, ())) for name, value in values.items())

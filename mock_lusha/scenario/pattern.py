"""Regular expressions of scenarios. They run on RE2, whose time grows with the text and never explodes: the
patterns that people write must not hold up a server for others."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import MockLushaError

if TYPE_CHECKING:
    from mock_lusha.scenario.budget import StepBudget

LONGEST: Final = 1_000
"""Characters of a pattern, and of a JSON path."""
_MEMORY: Final = 1 << 20
"""Bytes that a compiled pattern and its caches may take."""
_PAIRS_A_STEP: Final = 400
"""Characters times instructions for a step of a budget: RE2 needs some ten nanoseconds a pair at worst."""
_COMPILED: Final = 256


class PatternError(MockLushaError):
    """A regular expression cannot be used; the message says why."""


class Pattern:
    """A regular expression in RE2's syntax: without look-around and back-references; ``\\w``, ``\\d`` and
    ``\\s`` are ASCII, ``\\pL`` is any letter.

    Raises:
        PatternError: the text is too long, no regular expression, or one that RE2 does not run.
    """

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._compiled = _compiled(text)

    def found_in(self, value: str, budget: StepBudget) -> bool:
        """Whether it matches somewhere in a text.

        Raises:
            OverBudgetError: the text is too long for what is left of the budget.
        """
        content = self._paid(value, budget)
        return self._compiled.search(content) is not None

    def matches_all_of(self, value: str, budget: StepBudget) -> bool:
        """Whether it matches a text from its first to its last character; raises as ``found_in`` does."""
        content = self._paid(value, budget)
        return self._compiled.fullmatch(content) is not None

    def _paid(self, value: str, budget: StepBudget) -> bytes:
        content = value.encode("utf-8", "replace")
        budget.spend(1 + len(content) * self._compiled.programsize // _PAIRS_A_STEP)
        return content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


@lru_cache(_COMPILED)
def _compiled(text: str) -> Any:
    import re2  # noqa: PLC0415 - for scenarios with patterns alone

    if len(text) > LONGEST:
        raise PatternError(f"it has {len(text)} characters, and may have {LONGEST}")
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.never_capture = True
    try:
        return re2.compile(text, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise PatternError(_why(error)) from None


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeEncodeError):
        return "it holds half a surrogate pair"
    said = error.args[0] if error.args else ""
    why = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    unknown = "perl operator" in why or "escape sequence" in why
    hint = "; look-around, back-references and \\Z are not there (RE2), \\z is the end" if unknown else ""
    return f"{why}{hint}"

"""JSON paths (RFC 9535) into request bodies: read by a library, run within a budget.

The library has no bound of its own, and a path such as ``$..*..*..*`` visits what grows exponentially with
the depth of a body. It looks into objects and lists by iterating over them and nothing else; so it is given
ones that count.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from iregexp_check import check as is_i_regexp
from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535.filter_expressions import StringLiteral
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction

from mock_lusha.errors import MockLushaError
from mock_lusha.scenario.pattern import LONGEST, Pattern, PatternError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.scenario.budget import StepBudget

_PATTERN_FUNCTIONS: Final = ("match", "search")
# Functions of the library are given values alone: the budget of the call travels beside them.
_BUDGET: ContextVar[StepBudget] = ContextVar("budget of JSON paths")


class JSONPathTextError(MockLushaError):
    """A text is not a JSON path that can be used; the message says why."""


class JSONPath:
    """A compiled JSON path.

    Raises:
        JSONPathTextError: the text is too long, no JSON path, or one whose patterns cannot be used.
    """

    __slots__ = ("_query", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > LONGEST:
            raise JSONPathTextError(f"it has {len(text)} characters, and may have {LONGEST}")
        try:
            self._query = _Environment().compile(text)
        except PatternError as error:
            raise JSONPathTextError(str(error)) from None
        except JSONPathError as error:
            raise JSONPathTextError(str(error).partition(", line")[0]) from None
        except RecursionError:
            raise JSONPathTextError("it is nested too deeply") from None

    def values(self, document: Any, budget: StepBudget) -> list[Any]:
        """What it finds in a JSON document; nothing where that is nested over 100 levels deep.

        Raises:
            OverBudgetError: it visits more values than the budget has steps left.
        """
        token = _BUDGET.set(budget)
        try:
            return list(self._query.find(_counted(document, budget)).values())
        except (JSONPathError, RecursionError):
            return []  # the contract refuses such a body
        finally:
            _BUDGET.reset(token)


class _Environment(JSONPathEnvironment):
    """The library's way to read paths, with functions for patterns that end."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in _PATTERN_FUNCTIONS:
            self.function_extensions[name] = _PatternFunction(whole=name == "match")

    def check_well_typedness(self, token: Any, func: FilterFunction, args: list[Any]) -> None:
        super().check_well_typedness(token, func, args)
        if isinstance(func, _PatternFunction):
            # A pattern out of a body would be somebody else's, read anew for every value.
            if not isinstance(args[1], StringLiteral):
                raise PatternError(f"the pattern of {token.value}() is a text in quotes")
            try:
                func.pattern(args[1].value)
            except PatternError as error:
                raise PatternError(f"the pattern of {token.value}(): {error}") from None


class _PatternFunction(FilterFunction):
    """``match`` (``whole``) or ``search`` on an engine that takes linear time."""

    arg_types: Final = [ExpressionType.VALUE, ExpressionType.VALUE]
    return_type: Final = ExpressionType.LOGICAL

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole

    def __call__(self, value: object, text: str) -> bool:
        if not isinstance(value, str):
            return False
        pattern, budget = self.pattern(text), _BUDGET.get()
        return pattern.matches_all_of(value, budget) if self._whole else pattern.found_in(value, budget)

    @staticmethod
    def pattern(text: str) -> Pattern:
        """The pattern of an I-Regexp (RFC 9485), in which a dot is neither end of a line."""
        if len(text) <= LONGEST and not is_i_regexp(text):
            raise PatternError(f"{text!r} is not an I-Regexp (RFC 9485)")
        return Pattern("".join(_dots_replaced(text)))


def _dots_replaced(text: str) -> Iterator[str]:
    in_class = after_backslash = False
    for letter in text:
        if after_backslash:
            after_backslash = False
        elif letter == "\\":
            after_backslash = True
        elif letter == "." and not in_class:
            yield r"[^\r\n]"
            continue
        else:
            in_class = letter == "[" or (in_class and letter != "]")
        yield letter


def _counted(value: Any, budget: StepBudget) -> Any:
    if isinstance(value, dict):
        return _CountedObject(value, budget)
    return _CountedList(value, budget) if isinstance(value, list) else value


class _CountedObject(dict[str, Any]):
    """An object of a body whose visits are counted."""

    __slots__ = ("_budget",)

    def __init__(self, value: dict[str, Any], budget: StepBudget) -> None:
        budget.spend(1 + len(value) // 100)  # the copy
        super().__init__(value)
        self._budget = budget

    def items(self) -> Any:
        for name, value in super().items():
            self._budget.spend(1)
            yield name, _counted(value, self._budget)

    def __getitem__(self, name: str) -> Any:
        return _counted(super().__getitem__(name), self._budget)


class _CountedList(list[Any]):
    """The same for a list."""

    __slots__ = ("_budget",)

    def __init__(self, value: list[Any], budget: StepBudget) -> None:
        budget.spend(1 + len(value) // 100)  # the copy
        super().__init__(value)
        self._budget = budget

    def __iter__(self) -> Iterator[Any]:
        for value in super().__iter__():
            self._budget.spend(1)
            yield _counted(value, self._budget)

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        if isinstance(at, slice):
            self._budget.spend(1 + len(found))
            return [_counted(value, self._budget) for value in found]
        return _counted(found, self._budget)

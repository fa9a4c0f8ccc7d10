"""Places for JSON that came by the control API, so that mistakes in it are named by their path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import DataFileError, shorten
from mock_lusha.yamlfile import MOST_DEPTH, SourcePlace

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_VALUES: Final = 50_000
"""How many values a body may hold that is read in this way: it is read at one go, which holds up others."""
_LONGEST_NAME: Final = 60
_LONGEST_PATH: Final = 200


def from_json(value: Any, where: str) -> SourcePlace:
    """A JSON value as a place, and so all in it.

    Raises:
        DataFileError: it holds too many values, or is nested too deeply.
    """
    _check_count(value, where)
    return _placed(value, where, 1)


def _check_count(value: Any, where: str) -> None:
    level: Sequence[Any] = (value,)
    count = 0
    while level:
        count += len(level)
        if count > MOST_VALUES:
            raise DataFileError(where, None, f"there are more than {MOST_VALUES} values: send them in parts")
        level = [
            item
            for each in level
            if isinstance(each, dict | list)
            for item in (each.values() if isinstance(each, dict) else each)
        ]


def _placed(value: Any, where: str, depth: int) -> SourcePlace:
    if depth > MOST_DEPTH:
        raise DataFileError(where, None, f"values are nested more than {MOST_DEPTH} deep")
    if isinstance(value, dict):
        made: Any = {
            str(key): _placed(item, _below(where, str(key)), depth + 1) for key, item in value.items()
        }
    elif isinstance(value, list):
        made = [_placed(item, _below(where, str(index)), depth + 1) for index, item in enumerate(value)]
    else:
        made = value
    return SourcePlace(where, None, made)


def _below(where: str, name: str) -> str:
    if len(name) > _LONGEST_NAME or not name.isprintable():
        name = shorten(name, _LONGEST_NAME)
    if len(where) > _LONGEST_PATH:
        return where if where.endswith("…") else f"{where}.…"
    return f"{where}.{name}"

"""A reader of scenario documents that goes on after a mistake, so that all of them are reported at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from mock_lusha.errors import MOST_DETAILS, ConfigError, DataFileError, nearest, shorten
from mock_lusha.scenario import values
from mock_lusha.scenario.fields import NAME, NULLABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.yamlfile import SourcePlace

T = TypeVar("T")


class ScenarioError(ConfigError):
    """A scenario cannot be used; ``errors`` are what is wrong with it, the first ``MOST_DETAILS``."""

    def __init__(self, errors: list[DataFileError]) -> None:
        self.errors = errors
        super().__init__("\n".join(map(str, errors)))


class EnoughError(Exception):
    """There are as many mistakes as are reported."""


class Reader:
    """Reads the fields of mappings, and collects the mistakes that are in them."""

    def __init__(self) -> None:
        self.errors: list[DataFileError] = []

    def fail(self, place: SourcePlace, message: str) -> None:
        """Note a mistake at a place."""
        self.add(place.error(message))

    def add(self, error: DataFileError) -> None:
        """Note a mistake.

        Raises:
            EnoughError: it is the last that is reported.
        """
        # A traceback would refer to everything that is being read, in a cycle.
        error.__traceback__ = None
        self.errors.append(error)
        if len(self.errors) >= MOST_DETAILS:
            raise EnoughError

    def attempt(self, read: Callable[[], T], otherwise: T) -> T:
        """What a function reads; ``otherwise`` if it fails, and its mistake is noted."""
        try:
            return read()
        except DataFileError as error:
            self.add(error)
            return otherwise

    def fields(self, place: SourcePlace, what: str, names: tuple[str, ...]) -> dict[str, SourcePlace]:
        """The entries of a mapping that may have these; any others, and those without value, are mistakes."""
        if not isinstance(place.value, dict):
            self.fail(place, f"{what} is a mapping of {', '.join(names)}, not {values.shown(place)}")
            return {}
        for key, value in place.value.items():
            if key not in names:
                self.fail(value, f"{what} has no {shorten(key)!r}: {nearest(key, names)}")
        for key, value in place.value.items():
            if key in names and value.value is None and key not in NULLABLE:
                self.fail(value, f"{key} of {what} has no value: give it one, or leave it out")
        return {
            key: value
            for key, value in place.value.items()
            if key in names and (value.value is not None or key in NULLABLE)
        }

    def entries(self, place: SourcePlace, what: str, key: str) -> dict[str, SourcePlace]:
        """The entries of a mapping with any keys.

        Raises:
            DataFileError: it is not a mapping, or an empty one.
        """
        if not isinstance(place.value, dict) or not place.value:
            raise place.error(f"{what} is a mapping from {key} to what it must be, not {values.shown(place)}")
        entries: dict[str, SourcePlace] = place.value
        return entries

    def name(self, place: SourcePlace, what: str) -> str:
        """The name of a scenario or rule; empty, with a mistake noted, where it is not one."""
        if isinstance(place.value, str) and re.fullmatch(NAME, place.value):
            return place.value
        self.fail(
            place,
            f"{what} is 1 to 64 lower-case letters, digits, dots, dashes and underscores, "
            f"not {values.shown(place)}",
        )
        return ""

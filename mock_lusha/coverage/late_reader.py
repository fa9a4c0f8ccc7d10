"""The reader of records, imported when the first one is read: a server starts without."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_lusha.contract.registry import Registry
    from mock_lusha.coverage.reading import Reader
    from mock_lusha.coverage.surface import Surfaces
    from mock_lusha.state.coverage import Tally
    from mock_lusha.state.journal import Record


class LateReader:
    """Adds to a tally what a record shows (see ``coverage.reading``)."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @cached_property
    def _reader(self) -> Reader:
        from mock_lusha.coverage.reading import Reader  # noqa: PLC0415 - where coverage is looked at

        return Reader(self._registry)

    @property
    def surfaces(self) -> Surfaces:
        """What can be tried, by operation."""
        return self._reader.surfaces

    def __call__(self, record: Record, tally: Tally) -> None:
        """Read one record."""
        self._reader(record, tally)

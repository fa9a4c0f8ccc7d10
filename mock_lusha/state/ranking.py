"""Why results stand in their order, as the journal keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@frozen
class Ranking:
    """The results of a call with their scores.

    Of ``sent`` seeds ``seeds`` were found. ``total`` could be given, these included, besides those ``given``
    before. ``parts`` are the points of each result by part of the score, of which ``whole`` make a 1.
    """

    sent: int
    seeds: int
    given: int
    total: int
    whole: int
    ids: Sequence[int]
    names: Sequence[str]
    parts: Mapping[str, Sequence[int]]

    def rows(self) -> Iterator[tuple[int, str, dict[str, float]]]:
        """Id, name and the parts of the score of each result."""
        points = zip(*self.parts.values(), strict=True) if self.parts else iter(())
        for id_, name, row in zip(self.ids, self.names, points, strict=True):
            yield id_, name, {part: each / self.whole for part, each in zip(self.parts, row, strict=True)}

"""Who moved after the world's day: the twin of ``generate.events``, of all people by months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from mock_lusha.seeded import begun
from mock_lusha.world import arrays as np
from mock_lusha.world.fast.draws import digests, lanes_in
from mock_lusha.world.generate.events import CHANGE_BELOW, HIGHEST, MOVE_BELOW, months_between
from mock_lusha.world.generate.positions import LADDER
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.signal_lookup import signals_of_person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mock_lusha.world.entities import Person
    from mock_lusha.world.fast.columns import Columns
    from mock_lusha.world.search.criteria import Mask, SignalCriterion
    from mock_lusha.world.world import World

T = TypeVar("T")
_STEPS = {level.id: step for step, level in enumerate(LADDER)}


class SearchedPeople(Protocol):
    """The people of an index by row: those that are pinned, and then the directory's."""

    world: World

    @property
    def columns(self) -> Columns:
        """The people as columns."""

    @property
    def pinned(self) -> list[Person]:
        """The people of the first rows."""

    def employer_domains(self) -> Sequence[str]:
        """The identity domains of companies, by their rows."""

    def remembering(self, make: Callable[[Any, int], T]) -> Callable[[int], T]:
        """A function of the index and a number that remembers its last results."""


class _Moves(NamedTuple):
    """Those of the directory who may move in a month: their rows, and what is drawn of day and kind."""

    rows: Any
    days: Any
    kinds: Any


def moved_later(value: SignalCriterion, world: World, people: Iterable[Person]) -> list[bool]:
    """For each of some people, whether they moved after the world's day as a criterion wants it."""
    kinds, until = value.names, value.until
    since = date.fromordinal(max(value.since.toordinal(), world.as_of.toordinal() + 1))
    return [bool(signals_of_person(world, person, kinds, since, until, later=True)) for person in people]


def later_moves(index: SearchedPeople, value: SignalCriterion) -> Mask:
    """By row, whether somebody moved after the world's day as a criterion wants it."""
    columns, world = index.columns, index.world
    mask = np.zeros(len(columns), dtype=bool)
    mask[: len(index.pinned)] = moved_later(value, world, index.pinned)
    month_moves = index.remembering(_month_moves)
    # Who is promoted is a step further up when the next move comes: months go by in their order.
    steps: dict[int, int] = {}
    for year, month in months_between(world.as_of, value.until):
        first, length = date(year, month, 1).toordinal(), monthrange(year, month)[1]
        moves = month_moves(year * 12 + month - 1)
        levels = columns.levels[moves.rows].tolist()
        rows = zip(moves.rows.tolist(), moves.days.tolist(), moves.kinds.tolist(), levels, strict=True)
        for row, day_lane, kind_lane, level in rows:
            day = first + (day_lane * length >> 16)
            if not world.as_of.toordinal() < day <= value.until.toordinal():
                continue
            step = steps.get(row, _STEPS[level])
            promoted = kind_lane >= CHANGE_BELOW and step < HIGHEST
            steps[row] = step + promoted
            kind = "promotion" if promoted else "companyChange"
            if day >= value.since.toordinal() and (ALL in value.names or kind in value.names):
                mask[row] = True
    return mask


def _month_moves(index: SearchedPeople, at: int) -> _Moves:
    """The moves of a month, which is numbered from the year 0 on."""
    columns, first = index.columns, len(index.pinned)
    year, month = divmod(at, 12)
    firsts, lasts, domains = columns.firsts.folded, columns.lasts.folded, index.employer_domains()
    end = f"\x1f{year}-{month + 1}"
    # Keys are put together, hashed and forgotten: all of them would take a hundred bytes a person.
    keys = (
        f"{firsts[name]}-{lasts[last]}\x1f{domains[company]}{end}".encode("utf-8", "surrogatepass")
        for name, last, company in zip(
            columns.first_ids[first:].tolist(),
            columns.last_ids[first:].tolist(),
            columns.companies[first:].tolist(),
            strict=True,
        )
    )
    whether, days, kinds = lanes_in(digests(begun(index.world.seed, "events"), keys), (0, 1, 2))
    rows = (whether < MOVE_BELOW).nonzero()[0]
    return _Moves(rows + first, days[rows], kinds[rows])

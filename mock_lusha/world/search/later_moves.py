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
    from collections.abc import Callable, Iterable, Iterator, Sequence

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


def moved(value: SignalCriterion, world: World, people: Iterable[Person]) -> list[bool]:
    """For each of some people, whether they moved as a criterion wants it, also by what is pinned."""
    kinds, since, until = value.names, value.since, value.until
    return [
        bool(signals_of_person(world, person, kinds, since, until, later=value.later)) for person in people
    ]


def further_moves(index: SearchedPeople, value: SignalCriterion) -> Mask:
    """By row, whether somebody moved as a criterion wants it in a way that columns do not tell: as it is
    pinned, or after the world's day."""
    columns, world = index.columns, index.world
    mask = np.zeros(len(columns), dtype=bool)
    mask[: len(index.pinned)] = moved(value, world, index.pinned)
    if not value.later or value.until <= world.as_of:
        return mask
    year_moves = index.remembering(_year_moves)
    # Who is promoted is a step further up when the next move comes: months go by in their order.
    steps: dict[int, int] = {}
    for year, month in months_between(world.as_of, value.until):
        first, length = date(year, month, 1).toordinal(), monthrange(year, month)[1]
        moves = year_moves(year)[month - 1]
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


def _year_moves(index: SearchedPeople, year: int) -> list[_Moves]:
    """The moves of each month of a year. Whether somebody moves is one hash a person for all months."""
    first, seed = len(index.pinned), index.world.seed
    rest = f"\x1f{year}".encode()
    everybody = range(first, len(index.columns))
    drawn = digests(begun(seed, "events"), (key + rest for key in _keys(index, everybody)))
    moves = []
    for month, lane in enumerate(lanes_in(drawn, range(12)), 1):
        rows = (lane < MOVE_BELOW).nonzero()[0] + first
        rest = f"\x1f{year}-{month}".encode()
        facts = digests(begun(seed, "event"), (key + rest for key in _keys(index, rows.tolist())))
        moves.append(_Moves(rows, *lanes_in(facts, (0, 1))))
    return moves


def _keys(index: SearchedPeople, rows: Sequence[int]) -> Iterator[bytes]:
    """The keys of people of the directory as they are hashed: put together one by one, since all of them
    would take a hundred bytes a person."""
    columns, domains = index.columns, index.employer_domains()
    firsts, lasts = columns.firsts.folded, columns.lasts.folded
    at = np.array(rows, dtype=np.intp)
    names = zip(
        columns.first_ids[at].tolist(),
        columns.last_ids[at].tolist(),
        columns.companies[at].tolist(),
        strict=True,
    )
    for name, last, company in names:
        yield f"{firsts[name]}-{lasts[last]}\x1f{domains[company]}".encode("utf-8", "surrogatepass")

"""People as columns, so that a search looks at arrays and not at a million objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_lusha.values import frozen
from mock_lusha.world import arrays as np
from mock_lusha.world.fast.backgrounds import Backgrounds
from mock_lusha.world.search.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from mock_lusha.world.entities import Job, Person
    from mock_lusha.world.search.places import Places

POINTS = (
    "email", "work_email", "private_email", "phone", "mobile_phone", "direct_phone", "unknown_phone",
    "no_dnc_phone",
)  # fmt: skip
"""Kinds of details: bit i of the column ``points`` is POINTS[i]."""
_BITS = {name: 1 << index for index, name in enumerate(POINTS)}
EMAIL_BITS = {kind: _BITS["email"] | _BITS[f"{kind}_email"] for kind in ("work", "private")}
"""Kind of email -> the bits of a person who has one."""
PHONE_BITS = {
    kind: _BITS["phone"] | _BITS[name]
    for kind, name in (("mobile", "mobile_phone"), ("direct", "direct_phone"), ("phone", "unknown_phone"))
}
"""Kind of phone -> the bits of a person who has one, but those that tell whether it may be called."""
FREE = _BITS["no_dnc_phone"]
"""Bit of ``points``: one of the phones may be called."""
BARRED = 1 << len(POINTS)
"""Bit of ``points``: one of the phones is not to be called."""
_MANY = 1 << 15
PARTIAL = BARRED << 1
"""Bit of ``points``: there is nothing by which the person could be reached."""
NO_MOVE, PROMOTION, COMPANY_CHANGE = 0, 1, 2
"""Values of ``moves``: the person's last one, on the day of ``starts``."""


def point_bits(person: Person) -> int:
    """The kinds of details a person is known to have, as bits."""
    bits = PARTIAL if person.partial else 0
    for email in person.emails:
        bits |= EMAIL_BITS[email.kind]
    for phone in person.phones:
        bits |= PHONE_BITS[phone.kind] | (BARRED if phone.do_not_call else FREE)
    return bits


def bit_of(point: str) -> int:
    """The bit of a kind of detail, 0 for a word that is not one."""
    return _BITS.get(point, 0)


@frozen
class Columns:
    """One row a person. Arrays: ``companies`` are rows of the searched companies, ``departments`` have bit i
    for the i-th department, ``levels`` are ids, ``starts`` ordinals of days.

    Texts, places and backgrounds are numbered: ``titles`` holds what the numbers in ``title_ids`` stand for,
    ``firsts`` and ``lasts`` the two parts of names, ``backgrounds`` those of ``background_ids``, and
    ``place_ids`` are numbers of all places.
    """

    companies: Any
    departments: Any
    levels: Any
    title_ids: Any
    place_ids: Any
    points: Any
    moves: Any
    starts: Any
    first_ids: Any
    last_ids: Any
    background_ids: Any
    titles: Texts
    firsts: Texts
    lasts: Texts
    backgrounds: Backgrounds

    @classmethod
    def of(
        cls,
        people: Sequence[Person],
        companies: Mapping[str, int],
        departments: Sequence[str],
        places: Places,
        employments: Callable[[Person], Sequence[Job]],
    ) -> Columns:
        """People in the order given; ``companies`` maps identity domains to rows, ``employments`` knows the
        former jobs of a person."""
        # Somebody may be in two departments, so that a number would not do.
        bits = {name: 1 << index for index, name in enumerate(departments)}
        titles: dict[str, int] = {}
        names: dict[str, int] = {}

        def column(values: Sequence[int], kind: Any) -> Any:
            return np.array(values, dtype=kind)

        return cls(
            companies=column([companies[p.key.domain] for p in people], np.int32),
            departments=column([sum(bits[name] for name in p.job.departments) for p in people], np.uint16),
            levels=column([p.job.seniority.id for p in people], np.int8),
            title_ids=column([titles.setdefault(p.job.title, len(titles)) for p in people], np.int32),
            place_ids=column([places.numbers[p.place] for p in people], np.int16),
            points=column([point_bits(p) for p in people], np.int16),
            moves=column([_move(p) for p in people], np.int8),
            starts=column([p.job_start.toordinal() for p in people], np.int32),
            # Full names in one column, since those of pinned people need not be two words.
            first_ids=column([names.setdefault(p.full_name, len(names)) for p in people], np.int32),
            last_ids=column([0] * len(people), np.int32),
            background_ids=column(range(len(people)), np.int16 if len(people) < _MANY else np.int32),
            titles=Texts(list(titles)),
            firsts=Texts(list(names)),
            lasts=Texts([""]),
            backgrounds=Backgrounds.of_people(people, employments),
        )

    def __len__(self) -> int:
        return len(self.levels)

    def reordered(self, order: Any) -> Columns:
        """The same rows, row ``order[i]`` at i."""
        return replace(self, **{name: getattr(self, name)[order] for name in COLUMN_ARRAYS})

    def widened(self) -> Columns:
        """The same rows, with numbers in the form that is looked up fastest, and takes most room."""
        return replace(self, **{name: getattr(self, name).astype(np.intp) for name in _NUMBERS})

    def before(self, others: Columns) -> Generator[int, None, Columns]:
        """These rows, and then others; yields how many those are after each step, between which
        others are served."""
        columns: dict[str, Any] = {}
        # Numbers of these rows move up by as many texts as the others bring.
        for ids, texts in (("title_ids", "titles"), ("first_ids", "firsts"), ("last_ids", "lasts")):
            mine, theirs = getattr(self, texts), getattr(others, texts)
            columns[texts] = Texts([*theirs.shown, *mine.shown], [*theirs.folded, *mine.folded])
            moved = getattr(self, ids) + len(theirs)
            columns[ids] = yield from joining([moved, getattr(others, ids)], len(others))
        backgrounds = others.backgrounds.followed_by(self.backgrounds)
        kind = np.int16 if len(backgrounds) < _MANY else np.int32
        own = self.background_ids.astype(kind) + kind(len(others.backgrounds))
        columns["backgrounds"] = backgrounds
        columns["background_ids"] = yield from joining([own, others.background_ids], len(others))
        for name in set(COLUMN_ARRAYS) - set(columns):
            columns[name] = yield from joining([getattr(self, name), getattr(others, name)], len(others))
        return Columns(**columns)

    def name(self, row: int) -> str:
        """The full name in a row."""
        first, last = self.firsts.shown[self.first_ids[row]], self.lasts.shown[self.last_ids[row]]
        return f"{first} {last}".strip()


COLUMN_ARRAYS = (
    "companies", "departments", "levels", "title_ids", "place_ids", "points", "moves", "starts", "first_ids",
    "last_ids", "background_ids",
)  # fmt: skip
"""The columns that are arrays."""
_JOINED_AT_ONCE = 500_000
"""How many rows of a column are copied in one go."""
_NUMBERS = ("companies", "title_ids", "place_ids", "first_ids", "last_ids")


def joining(parts: Sequence[Any], mark: int) -> Generator[int, None, Any]:
    """Arrays in one, copied in steps between which others are served; yields ``mark`` after each."""
    joined = np.empty(sum(map(len, parts)), dtype=np.result_type(*parts))
    at = copied = 0
    for part in parts:
        for begin in range(0, len(part), _JOINED_AT_ONCE):
            some = part[begin : begin + _JOINED_AT_ONCE]
            joined[at : at + len(some)] = some
            at += len(some)
            if at - copied >= _JOINED_AT_ONCE:
                copied = at
                yield mark
    return joined


def _move(person: Person) -> int:
    if person.previous is None:
        return NO_MOVE
    return PROMOTION if person.previous.domain == person.job.domain else COMPANY_CHANGE

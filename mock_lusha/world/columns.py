"""People as columns, so that a search looks at arrays and not at a million objects."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from mock_lusha.world import arrays as np
from mock_lusha.world.identity import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_lusha.world.entities import Person, Place

POINTS = (
    "email", "work_email", "private_email", "phone", "mobile_phone", "direct_phone", "unknown_phone",
    "no_dnc_phone",
)  # fmt: skip
"""Kinds of details: bit i of the column ``points`` is POINTS[i]."""
_BITS = {name: 1 << index for index, name in enumerate(POINTS)}
_EMAIL_BITS = {"work": _BITS["work_email"], "private": _BITS["private_email"]}
_PHONE_BITS = {
    "mobile": _BITS["mobile_phone"],
    "direct": _BITS["direct_phone"],
    "phone": _BITS["unknown_phone"],
}
BARRED = 1 << len(POINTS)
"""Bit of ``points``: one of the phones is not to be called."""
PARTIAL = BARRED << 1
"""Bit of ``points``: there is nothing by which the person could be reached."""
NO_MOVE, PROMOTION, COMPANY_CHANGE = 0, 1, 2
"""Values of ``moves``: the person's last one, on the day of ``starts``."""


def point_bits(person: Person) -> int:
    """The kinds of details a person is known to have, as bits."""
    bits = PARTIAL if person.partial else 0
    for email in person.emails:
        bits |= _BITS["email"] | _EMAIL_BITS[email.kind]
    for phone in person.phones:
        bits |= _BITS["phone"] | _PHONE_BITS[phone.kind]
        bits |= BARRED if phone.do_not_call else _BITS["no_dnc_phone"]
    return bits


def bit_of(point: str) -> int:
    """The bit of a kind of detail, 0 for a word that is none."""
    return _BITS.get(point, 0)


class Columns:
    """One row a person, in the order given, put into another by ``reordered``.

    ``companies`` maps identity domains to the rows of the searched companies. Texts are numbered: ``titles``
    and ``places`` hold what the numbers in ``title_ids`` and ``place_ids`` stand for.
    """

    def __init__(
        self, people: Iterable[Person], companies: Mapping[str, int], departments: Sequence[str]
    ) -> None:
        numbers = {name: index for index, name in enumerate(departments)}
        titles: dict[str, int] = {}
        places: dict[Place, int] = {}
        company_rows, department_bits = array("i"), array("i")
        levels, title_ids, place_ids = array("b"), array("i"), array("h")
        points, moves, starts = array("h"), array("b"), array("i")
        self.names: list[str] = []
        for person in people:
            company_rows.append(companies[person.key.domain])
            department_bits.append(sum(1 << numbers[name] for name in person.job.departments))
            levels.append(person.job.seniority.id)
            title_ids.append(titles.setdefault(person.job.title, len(titles)))
            place_ids.append(places.setdefault(person.place, len(places)))
            points.append(point_bits(person))
            previous = person.previous
            moves.append(
                NO_MOVE if previous is None
                else PROMOTION if previous.domain == person.job.domain
                else COMPANY_CHANGE
            )  # fmt: skip
            starts.append(person.job_start.toordinal())
            self.names.append(fold(person.full_name))
        self.titles = list(titles)
        self.places = list(places)
        self.departments = list(departments)
        self.company_rows = np.array(company_rows, dtype=np.int32)
        self.department_bits = np.array(department_bits, dtype=np.int32)
        self.levels = np.array(levels, dtype=np.int8)
        self.title_ids = np.array(title_ids, dtype=np.int32)
        self.place_ids = np.array(place_ids, dtype=np.int16)
        self.points = np.array(points, dtype=np.int16)
        self.moves = np.array(moves, dtype=np.int8)
        self.starts = np.array(starts, dtype=np.int32)

    def __len__(self) -> int:
        return len(self.names)

    def reordered(self, order: Any) -> Columns:
        """The same rows, row ``order[i]`` at i."""
        made = object.__new__(Columns)
        made.titles, made.places, made.departments = self.titles, self.places, self.departments
        made.names = [self.names[i] for i in order.tolist()]
        for name in (
            "company_rows", "department_bits", "levels", "title_ids", "place_ids", "points", "moves",
            "starts",
        ):  # fmt: skip
            setattr(made, name, getattr(self, name)[order])
        return made

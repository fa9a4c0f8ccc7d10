"""People of the directory, as far as a page of a search shows them, read from columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mock_lusha.world import arrays as np
from mock_lusha.world.identity import LINKEDIN_MARK
from mock_lusha.world.world import PERSON_IDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.world.search.index import SearchIndex


class PersonRow(NamedTuple):
    """Someone of the directory. ``title``, ``departments``, ``level``, ``place`` and ``company`` are as in
    columns (a number of a text, bits, an id, a number of a place, a row of companies), and so are ``points``
    and ``move``; ``start`` is the ordinal of a day."""

    id: int
    first_name: str
    last_name: str
    linkedin_url: str
    title: int
    departments: int
    level: int
    place: int
    company: int
    points: int
    move: int
    start: int


def person_rows(index: SearchIndex, rows: Sequence[int]) -> list[PersonRow]:
    """Who is in rows of the directory's people."""
    columns = index.columns
    at = np.array(rows, dtype=np.intp)
    firsts, lasts = columns.firsts, columns.lasts
    # One gather a column for the whole page: reading an array item by item takes ten times as long.
    people = zip(
        index.numbers_of(at), columns.first_ids[at].tolist(), columns.last_ids[at].tolist(), strict=True
    )
    others = zip(
        *(
            column[at].tolist()
            for column in (
                columns.title_ids, columns.departments, columns.levels, columns.place_ids, columns.companies,
                columns.points, columns.moves, columns.starts,
            )
        ),
        strict=True,
    )  # fmt: skip
    return [
        PersonRow(
            PERSON_IDS[0] + index.person_ids.forward(number),
            firsts.shown[first],
            lasts.shown[last],
            f"https://www.linkedin.com/in/{LINKEDIN_MARK}{firsts.folded[first]}-{lasts.folded[last]}-{number}",
            *rest,
        )
        for (number, first, last), rest in zip(people, others, strict=True)
    ]

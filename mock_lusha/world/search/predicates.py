"""What people can be searched for: one registry of predicates, as ``company_predicates`` is of companies.

Fields are joined by AND, the values of a field by OR; excluding a value leaves out what including it keeps.
Case and accents never matter; a value nobody knows matches nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.values import frozen
from mock_lusha.world import arrays as np
from mock_lusha.world.fast.columns import COMPANY_CHANGE, PROMOTION, bit_of
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.identity import fold
from mock_lusha.world.search.criteria import terms_of, words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.world.fast.columns import Columns
    from mock_lusha.world.search.criteria import Mask, SignalCriterion, Terms
    from mock_lusha.world.search.place_criterion import PlaceCriterion
    from mock_lusha.world.search.places import Places
    from mock_lusha.world.world import World


@frozen
class SearchWorld:
    """What a predicate may need besides the entity: the world, groupings by country code, the departments in
    the order of their bits, and all places."""

    world: World
    groupings: Mapping[str, str]
    departments: Sequence[str]
    places: Places


# Contacts: columns, values -> mask


def _departments(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    names = {fold(str(value)) for value in values}
    bits = sum(1 << i for i, name in enumerate(search_world.departments) if fold(name) in names)
    return (columns.departments & bits) != 0


def _seniority(columns: Columns, values: Sequence[int], search_world: SearchWorld) -> Mask:
    mask = np.zeros(len(columns), dtype=bool)
    for value in values:
        if 0 <= value < 100:
            mask |= columns.levels == value
    return mask


def _points(columns: Columns, values: Sequence[str] | Terms, search_world: SearchWorld) -> Mask:
    terms = terms_of(values)
    wanted = [bit_of(value.strip().lower()) for value in terms.values]
    bits = 0
    for bit in wanted:
        bits |= bit
    if not terms.every:
        return (columns.points & bits) != 0
    return (columns.points & bits == bits) if all(wanted) else np.zeros(len(columns), dtype=bool)


def _contact_places(columns: Columns, values: Sequence[PlaceCriterion], search_world: SearchWorld) -> Mask:
    return search_world.places.matching(values)[columns.place_ids]


def _titles(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    mask = np.zeros(len(columns.titles), dtype=bool)
    for value in values:
        words = fold(value).split("-")
        if words != [""]:
            mask |= columns.titles.having(words)
    return mask[columns.title_ids]


def _exact_titles(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    return columns.titles.among({fold(value) for value in values})[columns.title_ids]


def _contact_signal(columns: Columns, value: SignalCriterion, search_world: SearchWorld) -> Mask:
    mask = np.zeros(len(columns), dtype=bool)
    for move, name in ((PROMOTION, "promotion"), (COMPANY_CHANGE, "companyChange")):
        if name in value.names or ALL in value.names:
            mask |= columns.moves == move
    mask &= columns.starts >= value.since.toordinal()
    mask &= columns.starts <= value.until.toordinal()
    return mask


def contact_word(columns: Columns, word: str, companies: Mask, search_world: SearchWorld) -> Mask:
    """Rows of people where a folded word begins a word of the name, title, department, company or place;
    ``companies`` are those, by row, whose names have such a word."""
    bits = sum(1 << i for i, name in enumerate(search_world.departments) if words_in([word], fold(name)))
    mask = (columns.departments & bits) != 0
    for ids, matching in (
        (columns.first_ids, columns.firsts.begun_by(word)),
        (columns.last_ids, columns.lasts.begun_by(word)),
        (columns.title_ids, columns.titles.begun_by(word)),
        (columns.place_ids, search_world.places.texts.begun_by(word)),
        (columns.companies, companies),
    ):
        if matching.any():
            mask |= matching[ids]
    return mask


CONTACT_PREDICATES: Mapping[str, Callable[[Columns, Any, SearchWorld], Any]] = {
    "departments": _departments,
    "seniority": _seniority,
    "existing_data_points": _points,
    "locations": _contact_places,
    "jobTitles": _titles,
    "jobTitlesExactMatch": _exact_titles,
    "signal": _contact_signal,
}
"""Field of ContactFilters -> rows that have one of its values. ``searchText`` needs more, see
``contact_word``, and ``linkedinUrls`` are looked up. ``person_predicates`` has further ones."""

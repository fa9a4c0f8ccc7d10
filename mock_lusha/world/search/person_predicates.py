"""What people can be searched for: the one registry, with what the third generation asks for besides.

Fields are joined by AND, the values of a field by OR; excluding a value leaves out what including it keeps.
A field takes a list of texts unless its row says otherwise:

| field | value |
| --- | --- |
| ``names`` | full names, or words that begin a part of one |
| ``countries``, ``locations`` | list of ``PlaceCriterion`` |
| ``geographicDetails`` | list of ``AreaCriterion``: in miles round a place |
| ``existing_data_points`` | texts, or ``Terms`` where every one is wanted |
| ``normalizedJobTitles`` | titles, whatever the order of their words and however they are shortened |
| ``skills``, ``certifications``, ``awards``, ``previousJobTitle`` | texts: words that begin words of one |
| ``education`` | ``EducationCriterion`` |
| ``score`` | bounds |
| ``jobChangedAfterDate``, ``jobChangedLastViewDate`` | a day: changed on or after it, changed after it |
| ``previousCompanyDomains``, ``previousCompanyNames`` | texts: employers of former jobs |
| ``previousEmails`` | mailboxes at former employers |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.domains import clean_domain
from mock_lusha.values import frozen
from mock_lusha.world import arrays as np
from mock_lusha.world.fast.columns import NO_MOVE, PROMOTION
from mock_lusha.world.identity import company_domain, fold, identity_domain, parse_email
from mock_lusha.world.postal_codes import miles
from mock_lusha.world.search.criteria import words_in
from mock_lusha.world.search.predicates import CONTACT_PREDICATES
from mock_lusha.world.search.scores import scores_of
from mock_lusha.world.search.title_forms import normal_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from mock_lusha.world.fast.backgrounds import Background, FormerJob
    from mock_lusha.world.fast.columns import Columns
    from mock_lusha.world.search.criteria import AreaCriterion, Bounds, Mask
    from mock_lusha.world.search.place_criterion import PlaceCriterion
    from mock_lusha.world.search.predicates import SearchWorld
    from mock_lusha.world.search.texts import Texts


@frozen
class EducationCriterion:
    """A course that somebody took: all that is given is so of one and the same. Texts are words that begin
    words; years are the first one of the course at the earliest, and the last one at the latest."""

    degrees: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    begun_from: int | None = None
    ended_by: int | None = None


# Names


def _names(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    full_names = set()
    firsts, lasts = (np.zeros(len(texts), dtype=bool) for texts in (columns.firsts, columns.lasts))
    for value in values:
        name = fold(value)
        if "-" in name:
            full_names.add(name)
        elif name:
            # The few parts of names are asked, not the many people.
            firsts |= columns.firsts.begun_by(name)
            lasts |= columns.lasts.begun_by(name)
    mask = firsts[columns.first_ids] | lasts[columns.last_ids]
    return mask | _full_names(columns, full_names) if full_names else mask


def _full_names(columns: Columns, names: set[str]) -> Mask:
    """Rows of people with one of the folded full names."""
    firsts, lasts = _numbers(columns.firsts), _numbers(columns.lasts)
    size = len(columns.lasts)
    codes: set[int] = set()
    beginnings: set[int] = set()
    for name in names:
        cuts = [at for at, sign in enumerate(name) if sign == "-"]
        # Names of pinned people stand whole in the first part.
        parts = [(name, ""), *((name[:at], name[at + 1 :]) for at in cuts)]
        for first, last in parts:
            for number in firsts.get(first, ()):
                beginnings.add(number)
                codes.update(number * size + other for other in lasts.get(last, ()))
    rows = _table(len(columns.firsts), beginnings)[columns.first_ids].nonzero()[0]
    pairs = columns.first_ids[rows].astype(np.int64) * size + columns.last_ids[rows]
    mask = np.zeros(len(columns), dtype=bool)
    mask[rows[np.isin(pairs, np.array(sorted(codes), dtype=np.int64))]] = True
    return mask


def _numbers(texts: Texts) -> dict[str, list[int]]:
    """Folded text -> its numbers: some are shown in several ways."""
    numbers: dict[str, list[int]] = {}
    for number, text in enumerate(texts.folded):
        numbers.setdefault(text, []).append(number)
    return numbers


def _table(size: int, numbers: Iterable[int]) -> Mask:
    table = np.zeros(size, dtype=bool)
    table[list(numbers)] = True
    return table


# Places


def _countries(columns: Columns, values: Sequence[PlaceCriterion], search_world: SearchWorld) -> Mask:
    return search_world.places.matching(values)[columns.place_ids]


def _areas(columns: Columns, values: Sequence[AreaCriterion], search_world: SearchWorld) -> Mask:
    places = search_world.places.places
    mask = np.zeros(len(places), dtype=bool)
    for value in values:
        middle = search_world.world.postal_codes.place_of(value.country, value.code)
        if middle is not None:
            mask |= np.array([miles(middle, place) <= value.miles for place in places])
    return mask[columns.place_ids]


# Jobs


def _normal_titles(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    wanted = {normal_title(value) for value in values} - {()}
    table = np.array([normal_title(title) in wanted for title in columns.titles.shown], dtype=bool)
    return table[columns.title_ids]


def _changed_from(columns: Columns, value: date, search_world: SearchWorld) -> Mask:
    return (columns.moves != NO_MOVE) & (columns.starts >= value.toordinal())


def _changed_after(columns: Columns, value: date, search_world: SearchWorld) -> Mask:
    return (columns.moves != NO_MOVE) & (columns.starts > value.toordinal())


def _score(columns: Columns, value: Bounds, search_world: SearchWorld) -> Mask:
    scores = scores_of(columns, search_world.world.as_of)
    least, most = value
    mask = np.ones(len(columns), dtype=bool)
    if least is not None:
        mask &= scores >= least
    if most is not None:
        mask &= scores <= most
    return mask


# Backgrounds


class _Words:
    """Whether texts have words that begin like those of one of the values; each text is read once."""

    def __init__(self, values: Iterable[str]) -> None:
        self._wanted = [words for value in values if (words := fold(value).split("-")) != [""]]
        self._hits: dict[str, bool] = {}

    def __call__(self, text: str) -> bool:
        hit = self._hits.get(text)
        if hit is None:
            folded = fold(text)
            hit = self._hits[text] = any(words_in(words, folded) for words in self._wanted)
        return hit


def _of_texts(
    texts_of: Callable[[Background], Iterable[str]],
) -> Callable[[Columns, Sequence[str], SearchWorld], Mask]:
    def predicate(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
        are_wanted = _Words(values)
        return columns.backgrounds.mask(
            columns.background_ids, lambda background: any(map(are_wanted, texts_of(background)))
        )

    return predicate


def _education(columns: Columns, value: EducationCriterion, search_world: SearchWorld) -> Mask:
    degrees, fields, schools = map(_Words, (value.degrees, value.fields, value.schools))

    def fits(background: Background) -> bool:
        return any(
            (not value.degrees or degrees(course.degree))
            and (not value.fields or fields(course.field))
            and (not value.schools or schools(course.school))
            and (value.begun_from is None or course.start_year >= value.begun_from)
            and (value.ended_by is None or course.end_year <= value.ended_by)
            for course in background.courses
        )

    return columns.backgrounds.mask(columns.background_ids, fits)


def _former_titles(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    return _with_former(columns, _former_title(columns, values, search_world))


_former_title = _of_texts(lambda background: [job.title for job in background.former_jobs])


def _with_former(columns: Columns, mask: Mask) -> Mask:
    """A mask without those who have no former job: that of some careers would be at the same company."""
    return mask & (columns.moves != NO_MOVE)


def _elsewhere(columns: Columns, is_wanted: Callable[[tuple[str, str]], bool]) -> Mask:
    """Rows of people who worked for one of the employers, by name and domain, before the present one."""
    hits: dict[tuple[str, str], bool] = {}

    def worked(job: FormerJob) -> bool:
        if job.employer is None:
            return False
        if job.employer not in hits:
            hits[job.employer] = is_wanted(job.employer)
        return hits[job.employer]

    mask = columns.backgrounds.mask(
        columns.background_ids, lambda background: any(map(worked, background.former_jobs))
    )
    return _with_former(columns, mask)


def former_domains(columns: Columns, values: Sequence[str], companies: Mask) -> Mask:
    """Rows of people with a former job at one of the domains; ``companies`` are those, by row."""
    domains = {identity_domain(clean) for clean in map(clean_domain, values) if clean is not None}
    mask = _elsewhere(columns, lambda employer: employer[1] in domains)
    return mask | ((columns.moves == PROMOTION) & companies[columns.companies])


def former_names(columns: Columns, values: Sequence[str], companies: Mask) -> Mask:
    """Rows of people with a former job at one of the companies; ``companies`` are those, by row."""
    names, domains = set(map(fold, values)), set(map(company_domain, values))
    mask = _elsewhere(columns, lambda employer: fold(employer[0]) in names or employer[1] in domains)
    return mask | ((columns.moves == PROMOTION) & companies[columns.companies])


def _former_emails(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    mailboxes = {
        (mailbox.name, identity_domain(mailbox.domain))
        for mailbox in map(parse_email, values)
        if mailbox is not None and not mailbox.tag
    }
    domains = {domain for _, domain in mailboxes}
    mask = _elsewhere(columns, lambda employer: employer[1] in domains)
    mask &= _full_names(columns, {name for name, _ in mailboxes})
    # Few are left, of whom it is asked whether the mailbox is theirs.
    for row in mask.nonzero()[0].tolist():
        name = fold(columns.name(row))
        jobs = columns.backgrounds[columns.background_ids[row]].former_jobs
        mask[row] = any(job.employer and (name, job.employer[1]) in mailboxes for job in jobs)
    return mask


PERSON_PREDICATES: Mapping[str, Callable[[Columns, Any, SearchWorld], Any]] = {
    **CONTACT_PREDICATES,
    "names": _names,
    "countries": _countries,
    "geographicDetails": _areas,
    "normalizedJobTitles": _normal_titles,
    "jobChangedAfterDate": _changed_from,
    "jobChangedLastViewDate": _changed_after,
    "score": _score,
    "skills": _of_texts(lambda background: background.skills),
    "certifications": _of_texts(lambda background: [c.title for c in background.certifications]),
    "awards": _of_texts(lambda background: background.awards),
    "education": _education,
    "previousJobTitle": _former_titles,
    "previousEmails": _former_emails,
}
"""Field -> rows that have one of its values."""
EMPLOYER_PREDICATES: Mapping[str, tuple[str, Callable[[Columns, Any, Mask], Any]]] = {
    "previousCompanyDomains": ("domains", former_domains),
    "previousCompanyNames": ("names", former_names),
}
"""Field -> the field of companies by which the present employer is known, and rows that have one of its
values."""
LOOKED_UP = frozenset({"ids", "emails", "linkedinUrls"})
"""Fields of which each value leads to somebody by a lookup."""

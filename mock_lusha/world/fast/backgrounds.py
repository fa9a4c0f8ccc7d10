"""Backgrounds: what people know, studied and did before, of which few thousand are shared by all people.

A column holds the number of each person's. So a filter looks at some thousand backgrounds and not at a
million people, and a person takes two bytes for all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.world import arrays as np
from mock_lusha.world.generate.career_templates import CAREERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mock_lusha.world.entities import Certification, Course, Job, Person
    from mock_lusha.world.generate.people import People

_KINDS = 4
_AT_ONCE = 64
"""How many backgrounds are made in one go."""


class FormerJob(NamedTuple):
    """A job before the present one: its title, and name and domain of the employer, None for the present."""

    title: str
    employer: tuple[str, str] | None


class Background(NamedTuple):
    """What somebody knows, has earned and studied, the titles of their awards, and their former jobs."""

    skills: tuple[str, ...]
    certifications: tuple[Certification, ...]
    courses: tuple[Course, ...]
    awards: tuple[str, ...]
    former_jobs: tuple[FormerJob, ...]


class Backgrounds:
    """Backgrounds by number, each made when somebody looks at it."""

    def __init__(self, size: int, make: Callable[[int], Background]) -> None:
        self._make = make
        self._kept: list[Background | None] = [None] * size

    @classmethod
    def of_careers(cls, people: People) -> Backgrounds:
        """Those of the careers in each kind of company, numbered by ``career_numbers``."""

        def make(number: int) -> Background:
            kind, career_number = divmod(number, CAREERS)
            career = people.templates_in(kind >= 2, kind % 2 == 1).take(career_number)
            profile, before = career.profile, career.before
            jobs: list[FormerJob] = []
            if before is not None:
                earlier = people.earlier.of(career_number, before.department.names[0], before.step)
                jobs.append(FormerJob(before.title, career.employer))
                jobs += [FormerJob(job.title, (job.company, job.domain)) for job in earlier]
            awards = () if profile.award is None else (profile.award[0],)
            return Background(profile.skills, profile.certifications, profile.courses, awards, tuple(jobs))

        return cls(_KINDS * CAREERS, make)

    @classmethod
    def of_people(
        cls, people: Sequence[Person], employments: Callable[[Person], Sequence[Job]]
    ) -> Backgrounds:
        """Those of people, one each."""

        def make(number: int) -> Background:
            person = people[number]
            return Background(
                person.skills,
                person.certifications,
                person.courses,
                tuple([award.title for award in person.awards]),
                tuple(
                    [
                        FormerJob(
                            job.title, None if job.domain == person.job.domain else (job.company, job.domain)
                        )
                        for job in employments(person)
                    ]
                ),
            )

        return cls(len(people), make)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, number: int) -> Background:
        background = self._kept[number]
        if background is None:
            background = self._kept[number] = self._make(number)
        return background

    def followed_by(self, others: Backgrounds) -> Backgrounds:
        """These, and behind them others."""
        size = len(self)
        return Backgrounds(
            size + len(others), lambda number: self[number] if number < size else others[number - size]
        )

    def preparing(self) -> Iterator[None]:
        """Make all of them, in steps, which the first filter that looks at them does otherwise."""
        for number in range(len(self)):
            self[number]
            if number % _AT_ONCE == 0:
                yield

    def mask(self, numbers: Any, test: Callable[[Background], bool]) -> Any:
        """For a column of numbers, whether their backgrounds pass a test."""
        table = np.zeros(len(self), dtype=bool)
        # Few are asked: those that somebody has.
        for number in np.bincount(numbers, minlength=len(self)).nonzero()[0].tolist():
            table[number] = test(self[number])
        return table[numbers]


def career_numbers(large: Any, hospital: Any, career: Any) -> Any:
    """The numbers of backgrounds: of careers, in large companies or not, in hospitals or not."""
    return ((large * 2 + hospital) * CAREERS + career).astype(np.int16)

"""Earlier employments: the jobs before the one before, drawn with the career and shared by all who have it.

Backwards in time a level falls or stays, the department stays, and each employer is one of the directory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.seeded import SeededDraws, pick, tail
from mock_lusha.world.entities import Job
from mock_lusha.world.generate.positions import BEFORE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.world.directory import DirectoryCompany
    from mock_lusha.world.generate.positions import Departments

_ONE, _TWO = 26_000, 50_000
"""By a lane of 16 bits: from where on there is one earlier employment, and from where on there are two."""


class EarlierEmployments:
    """The earlier employments of careers, by their numbers.

    ``companies`` are those of the directory, and ``renamed`` what some of them are called instead, by domain.
    """

    def __init__(
        self,
        seed: str,
        departments: Departments,
        companies: Sequence[DirectoryCompany],
        renamed: Mapping[str, str],
    ) -> None:
        self._draws = SeededDraws(seed, "employments")
        self._departments = departments
        self._companies = companies
        self._renamed = renamed

    def of(self, career: int, department: str, step: int) -> tuple[Job, ...]:
        """What somebody with a career did before a job in a department, at a step of the ladder; the latest
        first. Before an internship there was nothing."""
        draw = self._draws.lanes(tail(career))
        jobs = []
        for index in range((draw[0] >= _ONE) + (draw[0] >= _TWO)):
            if step == 0:
                break
            at = 1 + 3 * index
            step = BEFORE[step][draw[at] & 1]
            position = pick(self._departments.get(department).ladder[step], draw[at + 1])
            name, domain, _ = pick(self._companies, draw[at + 2])
            jobs.append(
                Job(
                    position.title, position.departments, position.seniority,
                    self._renamed.get(domain, name), domain,
                )
            )  # fmt: skip
        return tuple(jobs)

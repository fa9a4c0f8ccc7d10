"""What profiles say besides the job: skills, certificates, courses, an award. People share them.

A department has 64 profiles, each made when somebody first has it; a draw of a person says which is theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.seeded import SeededDraws, pick, some, tail
from mock_lusha.values import mutable
from mock_lusha.world.entities import Certification, Course

if TYPE_CHECKING:
    from mock_lusha.world.pools import Careers

VARIANTS = 64
_MOST_CONNECTIONS = 500
_TAGS = ("Prospect", "Customer", "Decision maker", "Newsletter", "Event 2025", "Partner")


@mutable
class PersonProfile:
    """A profile. ``award`` is (title, year, month), given by the employer of whoever has it; ``last_seen``
    is how many days ago it was seen last, and ``on_x`` whether they are on X."""

    skills: tuple[str, ...]
    certifications: tuple[Certification, ...]
    courses: tuple[Course, ...]
    award: tuple[str, int, int] | None
    tags: tuple[str, ...]
    followers: int
    connections: int
    last_seen: int
    on_x: bool


class DepartmentProfiles:
    """The profiles of a department, for a seed and a year."""

    __slots__ = ("_careers", "_department", "_draws", "_profiles", "_year")

    def __init__(self, seed: str, year: int, careers: Careers, department: str) -> None:
        self._draws = SeededDraws(seed, "profile", department)
        self._year = year
        self._careers = careers
        self._department = department
        self._profiles: list[PersonProfile | None] = [None] * VARIANTS

    def take(self, lane: int) -> PersonProfile:
        """The profile that a lane picks."""
        number = lane * VARIANTS >> 16
        return self._profiles[number] or self._make(number)

    def _make(self, number: int) -> PersonProfile:
        draw = self._draws.lanes(tail(number))
        careers, department, year = self._careers, self._department, self._year
        certified = some(careers.certifications[department], draw[3] >> 14, draw[4])
        studied = some(careers.courses[department], draw[11] >> 15, draw[12])
        end = year - 4 - (draw[13] * 22 >> 16)
        profile = self._profiles[number] = PersonProfile(
            skills=some(careers.skills[department], 4 + (draw[1] * 7 >> 16), draw[2]),
            certifications=tuple(
                Certification(
                    c["title"], c["issuer"], year - 1 - (draw[5 + i] * 9 >> 16), 1 + draw[8 + i] % 12
                )
                for i, c in enumerate(certified)
            ),
            courses=tuple(
                Course(pick(careers.schools, draw[14 + i]), c["degree"], c["field"], end - 3, end)
                for i, c in enumerate(studied)
            ),
            award=(pick(careers.awards, draw[17]), year - 1 - (draw[18] * 7 >> 16), 1 + draw[19] % 12)
            if draw[16] < 15_000
            else None,
            tags=(pick(_TAGS, draw[20]),) if draw[25] < 7_000 else (),
            followers=(40 + (draw[21] * 861 >> 16)) * (1 + (draw[22] >> 13)),
            connections=min(60 + (draw[23] * 841 >> 16), _MOST_CONNECTIONS),
            last_seen=draw[24] * 121 >> 16,
            on_x=draw[0] < 20_000,
        )
        return profile

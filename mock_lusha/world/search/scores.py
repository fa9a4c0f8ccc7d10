"""The score of a person, from 0 to 100: how much a sales team would want to reach them, and how well it can.

It is not drawn, it follows from what is known: 4 points for each step up the ladder of levels (an intern has
0, a founder 36); 16 for a mailbox at work and 8 for a private one; 20 for a mobile or direct telephone, or 10
where there is another one; and up to 20 for a young job, one less for each half year that it lasts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.world import arrays as np
from mock_lusha.world.fast.columns import PARTIAL, bit_of
from mock_lusha.world.generate.positions import LADDER

if TYPE_CHECKING:
    from datetime import date

    from mock_lusha.world.entities import Person
    from mock_lusha.world.fast.columns import Columns

_STEP = 4
_WORK, _PRIVATE = 16, 8
_NEAR, _PHONE = 20, 10
_YOUNG, _HALF_YEAR = 20, 182
_STEPS = {level.id: step for step, level in enumerate(LADDER)}


def score_of(person: Person, today: date) -> int:
    """The score of one person."""
    kinds = {email.kind for email in person.emails}
    phones = {phone.kind for phone in person.phones}
    points = _STEP * _STEPS[person.job.seniority.id]
    points += _WORK if "work" in kinds else 0
    points += _PRIVATE if "private" in kinds else 0
    points += _NEAR if phones & {"mobile", "direct"} else _PHONE if phones else 0
    return points + max(0, _YOUNG - max(0, (today - person.job_start).days) // _HALF_YEAR)


def scores_of(columns: Columns, today: date) -> Any:
    """The scores of all people in columns, as ``score_of`` gives each."""
    levels = np.zeros(max(_STEPS) + 1, dtype=np.int16)
    for level, step in _STEPS.items():
        levels[level] = _STEP * step
    details = np.array([_details(bits) for bits in range(2 * PARTIAL)], dtype=np.int16)
    ages = np.maximum(0, today.toordinal() - columns.starts) // _HALF_YEAR
    return levels[columns.levels] + details[columns.points] + np.maximum(0, _YOUNG - ages)


def _details(bits: int) -> int:
    """What mailboxes and telephones are worth, by the bits of ``columns``."""
    points = _WORK if bits & bit_of("work_email") else 0
    points += _PRIVATE if bits & bit_of("private_email") else 0
    if bits & (bit_of("mobile_phone") | bit_of("direct_phone")):
        return points + _NEAR
    return points + (_PHONE if bits & bit_of("phone") else 0)

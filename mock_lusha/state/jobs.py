"""Jobs of an account: what other sources are asked for, which takes a while."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from mock_lusha.values import frozen

SECONDS: Final = 2.0
"""How long a job takes, on the account's clock (our decision)."""
LIFETIME: Final = 86_400.0
"""How long its result is kept, in seconds (our decision)."""
MOST: Final = 1_000
"""How many jobs of an account are kept; past that the oldest is forgotten."""


@frozen
class Job:
    """A job: when it ``began``, in seconds since the epoch, the ids of the people it is for, which kinds of
    details are looked for, and what it cost."""

    began: float
    people: tuple[int, ...]
    emails: bool
    phones: bool
    cost: int


class Jobs:
    """The jobs of one account by id."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def copy(self) -> Jobs:
        """The same jobs, to which others can be added."""
        other = Jobs()
        other._jobs = self._jobs.copy()
        return other

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job_id: str, job: Job) -> None:
        """Keep a job."""
        self._jobs[job_id] = job
        if len(self._jobs) > MOST:
            self._jobs.popitem(last=False)

    def get(self, job_id: str, now: float) -> Job | None:
        """A job that has not expired; looking changes nothing."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.began <= now < job.began + LIFETIME else None


def is_complete(job: Job, now: float) -> bool:
    """Whether a job is done."""
    return now >= job.began + SECONDS

"""Sessions of lookalikes: what an account was given in each, so that it is not given again."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from dataclasses import field
from typing import TYPE_CHECKING, Final, Literal

from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Iterable

Subject = Literal["contact", "company"]
"""What a session brings."""
LIFETIME: Final = 30 * 86_400.0
"""How long a session lasts from its first call, in seconds (Lusha says 30 days)."""
MOST: Final = 100
"""How many sessions of an account are kept; past that the oldest is forgotten (our decision)."""


@mutable
class LookalikeSession:
    """What was given so far: ``numbers`` are those of the directory, ``others`` identities of those outside.
    ``seeds`` stands for those of the first call.

    ``began`` is when the first call was, in seconds since the epoch. Numbers take four bytes each, and stay
    the same when an account pins somebody.
    """

    subject: Subject
    began: float
    seeds: int = 0
    numbers: array[int] = field(default_factory=lambda: array("I"))
    others: dict[str, None] = field(default_factory=dict)

    def copy(self) -> LookalikeSession:
        """The same session, which goes on by itself."""
        return LookalikeSession(self.subject, self.began, self.seeds, self.numbers[:], self.others.copy())

    def add(self, numbers: Iterable[int], others: Iterable[str]) -> None:
        """Note what was given."""
        self.numbers.extend(numbers)
        self.others.update(dict.fromkeys(others))

    def __len__(self) -> int:
        return len(self.numbers) + len(self.others)


class LookalikeSessions:
    """The sessions of one account by id."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, LookalikeSession] = OrderedDict()

    def copy(self) -> LookalikeSessions:
        """The same sessions, each of which goes on by itself."""
        other = LookalikeSessions()
        other._sessions.update((name, session.copy()) for name, session in self._sessions.items())
        return other

    def get(self, session_id: str, subject: Subject, now: float) -> LookalikeSession | None:
        """A session of a subject that has not expired, whatever the case of its id; looking changes
        nothing."""
        session = self._sessions.get(session_id.lower())
        if session is None or session.subject != subject:
            return None
        return session if session.began <= now < session.began + LIFETIME else None

    def has_begun(self, subject: Subject, seeds: int, now: float) -> bool:
        """Whether a session that has not expired was begun with these seeds."""
        return any(
            (session.subject, session.seeds) == (subject, seeds) and now < session.began + LIFETIME
            for session in self._sessions.values()
        )

    def add(self, session_id: str, session: LookalikeSession) -> None:
        """Keep a session."""
        self._sessions[session_id] = session
        if len(self._sessions) > MOST:
            self._sessions.popitem(last=False)

    def __len__(self) -> int:
        return len(self._sessions)

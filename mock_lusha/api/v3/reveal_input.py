"""Which kinds of details a request asks to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.services.billing import Reveal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.world.entities import Person


class RevealRequest(NamedTuple):
    """The kinds of details of people that are asked for; ``named`` where the request names them, and does
    not leave them out, which asks for all."""

    emails: bool
    phones: bool
    named: bool

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> RevealRequest:
        """What the list ``reveal`` of a body asks for; a kind named twice is named once."""
        kinds = body.get("reveal")
        if kinds is None:
            return cls(emails=True, phones=True, named=False)
        return cls(emails="emails" in kinds, phones="phones" in kinds, named=True)

    @property
    def kinds(self) -> Reveal:
        """The same as what is charged goes by."""
        return Reveal(self.emails, self.phones)

    def lacks(self, person: Person) -> list[str]:
        """Which of the kinds, ``email`` and ``phone``, there is nothing of."""
        return [
            kind
            for kind, wanted, held in (
                ("email", self.emails, person.emails),
                ("phone", self.phones, person.phones),
            )
            if wanted and not held
        ]

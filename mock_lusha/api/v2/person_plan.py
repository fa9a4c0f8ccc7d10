"""What a request for people comes to before anybody is charged; most of it depends on nobody who asks."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.services.billing import Reveal
    from mock_lusha.services.signals import SignalRequest
    from mock_lusha.state.ledger import Details, Item
    from mock_lusha.world.resolver import LookupTrail, PersonQuery


class PersonOptions(NamedTuple):
    """How people are to be shown; ``shape`` is what decides how their data are written. Where it is ``plain``
    everybody who matches is shown, as the live API does.
    """

    needs: Literal["emails", "phones"] | None
    reveal: Reveal
    signals: SignalRequest | None
    partial: bool
    shape: tuple[bool, bool, bool, bool, bool]
    plain: bool


class PersonText(NamedTuple):
    """A match as answers need it: what is shown of the person, for the ledger, and the data of person and
    company as JSON.

    The match itself is not held: most people are asked for once, and each would stay in memory for long.
    """

    item: Item | Details
    data: bytes
    company_data: bytes


@mutable
class PersonPlan:
    """The answer to a request before it is charged, for any account.

    ``results`` has for each person asked for the data as pieces of JSON, or the error in their place.
    ``counts`` says how many of ``items`` are theirs: one where it says nothing. ``people`` and ``companies``
    are what ids were given out for (see ``Account.remember``), ``company_data`` companies by id, as JSON;
    ``bare`` has the ids of those of whom no detail is there to be paid for. ``barred`` says that one must
    not be shown at all; ``free`` is the answer where nothing has to be paid.
    """

    results: list[tuple[bytes, ...] | Mapping[str, Any]]
    counts: dict[int, int]
    items: list[Item | Details]
    people: dict[int, str]
    companies: dict[int, str]
    company_data: dict[int, bytes]
    bare: dict[int, bool]
    trail: LookupTrail
    barred: bool = False
    free: bytes | None = None

    def charges(self, paid: Sequence[int]) -> list[bool]:
        """For each person asked for, whether anything was paid, from what was paid for the items."""
        ends = [0, *accumulate(self.counts.get(index, 1) for index in range(len(self.results)))]
        return [any(paid[at:end]) for at, end in pairwise(ends)]

    def strangers(self, addresses: Sequence[str], ids: Sequence[int]) -> None:
        """Note the strangers that the world made up for addresses."""
        if ids:
            self.trail.add_strangers(addresses, ids)
            self.people.update(zip(ids, addresses, strict=True))

    def miss(self, error: Mapping[str, Any], item: Item) -> None:
        """Put an error in somebody's place."""
        self.results.append(error)
        self.items.append(item)


class PersonRequest(NamedTuple):
    """A parsed request: the caller's ids (of a bulk), the queries they stand for, and plans by options.

    ``mails`` has the address of each person sent without anything else; their query may be None. ``render``
    writes the answer from the ids, the plan and what was paid. ``by_id`` says that some query has a person
    id. ``options`` are those of accounts by (live dialect, unified credits).
    """

    queries: Sequence[PersonQuery | None]
    mails: Sequence[str | None]
    ids: list[str]
    render: Callable[[Sequence[str], PersonPlan, Sequence[int]], bytes]
    by_id: bool
    options: dict[tuple[bool, bool], PersonOptions]
    plans: dict[PersonOptions, PersonPlan]

"""What calls for lookalikes of every generation do, between reading people and rendering results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_lusha.api.lookalike_input import check_seeds, companies_in, page_size, session_for
from mock_lusha.services.billing import lookalike_items
from mock_lusha.services.lookalikes import companies_like, keep, people_like

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.services.lookalikes import Lookalikes
    from mock_lusha.state.ledger import Charge
    from mock_lusha.world.entities import Company
    from mock_lusha.world.resolver import PersonQuery
    from mock_lusha.world.search.lookalikes import LikePerson

    PeopleReader = Callable[[Mapping[str, Any] | None, str], list[PersonQuery]]

SAME_SEEDS: Final = (
    "a session was begun with these seeds before: without its dedupeSessionId the same results come again, "
    "and are paid for again"
)
"""What a caller is warned of who begins a second session."""


def charged_people(call: ApiRequest, people_in: PeopleReader) -> tuple[Lookalikes[LikePerson], Charge]:
    """The people who are like those of a body, and what they cost: 1 credit for each 5 begun.

    ``people_in`` reads whom a list of the body at a path means.

    Raises:
        ApiError: 400 for too few or too many seeds, 402, ``dedupe-session-invalid``, and what ``people_in``
            raises.
    """
    body = call.body
    seeds = people_in(body["seeds"], "seeds")
    check_seeds(len(seeds))
    exclude = people_in(body.get("exclude"), "exclude")
    session = session_for(call, "contact")
    lookalikes = people_like(call.index, call.lookup, session, seeds, exclude, page_size(body))
    # Ids of the directory's always resolve; of the others it is remembered whose they are.
    others = [person for person in lookalikes.results if person.identity]
    charge = call.settle(
        lookalike_items(len(lookalikes.results)),
        people={person.id: person.identity for person in others},
        companies={person.employer[0]: person.employer[2] for person in others},
    )
    return lookalikes, charge


def charged_companies(call: ApiRequest) -> tuple[Lookalikes[Company], Charge]:
    """The companies that are like those of a body, and what they cost: the same as people.

    Raises:
        ApiError: 400 for too few or too many seeds, 402, and ``dedupe-session-invalid``.
    """
    body = call.body
    seeds = companies_in(body["seeds"])
    check_seeds(len(seeds))
    session = session_for(call, "company")
    exclude = companies_in(body.get("exclude"))
    lookalikes = companies_like(call.index, call.lookup, session, seeds, exclude, page_size(body))
    pinned = call.world.pins.companies
    charge = call.settle(
        lookalike_items(len(lookalikes.results)),
        companies={each.id: each.domain for each in lookalikes.results if each.domain in pinned},
    )
    return lookalikes, charge


def keep_session(call: ApiRequest, session_id: str, lookalikes: Lookalikes[Any]) -> None:
    """Note in the session what it brought, and for the journal why; warn of a second one with its seeds."""
    if keep(call.account, session_id, lookalikes):
        call.warn(SAME_SEEDS)
    call.record.ranking = lookalikes.ranking

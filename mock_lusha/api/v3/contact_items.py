"""The items of a request for people, and who of them is a stranger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.world.fast.lookup import Stranger
    from mock_lusha.world.resolver import PersonQuery


class ContactItems(NamedTuple):
    """The items of a request, and plans to reveal them, by options.

    ``marks`` are what results begin with, as JSON, and ``error_marks`` what errors have besides.
    ``addresses`` are the mailboxes of those who are asked for by nothing else (their queries may be None), or
    by which the account got the ids of strangers, where people are asked for ``by_id``. ``cacheable`` says
    that the same bytes mean the same people again, where the account remembers the same ``strangers``: by
    number what it knows of each who is asked for by an id and is not of the directory, None for nothing.
    """

    queries: Sequence[PersonQuery | None]
    marks: Sequence[str]
    error_marks: Sequence[str]
    addresses: Sequence[str | None]
    by_id: bool
    cacheable: bool
    plans: dict[Any, Any]
    strangers: Mapping[int, str | None]


def find_strangers(call: ApiRequest, items: ContactItems) -> list[Stranger | None]:
    """For each item the stranger that it means, None where the world has to be asked."""
    find = call.resolver.stranger
    if not items.by_id:
        return [None if address is None else find(address) for address in items.addresses]
    strangers: list[Stranger | None] = []
    for address, query in zip(items.addresses, items.queries, strict=True):
        stranger = None if address is None else find(address)
        is_meant = stranger is not None and query is not None and str(stranger[5]) == query.person_id
        strangers.append(stranger if is_meant else None)
    return strangers

"""Who exists in the world of an account, and whom identifiers lead to: a look that changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.people.lookups import Lookups
from mock_lusha.api.people.reader import Parts, Reader
from mock_lusha.api.reply import Reply
from mock_lusha.control.context import account_for_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.people.reader import Body, Listing
    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.state.accounts import Account

_SIZE = 25
_IN_ONE_GO = 4
"""How many people are made before others are served: of a large company each costs as much as a search."""
_NO_FILTERS = frozenset({"account", "page", "size"})


async def read_people(context: ControlContext, request: ControlRequest) -> Reply:
    """A page of the people that pass simple filters."""
    search = _reader(context, request).simple_people(_filters(request))
    return await _people(context, request, search, request.query)


async def find_people(context: ControlContext, request: ControlRequest) -> Reply:
    """A page of the people that pass filters of prospecting."""
    search = _reader(context, request).checked("contacts", request.body)
    return await _people(context, request, search, request.body)


async def read_companies(context: ControlContext, request: ControlRequest) -> Reply:
    """A page of the companies that pass simple filters."""
    search = _reader(context, request).simple_companies(_filters(request))
    return await _companies(context, request, search, request.query)


async def find_companies(context: ControlContext, request: ControlRequest) -> Reply:
    """A page of the companies that pass filters of prospecting."""
    search = _reader(context, request).checked("companies", request.body)
    return await _companies(context, request, search, request.body)


async def read_person(context: ControlContext, request: ControlRequest) -> Reply:
    """Whom identifiers lead to, and what revealing them would cost."""
    fields = _fields(request)
    if Lookups.searches(fields):
        await _prepared(context, request, people=True)
    return Reply(Lookups(_reader(context, request)).person(fields))


async def read_company(context: ControlContext, request: ControlRequest) -> Reply:
    """Which company identifiers lead to, and what revealing it would cost."""
    return Reply(Lookups(_reader(context, request)).company(_fields(request)))


def _fields(request: ControlRequest) -> dict[str, str]:
    return {name: text for name, text in request.query.items() if name != "account"}


def _filters(request: ControlRequest) -> dict[str, list[str]]:
    return {name: values for name, values in request.query.items() if name not in _NO_FILTERS}


def _account(context: ControlContext, request: ControlRequest) -> Account:
    if request.account is None:
        return context.accounts.nobody()
    return account_for_key(context, request.account, keep=False)


def _reader(context: ControlContext, request: ControlRequest) -> Reader:
    account = _account(context, request)
    parts = Parts(context.worlds, context.settings, context.registry, context.library)
    return Reader(parts, account, account.clock.now())


async def _prepared(context: ControlContext, request: ControlRequest, *, people: bool) -> None:
    """Wait until searches find all that they need, as those of the API do."""
    waiting = context.preparation.needed(lambda: _account(context, request), people=people)
    if waiting is not None:
        await waiting


async def _people(
    context: ControlContext, request: ControlRequest, search: Body, window: Mapping[str, Any]
) -> Reply:
    await _prepared(context, request, people=True)
    page, size = window.get("page", 0), window.get("size", _SIZE)
    return await _page("people", _reader(context, request).people(search, page, size), page, size)


async def _companies(
    context: ControlContext, request: ControlRequest, search: Body, window: Mapping[str, Any]
) -> Reply:
    await _prepared(context, request, people=Reader.looks_at_people(search))
    page, size = window.get("page", 0), window.get("size", _SIZE)
    return await _page("companies", _reader(context, request).companies(search, page, size), page, size)


async def _page(name: str, listing: Listing, page: int, size: int) -> Reply:
    import asyncio  # noqa: PLC0415 - the server has it, an app in another may not

    rows = []
    for shape in listing.shapes:
        rows.append(shape)
        if len(rows) % _IN_ONE_GO == 0:
            await asyncio.sleep(0)
    more = (page + 1) * size < listing.total
    return Reply({"total": listing.total, "page": page, "size": size, "more": more, name: rows})

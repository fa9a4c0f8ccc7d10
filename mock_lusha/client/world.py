"""A made-up world in this process, without a server."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from mock_lusha.api.people.opening import open_reader
from mock_lusha.client.facts import camel, filter_fields
from mock_lusha.client.overrides import laid_over
from mock_lusha.client.people import PeopleViews
from mock_lusha.client.protocol import ControlError, hides
from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_lusha.api.people.lookups import Lookups
    from mock_lusha.api.people.reader import Listing, Reader

    Answer = dict[str, Any]

T = TypeVar("T")

__tracebackhide__ = hides


class World(PeopleViews):
    """The people and companies that a server with the same settings has: the same seed, the same people.

        world = World(seed="fair", people=5_000, as_of="2026-03-31")
        world.people(country="Germany", has="phones", limit=5)
        world.person(email="jane.doe@acme.com").job_title

    Takes a ``Settings``, or keyword arguments of the same names. ``account`` names a key whose world it is,
    as its profile has it; people have ids of version 3 then.

    Raises:
        ConfigError: a setting cannot be used.
        ControlError: no account has this key.
    """

    def __init__(
        self, settings: Settings | None = None, *, account: str | None = None, **overrides: Any
    ) -> None:
        self.settings = laid_over(settings or Settings(), overrides)
        clock = Clock(self.settings.now)
        self._reader = _asked(lambda: open_reader(self.settings, clock, account, clock.now()))

    def __repr__(self) -> str:
        account = self._reader.account
        return f"<world of seed {account.seed!r} on {account.as_of}>"

    @cached_property
    def source(self) -> LocalPeople:
        """What answers as the control API does."""
        return LocalPeople(self._reader)

    @property
    def _source(self) -> LocalPeople:
        return self.source

    def everyone(self) -> Iterator[Mapping[str, Any]]:
        """Everybody who is pinned or in the directory, as JSON has them, company by company; none is kept."""
        return self._reader.everybody()

    def every_company(self) -> Iterator[Mapping[str, Any]]:
        """Every company that is pinned or in the directory, as JSON has it; none is kept."""
        return self._reader.every_company()

    @property
    def counts(self) -> tuple[int, int]:
        """How many people, and how many companies, ``everyone`` and ``every_company`` go through."""
        return self._reader.counts


class LocalPeople:
    """Answers what the control API would, out of a world in this process."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @cached_property
    def _lookups(self) -> Lookups:
        from mock_lusha.api.people.lookups import Lookups  # noqa: PLC0415 - for lookups alone

        return Lookups(self._reader)

    def people(self, *, page: int | None = None, size: int | None = None, **filters: Any) -> Answer:
        """A page of the people there are."""
        reader = self._reader
        search = _asked(lambda: reader.simple_people(_texts(filters)))
        return _page("people", lambda *window: reader.people(search, *window), page, size)

    def companies(self, *, page: int | None = None, size: int | None = None, **filters: Any) -> Answer:
        """A page of the companies there are."""
        reader = self._reader
        search = _asked(lambda: reader.simple_companies(_texts(filters)))
        return _page("companies", lambda *window: reader.companies(search, *window), page, size)

    def person(self, find: str | None = None, **identifiers: Any) -> Answer:
        """Whom identifiers lead to."""
        return _asked(lambda: self._lookups.person(_fields(find, identifiers)))

    def company(self, find: str | None = None, **identifiers: Any) -> Answer:
        """Which company identifiers lead to."""
        return _asked(lambda: self._lookups.company(_fields(find, identifiers)))


def _page(name: str, listing_of: Callable[[int, int], Listing], page: int | None, size: int | None) -> Answer:
    page, size = page or 0, size or 25
    listing = _asked(lambda: listing_of(page, size))
    more = (page + 1) * size < listing.total
    return {"total": listing.total, "page": page, "size": size, "more": more, name: list(listing.shapes)}


def _texts(filters: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        name: list(map(str, value)) if isinstance(value, list | tuple) else [str(value)]
        for name, value in filter_fields(filters).items()
    }


def _fields(find: str | None, identifiers: Mapping[str, Any]) -> dict[str, str]:
    fields = {} if find is None else {"find": find}
    return fields | {name: str(value) for name, value in camel(identifiers).items() if value is not None}


def _asked(ask: Callable[[], T]) -> T:
    """What comes of a question.

    Raises:
        ControlError: it is refused, in the words of a server.
    """
    try:
        return ask()
    except ApiError as error:
        text = "\n  ".join(map(str, error.details)) or error.message
        raise ControlError(text, error.kind.status) from None

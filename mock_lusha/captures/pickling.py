"""Pickles of accounts and of the server, in which what is each process's own is named and not held."""

from __future__ import annotations

import io
import pickle
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from mock_lusha.captures.allowed import found
from mock_lusha.errors import ApiError, ConfigError, StoreError
from mock_lusha.plans import PLANS, Plan
from mock_lusha.scenario.json_path import JSONPath
from mock_lusha.scenario.model import UNSET, Scenario, Unset, When
from mock_lusha.scenario.pattern import Pattern
from mock_lusha.scenario.progress import Progress
from mock_lusha.state.account_profiles import AccountProfile
from mock_lusha.state.coverage import Tally
from mock_lusha.state.ledger import Ledger
from mock_lusha.state.webhooks import Webhooks
from mock_lusha.world.account_lookup import Erasures
from mock_lusha.world.pins import NO_PINS, Pins, indexed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_lusha.scenario.library import Library
    from mock_lusha.state.accounts import Account
    from mock_lusha.world_store import WorldStore

    Reduced = tuple[Callable[..., Any], tuple[Any, ...]]

T = TypeVar("T")
_PROTOCOL: Final = 5
_BY_FIELDS: Final = (AccountProfile, Scenario, When)
"""Values with sets among their fields, which have no order of their own."""
_BROKEN: Final = (pickle.UnpicklingError, EOFError, LookupError, TypeError, ValueError, AttributeError)
"""What comes of bytes that are no pickle of this version."""


def make(kind: str, *values: Any) -> NoReturn:
    """Stands in pickles for ``Reader.make``, which knows the process that reads."""
    raise LookupError(f"{kind} is made by a reader")


class Writer:
    """Writes what belongs to an account, or to the server (None)."""

    def __init__(self, library: Library, worlds: WorldStore, account: Account | None) -> None:
        self._library = library
        self._worlds = worlds
        self._account = account

    def content(self, value: Any) -> bytes:
        """A value as bytes.

        Raises:
            pickle.PicklingError, TypeError, AttributeError: something in it is no state.
        """
        buffer = io.BytesIO()
        pickler = pickle.Pickler(buffer, _PROTOCOL)
        pickler.dispatch_table = self._table()
        pickler.dump(value)
        return buffer.getvalue()

    def _table(self) -> Mapping[type, Callable[[Any], Reduced]]:
        return {
            **{cls: _reducer_of(cls) for cls in _BY_FIELDS},
            ApiError: lambda error: (make, ("error", error.kind.name, error.details, error.values)),
            Ledger: lambda ledger: (make, ("ledger", {**vars(ledger), "_charges": None})),
            Erasures: lambda it: (make, ("erasures", sorted(it.people), sorted(it.companies))),
            JSONPath: lambda path: (JSONPath, (path.text,)),
            Pattern: lambda pattern: (Pattern, (pattern.text,)),
            Pins: lambda pins: (make, ("pins", *(() if pins is NO_PINS else (pins.people, pins.companies)))),
            Plan: lambda plan: (make, ("plan", plan.name)),
            Progress: lambda progress: (make, ("progress", progress.as_data())),
            Scenario: self._scenario,
            Tally: lambda tally: (make, ("tally", tally.plain(), tally.last, tally.folded)),
            Unset: lambda _: (make, ("unset",)),
            Webhooks: self._webhooks,
        }

    def _scenario(self, scenario: Scenario) -> Reduced:
        """Those of files are read by each process."""
        place = self._library.place_of(scenario)
        if place is None:
            return _reducer_of(Scenario)(scenario)
        return make, ("scenario", *place, scenario.digest)

    def _webhooks(self, hooks: Webhooks) -> Reduced:
        state = {**vars(hooks), "on_planned": None, "totals": None}
        account = self._account
        if hooks.world is not None and account is not None:
            # Where it is not the account's world any more, events are planned again.
            state["world"] = hooks.world is self._worlds.world(account) or None
        return make, ("webhooks", state)


class Reader:
    """Reads what was written. Nothing is made but what ``allowed.py`` names."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._makers: Mapping[str, Callable[..., Any]] = {
            "erasures": lambda people, companies: Erasures(set(people), set(companies)),
            "error": lambda name, details, values: ApiError(name, details, values=values),
            "ledger": partial(_with_state, Ledger),
            "pins": lambda *facts: indexed(*facts) if facts else NO_PINS,
            "plan": PLANS.__getitem__,
            "progress": Progress.from_data,
            "scenario": self._scenario,
            "sorted": frozenset,
            "tally": _tally,
            "unset": lambda: UNSET,
            "webhooks": partial(_with_state, Webhooks),
        }

    def value(self, content: bytes) -> Any:
        """What bytes say.

        Raises:
            StoreError: they are no capture, or hold what none of this version has.
        """
        with self.reading():
            return _Unpickler(content, self._make).load()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Tell what is broken in a block as such.

        Raises:
            StoreError: something is.
        """
        try:
            yield
        except _BROKEN as error:
            raise StoreError(
                f"a snapshot in the store cannot be read ({type(error).__name__}: {error}): begin with an "
                "empty store"
            ) from None

    def _make(self, kind: str, *values: Any) -> Any:
        return self._makers[kind](*values)

    def _scenario(self, kind: str, name: str, digest: str) -> Scenario:
        try:
            scenario = self._library.at(kind, name)
        except ConfigError as error:
            raise StoreError(f"a snapshot in the store needs a scenario: {error}") from None
        if scenario.digest != digest:
            raise StoreError(
                f"the scenario {name} is another one here than where a snapshot in the store was made: "
                "give all processes the same files"
            )
        return scenario


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, maker: Callable[..., Any]) -> None:
        super().__init__(io.BytesIO(content))
        self._maker = maker

    def find_class(self, module: str, name: str) -> Any:
        return self._maker if (module, name) == (__name__, make.__name__) else found(module, name)


class _InOrder:
    """A set, to be written in the order of its values."""

    __slots__ = ("values",)

    def __init__(self, values: frozenset[Any]) -> None:
        self.values = values

    def __reduce__(self) -> Reduced:
        return make, ("sorted", sorted(self.values))


def _reducer_of(cls: Any) -> Callable[[Any], Reduced]:
    values_of = attrgetter(*(each.name for each in fields(cls)))

    def reduce(value: Any) -> Reduced:
        values = values_of(value)
        return cls, tuple(_InOrder(each) if isinstance(each, frozenset) else each for each in values)

    return reduce


def _tally(plain: Mapping[str, Any], last: int, folded: dict[str, dict[int, int]]) -> Tally:
    tally = Tally.of(plain)
    tally.last, tally.folded = last, folded
    return tally


def _with_state(cls: type[T], state: Mapping[str, Any]) -> T:
    thing = cls.__new__(cls)
    vars(thing).update(state)
    return thing

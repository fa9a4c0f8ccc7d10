"""Opens a world for reading, where there is no server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.people.reader import Parts, Reader
from mock_lusha.config import data_folder
from mock_lusha.contract.registry import Registry
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.library import Library
from mock_lusha.state.account_profiles import load_profiles
from mock_lusha.state.accounts import Accounts
from mock_lusha.world_store import WorldStore

if TYPE_CHECKING:
    from mock_lusha.clock import Clock
    from mock_lusha.config import Settings


def open_reader(settings: Settings, clock: Clock, key: str | None, now: float) -> Reader:
    """A reader of the world of an account, or (None) of the settings as they are; it reads at a moment.

    Raises:
        ConfigError: a file of the settings cannot be used.
        ApiError: the key is one that the double refuses.
    """
    registry = Registry.load()
    library = Library(data_folder("scenarios"), settings.scenarios, Facts(*registry.contracts.values()))
    profiles = load_profiles([data_folder("fixtures") / "accounts.yaml"])
    if settings.accounts is not None:
        profiles = {**profiles, **load_profiles([settings.accounts])}
    accounts = Accounts(settings, clock, profiles, profiles.keys(), library.named_or_file)
    account = accounts.nobody() if key is None else accounts.look(key)
    return Reader(Parts(WorldStore(settings), settings, registry, library), account, now)

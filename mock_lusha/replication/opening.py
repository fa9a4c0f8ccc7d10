"""The replica of a server by its settings."""

from __future__ import annotations

from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mock_lusha.config import Settings
from mock_lusha.errors import ConfigError
from mock_lusha.replication.replica import Replica
from mock_lusha.store.opening import open_store
from mock_lusha.version import __version__

if TYPE_CHECKING:
    from mock_lusha.clock import Clock
    from mock_lusha.state.accounts import Accounts
    from mock_lusha.state.journal import Journal

OF_THE_PROCESS: Final = frozenset(
    {
        *("host", "port", "tls", "tls_folder", "log_format", "log_level", "control", "control_token", "cors"),
        *("store", "store_secret", "workers", "warm", "drain_delay", "grace", "delay_factor"),
        *("webhook_allow", "webhook_timeout"),
    }
)
"""Settings that processes with one state may have each for itself: no state follows from them."""


def replica_of(settings: Settings, clock: Clock, journal: Journal, accounts: Accounts) -> Replica:
    """The replica of a server whose settings name a store; it is not open yet.

    Raises:
        ConfigError: the store cannot be used, or something else cannot be shared.
    """
    if settings.store is None:
        raise ConfigError("store: there is none to share a state by")
    if settings.cassette is not None:
        raise ConfigError(
            "cassette: a recorder belongs to one process, and `store` shares the state of several: leave out "
            "one of both"
        )
    facts = {
        field.name: _fact(getattr(settings, field.name))
        for field in fields(Settings)
        if field.name not in OF_THE_PROCESS
    }
    store = open_store(settings.store, settings.store_secret, {"version": __version__, **facts})
    return Replica(store, clock, journal, accounts)


def _fact(value: object) -> str:
    """A setting in a word; of files and folders it is what they hold, wherever they are on this host."""
    if not isinstance(value, Path):
        return str(value)
    digest = blake2b(digest_size=6)
    for path in sorted(value.rglob("*")) if value.is_dir() else [value]:
        if path.is_file():
            digest.update(repr((str(path.relative_to(value)), path.read_bytes())).encode())
    return f"files with digest {digest.hexdigest()}"

"""Where a Redis is, and who asks it."""

from __future__ import annotations

from dataclasses import field
from typing import Final

from mock_lusha.values import frozen

DEFAULT_PREFIX: Final = "mock-lusha"
"""What the names of all keys begin with."""


@frozen
class RedisAddress:
    """A Redis or Valkey, a database of it by number, and the prefix of keys there."""

    host: str
    port: int
    database: int
    user: str | None
    password: str | None = field(repr=False)
    prefix: str

    @property
    def place(self) -> str:
        """The address for people: without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"redis://{host}:{self.port}/{self.database}?prefix={self.prefix}"

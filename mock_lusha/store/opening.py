"""From the URL of a store to its engine and its seals. What a kind of store needs is imported when it is
named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from mock_lusha.config.environment import state_folder
from mock_lusha.errors import ConfigError, nearest, shorten
from mock_lusha.private_files import alone, write_whole
from mock_lusha.store.identity import Identity
from mock_lusha.store.redis_address import DEFAULT_PREFIX, RedisAddress
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.store.engine import Engine
    from mock_lusha.store.sealing import Sealer

LEAST_SECRET: Final = 16
"""Characters of a secret, at least."""
KEY_FILE: Final = "store.key"
_KEY_BYTES: Final = 32
_FORMS: Final = (
    "a store is sqlite:PATH, a file on this host, "
    "or redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE][?prefix=NAME], a Redis or Valkey"
)
_SCHEMES: Final = ("sqlite", "redis")
_MAKER: Final = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'
_MOST_DATABASES: Final = 2**31
_LONGEST_PREFIX: Final = 100


@frozen
class Store:
    """An engine, which is not open yet, and what its contents are sealed with."""

    engine: Engine
    sealer: Sealer


def open_store(url: str, secret: str | None, facts: Mapping[str, str]) -> Store:
    """The store at a URL, for a process with these facts: its version, seed, digest of settings.

    Nothing is connected: that is done by ``Engine.open``, in the process that serves. Without a secret a file
    of SQLite takes the one of this user, in ``store.key`` of the state folder, which is made where there is
    none.

    Raises:
        ConfigError: the URL or the secret cannot be used, or a package is missing.
    """
    scheme, separator, rest = url.partition(":")
    scheme = scheme.strip().lower()
    if secret is not None and len(secret) < LEAST_SECRET:
        raise ConfigError(
            f"the secret of the store has {len(secret)} characters; it needs at least {LEAST_SECRET}. "
            f"This makes one: {_MAKER}"
        )
    if not separator or not url.isprintable():
        raise ConfigError(f"{_shown(url)} names no store; {_FORMS}")
    if scheme == "sqlite":
        return _sqlite(url, rest, secret, facts)
    if scheme == "redis":
        return _redis(url, secret, facts)
    if scheme in {"rediss", "unix", "valkeys"}:
        raise ConfigError(
            f"{_shown(url)} cannot be used: Redis is spoken to over TCP without TLS; "
            "put a tunnel of TLS before it, such as stunnel, and name that as redis://HOST:PORT"
        )
    raise ConfigError(
        f"{_shown(url)} names no store ({nearest(scheme, _SCHEMES, 'of an unknown kind')}); {_FORMS}"
    )


def _sqlite(url: str, rest: str, secret: str | None, facts: Mapping[str, str]) -> Store:
    if not rest.strip() or rest.startswith(":") or (rest.startswith("//") and not rest.startswith("///")):
        raise ConfigError(f"{_shown(url)} names no file: write sqlite:PATH, such as sqlite:mock-lusha.db")
    try:
        path = Path(os.path.abspath(Path(rest).expanduser()))  # noqa: PTH100 - links stay as they were named
    except RuntimeError:
        raise ConfigError(
            f"{_shown(url)} is below a home, but the user has none; name a whole path"
        ) from None
    sealer = _sealer(_user_secret() if secret is None else _bytes(secret))
    try:
        from mock_lusha.store.sqlite import SqliteEngine  # noqa: PLC0415 - only who names one pays for it
    except ImportError as error:
        raise ConfigError(
            f"a store of SQLite needs Python's module sqlite3, which this one lacks ({error})"
        ) from error
    return Store(SqliteEngine(path, Identity(facts, sealer.check)), sealer)


def _redis(url: str, secret: str | None, facts: Mapping[str, str]) -> Store:
    address = _redis_address(url)
    if secret is None:
        raise ConfigError(
            "a store in Redis needs a secret, the same for all that share it: "
            f"set store_secret. This makes one: {_MAKER}"
        )
    sealer = _sealer(_bytes(secret), extra="redis")
    from mock_lusha.store.redis import RedisEngine  # noqa: PLC0415 - only who names one pays for it

    return Store(RedisEngine(address, Identity(facts, sealer.check)), sealer)


def _redis_address(url: str) -> RedisAddress:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ConfigError(
            f"{_shown(url)} is no URL of Redis; {_FORMS}. "
            "In a password, characters such as / ? # @ are written %2F %3F %23 %40"
        ) from None
    if not host or parts.fragment:
        raise ConfigError(f"{_shown(url)} names no host; {_FORMS}")
    if port == 0:
        raise ConfigError(f"{_shown(url)} has the port 0; ports are 1 to 65535, and Redis' own is 6379")
    database = parts.path.removeprefix("/")
    if database and not (
        database.isascii() and database.isdecimal() and len(database) < 11 and int(database) < _MOST_DATABASES
    ):
        raise ConfigError(
            f"{_shown(url)} names the database {shorten(database)}; it is a number, such as redis://{host}/0"
        )
    prefix = DEFAULT_PREFIX
    for pair in filter(None, parts.query.split("&")):
        name, _, value = pair.partition("=")
        if name != "prefix":
            help_text = nearest(name, ["prefix"], "there is only prefix")
            raise ConfigError(f"{_shown(url)} has the parameter {shorten(name)}; {help_text}")
        prefix = unquote(value)
    if not 0 < len(prefix) <= _LONGEST_PREFIX or not all(c.isalnum() or c in "-_.:/" for c in prefix):
        raise ConfigError(
            f"the prefix {shorten(prefix)!r} of the store cannot be used: it has 1 to {_LONGEST_PREFIX} "
            "letters, digits and - _ . : /"
        )
    return RedisAddress(
        host=host,
        port=6379 if port is None else port,
        database=int(database or 0),
        user=None if not parts.username else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        prefix=prefix,
    )


def _shown(url: str) -> str:
    """A URL as messages may have it: without what stands before a host."""
    scheme, separator, rest = url.partition(":")
    before, at, host = rest.rpartition("@")
    return shorten(f"{scheme}{separator}{'//…@' if before or at else ''}{host}", 200) or "an empty text"


def _bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")


def _sealer(secret: bytes, extra: str = "store") -> Sealer:
    try:
        from mock_lusha.store.sealing import Sealer  # noqa: PLC0415 - which loads cryptography
    except ConfigError as error:
        raise ConfigError(str(error).replace("mock-lusha[store]", f"mock-lusha[{extra}]")) from error

    return Sealer(secret)


def _user_secret() -> bytes:
    """The secret of this user for files of SQLite, made where there is none.

    Raises:
        ConfigError: it cannot be kept.
    """
    try:
        folder = state_folder()
    except ConfigError:
        raise ConfigError(
            "the user has no home to keep the secret of the store in: set store_secret, or XDG_STATE_HOME"
        ) from None
    path = folder / KEY_FILE
    try:
        if not path.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with alone(folder):
                if not path.exists():
                    write_whole(path, os.urandom(_KEY_BYTES), 0o600)
        secret = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the secret of the store cannot be kept in {shorten(str(path), 200)} "
            f"({error.strerror or error}); set store_secret"
        ) from None
    if len(secret) != _KEY_BYTES:
        raise ConfigError(
            f"{shorten(str(path), 200)} is no secret of a store, which has {_KEY_BYTES} bytes; "
            "remove it to have one made, or set store_secret"
        )
    return secret

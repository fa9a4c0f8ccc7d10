"""What names a store, and what its contents are sealed with."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.errors import ConfigError, StoreError, StoreRefusedError
from mock_lusha.store.opening import KEY_FILE, open_store
from mock_lusha.store.sealing import Sealer

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "a secret of the tests"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "names no store.*sqlite:PATH"),
        ("store.db", "names no store.*sqlite:PATH.*redis://"),
        ("sqlit:store.db", "did you mean sqlite"),
        ("reddis://host", "did you mean redis"),
        ("mysql://host", "mysql.*sqlite:PATH"),
        ("sqlite:", "names no file"),
        ("sqlite::memory:", "names no file"),
        ("sqlite://store.db", "names no file"),
        ("sqlite:a\0b", "names no store"),
        ("rediss://host", "without TLS"),
        ("redis:", "names no host"),
        ("redis://", "names no host"),
        ("redis://host:port", "no URL of Redis"),
        ("redis://host:99999", "no URL of Redis"),
        ("redis://host:0", "port 0"),
        ("redis://host/x", "database x"),
        ("redis://host/-1", "database -1"),
        ("redis://host/²", "database ²"),
        ("redis://host/99999999999", "database 99999999999"),
        ("redis://host?prefx=a", "prefx.*prefix"),
        ("redis://host?prefix=", "prefix '' of the store"),
        ("redis://host?prefix=a*", r"a\*"),
        ("redis://:hunter2/x@host", "no URL of Redis.*%2F"),
    ],
)
def test_a_url_that_names_no_store_is_refused(url: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        open_store(url, SECRET, {})

    assert "hunter2" not in str(error.value)


def test_a_short_secret_is_refused_and_a_store_in_redis_needs_one() -> None:
    with pytest.raises(ConfigError, match=r"has 5 characters; it needs at least 16.*token_urlsafe"):
        open_store("redis://host", "short", {})
    with pytest.raises(ConfigError, match=r"needs a secret.*token_urlsafe"):
        open_store("redis://host", None, {})


def test_the_secret_of_a_file_is_made_once_and_for_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    first, second = (open_store(f"sqlite:{tmp_path}/store.db", None, {}) for _ in range(2))
    path = tmp_path / "mock-lusha" / KEY_FILE

    assert first.sealer.check == second.sealer.check
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    with pytest.raises(ConfigError, match=r"no secret of a store.*remove it"):
        open_store(f"sqlite:{tmp_path}/store.db", None, {})


def test_a_state_folder_that_cannot_be_used_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))

    with pytest.raises(ConfigError, match=r"cannot be kept.*store_secret"):
        open_store(f"sqlite:{tmp_path}/store.db", None, {})


def test_files_of_a_store_belong_to_their_owner(tmp_path: Path, connect: Any) -> None:
    engine = connect(f"sqlite:{tmp_path}/store.db").engine
    engine.append(b"a" * 16, 0, 0, b"")

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("store.db", "store.db-shm", "store.db-wal"), 0o600)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing/store.db", None, "there is no folder"),
        ("", None, "is no file"),
        ("text.db", b"no database at all, but a text" * 100, "no database of SQLite"),
    ],
)
def test_a_file_that_cannot_be_a_store_is_refused(
    tmp_path: Path, connect: Any, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(StoreRefusedError, match=message):
        connect(f"sqlite:{tmp_path / name}")


def test_a_database_of_another_program_is_refused(tmp_path: Path, connect: Any) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE people (name TEXT)")
    other.close()

    with pytest.raises(StoreRefusedError, match=r"of another program"):
        connect(f"sqlite:{tmp_path}/other.db")


def test_a_writer_that_holds_the_file_is_told(tmp_path: Path, connect: Any) -> None:
    engine = connect(f"sqlite:{tmp_path}/store.db").engine
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreError, match=r"kept busy by another process"):
            engine.append(b"a" * 16, 0, 0, b"")
    finally:
        other.close()
    assert engine.append(b"a" * 16, 0, 0, b"").number == 1


FULL = """
import asyncio, resource, sys
from mock_lusha.errors import StoreError
from mock_lusha.store.opening import open_store

engine = open_store(sys.argv[1], "a secret of the tests", {}).engine
asyncio.run(engine.open())
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
position = 0
try:
    while True:
        position = engine.append(b"a" * 16, position, 0, bytes(10_000)).position
except StoreError as error:
    print(position, engine.state().last, error)
"""


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path, connect: Any) -> None:
    url = f"sqlite:{tmp_path}/store.db"
    command = [sys.executable, "-c", FULL, url]
    position, last, message = subprocess.check_output(command, text=True).split(" ", 2)

    assert "the disk is full" in message
    assert int(position) == int(last) > 10
    assert connect(url).engine.append(b"a" * 16, int(position), 0, b"").number == int(position) + 1


@pytest.mark.parametrize("content", [b"", b"a request", bytes(1_000_000)])
def test_what_is_sealed_opens_for_its_tenant_alone(content: bytes) -> None:
    sealer = Sealer(b"secret")
    tenant = sealer.tenant("key")
    sealed = sealer.seal(tenant, content)

    assert sealer.open(tenant, sealed) == content
    assert sealer.seal(tenant, content) != sealed
    for other, text in (
        (sealer, sealed[:-1]),
        (sealer, b""),
        (sealer, bytes([sealed[0] ^ 1]) + sealed[1:]),
        (Sealer(b"other"), sealed),
    ):
        with pytest.raises(StoreError, match=r"does not open"):
            other.open(tenant, text)
    with pytest.raises(StoreError, match=r"does not open"):
        sealer.open(sealer.tenant("other"), sealed)


@pytest.mark.parametrize("key", ["", "key", "ключ", "\udcff", "k" * 10_000])
def test_a_tenant_is_a_hash_that_depends_on_the_secret(key: str) -> None:
    assert len(Sealer(b"secret").tenant(key)) == 16
    assert Sealer(b"secret").tenant(key) == Sealer(b"secret").tenant(key) != Sealer(b"other").tenant(key)


@pytest.mark.parametrize(
    ("module", "url", "message"),
    [
        ("cryptography", "sqlite:store.db", r"pip install 'mock-lusha\[store\]'"),
        ("cryptography", "redis://host", r"pip install 'mock-lusha\[redis\]'"),
        ("hiredis", "redis://host", r"pip install 'mock-lusha\[redis\]'"),
    ],
)
def test_a_package_that_is_missing_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, module: str, url: str, message: str
) -> None:
    for name in list(sys.modules):
        if name.startswith(("mock_lusha.store.sealing", "mock_lusha.store.redis")):
            monkeypatch.delitem(sys.modules, name)
        if name.partition(".")[0] == module:
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(ConfigError, match=message):
        open_store(url, SECRET, {})


def test_no_driver_is_loaded_before_it_is_named() -> None:
    program = (
        "import sys, mock_lusha.store.opening;"
        "print({'sqlite3', 'hiredis', 'cryptography', 'asyncio'} & sys.modules.keys())"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "set()\n"

"""How a store behaves while its Redis does not."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from redis_process import RedisProcess, free_port

from mock_lusha.errors import StoreError, StoreLostError, StoreRefusedError
from mock_lusha.store.engine import Appended, StoreState

if TYPE_CHECKING:
    from collections.abc import Iterator

A = b"a" * 16


def test_what_a_hung_redis_did_not_answer_in_time_never_happens(
    redis: RedisProcess, connect: Any, runner: asyncio.Runner
) -> None:
    engine = connect(redis.url()).engine

    async def three() -> list[Any]:
        return await asyncio.gather(
            *(engine.append(A, at, 0, b"") for at in range(3)), return_exceptions=True
        )

    runner.run(engine.append(A, 0, 0, b""))  # so that Redis knows the script
    redis.pause()
    errors = runner.run(three())
    redis.resume()

    assert [str(error) for error in errors] == [f"the store {engine.place} did not answer within 0.25 s"] * 3
    assert runner.run(engine.state()) == StoreState(1, 0, 0, 0)
    assert runner.run(engine.append(A, 1, 0, b"")) == Appended(2, 2, 0)


def test_a_redis_that_hangs_while_somebody_connects_is_told(
    redis: RedisProcess, connect: Any, runner: asyncio.Runner
) -> None:
    redis.pause()
    try:
        with pytest.raises(StoreError, match=r"did not answer within"):
            connect(redis.url())
    finally:
        redis.resume()


def test_a_redis_that_died_is_told_and_one_that_is_back_without_data_is_another(
    redis: RedisProcess, connect: Any, runner: asyncio.Runner
) -> None:
    engine = connect(redis.url()).engine
    runner.run(engine.append(A, 0, 0, b""))

    redis.kill()
    with pytest.raises(StoreError, match=r"closed the connection|cannot be reached"):
        runner.run(engine.append(A, 1, 0, b""))
    with pytest.raises(StoreError, match=r"cannot be reached"):
        runner.run(engine.state())
    redis.start()
    with pytest.raises(StoreLostError, match=r"emptied"):
        runner.run(engine.append(A, 1, 0, b""))
    runner.run(engine.open())
    assert runner.run(engine.append(A, 0, 0, b"")) == Appended(1, 1, 0)


def test_a_connection_that_broke_is_made_again_by_the_next_call(
    redis: RedisProcess, connect: Any, runner: asyncio.Runner
) -> None:
    engine = connect(redis.url()).engine
    runner.run(engine.append(A, 0, 0, b""))

    redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    with contextlib.suppress(StoreError):  # the first may learn of it
        runner.run(engine.state())
    assert runner.run(engine.append(A, 1, 0, b"")) == Appended(2, 2, 0)


def test_redis_may_forget_scripts(redis: RedisProcess, connect: Any, runner: asyncio.Runner) -> None:
    engine = connect(redis.url()).engine
    runner.run(engine.append(A, 0, 0, b""))
    redis.command("SCRIPT", "FLUSH")

    assert runner.run(engine.append(A, 1, 0, b"")) == Appended(2, 2, 0)


def test_a_full_redis_takes_nothing_until_there_is_room(
    redis: RedisProcess, connect: Any, runner: asyncio.Runner
) -> None:
    engine = connect(redis.url()).engine
    runner.run(engine.append(A, 0, 0, bytes(100_000)))
    redis.command("CONFIG", "SET", "maxmemory", "1")

    with pytest.raises(StoreError, match=r"no memory left"):
        runner.run(engine.append(A, 1, 0, b""))
    with pytest.raises(StoreError, match=r"no memory left"):
        runner.run(engine.append_server(1, b"", clears=True))
    assert runner.run(engine.state()) == StoreState(1, 0, 0, 0)
    redis.command("CONFIG", "SET", "maxmemory", "0")
    assert runner.run(engine.append(A, 1, 0, b"")) == Appended(2, 2, 0)


def test_a_replica_is_told(redis: RedisProcess, connect: Any, runner: asyncio.Runner) -> None:
    engine = connect(redis.url()).engine
    redis.command("REPLICAOF", "127.0.0.1", str(free_port()))

    with pytest.raises(StoreError, match=r"is a replica"):
        runner.run(engine.append(A, 0, 0, b""))


def test_a_redis_that_evicts_any_key_is_refused(redis: RedisProcess, connect: Any) -> None:
    redis.command("CONFIG", "SET", "maxmemory", "100mb")
    redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")

    with pytest.raises(StoreRefusedError, match=r"allkeys-lru.*noeviction"):
        connect(redis.url())


@pytest.fixture(scope="module")
def closed_redis() -> Iterator[RedisProcess]:
    user = ("--user", "bob", "on", ">bobsword", "~*", "&*", "+@all")
    redis = RedisProcess("--requirepass", "hunter2hunter2", *user)
    yield redis
    redis.kill()


@pytest.mark.parametrize("login", [":hunter2hunter2@", "bob:bobsword@", "default:hunter2%68unter2@"])
def test_a_password_opens(closed_redis: RedisProcess, connect: Any, login: str) -> None:
    engine = connect(closed_redis.url(login=login, database=3)).engine

    assert engine.place.endswith("/3?prefix=tests")


@pytest.mark.parametrize(
    ("login", "database", "message"),
    [
        ("", 0, "wants a password"),
        (":wrongwrong@", 0, "refuses the user or the password"),
        ("eve:hunter2hunter2@", 0, "refuses the user or the password"),
        (":hunter2hunter2@", 99, "no database of this number"),
    ],
)
def test_a_login_that_fails_is_told_without_it(
    closed_redis: RedisProcess, connect: Any, login: str, database: int, message: str
) -> None:
    with pytest.raises(StoreRefusedError, match=message) as error:
        connect(closed_redis.url(login=login, database=database))

    assert not any(word in str(error.value) for word in ("hunter2", "wrongwrong", "eve"))


def test_a_password_that_nobody_asked_for_is_told(shared_redis: RedisProcess, connect: Any) -> None:
    with pytest.raises(StoreRefusedError, match=r"has no password, but one is given"):
        connect(shared_redis.url(login=":hunter2@"))


def test_two_prefixes_are_two_stores(
    shared_redis: RedisProcess, connect: Any, runner: asyncio.Runner
) -> None:
    one, two = (connect(shared_redis.url(prefix=prefix)).engine for prefix in ("one", "two"))
    runner.run(one.append(A, 0, 0, b""))

    assert runner.run(two.state()) == StoreState(0, 0, 0, 0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "is no Redis"), (b"", "closed the connection")],
)
def test_a_server_that_is_no_redis_is_told(connect: Any, answer: bytes, message: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection = listener.accept()[0]
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(StoreError, match=message):
            connect(f"redis://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()

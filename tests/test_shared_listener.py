from __future__ import annotations

import contextlib
import socket
from array import array

import pytest

from mock_lusha.shared_listener import UNUSED, SharedListener


@pytest.fixture
def counts() -> memoryview:
    return memoryview(array("I", [1, 0, 3, UNUSED]))


def listener_of(counts: memoryview, number: int) -> SharedListener:
    listener = SharedListener(socket.create_server(("127.0.0.1", 0)), counts, number, 16)
    listener.listen(1)
    listener.setblocking(False)
    return listener


def test_the_worker_with_fewest_connections_accepts_at_once_and_counts_until_they_are_closed(
    counts: memoryview,
) -> None:
    with listener_of(counts, 1) as listener, socket.create_connection(listener.getsockname()) as client:
        connection, address = listener.accept()
        assert (address, counts[1]) == (client.getsockname(), 1)
        connection.close()
        connection.close()

    assert list(counts) == [1, 0, 3, UNUSED]


def test_a_worker_with_more_leaves_a_connection_to_others_and_takes_it_where_none_does(
    counts: memoryview,
) -> None:
    with listener_of(counts, 2) as listener, socket.create_connection(listener.getsockname()):
        with pytest.raises(BlockingIOError):
            listener.accept()
        for _ in range(10_000):
            with contextlib.suppress(BlockingIOError):
                listener.accept()[0].close()
                break
        else:
            pytest.fail("nobody took the connection")

    assert list(counts) == [1, 0, 3, UNUSED]


def test_a_worker_that_does_not_serve_is_left_no_connection(counts: memoryview) -> None:
    counts[1] = UNUSED
    with listener_of(counts, 2) as listener, socket.create_connection(listener.getsockname()):
        listener.accept()[0].close()

    assert list(counts) == [1, UNUSED, 3, UNUSED]

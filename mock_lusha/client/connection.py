"""A persistent connection to a server, by Python's own HTTP library."""

from __future__ import annotations

import os
import select
import threading
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING

from mock_lusha.client.address import parse_address
from mock_lusha.client.protocol import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping


class Connection:
    """Asks one server, over one connection; threads take turns.

    It is http.client's: a suite that mocks or records the traffic of its own clients must still be able to
    steer. It connects again where the server has closed the connection, and in a forked process.

    Raises:
        ConfigError: the URL is not an http:// or https:// address.
    """

    def __init__(self, url: str) -> None:
        address = parse_address(url)
        self._kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self._host = address.host
        self._port = address.port
        self._prefix = address.prefix
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self._process = 0

    def ask(
        self,
        method: str,
        target: str,
        content: bytes | None,
        headers: Mapping[str, str],
        patience: float = PATIENCE,
    ) -> tuple[int, bytes]:
        """The status and the body of an answer, each part of which may take ``patience`` seconds.

        Raises:
            OSError: no answer came.
            HTTPException: the answer was not HTTP.
        """
        with self._lock:
            connection = self._connected()
            connection.timeout = patience
            if connection.sock is not None:
                connection.sock.settimeout(patience)
            try:
                connection.request(method, self._prefix + target, content, dict(headers))
                answer = connection.getresponse()
                return answer.status, answer.read()
            except BaseException:
                self._drop()
                raise

    def _connected(self) -> HTTPConnection:
        connection = self._connection
        if connection is not None and self._process == os.getpid() and not _ended(connection):
            return connection
        self._drop()
        self._process = os.getpid()
        self._connection = self._kind(self._host, self._port)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        with self._lock:
            self._drop()


def _ended(connection: HTTPConnection) -> bool:
    # On an idle connection there is nothing to read, unless the other side has closed it.
    return connection.sock is not None and bool(select.select([connection.sock], [], [], 0)[0])

"""A real Redis for tests: in a process of its own, on a free port, that keeps nothing."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess

import pytest
from support import IN_CI


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class RedisProcess:
    def __init__(self, *flags: str) -> None:
        program = shutil.which("redis-server")
        if program is None:
            assert not IN_CI, "redis-server is not installed"
            pytest.skip("redis-server is not installed")
        self._command = [program, "--save", "", "--appendonly", "no", "--bind", "127.0.0.1", *flags]
        self.port = free_port()
        self.start()

    def url(self, *, login: str = "", database: int = 0, prefix: str = "tests") -> str:
        return f"redis://{login}127.0.0.1:{self.port}/{database}?prefix={prefix}"

    def start(self) -> None:
        command = [*self._command, "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert any("Ready to accept connections" in line for line in self._process.stdout), "it ended"

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def command(self, *words: str) -> str:
        """What it answers to one command, as it stands on the wire."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            return connection.recv(65_536).decode()

"""Servers of several processes, as ``mock-lusha serve --workers`` starts them, by the clock of a test."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from machine_clock import MachineClock

if TYPE_CHECKING:
    from mock_lusha.clock import Clock

MOST_IDLE = 4
"""Servers that wait for another test with their settings."""


class Server:
    """A server whose machine's clock is ours. Its log holds errors alone, and is to be empty."""

    def __init__(self, workers: int, settings: dict[str, Any], seconds: float) -> None:
        self.workers = workers
        self._folder = Path(tempfile.mkdtemp(prefix="mock-lusha-served-"))
        self.clock = MachineClock.at(self._folder / "clock", seconds)
        config = self._folder / "settings.yaml"
        config.write_text(json.dumps({"log_level": "error", **settings, "port": 0}), encoding="utf-8")
        program = str(Path(__file__).with_name("machine_clock.py"))
        command = [sys.executable, program, str(self._folder / "clock"), "serve", f"--workers={workers}"]
        self._process = subprocess.Popen([*command, f"--config={config}"], stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        match = re.search(r"at (http://[\w.:]+)", line)
        if match is None:
            self._process.terminate()
            pytest.fail(line + self._process.communicate()[1])
        self.url = httpx.URL(match[1])

    def end(self) -> None:
        self._process.terminate()
        _, log = self._process.communicate(timeout=20)
        shutil.rmtree(self._folder)
        assert (self._process.returncode, log) == (0, ""), f"{self._process.returncode}: {log}"


class Alternating(httpx.AsyncBaseTransport):
    """One connection to each worker, called in turn. A connection stays with the worker that took it."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._connections: list[httpx.AsyncHTTPTransport] = []
        self._calls = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it to whoever has the next turn; its header ``Host`` stays what it is."""
        if not self._connections:
            await self._connect()
        self._server.clock.set(self._clock.now())
        self._calls += 1
        connection = self._connections[self._calls % self._server.workers]
        url = self._server.url
        request.url = request.url.copy_with(scheme=url.scheme, host=url.host, port=url.port)
        return await connection.handle_async_request(request)

    async def _connect(self) -> None:
        workers: dict[int, httpx.AsyncHTTPTransport] = {}
        while len(workers) < self._server.workers:
            connection = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
            async with asyncio.timeout(20):
                answer = await connection.handle_async_request(
                    httpx.Request("GET", self._server.url.join("/_mock/health"))
                )
                worker: int = json.loads(await answer.aread())["process"]["worker"]
            if worker in workers:
                await connection.aclose()
            else:
                workers[worker] = connection
        self._connections = list(workers.values())

    async def aclose(self) -> None:
        """Close the connections."""
        while self._connections:
            await self._connections.pop().aclose()


class Served:
    """A server as clients of tests take an application."""

    def __init__(self, pool: Servers, server: Server, clock: Clock, settings: str) -> None:
        self._pool = pool
        self._settings = settings
        self.server = server
        self.clock = clock
        self._transports: list[Alternating] = []

    def __getattr__(self, name: str) -> Any:
        if name in {"router", "state"}:
            pytest.skip("it looks into an application, and none is in this process")
        raise AttributeError(name)

    @cached_property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The one of all its clients."""
        return asyncio.new_event_loop()

    def transport(self) -> Alternating:
        """What a client needs."""
        self._transports.append(Alternating(self.server, self.clock))
        return self._transports[-1]

    def end(self) -> None:
        """Leave the server to the next test."""
        self.loop.run_until_complete(self._close())
        self.loop.close()
        self._pool.put(self._settings, self.server)

    async def _close(self) -> None:
        for transport in self._transports:  # also of clients that a skipped test did not close
            await transport.aclose()
        await asyncio.sleep(0)


class Servers:
    """Servers by their settings. Each serves one test at a time, and forgets everything before it does."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._idle: list[tuple[str, Server]] = []
        self.started = 0

    def take(self, settings: dict[str, Any], clock: Clock) -> Served:
        """One with these settings, at the time of a clock."""
        values = {name: _plain(value) for name, value in settings.items()}
        if "credits" in values:
            values["credits"] = "unlimited" if values["credits"] is None else values["credits"]
        named = json.dumps(values, sort_keys=True)
        seconds = clock.now()
        for each in self._idle:
            # The time of a server never goes back, and what cannot be steered cannot be reset.
            if each[0] == named and each[1].clock.read() <= seconds and "control" not in named:
                self._idle.remove(each)
                each[1].clock.set(seconds)
                httpx.post(each[1].url.join("/_mock/reset"), trust_env=False).raise_for_status()
                return Served(self, each[1], clock, named)
        self.started += 1
        return Served(self, Server(self._workers, values, seconds), clock, named)

    def put(self, settings: str, server: Server) -> None:
        """Keep one for the next test, in place of the one that waits longest."""
        self._idle.append((settings, server))
        if len(self._idle) > MOST_IDLE:
            self._idle.pop(0)[1].end()

    def end(self) -> None:
        while self._idle:
            self._idle.pop()[1].end()


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)

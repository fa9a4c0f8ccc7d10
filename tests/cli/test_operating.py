"""A server in a process of its own as somebody operates it: its output, a log that nobody reads, its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_lusha.client.protocol import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="POSIX signals, and pipes of one page")
COMMAND = [sys.executable, "-m", "mock_lusha", "serve", "--port", "0", "--log-format", "json"]
SMALL = ["--people", "0", "--companies", "1", "--limits", "off"]
USAGE = "/v3/account/usage"
HEADERS = {"api_key": "any-key-0123456789"}


class Process:
    """A server whose stderr is a pipe of one page; it is ready when its first line is read."""

    def __init__(self, *flags: str) -> None:
        import fcntl  # noqa: PLC0415 - POSIX alone

        reading, writing = os.pipe()
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
        self.process = subprocess.Popen([*COMMAND, *SMALL, *flags], stderr=writing)
        os.close(writing)
        self.stderr = os.fdopen(reading)
        self.banner = json.loads(self.stderr.readline())
        self.url: str = self.banner["url"]

    def rest(self) -> list[dict[str, Any]]:
        """The lines after the banner, once the server has ended."""
        return [json.loads(line) for line in self.stderr]


@contextlib.contextmanager
def serving(*flags: str) -> Iterator[Process]:
    with contextlib.ExitStack() as stack:
        served = Process(*flags)
        stack.callback(served.stderr.close)
        stack.callback(served.process.wait)
        stack.callback(served.process.kill)
        yield served


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_loses_no_line_of_the_calls_before_it(sent: signal.Signals) -> None:
    with serving("--limits", "off") as served:
        with httpx.Client(base_url=served.url, headers=HEADERS, trust_env=False) as client:
            for _ in range(40):
                client.get(USAGE)
        served.process.send_signal(sent)
        lines = served.rest()

    assert [line["request"] for line in lines if line.get("path") == USAGE] == [*range(1, 41)]


def test_all_that_is_said_as_json_has_time_and_level() -> None:
    with serving("--log-level", "debug") as served:
        with httpx.Client(base_url=served.url, headers=HEADERS, trust_env=False) as client:
            client.get(USAGE)
            client.get("/_mock/ready")
        served.process.send_signal(signal.SIGTERM)
        lines = served.rest()

        assert served.process.wait() == 0
    assert (served.banner["level"], served.banner["plan"], served.banner["people"]) == ("info", "scale", 0)
    usage, ready = (line for line in lines if "path" in line)
    assert (usage["level"], usage["request"], usage["fingerprint"]) == (
        "info",
        1,
        fingerprint(HEADERS["api_key"]),
    )
    assert (ready["level"], ready["request"]) == ("debug", None)
    assert all(line["time"] and line["level"] and "request" in line for line in [served.banner, *lines])


def test_what_keeps_a_server_from_beginning_is_json_too() -> None:
    ended = subprocess.run([*COMMAND, "--scenario", "flakey"], capture_output=True, text=True, check=False)

    (line,) = map(json.loads, ended.stderr.splitlines())
    assert (ended.returncode, line["level"]) == (2, "error")
    assert "flakey" in line["message"]


def test_a_log_that_nobody_reads_holds_up_no_call_and_not_the_end() -> None:
    with serving() as served:
        with httpx.Client(base_url=served.url, headers=HEADERS, trust_env=False, timeout=20) as client:
            assert {client.get(USAGE).status_code for _ in range(100)} == {200}
        served.process.send_signal(signal.SIGTERM)

        assert served.process.wait(20) == 0
        assert served.rest()[0]["request"] == 1


async def _load(url: str, process: subprocess.Popen[bytes], clients: int) -> tuple[list[int], list[str]]:
    """Calls of many clients until the server ends, which a signal tells it to in the middle: the statuses of
    all answers, and how calls ended that had none."""
    statuses: list[int] = []
    lost: list[str] = []

    async def call_on() -> None:
        async with httpx.AsyncClient(
            base_url=url, headers=HEADERS, verify=False, trust_env=False, timeout=20
        ) as client:
            while True:
                try:
                    answer = await client.get(USAGE)
                except httpx.ConnectError:
                    return  # the listener is closed: nothing was sent
                except httpx.HTTPError as error:
                    lost.append(repr(error))
                    return
                answer.json()
                statuses.append(answer.status_code)
                if len(statuses) == 100:
                    process.send_signal(signal.SIGTERM)

    await asyncio.gather(*(call_on() for _ in range(clients)))
    return statuses, lost


def test_no_answer_is_lost_or_made_up_when_a_busy_server_is_told_to_end() -> None:
    with serving("--drain-delay", "0.2", "--grace", "10") as served:
        statuses, lost = asyncio.run(_load(served.url, served.process, 8))

        assert served.process.wait(20) == 0
    assert lost == []
    assert set(statuses) == {200}
    assert len(statuses) > 100

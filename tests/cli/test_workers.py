"""Several processes on one port as somebody operates them: who serves, who dies, how all end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_lusha.config import Settings
from mock_lusha.errors import ConfigError
from mock_lusha.server import MockServer
from mock_lusha.temporary_folder import TemporaryFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
COMMAND = [sys.executable, "-m", "mock_lusha", "serve", "--port", "0", "--log-format", "json"]
SMALL = ["--people", "0", "--companies", "1", "--limits", "off", "--log-level", "debug"]
USAGE = "/v3/account/usage"
HEADERS = {"api_key": "any-key-0123456789"}


def children_of(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Server:
    """``serve --workers 2`` with its log on a pipe, whose first line says that all serve."""

    def __init__(self, folder: Path, *flags: str) -> None:
        environ = {**os.environ, "TMPDIR": str(folder)}
        self.process = subprocess.Popen(
            [*COMMAND, *SMALL, "--workers", "2", *flags], stderr=subprocess.PIPE, text=True, env=environ
        )
        self.banner = self.line("url")
        self.url: str = self.banner["url"]
        self.workers = children_of(self.process.pid)

    def line(self, name: str, value: Any = None) -> dict[str, Any]:
        """The next line of the log that has this field, with this value where one is named."""
        assert self.process.stderr is not None
        for text in self.process.stderr:
            line: dict[str, Any] = json.loads(text)
            if name in line and value in {None, line[name]}:
                return line
        raise AssertionError(f"it ended, and no line had {name}")

    def rest(self) -> list[dict[str, Any]]:
        """The lines that are left, once all processes that could write some have ended."""
        assert self.process.stderr is not None
        return [json.loads(text) for text in self.process.stderr]

    def answering(self) -> int:
        """The number of the worker that a new connection came to."""
        assert httpx.get(f"{self.url}/_mock/ready", trust_env=False).status_code == 200
        number: int = self.line("path", "/_mock/ready")["worker"]
        return number

    def close(self) -> None:
        for pid in [self.process.pid, *self.workers]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    with contextlib.ExitStack() as stack:

        def started(*flags: str) -> Server:
            server = Server(tmp_path, *flags)
            stack.callback(server.close)
            return server

        yield started


def folders(pids: list[int]) -> set[Path]:
    """The folders in memory in which processes have files open; those of other tests are not among them."""
    opened = {link.readlink().parent for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()}
    return {path for path in opened if str(path).startswith("/dev/shm/mock-lusha-")}


def test_two_workers_serve_one_port_and_leave_nothing_behind(start: Callable[..., Server]) -> None:
    server = start("--warm")
    shared = folders(server.workers)

    # A process that is busy, or stands, leaves connections to the other.
    numbers = {server.answering()}
    for standing in server.workers:
        os.kill(standing, signal.SIGSTOP)
        numbers.add(server.answering())
        os.kill(standing, signal.SIGCONT)
    server.process.send_signal(signal.SIGTERM)

    assert numbers == {1, 2}
    assert (server.banner["workers"], len(server.workers)) == (2, 2)
    assert {line["worker"] for line in server.rest()} <= {1, 2}
    assert server.process.wait(10) == 0
    assert [path.exists() for path in shared] == [False]


def test_every_worker_shows_the_calls_of_all(start: Callable[..., Server]) -> None:
    server = start()
    clients = [
        httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False, timeout=20) for _ in range(4)
    ]
    with contextlib.ExitStack() as stack:
        for client in clients:  # each connection stays with a worker, and these are two of each
            stack.enter_context(client)
        for number in range(40):
            path = USAGE if number % 5 else "/nowhere"
            clients[number % 4].get(path, headers={"api_key": f"key-{number % 3}"})
        shown: dict[int, set[str]] = {}
        for client in clients:
            process, views = shown_by(client)
            shown.setdefault(process["worker"], set()).add(views)

    assert shown.keys() == {1, 2}
    assert len(set.union(*shown.values())) == 1
    view = json.loads(next(iter(shown[1])))
    assert view["health"]["exchanges"] == view["journal"]["total"] == 40
    assert 'mock_lusha_calls_total{operation="getAccountUsage",status="200"} 32' in view["metrics"]


def shown_by(client: httpx.Client) -> tuple[dict[str, Any], str]:
    """Which process answers, and what it shows that is no process's own."""
    paths = ("health", "journal", "coverage", "conduct")
    views = {path: client.get(f"/_mock/{path}").json() for path in paths}
    process = views["health"].pop("process")
    del views["health"]["now"]
    for exchange in views["journal"]["exchanges"]:
        del exchange["ms"]
    lines = client.get("/_mock/metrics").text.splitlines()
    views["metrics"] = [line for line in lines if line[0] != "#" and 'worker="' not in line]
    return process, json.dumps(views)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_ends_is_replaced_and_the_other_keeps_its_connections(
    start: Callable[..., Server], sent: signal.Signals
) -> None:
    server = start()
    with httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False) as client:
        assert client.get(USAGE).status_code == 200
        own = server.line("path", USAGE)["worker"]
        other = server.workers[2 - own]
        os.kill(other, sent)
        line = server.line("pid", other)

        # The connection that is kept goes on with the worker that has it.
        assert client.get(USAGE).status_code == 200
        assert server.line("path", USAGE)["worker"] == own

        # With that one standing, only the new one can answer.
        os.kill(server.workers[own - 1], signal.SIGSTOP)
        assert server.answering() == 3 - own
        os.kill(server.workers[own - 1], signal.SIGCONT)
    (fresh,) = set(children_of(server.process.pid)) - set(server.workers)
    server.workers.append(fresh)
    server.process.send_signal(signal.SIGTERM)

    how = "was ended by SIGKILL" if sent == signal.SIGKILL else "ended with exit code 0"
    assert line["message"] == f"worker {3 - own} (process {other}) {how}; another takes its place"
    assert (line["level"], line["worker"]) == ("warning", 3 - own)
    assert server.process.wait(10) == 0


async def _load(server: Server, sent: Callable[[], None]) -> tuple[list[int], list[str]]:
    """Calls of many clients until the server ends, which a signal tells it to in the middle: the statuses of
    all answers, and how calls ended that had none."""
    statuses: list[int] = []
    lost: list[str] = []

    async def call_on() -> None:
        async with httpx.AsyncClient(
            base_url=server.url, headers=HEADERS, verify=False, trust_env=False, timeout=20
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
                    sent()

    await asyncio.gather(*(call_on() for _ in range(8)))
    return statuses, lost


@pytest.mark.parametrize("everybody", [False, True], ids=["to the first process", "to all of them"])
def test_no_answer_is_lost_when_busy_workers_are_told_to_end(
    start: Callable[..., Server], everybody: bool
) -> None:
    server = start("--drain-delay", "0.2", "--log-level", "warning")

    def tell() -> None:
        for pid in [server.process.pid, *(server.workers if everybody else [])]:
            os.kill(pid, signal.SIGTERM)

    statuses, lost = asyncio.run(_load(server, tell))

    assert server.process.wait(20) == 0
    assert (lost, set(statuses)) == ([], {200})
    assert len(statuses) > 100
    assert server.rest() == []


def test_a_second_signal_does_not_wait_for_what_is_under_way(start: Callable[..., Server]) -> None:
    server = start("--drain-delay", "600", "--grace", "600")
    server.process.send_signal(signal.SIGTERM)
    text = "draining: 0 requests under way; a second signal ends at once"
    drains = {server.line("message", text)["worker"] for _ in range(2)}
    answer = httpx.get(f"{server.url}/_mock/ready", trust_env=False)
    server.process.send_signal(signal.SIGINT)

    assert server.process.wait(10) == 0
    assert answer.json()["status"] == "draining"
    assert drains == {1, 2}


def test_workers_whose_first_process_was_killed_drain_and_remove_what_they_share(
    start: Callable[..., Server],
) -> None:
    server = start()
    shared = folders(server.workers)
    server.process.kill()

    warnings = [line for line in server.rest() if line["level"] == "warning"]

    assert {line["worker"] for line in warnings} == {1, 2}
    assert all("is gone" in line["message"] for line in warnings)
    assert [path.exists() for path in shared] == [False]


DYING = """
import sys
from pathlib import Path
import mock_lusha.cli.serve_workers as module
import mock_lusha.temporary_folder

mock_lusha.temporary_folder._IN_MEMORY = Path(sys.argv[1])

def create_app(settings, **options):
    raise module.ConfigError("the store is of another version")

module.create_app = create_app
import mock_lusha.workers
mock_lusha.workers.REST = 0.01
from mock_lusha.cli.main import main
main(["serve", "--port", "0", "--workers", "2", "--people", "0", "--companies", "1"])
"""


def test_workers_that_never_serve_end_the_server_with_their_error(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DYING, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    last = [line for line in done.stderr.splitlines() if "in a row" in line]
    assert done.returncode == 2
    assert len(last) == 1
    assert "before it was ready: the store is of another version; that was 3 times in a row" in last[0]
    assert "Traceback" not in done.stderr
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--scenario", "flakey"], "did you mean flaky?"),
        (["--port", "{taken}"], "cannot listen on"),
        (["--cassette", "{cassette}"], "belongs to one process, and `workers` asks for 3"),
        (["--store", "redis://127.0.0.1:1"], "a store in Redis needs a secret"),
    ],
    ids=["settings", "port", "a cassette", "a store"],
)
def test_what_keeps_workers_from_beginning_is_said_once(
    flags: list[str], message: str, tmp_path: Path
) -> None:
    cassette = tmp_path / "empty.yaml"
    cassette.write_text("format: 1\ninteractions: []\n...\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        flags = [flag.format(taken=taken, cassette=cassette) for flag in flags]
        command = [*COMMAND, *SMALL, "--workers", "3", *flags]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    (line,) = map(json.loads, done.stderr.splitlines())
    assert (done.returncode, line["level"]) == (2, "error")
    assert message in line["message"]


def test_a_server_in_this_process_is_one_worker() -> None:
    with pytest.raises(ConfigError, match="`mock-lusha serve --workers 2`"):
        MockServer(Settings(workers=2, port=0)).start()


def test_the_last_user_of_a_folder_whose_maker_is_gone_removes_it() -> None:
    folder = TemporaryFolder()
    first, second = TemporaryFolder.__new__(TemporaryFolder), TemporaryFolder.__new__(TemporaryFolder)
    for user in (first, second):
        user.path = folder.path
        user.join()

    assert folder.path.stat().st_mode & 0o777 == 0o700
    first.leave(orphaned=True)
    assert folder.path.exists()
    second.leave(orphaned=True)
    assert not folder.path.exists()

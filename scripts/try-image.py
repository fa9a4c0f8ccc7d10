#!/usr/bin/env python3
"""Try an image as a cluster runs it: another user, nothing to write to, port 443, and an end under load.

    scripts/try-image.py mock-lusha

It builds nothing and needs Python, curl and docker; or, where no docker runs, buildah, as root on Linux: the
image's files are then mounted read-only in a network of their own, and its process changes into them; ports
below 1024 are free there, as Docker has it. IMAGE_TOOL=docker|buildah chooses. Exits with 1 where something
is not as promised.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import http.client
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

USER = "23456:23456"
"""Nobody that the image knows."""
HOST = "api.lusha.com"
PATH = "/v3/contacts/search-and-enrich"
WITHOUT_LIMITS = ("--limits=headers", "--credits=unlimited")
KEEPING, CLOSING = 16, 16
"""Clients that keep their connections, and clients that open one for each call."""
SECONDS_OF_LOAD = 2.0
BODY = json.dumps({"contacts": [{"email": f"person.{n}@load-{n}.example"} for n in range(20)]})
VERA = json.dumps({"contacts": [{"email": "vera.mount@mounted.example"}]})
HEADERS = {"content-type": "application/json", "api_key": "load"}
FIXTURE = """
people:
  - firstName: Vera
    lastName: Mount
    companyDomain: mounted.example
    emails: [{email: vera.mount@mounted.example, emailType: work}]
"""
SCENARIO = "rules:\n  - respond: gdpr\n"


class Container(Protocol):
    """A container of the image that serves."""

    port: int

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the container, as its user."""

    def log(self) -> str:
        """What it wrote so far."""

    def terminate(self) -> None:
        """Send SIGTERM."""

    def wait(self) -> int:
        """Its exit code, once it has ended."""


def call(*command: str) -> str:
    """What a command prints. Ends the script where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        fail(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout.strip()


def fail(why: str) -> NoReturn:
    """End the script."""
    print(f"try-image: {why}", file=sys.stderr)
    sys.exit(1)


class Docker:
    """A container of docker."""

    def __init__(self, image: str, arguments: list[str], mounts: Mapping[str, Path], kept: bool) -> None:
        options = ["--detach", "--read-only", "--user", USER, "--cap-drop", "ALL"]
        options += [word for target, path in mounts.items() for word in ("--volume", f"{path}:{target}:ro")]
        options += ["--tmpfs", f"/data/state:{'mode=1777' if kept else 'ro'}"]
        options += ["--publish", "127.0.0.1::443", "--env", "MOCK_LUSHA_PORT=443"]
        self._id = call("docker", "run", *options, image, *arguments)
        self.port = int(call("docker", "port", self._id, "443").splitlines()[0].rpartition(":")[2])

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the container, as its user."""
        return subprocess.run(
            ["docker", "exec", self._id, *command], capture_output=True, text=True, check=False
        )

    def log(self) -> str:
        """What it wrote so far."""
        done = subprocess.run(["docker", "logs", self._id], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def terminate(self) -> None:
        """Send SIGTERM."""
        call("docker", "kill", "--signal", "TERM", self._id)

    def wait(self) -> int:
        """Its exit code, once it has ended; it is removed then."""
        code = int(call("docker", "wait", self._id))
        call("docker", "rm", self._id)
        return code


class Changed:
    """A process that changed into the files of an image, in namespaces of this script."""

    def __init__(
        self, image: str, arguments: list[str], mounts: Mapping[str, Path], kept: bool, files: Path
    ) -> None:
        config = json.loads(call("buildah", "inspect", "--type", "image", image))["OCIv1"]["config"]
        variables = [*config["Env"], "MOCK_LUSHA_PORT=443"]
        self.port = 443
        self._root = Path(tempfile.mkdtemp())
        call("mount", "--bind", str(files), str(self._root))
        for target, path in mounts.items():
            call("mount", "--bind", str(path), f"{self._root}{target}")
            call("mount", "--options", "remount,bind,ro", f"{self._root}{target}")
        if kept:
            call("mount", "--types", "tmpfs", "--options", "mode=1777", "tmpfs", f"{self._root}/data/state")
        call("mount", "--types", "proc", "proc", f"{self._root}/proc")
        call("mount", "--bind", "/dev", f"{self._root}/dev")
        call("mount", "--options", "remount,bind,ro", str(self._root))
        self._into = ["chroot", f"--userspec={USER}", "--groups=", str(self._root)]
        self._into += ["env", "--ignore-environment", *variables]
        self._output = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - it lives as long as this
        command = [*self._into, *config["Entrypoint"], *arguments]
        self._process = subprocess.Popen(command, stdout=self._output, stderr=subprocess.STDOUT)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the container, as its user."""
        return subprocess.run([*self._into, *command], capture_output=True, text=True, check=False)

    def log(self) -> str:
        """What it wrote so far."""
        return Path(f"/proc/self/fd/{self._output.fileno()}").read_text(encoding="utf-8")

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.terminate()

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        code = self._process.wait(60)
        subprocess.run(["umount", "--recursive", str(self._root)], check=True)
        self._root.rmdir()
        return code


class Load:
    """Clients that call until nothing takes their connections, and how each of their calls ended."""

    def __init__(self, port: int, ca: str) -> None:
        self._port = port
        self._context = ssl.create_default_context(cadata=ca)
        self.outcomes: collections.Counter[str] = collections.Counter()
        self.after_signal = 0
        self.signalled = False
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._client, args=(n < KEEPING, n % 2 == 0), daemon=True)
            for n in range(KEEPING + CLOSING)
        ]

    def start(self) -> None:
        """Begin to call."""
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until every client was turned away."""
        for thread in self._threads:
            thread.join(60)
            if thread.is_alive():
                self._note("did not end within 60 seconds")

    def _note(self, outcome: str) -> None:
        with self._lock:
            self.outcomes[outcome] += 1
            self.after_signal += self.signalled and outcome == "answered"

    def _connection(self, tls: bool) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.connect()
        if tls:
            connection.sock = self._context.wrap_socket(connection.sock, server_hostname=HOST)
        return connection

    def _client(self, keeps: bool, tls: bool) -> None:
        headers = HEADERS if keeps else {**HEADERS, "connection": "close"}
        connection = None
        while True:
            if connection is None or connection.sock is None:
                try:
                    connection = self._connection(tls)
                except OSError:
                    # The listener is closed: so it shall be, but only then.
                    self._note("turned away" if self.signalled else "turned away before the signal")
                    return
            try:
                connection.request("POST", PATH, BODY, headers)
                answer = connection.getresponse()
                content = answer.read()
                json.loads(content)
            except http.client.IncompleteRead:
                self._note("LOST: a part of an answer")
                return
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._note(f"LOST: {type(error).__name__}")
                return
            if answer.status != 200:
                self._note(f"MADE UP: {answer.status}")
                return
            self._note("answered")
            if not keeps:
                connection.close()


class Trial:
    """The checks, each a line."""

    def __init__(self, start: Any) -> None:
        self._start = start
        self.failures = 0

    def check(self, what: str, holds: bool, detail: object = "") -> None:
        """Print whether something is as promised."""
        self.failures += not holds
        print(f"{'ok    ' if holds else 'FAILED'} {what}{f' ({detail})' if str(detail) else ''}", flush=True)

    def _ready(self, container: Container) -> bool:
        return container.run("mock-lusha", "ready", "--wait", "20").returncode == 0

    def as_in_a_cluster(self, folder: Path) -> None:
        """Another user, a read-only root, port 443, mounted fixtures and scenarios, a folder for state."""
        fixtures, scenarios = folder / "fixtures", folder / "scenarios"
        for path, name, text in ((fixtures, "people.yaml", FIXTURE), (scenarios, "mounted.yaml", SCENARIO)):
            path.mkdir()
            (path / name).write_text(text, encoding="utf-8")
        mounts = {"/data/fixtures": fixtures, "/data/scenarios": scenarios}
        container = self._start(["serve", "--tls", "--tls-folder=/data/state"], mounts, True)
        ready = self._ready(container)
        self.check("it is ready on port 443", ready, "" if ready else container.log()[-300:])
        ask = "import os; print(os.getuid(), os.environ.get('HOME', 'without a home'))"
        user = container.run("python", "-c", ask).stdout.strip()
        self.check("it runs as a user that it does not know", user.startswith("23456 "), user)
        write = "open('/data/x', 'w')"
        refused = container.run("python", "-c", write).stderr.strip().splitlines()[-1:]
        self.check("its root is read-only", "Read-only file system" in str(refused), *refused)
        self.check("its health check passes", container.run("mock-lusha", "ready").returncode == 0)
        ca = container.run("mock-lusha", "ca", "pem", "--tls-folder=/data/state").stdout
        ask = "import os; print([f'{os.stat(n).st_mode & 0o777:o}' for n in ('ca.pem', 'ca-key.pem')])"
        modes = container.run("env", "--chdir=/data/state", "python", "-c", ask).stdout.strip()
        self.check("its CA is for all to read, the key for its user", modes == "['644', '600']", modes)
        file = folder / "ca.pem"
        file.write_text(ca, encoding="utf-8")
        curl = ["curl", "--silent", "--max-time", "20", "--noproxy", "*"]
        curl += ["--connect-to", f"{HOST}:443:127.0.0.1:{container.port}", f"https://{HOST}{PATH}"]
        curl += ["--header", "content-type: application/json", "--header", "api_key: any", "--data", VERA]
        answer = subprocess.run([*curl, "--cacert", str(file)], capture_output=True, text=True, check=False)
        self.check("a client with the CA finds who was mounted", '"Vera"' in answer.stdout, answer.stderr)
        stranger = subprocess.run(curl, capture_output=True, check=False).returncode
        self.check("a client without the CA refuses it", stranger == 60, f"curl ended with {stranger}")
        scenario = container.run("mock-lusha", "scenario", "check", "/data/scenarios/mounted.yaml")
        self.check("scenarios are read from a mount", scenario.returncode == 0, scenario.stderr.strip()[:120])
        container.terminate()
        self.check("it ends with 0", container.wait() == 0)

    def with_nothing_to_write_to(self) -> None:
        """No folder for the CA, neither: it is in memory, and the log shows it. An end under load."""
        flags = [*WITHOUT_LIMITS, "--log-level=warning", "--drain-delay=1", "--grace=20"]
        container = self._start(["serve", "--tls", *flags], {}, False)
        self.check("it is ready with nothing to write to", self._ready(container))
        log = container.log()
        ca = log[log.find("-----BEGIN") : log.find("-----END") + len("-----END CERTIFICATE-----")]
        self.check("the log shows the CA that is in memory", ca.startswith("-----BEGIN CERTIFICATE"))
        load = Load(container.port, ca)
        load.start()
        time.sleep(SECONDS_OF_LOAD)
        load.signalled = True
        container.terminate()
        began = time.monotonic()
        code = container.wait()
        load.join()
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(load.outcomes.items()))
        right = load.outcomes.keys() <= {"answered", "turned away"}
        self.check("SIGTERM under load loses and makes up nothing", right, outcomes)
        self.check("it answers on after the signal", load.after_signal > 0, f"{load.after_signal} calls")
        self.check("it ends with 0 under load", code == 0, f"after {time.monotonic() - began:.1f} s")


@contextlib.contextmanager
def starting(image: str, tool: str) -> Iterator[Any]:
    """What starts containers of an image."""
    if tool == "docker":
        yield lambda arguments, mounts, kept: Docker(image, arguments, mounts, kept)
        return
    container = call("buildah", "from", "--pull-never", image)
    try:
        files = Path(call("buildah", "mount", container))
        yield lambda arguments, mounts, kept: Changed(image, arguments, mounts, kept, files)
    finally:
        call("buildah", "rm", container)


def choose_tool() -> str:
    """Docker where it runs, or else buildah."""
    chosen = os.environ.get("IMAGE_TOOL")
    if chosen:
        return chosen
    if shutil.which("docker"):
        done = subprocess.run(["docker", "info"], capture_output=True, check=False)
        if done.returncode == 0:
            return "docker"
    if shutil.which("buildah"):
        return "buildah"
    fail("needs docker (one that runs) or buildah")


def main() -> int:
    """Try an image."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("image")
    parser.add_argument("--in-namespaces", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    tool = choose_tool()
    if tool == "buildah" and not options.in_namespaces:
        # Mounts and network are gone with the process, whatever happens.
        unshare = ["unshare", "--mount", "--net", sys.executable, str(Path(__file__).resolve())]
        return subprocess.run([*unshare, options.image, "--in-namespaces"], check=False).returncode
    if options.in_namespaces:
        call("ip", "link", "set", "lo", "up")
        Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0", encoding="ascii")
    with starting(options.image, tool) as start, tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        trial = Trial(start)
        trial.as_in_a_cluster(Path(folder))
        trial.with_nothing_to_write_to()
    return 1 if trial.failures else 0


if __name__ == "__main__":
    sys.exit(main())

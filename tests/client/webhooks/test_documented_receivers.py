"""The receivers in the page on webhooks pass the exam that it describes."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from client.webhooks.receivers import SECRET, Hook, Loyal, asgi
from documents import PAGES, blocks

from mock_lusha import exam

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = PAGES["docs/webhooks.md"]
RUNTIMES = {"js": "node", "go": "go"}


@contextmanager
def running(command: list[str]) -> Iterator[str]:
    """The URL of a server that listens on the port of the variable PORT."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    environ = {**os.environ, "PORT": str(port), "LUSHA_WEBHOOK_SECRET": SECRET}
    with subprocess.Popen(command, env=environ) as process:
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}/hooks/lusha"
        finally:
            process.kill()


@pytest.mark.parametrize("language", RUNTIMES)
def test_the_servers_of_other_languages_pass(language: str, tmp_path: Path) -> None:
    program = shutil.which(RUNTIMES[language])
    if program is None:
        pytest.skip(f"{RUNTIMES[language]} is not installed: the example of the page is not run")
    (block,) = blocks(language, PAGE)
    path = tmp_path / f"receiver.{language}"
    path.write_text(block, encoding="utf-8")
    command = [program, str(path)]
    if language == "go":
        command = [str(tmp_path / "receiver")]
        subprocess.run([program, "build", "-o", *command, str(path)], check=True, timeout=300)

    with running(command) as url:
        report = exam(url, SECRET, opt_out=True)

    report.assert_passed()


def test_the_table_of_checks_names_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    table = PAGE.partition("| check | what is sent")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([\w-]+)`", row)}
    monkeypatch.setattr("time.sleep", lambda _: None)
    old = f"whsec_{'o' * 50}"
    hook, idle = Hook(), Loyal()
    reports = (
        exam(asgi(hook), SECRET, path="/hooks/lusha", old_secret=old, rotate=hook.rotate),
        # One that is never processed.
        exam(asgi(idle), SECRET, path="/hooks/lusha", processed=lambda: 0),
    )

    assert named == {check.name for report in reports for check in report.checks}

"""A server that would come to other answers than those with whom it shares a store does not begin."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from replicas import SECRET

from mock_lusha.app import create_app
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNTS = "accounts:\n  ours: {plan: PLAN}\n"
FLAGS: dict[str, tuple[list[str], str]] = {
    "another seed": (["--seed=other"], "seed is lusha there and other here"),
    "another setting": (["--limits=off"], "limits is enforce there and off here"),
    "another secret": (["--store-secret=another-secret-of-it"], "was sealed with another secret"),
}


async def begin(url: str, **settings: Any) -> None:
    """Have a server make the store, and end."""
    app = create_app(Settings(people=0, companies=1, store=url, store_secret=SECRET, **settings))
    await app.state.begin(asyncio.get_running_loop())
    app.state.webhooks.stop()
    app.state.replica.close()
    await asyncio.sleep(0)


def refusal(url: str, *flags: str) -> str:
    """What a server says that does not begin."""
    command = [sys.executable, "-m", "mock_lusha", "serve", "--port=0", "--people=0", "--companies=1"]
    command += [f"--store={url}", f"--store-secret={SECRET}", *flags]
    server = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert server.returncode == 2, server.stderr
    (line,) = server.stderr.splitlines()
    return line


@pytest.mark.parametrize("case", FLAGS)
def test_a_server_says_what_differs(url: str, case: str) -> None:
    asyncio.run(begin(url))

    flags, words = FLAGS[case]
    line = refusal(url, *flags)

    assert words in line
    assert "or name another" in line or "name another prefix" in line


def test_another_version_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_lusha.replication.opening.__version__", "0.0.9")
    asyncio.run(begin(url))

    assert "version is 0.0.9 there and" in refusal(url)


def test_files_are_compared_by_what_they_hold(url: str, tmp_path: Path) -> None:
    for name, plan in (("a", "scale"), ("b", "scale"), ("c", "free")):
        (tmp_path / f"{name}.yaml").write_text(ACCOUNTS.replace("PLAN", plan))
    asyncio.run(begin(url, accounts=tmp_path / "a.yaml"))

    asyncio.run(begin(url, accounts=tmp_path / "b.yaml"))
    assert "accounts is files with digest" in refusal(url, f"--accounts={tmp_path / 'c.yaml'}")

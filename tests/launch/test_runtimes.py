"""Programs as they are, with https://api.lusha.com in them, reach the double: each in its own runtime."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from clients import CLIENTS, TABLE, Client
from documents import PAGES
from support import IN_CI

from mock_lusha import Control, MockServer, Settings
from mock_lusha.clock import Clock
from mock_lusha.launch.environment import program_environment
from mock_lusha.tls.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IN_EVERY_RUN = sorted(
    (client for client in CLIENTS if client.runtime in {"curl", "Java", "Node", "Python"}),
    key=lambda client: (client.runtime, client.name),
)
"""Those that CI has; `scripts/runtimes` tries all."""
NOT_IN_CI = {"Java"}


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MockServer, Mapping[str, str]]]:
    """A double, and the environment of programs that are to reach it."""
    folder = tmp_path_factory.mktemp("ca")
    authority = Authority.open(folder, Clock().now())
    with MockServer(Settings(port=0, tls=True, tls_folder=folder, people=300, companies=30)) as server:
        environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        files = tmp_path_factory.mktemp("a folder")
        result = program_environment(environ, server.url, authority.pem, files, "key")
        yield server, {**environ, **result.variables}


def check_installed(program: str) -> None:
    if not IN_CI and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def out_of(command: list[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("client", IN_EVERY_RUN, ids=lambda client: f"{client.runtime}-{client.name}")
def test_a_program_that_is_as_it_is_reaches_the_double_where_it_can(
    double: tuple[MockServer, Mapping[str, str]], client: Client
) -> None:
    server, environ = double
    if not client.is_here:
        assert not IN_CI or client.runtime in NOT_IN_CI, "`npm install` in tests/js did not run"
        pytest.skip(f"{client.name} is not installed")
    key = f"{client.runtime}-{client.name}".replace(" ", "-")

    done = client.call({**environ, "LUSHA_API_KEY": key})

    with Control(server.url, account=key) as control:
        arrived = control.accounts()["requests"]
    assert (arrived, done.stdout.strip() == "200") == ((1, True) if client.why_not is None else (0, False)), (
        done.stderr
    )


def test_the_table_of_the_page_has_a_row_for_every_client_with_what_it_comes_to() -> None:
    _, _, table = PAGES["docs/any-language.md"].partition(TABLE)
    rows = [re.sub(r" [\d.]+ \|", " |", row, count=1) for row in table.strip().split("\n\n")[0].splitlines()]

    assert len(rows) == len(CLIENTS)
    for client, row in zip(CLIENTS, rows, strict=True):
        assert row in {client.row("", client.why_not or "yes"), client.row("", "not here")}


@pytest.mark.parametrize(
    "call", ['require("https").get("https://x.lusha.com/")', 'fetch("https://x.lusha.com")']
)
def test_another_host_of_lusha_is_not_left_to_the_internet_by_node(
    double: tuple[MockServer, Mapping[str, str]], call: str
) -> None:
    check_installed("node")
    heard = (
        '.on("response", (answer) => console.log(answer.statusCode))'
        if "require" in call
        else (".then((answer) => console.log(answer.status))")
    )

    assert out_of(["node", "-e", call + heard], double[1]) == "403"


def test_sockets_of_node_to_other_hosts_go_where_they_went(
    double: tuple[MockServer, Mapping[str, str]],
) -> None:
    check_installed("node")
    server, environ = double
    port = server.url.rpartition(":")[2]
    program = f"""
const net = require("net");
const calls = [[{{port: {port}, host: "127.0.0.1"}}], [{port}, "127.0.0.1"], [{port}], [{port}, () => {{}}]];
let left = calls.length;
for (const call of calls) net.connect(...call).on("connect", function () {{
  this.end();
  if (--left === 0) console.log("connected");
}});
"""

    assert out_of(["node", "-e", program], environ) == "connected"

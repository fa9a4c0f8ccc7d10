"""Programs as they are, with https://api.lusha.com in them, reach the double: each in its own runtime."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import IN_CI

from mock_lusha import Control, MockServer, Settings
from mock_lusha.clock import Clock
from mock_lusha.launch.environment import program_environment
from mock_lusha.tls.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

URL = "https://api.lusha.com/v3/contacts/search-and-enrich"
BODY = '{"contacts": [{"email": "ada.quill@quill-works.example"}]}'
PYTHON = f"""
import asyncio, sys, urllib.request
key, url, body = dict(api_key=sys.argv[1], **{{"content-type": "application/json"}}), {URL!r}, {BODY!r}
async def call():
    import aiohttp
    async with aiohttp.ClientSession(trust_env=True) as session:
        async with session.post(url, data=body, headers=key) as answer:
            return answer.status
match sys.argv[1]:
    case "urllib":
        request = urllib.request.Request(url, data=body.encode(), headers=key)
        print(urllib.request.urlopen(request).status)
    case "requests" | "httpx" | "httpx2" as name:
        print(__import__(name).post(url, data=body, headers=key).status_code)
    case "aiohttp":
        print(asyncio.run(call()))
"""
NODE_FETCH = f"""
const headers = {{api_key: "fetch", "content-type": "application/json"}};
fetch({URL!r}, {{method: "POST", body: {BODY!r}, headers}})
  .then((answer) => console.log(answer.status));
"""
NODE_HTTPS = f"""
const headers = {{api_key: "https", "content-type": "application/json"}};
require("https").request({URL!r}, {{method: "POST", headers}}, (answer) => {{
  console.log(answer.statusCode);
  answer.resume();
}}).end({BODY!r});
"""
PACKAGES = ("aiohttp", "httpx", "httpx2", "requests", "urllib")
PROGRAMS = {
    **{name: [sys.executable, "-c", PYTHON, name] for name in PACKAGES},
    "curl": [
        "curl", "--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code}",
        "--data", BODY, "--header", "api_key: curl", "--header", "content-type: application/json", URL,
    ],
    "fetch": ["node", "-e", NODE_FETCH],
    "https": ["node", "-e", NODE_HTTPS],
}  # fmt: skip


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


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_program_that_is_as_it_is_reaches_the_double(
    double: tuple[MockServer, Mapping[str, str]], name: str
) -> None:
    server, environ = double
    check_installed(PROGRAMS[name][0])

    assert out_of(PROGRAMS[name], environ) == "200"
    with Control(server.url, account=name) as control:
        assert control.accounts()["requests"] == 1


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


JAVA = f"""
import java.net.*; import java.net.http.*;
public class Calls {{ public static void main(String[] arguments) throws Exception {{
    var request = HttpRequest.newBuilder(URI.create("{URL}")).header("api_key", "java")
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString({BODY!r}.replace('`', '"'))).build();
    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    var old = (HttpURLConnection) new URL("https://api.lusha.com/v3/nothing").openConnection();
    System.out.println(answer.statusCode() + " " + old.getResponseCode());
}} }}
"""


@pytest.mark.skipif(shutil.which("java") is None, reason="java is not installed")
def test_java_reaches_the_double(
    double: tuple[MockServer, Mapping[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = tmp_path_factory.mktemp("java") / "Calls.java"
    source.write_text(JAVA.replace(repr(BODY), '"' + BODY.replace('"', '\\"') + '"'), encoding="utf-8")

    assert out_of(["java", "-XX:TieredStopAtLevel=1", str(source)], double[1]) == "200 404"

"""The clients that are tried: programs in this folder that make one call to https://api.lusha.com."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent
OPERATION = "searchAndEnrichContacts"
"""What each of them calls, once."""


TABLE = "| runtime | client | reaches the double |\n| --- | --- | --- |"
"""The head of the table."""


class Client(NamedTuple):
    """An HTTP client of a runtime."""

    runtime: str
    """The name of the row in which it is shown."""
    name: str
    command: tuple[str, ...]
    version: tuple[str, ...]
    """The command that tells the version of the runtime."""
    needs: tuple[str, ...] = ()
    """A command that fails where a library is missing."""
    why_not: str | None = None
    """Why calls cannot arrive; None where they must."""

    @property
    def is_here(self) -> bool:
        """Whether the runtime and the library are on this machine."""
        if shutil.which(self.command[0]) is None:
            return False
        return not self.needs or _run(self.needs, node_environ(os.environ)).returncode == 0

    def version_text(self) -> str:
        """The version as the runtime says it: the first word that begins with a digit."""
        done = _run(self.version, os.environ)
        words = (done.stdout + done.stderr).replace('"', " ").replace("go1", "1").split()
        return next((word for word in (word.lstrip("v") for word in words) if word[:1].isdigit()), "?")

    def row(self, version: str, outcome: str) -> str:
        """Its row of the table."""
        runtime = f"{self.runtime} {version}".strip()
        return f"| {runtime} | {self.name} | {outcome} |"

    def call(self, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run it; it prints the status of its call."""
        return _run(self.command, node_environ(environ))


def node_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Node looks for libraries where NODE_PATH says, or where the tests have theirs."""
    return {"NODE_PATH": str(FOLDER.parent.parent / "tests" / "js" / "node_modules"), **environ}


def _run(command: tuple[str, ...], environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=dict(environ), capture_output=True, text=True, timeout=120, check=False
    )


def _file(name: str) -> str:
    return str(FOLDER / name)


def _python(word: str, name: str | None = None, why_not: str | None = None) -> Client:
    needs = (sys.executable, "-c", f"import {word.partition('-')[0]}")
    command = (sys.executable, _file("call.py"), word)
    return Client("Python", name or word, command, (sys.executable, "--version"), needs, why_not)


def _node(name: str, file: str, needs: str | None = None) -> Client:
    check = () if needs is None else ("node", "-e", f"require('{needs}')")
    return Client("Node", name, ("node", _file(file)), ("node", "--version"), check)


def _java(name: str, file: str) -> Client:
    quick = ("java", "-XX:TieredStopAtLevel=1", _file(file))
    return Client("Java", name, quick, ("java", "-version"))


def _php(name: str, file: str, needs: str, why_not: str | None = None) -> Client:
    return Client("PHP", name, ("php", _file(file)), ("php", "--version"), ("php", "-r", needs), why_not)


def _shell(name: str) -> Client:
    needs = ("sh", "-c", f"command -v {name}")
    return Client(name, name, ("sh", _file(f"{name}.sh")), (name, "--version"), needs)


IGNORES = "no: it ignores proxies"
CLIENTS = (
    _shell("curl"),
    _python("requests"),
    _python("httpx"),
    _python("httpx2"),
    _python("urllib"),
    _python("aiohttp", "aiohttp with trust_env=True"),
    _python("aiohttp-bare", "aiohttp", IGNORES),
    _python("urllib3", "urllib3 by itself", IGNORES),
    _node("fetch", "fetch.mjs"),
    _node("https", "https.cjs"),
    _node("axios", "axios.cjs", "axios"),
    _node("undici", "undici.cjs", "undici"),
    _java("HttpClient", "HttpClientCall.java"),
    _java("HttpURLConnection", "UrlConnectionCall.java"),
    Client("Go", "net/http", ("go", "run", _file("call.go")), ("go", "version")),
    Client("Ruby", "Net::HTTP", ("ruby", _file("net_http.rb")), ("ruby", "--version")),
    Client("Ruby", "Faraday", ("ruby", _file("faraday.rb")), ("ruby", "--version"),
           ("ruby", "-rfaraday", "-e", "")),
    _php("curl", "curl.php", "exit(function_exists('curl_init') ? 0 : 1);"),
    _php("Guzzle", "guzzle.php", "exit(@include('GuzzleHttp/autoload.php') ? 0 : 1);"),
    _php("file_get_contents", "streams.php", "", IGNORES),
    Client(
        "Perl", "HTTP::Tiny", ("perl", _file("http_tiny.pl")), ("perl", "-e", "printf '%vd', $^V"),
        ("perl", "-MIO::Socket::SSL", "-MHTTP::Tiny", "-e", ""),
    ),
    _shell("wget"),
    Client("Deno", "fetch", ("deno", "run", "--allow-all", _file("fetch.mjs")), ("deno", "--version")),
    Client("Bun", "fetch", ("bun", _file("fetch.mjs")), ("bun", "--version")),
)  # fmt: skip

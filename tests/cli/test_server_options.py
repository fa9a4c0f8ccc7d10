"""What commands say about the address and the token of a server, and of output that cannot be written."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mock_lusha import AsyncControl, Control, MockLusha, MockServer, Settings
from mock_lusha.cli.main import main
from mock_lusha.errors import MockLushaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

COMMANDS: dict[str, tuple[str, ...]] = {
    "summary": ("summary",),
    "coverage": ("coverage",),
    "price": ("price", "request.json", "--account", "a"),
    "people": ("people",),
    "company": ("company", "acme.com"),
    "export": ("export", "folder"),
    "trigger": ("webhooks", "trigger", "promotion", "--account", "a", "--person", "1"),
    "listen": ("webhooks", "listen", "--account", "a", "--once", "--forward-to", "http://127.0.0.1:1"),
}
"""Commands with --url and --token."""
ALL: dict[str, tuple[str, ...]] = {
    **COMMANDS,
    "run": ("run",),
    "ca env": ("ca", "env"),
    "ready": ("ready",),
}
NOWHERE = "http://127.0.0.1:1"


def call(*words: str, **variables: str) -> Result:
    return CliRunner().invoke(main, words, env=variables, prog_name="mock-lusha")


def with_url(command: str, url: str) -> Result:
    program = ("true",) if command == "run" else ()
    return call(*ALL[command], "--url", url, *program)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    request = {"operation": "getAccountUsage", "query": {}}
    Path("request.json").write_text(json.dumps(request), encoding="utf-8")


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(Settings(port=0, people=0, companies=1, control_token="hush")) as server:
        yield server


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    """The address of a server that answers everything with a page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>" + b"page" * 1_000)

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as pages:
        thread = threading.Thread(target=pages.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{pages.server_port}"
        pages.shutdown()
        thread.join()


@pytest.mark.parametrize("token", ["hush-hush\r", "hush\nhush", "h\u00fcsh", "hush hush"])
@pytest.mark.parametrize("command", [*COMMANDS, "run"])
def test_what_is_no_token_is_refused_and_not_shown(command: str, token: str) -> None:
    flag = "--control-token" if command == "run" else "--token"
    words = ALL[command]
    program = ("--", "true") if command == "run" else ()
    for done, source in (
        (call(*words, "--url", NOWHERE, flag, token, *program), flag),
        (
            call(*words, "--url", NOWHERE, *program, MOCK_LUSHA_CONTROL_TOKEN=token),
            "MOCK_LUSHA_CONTROL_TOKEN",
        ),
    ):
        assert done.exit_code == 2
        assert done.stderr.startswith(f"mock-lusha: {source}: ")
        assert done.stderr.endswith("; it takes printable ASCII without spaces\n")
        assert done.stderr.count("\n") == 1
        assert "sh" not in done.stderr.replace("mock-lusha", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_token_is_none_as_a_variable_and_refused_as_an_option(command: str) -> None:
    assert "--token: it is empty" in call(*COMMANDS[command], "--url", NOWHERE, "--token", "").stderr
    done = call(*COMMANDS[command], "--url", NOWHERE, MOCK_LUSHA_CONTROL_TOKEN="")
    assert f"{NOWHERE} cannot be asked" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_wants_another_token_is_told_with_the_option(command: str, server: MockServer) -> None:
    for words, problem in (
        (("--token", "s3cret"), "the token that was sent is another one"),
        ((), "no token was sent"),
    ):
        done = call(*COMMANDS[command], "--url", server.url, *words)

        assert done.exit_code in {1, 2}
        assert problem in done.stderr
        assert "; give it with --token or MOCK_LUSHA_CONTROL_TOKEN\n" in done.stderr
        assert "token=" not in done.stderr
        assert "s3cret" not in done.stderr


def test_run_has_an_option_of_another_name_for_the_token(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    settings = Settings(port=0, people=0, companies=1, control_token="hush", tls=True, tls_folder=folder)
    with MockServer(settings) as server:
        done = call("run", "--tls-folder", str(folder), "--url", server.url, "true")

    assert done.exit_code == 2
    assert "give it with --control-token or MOCK_LUSHA_CONTROL_TOKEN" in done.stderr


@pytest.mark.parametrize("url", ["http://me:pass/w@127.0.0.1:1", "http://me:pass\uff20h", "pass@h"])
@pytest.mark.parametrize("command", ALL)
def test_an_address_with_a_password_is_refused_and_not_shown(command: str, url: str) -> None:
    done = with_url(command, url)

    assert done.exit_code == 2
    assert done.stderr.startswith("mock-lusha: --url: leave user and password out of the server's address")
    assert "pass/" not in done.output.replace("password", "")
    assert "me:" not in done.output


CLIENTS: dict[str, Callable[[str], object]] = {
    "Control": Control,
    "AsyncControl": AsyncControl,
    "MockLusha": lambda url: MockLusha(url=url),
}


@pytest.mark.parametrize("client", CLIENTS)
def test_clients_in_python_refuse_it_too(client: str) -> None:
    with pytest.raises(MockLushaError, match="leave user and password out") as caught:
        CLIENTS[client]("http://me:hush@127.0.0.1:1")

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("command", [*COMMANDS, "ready"])
def test_a_server_that_is_no_double_is_told_in_one_line(command: str, stranger: str) -> None:
    done = with_url(command, stranger)

    assert done.exit_code in {1, 2}
    assert "<html>" not in done.output
    assert done.stderr.count("\n") == 1
    said = f"no mock-lusha is at {stranger}"
    if command == "ready":
        said = "it answers 200, and not as mock-lusha does"
    assert said in done.stderr
    assert len(done.stderr) < 150


PROGRAM = [sys.executable, "-m", "mock_lusha"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize("words", [("errors",), ("config", "--format", "json"), ("--help",)], ids=" ".join)
def test_output_that_cannot_be_written_is_told_in_one_line(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == "mock-lusha: the output cannot be written: No space left on device\n"


def test_a_reader_that_reads_no_further_is_told_nothing() -> None:
    with subprocess.Popen([*PROGRAM, "errors"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""

    assert program.returncode == 1


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--cors", "http://me:hush@h"),
        ("record", "--cassette", "tape.yaml", "--upstream", "ftp://me:hush@h"),
    ],
    ids=" ".join,
)
def test_another_address_that_is_refused_is_shown_without_its_password(words: tuple[str, ...]) -> None:
    done = call(*words)

    assert done.exit_code == 2
    assert "//h'" in done.stderr
    assert "hush" not in done.stderr

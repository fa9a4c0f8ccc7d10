"""What commands that ask a server take as its address and its token, and what they never show."""

from __future__ import annotations

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mock_lusha import MockServer, Settings
from mock_lusha.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

TOKEN = "hush-hush-0123"
COMMANDS = [["summary"], ["coverage"], ["run", "--url", "URL", "--", "true"], ["people", "--url", "URL"]]
NO_TOKENS = ["a\nb", "with a space", "t\N{LATIN SMALL LETTER O WITH DIAERESIS}ken", "tab\ttab", "\N{SNOWMAN}"]


def ask(command: list[str], url: str, token: str | None, folder: Path | None = None) -> Result:
    environ = {"MOCK_LUSHA_URL": url, "MOCK_LUSHA_CONTROL_TOKEN": token}
    if folder is not None:
        environ["MOCK_LUSHA_TLS_FOLDER"] = str(folder)
    words = [url if word == "URL" else word for word in command]
    return CliRunner().invoke(main, words, prog_name="mock-lusha", env=environ)


def lines_of(result: Result) -> list[str]:
    assert isinstance(result.exception, SystemExit), result.exception
    return result.output.splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ca")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[MockServer]:
    settings = Settings(port=0, people=0, companies=1, control_token=TOKEN, tls=True, tls_folder=folder)
    with MockServer(settings) as server:
        yield server


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("token", NO_TOKENS)
def test_what_no_server_has_as_its_token_is_refused_and_not_shown(
    command: list[str], token: str, server: MockServer, folder: Path
) -> None:
    result = ask(command, server.url, token, folder)

    (line,) = lines_of(result)
    assert result.exit_code == 2
    assert "printable ASCII without spaces" in line
    assert "TOKEN" in line
    assert token not in result.output


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_line_end_behind_a_token_is_none_of_it(
    command: list[str], server: MockServer, folder: Path
) -> None:
    result = ask(command, server.url, f"{TOKEN}\r\n", folder)

    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(("token", "what"), [(None, "is missing"), ("other", "that was sent is another one")])
@pytest.mark.parametrize("command", COMMANDS[:2], ids=lambda command: command[0])
def test_a_refusal_says_whether_a_token_came_and_how_it_is_given(
    command: list[str], token: str | None, what: str, server: MockServer
) -> None:
    (line,) = lines_of(ask(command, server.url, token))

    assert f"the token {what}" in line
    assert "--token or MOCK_LUSHA_CONTROL_TOKEN" in line


@pytest.mark.parametrize(
    "command",
    [*COMMANDS, ["ca", "env"], ["ready"], ["run", "--url", "URL", "--print-env", "sh"],
     ["run", "--url", "URL", "--port", "1", "--", "true"]],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("end", ["127.0.0.1:9", "127.0.0.1:port", ""])
def test_user_and_password_of_an_address_are_never_shown(command: list[str], end: str, folder: Path) -> None:
    result = ask(command, f"http://somebody:pass-word@{end}", None, folder)

    assert result.exit_code == 2
    assert "somebody" not in result.output
    assert "pass-word" not in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "--port", "0", "--print-env", "sh"], "port 0 is whichever is free"),
        (["ca", "env", "--url", "http://127.0.0.1:0"], "port 0 is whichever is free"),
        (["ca", "env", "--url", "http://evil;rm:1"], "http://HOST:PORT, not http://evil;rm:1"),
        (["ca", "env", "--url", "http://../../../../s20esc:1"], "http://HOST:PORT"),
        (["run", "--host", "../../s20esc", "--print-env", "sh"], "name of a host"),
        (["run", "--host", "evil;rm", "--print-env", "sh"], "not 'evil;rm'"),
        (["run", "--host", "", "--print-env", "sh"], "--host: it is empty\n"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_before_anything_is_written(
    words: list[str], message: str, tmp_path: Path
) -> None:
    environ = {"MOCK_LUSHA_TLS_FOLDER": str(tmp_path / "ca"), "MOCK_LUSHA_URL": ""}
    result = CliRunner().invoke(main, words, prog_name="mock-lusha", env=environ)

    assert result.exit_code == 2
    assert message in result.output
    assert not (tmp_path / "ca" / "env").exists()


class _Stranger(BaseHTTPRequestHandler):
    """A server that is no double: a page for all that is asked."""

    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()
        self.wfile.write(b"<html><body>" + b"<p>no such page</p>" * 50)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("command", COMMANDS[:2], ids=lambda command: command[0])
def test_a_server_that_is_no_double_is_told_in_one_line(command: list[str]) -> None:
    with HTTPServer(("127.0.0.1", 0), _Stranger) as stranger:
        thread = Thread(target=stranger.serve_forever, args=[0.01])
        thread.start()
        url = f"http://127.0.0.1:{stranger.server_port}"
        (line,) = lines_of(ask(command, url, None))
        stranger.shutdown()
        thread.join()

    assert line.startswith(f"mock-lusha: no mock-lusha is at {url}: GET /_mock/")
    assert line.endswith("was answered with 404")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk is always full here")
@pytest.mark.parametrize("words", [["routes"], ["config"], ["errors", "--format", "json"], ["ca", "pem"]])
def test_an_output_that_cannot_be_written_ends_a_command_with_one_line(
    words: list[str], folder: Path
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mock_lusha", *words],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "MOCK_LUSHA_TLS_FOLDER": str(folder)},
        )  # fmt: skip

    assert done.stderr == "mock-lusha: the output cannot be written: No space left on device\n"
    assert done.returncode == 1

"""A program that is run against a double: its signals, its exit code, and what is said of its calls."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mock_lusha import MockServer, Settings
from mock_lusha.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SMALL = ("--people=300", "--companies=30")
CALL = "curl -sS https://api.lusha.com/v3/companies/search-and-enrich -H content-type:application/json"
ASK = f"""{CALL} -H "api_key: $LUSHA_API_KEY" -d '{{"companies": [{{"domain": "acme.com"}}]}}' """


@pytest.fixture(autouse=True)
def _state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "tmp").mkdir()


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def run(*words: str) -> Result:
    return call("run", *SMALL, "--", *words)


def test_it_says_what_the_calls_of_a_program_would_have_cost(tmp_path: Path) -> None:
    done = run("sh", "-c", f"{ASK} > {tmp_path}/answer; {ASK} > /dev/null; exit 7")

    assert done.exit_code == 7
    assert json.loads((tmp_path / "answer").read_text())["results"]
    assert "2 calls to api.lusha.com would have cost 4 credits" in done.stderr
    assert "  2 searchAndEnrichCompanies 200\n" in done.stderr
    assert "conduct: searched-again, 1 time." in done.stderr
    assert "coverage: " in done.stderr
    assert done.stdout == ""
    assert list((tmp_path / "tmp").iterdir()) == []


def test_it_says_why_no_calls_may_have_arrived() -> None:
    done = run("sh", "-c", f"{ASK} --cacert /dev/null 2>/dev/null; curl -s https://example.com/; true")

    assert done.exit_code == 0
    assert "0 calls arrived for api.lusha.com; why that may be:" in done.stderr
    assert "example.com is no host of Lusha" in done.stderr
    assert "ignores HTTPS_PROXY" in done.stderr


def test_a_client_that_does_not_trust_the_ca_is_told_of(tmp_path: Path) -> None:
    roots = "/etc/ssl/certs/ca-certificates.crt"
    done = run("sh", "-c", f"{ASK} --cacert {roots} 2>/dev/null; true")

    assert "the client does not trust the CA of this machine, see `mock-lusha ca`" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("no-such-program",), 127, "no-such-program cannot be run: No such file or directory"),
        (("/",), 126, "/ cannot be run: Permission denied"),
        (("",), 126, "cannot be run: Permission denied"),
        (("sh", "-c", "kill -KILL $$"), 137, ""),
    ],
)
def test_the_exit_code_is_that_of_a_shell(words: tuple[str, ...], code: int, why: str) -> None:
    done = run(*words)

    assert done.exit_code == code
    assert why in done.stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("run",), "name a command, as in `mock-lusha run -- npm test`"),
        (("run", "--print-env", "sh", "--", "true"), "or --print-env alone"),
        (("run", "--print-env", "xml"), "'xml' is not one of 'sh', 'json', 'github'"),
        (("run", "--url", "http://127.0.0.1:1", "--seed", "x", "true"), "so --seed changes nothing"),
        (("run", "--url", "http://127.0.0.1:1", "true"), "there is no server at http://127.0.0.1:1"),
        (("run", "--url", "https://127.0.0.1:1", "true"), "address is http://HOST:PORT"),
        (("run", "--api-key", "a b", "true"), "printable ASCII without spaces"),
        (("run", "--people", "x", "true"), "--people: it takes a whole number"),
        (("ca", "env", "--url", "nowhere"), "address is http://HOST:PORT"),
        (("ca", "env", "--url", "http://127.0.0.1:0"), "no server listens on port 0"),
        (("run", "--port", "0", "--print-env", "sh"), "no server listens on port 0"),
        (("run", "--host", "../../../up", "--print-env", "sh"), "--host: it takes an IP address"),
        (("run", "--host", "evil;rm", "--print-env", "sh"), "--host: it takes an IP address"),
        (("run", "--host", "", "--print-env", "sh"), "--host: it is empty\n"),
        (("ca", "p12", "--output", "/no/such/folder/x"), "cannot be written: No such file or directory"),
        (("ca", "p12", "--output", "-", "--password", ""), "--password: it is empty"),
        (("ca", "pem", "--tls-folder", "/dev/null/x"), "cannot be kept in /dev/null/x"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_named(words: tuple[str, ...], why: str) -> None:
    done = call(*words)

    assert done.exit_code == 2
    assert why in done.stderr
    assert done.stdout == ""


def test_a_server_that_runs_already_is_used_and_only_the_calls_of_the_program_count(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "mock-lusha"
    with MockServer(Settings(port=0, tls=True, tls_folder=folder, people=300, companies=30)) as server:
        for _ in range(2):
            done = call("run", "--url", server.url, "--api-key", "mine", "sh", "-c", f"{ASK} >/dev/null")
            assert done.exit_code == 0
            assert "1 call to api.lusha.com would have cost" in done.stderr

        other = call("run", "--url", server.url, "--tls-folder", str(tmp_path / "other"), "true")
    with MockServer(Settings(port=0)) as server:
        plain = call("run", "--url", server.url, "true")

    assert (other.exit_code, plain.exit_code) == (2, 2)
    assert "has another CA than this machine: name its folder with --tls-folder" in other.stderr
    assert "speaks no TLS: start it with `serve --tls`" in plain.stderr


def test_without_a_control_api_the_program_runs_all_the_same() -> None:
    done = call("run", *SMALL, "--no-control", "--", "sh", "-c", "exit 3")

    assert done.exit_code == 3
    assert "what came is not known: the server has no control API" in done.stderr


def test_the_variables_are_printed_for_a_server_that_is_started_by_itself(tmp_path: Path) -> None:
    printed = json.loads(call("run", "--port", "8123", "--print-env", "json").stdout)

    assert printed["HTTPS_PROXY"] == "http://127.0.0.1:8123"
    assert printed == json.loads(
        call("ca", "env", "--url", printed["HTTPS_PROXY"], "--format", "json").stdout
    )
    assert b"BEGIN CERTIFICATE" in (tmp_path / printed["NODE_EXTRA_CA_CERTS"]).read_bytes()


def test_the_ca_is_shown_in_every_form(tmp_path: Path) -> None:
    pem, path = call("ca", "pem").stdout, call("ca", "path").stdout.strip()
    store = tmp_path / "trust.p12"
    done = call("ca", "p12", "--output", str(store), "--alone", "--password", "secret")

    assert pem == (tmp_path / path).read_text()
    assert path == str(tmp_path / "state/mock-lusha/ca.pem")
    assert done.exit_code == 0
    assert store.stat().st_size > 500


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_is_passed_on(name: str) -> None:
    program = f"trap 'exit 9' {name[3:]}; echo ready; while :; do sleep 0.05; done"
    command = [sys.executable, "-m", "mock_lusha", "run", *SMALL, "--", "sh", "-c", program]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(getattr(signal, name))
        _, told = running.communicate(timeout=30)

    assert running.returncode == 9
    assert "0 calls arrived" in told

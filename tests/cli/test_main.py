from __future__ import annotations

import contextlib
import http.server
import importlib.metadata
import json
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import click
import httpx
import pytest
from click.testing import CliRunner

import mock_lusha
from mock_lusha.cli.main import main
from mock_lusha.config import Settings
from mock_lusha.contract.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from mock_lusha.server import MockServer

COMMAND = [sys.executable, "-m", "mock_lusha"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
SIGNALS = [signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGTERM)]


class Served:
    """``mock-lusha serve`` as a process that is ready; ``banner`` are its first lines on stderr."""

    def __init__(self, *flags: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._guard = threading.Timer(30, self.process.kill)
        self._guard.start()
        assert self.process.stderr is not None
        self.banner: list[str] = []
        while not self.banner or not re.search(r"curl|^\{", self.banner[-1]):
            line = self.process.stderr.readline()
            assert line, f"it ended: {self.banner}"
            self.banner.append(line.rstrip("\n"))
        found = re.search(r"http://[^\s\"]+", self.banner[0])
        assert found is not None, self.banner
        self.url = found[0]

    def call(self, path: str, key: str = "any-key") -> httpx.Response:
        return httpx.get(self.url + path, headers={"api_key": key}, trust_env=False)

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> tuple[int, float, str, str]:
        """Exit code, seconds it took, and the rest of stderr and stdout."""
        began = time.monotonic()
        self.process.send_signal(sent)
        out, err = self.process.communicate()
        return self.process.returncode, time.monotonic() - began, err, out

    def close(self) -> None:
        self._guard.cancel()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    with contextlib.ExitStack() as stack:

        def started(*flags: str) -> Served:
            served = Served(*flags)
            stack.callback(served.close)
            return served

        yield started


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """``serve`` may set handlers; a test run in this process leaves none behind."""
    before = {each: signal.getsignal(each) for each in SIGNALS}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that is bound and where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def run(*args: str) -> Result:
    return CliRunner().invoke(main, args)


def run_process(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *args], capture_output=True, text=True, timeout=20, check=False)


def test_the_version_is_that_of_the_package() -> None:
    done = run_process("--version")

    assert done.returncode == 0
    assert done.stdout == f"mock-lusha, version {mock_lusha.__version__}\n"


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_every_command(flag: str) -> None:
    done = run(flag)

    assert done.exit_code == 0
    for name in ("config", "ready", "routes", "serve"):
        assert re.search(rf"^  {name}  +[A-Z].*", done.stdout, re.MULTILINE), name


@pytest.mark.parametrize("command", sorted(main.commands))
def test_each_command_and_each_of_its_flags_is_explained(command: str) -> None:
    done = run(command, "--help")

    assert done.exit_code == 0
    assert main.commands[command].help
    for option in main.commands[command].params:
        if isinstance(option, click.Argument):
            assert option.make_metavar(click.Context(main)).strip("[]{}").split("|")[0] in done.stdout
            continue
        assert isinstance(option, click.Option)
        assert option.help, option.name
        assert all(flag in done.stdout for flag in option.opts)


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["sevre"], "there is no command 'sevre': did you mean serve?"),
        (["raedy"], "there is no command 'raedy': did you mean ready?"),
        (
            ["xyzzy"],
            "there is no command 'xyzzy': known are ca, cassette, companies, company, completion, config,",
        ),
        (["serve", "--prot", "1"], "--port"),
        (["serve", "--fixture", "x"], "--fixtures"),
        (["ready", "--wiat", "1"], "--wait"),
        (["serve", "extra"], "extra"),
    ],
)
def test_a_mistyped_command_or_flag_is_answered_with_the_right_one(args: list[str], hint: str) -> None:
    done = run(*args)

    assert done.exit_code == 2
    assert hint in done.stderr


def test_routes_lists_every_operation_and_alias() -> None:
    done = run("routes")

    rows = [line.split()[:3] for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert {name for _, _, name in rows} == Registry.load().operations.keys()
    assert {(method, path) for method, path, _ in rows} == {
        (operation.method, path)
        for operation in Registry.load().operations.values()
        for path in operation.paths
    }
    assert ["GET", "/company", "searchSingleCompanyV2"] in rows
    assert ["POST", "/bulk/company/v2", "searchMultipleCompaniesV2"] in rows


def test_config_shows_each_setting_with_value_and_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("seed: filed\nlimits: off\n")
    monkeypatch.setenv("MOCK_LUSHA_PLAN", "pro")

    done = run("config", "--config", str(path), "--closed-world", "--credits", "unlimited")

    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in done.stdout.splitlines()}
    assert done.exit_code == 0
    assert list(rows) == list(Settings.__dataclass_fields__)
    assert rows["seed"] == ["filed", f"file {path}"]
    assert rows["limits"] == ["off", f"file {path}"]
    assert rows["plan"] == ["pro", "variable MOCK_LUSHA_PLAN"]
    assert rows["open_world"] == ["false", "flag"]
    assert rows["credits"] == ["unlimited", "flag"]
    assert rows["port"] == ["8080", "default"]


@pytest.mark.parametrize(
    ("flag", "name", "value"),
    [
        ("--open-world", "open_world", "true"),
        ("--closed-world", "open_world", "false"),
        ("--strict-keys", "strict_keys", "true"),
        ("--no-strict-keys", "strict_keys", "false"),
    ],
)
def test_a_switch_goes_both_ways(monkeypatch: pytest.MonkeyPatch, flag: str, name: str, value: str) -> None:
    monkeypatch.setenv("MOCK_LUSHA_" + name.upper(), "false" if value == "true" else "true")

    done = run("config", flag)

    assert [name, value, "flag"] in [line.split() for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("flags", "value"),
    [
        (["--strict"], "yes"),
        (["--strict", "--limits", "off"], "yes"),
        (["--strict", "auto"], "auto"),
        (["--strict=no"], "no"),
        (["--strict", "true"], "yes"),
        (["--no-strict"], "no"),
    ],
)
def test_strict_takes_a_word_and_means_yes_without_one(
    monkeypatch: pytest.MonkeyPatch, flags: list[str], value: str
) -> None:
    monkeypatch.setenv("MOCK_LUSHA_STRICT", "no" if value == "yes" else "yes")

    done = run("config", *flags)

    assert ["strict", value, "flag"] in [line.split() for line in done.stdout.splitlines()]


@pytest.mark.parametrize("command", ["serve", "config"])
@pytest.mark.parametrize(
    ("flags", "environ", "message"),
    [
        (["--port", "http"], {}, "--port: it takes a whole number from 0 to 65535, not 'http'"),
        (["--plan", "gold"], {}, "--plan: it takes one of free, starter,"),
        (["--seed", ""], {}, "--seed: it is empty"),
        (["--fixtures", "nowhere"], {}, "fixtures: there is no folder nowhere"),
        (["--config", "none.yaml"], {}, "none.yaml: cannot be read: No such file"),
        ([], {"MOCK_LUSHA_PORT": "-1"}, "MOCK_LUSHA_PORT: it takes a whole number"),
        ([], {"MOCK_LUSHA_PROT": "1"}, "MOCK_LUSHA_PROT is no setting: did you mean MOCK_LUSHA_PORT?"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, command: str, flags: list[str], environ: dict[str, str], message: str
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    done = run(command, *flags)

    assert done.exit_code == 2
    assert done.stderr.startswith(f"mock-lusha: {message}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("variable", ["", "1", "8"])
def test_one_worker_may_be_asked_for(
    serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("MOCK_LUSHA_WORKERS", variable)

    assert serve("--workers", "1").call("/_mock/ready").status_code == 200


@pytest.mark.parametrize(
    ("setting", "text", "message"),
    [
        ("accounts", "accounts:\n  mine:\n    plan: gold\n", "data.yaml:3: plan: it takes one of"),
        ("accounts", "accounts:\n  mine:\n    standing: [active]\n", "data.yaml:3: "),
        ("accounts", "accounts: [mine]\n", "data.yaml:1: accounts is a mapping"),
        ("fixtures", "people:\n  - {firstName: Ada}\n", "data.yaml:2: "),
        ("fixtures", "persons: []\n", "data.yaml:1: a file of fixtures has no 'persons'"),
    ],
)
def test_a_mistake_in_a_data_file_stops_the_start_with_its_line(
    tmp_path: Path, setting: str, text: str, message: str
) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(text)

    done = run("serve", f"--{setting}", str(path if setting == "accounts" else tmp_path))

    assert done.exit_code == 2
    assert done.stderr.startswith("mock-lusha: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_banner_says_what_is_served_and_its_curl_line_works(serve: Callable[..., Served]) -> None:
    served = serve("--seed", "mine", "--plan", "premium", "--credits", "77")

    banner = "\n".join(served.banner)
    assert f"mock-lusha {mock_lusha.__version__} serves" in banner
    known = [each for each in Registry.load().operations.values() if not each.unserved]
    assert f"serves {len(known)} operations" in banner
    assert "seed mine" in banner
    assert "plan premium, 77 credits" in banner
    command, url, *options = shlex.split(served.banner[-1])
    assert command == "curl"
    assert options[::2] == ["-H", "-H", "-d"]
    headers = dict(header.split(": ") for header in options[1:4:2])
    answer = httpx.post(url, headers=headers, content=options[5], trust_env=False)
    assert answer.status_code == 200
    assert answer.json()["results"][0]["fullName"] == "Ada Quill"


def test_nothing_is_written_to_stdout(serve: Callable[..., Served]) -> None:
    served = serve()
    served.call("/v2/company?domain=acme.com")

    assert served.stop()[3] == ""


def test_the_settings_reach_the_server(serve: Callable[..., Served]) -> None:
    served = serve("--seed", "mine", "--credits", "unlimited", "--limits", "off", "--strict-keys")

    named = served.call("/account/usage", key="scale")
    assert served.call("/_mock/ready").json()["seed"] == "mine"
    assert served.call("/account/usage").status_code == 401
    assert named.status_code == 200
    assert not [name for name in named.headers if name.startswith("x-rate-limit")]


def test_port_0_picks_a_port_of_its_own_for_each(serve: Callable[..., Served]) -> None:
    one, other = serve(), serve()

    assert one.url != other.url
    assert {one.call("/_mock/ready").status_code, other.call("/_mock/ready").status_code} == {200}


def test_a_port_in_use_is_said_with_what_to_do(server: MockServer) -> None:
    port = server.url.rpartition(":")[2]

    done = run_process("serve", "--port", port)

    assert done.returncode == 2
    assert done.stderr.startswith(f"mock-lusha: cannot listen on 127.0.0.1:{port} (Address already in use)")
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["host.invalid", "a" * 64 + ".example", "two..dots", "a b"])
def test_a_host_that_is_none_is_said(host: str) -> None:
    done = run("serve", "--port", "0", "--host", host)

    assert done.exit_code == 2
    assert done.stderr.startswith(("mock-lusha: host: ", "mock-lusha: --host: it takes an IP address"))


def test_json_log_lines_parse_and_hold_no_key_and_no_query(serve: Callable[..., Served]) -> None:
    served = serve("--log-format", "json")
    served.call("/v2/person?email=secret.person@acme.com", key="a-very-secret-key")
    served.call("/account/usage", key="inactive")
    served.call("/nowhere")

    _, _, err, _ = served.stop()

    lines = [json.loads(line) for line in err.splitlines()]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/v2/person", 200), ("GET", "/account/usage", 403), ("GET", "/nowhere", 404),
    ]  # fmt: skip
    assert [line["operation"] for line in lines] == ["searchSingleContact", "getAccountUsageStats", None]
    assert [line["account"] for line in lines] == ["…-key", "inactive", None]
    assert lines[0]["credits"] in {1, 5, 6}
    assert lines[1]["error"] == "inactive-account"
    assert "secret" not in err


def test_human_log_lines_hold_no_key_and_no_query(serve: Callable[..., Served]) -> None:
    served = serve()
    served.call("/v2/person?email=secret.person@acme.com", key="a-very-secret-key")

    _, _, err, _ = served.stop()

    assert len(err.splitlines()) == 1
    whose = r"operation=searchSingleContact account=…-key fingerprint=[0-9a-f]{8} credits=\d"
    assert re.match(rf"\S+Z GET /v2/person 200 {whose}", err)
    assert "secret" not in err


def test_a_log_level_above_info_keeps_requests_quiet(serve: Callable[..., Served]) -> None:
    served = serve("--log-level", "warning")
    served.call("/v2/company?domain=acme.com")

    assert served.stop()[2] == ""


def test_what_is_no_request_is_a_json_line_too(serve: Callable[..., Served]) -> None:
    served = serve("--log-format", "json")
    url = httpx.URL(served.url)
    with socket.create_connection((url.host, url.port or 0)) as connection:
        connection.sendall(b"no request\r\n\r\n")
        assert connection.makefile("rb").readline() == b"HTTP/1.1 400 Bad Request\r\n"
    (line,) = served.stop()[2].splitlines()

    told = json.loads(line)
    assert told["level"] == "warning"
    assert re.fullmatch(r"[0-9-]+T[0-9:.]+Z", told["time"])
    assert re.fullmatch(r"not a request from 127\.0\.0\.1:\d+: 400 .*", told["message"])


@contextlib.contextmanager
def nobody(_: Served) -> Iterator[None]:
    yield


@contextlib.contextmanager
def idle_connection(served: Served) -> Iterator[None]:
    with httpx.Client(trust_env=False) as client:
        client.get(f"{served.url}/_mock/ready")
        yield


@contextlib.contextmanager
def half_a_request(served: Served) -> Iterator[None]:
    url = httpx.URL(served.url)
    with socket.create_connection((url.host, url.port or 0)) as connection:
        connection.sendall(b"POST /v2/person HTTP/1.1\r\nHost: x\r\napi_key: k\r\nContent-Length: 9\r\n\r\n{")
        served.call("/_mock/ready")
        yield


@POSIX
@pytest.mark.parametrize(
    ("client", "most"),
    # What is under way gets some grace first, so its bound is wider.
    [(nobody, 1), (idle_connection, 1), (half_a_request, 3)],
)
@pytest.mark.parametrize("sent", SIGNALS)
def test_a_signal_ends_it_at_once_and_without_complaint(
    serve: Callable[..., Served], sent: signal.Signals, client: Callable[[Served], Any], most: float
) -> None:
    served = serve("--log-level", "warning", "--grace", "0.1")

    with client(served):
        code, seconds, err, _ = served.stop(sent)

    assert code == 0
    assert seconds < most
    assert err == ""


@POSIX
def test_a_hangup_that_is_ignored_does_not_end_it(serve: Callable[..., Served]) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    served = serve("--log-level", "warning")
    served.process.send_signal(signal.SIGHUP)

    assert served.call("/_mock/ready").status_code == 200
    assert served.stop()[0] == 0


@POSIX
def test_a_second_signal_does_not_wait(serve: Callable[..., Served]) -> None:
    served = serve("--log-level", "warning", "--grace", "600", "--drain-delay", "600")
    with half_a_request(served):
        served.process.send_signal(signal.SIGTERM)
        while served.call("/_mock/ready").status_code != 503:
            assert served.process.poll() is None
        code, _, err, _ = served.stop(signal.SIGINT)

    assert (code, err) == (0, "")


EARLY = """
import os, sys
import mock_lusha.app
from mock_lusha.cli.main import main

def create_app(settings, **options):
    os.kill(os.getpid(), int(sys.argv.pop()))
    raise AssertionError("it went on")

mock_lusha.app.create_app = create_app
main(["serve", "--port", "0"])
"""


@POSIX
@pytest.mark.parametrize("sent", SIGNALS)
def test_a_signal_before_it_serves_ends_it_too(sent: signal.Signals) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EARLY, str(int(sent))], capture_output=True, text=True, timeout=20, check=False
    )

    assert done.returncode == 0
    assert "Traceback" not in done.stderr


class Answers(http.server.ThreadingHTTPServer):
    """A server that answers with these statuses in turn, and with the last from then on."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.statuses = list(statuses)
        self.paths: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Answers

    def do_GET(self) -> None:
        statuses = self.server.statuses
        self.server.paths.append(self.path)
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b'{"status": "ready"}' if status == 200 else b"")

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def answering(*statuses: int) -> Iterator[Answers]:
    with Answers(*statuses) as answers:
        thread = threading.Thread(target=answers.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield answers
        finally:
            answers.shutdown()
            thread.join()


def test_ready_is_0_when_the_server_serves(server: MockServer) -> None:
    done = run("ready", "--url", server.url)

    assert done.exit_code == 0
    assert json.loads(done.stdout)["status"] == "ready"


def test_ready_as_a_process_is_0_and_1(server: MockServer, taken: int) -> None:
    assert run_process("ready", "--url", server.url).returncode == 0
    assert run_process("ready", "--url", f"http://127.0.0.1:{taken}").returncode == 1


def test_ready_finds_the_server_by_a_variable(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCK_LUSHA_URL", server.url + "/")

    assert run("ready").exit_code == 0


def test_ready_goes_by_the_flag_before_the_variable(
    server: MockServer, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_LUSHA_URL", server.url)

    done = run("ready", "--url", f"http://127.0.0.1:{taken}")

    assert done.exit_code == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_ready_finds_the_server_by_host_and_port(
    server: MockServer, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("MOCK_LUSHA_URL", "")
    monkeypatch.setenv("MOCK_LUSHA_HOST", host)
    monkeypatch.setenv("MOCK_LUSHA_PORT", server.url.rpartition(":")[2])

    assert run("ready").exit_code == 0


def test_ready_finds_the_server_by_the_settings_file(
    server: MockServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "settings.yaml").write_text(f"port: {server.url.rpartition(':')[2]}\n")
    monkeypatch.setenv("MOCK_LUSHA_CONFIG", str(tmp_path / "settings.yaml"))

    assert run("ready").exit_code == 0


def test_ready_is_1_where_nobody_listens(taken: int) -> None:
    done = run("ready", "--url", f"http://127.0.0.1:{taken}")

    assert done.exit_code == 1
    assert done.stderr.startswith(f"mock-lusha: http://127.0.0.1:{taken} is not ready: ")
    assert done.stdout == ""


@pytest.mark.parametrize("status", [503, 404, 301, 204])
def test_ready_is_1_when_something_else_answers(status: int) -> None:
    with answering(status) as answers:
        done = run("ready", "--url", answers.url)

    assert done.exit_code == 1
    assert f"answers {status}" in done.stderr
    assert answers.paths == ["/_mock/ready"]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:0",
     "nonsense", "http://", "http://[", "ftp://127.0.0.1", "http://127.0.0.1:99999", "http://a b", "::", "http://\x7f"],
)  # fmt: skip
def test_ready_is_1_for_an_address_that_is_none(url: str) -> None:
    done = run("ready", "--url", url)

    assert done.exit_code == 1
    assert done.stderr.startswith("mock-lusha: ")
    assert "is not ready: " in done.stderr


def test_ready_waits_until_the_server_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_lusha.cli.main.time.sleep", lambda _: None)
    with answering(503, 503, 200) as answers:
        done = run("ready", "--wait", "30", "--url", answers.url)

    assert done.exit_code == 0
    assert len(answers.paths) == 3


def test_ready_waits_no_longer_than_asked(taken: int) -> None:
    began = time.monotonic()
    done = run("ready", "--wait", "0.2", "--url", f"http://127.0.0.1:{taken}")

    assert done.exit_code == 1
    assert 0.2 <= time.monotonic() - began < 2


def test_ready_waits_no_longer_than_asked_for_a_server_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        done = run("ready", "--wait", "1.2", "--url", f"http://127.0.0.1:{silent.getsockname()[1]}")

    assert done.exit_code == 1
    assert time.monotonic() - began < 2.3


@pytest.mark.parametrize("wait", ["-1", "soon", "nan", "-inf"])
def test_ready_takes_no_wait_that_is_no_time(taken: int, wait: str) -> None:
    done = subprocess.run(
        [*COMMAND, "ready", "--wait", wait, "--url", f"http://127.0.0.1:{taken}"],
        capture_output=True, text=True, timeout=5, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "--wait" in done.stderr


@pytest.mark.parametrize("wait", ["1e9", "inf"])
def test_ready_may_wait_as_long_as_it_takes(server: MockServer, wait: str) -> None:
    assert run("ready", "--wait", wait, "--url", server.url).exit_code == 0


def test_ready_uses_no_proxy(server: MockServer, monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{taken}")

    assert run("ready", "--url", server.url).exit_code == 0


def test_the_command_of_the_package_is_the_same_program() -> None:
    (script,) = importlib.metadata.entry_points(group="console_scripts", name="mock-lusha")

    assert script.load() is main

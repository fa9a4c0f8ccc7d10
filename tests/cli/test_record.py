"""``mock-lusha record`` as a process, from its start to its end."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import httpx
import pytest
from cli.recordings import COMPANY, KEY, PERSON, drifted, run, walk

from mock_lusha.recorder.cassette import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_lusha.server import MockServer


# record


class Recording:
    """``mock-lusha record`` as a process that is ready."""

    def __init__(self, *flags: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mock_lusha", "record", "--port=0", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._guard = threading.Timer(60, self.process.kill)
        self._guard.start()
        assert self.process.stderr is not None
        self.banner = self.process.stderr.readline()
        found = re.search(r" at (http://\S+) into ", self.banner)
        assert found is not None, self.banner + self.process.stderr.read()
        self.client = httpx.Client(base_url=found[1], headers={"api_key": KEY}, trust_env=False)

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, stdout, and the rest of stderr."""
        self.client.close()
        self.process.send_signal(sent)
        out, err = self.process.communicate()
        return self.process.returncode, out, err

    def close(self) -> None:
        self._guard.cancel()
        self.client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def record() -> Iterator[Callable[..., Recording]]:
    with contextlib.ExitStack() as stack:

        def started(*flags: object) -> Recording:
            recording = Recording(*map(str, flags))
            stack.callback(recording.close)
            return recording

        yield started


POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@POSIX
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=lambda sent: sent.name)
def test_what_went_through_is_whole_in_the_cassette_when_it_is_told_to_stop(
    sent: signal.Signals, record: Callable[..., Recording], upstream: MockServer, tmp_path: Path
) -> None:
    path = tmp_path / "tapes" / "tape.yaml"

    recording = record("--cassette", path, "--upstream", upstream.url)
    answers = walk(recording.client)
    code, out, err = recording.stop(sent)

    assert recording.banner.startswith(f"mock-lusha records {upstream.url} at http://127.0.0.1:")
    assert recording.banner.endswith(f" into {path} (mode once)\n")
    assert [each.status_code for each in answers] == [200] * 4
    assert [each.headers["x-mock-lusha-verdict"] for each in answers] == ["LIVE"] * 4
    # Who records gets what was answered, not what is kept of it.
    assert answers[0].json()["contact"]["data"]["firstName"] == "Zelda"
    assert (code, out) == (0, "")
    assert re.search(r"^mock-lusha: LIVE 4; \d+ credits$", err, re.MULTILINE)
    assert run("cassette", "check", path).stdout == f"{path}: well; 4 interactions\n"
    assert run("cassette", "scan", path).exit_code == 0
    for each in (path.read_text(encoding="utf-8"), err):
        assert KEY not in each
        assert "tobefound" not in each.lower()
    assert sorted(each.name for each in path.parent.iterdir()) == ["redaction.key", "tape.yaml"]


@POSIX
def test_what_was_recorded_is_replayed_with_no_upstream_at_all(
    record: Callable[..., Recording], recorded: Path
) -> None:
    recording = record("--cassette", recorded, "--mode=none", "--upstream=http://127.0.0.1:9")
    answers = walk(recording.client)
    missed = recording.client.get("/v2/company?domain=globex.com")
    code, _, err = recording.stop()

    assert [each.headers["x-mock-lusha-verdict"] for each in answers] == ["HIT"] * 4
    assert missed.status_code == 404
    assert "MISS: it has no GET /v2/company" in missed.json()["message"]
    assert code == 0
    assert err.endswith("mock-lusha: HIT 4, MISS 1; 0 credits\n")


LIVE = {
    "no cap": ("", (), "--max-credits N"),
    "CI": ("true", ("--max-credits=9",), "this is a CI run (CI=true)"),
    "forced in CI without a cap": ("true", ("--force-live",), "--max-credits N"),
}


@POSIX
@pytest.mark.parametrize("case", LIVE)
def test_a_live_upstream_is_not_called_without_leave(
    case: str, record: Callable[..., Recording], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ci, flags, said = LIVE[case]
    monkeypatch.setenv("CI", ci)

    recording = record("--cassette", tmp_path / "tape.yaml", *flags)
    blocked = recording.client.get(COMPANY)
    code, _, err = recording.stop()

    assert (blocked.status_code, blocked.headers["x-mock-lusha-verdict"]) == (403, "BLOCKED")
    assert said in blocked.json()["message"]
    assert code == 0
    assert err.endswith("mock-lusha: BLOCKED 1; 0 credits\n")
    assert not (tmp_path / "tape.yaml").exists()


@POSIX
def test_the_cap_stops_calls_of_a_loopback_upstream_too(
    record: Callable[..., Recording], upstream: MockServer, tmp_path: Path
) -> None:
    recording = record("--cassette", tmp_path / "tape.yaml", "--upstream", upstream.url, "--max-credits=1")
    statuses = [recording.client.get(COMPANY).status_code, recording.client.get(PERSON).status_code]
    code, _, err = recording.stop()

    assert statuses == [200, 403]
    assert code == 0
    assert err.endswith("mock-lusha: BLOCKED 1, LIVE 1; 1 credit\n")


@POSIX
def test_verify_tells_drift_at_its_end(
    record: Callable[..., Recording], recorded: Path, upstream: MockServer, tmp_path: Path
) -> None:
    (tmp_path / "redaction.key").write_bytes((recorded.parent / "redaction.key").read_bytes())
    same = tmp_path / "same.yaml"
    same.write_bytes(recorded.read_bytes())
    moved = drifted(recorded, tmp_path / "moved.yaml")
    before = {each: each.read_bytes() for each in (same, moved)}
    found = {}
    for path in before:
        recording = record(
            "--cassette", path, "--upstream", upstream.url, "--mode=verify", "--max-credits=99"
        )
        assert [each.status_code for each in walk(recording.client)] == [200] * 4
        found[path] = recording.stop()

    assert found[same][:2] == (
        0,
        "No drift: the live answers are what the contract says and was recorded.\n",
    )
    assert found[moved][0] == 1
    assert "getAccountUsageStats status 200" in found[moved][1]
    assert {each: each.read_bytes() for each in before} == before


@POSIX
def test_verify_of_calls_that_are_not_in_the_cassette_is_no_success(
    record: Callable[..., Recording], recorded: Path, upstream: MockServer
) -> None:
    recording = record(
        "--cassette", recorded, "--upstream", upstream.url, "--mode=verify", "--max-credits=99"
    )
    assert recording.client.get("/v2/company?domain=globex.com").status_code in {200, 404}
    code, _, err = recording.stop()

    assert code == 2
    assert (
        f"mock-lusha: {recorded}: 1 call is not in it, so nothing was compared with it; mode new adds it"
        in err
    )


def test_verify_needs_a_cassette(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"

    result = run("record", "--cassette", path, "--mode=verify", "--upstream=http://127.0.0.1:9", "--port=0")

    assert result.exit_code == 2
    assert (
        result.stderr == f"mock-lusha: {path}: there is no such cassette, and mode verify compares with one\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["api.lusha.com", "ftp://api.lusha.com", "http://", "http://[::1", "http://host:port", ""]
)
def test_an_upstream_that_is_no_address_is_refused_before_anything_is_made(url: str, tmp_path: Path) -> None:
    result = run("record", "--port=0", "--cassette", tmp_path / "tape.yaml", f"--upstream={url}")

    assert result.exit_code == 2
    said = f"--upstream is an http:// or https:// address such as https://api.lusha.com, not {url!r}"
    assert result.stderr == f"mock-lusha: {said}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_told(upstream: MockServer, tmp_path: Path) -> None:
    port = httpx.URL(upstream.url).port

    result = run("record", "--cassette", tmp_path / "tape.yaml", f"--port={port}", "--upstream", upstream.url)

    assert result.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr


def test_a_cassette_of_another_key_is_refused_with_both_keys_named(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_LUSHA_REDACTION_KEY", "another")

    result = run("record", "--cassette", recorded, "--port=0", "--mode=none")

    assert result.exit_code == 2
    assert f"{recorded}: was redacted with the key {load(recorded).redaction['key']}" in result.stderr
    assert "set MOCK_LUSHA_REDACTION_KEY" in result.stderr

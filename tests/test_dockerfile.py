"""What the image promises, as far as its recipe shows it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from documents import PAGES, blocks

import mock_lusha
from mock_lusha.cli.main import main
from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.config.environment import state_folder
from mock_lusha.config.resolution import resolve
from mock_lusha.tls.authority import Authority
from mock_lusha.tls.hosts import API_HOST

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
LINES = [
    (line.split(None, 1)[0], line.split(None, 1)[1])
    for line in re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE)).splitlines()
    if line.strip()
]
STAGES = [index for index, (word, _) in enumerate(LINES) if word == "FROM"]
FINAL = LINES[STAGES[-1] :]


def final(word: str) -> list[str]:
    """The arguments of an instruction in the last stage."""
    return [rest for each, rest in FINAL if each == word]


def pairs(word: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in final(word) for pair in shlex.split(rest))


ENV = pairs("ENV")
SETTINGS = {name: value for name, value in ENV.items() if name.startswith("MOCK_LUSHA_")}


def test_every_stage_begins_with_the_same_base_which_publishing_names_by_digest() -> None:
    assert LINES[0] == ("ARG", "BASE=python:3.13-slim")
    assert [LINES[index][1].split()[0] for index in STAGES] == ["${BASE}"] * 2


def test_all_that_is_installed_has_a_hash_in_a_lock_or_is_our_wheel() -> None:
    installs = [
        install
        for word, rest in LINES
        if word == "RUN"
        for install in re.findall(r"pip [^&]* install [^&]*", rest)
    ]
    sources = [install.split()[-1] for install in installs]

    assert sources == ["build.txt", "image.txt", "/wheels/*.whl"]
    for install, source in zip(installs, sources, strict=True):
        assert "--no-deps" in install
        assert ("--require-hashes -r" if source.endswith(".txt") else "--no-index") in install
    assert "-m build --wheel --no-isolation" in TEXT


def test_state_may_be_written_by_any_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", ENV["XDG_STATE_HOME"])

    assert state_folder() == Path("/data/state/mock-lusha")
    assert "chmod 1777 /data/state" in TEXT


def test_the_last_stage_installs_nothing_and_takes_no_source() -> None:
    assert final("RUN") == []
    assert all(rest.startswith("--from=build ") for rest in final("COPY"))


def test_it_runs_as_a_user_by_number_who_is_not_root() -> None:
    (user,) = final("USER")

    uid, gid = map(int, user.split(":"))
    assert uid >= 10_000
    assert gid >= 10_000


def test_its_health_check_is_ready_without_a_shell() -> None:
    (check,) = final("HEALTHCHECK")
    flags, _, command = check.partition(" CMD ")

    assert json.loads(command) == ["mock-lusha", "ready"]
    assert "ready" in main.commands
    assert set(re.findall(r"--([a-z-]+)=", flags)) == {"interval", "timeout", "start-period", "retries"}


def test_it_serves_and_takes_the_flags_of_the_command() -> None:
    assert [json.loads(rest) for rest in final("ENTRYPOINT")] == [["mock-lusha"]]
    assert [json.loads(rest) for rest in final("CMD")] == [["serve"]]


def test_the_variables_it_sets_are_settings(tmp_path: Path) -> None:
    (tmp_path / "data/fixtures").mkdir(parents=True)
    (tmp_path / "data/scenarios").mkdir()
    here = {
        name: str(tmp_path) + value if value.startswith("/") else value for name, value in SETTINGS.items()
    }

    found = resolve({}, here)

    assert found.settings == Settings(
        host="0.0.0.0", fixtures=tmp_path / "data/fixtures", scenarios=tmp_path / "data/scenarios"
    )


def test_it_exposes_the_port_that_it_serves() -> None:
    assert final("EXPOSE") == [str(Settings().port)]


def test_only_the_container_listens_on_every_address() -> None:
    tracked = [ROOT / "pyproject.toml"]
    for folder in ("mock_lusha", "pytest_plugin", "scripts", "fixtures", "scenarios"):
        tracked += [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]

    setters = [
        path.name
        for path in tracked
        if re.search(r"(HOST|host)\W{1,4}(0\.0\.0\.0|::\W)", path.read_text(encoding="utf-8"))
    ]

    assert SETTINGS["MOCK_LUSHA_HOST"] == "0.0.0.0"
    assert Settings().host == "127.0.0.1"
    assert setters == []


def test_what_is_compiled_are_the_modules_that_both_generations_load() -> None:
    match = re.search(r'python -P -c "(.*?)" > /tmp/loaded', TEXT, re.DOTALL)
    assert match is not None
    command = [sys.executable, "-c", match[1].replace("\\\n", "")]
    paths = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    for name in (
        "v3/contacts",
        "v3/companies",
        "v3/prospecting",
        "v3/account",
        "v2/persons",
        "v2/prospecting",
    ):
        assert f"mock_lusha/api/{name}.py" in paths
    assert "mock_lusha/cli/main.py" in paths


def test_the_data_folders_are_made_and_may_be_mounted() -> None:
    (volumes,) = final("VOLUME")

    assert json.loads(volumes) == [
        SETTINGS["MOCK_LUSHA_FIXTURES"], SETTINGS["MOCK_LUSHA_SCENARIOS"], ENV["XDG_STATE_HOME"]
    ]  # fmt: skip
    assert any(word == "RUN" and f"mkdir -p {' '.join(json.loads(volumes))}" in rest for word, rest in LINES)
    assert "--from=build /data /data" in final("COPY")


def test_nothing_needs_to_be_written() -> None:
    assert ENV["PYTHONDONTWRITEBYTECODE"] == "1"
    assert ENV["PATH"].split(":")[0] == "/opt/mock-lusha/bin"


def test_the_compose_file_of_the_page_reaches_it_as_api_lusha_com(tmp_path: Path) -> None:
    (block,) = blocks("yaml", PAGES["docs/containers.md"])
    services = yaml.safe_load(block)["services"]
    lusha, app = services["lusha"], services["app"]
    state = ENV["XDG_STATE_HOME"]
    environ = {name: value.replace(state, str(tmp_path)) for name, value in lusha["environment"].items()}

    settings = resolve({}, environ).settings

    assert (settings.tls, settings.tls_folder, settings.port) == (True, tmp_path, 443)
    assert lusha["networks"]["default"]["aliases"] == [API_HOST]
    volume, _, target = lusha["volumes"][0].partition(":")
    assert target == lusha["environment"]["MOCK_LUSHA_TLS_FOLDER"] == state
    ca = Authority.open(settings.tls_folder, Clock().now()).certificate_path
    assert ca.stat().st_mode & 0o777 == 0o644
    assert app["volumes"] == [f"{volume}:/ca:ro"]
    for name in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        assert app["environment"][name] == f"/ca/{ca.name}"


def test_its_labels_say_what_it_is() -> None:
    labels = pairs("LABEL")

    assert labels["org.opencontainers.image.title"] == "mock-lusha"
    assert labels["org.opencontainers.image.version"] == mock_lusha.__version__
    assert labels["org.opencontainers.image.licenses"] == "MIT"
    assert labels["org.opencontainers.image.description"]


@pytest.mark.parametrize("path", [rest for word, rest in LINES if word == "COPY" and "--from" not in rest])
def test_what_it_copies_is_there_and_not_ignored(path: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")

    assert "*" in ignored
    for source in path.split()[:-1]:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored

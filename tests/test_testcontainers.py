"""A container for Testcontainers: what Docker would be asked, and that a server does as it is told there."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from testcontainers.core.config import ConnectionMode, testcontainers_config

from mock_lusha import Control, ControlError
from mock_lusha.config import Settings
from mock_lusha.config.resolution import resolve
from mock_lusha.errors import ConfigError
from mock_lusha.testcontainers import IMAGE, MockLushaContainer
from mock_lusha.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IN_THE_IMAGE = {"MOCK_LUSHA_HOST": "0.0.0.0"}


class Server:
    """A container as Docker's client knows it: here a process with the environment of the container."""

    id = short_id = "1a2b3c"
    status = "running"

    def __init__(self, environment: Mapping[str, str], volumes: Mapping[str, Mapping[str, str]]) -> None:
        places = {mount["bind"]: host for host, mount in volumes.items()}
        self.environ = {**IN_THE_IMAGE, **environment, "MOCK_LUSHA_PORT": "0"}
        self.environ = {name: places.get(value, value) for name, value in self.environ.items()}
        self.port = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCK_LUSHA_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mock_lusha", "serve"],
            env={**kept, **self.environ},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        found = re.search(r"http://\S+:(\d+)", self._process.stderr.readline())
        assert found is not None
        self.port = found[1]

    def reload(self) -> None:
        """Its status is what it was."""

    def logs(self, **_: Any) -> bytes:
        return b""

    def remove(self, **_: Any) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=20)


class Docker:
    """What Testcontainers needs of Docker's client."""

    def __init__(self, **_: Any) -> None:
        self.client = self
        self.asked: dict[str, Any] = {}

    def create(self, image: str, **asked: Any) -> Server:
        self.asked = {"image": image, **asked}
        return Server(asked["environment"], asked["volumes"])

    def start(self, container: Server) -> None:
        container.start()
        self._port = container.port

    def port(self, _container: str, port: int) -> str:
        assert port == 8080
        return self._port

    def get_connection_mode(self) -> ConnectionMode:
        return ConnectionMode.docker_host

    def host(self) -> str:
        return "127.0.0.1"

    def close(self) -> None:
        """There is no connection."""


@pytest.fixture(autouse=True)
def _docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("testcontainers.core.container.DockerClient", Docker)
    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)


def test_a_server_that_is_told_the_same_is_found_steered_and_called(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(
        "people: [{firstName: Noor, lastName: Vos, companyDomain: v.example, emails: [noor@vos.example]}]"
    )
    container = MockLushaContainer(people=300, companies=30, plan="pro", fixtures=tmp_path)

    with container, container.lusha(credits=20) as lusha:
        body = {"contacts": [{"email": "noor@vos.example"}]}
        answer = lusha.client.post("/v3/contacts/search", json=body)
        with container.control(lusha.api_key) as control:
            account = control.accounts()

    assert answer.json()["results"][0]["firstName"] == "Noor"
    assert (account["plan"], account["credits"]["total"], account["requests"]) == ("pro", 20, 1)


def test_without_its_token_nobody_steers_it() -> None:
    with (
        MockLushaContainer(people=0, companies=1) as container,
        Control(container.url) as stranger,
        pytest.raises(ControlError, match="401"),
    ):
        stranger.accounts()


def test_docker_is_asked_for_the_image_of_this_version_and_a_free_port() -> None:
    container = MockLushaContainer()
    asked = container.image, container.ports, set(container.env), container.volumes

    assert asked == (IMAGE, {"8080": None}, {"MOCK_LUSHA_CONTROL_TOKEN"}, {})
    assert IMAGE.endswith(f":{__version__}")
    assert MockLushaContainer("mock-lusha:mine").image == "mock-lusha:mine"


def test_each_container_has_a_token_of_its_own_unless_one_is_named() -> None:
    drawn = {MockLushaContainer().token, MockLushaContainer(control_token=None).token}

    assert len(drawn) == 2
    assert all(len(token) >= 32 for token in drawn)
    assert MockLushaContainer(control_token="ours").env["MOCK_LUSHA_CONTROL_TOKEN"] == "ours"


SETTINGS: dict[str, Any] = {
    "as_of": date(2026, 3, 31),
    "now": "2026-03-31T12:00:00Z",
    "credits": None,
    "delay_factor": 0,
    "open_world": False,
    "strict": "yes",
    "users": ("a@b.example", "c@d.example"),
    "webhook_retries": (0.5, 2),
    "scenario": "flaky",
    "webhook_allow": "10.0.0.0/8",
}


def test_the_server_reads_from_its_variables_what_was_given() -> None:
    container = MockLushaContainer(control_token="t", **SETTINGS)

    told = resolve({}, container.env).settings
    assert told == Settings(control_token="t", **SETTINGS)


@pytest.mark.parametrize("name", ["accounts", "cassette", "scenario"])
def test_a_file_is_mounted_under_its_own_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a file.yaml"
    path.write_text("accounts: {}")
    settings: dict[str, Any] = {name: path}
    container = MockLushaContainer(**settings)

    assert container.volumes == {str(path): {"bind": f"/data/{name}/a file.yaml", "mode": "ro"}}
    assert container.env[f"MOCK_LUSHA_{name.upper()}"] == f"/data/{name}/a file.yaml"


@pytest.mark.parametrize("name", ["fixtures", "scenarios"])
def test_a_folder_is_mounted_where_the_image_looks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    settings: dict[str, Any] = {name: "mine"}
    container = MockLushaContainer(**settings)

    assert container.volumes == {str(tmp_path / "mine"): {"bind": f"/data/{name}", "mode": "ro"}}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a name that is no setting": ({"credit": 3}, "credit is no setting: did you mean credits?"),
    "a value of the wrong kind": ({"credits": "many"}, "credits: it takes .*not 'many'"),
    "a folder that is not there": ({"fixtures": "/nowhere"}, "fixtures: there is no folder /nowhere"),
    "a port": ({"port": 8080}, "port: Docker picks a free port"),
    "several": ({"port": 1, "hots": 2}, "(?s)port: .*\nhots is no setting"),
    "an argument of other containers": ({"network": "mine"}, "network: use with_network"),
    "a list of none": ({"webhook_retries": ()}, "webhook_retries: no variable can say an empty list"),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_what_cannot_be_set_is_refused_before_docker_is_asked(case: str) -> None:
    settings, text = WRONG[case]

    with pytest.raises(ConfigError, match=text):
        MockLushaContainer(**settings)


def test_a_program_is_told_where_the_container_is() -> None:
    with MockLushaContainer(people=0, companies=1) as container:
        environ = container.client_environ("a-key")

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", environ["LUSHA_API_URL"])
    assert environ["LUSHA_API_KEY"] == "a-key"


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "testcontainers.core.container", None)
    monkeypatch.delitem(sys.modules, "mock_lusha.testcontainers")

    with pytest.raises(ImportError, match=re.escape("pip install 'mock-lusha[testcontainers]'")):
        importlib.import_module("mock_lusha.testcontainers")

"""The actions for GitHub: their steps are run as a runner runs them, with the package of this tree."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from actionlint import lint
from recipes.recipe import EXAMPLES, ROOT, documents, schema_findings, settings_of

from mock_lusha import MockServer, Settings, __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTIONS = ["action/action.yml", "action/summary/action.yml"]
WORKFLOWS = sorted((EXAMPLES / "github-actions").glob("*.yml"))
ASK = """curl -sS --fail "$0/v3/companies/search-and-enrich" -H "api_key: $LUSHA_API_KEY" \
-H 'content-type: application/json' -d '{"companies": [{"domain": "acme.com"}]}' """


class Runner:
    """Runs steps as a runner of GitHub does: bash with its options, and files that steps write to."""

    def __init__(self, folder: Path, temp: Path, wheels: Path) -> None:
        self.temp = temp
        self.files = {name: folder / name.lower() for name in ("ENV", "OUTPUT", "PATH", "STEP_SUMMARY")}
        for path in self.files.values():
            path.touch()
        self.environ = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "RUNNER_TEMP": str(temp),
            "PIP_NO_INDEX": "1",
            "PIP_NO_DEPS": "1",
            "PIP_NO_COMPILE": "1",
            "PIP_FIND_LINKS": str(wheels),
            **{f"GITHUB_{name}": str(path) for name, path in self.files.items()},
        }

    def run(self, script: str, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        paths = self.files["PATH"].read_text().split()
        path = ":".join([*reversed(paths), self.environ["PATH"]])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script, *words],
            env={**self.environ, **self.exported("ENV"), "PATH": path, **environ},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def exported(self, name: str) -> dict[str, str]:
        """What steps wrote for later ones, as lines or between delimiters."""
        text = self.files[name].read_text()
        pairs = re.findall(r"^(\w+)(?:=(.*)|<<(\S+)\n([\s\S]*?)\n\3)$", text, re.MULTILINE)
        return {key: value or block for key, value, _, block in pairs}

    def use(self, action: str, *, only: str | None = None, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the steps of an action, or one of them; the inputs are those of a workflow."""
        (document,) = documents(action)
        values = {name: each.get("default", "") for name, each in document["inputs"].items()}
        assert inputs.keys() <= values.keys()
        values |= inputs
        steps = [step for step in document["runs"]["steps"] if only in {None, step.get("id")}]
        done = None
        for step in steps:
            environ = {
                name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: values[match[1]], value)
                for name, value in step["env"].items()
            }
            assert "${{" not in step["run"], "an input in a script would be run as a part of it"
            done = self.run(step["run"], **environ)
        assert done is not None
        return done

    def stop(self) -> None:
        with suppress(FileNotFoundError, ProcessLookupError):
            pid = self.temp / "mock-lusha" / "server.pid"
            os.kill(int(pid.read_text()), signal.SIGTERM)
            pid.unlink()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner on which the first step was run, with the wheel of this tree in the place of PyPI."""
    wheels, folder, temp = (tmp_path_factory.mktemp(name) for name in ("wheels", "runner", "temp"))
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    runner = Runner(folder, temp, wheels)
    done = runner.use("action/action.yml", only="install", version=__version__)
    assert done.returncode == 0, done.stderr
    site = Path(sysconfig.get_path("purelib", vars={"base": str(temp / "mock-lusha")}))
    # The packages that ours needs are those of the tests; a path in this file comes after the venv's own.
    (site / "of-the-tests.pth").write_text(sysconfig.get_path("purelib"))
    return runner


@pytest.fixture
def runner(tmp_path: Path, installed: Runner) -> Iterator[Runner]:
    runner = Runner(tmp_path, installed.temp, tmp_path)
    runner.files["PATH"].write_text(installed.files["PATH"].read_text())
    yield runner
    runner.stop()


def start(runner: Runner, **inputs: str) -> subprocess.CompletedProcess[str]:
    return runner.use("action/action.yml", only="start", **inputs)


@pytest.fixture
def port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


SMALL = "people: 0\ncompanies: 1\n"


def test_a_job_starts_calls_and_sums_up(runner: Runner, port: str) -> None:
    done = start(runner, settings=f"{SMALL}credits: 3\n", port=port)
    assert done.returncode == 0, done.stderr
    url = f"http://127.0.0.1:{port}"
    assert runner.exported("OUTPUT") == {"url": url}
    assert runner.exported("ENV").items() >= {
        "LUSHA_API_URL": url, "LUSHA_BASE_URL": url, "MOCK_LUSHA_URL": url, "LUSHA_API_KEY": "mock-lusha-key",
    }.items()  # fmt: skip
    assert "HTTPS_PROXY" not in runner.exported("ENV")

    assert '"results"' in runner.run(ASK, url).stdout
    assert runner.run(ASK, url).returncode == 22  # the credits are used up
    wrapped = runner.run(
        'mock-lusha run --api-key other -- bash -c "$ASK" "$0"', "https://api.lusha.com", ASK=ASK
    )
    assert '"results"' in wrapped.stdout, wrapped.stderr

    summed = runner.use("action/summary/action.yml")
    assert summed.returncode == 0, summed.stderr
    page = runner.files["STEP_SUMMARY"].read_text()
    assert "3 calls would have cost **4 credits**." in page
    assert "| searchAndEnrichCompanies | 402 | 1 |" in page
    assert "## Lusha: what was not tried" in page
    assert "ready" not in runner.run(f"mock-lusha ready --url {url}").stdout
    assert "nothing to sum up" in runner.use("action/summary/action.yml").stdout


def test_all_later_steps_of_a_job_can_be_led_to_the_double(runner: Runner, port: str) -> None:
    done = start(runner, settings=SMALL, port=port, intercept="true", **{"api-key": "mine"})
    assert done.returncode == 0, done.stderr

    asked = runner.run(ASK, "https://api.lusha.com")

    assert '"results"' in asked.stdout, asked.stderr
    assert runner.exported("ENV")["LUSHA_API_KEY"] == "mine"
    assert runner.use("action/summary/action.yml").returncode == 0
    assert "1 call " in runner.files["STEP_SUMMARY"].read_text()


def test_a_job_ends_at_once_where_a_setting_is_wrong_or_the_port_is_taken(runner: Runner, port: str) -> None:
    wrong = start(runner, settings="plan: huge\n", port=port)
    assert wrong.returncode != 0
    assert "huge" in wrong.stderr

    with MockServer(Settings(port=int(port), people=0, companies=1)):
        taken = start(runner, settings=SMALL, port=port)
    assert taken.returncode != 0
    assert port in taken.stdout + taken.stderr
    assert runner.exported("ENV") == {}
    assert "nothing to sum up" in runner.use("action/summary/action.yml").stdout


def test_a_token_is_known_to_later_steps_and_masked_in_the_log(runner: Runner, port: str) -> None:
    done = start(runner, settings=SMALL, port=port, **{"control-token": "hush-hush"})

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "::add-mask::hush-hush"
    assert runner.exported("ENV")["MOCK_LUSHA_CONTROL_TOKEN"] == "hush-hush"
    assert runner.run("env -u MOCK_LUSHA_CONTROL_TOKEN mock-lusha summary").returncode == 2
    summed = runner.use("action/summary/action.yml")
    assert summed.returncode == 0, summed.stderr
    assert "0 calls " in runner.files["STEP_SUMMARY"].read_text()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"settings": f"{SMALL}control_token: hush-hush\n"}, "give it as the input control-token"),
        ({"settings": SMALL, "control-token": "hush-hush\n"}, "a line end stands behind it"),
    ],
)
def test_a_token_that_later_steps_could_not_send_is_refused_and_not_shown(
    runner: Runner, port: str, inputs: dict[str, str], said: str
) -> None:
    done = start(runner, port=port, **inputs)

    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "hush" not in done.stdout + done.stderr
    assert "nothing to sum up" in runner.use("action/summary/action.yml").stdout


def test_a_second_start_leaves_the_first_server_alone(runner: Runner, port: str) -> None:
    assert start(runner, settings=SMALL, port=port).returncode == 0
    folder = runner.temp / "mock-lusha"
    before = [(folder / name).read_bytes() for name in ("server.pid", "server.log", "settings.yaml")]

    again = start(runner, settings="seed: other\n", port=port)

    assert again.returncode == 1
    assert again.stdout.startswith("::error::mock-lusha was started in this job already")
    assert before == [(folder / name).read_bytes() for name in ("server.pid", "server.log", "settings.yaml")]
    assert runner.use("action/summary/action.yml").returncode == 0


def test_the_server_is_ended_where_it_cannot_be_summed_up(runner: Runner, port: str) -> None:
    assert start(runner, settings=SMALL, port=port, **{"control-token": "hush-hush"}).returncode == 0
    with runner.files["ENV"].open("a") as file:
        file.write("MOCK_LUSHA_CONTROL_TOKEN=another\n")

    summed = runner.use("action/summary/action.yml")

    assert summed.returncode == 1
    assert "the token that was sent is another one" in summed.stderr
    assert not (runner.temp / "mock-lusha" / "server.pid").exists()
    assert runner.run(f"mock-lusha ready --url http://127.0.0.1:{port}").returncode == 1


@pytest.mark.parametrize("path", ACTIONS)
def test_an_action_is_one_by_the_schema_of_its_metadata(path: str) -> None:
    (document,) = documents(path)

    assert schema_findings("github-actions", document) == []


def test_the_workflows_are_well_and_use_what_is_there() -> None:
    assert lint(WORKFLOWS) == []
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        for used, below in re.findall(r"uses: (mock-lusha/mock-lusha/(\S+))@", text):
            assert (ROOT / below / "action.yml").exists(), used
            assert f"uses: {used}@" in (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def test_inputs_and_service_of_the_workflows_are_those_of_the_action_and_the_double(tmp_path: Path) -> None:
    (action,) = documents("action/action.yml")
    (with_action,), (with_services,) = (
        documents(f"github-actions/with-{name}.yml") for name in ("action", "services")
    )
    (inputs,) = [step["with"] for step in with_action["jobs"]["test"]["steps"] if "with" in step]
    double: dict[str, Any] = with_services["jobs"]["test"]["services"]["lusha"]

    assert inputs.keys() <= action["inputs"].keys()
    settings_of(double["env"], tmp_path)
    assert double["ports"] == [f"{Settings().port}:{Settings().port}"]
    assert '--health-cmd "mock-lusha ready"' in double["options"]
    assert double["env"]["MOCK_LUSHA_CONTROL_TOKEN"] == with_services["env"]["MOCK_LUSHA_CONTROL_TOKEN"]


def test_the_job_of_gitlab_is_one_by_its_schema_and_configures_the_double(tmp_path: Path) -> None:
    (document,) = documents("gitlab/gitlab-ci.yml")
    job = document["test"]

    assert schema_findings("gitlab-ci", document) == []
    settings_of(job["variables"], tmp_path)
    assert job["variables"]["LUSHA_BASE_URL"] == f"http://{job['services'][0]['alias']}:{Settings().port}"

"""The README's blocks are run, and what it lists is held to what is there."""

from __future__ import annotations

import dataclasses
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import requests

from mock_lusha.cli import cassettes
from mock_lusha.cli.main import main
from mock_lusha.client.mock_lusha import MockLusha
from mock_lusha.client.rules import On
from mock_lusha.config import Settings, resolve
from mock_lusha.contract.document import Contract
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.library import Library
from mock_lusha.scenario.model import FAULTS, OUTCOMES
from mock_lusha.scenario.parse import RESPOND_FIELDS, WHEN_FIELDS
from mock_lusha.server import MockServer
from mock_lusha.state.account_profiles import load_profiles
from mock_lusha.version import __version__
from pytest_mock_lusha import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
STEERING = (ROOT / "docs" / "steering.md").read_text(encoding="utf-8")


PYTEST = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
RECORDING = (ROOT / "docs" / "recording.md").read_text(encoding="utf-8")
BENCHMARKS = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def blocks(language: str, page: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


SCRIPTS = [block for block in [*blocks("python"), *blocks("python", RECORDING)] if "def test_" not in block]
SUITES = [block for block in [*blocks("python"), *blocks("python", PYTEST)] if block not in SCRIPTS]


def first_line(block: str) -> str:
    return next(
        line for line in block.splitlines() if line.startswith(("with ", "def test_", "class ", "@pytest"))
    )


@pytest.mark.parametrize("block", SCRIPTS, ids=first_line)
def test_a_python_block_runs(block: str) -> None:
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})


@pytest.mark.parametrize("block", SUITES, ids=first_line)
def test_a_suite_passes(block: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(block)
    pytester.makeini(f"[pytest]\npythonpath = {ROOT / 'tests' / 'examples' / 'enrichment'}\n")

    result = pytester.runpytest_subprocess("-p", "pytest_mock_lusha.plugin", "-W", "error", timeout=60)

    outcomes = result.parseoutcomes()
    assert outcomes.keys() == {"passed"}
    assert outcomes["passed"] >= block.count("def test_")


def test_the_page_on_pytest_names_all_there_is() -> None:
    for name in options.MARKS:
        assert f"`{name}`" in PYTEST or f"`{name}=" in PYTEST, name
    for name in (*options.OPTIONS, options.IN_PROCESS):
        row = rf"^\| `--lusha-{name.replace('_', '-')}[ `].*`lusha_{name.replace('-', '_')}`"
        assert re.search(row, PYTEST, re.MULTILINE), name
    happenings = {name for name in vars(On) if not name.startswith("_")}
    assert happenings == {*re.findall(r"`(\w+)`", PYTEST.partition("What happens is ")[2].partition(";")[0])}
    elsewhere = {
        "started",
        "start",
        "stop",
        "apply",
        "settle",
        "release",
        "hold",
        "on",
        "scenario",
        "blocked",
    }
    for name in {name for name in vars(MockLusha) if not name.startswith("_")} - elsewhere:
        assert f"`lusha.{name}" in PYTEST, name


CURLS = [
    line
    for block in blocks("sh")
    for line in block.splitlines()
    if line.startswith("curl ") and "8080" in line
]


@pytest.mark.parametrize("line", CURLS)
def test_a_curl_line_works(line: str, server: MockServer) -> None:
    _, flag, header, url = shlex.split(line)
    name, _, value = header.partition(": ")

    answer = requests.get(url.replace("http://127.0.0.1:8080", server.url), headers={name: value}, timeout=5)

    assert flag == "-H"
    assert answer.status_code == 200


def test_the_lines_of_the_page_on_steering_work_one_after_the_other() -> None:
    lines = [line for line in STEERING.splitlines() if line.startswith("curl ")]
    assert len(lines) > 20

    with MockServer(Settings(port=0)) as server:
        for line in lines:
            words = shlex.split(line)[1:]
            options = {name: words.pop(words.index(name) + 1) for name in ("-X", "-d", "-H") if name in words}
            (url,) = (word for word in words if word not in options)
            name, _, value = options.get("-H", "x-none: 1").partition(": ")
            answer = requests.request(
                options.get("-X", "GET"),
                url.replace("http://127.0.0.1:8080", server.url),
                data=options.get("-d"),
                headers={name: value},
                timeout=5,
            )
            assert answer.status_code in {200, 201}, (line, answer.text)


def test_the_scenario_of_the_first_page_does_what_it_says(
    tmp_path: Path, make_client: Callable[..., CheckedClient]
) -> None:
    (block,) = [block for block in blocks("yaml") if "\nrules:" in block]
    name = re.search(r"^name: (\S+)$", block, re.MULTILINE)
    assert name is not None
    (tmp_path / f"{name[1]}.yaml").write_text(block, encoding="utf-8")
    client = make_client(scenarios=tmp_path, scenario=name[1], limits="headers")

    statuses = [client.get(f"/v2/person?email=jane.no{i}@acme.com").status_code for i in range(40)]

    assert statuses[:3] == [200, 200, 504]
    assert 402 in statuses[3:]


def test_every_shipped_scenario_and_magic_word_is_in_a_table() -> None:
    library = Library(ROOT / "scenarios", None, Facts(Contract.load()))
    words = [rule.when.identifier for rule in library.magic.scenario.rules]
    for name in (*library.names(), *filter(None, words)):
        assert re.search(rf"^\|[^|]*`{name}`[^|]*\|", README, re.MULTILINE), name


def test_every_condition_and_every_happening_is_named() -> None:
    section = README.partition("## Scenarios")[2].partition("### Magic")[0]
    for name in (*WHEN_FIELDS, *RESPOND_FIELDS, *FAULTS):
        assert re.search(rf"`{name}`|^ +{name}:|[ {{]{name}: ", section, re.MULTILINE), name
    for name in OUTCOMES:
        assert f"`{name}`" in section, name


def test_the_commands_of_the_first_screen_are_there() -> None:
    for name in ("scripts/serve", "scripts/test", "scripts/check", ".ci/run"):
        assert name in README
        assert (ROOT / name).stat().st_mode & 0o111, name


def test_the_accounts_block_loads(tmp_path: Path) -> None:
    (block,) = [block for block in blocks("yaml") if block.startswith("accounts:")]
    path = tmp_path / "accounts.yaml"
    path.write_text(block, encoding="utf-8")

    profile = load_profiles([path])["acme-ci"]

    assert profile.overrides == {"plan": "premium", "credits": 50, "strict": "yes"}


def test_the_pinned_block_is_served(tmp_path: Path, make_client: Callable[..., CheckedClient]) -> None:
    (block,) = [block for block in blocks("yaml") if block.startswith("companies:")]
    (tmp_path / "ours.yaml").write_text(block, encoding="utf-8")
    client = make_client(fixtures=tmp_path)

    noor = client.get("/v2/person", params={"email": "noor@lantern-press.example"}).json()["contact"]["data"]
    otto = {"firstName": "Otto", "lastName": "Verborgen", "companyName": "Lantern Press"}

    assert noor["jobTitle"]["title"] == "Editor in Chief"
    assert noor["company"]["name"] == "Lantern Press"
    assert noor["company"]["subIndustry"] == "Book & Newspaper Publishing"
    assert noor["company"]["companySize"] == [11, 50]
    assert client.get("/v2/person", params=otto).status_code == 451


def test_every_setting_is_in_the_table_with_its_default() -> None:
    for field in dataclasses.fields(Settings):
        row = next((r for r in README.splitlines() if r.startswith("| `--") and flag(field.name) in r), None)
        assert row is not None, field.name
        if isinstance(field.default, str | int | float) and not isinstance(field.default, bool):
            assert f"`{field.default}`" in row, row


def flag(name: str) -> str:
    return f"`--{name.replace('_', '-')}`"


def test_every_named_account_is_in_the_table() -> None:
    for name in load_profiles([ROOT / "fixtures" / "accounts.yaml"]):
        assert re.search(rf"^\|[^|]*`{name}`", README, re.MULTILINE), name


def test_the_documented_precedence_holds(tmp_path: Path) -> None:
    config = tmp_path / "settings.yaml"
    config.write_text("seed: file\nplan: pro\ncredits: 5\n", encoding="utf-8")
    environ = {"MOCK_LUSHA_PLAN": "premium", "MOCK_LUSHA_CREDITS": "6"}
    flags: dict[str, Any] = {"credits": "7"}

    settings = resolve(flags, environ, config).settings

    assert (settings.seed, settings.plan, settings.credits) == ("file", "premium", 7)


def test_changelog_package_and_project_file_have_one_version() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f'\nversion = "{__version__}"\n' in project
    assert f"## [{__version__}]" in changelog


COMMANDS = [
    line
    for page in (README, PYTEST, STEERING, RECORDING, BENCHMARKS)
    for block in blocks("sh", page)
    for line in block.splitlines()
    if line.startswith("mock-lusha ")
]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_line_is_understood(line: str) -> None:
    command: click.Command = main
    name, *words = shlex.split(line, comments=True)
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command, info_name=name), words[0])
        assert found is not None, words[0]
        command, name, *words = found, *words

    command.make_context(name, words).close()


def test_the_story_of_the_recorder_is_told_with_every_command() -> None:
    said = "\n".join(COMMANDS)
    for name in (
        "record",
        "serve --cassette",
        "drift",
        *(f"cassette {name}" for name in cassettes.cassette.commands),
    ):
        assert f"mock-lusha {name}" in said or f"`mock-lusha {name}`" in RECORDING, name

"""Words of the command line: what it shows for programs, what it offers where one is misspelt or begun."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from mock_lusha.cli.main import main
from mock_lusha.config import Settings
from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import Registry
from mock_lusha.errors import CATALOGUE
from mock_lusha.plans import PLANS
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.json_places import from_json
from mock_lusha.scenario.parse import parse_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

SCENARIOS = {path.stem for path in (Path(__file__).parents[2] / "scenarios").glob("*.yaml")} - {"magic"}


def run(*args: str) -> Result:
    return CliRunner().invoke(main, args, prog_name="mock-lusha")


# Showing


def test_config_shows_each_setting_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("people: 7\nmatch-rate: 0.5\n", encoding="utf-8")
    monkeypatch.setenv("MOCK_LUSHA_AS_OF", "2026-03-31")
    monkeypatch.setenv("MOCK_LUSHA_CONTROL_TOKEN", "s3cret")

    done = run("config", "--config", str(path), "--credits", "unlimited", "--no-magic", "--format", "json")

    assert done.exit_code == 0
    shown = {each.pop("name"): each for each in json.loads(done.stdout)}
    assert list(shown) == list(Settings.__dataclass_fields__)
    assert {name: shown[name] for name in ("people", "match_rate", "as_of", "credits", "magic", "port")} == {
        "people": {"value": 7, "source": "file", "where": str(path)},
        "match_rate": {"value": 0.5, "source": "file", "where": str(path)},
        "as_of": {"value": "2026-03-31", "source": "variable", "where": "MOCK_LUSHA_AS_OF"},
        "credits": {"value": "unlimited", "source": "flag", "where": "--credits"},
        "magic": {"value": False, "source": "flag", "where": "--magic"},
        "port": {"value": 8080, "source": "default", "where": None},
    }
    assert shown["control_token"]["value"] == "(set)"
    assert "s3cret" not in done.output


def test_settings_that_are_refused_have_one_line_a_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCK_LUSHA_DIALECT", "klingon")

    done = run("config", "--plan", "gold", "--port", "x", "--fixtures", "not-there")

    assert done.exit_code == 2
    assert [line.partition(": it")[0] for line in done.stderr.splitlines()] == [
        "mock-lusha: --port", "mock-lusha: --plan", "mock-lusha: MOCK_LUSHA_DIALECT",
    ]  # fmt: skip


def test_errors_lists_the_catalogue() -> None:
    done = run("errors")

    *lines, empty, used = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [[k.name, str(k.status)] for k in CATALOGUE.values()]
    assert all(line.endswith(kind.message) for line, kind in zip(lines, CATALOGUE.values(), strict=True))
    assert empty == ""
    assert "respond: bad-request" in used


def test_errors_as_json_have_rules_that_scenarios_take() -> None:
    found = json.loads(run("errors", "--format", "json").stdout)

    assert [each["name"] for each in found] == list(CATALOGUE)
    rules = [{**each["rule"], "when": {"nth": n}} for n, each in enumerate(found, 1)]
    document: dict[str, Any] = {"name": "all", "rules": rules}
    read = parse_scenario(from_json(document, "all"), Facts(Contract.load()))
    assert [rule.respond.error for rule in read.rules] == list(CATALOGUE)


def test_one_error_is_shown_by_its_name() -> None:
    done = run("errors", "gdpr")

    assert done.stdout.splitlines()[0].split()[:2] == ["gdpr", "451"]
    assert "respond: gdpr" in done.stdout


def test_the_paths_of_one_operation_are_shown() -> None:
    lines = run("routes", "searchSingleContact").stdout.splitlines()

    assert [line.split() for line in lines] == [["GET", "/v2/person", "searchSingleContact"]]


# Misspelt


def groups(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Group]]:
    yield path, group
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        found = group.get_command(ctx, name)
        if isinstance(found, click.Group):
            yield from groups(found, *path, name)


MISSPELT = [
    ((*path, name[1] + name[0] + name[2:]), name)
    for path, group in groups(main)
    for name in group.list_commands(click.Context(group))
]


@pytest.mark.parametrize(("args", "meant"), MISSPELT, ids=[" ".join(args) for args, _ in MISSPELT])
def test_at_any_depth_the_nearest_command_is_offered(args: tuple[str, ...], meant: str) -> None:
    done = run(*args)

    assert done.exit_code == 2
    assert f"there is no command {args[-1]!r}: did you mean {meant}?" in done.stderr


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["scenario", "lsit"], "did you mean list?"),
        (["errors", "gdrp"], "no error of the catalogue is called gdrp: did you mean gdpr?"),
        (["routes", "searchSingleContac"], "did you mean searchSingleContact?"),
        (["scenario", "show", "flakey"], "did you mean flaky?"),
        (["completion", "csh"], "'csh' is not one of 'bash', 'zsh', 'fish'"),
    ],
)
def test_a_word_that_is_misspelt_is_answered_with_the_right_one(args: list[str], hint: str) -> None:
    done = run(*args)

    assert done.exit_code == 2
    assert hint in done.stderr


# Begun


# Words that stand before what is begun, what is begun -> what is offered
BEGUN: dict[str, tuple[list[str], str, set[str]]] = {
    "commands": ([], "e", {"errors", "export"}),
    "nested commands": (["scenario"], "l", {"list"}),
    "commands about cassettes": (["cassette"], "sca", {"scan"}),
    "flags": (["serve"], "--pla", {"--plan"}),
    "plans": (["serve", "--plan"], "", set(PLANS)),
    "plans that begin so": (["config", "--plan"], "p", {"pro", "premium"}),
    "errors": (["errors"], "", set(CATALOGUE)),
    "values of a filter": (["people", "--country"], "Germ", {"Germany"}),
    "values of another filter": (["companies", "--industry"], "Constr", {"Construction"}),
    "errors that begin so": (["errors"], "gd", {"gdpr"}),
    "operations": (["routes"], "", set(Registry.load().operations)),
    "operations that begin so": (["routes"], "getAccountUsage", {"getAccountUsage", "getAccountUsageStats"}),
    "scenarios": (["scenario", "show"], "", SCENARIOS),
    "scenarios of a setting": (["serve", "--scenario"], "fla", {"flaky"}),
    "words of a setting": (["serve", "--error-format"], "", {"both", "guide", "openapi", "live"}),
    "one word beside a number": (["serve", "--credits"], "u", {"unlimited"}),
    "modes": (["record", "--mode"], "v", {"verify"}),
    "shells": (["completion"], "", {"bash", "zsh", "fish"}),
}  # fmt: skip


def offered(shell: str, words: list[str], begun: str) -> set[str]:
    """What the program offers to a shell, asked as the shell's script asks it."""
    typed = ["mock-lusha", *words, begun]
    asked = {"COMP_WORDS": " ".join(typed).rstrip(), "COMP_CWORD": str(len(typed) - 1)}
    if shell == "fish":
        asked = {"COMP_WORDS": " ".join(typed), "COMP_CWORD": begun}
    environ = {**os.environ, **asked, "_MOCK_LUSHA_COMPLETE": f"{shell}_complete"}
    done = CliRunner().invoke(main, prog_name="mock-lusha", env=environ)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    if shell == "zsh":  # kind, value, help: a line each
        return set(lines[1::3])
    return {line.partition(",")[2].partition("\t")[0] for line in lines if "," in line}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("case", BEGUN)
def test_a_shell_is_offered(case: str, shell: str) -> None:
    words, begun, values = BEGUN[case]

    assert offered(shell, words, begun) == values


def test_a_scenario_of_a_folder_that_was_named_is_offered(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\nrules:\n  - respond: gdpr\n", encoding="utf-8")

    assert offered("bash", ["serve", "--scenarios", str(tmp_path), "--scenario"], "mi") == {"mine"}
    assert offered("bash", ["scenario", "show", "--scenarios", str(tmp_path)], "mi") == {"mine"}
    assert offered("bash", ["serve", "--scenarios", str(tmp_path / "not-there"), "--scenario"], "fl") == {
        "fl"
    }  # a file, perhaps


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_the_program(shell: str) -> None:
    said = run("completion", shell).stdout

    assert f"_MOCK_LUSHA_COMPLETE={shell}_complete" in said
    assert "mock-lusha" in said


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_completes_with_its_script(tmp_path: Path) -> None:
    program = tmp_path / "mock-lusha"
    called = "from mock_lusha.cli.main import main; main(prog_name='mock-lusha')"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{called}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    typed = """
        eval "$(mock-lusha completion bash)"
        COMP_WORDS=(mock-lusha serve --plan p); COMP_CWORD=3
        _mock_lusha_completion mock-lusha
        echo "${COMPREPLY[@]}"
    """

    done = subprocess.run(
        ["bash", "-c", typed],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    assert done.stdout.split() == ["pro", "premium"]


@pytest.mark.parametrize("group", [(), ("scenario",), ("cassette",)], ids=["program", "scenario", "cassette"])
def test_what_a_list_of_commands_says_is_whole(
    group: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    listed = run(*group, "--help").stdout.partition("Commands:\n")[2].splitlines()

    assert listed
    assert [line for line in listed if line.endswith("...") or not line.startswith("  ")] == []

"""``mock-lusha scenario``: list, show, check, schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from mock_lusha.cli.main import main
from mock_lusha.config import data_folder

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = data_folder("scenarios")


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["scenario", *args])


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(content, encoding="utf-8")
    return path


def test_list_names_all_there_are_with_what_they_do() -> None:
    done = run("list")

    assert done.exit_code == 0
    named = [line.split()[0] for line in done.stdout.splitlines()]
    assert named == sorted({path.stem for path in SHIPPED.glob("*.yaml")} - {"magic"})
    assert all(len(line.split()) > 2 for line in done.stdout.splitlines())


def test_list_has_ones_own_too(tmp_path: Path) -> None:
    written(tmp_path, "mine", "name: mine\ndescription: My own.\nrules: []\n")

    done = run("list", "--scenarios", str(tmp_path))

    assert "mine                               My own.\n" in done.stdout


def test_show_prints_the_file() -> None:
    done = run("show", "flaky")

    assert (done.exit_code, done.stdout) == (0, (SHIPPED / "flaky.yaml").read_text(encoding="utf-8"))


def test_show_offers_the_nearest_name() -> None:
    done = run("show", "flakey")

    assert done.exit_code == 2
    assert done.stderr == "mock-lusha: there is no scenario 'flakey': did you mean flaky?\n"


def test_show_of_a_broken_file_says_what_is_wrong(tmp_path: Path) -> None:
    path = written(tmp_path, "mine", "name: mine\nrules: 3\n")

    done = run("show", "mine", "--scenarios", str(tmp_path))

    assert done.exit_code == 2
    assert done.stderr == f"mock-lusha: {path}:2: rules is a list, not 3\n"


def test_check_is_content_with_what_ships() -> None:
    done = run("check", str(SHIPPED))

    assert done.exit_code == 0
    assert f"{SHIPPED / 'flaky.yaml'}: well; 1 rule\n" in done.stdout


def test_check_goes_on_after_a_file_that_is_wrong(tmp_path: Path) -> None:
    wrong = written(tmp_path, "wrong", "name: wrong\nrules:\n  - respond: gdprr\n  - respond: {dely: 1}\n")
    well = written(tmp_path, "well", "name: well\nrules: []\n")

    done = run("check", str(wrong), str(tmp_path / "missing.yaml"), str(well))

    assert done.exit_code == 1
    assert done.stdout == f"{well}: well; 0 rules\n"
    assert done.stderr.splitlines() == [
        f"{wrong}:3: no error of the catalogue is called gdprr: did you mean gdpr?",
        f"{wrong}:4: respond has no 'dely': did you mean delay?",
        f"{tmp_path / 'missing.yaml'}: cannot be read: No such file or directory",
    ]


def test_check_of_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    done = run("check", str(tmp_path))

    assert done.exit_code == 1
    assert done.stderr == f"{tmp_path}: no file here ends in .yaml or .yml\n"


def test_schema_is_the_published_one() -> None:
    done = run("schema")

    assert json.loads(done.stdout) == json.loads((SHIPPED / "schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("args", [["check"], ["show"], ["lst"]], ids=" ".join)
def test_a_slip_is_answered_with_how_it_goes(args: list[str]) -> None:
    done = run(*args)

    assert done.exit_code == 2
    assert "Usage: " in done.stderr


# What the server says of scenarios at its start

REFUSED = {
    "a name there is not": (["--scenario", "flakey"], "there is no scenario 'flakey': did you mean flaky?"),
    "a file there is not": (
        ["--scenario", "./no.yaml"],
        "no.yaml: cannot be read: No such file or directory",
    ),
    "a broken folder": (["--scenarios", "{folder}"], "broken.yaml:2: rules is a list, not 3"),
    "an account's": (
        ["--accounts", "{accounts}"],
        "account ours: there is no scenario 'flakey': did you mean flaky?",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_start_is_stopped_by_a_scenario_that_is_no_good(case: str, tmp_path: Path) -> None:
    args, said = REFUSED[case]
    folder = tmp_path / "folder"
    folder.mkdir()
    written(folder, "broken", "name: broken\nrules: 3\n")
    accounts = written(tmp_path, "accounts", "accounts:\n  ours:\n    scenario: flakey\n")
    args = [arg.format(folder=folder, accounts=accounts) for arg in args]

    done = CliRunner().invoke(main, ["serve", "--port", "0", *args])

    assert done.exit_code == 2
    assert said in done.stderr

"""``mock-lusha drift``: how it ends, and what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cli.recordings import COMPANY, KEY, drifted, run, written

from mock_lusha.config import Settings
from mock_lusha.recorder.cassette import load
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.transport import RecorderTransport
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


FORMS: dict[str, Callable[[str], bool]] = {
    "text": lambda text: text.startswith("No drift"),
    "json": lambda text: json.loads(text)["drift"] == [],
    "markdown": lambda text: text.startswith("No drift"),
}


@pytest.mark.parametrize("form", FORMS)
def test_no_drift_ends_with_0(form: str, recorded: Path) -> None:
    result = run("drift", recorded, f"--format={form}")

    assert (result.exit_code, result.stderr) == (0, "")
    assert FORMS[form](result.stdout), result.stdout


@pytest.mark.parametrize("form", FORMS)
def test_drift_ends_with_1_and_names_each_place(form: str, recorded: Path, tmp_path: Path) -> None:
    path = drifted(recorded, tmp_path / "tape.yaml")

    result = run("drift", path, f"--format={form}")

    assert (result.exit_code, result.stderr) == (1, "")
    assert "$.data.valuation" in result.stdout
    assert "status" in result.stdout
    assert "418" in result.stdout
    if form == "json":
        kinds = {each["kind"] for each in json.loads(result.stdout)["drift"]}
        assert {"unknown-field", "status-change"} <= kinds


def test_the_default_form_is_text(recorded: Path) -> None:
    assert run("drift", recorded).stdout == run("drift", recorded, "--format=text").stdout


def test_drift_of_several_cassettes_and_folders_is_told_together(recorded: Path, tmp_path: Path) -> None:
    drifted(recorded, tmp_path / "tape.yaml")

    result = run("drift", recorded, tmp_path)

    assert result.exit_code == 1
    assert "$.data.valuation" in result.stdout
    assert f"{tmp_path / 'tape.yaml'}: interactions[" in result.stdout


def test_each_cassette_is_compared_with_an_account_of_its_own_plan(tmp_path: Path) -> None:
    paths = []
    for plan in ("scale", "free"):
        with MockServer(Settings(port=0, plan=plan, limits="headers", people=100, companies=10)) as server:
            path = tmp_path / f"{plan}.yaml"
            recorder = open_recorder(path, "once", upstream=server.url)
            with httpx.Client(transport=RecorderTransport(recorder), headers={"api_key": KEY}) as client:
                client.get(f"https://api.lusha.com{COMPANY}")
                client.get("https://api.lusha.com/account/usage")
        assert load(path).plan == plan
        paths.append(path)

    for order in (paths, paths[::-1]):
        result = run("drift", *order)
        assert (result.exit_code, result.stdout[:8]) == (0, "No drift"), result.stdout


UNTELLABLE: dict[str, tuple[dict[str, Any], str]] = {
    "a plan that is none": ({"plan": "platinum"}, "not 'platinum'"),
    "a file of a later format": ({"format": 7}, "has format 7"),
}


@pytest.mark.parametrize("case", UNTELLABLE)
def test_what_cannot_be_compared_ends_with_2(case: str, tmp_path: Path) -> None:
    changes, said = UNTELLABLE[case]

    result = run("drift", written(tmp_path / "tape.yaml", **changes))

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr

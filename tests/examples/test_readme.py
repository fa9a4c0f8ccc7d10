"""The README's blocks are run, and what it lists is held to what is there."""

from __future__ import annotations

import dataclasses
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mock_lusha.config import Settings, resolve
from mock_lusha.state.profiles import load_profiles
from mock_lusha.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.server import MockServer

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("block", blocks("python"))
def test_a_python_block_runs(block: str) -> None:
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})


CURLS = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("curl ")]


@pytest.mark.parametrize("line", CURLS)
def test_a_curl_line_works(line: str, server: MockServer) -> None:
    _, flag, header, url = shlex.split(line)
    name, _, value = header.partition(": ")

    answer = requests.get(url.replace("http://127.0.0.1:8080", server.url), headers={name: value}, timeout=5)

    assert flag == "-H"
    assert answer.status_code == 200


def test_the_commands_of_the_first_screen_are_there() -> None:
    for name in ("scripts/serve", "scripts/test", "scripts/check", ".ci/run"):
        assert name in README
        assert (ROOT / name).stat().st_mode & 0o111, name


def test_the_accounts_block_loads(tmp_path: Path) -> None:
    (block,) = [block for block in blocks("yaml") if block.startswith("accounts:")]
    path = tmp_path / "accounts.yaml"
    path.write_text(block, encoding="utf-8")

    profile = load_profiles([path])["acme-ci"]

    assert profile.overrides == {"plan": "premium", "credits": 50, "strict": True}


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

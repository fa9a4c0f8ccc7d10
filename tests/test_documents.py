"""Documents lead to what is there, and list all that is there."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest
import yaml
from documents import (
    ACCOUNTS,
    PAGES,
    PYTEST,
    RECORDING,
    ROOT,
    SCENARIOS,
    SETTINGS,
    blocks,
    command_lines,
)

from mock_lusha.cli import cassettes
from mock_lusha.cli.main import main
from mock_lusha.client.control import Control
from mock_lusha.client.mock_lusha import MockLusha
from mock_lusha.client.rules import On
from mock_lusha.config import Settings
from mock_lusha.contract.registry import Registry
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.fields import RESPOND_FIELDS, WHEN_FIELDS
from mock_lusha.scenario.library import Library
from mock_lusha.scenario.model import FAULTS, OUTCOMES
from mock_lusha.server import MockServer
from mock_lusha.state.account_profiles import load_profiles
from mock_lusha.version import __version__
from mock_lusha.world.pin_files import COMPANY_FIELDS, PERSON_FIELDS
from pytest_mock_lusha import options

if TYPE_CHECKING:
    from pathlib import Path

TOP = "mock_lusha|pytest_plugin|fixtures|scenarios|tests|scripts|docs|benchmarks|examples|.ci"
"""The folders of the repository; a path that begins otherwise is one of the reader's."""


def test_the_first_page_is_a_short_one() -> None:
    assert len(PAGES["README.md"].splitlines()) <= 200


def test_the_index_lists_every_page_and_the_first_page_leads_to_it() -> None:
    listed = re.findall(r"\]\(([^)#]+)\)", PAGES["docs/index.md"])

    for path in (ROOT / "docs").glob("*.*"):
        assert path.name in {*listed, "index.md"}, path.name
    for name in PAGES.keys() - {"README.md"}:
        assert f"../{name}" in listed or name.startswith("docs/"), name
    assert "(docs/index.md)" in PAGES["README.md"]


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    outside = re.sub(r"^```.*?^```", "", page, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", outside, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_a_link_leads_to_a_page_and_a_heading_that_are_there(name: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGES[name])

    for link in links:
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        path = (ROOT / name).parent / target if target else ROOT / name
        assert path.exists(), link
        if anchor:
            assert anchor in anchors(path.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("name", PAGES)
def test_a_path_of_the_repository_that_a_page_names_is_there(name: str) -> None:
    in_text = re.findall(rf"`((?:{TOP})/[\w./-]*)`", PAGES[name])
    in_blocks = [
        word
        for block in blocks("sh", PAGES[name])
        for word in re.findall(r"(?:^|python )((?:scripts|benchmarks)/[\w./-]+)", block, re.MULTILINE)
    ]

    for path in (*in_text, *in_blocks):
        assert (ROOT / path).exists(), path


FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_asks_for_something_that_must_be_said(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    fields = [field for field in form["body"] if field["type"] != "markdown"]

    assert form.keys() == {"name", "description", "labels", "body"}
    assert {field["type"] for field in fields} <= {"input", "textarea"}
    assert all(field["attributes"]["label"] for field in fields)
    assert len({field["id"] for field in fields}) == len(fields)
    assert any(field.get("validations") == {"required": True} for field in fields)


def test_the_scripts_are_named_where_they_are_looked_for() -> None:
    for page, name in (
        ("README.md", "scripts/serve"),
        ("README.md", "scripts/test"),
        ("CONTRIBUTING.md", "scripts/test"),
        ("CONTRIBUTING.md", "scripts/check"),
        ("CONTRIBUTING.md", ".ci/run"),
    ):
        assert name in PAGES[page]
        assert (ROOT / name).stat().st_mode & 0o111, name


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


def test_every_shipped_scenario_and_magic_word_is_in_a_table() -> None:
    library = Library(ROOT / "scenarios", None, Facts(*Registry.load().contracts.values()))
    words = [rule.when.identifier for rule in library.magic.scenario.rules]
    for name in (*library.names(), *filter(None, words)):
        assert re.search(rf"^\|[^|]*`{name}`[^|]*\|", SCENARIOS, re.MULTILINE), name


def test_every_condition_and_every_happening_is_named() -> None:
    section = SCENARIOS.partition("## Writing your own")[2].partition("## Magic")[0]
    for name in (*WHEN_FIELDS, *RESPOND_FIELDS, *FAULTS):
        assert re.search(rf"`{name}`|^ +{name}:|[ {{]{name}: ", section, re.MULTILINE), name
    for name in OUTCOMES:
        assert f"`{name}`" in section, name


def test_every_setting_is_in_the_table_with_its_default() -> None:
    for field in dataclasses.fields(Settings):
        row = next(
            (r for r in SETTINGS.splitlines() if r.startswith("| `--") and flag(field.name) in r), None
        )
        assert row is not None, field.name
        if isinstance(field.default, str | int | float) and not isinstance(field.default, bool):
            assert f"`{field.default}`" in row, row


def flag(name: str) -> str:
    return f"`--{name.replace('_', '-')}`"


def test_every_named_account_is_in_the_table() -> None:
    for name in load_profiles([ROOT / "fixtures" / "accounts.yaml"]):
        assert re.search(rf"^\|[^|]*`{name}`", ACCOUNTS, re.MULTILINE), name


def test_every_fact_that_can_be_pinned_is_in_a_table() -> None:
    tables = (ROOT / "docs" / "data.md").read_text(encoding="utf-8").split("| of a ")
    for table, fields in zip(tables[1:], (COMPANY_FIELDS, PERSON_FIELDS), strict=True):
        for name in fields:
            assert re.search(rf"[`{{ ]{name}[`:,]", table), name


def test_every_command_is_in_the_table_of_commands() -> None:
    for name in main.commands:
        assert re.search(rf"^\|.*`mock-lusha {name}[` ].*\|", SETTINGS, re.MULTILINE), name


def test_every_command_of_the_recorder_is_in_a_document() -> None:
    said = "\n".join(command_lines())
    for name in (
        "record",
        "serve --cassette",
        "drift",
        *(f"cassette {name}" for name in cassettes.cassette.commands),
    ):
        assert f"mock-lusha {name}" in said or f"`mock-lusha {name}`" in RECORDING, name


def test_every_metric_is_in_the_table_of_metrics() -> None:
    with MockServer(Settings(port=0, people=0, companies=1)) as server, Control(server.url) as control:
        text = control.metrics()

    names = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    table = re.findall(r"^\| `(?:mock_lusha|process)_.*$", PAGES["docs/operating.md"], re.MULTILINE)
    assert {name for row in table for name in re.findall(r"`(\w+)`", row.split("|")[1])} == names


def test_changelog_package_and_project_file_have_one_version() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f'\nversion = "{__version__}"\n' in project
    assert f"## [{__version__}]" in changelog

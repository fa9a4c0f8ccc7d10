"""Misspelt words are errors to mypy and to pyright, and right ones are not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from support import IN_CI, script

from mock_lusha.client import literals
from mock_lusha.world.pin_files import COMPANY_FIELDS, PERSON_FIELDS

ROOT = Path(__file__).parent.parent.parent
PYRIGHT = ROOT / "tests" / "js" / "node_modules" / "pyright" / "index.js"
MADE = script("make-literals.py")
# A line that ends with `# error` is one, and no other.
SNIPPET = """
import asyncio
from datetime import date
from pathlib import Path

from mock_lusha import AsyncControl, Control, LushaTestCase, MockLusha, MockServer, Settings, open_recorder
from mock_lusha.client.literals import PersonFacts


def right(lusha: MockLusha, control: Control, server: MockServer) -> None:
    lusha.on("searchSingleContact", "getAccountUsageStats", query={"email": "a@b.com"}).fail("gdpr", times=2)
    lusha.on().fail(503, nth="2..3").spend("hourly", times=1).outcome("no-phones").garble("truncated-json")
    lusha.plan("pro")
    jane: PersonFacts = {"first_name": "Jane", "last_name": "Doe", "company_domain": "acme.com"}
    lusha.add_person(**jane)
    lusha.add_person(job_title="Chief", seniority="c-suite", departments=["Sales"])
    lusha.add_person(job_start_date=date.today())
    lusha.add_person(firstName="Jane", emails=[{"email": "j@acme.com", "emailType": "work"}])
    lusha.add_company(domain="acme.com", employees=7, sub_industry="Software Development")
    lusha.erase(email="j@acme.com")
    lusha.calls.assert_called("searchSingleContact", times=1, query={"email": "a@b.com"})
    lusha.calls.assert_called_with("searchSingleContact", query={"email": "a@b.com"}, at_least=1)
    lusha.calls.filter("searchSingleContact", status=200, error="gdpr")
    assert lusha.limits["minute"].left
    control.verify("searchSingleContact", times=1)
    control.journal(operation="searchSingleContact")
    MockLusha(plan="pro", credits=20, label="mine")
    MockLusha(server=server, limits="enforce", strict=True)
    MockLusha(dialect="documented", company_miss=404)
    MockLusha(server="http://127.0.0.1:8080", credits="unlimited", now="2026-03-31T12:00:00Z")
    lusha.scenario(Path("mine.yaml"))
    open_recorder("x.yaml")
    open_recorder(Path("x.yaml"))


class RightTest(LushaTestCase):
    lusha_settings = {"plan": "pro"}

    def test_it(self) -> None:
        self.lusha.calls.assert_called("searchSingleContact")


async def awaited(control: AsyncControl) -> None:
    await control.verify("searchSingleContact")
    await control.verify("searchSingleContac")  # error


def wrong(lusha: MockLusha, control: Control) -> None:
    lusha.on("searchSingleContac")  # error
    lusha.on().fail("gdprr")  # error
    lusha.on().fail(503, time=2)  # error
    lusha.on().spend("weekly")  # error
    lusha.on().outcome("nobody")  # error
    lusha.on().garble("truncated")  # error
    lusha.plan("gold")  # error
    lusha.add_person(frist_name="Jane")  # error
    lusha.add_person(first_name="Jane", seniority="chief")  # error
    lusha.add_person(person_id="one")  # error
    lusha.add_person(departments=["Sails"])  # error
    lusha.add_person(emails=[{"emial": "a@b.com"}])  # error
    lusha.add_company(domian="acme.com")  # error
    lusha.add_company(sub_industry="Softwear")  # error
    lusha.erase(emial="j@acme.com")  # error
    lusha.calls.assert_called("searchSingleContac")  # error
    lusha.calls.assert_called("searchSingleContact", at_lest=1)  # error
    lusha.calls.assert_not_called("searchSingleContac")  # error
    lusha.calls.assert_called_with("searchSingleContac")  # error
    lusha.calls.filter("searchSingleContac")  # error
    lusha.calls.count("searchSingleContac")  # error
    lusha.calls.filter(error="gdprr")  # error
    lusha.limits["weekly"]  # error
    control.verify("searchSingleContac")  # error
    control.journal(operation="searchSingleContac")  # error
    MockLusha(plan="gold")  # error
    MockLusha(paln="pro")  # error
    MockLusha(limits="on")  # error
    MockLusha(dialect="lvie")  # error
    MockLusha(strict="maybe")  # error
    MockLusha(server=7)  # error
    open_recorder(7)  # error
"""
EXPECTED = {number for number, line in enumerate(SNIPPET.splitlines(), 1) if line.endswith("# error")}


@pytest.fixture
def snippet(tmp_path: Path) -> Path:
    path = tmp_path / "snippet.py"
    path.write_text(SNIPPET, encoding="utf-8")
    return path


def test_mypy_knows_misspelt_words(snippet: Path) -> None:
    if find_spec("mypy") is None:
        assert not IN_CI, "scripts/venv dev did not run"
        pytest.skip("mypy is not installed: scripts/venv dev brings it")
    cache = ROOT / ".mypy_cache" / "handle"
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file=",
        "--strict",
        f"--cache-dir={cache}",
        snippet.name,
    ]

    done = subprocess.run(
        command, cwd=snippet.parent, capture_output=True, text=True, timeout=300, check=False
    )

    said = re.findall(r"^snippet\.py:(\d+): error", done.stdout, re.MULTILINE)
    assert {int(number) for number in said} == EXPECTED, done.stdout + done.stderr


def test_pyright_knows_misspelt_words(snippet: Path) -> None:
    node = shutil.which("node")
    if node is None or not PYRIGHT.exists():
        assert not IN_CI, "`npm install` in tests/js did not run"
        pytest.skip("pyright is not installed: `npm install` in tests/js brings it, with Node.js")
    command = [node, str(PYRIGHT), "--outputjson", "--pythonpath", sys.executable, snippet.name]

    done = subprocess.run(
        command, cwd=snippet.parent, capture_output=True, text=True, timeout=300, check=False
    )

    found = json.loads(done.stdout)["generalDiagnostics"]
    lines = {each["range"]["start"]["line"] + 1 for each in found if each["severity"] == "error"}
    assert lines == EXPECTED, [each["message"] for each in found]


def test_the_words_are_those_of_the_contract_the_catalogue_and_the_pins() -> None:
    assert MADE.TARGET.read_text(encoding="utf-8") == MADE.render()


@pytest.mark.parametrize(
    ("facts", "fields"), [(literals.PersonFacts, PERSON_FIELDS), (literals.CompanyFacts, COMPANY_FIELDS)]
)
def test_facts_are_spelled_both_ways(facts: type, fields: tuple[str, ...]) -> None:
    names = facts.__annotations__.keys()

    assert set(fields) <= names
    assert {re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name) for name in fields} <= names
    assert len(names) == len({*fields, *(MADE.snake(name) for name in fields)})

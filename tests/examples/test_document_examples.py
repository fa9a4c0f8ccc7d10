"""The examples of all documents are run."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

import click
import pytest
import requests
import yaml
from documents import ACCOUNTS, DATA, PAGES, ROOT, SCENARIOS, SETTINGS, STEERING, blocks, command_lines

from mock_lusha.cli.main import main
from mock_lusha.config import Settings
from mock_lusha.config.resolution import resolve
from mock_lusha.server import MockServer
from mock_lusha.state.account_profiles import load_profiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient


def is_suite(block: str) -> bool:
    return "def test_" in block


RECIPES = ("docs/ci.md", "docs/kubernetes.md")
"""Pages with parts of the files in ``examples``, which ``tests/recipes`` checks."""
SCRIPTS = [block for block in blocks("python") if not is_suite(block)]
SUITES = [block for block in blocks("python") if is_suite(block)]


def first_line(block: str) -> str:
    starts = ("with ", "def test_", "class ", "@pytest")
    return next(line for line in block.splitlines() if line.startswith(starts))


def test_every_block_is_of_a_language_that_is_tested() -> None:
    for name, page in PAGES.items():
        fences = re.findall(r"^ *```(.*)$", page, re.MULTILINE)
        assert set(fences[::2]) <= {"python", "sh", "yaml", "text", "js", "go", "java"}, name
        assert set(fences[1::2]) <= {""}, name


@pytest.mark.parametrize("block", SCRIPTS, ids=first_line)
def test_a_python_block_runs(block: str) -> None:
    exec(compile(block, "a document", "exec"), {"__name__": "document"})


@pytest.mark.parametrize("block", SUITES, ids=first_line)
def test_a_suite_passes(block: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(block)
    folders = " ".join(str(ROOT / "tests" / "examples" / name) for name in ("enrichment", "leads"))
    pytester.makeini(f"[pytest]\npythonpath = {folders}\n")

    result = pytester.runpytest_subprocess("-p", "pytest_mock_lusha.plugin", "-W", "error", timeout=60)

    outcomes = result.parseoutcomes()
    assert outcomes.keys() == {"passed"}
    assert outcomes["passed"] >= block.count("def test_")


def curl_lines(page: str) -> list[str]:
    """The calls of a server that ``scripts/serve`` started; those of a recorder go elsewhere."""
    lines = [line for block in blocks("sh", page) for line in block.splitlines()]
    return [line for line in lines if line.startswith("curl ") and "127.0.0.1:8080" in line]


def curl_request(line: str) -> tuple[str, str, dict[str, str], str | None]:
    """The method, URL, headers and body that a line of curl sends."""
    words = iter(shlex.split(line)[1:])
    urls: list[str] = []
    options: dict[str, list[str]] = {"-X": [], "-d": [], "-H": []}
    for word in words:
        if word in options:
            options[word].append(next(words))
        else:
            urls.append(word)
    (url,) = urls
    body = "".join(options["-d"]) or None
    method = "".join(options["-X"]) or ("GET" if body is None else "POST")
    headers = dict(header.split(": ", 1) for header in options["-H"])
    return method, url, headers, body


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if curl_lines(page)])
def test_the_curl_lines_of_a_document_work_one_after_the_other(name: str) -> None:
    with MockServer(Settings(port=0)) as server:
        for line in curl_lines(PAGES[name]):
            method, url, headers, body = curl_request(line)
            url = url.replace("http://127.0.0.1:8080", server.url)
            answer = requests.request(method, url, data=body, headers=headers, timeout=5)
            assert answer.status_code in {200, 201}, (line, answer.text)


def test_the_first_page_and_the_one_on_steering_have_curl_lines() -> None:
    assert len(curl_lines(PAGES["README.md"])) == 5
    assert len(curl_lines(STEERING)) > 20


def test_every_yaml_block_is_of_a_page_whose_blocks_are_tested() -> None:
    pages = {name for name, page in PAGES.items() if blocks("yaml", page)}

    named = ("accounts", "containers", "data", "operating", "scenarios", "settings", "tables", "webhooks")
    assert pages == {*(f"docs/{name}.md" for name in named), *RECIPES}


@pytest.mark.parametrize("name", RECIPES)
def test_the_yaml_blocks_on_recipes_are_parts_of_files_that_tests_check(name: str) -> None:
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "examples").glob("*/*.y*ml")]

    for block in blocks("yaml", PAGES[name]):
        assert any(block in text for text in files), block


def test_the_scenario_of_the_page_on_scenarios_does_what_it_says(
    tmp_path: Path, make_client: Callable[..., CheckedClient]
) -> None:
    (block,) = blocks("yaml", SCENARIOS)
    name = re.search(r"^name: (\S+)$", block, re.MULTILINE)
    assert name is not None
    (tmp_path / f"{name[1]}.yaml").write_text(block, encoding="utf-8")
    client = make_client(scenarios=tmp_path, scenario=name[1], limits="headers")

    statuses = [client.get(f"/v2/person?email=jane.no{i}@acme.com").status_code for i in range(40)]

    assert statuses[:3] == [200, 200, 504]
    assert 402 in statuses[3:]


def test_the_accounts_block_loads(tmp_path: Path) -> None:
    (block,) = blocks("yaml", ACCOUNTS)
    path = tmp_path / "accounts.yaml"
    path.write_text(block, encoding="utf-8")

    profile = load_profiles([path])["acme-ci"]

    assert profile.overrides == {
        "plan": "premium",
        "credits": 50,
        "strict": "yes",
        "users": ("petra@acme-ci.example", "tomas@acme-ci.example"),
        "tracked_domains": ("acme.example", "shop.acme.example"),
    }


def test_the_tables_block_is_served(tmp_path: Path, make_client: Callable[..., CheckedClient]) -> None:
    (block,) = blocks("yaml", PAGES["docs/tables.md"])
    (tmp_path / "tables.yaml").write_text(block, encoding="utf-8")
    client = make_client(fixtures=tmp_path, people=0, companies=1)

    tables = client.get("/_mock/tables?account=acme-ci").json()["tables"]

    assert [(table["name"], table["count"]) for table in tables] == [("Autumn fair", 2), ("Suppliers", 1)]


def test_the_webhooks_block_is_served(tmp_path: Path, make_client: Callable[..., CheckedClient]) -> None:
    (block,) = blocks("yaml", PAGES["docs/webhooks.md"])
    path = tmp_path / "accounts.yaml"
    path.write_text(block, encoding="utf-8")
    client = make_client(accounts=path)

    hooks = client.get("/_mock/webhooks?account=acme-ci").json()

    assert (hooks["secret"], hooks["problems"]) == ("whsec_of-this-account", [])
    assert [each["url"] for each in hooks["subscriptions"]] == ["http://127.0.0.1:3000/hooks/lusha"]


def test_the_pinned_block_is_served(tmp_path: Path, make_client: Callable[..., CheckedClient]) -> None:
    (block,) = blocks("yaml", DATA)
    (tmp_path / "ours.yaml").write_text(block, encoding="utf-8")
    client = make_client(fixtures=tmp_path)

    noor = client.get("/v2/person", params={"email": "noor@lantern-press.example"}).json()["contact"]["data"]
    otto = {"firstName": "Otto", "lastName": "Verborgen", "companyName": "Lantern Press"}

    assert noor["jobTitle"]["title"] == "Editor in Chief"
    assert noor["company"]["name"] == "Lantern Press"
    assert noor["company"]["subIndustry"] == "Book & Newspaper Publishing"
    assert noor["company"]["companySize"] == [11, 50]
    assert client.get("/v2/person", params=otto).status_code == 451


def test_the_scrape_of_the_page_on_operating_is_let_in() -> None:
    (block,) = blocks("yaml", PAGES["docs/operating.md"])
    (job,) = yaml.safe_load(block)["scrape_configs"]
    headers = {name: "".join(header["secrets"]) for name, header in job["http_headers"].items()}

    with MockServer(Settings(port=0, control_token="the-token")) as server:
        answers = [
            requests.get(server.url + job["metrics_path"], headers=sent, timeout=5) for sent in ({}, headers)
        ]

    assert [answer.status_code for answer in answers] == [401, 200]


def test_the_settings_block_says_what_the_flag_says(tmp_path: Path) -> None:
    (block,) = blocks("yaml", SETTINGS)
    config = tmp_path / "settings.yaml"
    config.write_text(block, encoding="utf-8")

    from_file = resolve({}, {}, config).settings
    from_flag = resolve({"delay_factor": "0"}, {}, None).settings
    from_variable = resolve({}, {"MOCK_LUSHA_DELAY_FACTOR": "0"}, None).settings

    assert from_file.delay_factor == from_flag.delay_factor == from_variable.delay_factor == 0


def test_the_documented_precedence_holds(tmp_path: Path) -> None:
    config = tmp_path / "settings.yaml"
    config.write_text("seed: file\nplan: pro\ncredits: 5\n", encoding="utf-8")
    environ = {"MOCK_LUSHA_PLAN": "premium", "MOCK_LUSHA_CREDITS": "6"}
    flags: dict[str, Any] = {"credits": "7"}

    settings = resolve(flags, environ, config).settings

    assert (settings.seed, settings.plan, settings.credits) == ("file", "premium", 7)


@pytest.mark.parametrize("line", command_lines())
def test_a_command_line_is_understood(line: str) -> None:
    command: click.Command = main
    name, *words = shlex.split(line.partition(" > ")[0], comments=True)
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command, info_name=name), words[0])
        assert found is not None, words[0]
        command, name, *words = found, *words

    command.make_context(name, words).close()

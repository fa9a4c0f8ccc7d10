from __future__ import annotations

import configparser
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import pytest

import mock_lusha

ROOT = Path(__file__).parent.parent
NEVER = (".venv", "__pycache__", ".git", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")
# Deliberately from the sdist: what the wheel needs must be in it.
BUILD = [sys.executable, "-m", "build", "--no-isolation", "--outdir"]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of this tree and the wheel made from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [*BUILD, str(folder), str(ROOT)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


@pytest.fixture(scope="session")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def info(site: Path, name: str) -> str:
    (folder,) = site.glob("*.dist-info")
    return (folder / name).read_text(encoding="utf-8")


def run_in(site: Path, code: str) -> Any:
    """What ``code`` prints as JSON when the unpacked wheel comes first among the packages."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=site.parent, env={**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_one_wheel_runs_everywhere(wheel: Path) -> None:
    assert wheel.name == f"mock_lusha-{mock_lusha.__version__}-py3-none-any.whl"


def test_two_builds_are_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    # The other one is of a tree with other times, modes, order and umask.
    tree = tmp_path / "another tree"
    with tarfile.open(next(wheel.parent.glob("*.tar.gz"))) as archive:
        files = {
            member.name.partition("/")[2]: content.read()
            for member in archive
            if "/tests/" not in member.name and (content := archive.extractfile(member)) is not None
        }
    for age, (name, data) in enumerate(reversed(files.items())):
        path = tree / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o600)
        os.utime(path, (1_000_000_000 + age, 1_000_000_000 + age))

    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=tree, umask=0o077, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_every_module_and_data_file_of_the_package(names: set[str]) -> None:
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "mock_lusha").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert package <= names
    assert {"mock_lusha/py.typed", "mock_lusha/contract/v2.json"} <= names


@pytest.mark.parametrize("folder", ["fixtures", "scenarios"])
def test_the_wheel_holds_the_data_folders_inside_the_package(names: set[str], folder: str) -> None:
    files = {
        f"mock_lusha/data/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }

    assert files
    assert files == {name for name in names if name.startswith(f"mock_lusha/data/{folder}/")}


def test_the_wheel_holds_the_pytest_plugin(names: set[str]) -> None:
    assert "pytest_mock_lusha/__init__.py" in names


def test_the_wheel_holds_nothing_else(names: set[str]) -> None:
    roots = {name.partition("/")[0] for name in names}

    assert roots == {"mock_lusha", "pytest_mock_lusha", f"mock_lusha-{mock_lusha.__version__}.dist-info"}
    assert not [name for name in names if set(name.split("/")) & {"tests", "pytest_plugin", *NEVER}]
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_metadata_name_the_command_the_licence_and_what_is_needed(site: Path) -> None:
    entries = configparser.ConfigParser()
    entries.read_string(info(site, "entry_points.txt"))
    metadata = HeaderParser().parsestr(info(site, "METADATA"))
    needed = {
        re.split(r"[^\w-]", line)[0]
        for line in metadata.get_all("Requires-Dist", [])
        if "extra ==" not in line
    }

    assert entries["console_scripts"]["mock-lusha"] == "mock_lusha.cli.main:main"
    assert metadata["Name"] == "mock-lusha"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    urls = dict(line.split(", ") for line in metadata.get_all("Project-URL", []))
    assert urls.keys() == {"Homepage", "Documentation", "Source", "Issues", "Changelog"}
    for name in ("Documentation", "Changelog"):
        assert (ROOT / urls[name].partition("/blob/main/")[2]).is_file(), name
    assert needed == {
        "starlette", "uvicorn", "uvloop", "httptools", "orjson", "jsonschema-rs", "pyyaml", "click", "numpy",
            "httpx", "idna", "jsonpath-rfc9535", "iregexp-check", "google-re2",
    }  # fmt: skip
    assert "MIT License" in info(site, "licenses/LICENSE")


def test_an_installed_package_finds_its_own_data(site: Path) -> None:
    found = run_in(
        site,
        "import json, mock_lusha.config as c\n"
        "print(json.dumps([c.__file__, *(str(c.data_folder(n)) for n in ('fixtures', 'scenarios'))]))",
    )

    config, data = site / "mock_lusha" / "config", site / "mock_lusha" / "data"
    assert found == [str(config / "__init__.py"), str(data / "fixtures"), str(data / "scenarios")]


ASK = """
import asyncio, json
import httpx
from mock_lusha import create_app

async def ask():
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://double.test") as client:
        headers = {"api_key": "wheel"}
        person = await client.get("/v2/person?email=ada.quill@quill-works.example", headers=headers)
        wrong = await client.post("/v2/person", json={"contacts": []}, headers=headers)
        free = await client.get("/account/usage", headers={"api_key": "free"})
        return [person.json()["contact"]["data"]["fullName"], wrong.status_code, free.json()["usage"]]

print(json.dumps(asyncio.run(ask())))
"""


def test_an_installed_package_answers(site: Path) -> None:
    name, refused, usage = run_in(site, ASK)

    assert name == "Ada Quill"
    assert refused == 400
    assert usage == {"credits": {"total": 40, "used": 0, "remaining": 40}}


def test_the_sdist_holds_what_building_and_testing_takes(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers()}

    assert {
        "pyproject.toml", "README.md", "LICENSE", "PKG-INFO", "Dockerfile", "mock_lusha/contract/v2.json",
        "mock_lusha/py.typed", "fixtures/accounts.yaml", "fixtures/people.yaml", "scenarios/README.md",
        "pytest_plugin/pytest_mock_lusha/__init__.py", "tests/conftest.py", "tests/test_wheel.py",
        "CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/index.md",
        "scripts/locks/run.txt",
    } <= names  # fmt: skip
    assert not [name for name in names if set(name.split("/")) & set(NEVER)]

"""What the image consists of is told: as a page with licences, and as an SBOM that is the same each time."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support import IN_CI, script

ROOT = Path(__file__).parent.parent
LICENSES = script("make-licenses.py")
SBOM = script("make-sbom.py")


def test_the_page_of_licences_is_as_its_script_writes_it() -> None:
    assert LICENSES.render() == LICENSES.TARGET.read_text(encoding="utf-8"), "run scripts/make-licenses.py"


def test_every_package_that_is_needed_at_run_time_is_on_the_page_with_a_licence() -> None:
    page = LICENSES.TARGET.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([\w.-]+) \| \S+ \| (.+) \|$", page, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    queue, names = [*project["dependencies"], *project["optional-dependencies"]["tls"]], set()
    while queue:
        need = Requirement(queue.pop())
        name = canonicalize_name(need.name)
        if name not in names and (need.marker is None or need.marker.evaluate({"extra": ""})):
            names.add(name)
            queue += metadata.requires(name) or []

    assert {"cryptography", "numpy", "certifi"} <= names
    assert names - rows.keys() == set(), "run scripts/lock and scripts/make-licenses.py"


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Interpreters of two environments with the metadata of what the image has, which is what is read."""
    if not IN_CI:
        pytest.importorskip("cyclonedx_py", reason="needs `scripts/venv test`")
    pythons = []
    for order in (1, -1):
        folder = tmp_path_factory.mktemp("environment")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        (site,) = folder.glob("lib/*/site-packages")
        for name in sorted(LICENSES.packages())[::order]:
            files = [file for file in metadata.files(name) or [] if file.parts[0].endswith(".dist-info")]
            for file in files:
                if file.name == "METADATA":
                    source = Path(str(file.locate()))
                    shutil.copytree(source.parent, site / source.parent.name)
        pythons.append(str(folder / "bin" / "python"))
    return pythons


def test_the_sbom_is_valid_the_same_each_time_and_names_all_with_their_licences(
    environments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = SBOM.sbom(environments[0])  # which is checked against the schema as it is made
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    second = SBOM.sbom(environments[1], check=False)

    assert first == second
    document = json.loads(first)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert document["metadata"]["component"]["name"] == "mock-lusha"
    names = {canonicalize_name(component["name"]) for component in document["components"]}
    assert names == LICENSES.packages().keys()
    assert all(component["licenses"] for component in document["components"])
    assert not {"serialNumber"} & document.keys()
    assert "timestamp" not in document["metadata"]
    assert str(ROOT) not in first.decode()

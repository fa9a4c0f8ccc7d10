"""``scripts/venv`` installs versions that the project file allows, the same ones for every need."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = {
    need: (ROOT / "scripts" / "locks" / f"{need}.txt").read_text(encoding="utf-8")
    for need in ("build", "image", "run", "test", "dev")
}
DOCUMENT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = DOCUMENT["project"]
REQUIRED = {
    "build": [*DOCUMENT["build-system"]["requires"], "build"],
    "image": [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["tls"]],
    "run": [*PROJECT["dependencies"], "hatchling", "editables"],
    "test": PROJECT["optional-dependencies"]["test"],
    "dev": PROJECT["optional-dependencies"]["dev"],
}


def locked(need: str) -> dict[str, str]:
    """The entries of a lock with their hashes, by the requirement they pin."""
    entries = re.split(r"^(?=\w)", LOCKS[need], flags=re.MULTILINE)[1:]
    return {entry.partition(" \\\n")[0]: entry for entry in entries}


@pytest.mark.parametrize(
    ("need", "text"), [(need, text) for need, texts in REQUIRED.items() for text in texts]
)
def test_a_requirement_is_locked_in_a_version_that_it_allows(need: str, text: str) -> None:
    requirement = Requirement(text)
    name = canonicalize_name(requirement.name)
    if name == "mock-lusha":
        return
    pins = [pin for pin in map(Requirement, locked(need)) if pin.name == name]

    assert pins, f"{name} is not locked: run scripts/lock"
    for pin in pins:
        (exact,) = pin.specifier
        assert requirement.specifier.contains(exact.version), f"{pin}: run scripts/lock"


def test_each_entry_has_hashes_and_no_lock_names_an_index() -> None:
    for need, text in LOCKS.items():
        for pin, entry in locked(need).items():
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), pin
        assert "://" not in text


@pytest.mark.parametrize("need", ["build", "image"])
def test_the_image_and_the_wheel_are_made_with_what_was_tested(need: str) -> None:
    tested = {pin.partition(" ")[0]: entry.partition("\n")[2] for pin, entry in locked("test").items()}

    for pin, entry in locked(need).items():
        assert tested.get(pin.partition(" ")[0]) == entry.partition("\n")[2], f"{pin}: run scripts/lock"


def test_the_image_has_nothing_that_builds() -> None:
    image, run = ({Requirement(pin).name for pin in locked(need)} for need in ("image", "run"))

    assert run - image >= {"hatchling", "editables"}
    assert image - run == {"cryptography", "cffi", "hiredis", "pycparser"}


def test_a_larger_lock_has_the_versions_and_hashes_of_a_smaller_one() -> None:
    # The markers of an entry may differ: who else asks for it decides where it is needed.
    run, test, dev = (
        {pin.partition(" ")[0]: entry.partition("\n")[2] for pin, entry in locked(need).items()}.items()
        for need in ("run", "test", "dev")
    )

    assert run <= test <= dev
    assert len(run) < len(test) < len(dev)

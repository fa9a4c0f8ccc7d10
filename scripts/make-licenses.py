#!/usr/bin/env python
"""Write docs/licenses.md: each package of the image with its version and licence.

Versions are those of ``scripts/locks/image.txt`` for the Python of the image; licences are read from the
metadata of what is installed here, which ``scripts/venv`` takes from the same locks.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "licenses.md"
LOCK = ROOT / "scripts" / "locks" / "image.txt"
HEAD = """# Licences

mock-lusha is under the [MIT licence](../LICENSE). It needs these packages, which the image has in these
versions, and which are installed with it elsewhere; `cryptography`, `cffi` and `pycparser` come with the
extras `tls` and `store` alone, `hiredis` with `redis`. The licence is what each package declares. The page
at `/_mock/` has a few files of others; their licences lie beside them. The image has Debian and Python
besides, from its base.

`scripts/make-licenses.py` writes this page. `scripts/sbom` prints the same as CycloneDX, with their needs.

| package | version | licence |
| --- | --- | --- |
"""
_LONGEST = 80
"""Characters of a name of a licence; a longer one is its text."""


def packages() -> dict[str, str]:
    """The version of each package in the image."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    version = re.findall(r"ARG BASE=python:(\d+\.\d+)", dockerfile)[0]
    image = {
        "implementation_name": "cpython", "os_name": "posix", "platform_python_implementation": "CPython",
        "python_full_version": f"{version}.0", "python_version": version, "sys_platform": "linux",
    }  # fmt: skip
    pins = [
        Requirement(line.removesuffix(" \\"))
        for line in LOCK.read_text("utf-8").split("\n")
        if line[:1].isalnum()
    ]
    return {
        pin.name: str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate(image)
    }


def licence(name: str) -> str:
    """What a package that is installed here says of its licence.

    Raises:
        ValueError: it says nothing.
        importlib.metadata.PackageNotFoundError: it is not installed.
    """
    about = metadata.metadata(name).json
    prefix = "License :: OSI Approved :: "
    classes = [each.removeprefix(prefix) for each in about.get("classifier", []) if each.startswith(prefix)]
    named = (str(about.get("license_expression", "")), str(about.get("license", "")), ", ".join(classes))
    for text in named:
        if text and len(text) <= _LONGEST and "\n" not in text:
            return text
    raise ValueError(f"{name} declares no licence: look for it, and have this script know it")


def render() -> str:
    """The page."""
    rows = [f"| {name} | {version} | {licence(name)} |" for name, version in sorted(packages().items())]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")

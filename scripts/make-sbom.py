#!/usr/bin/env python
"""Print what an environment consists of as CycloneDX JSON, the same bytes for the same packages.

    scripts/make-sbom.py [PYTHON]

Without an interpreter it makes an environment of ``scripts/locks/image.txt``, as the Dockerfile does,
with the interpreter in the variable PYTHON. The tool is cyclonedx-py, which reads what is installed: it alone
has the licences, which no lock has.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "scripts" / "locks" / "image.txt"


def sbom(python: str, *, check: bool = True) -> bytes:
    """The SBOM of the environment of an interpreter; what it describes is mock-lusha, of this checkout.

    ``check`` says whether it is held to the schema of CycloneDX, which takes seconds.

    Raises:
        subprocess.CalledProcessError: the tool failed, or the schema is not met.
    """
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
    command += [
        "--spec-version",
        "1.6",
        "--mc-type",
        "application",
        "--pyproject",
        str(ROOT / "pyproject.toml"),
    ]
    command += [] if check else ["--no-validate"]
    # The variable would be written into it as the time at which it was made.
    environ = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    return subprocess.run([*command, python], check=True, stdout=subprocess.PIPE, env=environ).stdout


def installed(folder: str) -> str:
    """The interpreter of a new environment with what the image installs."""
    subprocess.run([os.environ.get("PYTHON") or "python3", "-m", "venv", "--without-pip", folder], check=True)
    python = str(Path(folder) / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile", "--no-deps"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(LOCK)], check=True, stdout=sys.stderr)
    return python


def main() -> None:
    """Print it."""
    if len(sys.argv) > 1:
        sys.stdout.buffer.write(sbom(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.buffer.write(sbom(installed(folder)))


if __name__ == "__main__":
    main()

#!/usr/bin/env python
"""Write mock_lusha/yamlfile.json: the YAML files that ship, read.

Each file stands there under the digest of its bytes, each of its values as [line, value]. A start then needs
no YAML library, which takes longer to load than all files to read; a file that was changed is read as any
other. A test makes this file again and compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from mock_lusha import yamlfile  # noqa: E402 - of this checkout

TARGET = ROOT / "mock_lusha" / "yamlfile.json"
FILES = sorted([*(ROOT / "fixtures").rglob("*.yaml"), *(ROOT / "scenarios").glob("*.yaml")])


def written(place: yamlfile.SourcePlace) -> list[Any]:
    """A place as JSON."""
    value = place.value
    if isinstance(value, dict):
        value = {name: written(each) for name, each in value.items()}
    elif isinstance(value, list):
        value = [written(each) for each in value]
    return [place.line, value]


def render() -> str:
    """The file's text: one line a file."""
    rows = {}
    for path in FILES:
        raw = path.read_bytes()
        rows[yamlfile.digest(raw)] = json.dumps(
            written(yamlfile.parsed(path, raw)), ensure_ascii=False, separators=(",", ":")
        )
    return "{\n" + ",\n".join(f'"{name}": {row}' for name, row in sorted(rows.items())) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")

#!/usr/bin/env python
"""Write the operations of the contracts that ship, and the schemas of what they take, into files beside them.

A server reads these instead.

Run it whenever a contract changes; a test makes the files again and compares.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.contract.document import Operation

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from mock_lusha.contract.document import Contract, inputs_file, operations_file  # noqa: E402 - of this checkout
from mock_lusha.contract.registry import GENERATIONS  # noqa: E402

CONTRACTS = tuple(ROOT / "mock_lusha" / "contract" / f"{name}.json" for name in ("control", *GENERATIONS))


def render(contract: Path) -> str:
    """The text of a contract's file: one line an operation, without what is as in most of them."""
    operations = Contract(contract.read_bytes()).operations.values()
    rows = [json.dumps(dict(fields(each)), ensure_ascii=False) for each in operations]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def fields(operation: Operation) -> Iterator[tuple[str, object]]:
    """The fields of an operation that differ from their defaults; the generation is the file's name."""
    for field in dataclasses.fields(operation):
        value = getattr(operation, field.name)
        if value != field.default and field.name != "generation":
            yield field.name, value


def render_inputs(contract: Path) -> str:
    """The text of the file of its inputs: one line a schema."""
    rows = [
        f"{json.dumps(name)}: {json.dumps(schema, ensure_ascii=False)}"
        for name, schema in Contract(contract.read_bytes()).inputs.items()
    ]
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    for path in CONTRACTS:
        operations_file(path).write_text(render(path), encoding="utf-8")
        inputs_file(path).write_text(render_inputs(path), encoding="utf-8")

"""The recipes of ``examples``, as tests read them."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from mock_lusha.config.resolution import resolve

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"


def documents(path: str) -> list[dict[str, Any]]:
    """The YAML documents of a file."""
    return list(yaml.safe_load_all((EXAMPLES / path).read_text(encoding="utf-8")))


def schema_findings(name: str, document: Any) -> list[str]:
    """What is wrong with a document by one of the published schemas that check-jsonschema brings."""
    vendor = resources.files("check_jsonschema.builtin_schemas").joinpath("vendor")
    schema = json.loads(vendor.joinpath(f"{name}.json").read_text(encoding="utf-8"))
    errors = jsonschema_rs.validator_for(schema).iter_errors(document)
    return [f"{error.instance_path}: {error.message}" for error in errors]


def settings_of(environment: dict[str, Any], root: Path) -> Any:
    """The settings that the variables of a container come to; its folders are looked for below ``root``.

    Raises:
        MockLushaError: a variable is none of ours, or has a value that its setting does not take.
    """
    ours = {
        name: str(root) + value if value.startswith("/") else value
        for name, value in environment.items()
        if name.startswith("MOCK_LUSHA_") and name != "MOCK_LUSHA_URL"
    }
    for value in ours.values():
        if value.startswith(str(root) + os.sep):
            Path(value).mkdir(parents=True, exist_ok=True)
    return resolve({}, ours).settings

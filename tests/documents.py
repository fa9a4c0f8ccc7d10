"""The documents of the project, as tests read them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md")),
        *sorted((ROOT / "docs").glob("*.md")),
    ]
}
"""What each document says, by its path: a page that is added to ``docs`` is tested like the others."""
ACCOUNTS, DATA, PYTEST, RECORDING, SCENARIOS, SETTINGS, STEERING = (
    PAGES[f"docs/{name}.md"]
    for name in ("accounts", "data", "pytest", "recording", "scenarios", "settings", "steering")
)


def blocks(language: str, *pages: str) -> list[str]:
    """The blocks of a language, of all documents unless some are named."""
    return [
        block
        for page in pages or PAGES.values()
        for block in re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    ]


def command_lines() -> list[str]:
    """The lines of all documents that call ``mock-lusha``."""
    lines = (line for block in blocks("sh") for line in block.splitlines())
    return [line for line in lines if line.startswith("mock-lusha ")]

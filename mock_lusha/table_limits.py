"""What tables may hold, and the bounds of them."""

from __future__ import annotations

from typing import Final, Literal

EntityKind = Literal["contacts", "companies"]
"""What the rows of a table are."""
ENTITY_KINDS: Final[dict[str, EntityKind]] = {"contacts": "contacts", "companies": "companies"}
MOST_TABLES: Final = 500
"""How many tables an account has at most, archived ones among them (Lusha's document)."""
MOST_ROWS: Final = 50_000
"""How many rows a table has at most (Lusha's document)."""
MOST_COLUMNS: Final = 100
"""How many columns a table has at most (our decision)."""
LONGEST_NAME: Final = 255
"""How many characters the name of a table has at most (our decision)."""
MOST_FIXTURES: Final = 100
"""How many tables the files of fixtures have at most (our decision)."""
MOST_FIXTURE_ROWS: Final = 1_000
"""How many rows the tables of fixtures have at most, in all: they are looked up at one go (our decision)."""

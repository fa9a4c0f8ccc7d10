"""What all processes that share a store must have in common, and the store keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_lusha.errors import StoreRefusedError, shorten
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = "1"
"""Of what a store holds, and of its scripts and tables."""
_FACT: Final = "fact:"


@frozen
class Identity:
    """The facts of a process, such as its version, seed and the digest of its settings, and the check value
    of the secret that contents are sealed with."""

    facts: Mapping[str, str]
    check: str

    def rows(self) -> dict[str, str]:
        """What a store keeps of them."""
        return {
            "format": FORMAT,
            "secret": self.check,
            **{f"{_FACT}{name}": value for name, value in self.facts.items()},
        }

    def compare(self, rows: Mapping[str, str], place: str, way_out: str) -> None:
        """Compare with what a store keeps; it may keep other rows besides.

        Raises:
            StoreRefusedError: they differ. The message names both, but no check value.
        """
        if rows.get("format") != FORMAT:
            kept = shorten(rows.get("format", "none"))
            raise StoreRefusedError(
                f"the store {place} has the format {kept}, this version of mock-lusha has {FORMAT}; {way_out}"
            )
        if rows.get("secret") != self.check:
            raise StoreRefusedError(
                f"the store {place} was sealed with another secret: give the one that it was made with, "
                f"or {way_out}"
            )
        kept_facts = {
            name.removeprefix(_FACT): value for name, value in rows.items() if name.startswith(_FACT)
        }
        differences = [
            f"{name} is {shorten(kept_facts.get(name, 'absent'))} there and "
            f"{shorten(self.facts.get(name, 'absent'))} here"
            for name in sorted(kept_facts.keys() | self.facts.keys())
            if kept_facts.get(name) != self.facts.get(name)
        ]
        if differences:
            raise StoreRefusedError(
                f"the store {place} belongs to another server: {', '.join(differences)}; {way_out}"
            )

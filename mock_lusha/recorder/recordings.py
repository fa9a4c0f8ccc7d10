"""What is recorded, by request: of each the takes of the latest run that made some."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.matching import Matching
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mock_lusha.recorder.interaction import Interaction


@frozen
class Addition:
    """What one document of a cassette's file adds. What it does not say (None) is as before it.

    ``format`` is the version of the format it is written in.
    """

    interactions: tuple[Interaction, ...] = ()
    recorded_at: str | None = None
    contract: str | None = None
    plan: str | None = None
    redaction: Mapping[str, Any] | None = None
    format: int = 1


@mutable
class _Takes:
    """The recordings of one request: the run they are of, and their numbers in the order of the file."""

    run: int
    numbers: list[int] = field(default_factory=list)


class Recordings:
    """The documents of a cassette, one after the other. Each is taken in once, whatever came before it.

    Runs are in the order in which they first wrote. Where several recorded one request, the last of them
    replaces what those before it had. ``key`` says which requests are one; by default they are compared under
    the contract that ships.
    """

    def __init__(
        self, additions: Iterable[Addition] = (), key: Callable[[Interaction], str] | None = None
    ) -> None:
        self.recorded_at = ""
        self.contract = ""
        self.plan: str | None = None
        self.redaction: Mapping[str, Any] = {}
        self.oldest: int | None = None
        """The lowest format among the documents; None without any."""
        self._key = key or Matching(Registry.load().operations).key
        self._runs: dict[str, int] = {}
        self._takes: dict[str, _Takes] = {}
        self._by_number: dict[int, Interaction] = {}
        self._count = 0
        self._texts: set[str] = set()
        self._uncollected: list[Interaction] = []
        for addition in additions:
            self.add(addition)

    def add(self, addition: Addition) -> None:
        """Take in a document."""
        self.oldest = addition.format if self.oldest is None else min(self.oldest, addition.format)
        self.recorded_at = self.recorded_at if addition.recorded_at is None else addition.recorded_at
        self.contract = self.contract if addition.contract is None else addition.contract
        self.plan = self.plan if addition.plan is None else addition.plan
        self.redaction = self.redaction if addition.redaction is None else addition.redaction
        for interaction in addition.interactions:
            self._add(interaction)

    def _add(self, interaction: Interaction) -> None:
        run = self._runs.setdefault(interaction.run, len(self._runs))
        takes = self._takes.setdefault(self._key(interaction), _Takes(run))
        if run < takes.run:
            return
        if run > takes.run:
            for number in takes.numbers:
                del self._by_number[number]
            takes.run, takes.numbers = run, []
        self._by_number[self._count] = interaction
        takes.numbers.append(self._count)
        self._count += 1
        self._uncollected.append(interaction)

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """All there are, in the order of the file."""
        return tuple(self._by_number.values())

    def find(self, key: str, turn: int) -> Interaction | None:
        """The recording of a request that is due at a turn; from the last one on it is always that."""
        takes = self._takes.get(key)
        return None if takes is None else self._by_number[takes.numbers[min(turn, len(takes.numbers) - 1)]]

    def has(self, key: str) -> bool:
        """Whether a request is recorded."""
        return key in self._takes

    @property
    def texts(self) -> set[str]:
        """Every text and number that stands in an interaction."""
        for interaction in self._uncollected:
            self._collect_texts([value for _, value in interaction.query])
            self._collect_texts(interaction.body)
            self._collect_texts(interaction.answer)
        self._uncollected.clear()
        return self._texts

    def _collect_texts(self, value: Any) -> None:
        if isinstance(value, dict):
            self._texts.update(value)
            for item in value.values():
                self._collect_texts(item)
        elif isinstance(value, list):
            for item in value:
                self._collect_texts(item)
        elif isinstance(value, str | int) and not isinstance(value, bool):
            self._texts.add(str(value))

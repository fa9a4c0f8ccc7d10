"""The scenarios of a server by name: those that ship, and those of the user's folder before them."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from mock_lusha import yamlfile
from mock_lusha.errors import ConfigError, DataFileError, nearest, shorten
from mock_lusha.scenario.identifiers import flattened
from mock_lusha.scenario.words import Words
from mock_lusha.yamlfile import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.scenario.facts import Facts
    from mock_lusha.scenario.model import Scenario
    from mock_lusha.yamlfile import SourcePlace

_KEPT, _LONGEST_KEPT = 256, 500
"""How many queries are kept that were looked at, and how many bytes they may have."""
_SUFFIXES = (".yaml", ".yml")
MAGIC = "magic"
"""The scenario whose rules stand behind those of every other one."""


class Magic:
    """The rules of the magic identifiers, and a quick look that tells whether a call may need them.

    The file's words are read at once, its rules only when one of the words was sent.
    """

    def __init__(self, path: Path, facts: Facts) -> None:
        self._path = path
        self._facts = facts
        self._spelled = Words([word.lower().encode() for word in _words(yamlfile.read(path))])
        self._in_query = lru_cache(maxsize=_KEPT)(self._may_fit)

    @cached_property
    def scenario(self) -> Scenario:
        """The rules."""
        return load_scenario(self._path, self._facts)

    def may_fit(self, query: bytes, body: bytes) -> bool:
        """Whether any of the words is somewhere in what was sent, or something that may spell one."""
        if not body and len(query) <= _LONGEST_KEPT:
            return self._in_query(query)
        return self._may_fit(query, body)

    def _may_fit(self, query: bytes, body: bytes = b"") -> bool:
        sent = flattened(query, body)
        return sent is None or not self._spelled or self._spelled.are_in(sent)


def _words(document: SourcePlace) -> list[str]:
    """The identifiers of all rules; none where a rule has none, or the file is no scenario."""
    content = plain(document)
    rules = content.get("rules") if isinstance(content, dict) else None
    words = []
    for rule in rules if isinstance(rules, list) else ():
        when = rule.get("when") if isinstance(rule, dict) else None
        word = when.get("identifier") if isinstance(when, dict) else None
        if not isinstance(word, str):
            return []
        words.append(word)
    return words


class Library:
    """Scenarios by name. A file is ``NAME.yaml``; one of a later folder replaces one of an earlier.

    What ships is read when it is first asked for; the files of ``own`` are read by ``check``.
    """

    def __init__(self, shipped: Path, own: Path | None, facts: Facts) -> None:
        self._facts = facts
        self._files = {path.stem: path for path in _files(shipped)}
        self._own = {} if own is None else {path.stem: path for path in _files(own)}
        self._files |= self._own
        self._read: dict[str, Scenario] = {}
        self._by_file: dict[str, Scenario] = {}

    @cached_property
    def magic(self) -> Magic:
        """The rules of the magic identifiers."""
        return Magic(self._files[MAGIC], self._facts)

    def check(self) -> None:
        """Read the user's own scenarios, so that a mistake in them stops the start.

        Raises:
            ScenarioError: with everything that is wrong in all of them.
        """
        if not self._own:
            return
        from mock_lusha.scenario.reader import ScenarioError  # noqa: PLC0415 - with the first file

        errors: list[DataFileError] = []
        for name in self._own:
            try:
                self.get(name)
            except ScenarioError as error:
                errors += error.errors
            except DataFileError as error:
                errors.append(error)
        if errors:
            raise ScenarioError(errors)

    def names(self) -> list[str]:
        """The names of all scenarios but the magic one, in alphabetical order."""
        return sorted(self._files.keys() - {MAGIC})

    def __iter__(self) -> Iterator[Scenario]:
        return (self.get(name) for name in self.names())

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def path(self, name: str) -> Path:
        """The file of a scenario."""
        return self._files[name]

    def get(self, name: str) -> Scenario:
        """The scenario of a name.

        Raises:
            ConfigError: there is none; the nearest names are offered.
            DataFileError: its file cannot be used.
        """
        scenario = self._read.get(name)
        if scenario is None:
            if name not in self._files:
                raise ConfigError(f"there is no scenario {shorten(name)!r}: {nearest(name, self.names())}")
            scenario = self._read[name] = load_scenario(self._files[name], self._facts)
        return scenario

    def named_or_file(self, text: str) -> Scenario:
        """The scenario of a name, or of a file where the text is the path of one.

        Raises:
            ConfigError: there is neither.
        """
        if text in self._files:
            return self.get(text)
        if text.endswith(_SUFFIXES) or "/" in text or "\\" in text:
            if text not in self._by_file:
                self._by_file[text] = load_scenario(Path(text).expanduser(), self._facts)
            return self._by_file[text]
        return self.get(text)

    def place_of(self, scenario: Scenario) -> tuple[str, str] | None:
        """Where a scenario was read from, for ``at``; None where it was read from no file."""
        for kind, read in (("name", self._read), ("file", self._by_file)):
            for name, each in read.items():
                if each is scenario:
                    return kind, name
        magic = self.__dict__.get("magic")
        return ("magic", MAGIC) if magic is not None and magic.scenario is scenario else None

    def at(self, kind: str, name: str) -> Scenario:
        """The scenario of a place, read if it was not yet.

        Raises:
            ConfigError: there is none.
        """
        return self.magic.scenario if kind == "magic" else self.named_or_file(name)


def load_scenario(path: Path, facts: Facts) -> Scenario:
    """The scenario of a file; its name is that of the file.

    Raises:
        DataFileError: the file is no YAML.
        ScenarioError: with everything that is wrong in it.
    """
    from mock_lusha.scenario.fields import NAME  # noqa: PLC0415 - first file
    from mock_lusha.scenario.parse import parse_scenario  # noqa: PLC0415 - first file
    from mock_lusha.scenario.reader import ScenarioError  # noqa: PLC0415 - first file

    document = yamlfile.read(path)
    scenario = parse_scenario(document, facts, path.stem if re.fullmatch(NAME, path.stem) else None)
    if scenario.name != path.stem and re.fullmatch(NAME, path.stem):
        raise ScenarioError(
            [document.error(f"name is {scenario.name!r}, but the file is called {path.name}: make them one")]
        )
    return scenario


def _files(folder: Path) -> list[Path]:
    """The scenario files of a folder, in the order of their names.

    Raises:
        DataFileError: two of them would be one scenario.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    for one, other in pairwise(files):
        if one.stem == other.stem:
            raise DataFileError(other, None, f"{one.name} is the scenario {one.stem} already: keep one")
    return files

"""YAML files with line numbers: what is wrong is said with the file and the line."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.errors import DataFileError, UnshownError, nearest, shorten
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import PurePath

_MOST_VALUES = 1_000_000
_LETTERS = 100
"""So many letters of a text weigh as much as a value: an alias repeats long texts too."""
_MOST_BITS = 256
MOST_DEPTH = 100
"""How deep values may be nested."""
_WORDS = {None: "null", True: "true", False: "false"}


@frozen
class SourcePlace:
    """A value in a file: what it is and where it stands. What is no file has no lines."""

    path: PurePath | str
    line: int | None
    value: Any

    def error(self, message: str) -> DataFileError:
        """An error about this value."""
        return DataFileError(self.path, self.line, message)

    def mapping(self, what: str, known: Collection[str]) -> dict[str, SourcePlace]:
        """The entries of a mapping whose keys must be among ``known``."""
        if not isinstance(self.value, dict):
            raise self.error(f"{what} is a mapping, not {said(self.value)}")
        for key, place in self.value.items():
            if key not in known:
                raise place.error(f"{what} has no {key!r}: {nearest(str(key), known)}")
        return self.value

    def items(self, what: str) -> list[SourcePlace]:
        """The entries of a list."""
        if not isinstance(self.value, list):
            raise self.error(f"{what} is a list, not {said(self.value)}")
        return self.value

    def text(self, what: str) -> str:
        """A string that is not blank."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.error(f"{what} is a text, not {said(self.value)}")
        return self.value.strip()

    def one_of(self, what: str, known: Collection[str]) -> str:
        """A string out of a fixed set."""
        if isinstance(self.value, list | dict) or self.value not in known:
            raise self.error(f"{what} is one of {', '.join(known)}, not {said(self.value)}")
        return str(self.value)

    def whole(self, what: str, least: int = 0, most: int = 2**53 - 1) -> int:
        """A whole number from ``least`` to ``most``; JSON's readers are sure of no larger ones."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not least <= self.value <= most:
            large = isinstance(self.value, int) and self.value > most
            bounds = f"from {least} to {most}" if large else f"from {least} up"
            raise self.error(f"{what} is a whole number {bounds}, not {said(self.value)}")
        return self.value

    def flag(self, what: str) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.error(f"{what} is true or false, not {said(self.value)}")
        return self.value

    def parsed(self, parse: Callable[[Any], Any]) -> Any:
        """The value through ``parse``, whose ValueError becomes an error with the line."""
        try:
            return parse(plain(self.value))
        except UnshownError as error:
            raise self.error(str(error)) from None
        except ValueError as error:
            raise self.error(f"{error}, not {said(self.value)}") from None


def said(value: Any) -> str:
    """A value as a message shows it, in the words of YAML and JSON."""
    value = plain(value)
    return _WORDS[value] if value is None or isinstance(value, bool) else shorten(value)


def plain(value: Any) -> Any:
    """The value without its places."""
    if isinstance(value, SourcePlace):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def read(path: Path, secrets: Collection[str] = ()) -> SourcePlace:
    """Read a YAML file. An empty file is an empty mapping.

    What is wrong in an entry that has one of the names in ``secrets`` is not told in detail: reasons quote
    what is there.

    Raises:
        DataFileError: the file cannot be read, is not YAML, or has a key twice.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataFileError(path, None, f"cannot be read: {error.strerror or error}") from None
    shipped = _shipped().get(digest(raw))
    if shipped is not None:
        return _placed(path, shipped)
    try:
        return parsed(path, raw)
    except DataFileError as error:
        name = _entry_around(raw, error.line, secrets)
        if name is None:
            raise
        raise DataFileError(
            path, error.line, f"{name} cannot be read (and is secret): write it as one text in quotes"
        ) from None


def _entry_around(raw: bytes, line: int | None, names: Collection[str]) -> str | None:
    """Which of these names an entry has that a line is in: the line itself, or the nearest one before it that
    is not indented, spells it."""
    lines = raw.decode("utf-8", "replace").splitlines()[: line or 0]
    for text in reversed(lines):
        name = next((name for name in names if name in text.replace("-", "_")), None)
        if name is not None or not text[:1].isspace():
            return name
    return None


def digest(raw: bytes) -> str:
    """What a file's bytes are known by among those that ship."""
    return blake2b(raw, digest_size=12).hexdigest()


@cache
def _shipped() -> Mapping[str, list[Any]]:
    """The files that ship, read already, by digest: a start need not load YAML for them."""
    found: Mapping[str, list[Any]] = orjson.loads(Path(__file__).with_suffix(".json").read_bytes())
    return found


def _placed(path: Path, written: list[Any]) -> SourcePlace:
    line, value = written
    if isinstance(value, dict):
        value = {name: _placed(path, each) for name, each in value.items()}
    elif isinstance(value, list):
        value = [_placed(path, each) for each in value]
    return SourcePlace(path, line, value)


def _weight(node: Any) -> int:
    """What a node of PyYAML counts by itself."""
    return 1 + (len(node.value) // _LETTERS if node.id == "scalar" else 0)


def parsed(path: Path, raw: bytes, most: int = _MOST_VALUES) -> SourcePlace:
    """What a YAML file holds, which may be ``most`` values.

    Raises:
        DataFileError: it is not YAML, or has a key twice.
    """
    import yaml  # noqa: PLC0415 - 7 ms that no start needs with what ships alone

    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise DataFileError(path, None, f"is not UTF-8: byte {error.start}") from None
    loader = (getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader)(text)
    try:
        node: Any = loader.get_single_node()
        if node is None or (node.id == "scalar" and node.value == "" and not node.tag.endswith(":str")):
            return SourcePlace(path, 1, {})
        return _Builder(path, loader, most).place(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DataFileError(
            path, mark.line + 1 if mark else None, f"is not YAML: {error.problem or error.context}"
        ) from None
    except yaml.YAMLError as error:
        raise DataFileError(path, None, f"is not YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise DataFileError(path, None, "is nested too deeply") from None
    finally:
        loader.dispose()


def check_budget(path: PurePath, node: Any) -> None:
    """Refuse what is too large or too deep to be built from a node of PyYAML.

    What aliases repeat counts each time, so that nothing small grows large.

    Raises:
        DataFileError: there are more values, or they are nested deeper, than any file may have.
    """
    measured: dict[int, tuple[int, int] | None] = {}

    def measure(node: Any, depth: int) -> tuple[int, int]:
        """How many values there are, and how deep they are nested."""
        line = node.start_mark.line + 1
        if depth > MOST_DEPTH:
            raise DataFileError(path, line, f"values are nested more than {MOST_DEPTH} deep")
        known = measured.get(id(node))
        if known is None:
            if id(node) in measured:
                raise DataFileError(path, line, "a value holds itself")
            measured[id(node)] = None
            size, height = _weight(node), 1
            for item in () if node.id == "scalar" else node.value:
                for each in item if node.id == "mapping" else (item,):
                    more, below = measure(each, depth + 1)
                    size, height = size + more, max(height, below + 1)
                    if size > _MOST_VALUES:
                        raise DataFileError(path, line, f"the file holds more than {_MOST_VALUES} values")
            known = measured[id(node)] = (size, height)
        if depth + known[1] - 1 > MOST_DEPTH:
            raise DataFileError(path, line, f"values are nested more than {MOST_DEPTH} deep")
        return known

    measure(node, 1)


class _Builder:
    """Builds places from nodes, each node once however often an alias names it."""

    def __init__(self, path: Path, loader: Any, most: int) -> None:
        self._path = path
        self._most = most
        self._loader = loader
        self._built: dict[int, SourcePlace | None] = {}
        self._sizes: dict[int, int] = {}
        self._size = 0
        self._heights: dict[int, int] = {}
        self._depth = 0
        self._deepest = 0

    def place(self, node: Any) -> SourcePlace:
        """The place of a node. What aliases repeat counts each time, so that nothing small grows large."""
        line = node.start_mark.line + 1
        built = self._built.get(id(node))
        if built is None and id(node) in self._built:
            raise DataFileError(self._path, line, "a value holds itself")
        if built is None:
            self._built[id(node)] = None
            before, deepest = self._size, self._deepest
            self._depth = self._deepest = self._depth + 1
            self._check_depth(line)
            built = self._built[id(node)] = SourcePlace(self._path, line, self._value(node, line))
            self._depth -= 1
            self._heights[id(node)] = self._deepest - self._depth
            self._deepest = max(deepest, self._deepest)
            self._size += _weight(node)
            self._sizes[id(node)] = self._size - before
        else:
            self._size += self._sizes[id(node)]
            self._deepest = max(self._deepest, self._depth + self._heights[id(node)])
            self._check_depth(line)
        if self._size > self._most:
            raise DataFileError(self._path, line, f"the file holds more than {self._most} values")
        return built

    def _check_depth(self, line: int) -> None:
        if self._deepest > MOST_DEPTH:
            raise DataFileError(self._path, line, f"values are nested more than {MOST_DEPTH} deep")

    def _value(self, node: Any, line: int) -> Any:
        if node.id == "scalar":
            return self._scalar(node)
        if not node.tag.endswith((":map", ":seq")):
            raise DataFileError(self._path, line, f"is not YAML: the tag {node.tag} is not known here")
        if node.id == "sequence":
            return [self.place(item) for item in node.value]
        entries: dict[str, SourcePlace] = {}
        for key_node, value_node in node.value:
            at = key_node.start_mark.line + 1
            if key_node.id != "scalar":
                raise DataFileError(self._path, at, "a name is a text")
            key = str(self._scalar(key_node))
            if key in entries:
                raise DataFileError(self._path, at, f"{key!r} stands here a second time")
            entries[key] = self.place(value_node)
        return entries

    def _scalar(self, node: Any) -> Any:
        try:
            value = self._loader.construct_object(node, deep=True)
            if isinstance(value, int | float) and ":" in node.value:
                return node.value  # 12:30:00 is what was written, not 45000 as YAML 1.1 has it
            if isinstance(value, int) and value.bit_length() > _MOST_BITS:
                raise ValueError("a number of that many digits")
            return value
        except (ValueError, ArithmeticError, LookupError, AttributeError, TypeError):
            # PyYAML looks up what a tag promises and does not find it, or reads parts of what is no date.
            line, kind = node.start_mark.line + 1, node.tag.rpartition(":")[2]
            raise DataFileError(
                self._path, line, f"holds a value YAML cannot build: {shorten(node.value)!r} as {kind}"
            ) from None


def entries(place: Mapping[str, SourcePlace], key: str) -> list[SourcePlace]:
    """The list under ``key``, empty when the key is absent or its value is null."""
    found = place.get(key)
    return [] if found is None or found.value is None else found.items(key)


def content_digest(document: SourcePlace) -> str:
    """What tells the content of a document from that of any other, wherever it stands."""
    # Not as JSON: YAML has integers of any size, and keys of any kind.
    content = repr(_ordered(plain(document))).encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=8).hexdigest()


def _ordered(value: object) -> object:
    """The value with the members of each mapping in one order."""
    if isinstance(value, dict):
        return "mapping", sorted((repr(key), _ordered(member)) for key, member in value.items())
    return [_ordered(item) for item in value] if isinstance(value, list) else value

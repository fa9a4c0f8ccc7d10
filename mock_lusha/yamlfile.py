"""YAML files with line numbers: what is wrong is said with the file and the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_lusha.errors import DataFileError, nearest, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a file: what it is and where it stands."""

    path: Path
    line: int
    value: Any

    def error(self, message: str) -> DataFileError:
        """An error about this value."""
        return DataFileError(self.path, self.line, message)

    def mapping(self, what: str, known: Collection[str]) -> dict[str, Place]:
        """The entries of a mapping whose keys must be among ``known``."""
        if not isinstance(self.value, dict):
            raise self.error(f"{what} is a mapping, not {shorten(plain(self.value))}")
        for key, place in self.value.items():
            if key not in known:
                raise place.error(f"{what} has no {key!r}: {nearest(str(key), known)}")
        return self.value

    def items(self, what: str) -> list[Place]:
        """The entries of a list."""
        if not isinstance(self.value, list):
            raise self.error(f"{what} is a list, not {shorten(plain(self.value))}")
        return self.value

    def text(self, what: str) -> str:
        """A string that is not blank."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.error(f"{what} is a text, not {shorten(plain(self.value))}")
        return self.value.strip()

    def one_of(self, what: str, known: Collection[str]) -> str:
        """A string out of a fixed set."""
        if self.value not in known:
            raise self.error(f"{what} is one of {', '.join(known)}, not {shorten(plain(self.value))}")
        return str(self.value)

    def whole(self, what: str, least: int = 0) -> int:
        """A whole number, ``least`` or more."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < least:
            raise self.error(f"{what} is a whole number from {least} up, not {shorten(plain(self.value))}")
        return self.value

    def flag(self, what: str) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.error(f"{what} is true or false, not {shorten(plain(self.value))}")
        return self.value

    def parsed(self, parse: Callable[[Any], Any]) -> Any:
        """The value through ``parse``, whose ValueError becomes an error with the line."""
        try:
            return parse(plain(self.value))
        except ValueError as error:
            raise self.error(f"{error}, not {shorten(plain(self.value))}") from None


def plain(value: Any) -> Any:
    """The value without its places."""
    if isinstance(value, Place):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def read(path: Path) -> Place:
    """Read a YAML file. An empty file is an empty mapping.

    Raises:
        DataFileError: the file cannot be read, is not YAML, or has a key twice.
    """
    import yaml  # noqa: PLC0415 - imported when the first file is read

    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataFileError(path, None, f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise DataFileError(path, None, f"is not UTF-8: byte {error.start}") from None
    loader = (getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Place(path, 1, {})
        return _construct(path, loader, node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DataFileError(
            path, mark.line + 1 if mark else None, f"is not YAML: {error.problem or error.context}"
        ) from None
    except yaml.YAMLError as error:
        raise DataFileError(path, None, f"is not YAML: {' '.join(str(error).split())}") from None
    except (ValueError, RecursionError) as error:
        raise DataFileError(path, None, f"holds a value YAML cannot build: {error}") from None
    finally:
        loader.dispose()


def _construct(path: Path, loader: Any, node: Any) -> Place:
    line = node.start_mark.line + 1
    if node.id == "mapping":
        entries: dict[str, Place] = {}
        for key_node, value_node in node.value:
            key = str(loader.construct_object(key_node, deep=True))
            if key in entries:
                raise DataFileError(path, key_node.start_mark.line + 1, f"{key!r} stands here a second time")
            entries[key] = _construct(path, loader, value_node)
        return Place(path, line, entries)
    if node.id == "sequence":
        return Place(path, line, [_construct(path, loader, item) for item in node.value])
    return Place(path, line, loader.construct_object(node, deep=True))


def entries(place: Mapping[str, Place], key: str) -> list[Place]:
    """The list under ``key``, empty when the key is absent or its value is null."""
    found = place.get(key)
    return [] if found is None or found.value is None else found.items(key)

"""Cassettes: recorded interactions as a YAML file that grows by a document with each exchange."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from dataclasses import field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from mock_lusha.recorder import files
from mock_lusha.recorder.documents import (
    FORMAT,
    CassetteError,
    cut_message,
    interaction_document,
    read_additions,
    refuse_conflict,
    to_yaml,
    whole,
)
from mock_lusha.recorder.recordings import Recordings
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mock_lusha.contract.registry import Registry
    from mock_lusha.recorder.interaction import Interaction

__all__ = ["FORMAT", "Cassette", "CassetteError"]
_log = logging.getLogger("mock_lusha.recorder")


@frozen
class Cassette:
    """Interactions in the order they were recorded.

    ``contract`` is the fingerprint of the contract they were recorded under, ``redaction`` what was done to
    them: the key's fingerprint and the kinds of data that were replaced.
    """

    interactions: tuple[Interaction, ...] = ()
    recorded_at: str = ""
    contract: str = ""
    plan: str | None = None
    redaction: Mapping[str, Any] = field(default_factory=dict)

    def with_more(self, *more: Interaction) -> Cassette:
        """The cassette with interactions at its end."""
        return replace(self, interactions=(*self.interactions, *more))


def contract_fingerprint(registry: Registry) -> str:
    """12 hex digits that follow from the operations and schemas of the contracts, not from their wording."""
    return _fingerprint_of(*(contract.raw for contract in registry.contracts.values()))


@lru_cache(maxsize=4)
def _fingerprint_of(*documents: bytes) -> str:
    # It takes 60 ms, and a recorder is opened for each test with a cassette.
    content = [
        {name: _without_wording(document.get(name)) for name in ("paths", "components")}
        for document in map(orjson.loads, documents)
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def _without_wording(node: Any, *, names: bool = False) -> Any:
    """A piece of a contract without what describes it; ``names`` says that its keys are names of things."""
    if isinstance(node, list):
        return [_without_wording(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_wording(item, names=not names and key in _NAMING)
        for key, item in node.items()
        if names or not (key in _WORDING or key.startswith("x-"))
    }


_NAMING: Final = frozenset({"properties", "schemas", "responses", "headers", "parameters", "paths"})
_WORDING: Final = frozenset({"description", "summary", "example", "examples", "title"})


# Writing


def documents(cassette: Cassette) -> list[dict[str, Any]]:
    """What a file of a cassette holds: a document about the whole cassette, then one for each interaction."""
    head = {
        "format": FORMAT,
        "recorded_at": cassette.recorded_at,
        "contract": cassette.contract,
        "plan": cassette.plan,
        "redaction": dict(cassette.redaction),
        "interactions": [],
    }
    return [
        head,
        *(
            {"format": FORMAT, "interactions": [interaction_document(interaction)]}
            for interaction in cassette.interactions
        ),
    ]


def dumps(cassette: Cassette) -> str:
    """The text of a cassette: YAML with sorted keys."""
    return "".join(map(to_yaml, documents(cassette)))


def save(cassette: Cassette, path: Path) -> None:
    """Write a cassette: the file is either the old one or the whole new one, whatever happens meanwhile.

    Raises:
        CassetteError: it cannot be written there.
    """
    with writing(path):
        files.write_whole(path, dumps(cassette))


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from writing a cassette meanwhile (where the system can lock files).

    Raises:
        CassetteError: nothing can be written there.
    """
    with contextlib.ExitStack() as stack:
        with writing(path):
            stack.enter_context(files.locked(path))
        yield


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make an error of the system one that names the cassette."""
    try:
        yield
    except OSError as error:
        raise CassetteError(path, f"cannot be written: {error.strerror or error}") from None


# Reading


def load(path: Path) -> Cassette:
    """Read a cassette: of each request the recordings of the latest run that made some.

    A document at the end that was cut, as by the end of the process that wrote it, is left out, and the log
    says so.

    Raises:
        CassetteError: the file is not there, damaged, or of a later format; it names the place.
    """
    cassette, problem = examined(path)
    if problem is not None:
        _log.warning("%s", problem)
    return cassette


def examined(path: Path) -> tuple[Cassette, str | None]:
    """A cassette, with the message about a document that was cut, if one was.

    Raises:
        CassetteError: as for ``load``.
    """
    data = content_of(path)
    refuse_conflict(path, data)
    end = whole(data) or len(data)
    problem = cut_message(path, len(data) - end) if end < len(data) else None
    return gathered(Recordings(read_additions(path, data[:end]))), problem


def gathered(recordings: Recordings) -> Cassette:
    """The cassette of what is recorded."""
    return Cassette(
        interactions=recordings.interactions,
        recorded_at=recordings.recorded_at,
        contract=recordings.contract,
        plan=recordings.plan,
        redaction=recordings.redaction,
    )


def content_of(path: Path) -> bytes:
    """The bytes of a cassette.

    Raises:
        CassetteError: it is not there, or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CassetteError(path, "there is no such cassette") from None
    except OSError as error:
        raise CassetteError(path, f"cannot be read: {error.strerror or error}") from None

"""What is left of personal data and keys in a cassette, found without the key it was redacted with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.plans import PLANS
from mock_lusha.recorder.cassette import Cassette, content_of, gathered
from mock_lusha.recorder.documents import read_additions, refuse_conflict, whole
from mock_lusha.recorder.field_kinds import IDS, Kind
from mock_lusha.recorder.made import is_digits, masked
from mock_lusha.recorder.recordings import Recordings
from mock_lusha.recorder.unread import unread
from mock_lusha.recorder.vocabulary import KnownWords
from mock_lusha.recorder.walk import Walk
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_lusha.contract.registry import Registry
    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.recordings import Addition

_UNKNOWN: Final = "unknown-field"
_UNREAD: Final = "comment"
_MOMENT: Final = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]{5,15}(?:Z|[+\-][0-9:]{2,6})?)?)?")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{0,12}")
_KINDS: Final = frozenset({*map(str, Kind), "safe"})


@frozen
class Leak:
    """Something that must not stay: its place, its kind, and a hint at it that does not reveal it."""

    where: str
    kind: str
    shown: str

    def __str__(self) -> str:
        return f"{self.where}: {self.kind} {self.shown}"


def scan(cassette: Cassette, registry: Registry) -> list[Leak]:
    """Everything in a cassette that redaction would not have left, in the order of the file.

    It is found by the same walk that redacts. What companies say of themselves may stand in a cassette that
    says it was recorded so (``keep_text``). Ids that are digits look the same before and after, and are
    passed over.

    Raises:
        RecursionError: a body is nested too deeply.
    """
    words = KnownWords(registry)
    keep_text = cassette.redaction.get("keep_text") is True
    return [
        *_head(cassette),
        *(
            finding
            for index, interaction in enumerate(cassette.interactions)
            for finding in _interaction(interaction, f"interactions[{index}]", words, keep_text=keep_text)
        ),
    ]


def scan_file(path: Path, registry: Registry) -> tuple[Cassette, list[Leak]]:
    """A cassette, and everything in its file that redaction would not have left.

    Besides what is replayed it looks at what later runs replaced, what earlier documents say of the cassette,
    comments and other words of YAML that are not values, and a document that was cut.

    Raises:
        CassetteError: the file is not there, damaged, or of a later format; it names the place.
        RecursionError: a body is nested too deeply.
    """
    data = content_of(path)
    refuse_conflict(path, data)
    end = whole(data) or len(data)
    additions = read_additions(path, data[:end])
    cassette = gathered(Recordings(additions))
    words = KnownWords(registry)
    keep_text = cassette.redaction.get("keep_text") is True
    current_ids = set(map(id, cassette.interactions))
    replaced = [
        interaction
        for addition in additions
        for interaction in addition.interactions
        if id(interaction) not in current_ids
    ]
    leaks = [
        *scan(cassette, registry),
        *(
            finding
            for index, interaction in enumerate(replaced)
            for finding in _interaction(interaction, f"replaced[{index}]", words, keep_text=keep_text)
        ),
        *(finding for addition in additions for finding in _head(_head_of(addition))),
        *(
            Leak(f"line {line}", _UNREAD, masked(text))
            for line, text in unread(data[:end].decode().replace("\r\n", "\n"))
            if not words.has_error(text)
        ),
    ]
    if data[end:].strip():
        line = data.count(b"\n", 0, end) + 1
        leaks.append(Leak(f"line {line}", "cut", masked(data[end:].decode("utf-8", "replace").strip())))
    return cassette, list(dict.fromkeys(leaks))


def _head_of(addition: Addition) -> Cassette:
    """What a document says of the whole cassette."""
    return Cassette(
        recorded_at=addition.recorded_at or "",
        contract=addition.contract or "",
        plan=addition.plan,
        redaction=addition.redaction or {},
    )


def _interaction(interaction: Interaction, where: str, words: KnownWords, *, keep_text: bool) -> list[Leak]:
    leaks: list[Leak] = []

    def report(kind: Kind | None, value: Any) -> Any:
        if not (kind in IDS and (not isinstance(value, str) or is_digits(value))):
            leaks.append(Leak(where + walk.where, str(kind or _UNKNOWN), masked(value)))
        return value

    walk = Walk(words, report, keep_text=keep_text)
    walk.request(
        interaction.method, interaction.operation, interaction.path, interaction.query, interaction.body
    )
    walk.answer(interaction)
    return leaks


def _head(cassette: Cassette) -> Iterator[Leak]:
    """The leaks in what a cassette says of itself."""
    facts = (
        ("recorded_at", bool(_MOMENT.fullmatch(cassette.recorded_at)), cassette.recorded_at),
        ("contract", bool(_FINGERPRINT.fullmatch(cassette.contract)), cassette.contract),
        ("plan", cassette.plan is None or cassette.plan in PLANS, cassette.plan),
        *(
            (f"redaction.{name if name in _OF_MANIFEST else masked(name)}", _is_manifest(name, value), value)
            for name, value in cassette.redaction.items()
        ),
    )
    for where, fits, value in facts:
        if not fits:
            yield Leak(where, _UNKNOWN, masked(value))


_OF_MANIFEST: Final = ("keep_text", "key", "kinds", "version")


def _is_manifest(name: object, value: object) -> bool:
    if name == "kinds":
        return isinstance(value, list) and all(isinstance(kind, str) and kind in _KINDS for kind in value)
    if name == "key":
        return isinstance(value, str) and bool(_FINGERPRINT.fullmatch(value))
    return name in _OF_MANIFEST and (isinstance(value, bool) or value in range(100))

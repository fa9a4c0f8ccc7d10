"""Merges cassettes that grew on two branches; git's own merge, line by line, would mix their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.recorder.cassette import CassetteError, content_of, locked, writing
from mock_lusha.recorder.documents import cut_message, read_additions, split, whole
from mock_lusha.recorder.files import write_whole
from mock_lusha.recorder.recordings import Recordings

if TYPE_CHECKING:
    from pathlib import Path


def merge(base: Path, ours: Path, theirs: Path) -> int:
    """Put into ``ours`` what ``theirs`` adds to ``base``, and take out of it what that lacks of ``base``.

    Returns the number of interactions in it then. An empty file is a cassette without any.

    Raises:
        CassetteError: one of them is damaged, or they were redacted with different keys; nothing is changed.
    """
    (before, _), (mine, my_key), (other, their_key) = (_read(path) for path in (base, ours, theirs))
    if None not in (my_key, their_key) and my_key != their_key:
        raise CassetteError(
            ours,
            f"was redacted with the key {my_key}, and {theirs} with {their_key}: nothing of one would be "
            f"found by the other's; keep one of them, and record what it lacks",
        )
    members = {*before}, {*mine}, {*other}
    documents = [document for document in mine if document in members[2] or document not in members[0]]
    content = b"".join(
        [*documents, *(document for document in other if document not in members[0] | members[1])]
    )
    count = len(Recordings(read_additions(ours, content)).interactions) if content else 0
    with locked(ours), writing(ours):
        write_whole(ours, content)
    return count


def _read(path: Path) -> tuple[list[bytes], str | None]:
    """The documents of a file, and the fingerprint of the key they were redacted with."""
    data = content_of(path)
    if not data.strip():
        return [], None
    end = whole(data) or len(data)
    recordings = Recordings(read_additions(path, data[:end]))
    if end < len(data):
        raise CassetteError(path, cut_message(path, len(data) - end))
    key = recordings.redaction.get("key")
    return split(data), None if key is None else str(key)

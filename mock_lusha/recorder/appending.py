"""The end of a cassette's file: what others wrote since is read from there, and what is new is written there.

The cost of writing an exchange does not depend on how many are in the file.
"""

from __future__ import annotations

import contextlib
import logging
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from mock_lusha.recorder.cassette import content_of, load, save, writing
from mock_lusha.recorder.documents import (
    CassetteError,
    cut_message,
    is_blank,
    read_additions,
    refuse_conflict,
    whole,
)
from mock_lusha.recorder.files import write_whole
from mock_lusha.recorder.recordings import Recordings

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from mock_lusha.recorder.recordings import Addition

_log = logging.getLogger("mock_lusha.recorder")
_TELLING: Final = 128
"""Bytes before the place that was read up to; if they have changed, the file is another one."""


class News(NamedTuple):
    """What a file has that was not read before; ``fresh`` says that it is another file, or gone."""

    additions: list[Addition]
    fresh: bool


class CassetteFile:
    """A file that documents are added to, by this process and others.

    It is to be locked (``cassette.locked``) around ``news`` and what is written then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        """How many bytes were read or written: whole documents."""
        self._identity: tuple[int, int] | None = None
        self._before = b""
        self._count = 0
        self._stale = False
        """Whether what was read before is of another file, which ``news`` has not said yet."""
        self._written: tuple[int, int] | None = None
        self._original: tuple[bytes | None, int] | None = None
        """What was there before the first write: its bytes, if the file was rewritten, and the position from
        which the later writes stand."""

    def news(self, *, warn: bool = False) -> News:
        """What was written since the last time. An unfinished document is not news; ``warn`` mentions it
        in the log.

        Raises:
            CassetteError: the file cannot be read, or is damaged.
        """
        try:
            with self.path.open("rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                same = self._identity == (status.st_dev, status.st_ino) and self._is_same(
                    file, status.st_size
                )
                if same and status.st_size == self.size:
                    return News([], fresh=False)
                data = _read(file, self.size if same else 0)
        except (FileNotFoundError, NotADirectoryError):
            self._forget()
            return News([], fresh=self._is_fresh())
        except OSError as error:
            raise CassetteError(self.path, f"cannot be read: {error.strerror or error}") from None
        if not same:
            self._forget()
        end = whole(data)
        if not self.size:
            end = end or len(data)  # nothing is whole: reading it says why
        elif not end and is_blank(data):
            end = len(data)
        additions = self._read_additions(data[:end])
        if end < len(data):
            self._refuse_conflict(data[end:])
        if warn and end < len(data):
            _log.warning("%s", cut_message(self.path, len(data) - end))
        self._identity = status.st_dev, status.st_ino
        self._advance(data[:end], sum(len(addition.interactions) for addition in additions))
        return News(additions, fresh=self._is_fresh())

    def _read_additions(self, data: bytes) -> list[Addition]:
        if self.size and is_blank(data):
            return []
        try:
            return read_additions(self.path, data, self._count)
        except CassetteError:
            load(self.path)  # which counts the lines from the beginning of the file
            raise

    def _refuse_conflict(self, cut: bytes) -> None:
        try:
            refuse_conflict(self.path, cut)
        except CassetteError:
            load(self.path)  # which counts the lines from the beginning of the file
            raise

    def _is_fresh(self) -> bool:
        fresh, self._stale = self._stale, False
        return fresh

    def _is_same(self, file: BinaryIO, size: int) -> bool:
        if size < self.size:
            return False
        file.seek(self.size - len(self._before))
        return file.read(len(self._before)) == self._before

    def _forget(self) -> None:
        self._stale = self._stale or self._identity is not None
        self.size, self._before, self._identity, self._count = 0, b"", None, 0

    def _advance(self, data: bytes, count: int) -> None:
        self.size += len(data)
        self._before = (self._before + data)[-_TELLING:]
        self._count += count

    def append(self, text: str) -> None:
        """Add a document of one interaction; what was cut at the end of the file is removed.

        Raises:
            CassetteError: it cannot be written; the file is as before then.
        """
        data = text.encode()
        with writing(self.path), self.path.open("r+b", buffering=0) as file:
            cut = os.fstat(file.fileno()).st_size - self.size
            if cut:
                _log.warning("%s", cut_message(self.path, cut))
                file.truncate(self.size)
            if not self._before.endswith(b"\n"):  # by an editor that leaves out the last one
                data = b"\n" + data
            if self._original is None:
                self._original = None, self.size
            file.seek(self.size)
            try:
                _write(file, data)
                os.fsync(file.fileno())
            except BaseException:
                with contextlib.suppress(OSError):
                    file.truncate(self.size)
                raise
        self._advance(data, 1)
        self._written = self._identity

    def replace(self, text: str, count: int) -> None:
        """Write the whole file again; ``count`` is the number of its interactions.

        Raises:
            CassetteError: it cannot be written; the file is as before then.
        """
        with writing(self.path):
            before = self.path.read_bytes() if self.path.exists() else b""
            write_whole(self.path, text)
            status = self.path.stat()
        self._forget()
        self._stale = False
        self._original = before if self._original is None else self._original[0], len(text.encode())
        self._identity = status.st_dev, status.st_ino
        self._advance(text.encode(), count)
        self._written = self._identity

    def discard(self, run: str) -> None:
        """Put the file back as it was found, apart from what others added since.

        Raises:
            CassetteError: it cannot be read or written.
        """
        if self._original is None or not self.path.exists():
            return
        self.news()  # whether it is another file by now
        data = content_of(self.path)
        before, start = self._original if self._identity == self._written else (b"", 0)
        before = data[:start] if before is None else before
        rest = data[start : whole(data) or len(data)]
        others = [] if is_blank(rest) else _without(read_additions(self.path, rest), run)
        if others:
            cassette = load(self.path)
            ours = [] if is_blank(before) else _without(read_additions(self.path, before), run)
            save(replace(cassette, interactions=Recordings([*ours, *others]).interactions), self.path)
        elif before:
            with writing(self.path):
                write_whole(self.path, before)
        else:
            with writing(self.path):
                self.path.resolve().unlink()


def _without(additions: list[Addition], run: str) -> list[Addition]:
    """The additions that have interactions of another run, and those alone."""
    remaining = [
        replace(
            addition,
            interactions=tuple(
                interaction for interaction in addition.interactions if interaction.run != run
            ),
        )
        for addition in additions
    ]
    return [addition for addition in remaining if addition.interactions]


def _read(file: BinaryIO, start: int) -> bytes:
    file.seek(start)
    return b"".join(iter(lambda: file.read(1 << 20), b""))


def _write(file: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]

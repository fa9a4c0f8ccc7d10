"""The end of a cassette's file: what others wrote since is read from there, and what is new is written there.

What an exchange costs does not depend on how many there were before it.
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
"""Bytes before the place that was read up to; if they are others, the file is another."""


class News(NamedTuple):
    """What a file has that was not read before; ``fresh`` says that it is another file, or none any more."""

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
        """Whether what was read before is of another file, and nobody was told yet."""
        self._written: tuple[int, int] | None = None
        self._found: tuple[bytes | None, int] | None = None
        """What was there before the first write: its bytes, if it was written anew, and from where on what
        was written since stands."""

    def news(self, *, warn: bool = False) -> News:
        """What was written since the last time. A document that is not whole yet is no news; ``warn`` says
        so in the log.

        Raises:
            CassetteError: the file cannot be read, or is damaged.
        """
        try:
            with self.path.open("rb", buffering=0) as file:
                found = os.fstat(file.fileno())
                same = self._identity == (found.st_dev, found.st_ino) and self._is_same(file, found.st_size)
                if same and found.st_size == self.size:
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
        self._identity = found.st_dev, found.st_ino
        self._took(data[:end], sum(len(each.interactions) for each in additions))
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

    def _took(self, data: bytes, count: int) -> None:
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
            if self._found is None:
                self._found = None, self.size
            file.seek(self.size)
            try:
                _write(file, data)
                os.fsync(file.fileno())
            except BaseException:
                with contextlib.suppress(OSError):
                    file.truncate(self.size)
                raise
        self._took(data, 1)
        self._written = self._identity

    def replace(self, text: str, count: int) -> None:
        """Write the file anew, with a number of interactions.

        Raises:
            CassetteError: it cannot be written; the file is as before then.
        """
        with writing(self.path):
            before = self.path.read_bytes() if self.path.exists() else b""
            write_whole(self.path, text)
            found = self.path.stat()
        self._forget()
        self._stale = False
        self._found = before if self._found is None else self._found[0], len(text.encode())
        self._identity = found.st_dev, found.st_ino
        self._took(text.encode(), count)
        self._written = self._identity

    def discard(self, run: str) -> None:
        """Put the file back as it was found, but for what others added since.

        Raises:
            CassetteError: it cannot be read or written.
        """
        if self._found is None or not self.path.exists():
            return
        self.news()  # whether it is another file by now
        data = content_of(self.path)
        before, start = self._found if self._identity == self._written else (b"", 0)
        before = data[:start] if before is None else before
        rest = data[start : whole(data) or len(data)]
        others = [] if is_blank(rest) else _without(read_additions(self.path, rest), run)
        if others:
            told = load(self.path)
            there = [] if is_blank(before) else _without(read_additions(self.path, before), run)
            save(replace(told, interactions=Recordings([*there, *others]).interactions), self.path)
        elif before:
            with writing(self.path):
                write_whole(self.path, before)
        else:
            with writing(self.path):
                self.path.resolve().unlink()


def _without(additions: list[Addition], run: str) -> list[Addition]:
    """The additions that have interactions of another run, and those alone."""
    kept = [
        replace(each, interactions=tuple(one for one in each.interactions if one.run != run))
        for each in additions
    ]
    return [each for each in kept if each.interactions]


def _read(file: BinaryIO, start: int) -> bytes:
    file.seek(start)
    return b"".join(iter(lambda: file.read(1 << 20), b""))


def _write(file: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]

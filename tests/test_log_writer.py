"""The log, where nobody reads it: no line waits for a reader, and what is lost is counted."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from mock_lusha import log_writer
from mock_lusha.log_writer import LogWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes of one page")
LINE = "x" * 99


class Pipe:
    """A pipe of one page, and a log that goes into it."""

    def __init__(self) -> None:
        import fcntl  # noqa: PLC0415 - POSIX alone

        self.reading, self.writing = os.pipe()
        fcntl.fcntl(self.writing, fcntl.F_SETPIPE_SZ, 4096)
        self.writer = LogWriter(self.writing)

    def read(self, count: int) -> list[str]:
        """So many lines, as they come."""
        content = b""
        while content.count(b"\n") < count:
            content += os.read(self.reading, 4096)
        return content.decode().splitlines()

    def read_line(self) -> str:
        """One line, and nothing of the next."""
        content = b""
        while not content.endswith(b"\n"):
            content += os.read(self.reading, 1)
        return content.decode().removesuffix("\n")

    def close(self) -> None:
        for descriptor in (self.reading, self.writing):
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()


def test_lines_stand_in_their_order_at_once_and_nobody_else_writes_them(pipe: Pipe) -> None:
    import fcntl  # noqa: PLC0415 - POSIX alone

    fcntl.fcntl(pipe.writing, fcntl.F_SETPIPE_SZ, 65_536)
    before = threading.active_count()
    for number in range(20):
        pipe.writer.write(f"line {number}")

    assert threading.active_count() == before
    assert pipe.read(20) == [f"line {number}" for number in range(20)]


def test_lines_that_find_no_reader_wait_for_one_in_their_order(pipe: Pipe) -> None:
    lines = [f"{number:04} {LINE}" for number in range(500)]
    for line in lines:
        pipe.writer.write(line)

    assert pipe.read(len(lines)) == lines
    assert pipe.writer.dropped == 0


def test_lines_without_a_place_are_dropped_counted_and_told_of(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "MOST_WAITING", 2_000)
    for number in range(500):
        pipe.writer.write(f"{number:04} {LINE}")
    dropped = pipe.writer.dropped
    numbers: list[int] = []
    told = 0
    while len(numbers) + told < 500:
        line = pipe.read_line()
        if line.endswith(LINE):
            numbers.append(int(line[:4]))
        else:
            told += int(line.removesuffix(" lines of the log were dropped here: nobody read them"))

    assert 0 < dropped == told
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("line", ["y" * 100_000, "z" * 5_000, "\ud800 é \N{SNOWMAN}", ""])
def test_any_line_is_written_whole(pipe: Pipe, line: str) -> None:
    pipe.writer.write(line)

    assert pipe.read(1) == [line.encode("utf-8", "backslashreplace").decode()]


def test_a_pipe_that_is_closed_costs_lines_and_nothing_else(pipe: Pipe) -> None:
    os.close(pipe.reading)
    pipe.reading = -1
    for _ in range(3):
        pipe.writer.write("nobody")

    assert pipe.writer.dropped == 3


def test_a_pipe_that_does_not_wait_itself_is_waited_for(pipe: Pipe) -> None:
    os.set_blocking(pipe.writing, False)
    pipe.writer.write("y" * 50_000)
    pipe.writer.write("after")

    assert pipe.read(2) == ["y" * 50_000, "after"]


def test_a_record_that_cannot_be_formatted_is_not_written(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    pipe.writer.handle(logging.LogRecord("mock_lusha", 20, "", 0, "%d", ("no number",), None))
    pipe.writer.write("after")

    assert pipe.read(1) == ["after"]

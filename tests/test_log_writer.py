"""The log, where nobody reads it: no line waits for a reader, and what is lost is counted."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from mock_lusha import log_writer
from mock_lusha.log_writer import LogWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes of one page")
LINE = "x" * 99


class Pipe:
    """A pipe of one page, and a log that goes into it."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.resize(4096)
        self.writer = LogWriter(self.writing)

    def resize(self, size: int) -> None:
        import fcntl  # noqa: PLC0415 - POSIX alone

        fcntl.fcntl(self.writing, fcntl.F_SETPIPE_SZ, size)

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
    pipe.resize(65_536)
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


# Lines of requests


class Gathering:
    """A log of requests on a clock and with timers of its own."""

    def __init__(self, pipe: Pipe, size: int = 65_536) -> None:
        pipe.resize(size)
        os.set_blocking(pipe.reading, False)
        self.now = 0.0
        self.writer = LogWriter(pipe.writing, monotonic=lambda: self.now)
        self._pipe = pipe

    def gather(self, *lines: str, run: bool = True) -> list[Callable[[], None]]:
        """Have lines written, on a loop unless told otherwise; the timers that were set."""
        timers: list[Callable[[], None]] = []

        async def work() -> None:
            loop = asyncio.get_running_loop()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(type(loop), "call_later", lambda _, delay, call: timers.append(call))
                write()

        def write() -> None:
            for line in lines:
                self.writer.gather(line)

        if run:
            asyncio.run(work())
        else:
            write()
        return timers

    def written(self) -> list[str]:
        try:
            return os.read(self._pipe.reading, 100_000).decode().splitlines()
        except BlockingIOError:
            return []


@pytest.fixture
def gathering(pipe: Pipe) -> Gathering:
    return Gathering(pipe)


def test_a_line_after_a_pause_is_written_at_once_and_those_behind_it_together(gathering: Gathering) -> None:
    (timer,) = gathering.gather("first", "second", "third")

    assert gathering.written() == ["first"]
    timer()
    assert gathering.written() == ["second", "third"]


def test_lines_wait_no_longer_where_no_timer_comes(gathering: Gathering) -> None:
    gathering.gather("first", "second")
    gathering.now = log_writer.GATHER_SECONDS
    gathering.gather("third")

    assert gathering.written() == ["first", "second", "third"]


def test_many_lines_do_not_wait_for_the_timer(gathering: Gathering) -> None:
    lines = [str(number) for number in range(log_writer.MOST_GATHERED + 2)]
    gathering.gather(*lines)

    assert gathering.written() == lines[:-1]


def test_another_line_stands_behind_those_that_wait(gathering: Gathering) -> None:
    gathering.gather("first", "second")
    gathering.writer.write("of something else")

    assert gathering.written() == ["first", "second", "of something else"]


def test_at_the_end_nothing_waits(gathering: Gathering) -> None:
    gathering.gather("first", "second")
    gathering.writer.flush()

    assert gathering.written() == ["first", "second"]


def test_without_a_loop_no_line_waits(gathering: Gathering) -> None:
    gathering.gather("first", "second", run=False)

    assert gathering.written() == ["first", "second"]


def test_a_pipe_gets_whole_lines_and_those_it_has_no_room_for_wait_for_a_reader(pipe: Pipe) -> None:
    gathering = Gathering(pipe, 4_096)
    lines = [f"{number:03} {LINE}" for number in range(200)]
    gathering.gather(*lines)
    assert gathering.written() == lines[:1]
    gathering.writer.write_gathered()

    os.set_blocking(pipe.reading, True)
    assert pipe.read(199) == lines[1:]


def test_lines_that_were_gathered_and_find_no_place_are_all_counted(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathering = Gathering(pipe, 4_096)  # the first line takes its only place
    gathering.gather(*[f"{number:03} {LINE}" for number in range(200)])
    monkeypatch.setattr(log_writer, "MOST_WAITING", 0)
    gathering.writer.write_gathered()

    assert gathering.writer.dropped == 199


def test_a_file_takes_all_lines_in_one_piece(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as file:
        writer = LogWriter(file.fileno())
        lines = [f"{number:03} {LINE}" for number in range(200)]

        async def work() -> None:
            for line in lines:
                writer.gather(line)

        asyncio.run(work())
        before = threading.active_count()
        writer.flush()

    assert threading.active_count() == before
    assert (tmp_path / "log").read_text().splitlines() == lines


def test_on_a_terminal_no_line_waits() -> None:
    reading, writing = os.openpty()
    writer = LogWriter(writing, monotonic=lambda: 0.0)

    async def work() -> None:
        for number in range(3):
            writer.gather(f"line {number}")

    asyncio.run(work())
    written = os.read(reading, 1_000).decode().split()
    os.close(writing)
    os.close(reading)
    assert written == ["line", "0", "line", "1", "line", "2"]

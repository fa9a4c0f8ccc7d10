"""A machine's clock in the hand of a test: ``python tests/machine_clock.py FILE serve --workers 2`` runs
mock-lusha, and whatever it forks, by the time that stands in a file."""

from __future__ import annotations

import mmap
import struct
import sys
import time
from pathlib import Path

_SECONDS = struct.Struct("d")


class MachineClock:
    """Seconds since the epoch, in a file that processes share."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _SECONDS.size)

    @classmethod
    def at(cls, path: Path, seconds: float) -> MachineClock:
        """A new one that stands there."""
        path.write_bytes(_SECONDS.pack(seconds))
        return cls(path)

    def read(self) -> float:
        """When it is."""
        seconds: float = _SECONDS.unpack_from(self._memory)[0]
        return seconds

    def set(self, seconds: float) -> None:
        """Have it stand there from now on."""
        _SECONDS.pack_into(self._memory, 0, seconds)


if __name__ == "__main__":
    # Before anything is imported that holds the function itself.
    time.time = MachineClock(Path(sys.argv[1])).read
    # The folder of this file has packages that are called as those of Python are.
    sys.path[0] = str(Path.cwd())
    from mock_lusha.cli.main import main

    main(sys.argv[2:])

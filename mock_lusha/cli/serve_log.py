"""What ``mock-lusha serve`` says on stderr, in one form and without waiting for whoever reads it."""

from __future__ import annotations

import logging
import sys
from typing import Any

from mock_lusha.json_log import JsonLines
from mock_lusha.log_writer import LogWriter


class ServeLog:
    """The log on stderr: lines of ``level`` and above, and what is said whatever the level.

    What other packages log goes there too, from warnings on; as JSON so do warnings of Python. ``worker`` is
    the number of the process that writes, where several share stderr.
    """

    def __init__(self, level: str, *, as_json: bool, worker: int | None = None) -> None:
        self.as_json = as_json
        prefix = "" if worker is None else f"worker={worker} "
        form = JsonLines(worker) if as_json else logging.Formatter(f"{prefix}%(message)s")
        line_of = form.line_of if isinstance(form, JsonLines) else prefix.__add__
        try:
            self._handler: logging.Handler = LogWriter(
                sys.stderr.fileno(), shared=worker is not None, line_of=line_of
            )
        except (
            OSError,
            AttributeError,
        ):  # no file: the command runs in somebody's process
            self._handler = logging.StreamHandler(sys.stderr)
        self._handler.setFormatter(form)
        logger = logging.getLogger("mock_lusha")
        logger.addHandler(self._handler)
        logger.setLevel(level.upper())
        logger.propagate = False
        logging.getLogger().addHandler(self._handler)
        if as_json:
            logging.captureWarnings(True)

    def close(self) -> None:
        """Log no longer; in a process that was forked, which has a log of its own."""
        for logger in (logging.getLogger("mock_lusha"), logging.getLogger()):
            logger.removeHandler(self._handler)

    def say(self, text: str, level: str = "info", **fields: Any) -> None:
        """Say something, whatever the level of the log; ``fields`` stand beside it in JSON."""
        record = logging.LogRecord(
            "mock_lusha", logging.getLevelNamesMapping()[level.upper()], __file__, 0, text, None, None
        )
        vars(record)["fields"] = fields
        self._handler.handle(record)

"""Log lines as JSON, one object each."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import orjson


class JsonLines(logging.Formatter):
    """Puts what is not JSON yet into an object of ``time``, ``level`` and ``message``; a traceback is part of
    the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        text = super().format(record)
        if record.name == "mock_lusha.requests":
            return text
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        time = moment.replace("+00:00", "Z")
        return orjson.dumps({"time": time, "level": record.levelname.lower(), "message": text}).decode()

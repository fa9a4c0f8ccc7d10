"""Log lines as JSON, one object each."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import orjson


class JsonLines(logging.Formatter):
    """Puts what is not JSON yet into an object of ``time``, ``level``, ``request`` (null), ``message`` and
    the ``fields`` of the record, where it has some; a traceback is part of the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        text = super().format(record)
        if record.name == "mock_lusha.requests":
            return text
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        time = moment.replace("+00:00", "Z")
        line = {"time": time, "level": record.levelname.lower(), "request": None}
        return orjson.dumps({**line, **getattr(record, "fields", {}), "message": text}).decode()

"""Log lines as JSON, one object each."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import orjson


class JsonLines(logging.Formatter):
    """Puts what is not JSON yet into an object of ``time``, ``level``, ``request`` (null), ``message`` and
    the ``fields`` of the record, where it has some; a traceback is part of the message.

    Where there are several workers, every line has the number of the one that wrote it as ``worker``.
    """

    def __init__(self, worker: int | None = None) -> None:
        super().__init__()
        self._worker: dict[str, Any] = {} if worker is None else {"worker": worker}
        self._end = "" if worker is None else f',"worker":{worker}}}'

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        text = super().format(record)
        if record.name == "mock_lusha.requests":
            return self.line_of(text)
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        time = moment.replace("+00:00", "Z")
        line = {"time": time, "level": record.levelname.lower(), "request": None, **self._worker}
        return orjson.dumps({**line, **getattr(record, "fields", {}), "message": text}).decode()

    def line_of(self, text: str) -> str:
        """The line of a request, which is JSON by now: to read it again would cost as much as to write it."""
        return text[:-1] + self._end if self._end else text

"""A process that came to something else than another one: what to say, and what to report."""

from __future__ import annotations

import os
import platform
import tempfile
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.state.masking import hidden, masked, without_keys
from mock_lusha.values import frozen
from mock_lusha.version import __version__

if TYPE_CHECKING:
    from mock_lusha.replication.entry import LoggedRequest
    from mock_lusha.replication.tenants import Tenant
    from mock_lusha.store.engine import Stored

_MOST_BODY = 65_536


@frozen
class Divergence:
    """The entry of a tenant by which it was noticed, with its request, the ``call`` before it if that is
    still in the store, and the digests of its answer: ``here``, and by whoever wrote the entry (``there``).
    """

    tenant: Tenant
    entry: Stored
    call: LoggedRequest | None
    next_call: LoggedRequest
    here: int | None
    there: int | None

    def __str__(self) -> str:
        return (
            f"this process answered the call before number {self.entry.number} with digest "
            f"{self.here or 0:08x}, and the one that wrote it down with {self.there or 0:08x}: they run "
            "other code, or mock-lusha has a defect"
        )

    def written(self) -> str:
        """Write a file for a report, which its owner alone may read; its path, or why there is none."""
        try:
            handle, name = tempfile.mkstemp(prefix="mock-lusha-divergence-", suffix=".json")
            with os.fdopen(handle, "wb") as file:
                file.write(orjson.dumps(self.plain(), option=orjson.OPT_INDENT_2))
        except OSError as error:
            return f"no file could be written ({error.strerror or error})"
        return name

    def plain(self) -> dict[str, Any]:
        """What a report needs, without keys: the call that came to two answers, and the next one."""
        return {
            "mock-lusha": __version__,
            "python": platform.python_version(),
            "digest_here": f"{self.here or 0:08x}",
            "digest_there": f"{self.there or 0:08x}",
            "number": self.entry.number,
            "position": self.entry.position,
            "server": self.entry.server,
            "call": None if self.call is None else self._plain(self.call),
            "next_call": self._plain(self.next_call),
        }

    def _plain(self, request: LoggedRequest) -> dict[str, Any]:
        key = self.tenant.key or ""
        body = masked((request.body or b"")[:_MOST_BODY], key)
        query = hidden(without_keys(request.query.decode("latin-1")), key)
        return {
            "time": request.time,
            "method": request.method,
            "path": hidden(request.path, key),
            "query": query.replace(f"account={key}", "account=…") if key else query,
            "body": body.decode("utf-8", "replace"),
        }

"""A recorder that answers the calls of one account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.client.protocol import hides
from mock_lusha.errors import ConfigError

if TYPE_CHECKING:
    from mock_lusha.recorder.recorder import Recorder
    from mock_lusha.server import MockServer

__tracebackhide__ = hides


class Replay:
    """In force from when it is made until ``end``.

    Raises:
        RuntimeError: the server does not run in this process.
        ConfigError: it is not a recorder.
    """

    def __init__(self, server: MockServer | None, api_key: str, recorder: Recorder) -> None:
        if not hasattr(recorder, "decide"):
            raise ConfigError(f"replay takes a recorder, such as open_recorder(path), not {recorder!r}")
        if server is None:
            raise RuntimeError("a cassette needs a server of this process")
        self._server = server
        self._api_key = api_key
        server.replays.put(api_key, recorder)

    def end(self) -> None:
        """Let the made-up world answer again."""
        self._server.replays.drop(self._api_key)

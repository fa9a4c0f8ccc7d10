from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from cli.recordings import KEY, walk

from mock_lusha.config import Settings
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.transport import RecorderTransport
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def upstream() -> Iterator[MockServer]:
    with MockServer(Settings(port=0, limits="headers", people=300, companies=30)) as server:
        yield server


@pytest.fixture(scope="module")
def recorded(upstream: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cassette of four calls, beside its key; not to be written to."""
    path = tmp_path_factory.mktemp("recorded") / "walk.yaml"
    recorder = open_recorder(path, "once", upstream=upstream.url)
    with httpx.Client(
        transport=RecorderTransport(recorder), base_url="https://api.lusha.com", headers={"api_key": KEY}
    ) as client:
        assert [each.status_code for each in walk(client)] == [200] * 4
    return path
